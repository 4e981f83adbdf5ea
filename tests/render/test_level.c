/* The levels of what is rendered, by a small model that keeps gain and shape apart. Its weights are
 * not trained: levels are exact by construction. */
#include "testing.h"

#include "lts/audio.h"
#include "lts/render.h"

#include <math.h>
#include <string.h>

enum { BINS = 384, LATENT = 6, COLUMNS = LATENT + 1, FRAMES = 300 };

typedef struct fixture {
    lts_feature feature;
    lts_model *model;
    lts_renderer *renderer;
    float *loud, *quiet, *silent; /* (FRAMES,COLUMNS) */
    float *magnitudes;            /* (FRAMES,BINS) */
    float *weight;                /* (2,FRAMES) */
} fixture;

static float *floats(size_t count)
{
    float *x = lts_alloc(count, sizeof *x);
    assert_non_null(x);
    return x;
}

static double decibels(const float *frame)
{
    double sum = 0;
    for (size_t k = 0; k < BINS; k++)
        sum += (double)frame[k] * (double)frame[k];
    return 20 * log10(sqrt(sum / BINS) + 1e-8);
}

/* The first frames of a recording, scaled -> their latents. */
static float *encode(fixture *f, const char *name, float scale)
{
    lts_error err;
    float *x, *path = floats((size_t)FRAMES * COLUMNS);
    size_t n;
    assert_ok(lts_audio_load(test_data(name), 44100, 0, -1, &x, &n, &err));
    const size_t used = (size_t)(FRAMES - 1) * lts_feature_hop(&f->feature);
    assert_true(n >= used);
    for (size_t i = 0; i < n; i++)
        x[i] *= scale;
    lts_renderer_analyse(f->renderer, x, used, f->magnitudes);
    lts_renderer_encode(f->renderer, f->magnitudes, FRAMES, path, NULL);
    lts_free(x);
    return path;
}

