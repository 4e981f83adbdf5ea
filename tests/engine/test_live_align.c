/* Aligned live voices: two notes a fifth apart, analysed by the transform, through a model whose
 * latents are the compressed shape itself, so that what is heard is what alignment makes. */
#include "engine/live/live.h"
#include "live_sound.h"
#include "lts/align.h"
#include "lts/formats.h"
#include "testing.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { BINS = 384, COLUMNS = BINS + 1, FRAMES = 240, RATE = 44100, BLOCK = 256, HOP = 128 };
enum { N = 96 * BLOCK };
static const double low = 220, high = 330;
static const float half[] = {0.5f, 0.5f}, only_first[] = {1, 0}, only_second[] = {0, 1};

typedef struct scene {
    lts_feature feature;
    lts_model *model;
    float *magnitudes[2], *mean[2]; /* (FRAMES,K), (FRAMES,COLUMNS) */
    float *shift, *lag;             /* (FRAMES) */
    loop_alignment pitch;
    live *live;
    float *x; /* (N) */
} scene;

/* Paths by the unit matrix beside layers of zeros. */
static lts_model *unit_model(void)
{
    lts_error err;
    lts_model *model;
    lts_safetensors *file;
    lts_tensor tensors[32];
    lts_text_pair pairs[32];
    size_t count = 0, notes = 0;
    char *folder = test_folder(), *path = lts_path_join(folder, "a.safetensors"),
         *other = lts_path_join(folder, "b.safetensors");
    float *unit = lts_alloc((size_t)BINS * BINS, sizeof *unit);
    float *none = lts_alloc((size_t)BINS * BINS, sizeof *none);
    lts_model_config config = lts_model_defaults();
    config.latent = BINS;
    config.units = 4;
    for (size_t k = 0; k < BINS; k++)
        unit[k * BINS + k] = 1;
    assert_ok(lts_model_create(&config, 1, &model, &err));
    assert_ok(lts_model_save(model, path, NULL, 0, &err));
    lts_model_destroy(model);
    assert_ok(lts_safetensors_open(path, &file, &err));
    for (; count < 32 && lts_safetensors_at(file, count, &tensors[count]); count++)
        tensors[count].data = strstr(tensors[count].name, "_path.weight") ? unit : none;
    while (notes < 32 && lts_safetensors_metadata_at(file, notes, &pairs[notes]))
        notes++;
    assert_ok(lts_safetensors_save(other, tensors, count, pairs, notes, &err));
    lts_safetensors_close(file);
    assert_ok(lts_model_load(other, &model, &err));
    lts_free(path);
    lts_free(other);
    lts_free(unit);
    lts_free(none);
    test_folder_remove(folder);
    return model;
}

/* The middle of a steady note of six partials. */
static void analyse(const lts_cqt_config *config, double hz, float *magnitudes)
{
    enum { SAMPLES = 3 * RATE };
    lts_error err;
    lts_cqt *cqt;
    lts_cqt_work *work;
    const size_t frames = lts_cqt_frames(config, SAMPLES);
    float *x = lts_alloc(SAMPLES, sizeof *x), *m = lts_alloc(frames * BINS, sizeof *m);
    for (size_t i = 0; i < SAMPLES; i++)
        for (int h = 1; h <= 6; h++)
            x[i] += (float)(0.2 / h * sin(2 * sound_pi * h * hz / RATE * (double)i));
    assert_ok(lts_cqt_create(config, SAMPLES, &cqt, &err));
    assert_ok(lts_cqt_work_create(cqt, &work, &err));
    lts_cqt_magnitudes(cqt, work, x, SAMPLES, m);
    memcpy(magnitudes, m + (frames - FRAMES) / 2 * BINS, (size_t)FRAMES * BINS * sizeof *m);
    lts_cqt_work_destroy(work);
    lts_cqt_destroy(cqt);
    lts_free(x);
    lts_free(m);
}

/* A small network of the default's layers, trained on the low note moved by up to a fifth and a
 * half, its partials louder and softer. */
