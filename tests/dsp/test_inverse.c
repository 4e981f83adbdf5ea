/* The inverse of an untouched CQT: how much of the band comes back. */
#include "golden.h"

#include <fftw3.h>
#include <math.h>
#include <string.h>

/* Keeps lo .. hi Hz of x, in place. */
static void band_limit(float *x, size_t n, double rate, double lo, double hi)
{
    float *spectrum = lts_alloc(n + 2, sizeof *spectrum);
    fftwf_plan there = fftwf_plan_dft_r2c_1d((int)n, x, (fftwf_complex *)spectrum, FFTW_ESTIMATE);
    fftwf_plan back = fftwf_plan_dft_c2r_1d((int)n, (fftwf_complex *)spectrum, x, FFTW_ESTIMATE);
    fftwf_execute(there);
    for (size_t q = 0; q <= n / 2; q++) {
        double f = (double)q * rate / (double)n;
        float keep = f >= lo && f <= hi ? 1 / (float)n : 0;
        spectrum[2 * q] *= keep;
        spectrum[2 * q + 1] *= keep;
    }
    fftwf_execute(back);
    fftwf_destroy_plan(there);
    fftwf_destroy_plan(back);
    lts_free(spectrum);
}

/* dB within 33.5 .. 8150 Hz. */
static double band_snr(const float *result, const float *x, size_t n)
{
    float *a = lts_alloc(n, sizeof *a), *b = lts_alloc(n, sizeof *b);
    memcpy(a, result, n * sizeof *a);
    memcpy(b, x, n * sizeof *b);
    band_limit(a, n, 44100, 33.5, 8150);
    band_limit(b, n, 44100, 33.5, 8150);
    double snr = signal_to_noise(a, b, n);
    lts_free(a);
    lts_free(b);
    return snr;
}

static double round_trip(const char *name, int passes)
{
    lts_error err;
    size_t n;
    float *x = golden_sound(name, &n);
    fixture f = open_fixture(lts_cqt_defaults(), n);
    size_t frames = lts_cqt_frames(&f.config, n);
    float *c = lts_alloc(2 * frames * f.bins, sizeof *c), *y = lts_alloc(n, sizeof *y);
    lts_cqt_forward(f.cqt, f.work, x, n, c);
    assert_ok(lts_cqt_inverse(f.cqt, f.work, c, frames, passes, y, n, &err));
    double snr = band_snr(y, x, n);
    print_message("%s, %d passes: %.1f dB\n", name, passes, snr);
    lts_free(c);
    lts_free(y);
    lts_free(x);
    close_fixture(&f);
    return snr;
}

static void two_passes_bring_the_band_back(void **state)
{
    (void)state;
    double mean = 0;
    for (int i = 0; i < NAMES; i++)
        mean += round_trip(names[i], 2) / NAMES;
    assert_true(mean >= 45);
}

static void one_pass_is_enough_with_silent_edges(void **state)
{
    (void)state;
    assert_true(round_trip("silent_edges", 1) >= 65);
}

/* Several slices, another configuration, a length that is no multiple of the hop. */
static void long_signals_come_back_too(void **state)
{
    (void)state;
    enum { N = 200011 };
    const lts_cqt_config config = {22050, 64, 24, 6, 55};
    lts_error err;
    fixture f = open_fixture(config, 1);
    size_t frames = lts_cqt_frames(&config, N);
    float *x = normal_noise(N, 8), *y = lts_alloc(N, sizeof *y);
    float *c = lts_alloc(2 * frames * f.bins, sizeof *c);
    band_limit(x, N, config.sample_rate, 60, 3200);
    lts_cqt_forward(f.cqt, f.work, x, N, c);
    assert_ok(lts_cqt_inverse(f.cqt, f.work, c, frames, 3, y, N, &err));
    band_limit(y, N, config.sample_rate, 60, 3200);
    double snr = signal_to_noise(y, x, N);
    print_message("several slices, 3 passes: %.1f dB\n", snr);
    assert_true(snr > 45);
    lts_free(x);
    lts_free(y);
    lts_free(c);
    close_fixture(&f);
}

