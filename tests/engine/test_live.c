/* Live voices. Their model is made by hand: latent dimension i is the magnitudes of tone i, so that
 * what should be heard is known. */
#include "engine/live/live.h"
#include "live_sound.h"
#include "loudness.h"
#include "lts/formats.h"
#include "testing.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

enum { BINS = 384, TONES = 4, FRAMES = 200, RATE = 44100, BLOCK = 256, HOP = 128 };
static const double hz[TONES] = {440, 1000, 2637, 70};

/* What every test needs: the model, two sounds that stay on a tone each and one that goes from tone
 * to tone, and how often loops were released. */
typedef struct scene {
    lts_feature feature;
    lts_model *model;
    float *mean[3]; /* (FRAMES,TONES) */
    atomic_int released;
    live *live;
} scene;

static void tone_frames(float *spectra)
{
    lts_error err;
    lts_cqt *cqt;
    lts_cqt_work *work;
    const lts_cqt_config config = lts_cqt_defaults();
    const size_t n = 2 * RATE, frames = lts_cqt_frames(&config, n);
    float *x = lts_alloc(n, sizeof *x), *m = lts_alloc(frames * BINS, sizeof *m);
    assert_ok(lts_cqt_create(&config, n, &cqt, &err));
    assert_ok(lts_cqt_work_create(cqt, &work, &err));
    for (size_t tone = 0; tone < TONES; tone++) {
        for (size_t i = 0; i < n; i++)
            x[i] = (float)(0.5 * sin(2 * pi * hz[tone] / RATE * (double)i));
        lts_cqt_magnitudes(cqt, work, x, n, m);
        for (size_t k = 0; k < BINS; k++)
            spectra[k * TONES + tone] = m[frames / 2 * BINS + k];
    }
    lts_cqt_work_destroy(work);
    lts_cqt_destroy(cqt);
    lts_free(x);
    lts_free(m);
}

/* Decoder: relu(spectra relu(z)). */
static lts_model *tone_model(void)
{
    static const lts_text_pair pairs[] = {
        {"model.format", "1"},         {"model.type", "vae"},         {"model.output", "relu"},
        {"model.compression", "none"}, {"model.batch_norm", "false"}, {"model.bins", "384"},
        {"model.latent", "4"},         {"model.units", "4"},          {"model.layers", "0"},
        {"model.units_divider", "1"}};
    static const float unit[TONES * TONES] = {[0] = 1, [5] = 1, [10] = 1, [15] = 1};
    lts_error err;
    lts_model *model;
    lts_safetensors *file;
    lts_tensor tensors[16];
    size_t count = 0;
    char *folder = test_folder(), *path = lts_path_join(folder, "a.safetensors"),
         *other = lts_path_join(folder, "b.safetensors");
    float *spectra = lts_alloc(BINS * TONES, sizeof *spectra);
    float *none = lts_alloc(BINS, sizeof *none);
    lts_model_config config = original_model();
    config.latent = config.units = TONES;
    tone_frames(spectra);
    assert_ok(lts_model_create(&config, 1, &model, &err));
    assert_ok(lts_model_save(model, path, NULL, 0, &err));
    lts_model_destroy(model);
    assert_ok(lts_safetensors_open(path, &file, &err));
    for (; count < 16 && lts_safetensors_at(file, count, &tensors[count]); count++) {
        const char *name = tensors[count].name;
        if (strcmp(name, "fc3.weight") == 0)
            tensors[count].data = unit;
        if (strcmp(name, "fc4.weight") == 0)
            tensors[count].data = spectra;
        if (strcmp(name, "fc3.bias") == 0 || strcmp(name, "fc4.bias") == 0)
            tensors[count].data = none;
    }
    assert_ok(lts_safetensors_save(other, tensors, count, pairs, 10, &err));
    lts_safetensors_close(file);
    assert_ok(lts_model_load(other, &model, &err));
    lts_free(path);
    lts_free(other);
    lts_free(spectra);
    lts_free(none);
    test_folder_remove(folder);
    return model;
}

static int set_up(void **state)
{
    lts_error err;
    scene *s = lts_alloc(1, sizeof *s);
    s->feature = lts_feature_defaults(LTS_FEATURE_CQT);
    s->model = tone_model();
    for (size_t i = 0; i < 3; i++)
        s->mean[i] = lts_alloc(FRAMES * TONES, sizeof(float));
    for (size_t t = 0; t < FRAMES; t++) {
        s->mean[0][t * TONES] = 1;
        s->mean[1][t * TONES + 1] = 1;
        s->mean[2][t * TONES] = (float)(FRAMES - t) / FRAMES;
        s->mean[2][t * TONES + 2] = (float)t / FRAMES;
    }
    assert_ok(live_create(&s->feature, &s->live, &err));
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    scene *s = *state;
    live_destroy(s->live);
    for (size_t i = 0; i < 3; i++)
        lts_free(s->mean[i]);
    lts_model_destroy(s->model);
    lts_free(s);
    return 0;
}

