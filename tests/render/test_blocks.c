/* Rendering in blocks. */
#include "testing.h"

#include "lts/audio.h"
#include "lts/render.h"
#include "render/renderer.h"
#include "tiny_run.h"

#include <math.h>
#include <string.h>

static const lts_feature small_feature = {.kind = LTS_FEATURE_CQT, .cqt = {22050, 64, 12, 5, 65.4}};

static float *floats(size_t count)
{
    float *x = lts_alloc(count, sizeof *x);
    assert_non_null(x);
    return x;
}

/* A renderer without a model and the magnitudes of a sound, as they are asked for and rendered. */
typedef struct fixture {
    lts_renderer *renderer;
    size_t bins, frames, n;
    float *magnitudes, *x, *received;
    size_t asked;                /* frames, of all */
    size_t blocks, border[64];   /* what was said to be ready */
    size_t stop_after, progress; /* blocks; progress reports */
} fixture;

static fixture open_fixture(const lts_feature *feature, const float *sound, size_t n)
{
    lts_error err;
    fixture f = {
        .bins = lts_feature_columns(feature), .frames = lts_feature_count(feature, n), .n = n};
    assert_ok(lts_renderer_create_plain(feature, n, &f.renderer, &err));
    f.magnitudes = floats(f.frames * f.bins);
    f.x = floats(n);
    f.received = floats(n);
    lts_renderer_analyse(f.renderer, sound, n, f.magnitudes);
    return f;
}

static fixture open_small(size_t n)
{
    float *sound = floats(n);
    for (size_t i = 0; i < n; i++) {
        double t = (double)i / 22050;
        sound[i] = (float)(0.4 * sin(2765 * t) + 0.2 * sin(8322 * t) * exp(-fmod(t, 0.7) * 5) +
                           0.1 * sin(1100 * t + 3 * sin(5 * t)));
    }
    fixture f = open_fixture(&small_feature, sound, n);
    lts_free(sound);
    return f;
}

static void close_fixture(fixture *f)
{
    lts_free(f->magnitudes);
    lts_free(f->x);
    lts_free(f->received);
    lts_renderer_destroy(f->renderer);
}

static lts_status give_rows(void *user, size_t first, size_t count, float *magnitudes,
                            lts_error *err)
{
    fixture *f = user;
    (void)err;
    assert_int_equal(first, f->asked);
    assert_true(count > 0 && count <= LTS_RENDER_ROWS && first + count <= f->frames);
    f->asked += count;
    memcpy(magnitudes, f->magnitudes + first * f->bins, count * f->bins * sizeof *magnitudes);
    return LTS_OK;
}

static void copy_ready(void *user, size_t ready)
{
    fixture *f = user;
    size_t before = f->blocks > 0 ? f->border[f->blocks - 1] : 0;
    assert_true(ready > before && ready <= f->n && f->blocks < 64);
    memcpy(f->received + before, f->x + before, (ready - before) * sizeof *f->x);
    f->border[f->blocks++] = ready;
}

static bool stop(void *user)
{
    const fixture *f = user;
    return f->stop_after > 0 && f->blocks >= f->stop_after;
}

static void see_progress(void *user, const char *what, double done, double total, double rate)
{
    fixture *f = user;
    assert_string_equal(what, "rendering");
    assert_true(done > 0 && done <= total * 1.000001 && rate > 0);
    f->progress++;
}

/* Renders T frames of magnitudes that `rows` gives. */
static lts_status render_rows(lts_renderer *renderer, lts_render_rows *rows, void *user,
                              size_t frames, lts_render_ends ends, const lts_phase_config *phase,
                              size_t n, const lts_render_output *out, const lts_reporter *reporter,
                              lts_error *err)
{
    const lts_mixture mixture = {.frames = frames, .rows = rows, .rows_user = user, .ends = ends};
    const lts_render_config config = {.phase = *phase};
    return lts_render(renderer, &mixture, &config, n, out, reporter, err);
}

static lts_status render(fixture *f, int iterations, lts_error *err)
{
    const lts_reporter reporter = {.user = f, .cancelled = stop, .progress = see_progress};
    lts_phase_config phase = lts_phase_defaults();
    phase.iterations = iterations;
    f->asked = f->blocks = 0;
    for (size_t i = 0; i < f->n; i++)
        f->x[i] = NAN;
    return render_rows(f->renderer, give_rows, f, f->frames, (lts_render_ends){0}, &phase, f->n,
                       &(lts_render_output){.x = f->x, .ready = copy_ready, .user = f}, &reporter,
                       err);
}