/* At librosa's default hop of 512 the upper filters are shorter than the hop, and parts of the
 * sound are in no frame: what there is comes back, and more passes do no harm. */
static void sparse_frames_never_diverge(void **state)
{
    (void)state;
    enum { N = 40000, PASSES = 12 };
    const lts_cqt_config config = {22050, 512, 12, 7, 32.7};
    lts_error err;
    fixture f = open_fixture(config, N);
    size_t frames = lts_cqt_frames(&config, N), size = 2 * frames * f.bins;
    float *x = normal_noise(N, 8), *y = lts_alloc(N, sizeof *y);
    float *c = lts_alloc(size, sizeof *c), *again = lts_alloc(size, sizeof *again);
    double last = 1;
    lts_cqt_forward(f.cqt, f.work, x, N, c);
    for (int passes = 1; passes <= PASSES; passes++) {
        assert_ok(lts_cqt_inverse(f.cqt, f.work, c, frames, passes, y, N, &err));
        lts_cqt_forward(f.cqt, f.work, y, N, again);
        double error = relative_error(again, c, size);
        assert_true(error < last);
        last = error;
    }
    print_message("sparse frames, %d passes: %.3f of the coefficients missing\n", PASSES, last);
    lts_free(x);
    lts_free(y);
    lts_free(c);
    lts_free(again);
    close_fixture(&f);
}

static void silence_and_short_signals_come_back(void **state)
{
    (void)state;
    lts_error err;
    fixture f = open_fixture(lts_cqt_defaults(), 1);
    float *c = lts_alloc(2 * f.bins * 3, sizeof *c), x[300], y[300];
    assert_ok(lts_cqt_inverse(f.cqt, f.work, c, 3, 2, y, 300, &err));
    for (int i = 0; i < 300; i++)
        assert_true(y[i] == 0);
    for (size_t n = 0; n < 300; n += 99) {
        for (size_t i = 0; i < n; i++)
            x[i] = sinf((float)i / 10);
        lts_cqt_forward(f.cqt, f.work, x, n, c);
        assert_ok(lts_cqt_inverse(f.cqt, f.work, c, lts_cqt_frames(&f.config, n), 4, y, n, &err));
        for (size_t i = 0; i < n; i++)
            assert_true(isfinite(y[i]));
    }
    lts_free(c);
    close_fixture(&f);
}

static void lengths_and_passes_that_cannot_be_are_refused(void **state)
{
    (void)state;
    lts_error err;
    fixture f = open_fixture(lts_cqt_defaults(), 1);
    float *c = lts_alloc(2 * f.bins * 3, sizeof *c), y[600];
    assert_status(lts_cqt_inverse(f.cqt, f.work, c, 3, 1, y, 255, &err), LTS_ERR_SHAPE);
    assert_non_null(strstr(err.text, "ask for 256 to 383 samples"));
    assert_status(lts_cqt_inverse(f.cqt, f.work, c, 3, 1, y, 384, &err), LTS_ERR_SHAPE);
    assert_ok(lts_cqt_inverse(f.cqt, f.work, c, 3, 1, y, 383, &err));
    assert_status(lts_cqt_inverse(f.cqt, f.work, c, 0, 1, y, 0, &err), LTS_ERR_SHAPE);
    assert_status(lts_cqt_inverse(f.cqt, f.work, c, 3, 0, y, 300, &err), LTS_ERR_ARGUMENT);
    lts_free(c);
    close_fixture(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_passes_bring_the_band_back),
        cmocka_unit_test(one_pass_is_enough_with_silent_edges),
        cmocka_unit_test(long_signals_come_back_too),
        cmocka_unit_test(sparse_frames_never_diverge),
        cmocka_unit_test(silence_and_short_signals_come_back),
        cmocka_unit_test(lengths_and_passes_that_cannot_be_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