static void count_release(void *user)
{
    atomic_fetch_add((atomic_int *)user, 1);
}

static const float only_first[] = {1, 0}, only_second[] = {0, 1};

/* Two sounds from mean[first] on. */
static live_start_config two_sounds(scene *s, size_t first)
{
    return (live_start_config){.loop = {.model = s->model,
                                        .sounds = 2,
                                        .frames = FRAMES,
                                        .latent = TONES,
                                        .mean = (const float *const *)s->mean + first},
                               .release = count_release,
                               .user = &s->released,
                               .weight = only_first,
                               .gain = 1};
}

static void begin(scene *s, unsigned voice, size_t first)
{
    lts_error err;
    const live_start_config config = two_sounds(s, first);
    assert_ok(live_start(s->live, voice, &config, &err));
}

/* The next n samples, a multiple of the block. */
static void play(scene *s, float *x, size_t n)
{
    memset(x, 0, n * sizeof *x);
    for (size_t i = 0; i < n; i += BLOCK)
        live_fill(s->live, x + i, BLOCK);
}

static void a_voice_sounds_as_its_loop_says(void **state)
{
    enum { N = 64 * BLOCK };
    scene *s = *state;
    float *x = lts_alloc(N, sizeof *x);
    begin(s, 0, 0);
    assert_true(live_watch(s->live, 0).sounding);
    assert_int_equal(live_watch(s->live, 0).sounds, 2);
    assert_false(live_watch(s->live, 1).sounding);
    assert_false(live_watch(s->live, LIVE_VOICES).sounding);
    play(s, x, N);
    assert_true(fabs(amplitude(x, N / 2, 4096, hz[0]) - 0.5) < 0.005);
    assert_true(amplitude(x, N / 2, 4096, hz[1]) < 1e-3);
    lts_free(x);
}

static void weights_are_heard_within_sixty_milliseconds(void **state)
{
    enum { N = 96 * BLOCK, AT = 48 * BLOCK };
    lts_error err;
    scene *s = *state;
    float *x = lts_alloc(N, sizeof *x);
    for (size_t tone = 0; tone < TONES; tone++) {
        float *saved = s->mean[1], *path = lts_alloc(FRAMES * TONES, sizeof *path);
        for (size_t t = 0; t < FRAMES; t++)
            path[t * TONES + tone] = tone == 0 ? 2 : 1;
        s->mean[1] = path;
        begin(s, 0, 0);
        play(s, x, AT);
        assert_ok(live_weights(s->live, 0, only_second, 2, &err));
        play(s, x + AT, N - AT);
        /* Windows of a few periods, centred where the time is read. */
        size_t width = (size_t)(3 * RATE / hz[tone]), half = AT - width / 2, there = half;
        double before = amplitude(x, AT - 2048, width, hz[tone]);
        double after = amplitude(x, N - 2048, width, hz[tone]);
        while (amplitude(x, half, width, hz[tone]) < before + 0.5 * (after - before))
            half++;
        while (amplitude(x, there, width, hz[tone]) < before + 0.9 * (after - before))
            there++;
        double to_half = ((double)half - AT) / RATE, to_most = ((double)there - AT) / RATE;
        print_message("%g Hz: half the change after %.1f ms, nine tenths after %.1f ms\n", hz[tone],
                      1e3 * to_half, 1e3 * to_most);
        assert_true(after > 0.45);
        /* At 70 Hz three periods, which the level is taken over, last 43 ms themselves. */
        assert_true(hz[tone] > 400 ? to_half < 0.03 && to_most < 0.04
                                   : to_half < 0.06 && to_most < 0.1);
        assert_ok(live_stop(s->live, 0, &err));
        play(s, x, 16 * BLOCK);
        live_reap(s->live);
        s->mean[1] = saved;
        lts_free(path);
    }
    lts_free(x);
}

typedef enum change {
    NOTHING,
    WEIGHTS,
    JUMP,
    FREEZE,
    SPEED,
    GAIN,
    TRANSPOSE,
    OVER,
    STOP,
    CHANGES
} change;
static const char *const changes[CHANGES] = {"nothing",    "weights",    "position",
                                             "freeze",     "speed",      "gain",
                                             "transposed", "other loop", "stop"};

