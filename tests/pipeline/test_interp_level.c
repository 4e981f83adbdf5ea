/* How loud morphs of percussive sounds are, by a small model that keeps gain and shape apart. It is
 * not trained: its mixtures are magnitudes of no sound, whose phases lose level. */
#include "testing.h"

#include "lts/interp.h"
#include "tiny_run.h"

#include <math.h>
#include <string.h>

enum { RATE = 44100, N = 6 * RATE, WINDOW = RATE / 20, WINDOWS = N / WINDOW };
static const double tau = 6.28318530717959;

typedef struct fixture {
    char *folder, *drums, *clicks, *tone, *quiet, *silence;
    float *own[2]; /* (N): drums and clicks */
    lts_model *model;
    lts_interp *interp;
} fixture;

static lts_error err;

static char *save(const fixture *f, const char *name, const float *x)
{
    const lts_audio_format format = {.sample_rate = RATE, .bits = LTS_AUDIO_FLOAT};
    char *path = lts_path_join(f->folder, name);
    assert_ok(lts_audio_save(path, x, N, &format, &err));
    return path;
}

static lts_model *make_model(const fixture *f)
{
    lts_model *model, *loaded;
    lts_model_config config = lts_model_defaults();
    char *path = lts_path_join(f->folder, "model.safetensors");
    config.latent = 6;
    config.units = 32;
    assert_ok(lts_model_create(&config, 3, &model, &err));
    assert_ok(lts_model_save(model, path, tiny_notes, TINY_NOTES, &err));
    assert_ok(lts_model_load(path, &loaded, &err));
    lts_model_destroy(model);
    lts_free(path);
    return loaded;
}

static int set_up(void **state)
{
    fixture *f = lts_alloc(1, sizeof *f);
    float *x = lts_alloc(N, sizeof *x);
    f->folder = test_folder();
    f->model = make_model(f);
    for (int s = 0; s < 2; s++) {
        f->own[s] = lts_alloc(N, sizeof *x);
        for (size_t i = 0; i < N; i++) {
            const double t = fmod((double)i / RATE, s ? 0.375 : 0.5);
            f->own[s][i] = (float)(s ? 0.3 * exp(-30 * t) * sin(tau * 1500 * t)
                                     : 0.5 * exp(-12 * t) * sin(tau * 110 * t));
        }
    }
    f->drums = save(f, "drums.wav", f->own[0]);
    f->clicks = save(f, "clicks.wav", f->own[1]);
    for (size_t i = 0; i < N; i++)
        x[i] = (float)(0.3 * sin(tau * 440 * (double)i / RATE));
    f->tone = save(f, "tone.wav", x);
    for (size_t i = 0; i < N; i++)
        x[i] = (float)(0.03 * sin(tau * 587 * (double)i / RATE));
    f->quiet = save(f, "quiet.wav", x);
    memset(x, 0, N * sizeof *x);
    f->silence = save(f, "silence.wav", x);
    lts_free(x);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    char *const paths[] = {f->drums, f->clicks, f->tone, f->quiet, f->silence};
    lts_interp_close(f->interp);
    lts_model_destroy(f->model);
    test_folder_remove(f->folder);
    lts_free(f->own[0]);
    lts_free(f->own[1]);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        lts_free(paths[i]);
    lts_free(f);
    return 0;
}

static void open_pair(fixture *f, char *a, char *b)
{
    const lts_source sources[2] = {{a, 0}, {b, 0}};
    lts_interp_close(f->interp);
    assert_ok(lts_interp_open(f->model, sources, 2, -1, 1, &f->interp, NULL, &err));
    assert_int_equal(lts_interp_samples(f->interp), N);
}

/* Weights (2,T) of alpha from frame `first` on, and of 1 before. */
static float *weights(const fixture *f, double alpha, size_t first)
{
    const size_t frames = lts_interp_frames(f->interp);
    float *weight = lts_alloc(2 * frames, sizeof *weight);
    for (size_t t = 0; t < frames; t++) {
        weight[t] = t < first ? 1 : (float)alpha;
        weight[frames + t] = 1 - weight[t];
    }
    return weight;
}