static void what_was_ready_does_not_change(void **state)
{
    (void)state;
    lts_error err;
    fixture f = open_small(22050 * 30);
    assert_ok(render(&f, 2, &err));
    assert_int_equal(f.asked, f.frames);
    assert_true(f.blocks > 2 && f.progress > f.blocks);
    assert_int_equal(f.border[f.blocks - 1], f.n);
    assert_true(f.border[0] > 1.5 * 22050 && f.border[0] < 2.5 * 22050);
    assert_memory_equal(f.received, f.x, f.n * sizeof *f.x);
    close_fixture(&f);
}

static void the_same_arguments_give_the_same_samples(void **state)
{
    (void)state;
    lts_error err;
    lts_phase_config phase = lts_phase_defaults();
    fixture f = open_small(22050 * 12);
    phase.iterations = 1;
    assert_ok(render(&f, 1, &err));
    memset(f.x, 0, f.n * sizeof *f.x);
    f.asked = 0;
    assert_ok(render_rows(f.renderer, give_rows, &f, f.frames, (lts_render_ends){0}, &phase, f.n,
                          &(lts_render_output){.x = f.x}, NULL, &err));
    assert_memory_equal(f.received, f.x, f.n * sizeof *f.x);
    close_fixture(&f);
}

static void short_sounds_are_one_block(void **state)
{
    (void)state;
    static const size_t lengths[] = {1, 63, 64, 3000, 22050 * 3};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        lts_error err;
        lts_phase_config phase = lts_phase_defaults();
        fixture f = open_small(lengths[i]);
        phase.iterations = 3;
        assert_ok(render(&f, 3, &err));
        assert_int_equal(f.blocks, 1);
        assert_ok(lts_renderer_phase(f.renderer, f.magnitudes, f.frames, &phase, f.received, f.n,
                                     NULL, &err));
        if (i < 4) /* longer ones may be given a plan of their own */
            assert_memory_equal(f.received, f.x, f.n * sizeof *f.x);
        else
            assert_true(signal_to_noise(f.x, f.received, f.n) > 40);
        close_fixture(&f);
    }
}

static void lengths_near_a_block_are_legal(void **state)
{
    (void)state;
    const render_sizes sizes = render_sizes_of(&small_feature);
    const size_t frames[] = {sizes.first,         sizes.first + 1,           2 * sizes.first - 1,
                             2 * sizes.first,     2 * sizes.first + 1,       2 * sizes.first + 2,
                             3 * sizes.first + 1, sizes.first + sizes.ahead, 10 * sizes.first};
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        lts_error err;
        fixture f = open_small(frames[i] * 64 + i);
        assert_ok(render(&f, 0, &err));
        assert_int_equal(f.border[f.blocks - 1], f.n);
        assert_memory_equal(f.received, f.x, f.n * sizeof *f.x);
        for (size_t j = 0; j < f.n; j++)
            assert_true(isfinite(f.x[j]));
        close_fixture(&f);
    }
}

static double convergence(const fixture *f, const float *x)
{
    float *found = floats(f->frames * f->bins);
    lts_renderer_analyse(f->renderer, x, f->n, found);
    double convergence = lts_spectral_convergence(found, f->magnitudes, f->frames, f->bins);
    lts_free(found);
    return convergence;
}

/* The largest second difference of x in `count` samples from `at` on. */
static float jump(const float *x, size_t at, size_t count)
{
    float most = 0;
    for (size_t i = at; i < at + count; i++)
        most = fmaxf(most, fabsf(x[i - 1] - 2 * x[i] + x[i + 1]));
    return most;
}

static void assert_quiet_borders(const fixture *f)
{
    for (size_t b = 0; b + 1 < f->blocks; b++) {
        const size_t at = f->border[b];
        const float here = jump(f->x, at - 4, 8);
        const float near_by = fmaxf(jump(f->x, at - 2000, 1990), jump(f->x, at + 10, 1990));
        if (here > near_by)
            fail_msg("border at %zu: %g, near by %g", at, (double)here, (double)near_by);
    }
}

/* The reference recordings one after the other, 10 s. */
static float *recordings(size_t n)
{
    static const char *const names[] = {"cqt/guitar.wav", "cqt/breakbeat.wav",
                                        "cqt/chirp_noise.wav", "cqt/silent_edges.wav"};
    float *x = floats(n);
    for (size_t at = 0, i = 0; at < n; i++) {
        lts_error err;
        float *part;
        size_t have;
        assert_ok(lts_audio_load(test_data(names[i % 4]), 44100, 0, -1, &part, &have, &err));
        have = have < n - at ? have : n - at;
        memcpy(x + at, part, have * sizeof *x);
        at += have;
        lts_free(part);
    }
    return x;
}