static int set_up(void **state)
{
    lts_error err;
    fixture *f = lts_alloc(1, sizeof *f);
    lts_model_config config = lts_model_defaults();
    config.level_octave = 0; /* so that a level is a plain RMS */
    config.latent = LATENT;
    config.units = 32;
    f->feature = lts_feature_defaults(LTS_FEATURE_CQT);
    assert_ok(lts_model_create(&config, 3, &f->model, &err));
    assert_true(lts_model_has_level(f->model));
    assert_ok(lts_renderer_create_with(f->model, &f->feature, FRAMES * 128, 1, &f->renderer, &err));
    f->magnitudes = floats((size_t)FRAMES * BINS);
    f->weight = floats((size_t)2 * FRAMES);
    f->loud = encode(f, "cqt/guitar.wav", 1);
    f->quiet = encode(f, "cqt/breakbeat.wav", 0.01f);
    f->silent = encode(f, "cqt/guitar.wav", 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    lts_renderer_destroy(f->renderer);
    lts_model_destroy(f->model);
    lts_free(f->loud);
    lts_free(f->quiet);
    lts_free(f->silent);
    lts_free(f->magnitudes);
    lts_free(f->weight);
    lts_free(f);
    return 0;
}

/* Two paths and a constant alpha -> f->magnitudes. */
static void render(fixture *f, const float *a, const float *b, float alpha, lts_level_law law)
{
    lts_error err;
    const float *const mean[] = {a, b};
    lts_render_config config = lts_render_defaults();
    for (size_t t = 0; t < FRAMES; t++) {
        f->weight[t] = alpha;
        f->weight[FRAMES + t] = 1 - alpha;
    }
    const lts_mixture mixture = {.sounds = 2, .frames = FRAMES, .mean = mean, .weight = f->weight};
    config.level = law;
    assert_ok(lts_renderer_magnitudes(f->renderer, &mixture, &config, f->magnitudes, &err));
}

static double level_at(const float *path, size_t t)
{
    return (double)path[t * COLUMNS + LATENT];
}

static double loudness(double level)
{
    return pow(10, 0.6 * level / 20);
}

static void the_level_follows_the_path(void **state)
{
    fixture *f = *state;
    for (float alpha = 0; alpha <= 1; alpha += 0.25f)
        for (int law = 0; law < 2; law++) {
            render(f, f->loud, f->quiet, alpha, (lts_level_law)law);
            for (size_t t = 0; t < FRAMES; t++) {
                const double a = level_at(f->loud, t), b = level_at(f->quiet, t), w = (double)alpha;
                const double expected =
                    law == LTS_LAW_NONE ? w * a + (1 - w) * b
                                        : 20 / 0.6 * log10(w * loudness(a) + (1 - w) * loudness(b));
                assert_true(fabs(decibels(f->magnitudes + t * BINS) - expected) < 0.01);
            }
        }
}

static void beyond_the_ends_the_level_stays_theirs(void **state)
{
    fixture *f = *state;
    static const float alphas[] = {2, -1, 4, -3, 100};
    for (size_t i = 0; i < sizeof alphas / sizeof *alphas; i++) {
        render(f, f->loud, f->quiet, alphas[i], LTS_LAW_LOUDNESS);
        const float *nearest = alphas[i] > 0 ? f->loud : f->quiet;
        for (size_t t = 0; t < FRAMES; t++) {
            const double level = decibels(f->magnitudes + t * BINS);
            assert_true(isfinite(level));
            assert_true(level <= level_at(nearest, t) + 0.01);
        }
    }
}

static void silence_stays_silence(void **state)
{
    fixture *f = *state;
    static const float alphas[] = {0, 0.25f, 0.5f, 0.75f, 1, 2, -1};
    for (size_t i = 0; i < sizeof alphas / sizeof *alphas; i++) {
        render(f, f->silent, f->silent, alphas[i], LTS_LAW_LOUDNESS);
        for (size_t k = 0; k < (size_t)FRAMES * BINS; k++)
            assert_true(f->magnitudes[k] < 1e-9f);
    }
    /* Half way into silence a sound is half as loud. */
    render(f, f->loud, f->silent, 0.5f, LTS_LAW_LOUDNESS);
    for (size_t t = 0; t < FRAMES; t++)
        if (level_at(f->loud, t) > -60)
            assert_true(fabs(decibels(f->magnitudes + t * BINS) - level_at(f->loud, t) + 10.03) <
                        0.05);
}

static void a_quiet_copy_decodes_as_quiet(void **state)
{
    fixture *f = *state;
    lts_error err;
    float *quiet = encode(f, "cqt/guitar.wav", 3.1623e-4f);
    assert_ok(lts_renderer_decode(f->renderer, quiet, FRAMES, f->magnitudes, &err));
    for (size_t t = 0; t < FRAMES; t++)
        if (level_at(f->loud, t) > -60) {
            const double level = decibels(f->magnitudes + t * BINS);
            assert_true(fabs(level - (level_at(f->loud, t) - 70)) < 0.2);
        }
    lts_free(quiet);
}

static void levels_are_not_drawn(void **state)
{
    fixture *f = *state;
    lts_error err;
    float *spread = floats((size_t)FRAMES * COLUMNS), *once = floats((size_t)FRAMES * BINS);
    const float *const mean[] = {f->loud, f->quiet}, *const log_variance[] = {spread, spread};
    /* Weights below 0 would make the spread of a level large. */
    for (size_t i = 0; i < (size_t)FRAMES * COLUMNS; i++)
        spread[i] = i % COLUMNS == LATENT ? -200 : -1;
    for (size_t t = 0; t < FRAMES; t++)
        f->weight[t] = f->weight[FRAMES + t] = -1;
    const lts_mixture mixture = {.sounds = 2,
                                 .frames = FRAMES,
                                 .mean = mean,
                                 .log_variance = log_variance,
                                 .weight = f->weight};
    lts_render_config config = lts_render_defaults();
    config.sample = true;
    assert_ok(lts_renderer_magnitudes(f->renderer, &mixture, &config, f->magnitudes, &err));
    for (size_t k = 0; k < (size_t)FRAMES * BINS; k++)
        assert_true(f->magnitudes[k] < 1e-9f);
    for (size_t t = 0; t < FRAMES; t++) {
        f->weight[t] = 0.01f * (float)(t % 100);
        f->weight[FRAMES + t] = 1 - f->weight[t];
    }
    assert_ok(lts_renderer_magnitudes(f->renderer, &mixture, &config, once, &err));
    for (size_t t = 0; t < FRAMES; t++) {
        const double w = (double)f->weight[t];
        const double expected =
            20 / 0.6 *
            log10(w * loudness(level_at(f->loud, t)) + (1 - w) * loudness(level_at(f->quiet, t)));
        assert_true(fabs(decibels(once + t * BINS) - expected) < 0.01);
    }
    lts_free(spread);
    lts_free(once);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_level_follows_the_path, set_up, tear_down),
        cmocka_unit_test_setup_teardown(beyond_the_ends_the_level_stays_theirs, set_up, tear_down),
        cmocka_unit_test_setup_teardown(silence_stays_silence, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_quiet_copy_decodes_as_quiet, set_up, tear_down),
        cmocka_unit_test_setup_teardown(levels_are_not_drawn, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