static lts_model *trained_model(void)
{
    enum { BATCH = 64, STEPS = 400, LATENT = 48, UNITS = 96 };
    lts_error err;
    lts_model *model;
    lts_trainer *trainer;
    lts_losses losses;
    lts_rng rng;
    const lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    const lts_training training = {.loss = LTS_LOSS_RELATIVE,
                                   .kl_beta = 1e-4,
                                   .learning_rate = 3e-3,
                                   .beta1 = 0.9,
                                   .beta2 = 0.999,
                                   .epsilon = 1e-8,
                                   .batch = BATCH,
                                   .threads = 1,
                                   .data_rms = 0.4};
    float *note = lts_alloc((size_t)FRAMES * BINS, sizeof *note);
    float *x = lts_alloc((size_t)BATCH * BINS, sizeof *x);
    lts_model_config config = lts_model_defaults();
    config.latent = LATENT;
    config.units = UNITS;
    analyse(&feature.cqt, low, note);
    assert_ok(lts_model_create(&config, 1, &model, &err));
    assert_ok(lts_trainer_create(model, &training, &trainer, &err));
    lts_rng_seed(&rng, 1, 0);
    for (int step = 0; step < STEPS; step++) {
        lts_trainer_set_learning_rate(trainer, 3e-3 * (1 - (double)step / STEPS));
        for (size_t i = 0; i < BATCH; i++) {
            lts_align_transpose(note, BINS, 48, 42 * lts_rng_uniform(&rng) - 7, x + i * BINS);
            const double tilt = 0.02 * lts_rng_uniform(&rng) - 0.01;
            for (size_t k = 0; k < BINS; k++)
                x[i * BINS + k] *= (float)exp(tilt * ((double)k - 130));
        }
        assert_ok(lts_trainer_step(trainer, &(lts_batch){.x = x, .count = BATCH}, &losses, &err));
    }
    print_message("loss %.4f\n", losses.total);
    lts_trainer_destroy(trainer);
    lts_free(note);
    lts_free(x);
    return model;
}

static int set_up_with(lts_model *model, void **state)
{
    lts_error err;
    lts_model_work *work;
    lts_align_report report;
    const size_t columns = lts_model_columns(model);
    scene *s = lts_alloc(1, sizeof *s);
    s->feature = lts_feature_defaults(LTS_FEATURE_CQT);
    s->model = model;
    s->x = lts_alloc(N, sizeof *s->x);
    s->shift = lts_alloc(FRAMES, sizeof *s->shift);
    s->lag = lts_alloc(FRAMES, sizeof *s->lag);
    assert_ok(lts_model_work_create(s->model, 1, &work, &err));
    for (size_t i = 0; i < 2; i++) {
        s->magnitudes[i] = lts_alloc((size_t)FRAMES * BINS, sizeof(float));
        s->mean[i] = lts_alloc(FRAMES * columns, sizeof(float));
        analyse(&s->feature.cqt, i ? high : low, s->magnitudes[i]);
        lts_model_encode(s->model, work, s->magnitudes[i], FRAMES, s->mean[i], NULL);
    }
    lts_model_work_destroy(work);
    const lts_align_config config = lts_align_defaults(BINS, 48, (double)RATE / HOP);
    assert_ok(lts_align_pitch(&config, s->magnitudes[0], s->magnitudes[1], FRAMES, s->shift,
                              &report, &err));
    assert_true(report.aligned == 1);
    s->pitch =
        (loop_alignment){.magnitudes = {s->magnitudes[0], s->magnitudes[1]}, .shift = s->shift};
    assert_ok(live_create(&s->feature, &s->live, &err));
    *state = s;
    return 0;
}

static int set_up(void **state)
{
    return set_up_with(unit_model(), state);
}

static int set_up_trained(void **state)
{
    return set_up_with(trained_model(), state);
}

static int tear_down(void **state)
{
    scene *s = *state;
    live_destroy(s->live);
    for (size_t i = 0; i < 2; i++) {
        lts_free(s->magnitudes[i]);
        lts_free(s->mean[i]);
    }
    lts_model_destroy(s->model);
    lts_free(s->shift);
    lts_free(s->lag);
    lts_free(s->x);
    lts_free(s);
    return 0;
}

static live_start_config both_notes(const scene *s, const float *weight,
                                    const loop_alignment *alignment)
{
    return (live_start_config){.loop = {.model = s->model,
                                        .sounds = 2,
                                        .frames = FRAMES,
                                        .latent = lts_model_columns(s->model),
                                        .mean = (const float *const *)s->mean},
                               .weight = weight,
                               .gain = 1,
                               .alignment = alignment};
}