static float *render(const fixture *f, double alpha, lts_level_law law)
{
    lts_render_config config = lts_render_defaults();
    float *weight = weights(f, alpha, 0), *x = lts_alloc(N, sizeof *x);
    config.level = law;
    assert_ok(
        lts_interp_render(f->interp, weight, &config, &(lts_render_output){.x = x}, NULL, &err));
    lts_free(weight);
    return x;
}

static double mean_square(const float *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return sum / (double)n;
}

static double decibels(double power)
{
    return 10 * log10(power + 1e-16);
}

static double between(double a, double b, double alpha)
{
    return pow(alpha * pow(a, 0.3) + (1 - alpha) * pow(b, 0.3), 1 / 0.3);
}

/* How far x is from the path between drums and clicks from sample `first` on, dB, and the share of
 * its windows of 50 ms that are within 1 dB, of those within 20 dB of the path's loudest one. */
static void measure(const fixture *f, const float *x, double alpha, size_t first, double *whole,
                    double *share)
{
    const float *a = f->own[0], *b = f->own[1];
    double path[WINDOWS], loudest = 0, sum = 0, got = 0;
    size_t heard = 0, close = 0;
    for (size_t w = first / WINDOW; w < WINDOWS; w++) {
        path[w] = between(mean_square(a + w * WINDOW, WINDOW), mean_square(b + w * WINDOW, WINDOW),
                          alpha);
        loudest = fmax(loudest, path[w]);
        sum += path[w];
        got += mean_square(x + w * WINDOW, WINDOW);
    }
    for (size_t w = first / WINDOW; w < WINDOWS; w++) {
        if (path[w] < 1e-2 * loudest)
            continue;
        heard++;
        close += fabs(decibels(mean_square(x + w * WINDOW, WINDOW)) - decibels(path[w])) <= 1;
    }
    *whole = decibels(got) - decibels(sum);
    *share = (double)close / (double)heard;
    print_message("alpha %g: %+.2f dB, %.0f %% of the windows within 1 dB\n", alpha, *whole,
                  100 * *share);
}

static void percussive_morphs_follow_the_path(void **state)
{
    fixture *f = *state;
    const double loudest = decibels(fmax(mean_square(f->own[0], N), mean_square(f->own[1], N)));
    open_pair(f, f->drums, f->clicks);
    for (double alpha = 0; alpha <= 1; alpha += 0.25) {
        double whole, share;
        float *x = render(f, alpha, LTS_LAW_LOUDNESS);
        measure(f, x, alpha, 0, &whole, &share);
        assert_true(fabs(whole) < 1);
        /* A sound alone keeps what its phases make of it within its longest filters. */
        assert_true(alpha == 0 || alpha == 1 || share > 0.8);
        lts_free(x);
    }
    for (double alpha = -1; alpha <= 2; alpha += 3) {
        float *x = render(f, alpha, LTS_LAW_LOUDNESS);
        const double beyond = decibels(mean_square(x, N)) - loudest;
        print_message("alpha %g: %+.2f dB\n", alpha, beyond);
        assert_true(beyond < 1);
        lts_free(x);
    }
}

static void a_retake_follows_the_path(void **state)
{
    fixture *f = *state;
    lts_render_config config = lts_render_defaults();
    open_pair(f, f->drums, f->clicks);
    const size_t changed = lts_interp_frames(f->interp) / 2;
    float *a = render(f, 1, LTS_LAW_LOUDNESS);
    float *before = weights(f, 1, 0), *weight = weights(f, 0.5, changed);
    float *x = render(f, 1, LTS_LAW_LOUDNESS);
    size_t first, count;
    double whole, share;
    assert_ok(lts_interp_retake(f->interp, weight, before, &config, x, &first, &count, NULL, &err));
    assert_true(first > 0);
    assert_memory_equal(x, a, first * sizeof *x);
    measure(f, x, 0.5, N / 2 + WINDOW, &whole, &share);
    assert_true(fabs(whole) < 1);
    assert_true(share > 0.8);
    lts_free(a);
    lts_free(before);
    lts_free(weight);
    lts_free(x);
}