static void blocks_converge_as_the_whole(void **state)
{
    (void)state;
    static const int marks[] = {0, 1, 4, 16};
    enum { N = 441000 };
    const lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    float *sound = recordings(N);
    fixture f = open_fixture(&feature, sound, N);
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        lts_error err;
        lts_phase_config phase = lts_phase_defaults();
        phase.iterations = marks[i];
        assert_ok(render(&f, marks[i], &err));
        assert_true(f.blocks > 1);
        assert_quiet_borders(&f);
        double blocks = convergence(&f, f.x);
        assert_ok(lts_renderer_phase(f.renderer, f.magnitudes, f.frames, &phase, f.received, f.n,
                                     NULL, &err));
        double whole = convergence(&f, f.received);
        print_message("%d iterations: %zu blocks %.4f, whole %.4f\n", marks[i], f.blocks, blocks,
                      whole);
        assert_true(blocks < 1.05 * whole);
    }
    close_fixture(&f);
    lts_free(sound);
}

static void many_blocks_converge_as_few(void **state)
{
    (void)state;
    lts_error err;
    fixture f = open_small(22050 * 90);
    for (int iterations = 0; iterations <= 4; iterations += 4) {
        lts_phase_config phase = lts_phase_defaults();
        phase.iterations = iterations;
        assert_ok(render(&f, iterations, &err));
        assert_quiet_borders(&f);
        assert_ok(lts_renderer_phase(f.renderer, f.magnitudes, f.frames, &phase, f.received, f.n,
                                     NULL, &err));
        double blocks = convergence(&f, f.x), whole = convergence(&f, f.received);
        print_message("%d iterations: %zu blocks %.4f, whole %.4f\n", iterations, f.blocks, blocks,
                      whole);
        assert_true(blocks < 1.05 * whole);
    }
    close_fixture(&f);
}

static void it_stops_after_a_block(void **state)
{
    (void)state;
    lts_error err;
    fixture f = open_small(22050 * 30);
    f.stop_after = 2;
    assert_status(render(&f, 1, &err), LTS_ERR_CANCELLED);
    assert_int_equal(f.blocks, 2);
    assert_memory_equal(f.received, f.x, f.border[1] * sizeof *f.x);
    close_fixture(&f);
}

static lts_status fail_rows(void *user, size_t first, size_t count, float *magnitudes,
                            lts_error *err)
{
    (void)user, (void)count, (void)magnitudes;
    return lts_fail(err, LTS_ERR_IO, "row %zu", first);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    lts_error err;
    lts_phase_config phase = lts_phase_defaults();
    fixture f = open_small(22050);
    assert_status(render_rows(f.renderer, fail_rows, NULL, f.frames, (lts_render_ends){0}, &phase,
                              f.n, &(lts_render_output){.x = f.x}, NULL, &err),
                  LTS_ERR_IO);
    assert_string_equal(err.text, "row 0");
    assert_status(render_rows(f.renderer, give_rows, &f, f.frames + 1, (lts_render_ends){0}, &phase,
                              f.n, &(lts_render_output){.x = f.x}, NULL, &err),
                  LTS_ERR_SHAPE);
    assert_status(render(&f, -1, &err), LTS_ERR_ARGUMENT);
    f.magnitudes[0] = INFINITY;
    assert_status(render(&f, 0, &err), LTS_ERR_NONFINITE);
    close_fixture(&f);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    lts_error err;
    lts_status status = LTS_ERR_MEMORY;
    for (size_t i = 1; status != LTS_OK; i++) {
        fixture f = open_small(22050 * 6);
        test_fail_allocation(i);
        status = render(&f, 1, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || status == LTS_ERR_MEMORY);
        assert_true(i < 400);
        close_fixture(&f);
    }
}

/* Latent paths of a tiny model, drawn at random. */
typedef struct paths {
    char *folder;
    lts_model *model;
    lts_renderer *renderer;
    size_t frames, n;
    float *mean[2], *spread[2], *weight;
    lts_mixture mixture;
} paths;