static void apply(scene *s, change c)
{
    lts_error err;
    switch (c) {
    case WEIGHTS: assert_ok(live_weights(s->live, 0, only_second, 2, &err)); break;
    case JUMP: assert_ok(live_position(s->live, 0, 0.9, &err)); break;
    case FREEZE: assert_ok(live_freeze(s->live, 0, true, &err)); break;
    case SPEED: assert_ok(live_speed(s->live, 0, -8, &err)); break;
    case GAIN: assert_ok(live_gain(s->live, 0, 0.25, &err)); break;
    case TRANSPOSE: assert_ok(live_transpose(s->live, 0, 7, &err)); break;
    case OVER: begin(s, 0, 1); break;
    case STOP: assert_ok(live_stop(s->live, 0, &err)); break;
    default: break;
    }
}

static void nothing_clicks(void **state)
{
    enum { N = 48 * BLOCK, AT = 24 * BLOCK };
    scene *s = *state;
    float *x = lts_alloc(N, sizeof *x);
    for (change c = 0; c < CHANGES; c++) {
        live_start_config start = two_sounds(s, 0);
        const float *const moving[] = {s->mean[2], s->mean[1]};
        lts_error err;
        if (c == JUMP || c == SPEED || c == FREEZE)
            start.loop.mean = moving;
        assert_ok(live_start(s->live, 0, &start, &err));
        play(s, x, AT);
        apply(s, c);
        play(s, x + AT, N - AT);
        double begun = splash(x, AT), changed = splash(x + AT - 1024, N - AT + 1024);
        print_message("%s: %.1f dB; the start: %.1f dB\n", changes[c], changed, begun);
        /* Seven semitones within 20 ms are five bins a frame. */
        assert_true(changed < (c == TRANSPOSE ? -55 : -65) && begun < -65);
        if (c != STOP)
            live_stop(s->live, 0, NULL);
        play(s, x, 16 * BLOCK);
        live_reap(s->live);
    }
    /* The same tone cut off: what a click would measure. */
    begin(s, 0, 0);
    play(s, x, N);
    memset(x + AT + 10, 0, (N - AT - 10) * sizeof *x);
    double cut = splash(x, N);
    print_message("a cut: %.1f dB\n", cut);
    assert_true(cut > -40);
    lts_free(x);
}

static void a_seam_does_not_click(void **state)
{
    enum { N = 240 * BLOCK };
    lts_error err;
    scene *s = *state;
    float *x = lts_alloc(N, sizeof *x);
    const float *const moving[] = {s->mean[2], s->mean[1]};
    live_start_config config = two_sounds(s, 0);
    config.loop.mean = moving;
    assert_ok(live_start(s->live, 0, &config, &err));
    play(s, x, N);
    /* Two times round: the second tone grows and is gone again. */
    double splashed = splash(x, N);
    print_message("seams: %.1f dB\n", splashed);
    assert_true(splashed < -65);
    assert_true(amplitude(x, 180 * HOP, 2048, hz[2]) > 0.4);
    assert_true(amplitude(x, 225 * HOP, 2048, hz[2]) < 0.1);
    assert_true(amplitude(x, 380 * HOP, 2048, hz[2]) > 0.4);
    lts_free(x);
}

static void stopping_takes_twenty_milliseconds(void **state)
{
    enum { N = 16 * BLOCK };
    lts_error err;
    scene *s = *state;
    float *x = lts_alloc(N, sizeof *x);
    begin(s, 0, 0);
    play(s, x, N);
    assert_ok(live_stop(s->live, 0, &err));
    assert_false(live_watch(s->live, 0).sounding);
    play(s, x, N);
    size_t end = N;
    while (end > 0 && x[end - 1] == 0)
        end--;
    print_message("silent after %.1f ms\n", 1e3 * (double)end / RATE);
    assert_true(end > 0 && end < RATE / 50);
    live_reap(s->live);
    assert_int_equal(s->released, 1);
    assert_status(live_stop(s->live, 0, &err), LTS_ERR_NOT_FOUND);
    lts_free(x);
}

static void freezing_repeats_a_frame_and_position_moves_on_at_speed(void **state)
{
    lts_error err;
    scene *s = *state;
    float x[BLOCK];
    begin(s, 2, 0);
    for (int i = 0; i < 10; i++)
        play(s, x, BLOCK);
    double first = live_watch(s->live, 2).position;
    /* The status is that of the block before; a block is two frames. */
    assert_true(fabs(first - 18.0 / (FRAMES - 1)) < 1e-9);
    assert_ok(live_speed(s->live, 2, 2.5, &err));
    for (int i = 0; i < 10; i++)
        play(s, x, BLOCK);
    double second = live_watch(s->live, 2).position;
    assert_true(fabs(second - first - (2 + 9 * 5.0) / (FRAMES - 1)) < 1e-9);
    assert_true(live_watch(s->live, 2).speed == 2.5);
    assert_ok(live_freeze(s->live, 2, true, &err));
    play(s, x, BLOCK);
    double held = live_watch(s->live, 2).position;
    for (int i = 0; i < 10; i++)
        play(s, x, BLOCK);
    assert_true(live_watch(s->live, 2).position == held);
    assert_ok(live_position(s->live, 2, 1, &err));
    play(s, x, BLOCK);
    assert_true(live_watch(s->live, 2).position == 1);
    assert_ok(live_freeze(s->live, 2, false, &err));
    play(s, x, BLOCK);
    play(s, x, BLOCK);
    assert_true(live_watch(s->live, 2).position < 0.1);
    assert_ok(live_speed(s->live, 2, -8, &err));
    for (int i = 0; i < 100; i++) {
        play(s, x, BLOCK);
        double position = live_watch(s->live, 2).position;
        assert_true(position >= 0 && position <= 1);
    }
}