static void steady_morphs_stay_steady(void **state)
{
    fixture *f = *state;
    open_pair(f, f->tone, f->quiet);
    for (double alpha = 0.25; alpha < 1; alpha += 0.25) {
        float *x = render(f, alpha, LTS_LAW_LOUDNESS);
        double least = INFINITY, most = -INFINITY;
        for (size_t w = 20; w + 20 < WINDOWS; w++) {
            const double level = decibels(mean_square(x + w * WINDOW, WINDOW));
            least = fmin(least, level);
            most = fmax(most, level);
        }
        print_message("alpha %g: level varies by %.2f dB\n", alpha, most - least);
        assert_true(most - least < 0.5);
        lts_free(x);
    }
}

static void silence_stays_silence(void **state)
{
    fixture *f = *state;
    open_pair(f, f->silence, f->silence);
    float *x = render(f, 0.5, LTS_LAW_LOUDNESS);
    for (size_t i = 0; i < N; i++)
        assert_true(fabsf(x[i]) < 1e-7f);
    lts_free(x);
}

static void without_the_law_levels_stay_as_they_are(void **state)
{
    fixture *f = *state;
    open_pair(f, f->drums, f->clicks);
    float *weight = weights(f, 1, 0), *x = render(f, 1, LTS_LAW_NONE), *y = lts_alloc(N, sizeof *y);
    const lts_render_config config = lts_render_defaults();
    const float *const mean[] = {lts_interp_mean(f->interp, 0), lts_interp_mean(f->interp, 1)};
    const lts_mixture mixture = {
        .sounds = 2, .frames = lts_interp_frames(f->interp), .mean = mean, .weight = weight};
    assert_ok(lts_render(lts_interp_renderer(f->interp), &mixture, &config, N,
                         &(lts_render_output){.x = y}, NULL, &err));
    assert_memory_equal(x, y, N * sizeof *x);
    lts_free(weight);
    lts_free(x);
    lts_free(y);
}

static lts_status collect(void *user, const float *x, size_t count, lts_error *error)
{
    float **end = user;
    (void)error;
    memcpy(*end, x, count * sizeof *x);
    *end += count;
    return LTS_OK;
}

/* A row of latents has a level more than the model has latent dimensions. */
static void drawn_paths_that_are_not_kept_give_the_same_samples(void **state)
{
    fixture *f = *state;
    const lts_source sources[2] = {{f->drums, 0}, {f->clicks, 0}};
    lts_render_config config = lts_render_defaults();
    config.sample = true;
    open_pair(f, f->drums, f->clicks);
    float *weight = weights(f, 0.5, 0);
    float *x = lts_alloc(N, sizeof *x), *y = lts_alloc(N, sizeof *y), *end = y;
    assert_ok(
        lts_interp_render(f->interp, weight, &config, &(lts_render_output){.x = x}, NULL, &err));
    lts_interp_close(f->interp);
    f->interp = NULL;
    assert_ok(lts_interp_open_stream(f->model, sources, 2, -1, 1, 0, &f->interp, NULL, &err));
    assert_ok(lts_interp_render(f->interp, weight, &config,
                                &(lts_render_output){.sink = collect, .user = &end}, NULL, &err));
    assert_ptr_equal(end, y + N);
    assert_memory_equal(x, y, N * sizeof *x);
    lts_free(weight);
    lts_free(x);
    lts_free(y);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(percussive_morphs_follow_the_path),
        TEST(a_retake_follows_the_path),
        TEST(steady_morphs_stay_steady),
        TEST(silence_stays_silence),
        TEST(without_the_law_levels_stay_as_they_are),
        TEST(drawn_paths_that_are_not_kept_give_the_same_samples),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
