/* The way back from the short-time Fourier transform: from coefficients, and from magnitudes. */
#include "testing.h"

#include "lts/dsp.h"
#include "lts/formats.h"

#include <math.h>
#include <sndfile.h>
#include <string.h>

static lts_error err;

typedef struct fixture {
    lts_stft *stft;
    lts_stft_work *work;
    size_t bins;
} fixture;

static fixture open_fixture(int size, int hop)
{
    const lts_stft_config config = {size, hop};
    fixture f = {.bins = lts_stft_bins(&config)};
    assert_ok(lts_stft_create(&config, &f.stft, &err));
    assert_ok(lts_stft_work_create(f.stft, &f.work, &err));
    return f;
}

static void close_fixture(fixture *f)
{
    lts_stft_work_destroy(f->work);
    lts_stft_destroy(f->stft);
}

static void fill(float *x, size_t n, uint64_t seed)
{
    lts_rng rng;
    lts_rng_seed(&rng, seed, 0);
    lts_rng_fill_normal(&rng, x, n);
}

/* x(s) by its definition: the real sum over bins, windowed, over the sum of squared windows. */
static double defined_sample(const float *c, int size, int hop, int frames, int at)
{
    const double pi = acos(-1.0);
    const int bins = size / 2 + 1;
    double sum = 0, weight = 0;
    for (int t = 0; t < frames; t++) {
        const int i = at - t * hop + size / 2;
        if (i < 0 || i >= size)
            continue;
        const double w = (1 - cos(2 * pi * i / size)) / 2;
        double y = 0;
        for (int k = 0; k < bins; k++) {
            const float *cell = c + 2 * ((size_t)t * (size_t)bins + (size_t)k);
            const double angle = 2 * pi * k * i / size;
            const double part = cell[0] * cos(angle) - cell[1] * sin(angle);
            y += k == 0 || k == size / 2 ? cell[0] * cos(angle) : 2 * part;
        }
        sum += w * y / size;
        weight += w * w;
    }
    return weight > 0 ? sum / weight : 0;
}

static void it_is_its_definition(void **state)
{
    (void)state;
    enum { N = 190, FRAMES = 8, MOST = FRAMES * 33 * 2 };
    static const int configs[][2] = {{64, 16}, {64, 24}, {64, 32}, {50, 10}, {2, 1}};
    float c[MOST], x[N];
    for (size_t i = 0; i < sizeof configs / sizeof *configs; i++) {
        const int size = configs[i][0], hop = configs[i][1];
        const int n = FRAMES * hop - 1 < N ? FRAMES * hop - 1 : N;
        fixture f = open_fixture(size, hop);
        fill(c, FRAMES * f.bins * 2, 4);
        lts_stft_inverse(f.work, c, FRAMES, x, (size_t)n);
        for (int at = 0; at < n; at++) {
            const double expected = defined_sample(c, size, hop, FRAMES, at);
            if (!(fabs(x[at] - expected) < 2e-5 * fmax(1, fabs(expected))))
                fail_msg("size %d, hop %d, sample %d: %g, expected %g", size, hop, at,
                         (double)x[at], expected);
        }
        close_fixture(&f);
    }
}

static void a_sound_comes_back(void **state)
{
    (void)state;
    enum { N = 5000 };
    static const int configs[][2] = {{1024, 256}, {512, 128}, {512, 170}, {250, 100}};
    static float x[N], y[N];
    fill(x, N, 5);
    for (size_t i = 0; i < sizeof configs / sizeof *configs; i++) {
        fixture f = open_fixture(configs[i][0], configs[i][1]);
        const size_t frames = 1 + N / (size_t)configs[i][1];
        float *c = lts_alloc(frames * f.bins * 2, sizeof *c);
        float *again = lts_alloc(frames * f.bins * 2, sizeof *c);
        assert_non_null(c);
        assert_non_null(again);
        lts_stft_forward(f.work, x, N, frames, c);
        lts_stft_inverse(f.work, c, frames, y, N);
        assert_true(signal_to_noise(y, x, N) > 120);
        /* The projection on what is a transform of a sound: a second one changes nothing. */
        fill(c, frames * f.bins * 2, 6);
        lts_stft_inverse(f.work, c, frames, y, N);
        lts_stft_forward(f.work, y, N, frames, c);
        lts_stft_inverse(f.work, c, frames, y, N);
        lts_stft_forward(f.work, y, N, frames, again);
        assert_true(relative_error(again, c, frames * f.bins * 2) < 1e-6);
        lts_free(c);
        lts_free(again);
        close_fixture(&f);
    }
}

static void what_no_window_reaches_is_silent(void **state)
{
    (void)state;
    float c[2 * 5 * 2], x[40];
    fixture f = open_fixture(8, 16);
    fill(c, 20, 7);
    for (size_t i = 0; i < 40; i++)
        x[i] = 9;
    lts_stft_inverse(f.work, c, 2, x, 40);
    for (size_t i = 0; i < 40; i++) {
        const bool reached = i < 4 || (i > 12 && i < 20);
        assert_true((x[i] != 0) == reached);
        assert_true(isfinite(x[i]));
    }
    close_fixture(&f);
}