static void transposition_moves_the_tone(void **state)
{
    enum { N = 64 * BLOCK };
    lts_error err;
    scene *s = *state;
    float *x = lts_alloc(N, sizeof *x);
    live_start_config config = two_sounds(s, 0);
    config.transpose = 12;
    assert_ok(live_start(s->live, 0, &config, &err));
    play(s, x, N);
    assert_true(fabs(amplitude(x, N / 2, 4096, 2 * hz[0]) - 0.5) < 0.005);
    assert_ok(live_transpose(s->live, 0, -2.5, &err));
    play(s, x, N);
    assert_true(fabs(amplitude(x, N / 2, 4096, hz[0] * exp2(-2.5 / 12)) - 0.5) < 0.005);
    lts_free(x);
}

static void any_count_of_samples_gives_the_same_sound(void **state)
{
    enum { N = 6000 };
    static const size_t counts[] = {1, 17, 128, 999, 256, 3};
    lts_error err;
    scene *s = *state;
    float *x = lts_alloc(N, sizeof *x), *y = lts_alloc(N, sizeof *y);
    live *other;
    assert_ok(live_create(&s->feature, &other, &err));
    const live_start_config config = two_sounds(s, 0);
    for (unsigned voice = 0; voice < 3; voice++) {
        assert_ok(live_start(s->live, voice, &config, &err));
        assert_ok(live_start(other, voice, &config, &err));
    }
    live_fill(s->live, x, N);
    for (size_t at = 0, i = 0; at < N; i++) {
        size_t count = counts[i % 6] < N - at ? counts[i % 6] : N - at;
        live_fill(other, y + at, count);
        at += count;
    }
    assert_memory_equal(x, y, N * sizeof *x);
    assert_true(energy(x, N) > 1);
    live_destroy(other);
    assert_int_equal(s->released, 3);
    lts_free(x);
    lts_free(y);
}

static void voices_add_up_and_do_not_hear_each_other(void **state)
{
    enum { N = 40 * BLOCK };
    lts_error err;
    scene *s = *state;
    float *x = lts_alloc(N, sizeof *x);
    for (unsigned voice = 0; voice < LIVE_VOICES; voice++) {
        begin(s, voice, 0);
        assert_ok(live_gain(s->live, voice, 0.125, &err));
        if (voice == 3)
            assert_ok(live_weights(s->live, voice, only_second, 2, &err));
    }
    play(s, x, N);
    assert_true(fabs(amplitude(x, N / 2, 4096, hz[1]) - 0.5 / 8) < 0.002);
    for (unsigned voice = 0; voice < LIVE_VOICES; voice++)
        if (voice != 5)
            assert_ok(live_stop(s->live, voice, &err));
    play(s, x, N);
    assert_true(fabs(amplitude(x, N / 2, 4096, hz[0]) - 0.5 / 8) < 0.002);
    assert_true(amplitude(x, N / 2, 4096, hz[1]) < 1e-4);
    live_stop_all(s->live);
    play(s, x, N);
    assert_true(energy(x + N / 2, N / 2) == 0);
    live_reap(s->live);
    assert_int_equal(s->released, LIVE_VOICES);
    lts_free(x);
}

static void what_is_not_finite_is_not_heard(void **state)
{
    enum { N = 40 * BLOCK };
    static const float far[] = {3e38f, 1e37f, 1e12f, INFINITY, NAN};
    lts_error err;
    scene *s = *state;
    float *x = lts_alloc(N, sizeof *x), *path = lts_alloc(FRAMES * TONES, sizeof *path);
    const float *const means[] = {s->mean[1], path};
    live_start_config start = two_sounds(s, 0);
    start.loop.mean = means;
    assert_ok(live_start(s->live, 0, &start, &err));
    play(s, x, N);
    assert_int_equal(live_take_repeated(s->live, 0), 0);
    for (size_t i = 0; i < 5; i++) {
        for (size_t v = 0; v < FRAMES * TONES; v++)
            path[v] = v % 3 ? far[i] : 0;
        assert_ok(live_weights(s->live, 0, only_second, 2, &err));
        play(s, x, N);
        for (size_t n = 0; n < N; n++)
            assert_true(fabsf(x[n]) <= 1);
        assert_true(energy(x, N) > 0);
    }
    assert_true(live_take_repeated(s->live, 0) > 4 * N / HOP);
    assert_ok(live_weights(s->live, 0, only_first, 2, &err));
    play(s, x, N);
    assert_true(fabs(amplitude(x, N - 4096, 4096, hz[1]) - 0.5) < 0.01);
    live_stop_all(s->live);
    play(s, x, N);
    lts_free(path);
    lts_free(x);
}