static void begin(scene *s, unsigned voice, const float *weight, const loop_alignment *alignment)
{
    lts_error err;
    const live_start_config config = both_notes(s, weight, alignment);
    assert_ok(live_start(s->live, voice, &config, &err));
}

/* The next n samples, a multiple of the block -> x. */
static void play(scene *s, float *x, size_t n)
{
    memset(x, 0, n * sizeof *x);
    for (size_t i = 0; i < n; i += BLOCK)
        live_fill(s->live, x + i, BLOCK);
}

static void end(scene *s)
{
    live_stop_all(s->live);
    play(s, s->x, 16 * BLOCK);
    live_reap(s->live);
}

/* The loudest frequency within a semitone of hz. */
static double loudest(const float *x, double hz)
{
    enum { WIDTH = 16384 };
    double best = 0, most = 0;
    for (int cents = -100; cents <= 100; cents++) {
        const double f = hz * exp2(cents / 1200.0), a = amplitude(x, N / 2, WIDTH, f);
        if (a > most) {
            most = a;
            best = f;
        }
    }
    return best;
}

static void the_pitch_lies_between(void **state)
{
    scene *s = *state;
    double alone = 0;
    for (int i = 4; i >= 0; i--) {
        const float alpha = (float)i / 4, weight[] = {alpha, 1 - alpha};
        const double hz = low * pow(high / low, 1 - (double)alpha);
        begin(s, 0, weight, &s->pitch);
        play(s, s->x, N);
        const double heard = loudest(s->x, hz), cents = 1200 * log2(heard / hz);
        const double level = amplitude(s->x, N / 2, 16384, heard);
        print_message("alpha %.2f: %.1f Hz, %+.0f cents off, %.3f\n", (double)alpha, heard, cents,
                      level);
        assert_true(fabs(cents) <= 5);
        alone = i == 4 ? level : alone;
        assert_true(fabs(decibels(level * level / (alone * alone))) < 1);
        if (i > 0 && i < 4) {
            assert_true(amplitude(s->x, N / 2, 16384, low) < 0.05 * level);
            assert_true(amplitude(s->x, N / 2, 16384, high) < 0.05 * level);
        }
        end(s);
    }
    begin(s, 0, half, NULL);
    play(s, s->x, N);
    const double between = amplitude(s->x, N / 2, 16384, sqrt(low * high));
    assert_true(between < 0.1 * amplitude(s->x, N / 2, 16384, low));
    assert_true(between < 0.1 * amplitude(s->x, N / 2, 16384, high));
}

static void and_so_it_does_with_a_trained_model(void **state)
{
    scene *s = *state;
    for (int i = 4; i >= 0; i--) {
        const float alpha = (float)i / 4, weight[] = {alpha, 1 - alpha};
        const double hz = low * pow(high / low, 1 - (double)alpha);
        begin(s, 0, weight, &s->pitch);
        play(s, s->x, N);
        const double heard = loudest(s->x, hz), cents = 1200 * log2(heard / hz);
        print_message("alpha %.2f: %.1f Hz, %+.0f cents off\n", (double)alpha, heard, cents);
        assert_true(fabs(cents) <= 10);
        end(s);
    }
}

static void it_follows_alpha_as_it_plays(void **state)
{
    lts_error err;
    scene *s = *state;
    begin(s, 0, only_first, &s->pitch);
    play(s, s->x, N);
    assert_true(fabs(1200 * log2(loudest(s->x, low) / low)) <= 5);
    assert_ok(live_weights(s->live, 0, half, 2, &err));
    play(s, s->x, 16 * BLOCK);
    play(s, s->x, N);
    const double middle = sqrt(low * high);
    assert_true(fabs(1200 * log2(loudest(s->x, middle) / middle)) <= 5);
    /* Frozen, with the latents of the frame before. */
    assert_ok(live_freeze(s->live, 0, true, &err));
    play(s, s->x, 16 * BLOCK);
    play(s, s->x, N);
    assert_true(fabs(1200 * log2(loudest(s->x, middle) / middle)) <= 5);
    assert_ok(live_weights(s->live, 0, only_second, 2, &err));
    play(s, s->x, 16 * BLOCK);
    play(s, s->x, N);
    assert_true(fabs(1200 * log2(loudest(s->x, high) / high)) <= 5);
}