/* Spectral convergence of the sound recovered from the magnitudes of x. */
static double recovered(const float *x, size_t n, int size, int hop, lts_phase_config config)
{
    fixture f = open_fixture(size, hop);
    const size_t frames = 1 + n / (size_t)hop;
    float *m = lts_alloc(frames * f.bins, sizeof *m), *a = lts_alloc(frames * f.bins, sizeof *a);
    float *y = lts_alloc(n, sizeof *y);
    assert_non_null(m);
    assert_non_null(a);
    assert_non_null(y);
    lts_stft_magnitudes(f.work, x, n, frames, m);
    assert_ok(lts_stft_recover(f.work, m, frames, &config, y, n, NULL, &err));
    lts_stft_magnitudes(f.work, y, n, frames, a);
    const double convergence = lts_spectral_convergence(a, m, frames, f.bins);
    lts_free(m);
    lts_free(a);
    lts_free(y);
    close_fixture(&f);
    return convergence;
}

static float *golden_note(size_t *n)
{
    SF_INFO info = {0};
    SNDFILE *file = sf_open(LTS_TEST_DATA "/stft/note.wav", SFM_READ, &info);
    assert_non_null(file);
    float *x = lts_alloc((size_t)info.frames, sizeof *x);
    assert_non_null(x);
    *n = (size_t)sf_readf_float(file, x, info.frames);
    sf_close(file);
    return x;
}

/* librosa.griffinlim, from info.json: 0.373, 0.160 and 0.0445 after 1, 8 and 32 iterations. */
static void it_comes_closer_than_librosa(void **state)
{
    (void)state;
    static const struct {
        int iterations;
        double most;
    } cases[] = {{0, 0.055}, {1, 0.031}, {8, 0.0165}, {32, 0.0125}};
    size_t n;
    float *x = golden_note(&n);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lts_phase_config config = lts_phase_defaults();
        config.iterations = cases[i].iterations;
        const double convergence = recovered(x, n, 1024, 256, config);
        if (!(convergence < cases[i].most))
            fail_msg("%d iterations: %g, expected below %g", cases[i].iterations, convergence,
                     cases[i].most);
    }
    lts_phase_config random = lts_phase_defaults();
    random.init = LTS_PHASE_RANDOM;
    random.iterations = 32;
    assert_true(recovered(x, n, 1024, 256, random) < 0.0445);
    lts_free(x);
}

/* A sinusoid and an impulse: each law of the gradient by itself, without any iteration. */
static void the_gradient_is_that_of_plain_sounds(void **state)
{
    (void)state;
    enum { N = 16000 };
    static float x[N];
    const double pi = acos(-1.0);
    lts_phase_config config = lts_phase_defaults();
    config.iterations = 0;
    for (size_t i = 0; i < N; i++)
        x[i] = (float)sin(2 * pi * 0.07123 * (double)i);
    assert_true(recovered(x, N, 1024, 256, config) < 0.03);
    memset(x, 0, sizeof x);
    x[8100] = 1;
    assert_true(recovered(x, N, 1024, 256, config) < 0.03);
}

/* Chunks of the integration join: a sound of several of them is no worse. */
static void long_sounds_are_no_worse(void **state)
{
    (void)state;
    enum { TIMES = 12 };
    size_t n;
    float *x = golden_note(&n), *longer = lts_alloc(TIMES * n, sizeof *longer);
    assert_non_null(longer);
    for (size_t i = 0; i < TIMES * n; i++)
        longer[i] = x[i % n];
    lts_phase_config config = lts_phase_defaults();
    config.iterations = 1;
    assert_true(recovered(longer, TIMES * n, 1024, 256, config) < 0.06);
    lts_free(x);
    lts_free(longer);
}

static void silence_gives_silence(void **state)
{
    (void)state;
    enum { FRAMES = 5, N = 70 };
    fixture f = open_fixture(64, 16);
    float m[FRAMES * 33] = {0}, x[N];
    static const lts_phase_init inits[] = {LTS_PHASE_PGHI, LTS_PHASE_RANDOM, LTS_PHASE_ZERO};
    for (size_t i = 0; i < 3; i++) {
        lts_phase_config config = lts_phase_defaults();
        config.init = inits[i];
        memset(x, 1, sizeof x);
        assert_ok(lts_stft_recover(f.work, m, FRAMES, &config, x, N, NULL, &err));
        for (size_t at = 0; at < N; at++)
            assert_true(x[at] == 0);
    }
    close_fixture(&f);
}