/* From each weight of the range to each other, at several sounds, gains and numbers of voices. */
static void what_is_added_is_heard_soon_and_without_a_click(void **state)
{
    enum { N = 96 * BLOCK, AT = 48 * BLOCK };
    lts_error err;
    scene *s = *state;
    float *x = lts_alloc(N, sizeof *x), offset[TONES + 1] = {0};
    assert_status(live_add(s->live, 0, offset, TONES, &err), LTS_ERR_NOT_FOUND);
    begin(s, 0, 1);
    play(s, x, AT);
    offset[2] = 1;
    assert_ok(live_add(s->live, 0, offset, TONES, &err));
    play(s, x + AT, N - AT);
    const double before = amplitude(x, AT - 2048, 2048, hz[2]);
    const double after = amplitude(x, N - 2048, 2048, hz[2]);
    const double soon = amplitude(x, AT + 60 * RATE / 1000, 1024, hz[2]);
    print_message("added: %.4f -> %.4f, %.4f after 60 ms, splash %.1f dB\n", before, after, soon,
                  splash(x + AT - 4096, 12288));
    assert_true(after > 20 * before && soon > 0.8 * after);
    assert_true(splash(x + AT - 4096, 12288) < -50);
    offset[2] = 0;
    assert_ok(live_add(s->live, 0, offset, TONES, &err));
    play(s, x, N);
    assert_true(amplitude(x, N - 2048, 2048, hz[2]) < 0.05 * after);
    assert_status(live_add(s->live, 0, offset, TONES + 1, &err), LTS_ERR_SHAPE);
    /* A voice that starts anew begins without. */
    offset[2] = 1;
    assert_ok(live_add(s->live, 0, offset, TONES, &err));
    begin(s, 0, 1);
    play(s, x, N);
    assert_true(amplitude(x, N - 2048, 2048, hz[2]) < 0.05 * after);
    lts_free(x);
}

static void no_jump_of_the_weights_is_sudden_or_beyond_full_scale(void **state)
{
    enum { N = 60 * BLOCK, STEPS = 8, VOICES = 3 };
    lts_error err;
    scene *s = *state;
    float *x = lts_alloc(N, sizeof *x), *loud = lts_alloc(FRAMES * TONES, sizeof *loud);
    double most = 0, peak = 0, least = 1;
    for (size_t v = 0; v < FRAMES * TONES; v++)
        loud[v] = v % 3 ? 3 : 0.01f;
    const float *const sounds[][2] = {
        {s->mean[0], s->mean[1]}, {s->mean[2], s->mean[1]}, {s->mean[0], loud}};
    for (size_t c = 0; c < 3 * STEPS * STEPS; c++) {
        live *l;
        const float from = (float)(c % STEPS) - 3, to = (float)(c / STEPS % STEPS) - 3;
        const float before[] = {from, 1 - from}, after[] = {to, 1 - to};
        live_start_config start = two_sounds(s, 0);
        start.loop.mean = sounds[c / STEPS / STEPS];
        start.weight = before;
        start.gain = c % 5 == 0 ? LIVE_MOST_GAIN : 0.1;
        assert_ok(live_create(&s->feature, &l, &err));
        for (unsigned voice = 0; voice < VOICES; voice++)
            assert_ok(live_start(l, voice, &start, &err));
        memset(x, 0, N * sizeof *x);
        for (size_t i = 0; i < N; i += BLOCK) {
            for (unsigned voice = 0; voice < VOICES && i == N / 2; voice++) {
                assert_ok(live_weights(l, voice, after, 2, &err));
                assert_ok(live_gain(l, voice, LIVE_MOST_GAIN, &err));
            }
            live_fill(l, x + i, BLOCK);
        }
        most = fmax(most, loudness_at_once(x, N));
        peak = fmax(peak, loudness_peak(x, N));
        least = fmin(least, live_take_gains(l).level);
        live_destroy(l);
    }
    print_message("at once %.3f, peak %.4f, turned down by up to %.1f dB\n", most, peak,
                  -20 * log10(least));
    assert_true(most <= 0.4);
    assert_true(peak > 0.9 && peak <= 1);
    assert_true(least < 0.1);
    lts_free(loud);
    lts_free(x);
}