static void open_paths(paths *p, size_t n)
{
    lts_error err;
    lts_rng rng;
    p->folder = test_folder();
    p->model = tiny_run(p->folder);
    p->n = n;
    p->frames = n / 128 + 1;
    assert_ok(lts_renderer_create(p->model, n, 1, &p->renderer, &err));
    lts_rng_seed(&rng, 1, 0);
    for (int s = 0; s < 2; s++) {
        p->mean[s] = floats(p->frames * TINY_LATENT);
        p->spread[s] = floats(p->frames * TINY_LATENT);
        lts_rng_fill_normal(&rng, p->mean[s], p->frames * TINY_LATENT);
    }
    p->weight = floats(2 * p->frames);
    for (size_t t = 0; t < p->frames; t++) {
        p->weight[t] = (float)t / (float)p->frames;
        p->weight[p->frames + t] = 1 - p->weight[t];
    }
    p->mixture = (lts_mixture){.sounds = 2,
                               .frames = p->frames,
                               .mean = (const float *const *)p->mean,
                               .log_variance = (const float *const *)p->spread,
                               .weight = p->weight};
}

static void close_paths(paths *p)
{
    for (int s = 0; s < 2; s++) {
        lts_free(p->mean[s]);
        lts_free(p->spread[s]);
    }
    lts_free(p->weight);
    lts_renderer_destroy(p->renderer);
    lts_model_destroy(p->model);
    test_folder_remove(p->folder);
}

static void a_frame_draws_the_same_in_any_block(void **state)
{
    (void)state;
    enum { BINS = 384, FROM = 100, COUNT = 200 };
    lts_error err;
    paths p;
    open_paths(&p, 44100);
    lts_render_config config = lts_render_defaults();
    config.sample = true;
    config.seed = 11;
    float *whole = floats(p.frames * BINS), *part = floats(COUNT * BINS);
    assert_ok(lts_renderer_magnitudes(p.renderer, &p.mixture, &config, whole, &err));
    render_source source;
    assert_ok(render_source_open(p.renderer, &p.mixture, &config, &source, &err));
    assert_ok(render_source_magnitudes(&source, FROM, COUNT, part, NULL, &err));
    render_source_close(&source);
    assert_true(relative_error(part, whole + FROM * BINS, COUNT * BINS) < 1e-5);
    config.seed = 12;
    assert_ok(render_source_open(p.renderer, &p.mixture, &config, &source, &err));
    assert_ok(render_source_magnitudes(&source, FROM, COUNT, part, NULL, &err));
    render_source_close(&source);
    assert_true(relative_error(part, whole + FROM * BINS, COUNT * BINS) > 1e-3);
    lts_free(whole);
    lts_free(part);
    close_paths(&p);
}

static void count_blocks(void *user, size_t ready)
{
    (void)ready;
    ++*(size_t *)user;
}

static void a_listener_hears_what_is_rendered(void **state)
{
    (void)state;
    lts_error err;
    paths p;
    open_paths(&p, 44100 * 5);
    size_t blocks = 0;
    float *x = floats(p.n), *received = floats(p.n);
    lts_render_config config = lts_render_defaults();
    config.phase.iterations = 1;
    assert_ok(
        lts_render(p.renderer, &p.mixture, &config, p.n, &(lts_render_output){.x = x}, NULL, &err));
    assert_ok(lts_render(
        p.renderer, &p.mixture, &config, p.n,
        &(lts_render_output){.x = received, .ready = count_blocks, .user = &blocks}, NULL, &err));
    assert_int_equal(blocks, 2);
    assert_memory_equal(x, received, p.n * sizeof *x);
    lts_free(x);
    lts_free(received);
    close_paths(&p);
}

typedef struct sunk {
    float *x;
    size_t n, largest, left; /* calls that succeed, when above 0 */
} sunk;

static lts_status sink(void *user, const float *x, size_t count, lts_error *err)
{
    sunk *s = user;
    memcpy(s->x + s->n, x, count * sizeof *x);
    s->n += count;
    s->largest = count > s->largest ? count : s->largest;
    if (s->left == 1)
        return lts_fail(err, LTS_ERR_IO, "the sink is full");
    s->left -= s->left > 0;
    return LTS_OK;
}