static void what_is_not_moved_keeps_its_bits(void **state)
{
    lts_error err;
    scene *s = *state;
    float *before = lts_alloc(N, sizeof *before);
    const float *const weights[] = {only_first, only_second, half, half};
    for (size_t i = 0; i < 4; i++) {
        live *l;
        begin(s, 0, weights[i], NULL);
        play(s, before, N);
        live_destroy(s->live);
        assert_ok(live_create(&s->feature, &l, &err));
        s->live = l;
        if (i == 3) /* no shift is worth it anywhere */
            memset(s->shift, 0, FRAMES * sizeof *s->shift);
        begin(s, 0, weights[i], i == 2 ? NULL : &s->pitch);
        if (i == 2)
            assert_ok(live_align(s->live, 0, NULL, &err));
        play(s, s->x, N);
        assert_memory_equal(before, s->x, N * sizeof *before);
        live_destroy(s->live);
        assert_ok(live_create(&s->feature, &s->live, &err));
    }
    lts_free(before);
}

static void switching_does_not_click(void **state)
{
    enum { AT = 48 * BLOCK };
    lts_error err;
    scene *s = *state;
    loop_alignment late = s->pitch;
    for (size_t t = 0; t < FRAMES; t++)
        s->lag[t] = 30;
    late.lag = s->lag;
    const loop_alignment *const ways[][2] = {
        {NULL, NULL}, {NULL, &s->pitch}, {&s->pitch, NULL}, {&s->pitch, &late}, {&late, NULL}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        begin(s, 0, half, ways[i][0]);
        play(s, s->x, AT);
        assert_ok(live_align(s->live, 0, ways[i][1], &err));
        play(s, s->x + AT, N - AT);
        const double splashed = splash(s->x + AT - 1024, N - AT + 1024);
        print_message("%zu: %.1f dB\n", i, splashed);
        assert_true(splashed < -65);
        end(s);
    }
    /* Alpha from end to end, and a seam of the second sound's on the way. */
    begin(s, 0, only_first, &late);
    play(s, s->x, AT);
    assert_ok(live_weights(s->live, 0, only_second, 2, &err));
    play(s, s->x + AT, N - AT);
    const double glide = splash(s->x + AT - 1024, N - AT + 1024);
    print_message("alpha: %.1f dB\n", glide);
    /* Seven semitones within 20 ms are five bins a frame. */
    assert_true(glide < -55);
}

/* With lag = m / 5 the first sound runs 1.2 times as fast as m, the second 0.8 times. */
static void each_sound_keeps_its_pace_at_its_end_of_alpha(void **state)
{
    static const float *const weights[] = {only_first, half, only_second};
    static const double pace[] = {1 / 1.2, 1, 1 / 0.8};
    enum { BLOCKS = 30, STEP = 60 };
    scene *s = *state;
    const loop_alignment tempo = {.lag = s->lag};
    for (size_t t = 0; t < FRAMES; t++)
        s->lag[t] = (float)t / 5;
    for (size_t i = 0; i < 3; i++) {
        begin(s, 0, weights[i], &tempo);
        play(s, s->x, BLOCKS * BLOCK);
        const double frames = live_watch(s->live, 0).position * (FRAMES - 1);
        assert_true(fabs(frames - (2 * BLOCKS - 2) * pace[i]) < 1e-3);
        end(s);
    }
    /* The first sound turns into the second at STEP, and is heard to at that time. */
    memcpy(s->mean[0] + (size_t)STEP * COLUMNS, s->mean[1],
           (FRAMES - STEP) * (size_t)COLUMNS * sizeof(float));
    size_t at[2];
    for (size_t i = 0; i < 2; i++) {
        begin(s, 0, only_first, i ? &tempo : NULL);
        play(s, s->x, N);
        for (at[i] = 1024; at[i] < N - 1024; at[i]++)
            if (amplitude(s->x, at[i], 1024, high) > amplitude(s->x, at[i], 1024, low))
                break;
        end(s);
    }
    print_message("%.1f and %.1f ms\n", 1e3 * (double)at[0] / RATE, 1e3 * (double)at[1] / RATE);
    assert_true(at[0] > STEP * HOP && at[1] + 2 * HOP > at[0] && at[1] < at[0] + 2 * HOP);
}

