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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_passes_bring_the_band_back),
        cmocka_unit_test(one_pass_is_enough_with_silent_edges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