static void what_is_not_loud_is_left_as_it_is(void **state)
{
    enum { N = 60 * BLOCK };
    lts_error err;
    scene *s = *state;
    float *x = lts_alloc(N, sizeof *x);
    live_start_config start = two_sounds(s, 0);
    start.gain = 0.5;
    assert_ok(live_start(s->live, 0, &start, &err));
    play(s, x, N);
    assert_ok(live_weights(s->live, 0, only_second, 2, &err));
    assert_ok(live_gain(s->live, 0, 0.9, &err));
    play(s, x, N);
    assert_true(loudness_peak(x, N) > 0.4);
    const live_gains gains = live_take_gains(s->live);
    assert_true(gains.level == 1 && gains.peak == 1);
    lts_free(x);
}

static void loops_are_released_once_each(void **state)
{
    lts_error err;
    scene *s = *state;
    float x[4 * BLOCK];
    /* Replaced before it began, gone over to, and stopped before it began. */
    begin(s, 0, 0);
    begin(s, 0, 0);
    assert_int_equal(s->released, 1);
    play(s, x, 4 * BLOCK);
    for (int i = 0; i < 5; i++)
        begin(s, 0, 1);
    assert_int_equal(s->released, 5);
    for (int i = 0; i < 4; i++)
        play(s, x, 4 * BLOCK);
    live_reap(s->live);
    assert_int_equal(s->released, 6);
    begin(s, 1, 0);
    assert_ok(live_stop(s->live, 1, &err));
    assert_int_equal(s->released, 7);
    begin(s, 1, 0);
    begin(s, 2, 0);
    play(s, x, BLOCK);
    begin(s, 1, 0);
    play(s, x, BLOCK);
    begin(s, 1, 0);
    live_destroy(s->live);
    assert_int_equal(s->released, 12);
    s->live = NULL;
}

/* A loop with a model of its own. */
static void destroy_model(void *user)
{
    lts_model_destroy(user);
}

static void a_model_may_go_with_its_loop(void **state)
{
    scene *s = *state;
    lts_error err;
    static float x[RATE / 10];
    live *l;
    assert_ok(live_create(&s->feature, &l, &err));
    for (int end = 0; end < 3; end++) {
        live_start_config config = two_sounds(s, 0);
        lts_model *model = tone_model();
        config.loop.model = model;
        config.release = destroy_model;
        config.user = model;
        assert_ok(live_start(l, 0, &config, &err));
        memset(x, 0, sizeof x);
        if (end > 0)
            live_fill(l, x, RATE / 10);
        if (end == 1)
            assert_ok(live_stop(l, 0, &err));
    }
    live_destroy(l);
}

static void wrong_settings_are_refused(void **state)
{
    lts_error err;
    scene *s = *state;
    static const float wrong[] = {0, NAN};
    live_start_config config[13];
    for (size_t i = 0; i < 13; i++)
        config[i] = two_sounds(s, 0);
    config[0].loop.sounds = 0;
    config[1].loop.sounds = LIVE_SOUNDS + 1;
    config[2].loop.frames = 0;
    config[3].weight = wrong;
    config[4].position = -0.1;
    config[5].position = NAN;
    config[6].gain = 4.1;
    config[7].gain = NAN;
    config[8].gain = -1;
    config[9].transpose = 48.5;
    config[10].transpose = NAN;
    config[11].loop.latent = TONES + 1;
    for (size_t i = 0; i < 12; i++) {
        assert_status(live_start(s->live, 0, &config[i], &err),
                      i == 11 ? LTS_ERR_SHAPE : LTS_ERR_ARGUMENT);
        assert_int_equal(s->released, i + 1);
    }
    assert_status(live_start(s->live, LIVE_VOICES, &config[12], &err), LTS_ERR_ARGUMENT);
    assert_int_equal(s->released, 13);

    assert_status(live_gain(s->live, 0, 1, &err), LTS_ERR_NOT_FOUND);
    assert_status(live_weights(s->live, 0, only_first, 2, &err), LTS_ERR_NOT_FOUND);
    assert_status(live_stop(s->live, LIVE_VOICES, &err), LTS_ERR_ARGUMENT);
    begin(s, 0, 0);
    assert_status(live_gain(s->live, LIVE_VOICES, 1, &err), LTS_ERR_ARGUMENT);
    assert_status(live_weights(s->live, LIVE_VOICES, only_first, 2, &err), LTS_ERR_ARGUMENT);
    assert_status(live_weights(s->live, 0, wrong, 2, &err), LTS_ERR_ARGUMENT);
    assert_status(live_weights(s->live, 0, only_first, 1, &err), LTS_ERR_SHAPE);
    assert_status(live_position(s->live, 0, 1.01, &err), LTS_ERR_ARGUMENT);
    assert_status(live_position(s->live, 0, NAN, &err), LTS_ERR_ARGUMENT);
    assert_status(live_speed(s->live, 0, 8.1, &err), LTS_ERR_ARGUMENT);
    assert_status(live_speed(s->live, 0, INFINITY, &err), LTS_ERR_ARGUMENT);
    assert_status(live_gain(s->live, 0, -0.1, &err), LTS_ERR_ARGUMENT);
    assert_status(live_transpose(s->live, 0, -49, &err), LTS_ERR_ARGUMENT);
    lts_feature bad = s->feature;
    bad.cqt.hop = 0;
    live *none;
    assert_status(live_create(&bad, &none, &err), LTS_ERR_ARGUMENT);
    assert_null(none);
    bad = s->feature;
    bad.cqt.octaves = 4;
    assert_ok(live_create(&bad, &none, &err));
    const live_start_config other = two_sounds(s, 0);
    assert_status(live_start(none, 0, &other, &err), LTS_ERR_SHAPE);
    live_destroy(none);
    live_destroy(NULL);
}