static void one_frame_is_enough(void **state)
{
    (void)state;
    fixture f = open_fixture(64, 16);
    float m[33], a[33], x[16];
    for (size_t k = 0; k < 33; k++)
        m[k] = (float)exp(-(double)k / 4);
    for (size_t n = 0; n < 16; n++) {
        static const lts_phase_init inits[] = {LTS_PHASE_PGHI, LTS_PHASE_RANDOM, LTS_PHASE_ZERO};
        for (size_t i = 0; i < 3; i++) {
            lts_phase_config config = lts_phase_defaults();
            config.init = inits[i];
            assert_ok(lts_stft_recover(f.work, m, 1, &config, x, n, NULL, &err));
            assert_int_equal(lts_first_nonfinite(x, n), n);
        }
    }
    lts_stft_magnitudes(f.work, x, 15, 1, a);
    assert_true(lts_spectral_convergence(a, m, 1, 33) < 0.5);
    close_fixture(&f);
}

/* Magnitudes near both ends of a float's range give the same sound, scaled, bit for bit. */
static void any_loudness_will_do(void **state)
{
    (void)state;
    enum { N = 700 };
    static const int powers[] = {100, -100};
    fixture f = open_fixture(64, 16);
    const size_t frames = 1 + N / 16;
    float x[N], y[N], *m = lts_alloc(frames * f.bins, sizeof *m);
    float *scaled = lts_alloc(frames * f.bins, sizeof *m);
    assert_non_null(m);
    assert_non_null(scaled);
    lts_phase_config config = lts_phase_defaults();
    fill(x, N, 8);
    lts_stft_magnitudes(f.work, x, N, frames, m);
    assert_ok(lts_stft_recover(f.work, m, frames, &config, x, N, NULL, &err));
    for (size_t i = 0; i < 2; i++) {
        for (size_t at = 0; at < frames * f.bins; at++)
            scaled[at] = ldexpf(m[at], powers[i]);
        assert_ok(lts_stft_recover(f.work, scaled, frames, &config, y, N, NULL, &err));
        for (size_t at = 0; at < N; at++)
            y[at] = ldexpf(y[at], -powers[i]);
        assert_memory_equal(x, y, sizeof x);
    }
    lts_free(m);
    lts_free(scaled);
    close_fixture(&f);
}

static void wrong_input_is_refused(void **state)
{
    (void)state;
    fixture f = open_fixture(64, 16);
    float m[3 * 33] = {0}, x[100];
    lts_phase_config config = lts_phase_defaults();
    assert_status(lts_stft_recover(f.work, m, 3, &config, x, 31, NULL, &err), LTS_ERR_SHAPE);
    assert_non_null(strstr(err.text, "expected 32 to 47"));
    assert_status(lts_stft_recover(f.work, m, 3, &config, x, 48, NULL, &err), LTS_ERR_SHAPE);
    assert_status(lts_stft_recover(f.work, m, 0, &config, x, 0, NULL, &err), LTS_ERR_SHAPE);
    m[35] = -1;
    assert_status(lts_stft_recover(f.work, m, 3, &config, x, 40, NULL, &err), LTS_ERR_NONFINITE);
    assert_non_null(strstr(err.text, "frame 1, bin 2: magnitude -1"));
    m[35] = NAN;
    assert_status(lts_stft_recover(f.work, m, 3, &config, x, 40, NULL, &err), LTS_ERR_NONFINITE);
    config.iterations = -1;
    assert_status(lts_stft_recover(f.work, m, 3, &config, x, 40, NULL, &err), LTS_ERR_ARGUMENT);
    close_fixture(&f);
}

static void short_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    fixture f = open_fixture(64, 16);
    float m[3 * 33], x[40];
    const lts_phase_config config = lts_phase_defaults();
    for (size_t i = 0; i < 3 * 33; i++)
        m[i] = 1;
    size_t n = 1;
    for (lts_status status = LTS_ERR_MEMORY; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = lts_stft_recover(f.work, m, 3, &config, x, 40, NULL, &err);
        test_fail_allocation(0);
        if (status != LTS_OK)
            assert_status(status, LTS_ERR_MEMORY);
        assert_true(n < 30);
    }
    assert_true(n > 10);
    close_fixture(&f);
}

static bool always(void *user)
{
    (void)user;
    return true;
}

static void a_stop_is_obeyed(void **state)
{
    (void)state;
    fixture f = open_fixture(64, 16);
    float m[3 * 33], x[40];
    const lts_phase_config config = lts_phase_defaults();
    const lts_reporter reporter = {.cancelled = always};
    for (size_t i = 0; i < 3 * 33; i++)
        m[i] = 1;
    assert_status(lts_stft_recover(f.work, m, 3, &config, x, 40, &reporter, &err),
                  LTS_ERR_CANCELLED);
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_its_definition),
        cmocka_unit_test(a_sound_comes_back),
        cmocka_unit_test(what_no_window_reaches_is_silent),
        cmocka_unit_test(it_comes_closer_than_librosa),
        cmocka_unit_test(the_gradient_is_that_of_plain_sounds),
        cmocka_unit_test(long_sounds_are_no_worse),
        cmocka_unit_test(silence_gives_silence),
        cmocka_unit_test(one_frame_is_enough),
        cmocka_unit_test(any_loudness_will_do),
        cmocka_unit_test(wrong_input_is_refused),
        cmocka_unit_test(short_memory_leaves_nothing_behind),
        cmocka_unit_test(a_stop_is_obeyed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
