/* The short-time Fourier transform: its definition, librosa's golden spectrogram, refused settings.
 */
#include "testing.h"

#include "lts/dsp.h"
#include "lts/formats.h"

#include <math.h>
#include <sndfile.h>
#include <string.h>

static lts_error err;

static void fill(float *x, size_t n)
{
    lts_rng rng;
    lts_rng_seed(&rng, 3, 0);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(lts_rng_uniform(&rng) - 0.5);
}

/* |X_k(t)| by the defining sum. */
static void defining_sum(const float *x, int n, const lts_stft_config *c, int t, int k,
                         double *real, double *imaginary)
{
    const double pi = acos(-1.0);
    *real = *imaginary = 0;
    for (int i = 0; i < c->size; i++) {
        const int at = t * c->hop + i - c->size / 2;
        const double sample = at >= 0 && at < n ? (double)x[at] : 0;
        const double w = (1 - cos(2 * pi * i / c->size)) / 2;
        *real += w * sample * cos(2 * pi * k * i / c->size);
        *imaginary -= w * sample * sin(2 * pi * k * i / c->size);
    }
}

static void it_is_its_defining_sum(void **state)
{
    (void)state;
    enum { N = 700, FRAMES = 14 };
    static const lts_stft_config configs[] = {{64, 64}, {128, 48}, {2, 1}, {250, 125}};
    float x[N];
    fill(x, N);
    for (size_t i = 0; i < sizeof configs / sizeof *configs; i++) {
        const lts_stft_config *c = &configs[i];
        const size_t bins = lts_stft_bins(c);
        float *coefficients = lts_alloc(FRAMES * bins * 2, sizeof *coefficients);
        float *magnitudes = lts_alloc(FRAMES * bins, sizeof *magnitudes);
        lts_stft *stft;
        lts_stft_work *work;
        assert_non_null(coefficients);
        assert_non_null(magnitudes);
        assert_ok(lts_stft_create(c, &stft, &err));
        assert_ok(lts_stft_work_create(stft, &work, &err));
        lts_stft_forward(work, x, N, FRAMES, coefficients);
        lts_stft_magnitudes(work, x, N, FRAMES, magnitudes);
        for (int t = 0; t < FRAMES; t++)
            for (int k = 0; k < (int)bins; k++) {
                const float *got = coefficients + 2 * ((size_t)t * bins + (size_t)k);
                double real, imaginary;
                defining_sum(x, N, c, t, k, &real, &imaginary);
                assert_true(fabs(got[0] - real) < 1e-5 && fabs(got[1] - imaginary) < 1e-5);
                assert_true(
                    fabs(magnitudes[(size_t)t * bins + (size_t)k] - hypot(real, imaginary)) < 1e-5);
            }
        lts_stft_work_destroy(work);
        lts_stft_destroy(stft);
        lts_free(coefficients);
        lts_free(magnitudes);
    }
}

static void frames_beyond_a_sound_are_silent(void **state)
{
    (void)state;
    float x[10] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, magnitudes[4 * 5];
    const lts_stft_config config = {8, 16};
    lts_stft *stft;
    lts_stft_work *work;
    assert_ok(lts_stft_create(&config, &stft, &err));
    assert_ok(lts_stft_work_create(stft, &work, &err));
    lts_stft_magnitudes(work, x, 10, 4, magnitudes);
    assert_true(magnitudes[0] > 0);
    for (int i = 5; i < 20; i++)
        assert_true(magnitudes[i] == 0);
    lts_stft_magnitudes(work, x, 0, 4, magnitudes);
    for (int i = 0; i < 20; i++)
        assert_true(magnitudes[i] == 0);
    lts_stft_work_destroy(work);
    lts_stft_destroy(stft);
}

/* In decibels, librosa.amplitude_to_db(|librosa.stft|) without its top bin, (512,64). */
static void it_agrees_with_librosa(void **state)
{
    (void)state;
    enum { FRAMES = 64, BINS = 512, SAMPLES = 16384 };
    const lts_stft_config config = {1024, 256};
    static float x[SAMPLES];
    SF_INFO info = {0};
    SNDFILE *file = sf_open(LTS_TEST_DATA "/stft/note.wav", SFM_READ, &info);
    assert_non_null(file);
    assert_int_equal(info.channels, 1);
    const sf_count_t n = sf_readf_float(file, x, SAMPLES);
    sf_close(file);
    size_t rows, columns;
    float *decibels, *m = lts_alloc(FRAMES * (BINS + 1), sizeof *m);
    assert_non_null(m);
    assert_ok(lts_npy_load(LTS_TEST_DATA "/stft/note.db.npy", &decibels, &rows, &columns, &err));
    assert_int_equal(rows, BINS);
    assert_int_equal(columns, FRAMES);
    lts_stft *stft;
    lts_stft_work *work;
    assert_ok(lts_stft_create(&config, &stft, &err));
    assert_ok(lts_stft_work_create(stft, &work, &err));
    lts_stft_magnitudes(work, x, (size_t)n, FRAMES, m);
    double worst = 0, loudest = -HUGE_VAL;
    for (size_t i = 0; i < FRAMES * (BINS + 1); i++)
        loudest = fmax(loudest, 20 * log10(fmax(m[i], 1e-5)));
    for (size_t k = 0; k < BINS; k++)
        for (size_t t = 0; t < FRAMES; t++) {
            const double level = 20 * log10(fmax(m[t * (BINS + 1) + k], 1e-5));
            const double kept = fmax(level, loudest - 80);
            worst = fmax(worst, fabs(kept - decibels[k * FRAMES + t]));
        }
    assert_true(worst < 0.01);
    lts_stft_work_destroy(work);
    lts_stft_destroy(stft);
    lts_free(decibels);
    lts_free(m);
}

static void wrong_settings_are_refused(void **state)
{
    (void)state;
    static const lts_stft_config wrong[] = {{0, 1},   {-2, 1},   {511, 256},    {1 << 21, 1},
                                            {512, 0}, {512, -1}, {512, 1 << 21}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        lts_stft *stft = (lts_stft *)&err;
        assert_status(lts_stft_create(&wrong[i], &stft, &err), LTS_ERR_ARGUMENT);
        assert_null(stft);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_its_defining_sum),
        cmocka_unit_test(frames_beyond_a_sound_are_silent),
        cmocka_unit_test(it_agrees_with_librosa),
        cmocka_unit_test(wrong_settings_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