static void a_stream_has_the_same_samples(void **state)
{
    (void)state;
    static const size_t lengths[] = {1, 64, 3000, 22050 * 30 + 17};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        lts_error err;
        lts_phase_config phase = lts_phase_defaults();
        const lts_render_ends ends = {false, false};
        fixture f = open_small(lengths[i]);
        sunk s = {.x = floats(f.n)};
        assert_ok(render(&f, 2, &err));
        f.asked = 0;
        phase.iterations = 2;
        assert_ok(render_rows(f.renderer, give_rows, &f, f.frames, ends, &phase, f.n,
                              &(lts_render_output){.sink = sink, .user = &s}, NULL, &err));
        assert_int_equal(s.n, f.n);
        assert_memory_equal(s.x, f.x, f.n * sizeof *f.x);
        if (f.blocks > 2) {
            assert_true(s.largest < f.n / 2);
            f.asked = 0;
            s.n = 0;
            s.left = 2;
            assert_status(render_rows(f.renderer, give_rows, &f, f.frames, ends, &phase, f.n,
                                      &(lts_render_output){.sink = sink, .user = &s}, NULL, &err),
                          LTS_ERR_IO);
            assert_string_equal(err.text, "the sink is full");
            assert_int_equal(s.n, f.border[1]);
        }
        lts_free(s.x);
        close_fixture(&f);
    }
}

/* The peak of 5 ms. */
static float peak_at(const float *x)
{
    float peak = 0;
    for (size_t i = 0; i < 220; i++)
        peak = fmaxf(peak, fabsf(x[i]));
    return peak;
}

/* An excerpt between two beats, cut 10 ms from either: its frames have heard both. */
static void an_excerpt_does_not_sound_of_what_surrounds_it(void **state)
{
    (void)state;
    enum { RATE = 44100, HOP = 128, FIRST = 300, COUNT = 301, N = (COUNT - 1) * HOP };
    const lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    const size_t all = 3 * RATE, bins = lts_feature_columns(&feature);
    const size_t beats[] = {FIRST * HOP - 441, FIRST * HOP + N + 441};
    float *x = floats(all), *magnitudes = floats(lts_feature_count(&feature, all) * bins);
    lts_error err;
    lts_rng rng;
    lts_renderer *renderer;
    for (size_t i = 0; i < all; i++)
        x[i] = (float)(0.01 * sin(0.02 * (double)i));
    lts_rng_seed(&rng, 1, 0);
    for (size_t b = 0; b < 2; b++)
        for (size_t i = 0; i < 2000; i++) {
            const size_t at = b == 0 ? beats[b] - i : beats[b] + i;
            x[at] += (float)((lts_rng_uniform(&rng) - 0.5) * 1.6 * exp(-(double)i / 700));
        }
    assert_ok(lts_renderer_create_plain(&feature, N, &renderer, &err));
    lts_renderer_analyse(renderer, x, all, magnitudes);
    fixture f = {.bins = bins, .frames = COUNT, .magnitudes = magnitudes + FIRST * bins};
    for (int iterations = 0; iterations <= 16; iterations = iterations * 4 + (iterations == 0)) {
        float last[2];
        for (int known = 0; known < 2; known++) {
            lts_phase_config phase = lts_phase_defaults();
            const lts_render_ends ends = {known, known};
            sunk s = {.x = floats(N)};
            phase.iterations = iterations;
            f.asked = 0;
            assert_ok(render_rows(renderer, give_rows, &f, COUNT, ends, &phase, N,
                                  &(lts_render_output){.sink = sink, .user = &s}, NULL, &err));
            last[known] = fmaxf(peak_at(s.x), peak_at(s.x + N - 220));
            lts_free(s.x);
        }
        print_message("%d iterations: %.3f, as a whole sound %.3f\n", iterations, (double)last[1],
                      (double)last[0]);
        assert_true(last[1] < 0.1f);
        assert_true(iterations < 4 || last[0] > 2 * last[1]);
    }
    lts_renderer_destroy(renderer);
    lts_free(magnitudes);
    lts_free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_ready_does_not_change),
        cmocka_unit_test(the_same_arguments_give_the_same_samples),
        cmocka_unit_test(short_sounds_are_one_block),
        cmocka_unit_test(lengths_near_a_block_are_legal),
        cmocka_unit_test(blocks_converge_as_the_whole),
        cmocka_unit_test(many_blocks_converge_as_few),
        cmocka_unit_test(it_stops_after_a_block),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(a_frame_draws_the_same_in_any_block),
        cmocka_unit_test(a_listener_hears_what_is_rendered),
        cmocka_unit_test(a_stream_has_the_same_samples),
        cmocka_unit_test(an_excerpt_does_not_sound_of_what_surrounds_it),
    };
    return cmocka_run_group_tests_name("blocks", tests, NULL, NULL);
}