static void eight_voices_go_over_at_once_without_allocating(void **state)
{
    scene *s = *state;
    for (unsigned v = 0; v < LIVE_VOICES; v++)
        begin(s, v, half, &s->pitch);
    play(s, s->x, 8 * BLOCK);
    for (unsigned v = 0; v < LIVE_VOICES; v++)
        begin(s, v, half, v % 2 ? NULL : &s->pitch);
    test_fail_allocation(0);
    play(s, s->x, N);
    assert_int_equal(test_fail_allocation(0), 0);
    const double middle = sqrt(low * high);
    assert_true(fabs(1200 * log2(loudest(s->x, middle) / middle)) <= 5);
    assert_true(amplitude(s->x, N / 2, 16384, low) > 0.01);
}

static void only_two_sounds_are_aligned(void **state)
{
    lts_error err;
    scene *s = *state;
    const float *const three[] = {s->mean[0], s->mean[1], s->mean[0]};
    static const float weight[] = {1, 0, 0};
    live_start_config config = both_notes(s, weight, &s->pitch);
    assert_status(live_align(s->live, 0, &s->pitch, &err), LTS_ERR_NOT_FOUND);
    assert_status(live_align(s->live, LIVE_VOICES, NULL, &err), LTS_ERR_ARGUMENT);
    config.loop.sounds = 3;
    config.loop.mean = three;
    assert_status(live_start(s->live, 0, &config, &err), LTS_ERR_SHAPE);
    config.alignment = NULL;
    assert_ok(live_start(s->live, 0, &config, &err));
    assert_status(live_align(s->live, 0, &s->pitch, &err), LTS_ERR_SHAPE);
    assert_ok(live_align(s->live, 0, NULL, &err));
}

static void short_loops_and_any_weights_are_legal(void **state)
{
    static const float weights[][2] = {{0, 0}, {-4, 4}, {4, -3}, {-4, -4}, {0.3f, 0}};
    lts_error err;
    scene *s = *state;
    const loop_alignment both = {
        .magnitudes = {s->magnitudes[0], s->magnitudes[1]}, .shift = s->shift, .lag = s->lag};
    for (size_t t = 0; t < FRAMES; t++)
        s->lag[t] = (float)(50 - (int)t / 2);
    for (size_t frames = 1; frames < 4; frames++)
        for (size_t i = 0; i < sizeof weights / sizeof *weights; i++) {
            live_start_config config = both_notes(s, weights[i], &both);
            config.loop.frames = frames == 3 ? FRAMES : frames;
            assert_ok(live_start(s->live, 0, &config, &err));
            assert_ok(live_speed(s->live, 0, i % 2 ? -7.7 : 7.7, &err));
            play(s, s->x, 40 * BLOCK);
            assert_true(isfinite(energy(s->x, 40 * BLOCK)));
        }
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

static void any_thread_may_switch(void **state)
{
    scene *s = *state;
    player p = {.live = s->live};
    pthread_t thread;
    lts_rng rng;
    lts_rng_seed(&rng, 3, 0);
    assert_int_equal(pthread_create(&thread, NULL, keep_playing, &p), 0);
    for (int i = 0; i < 200; i++) {
        const unsigned voice = (unsigned)lts_rng_below(&rng, 3);
        if (lts_rng_below(&rng, 4) == 0)
            begin(s, voice, half, lts_rng_below(&rng, 2) ? &s->pitch : NULL);
        live_align(s->live, voice, lts_rng_below(&rng, 2) ? &s->pitch : NULL, NULL);
        live_weights(s->live, voice, lts_rng_below(&rng, 2) ? half : only_first, 2, NULL);
        live_freeze(s->live, voice, lts_rng_below(&rng, 2), NULL);
        live_reap(s->live);
    }
    atomic_store(&p.done, true);
    pthread_join(thread, NULL);
}

int main(void)
{
#define LIVE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        LIVE_TEST(the_pitch_lies_between),
        LIVE_TEST(it_follows_alpha_as_it_plays),
        LIVE_TEST(what_is_not_moved_keeps_its_bits),
        LIVE_TEST(switching_does_not_click),
        LIVE_TEST(each_sound_keeps_its_pace_at_its_end_of_alpha),
        LIVE_TEST(eight_voices_go_over_at_once_without_allocating),
        LIVE_TEST(only_two_sounds_are_aligned),
        LIVE_TEST(short_loops_and_any_weights_are_legal),
        LIVE_TEST(any_thread_may_switch),
        cmocka_unit_test_setup_teardown(and_so_it_does_with_a_trained_model, set_up_trained,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