static void short_loops_and_large_hops_are_legal(void **state)
{
    lts_error err;
    scene *s = *state;
    float x[BLOCK];
    lts_feature feature = s->feature;
    feature.cqt.hop = 1000;
    for (size_t frames = 1; frames < 6; frames++) {
        live *l;
        assert_ok(live_create(&feature, &l, &err));
        live_start_config start = two_sounds(s, 0);
        start.loop.frames = frames;
        start.position = 1;
        assert_ok(live_start(l, 0, &start, &err));
        assert_ok(live_speed(l, 0, frames % 2 ? -7.7 : 7.7, &err));
        double sum = 0;
        for (int i = 0; i < 40; i++) {
            memset(x, 0, sizeof x);
            live_fill(l, x, BLOCK);
            sum += energy(x, BLOCK);
        }
        assert_true(isfinite(sum) && sum > 1);
        live_destroy(l);
    }
}

static void every_failed_allocation_is_reported(void **state)
{
    lts_error err;
    scene *s = *state;
    lts_status status = LTS_ERR_MEMORY;
    for (size_t i = 1; status != LTS_OK; i++) {
        live *l;
        test_fail_allocation(i);
        status = live_create(&s->feature, &l, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK ? l != NULL : status == LTS_ERR_MEMORY && !l);
        live_destroy(l);
    }
    const live_start_config config = two_sounds(s, 0);
    status = LTS_ERR_MEMORY;
    for (int i = 1; status != LTS_OK; i++) {
        test_fail_allocation((size_t)i);
        status = live_start(s->live, 0, &config, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || status == LTS_ERR_MEMORY);
        assert_int_equal(s->released, status == LTS_OK ? i - 1 : i);
    }
}

static void filling_and_controls_allocate_nothing(void **state)
{
    lts_error err;
    scene *s = *state;
    float x[4 * BLOCK];
    begin(s, 0, 0);
    play(s, x, 4 * BLOCK);
    begin(s, 0, 1);
    test_fail_allocation(0);
    for (change c = 0; c < OVER; c++) {
        apply(s, c);
        play(s, x, 4 * BLOCK);
    }
    assert_ok(live_stop(s->live, 0, &err));
    play(s, x, 4 * BLOCK);
    live_reap(s->live);
    assert_int_equal(test_fail_allocation(0), 0);
}

/* For the thread sanitizer above all. */
typedef struct player {
    live *live;
    atomic_bool done;
} player;

static void *keep_playing(void *context)
{
    player *p = context;
    float x[BLOCK];
    while (!atomic_load(&p->done))
        live_fill(p->live, x, BLOCK);
    return NULL;
}

static void any_thread_may_move_the_controls(void **state)
{
    scene *s = *state;
    player p = {.live = s->live};
    pthread_t thread;
    lts_rng rng;
    int started = 0;
    lts_rng_seed(&rng, 3, 0);
    assert_int_equal(pthread_create(&thread, NULL, keep_playing, &p), 0);
    for (int i = 0; i < 400; i++) {
        unsigned voice = (unsigned)lts_rng_below(&rng, LIVE_VOICES);
        const live_start_config config = two_sounds(s, 0);
        if (lts_rng_below(&rng, 4) == 0) {
            started++;
            assert_status(live_start(s->live, voice, &config, NULL), LTS_OK);
        }
        live_weights(s->live, voice, lts_rng_below(&rng, 2) ? only_first : only_second, 2, NULL);
        live_position(s->live, voice, lts_rng_uniform(&rng), NULL);
        live_speed(s->live, voice, 4 * lts_rng_uniform(&rng) - 2, NULL);
        live_freeze(s->live, voice, lts_rng_below(&rng, 2), NULL);
        live_gain(s->live, voice, lts_rng_uniform(&rng), NULL);
        live_transpose(s->live, voice, lts_rng_uniform(&rng), NULL);
        live_watch(s->live, voice);
        if (lts_rng_below(&rng, 8) == 0)
            live_stop(s->live, voice, NULL);
        live_reap(s->live);
    }
    atomic_store(&p.done, true);
    pthread_join(thread, NULL);
    live_destroy(s->live);
    s->live = NULL;
    assert_int_equal(s->released, started);
}

/* A map around the origin, near 1/16, far 1, with one landmark at the first tone. */
static lts_distance tone_map(void)
{
    lts_error err;
    lts_distance map;
    assert_ok(lts_distance_alloc(TONES, 1, &map, &err));
    for (size_t i = 0; i < TONES; i++)
        map.axes[i * TONES + i] = 1;
    map.landmark[0] = 1;
    map.near = 1.0f / 16;
    map.far = 1;
    assert_ok(lts_distance_prepare(&map, "map", &err));
    return map;
}

static void voices_tell_their_distance_and_stay_within_a_limit(void **state)
{
    enum { N = 40 * BLOCK, MIXES = 3 };
    static const float weights[MIXES][2] = {{3, -2}, {1, 0}, {0, 1}};
    scene *s = *state;
    lts_error err;
    lts_distance map = tone_map();
    float own[2 * FRAMES], *x = lts_alloc(N, sizeof *x);
    for (size_t t = 0; t < 2 * FRAMES; t++)
        own[t] = lts_distance_point(&map, s->mean[t / FRAMES] + t % FRAMES * TONES);
    begin(s, 0, 0);
    play(s, x, N);
    assert_true(live_watch(s->live, 0).distance < 0);
    live_stop_all(s->live);
    play(s, x, N);
    live_start_config config = two_sounds(s, 0);
    config.loop.distance = &map;
    config.loop.own = own;
    assert_ok(live_start(s->live, 1, &config, &err));
    for (size_t w = 0; w < MIXES; w++) {
        float z[TONES] = {weights[w][0], weights[w][1]};
        const double far = (double)lts_distance_point(&map, z);
        live_limit(s->live, 0);
        assert_ok(live_weights(s->live, 1, weights[w], 2, &err));
        play(s, x, N);
        assert_true(fabs(live_watch(s->live, 1).distance - far) < 1e-3);
        live_limit(s->live, 0.5);
        play(s, x, N);
        const double limited = live_watch(s->live, 1).distance;
        const double allowed = w == 2 ? (double)own[FRAMES] : 0.5;
        assert_true(limited <= fmin(far, allowed) + 1e-3);
        assert_true(w > 0 || limited > 0.49);
        for (size_t i = 1; i < N; i++)
            assert_true(fabsf(x[i] - x[i - 1]) < 1);
    }
    live_stop_all(s->live);
    play(s, x, N);
    live_reap(s->live);
    lts_distance_free(&map);
    lts_free(x);
}

int main(void)
{
#define LIVE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        LIVE_TEST(a_voice_sounds_as_its_loop_says),
        LIVE_TEST(weights_are_heard_within_sixty_milliseconds),
        LIVE_TEST(nothing_clicks),
        LIVE_TEST(a_seam_does_not_click),
        LIVE_TEST(stopping_takes_twenty_milliseconds),
        LIVE_TEST(freezing_repeats_a_frame_and_position_moves_on_at_speed),
        LIVE_TEST(transposition_moves_the_tone),
        LIVE_TEST(any_count_of_samples_gives_the_same_sound),
        LIVE_TEST(voices_add_up_and_do_not_hear_each_other),
        LIVE_TEST(what_is_not_finite_is_not_heard),
        LIVE_TEST(what_is_added_is_heard_soon_and_without_a_click),
        LIVE_TEST(no_jump_of_the_weights_is_sudden_or_beyond_full_scale),
        LIVE_TEST(what_is_not_loud_is_left_as_it_is),
        LIVE_TEST(loops_are_released_once_each),
        LIVE_TEST(a_model_may_go_with_its_loop),
        LIVE_TEST(wrong_settings_are_refused),
        LIVE_TEST(short_loops_and_large_hops_are_legal),
        LIVE_TEST(every_failed_allocation_is_reported),
        LIVE_TEST(filling_and_controls_allocate_nothing),
        LIVE_TEST(any_thread_may_move_the_controls),
        LIVE_TEST(voices_tell_their_distance_and_stay_within_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
