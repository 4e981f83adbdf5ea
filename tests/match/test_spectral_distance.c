/* The distance of spectra, by its defining sum and by what it must tell apart. */
#include "match/spectral_distance.h"
#include "testing.h"

#include <math.h>

enum { N = 6000 };

static lts_error err;
static const double rate = 16384;

/* A note that begins at `onset`, of some harmonics. */
static void note(float *x, double hz, double amplitude, int onset)
{
    for (int i = 0; i < N; i++) {
        const double t = (i - onset) / rate;
        double y = 0;
        for (int h = 1; h <= 5; h++)
            y += sin(2 * acos(-1.0) * h * hz * t) / h;
        x[i] = t < 0 ? 0 : (float)(amplitude * y * exp(-5 * t));
    }
}

static double distance(const float *target, const float *y)
{
    spectral_target *t;
    spectral_work *work;
    assert_ok(spectral_target_create(target, N, &t, &err));
    assert_ok(spectral_work_create(t, &work, &err));
    const double d = spectral_distance(work, y);
    spectral_work_destroy(work);
    spectral_target_destroy(t);
    return d;
}

/* The sum of the header, in double and without the plan. */
static double defining_sum(const float *s, const float *y)
{
    double sum = 0;
    for (int size = 256; size <= 2048; size *= 2) {
        const lts_stft_config config = {size, size / 2};
        const size_t frames = N / (size_t)config.hop + 1, bins = lts_stft_bins(&config);
        float *a = lts_alloc(frames * bins, sizeof *a), *b = lts_alloc(frames * bins, sizeof *b);
        double peak = 0, difference = 0, norm = 0, logarithms = 0;
        lts_stft *stft;
        lts_stft_work *work;
        assert_true(a && b);
        assert_ok(lts_stft_create(&config, &stft, &err));
        assert_ok(lts_stft_work_create(stft, &work, &err));
        lts_stft_magnitudes(work, s, N, frames, a);
        lts_stft_magnitudes(work, y, N, frames, b);
        for (size_t i = 0; i < frames * bins; i++)
            peak = fmax(peak, a[i]);
        for (size_t i = 0; i < frames * bins; i++) {
            difference += pow((double)b[i] - (double)a[i], 2);
            norm += pow((double)a[i], 2);
            logarithms += fabs(log((double)b[i] + peak / 1000) - log((double)a[i] + peak / 1000));
        }
        sum += sqrt(difference / norm) + logarithms / (double)(frames * bins) / 3;
        lts_stft_work_destroy(work);
        lts_stft_destroy(stft);
        lts_free(a);
        lts_free(b);
    }
    return sum / 4;
}

static void it_is_its_defining_sum(void **state)
{
    (void)state;
    float a[N], b[N];
    note(a, 440, 0.5, 0);
    note(b, 523.25, 0.3, 700);
    const double wanted = defining_sum(a, b);
    assert_true(fabs(distance(a, b) - wanted) < 1e-4 * wanted);
}

static void it_tells_what_is_heard(void **state)
{
    (void)state;
    float target[N], y[N], silence[N] = {0};
    note(target, 440, 0.5, 0);
    assert_true(distance(target, target) < 1e-6);
    const double nothing = distance(target, silence);
    assert_true(nothing >= 1);
    note(y, 440 * pow(2, 0.1 / 12), 0.5, 0);
    const double detuned = distance(target, y);
    note(y, 440 * pow(2, 1.0 / 12), 0.5, 0);
    const double semitone = distance(target, y);
    assert_true(detuned > 0.01 && detuned < semitone);
    note(y, 440, 0.45, 0);
    const double quieter = distance(target, y);
    assert_true(quieter > 0.05 && quieter < 0.2);
    note(y, 440, 0.5, 400);
    assert_true(distance(target, y) > quieter);
}

static void its_gain_undoes_a_gain(void **state)
{
    (void)state;
    float target[N], y[N], silence[N] = {0};
    spectral_target *t;
    spectral_work *work;
    note(target, 440, 0.5, 0);
    note(y, 440, 0.05, 0);
    assert_ok(spectral_target_create(target, N, &t, &err));
    assert_ok(spectral_work_create(t, &work, &err));
    assert_true(fabs(spectral_gain(work, y) - 10) < 1e-3);
    assert_true(spectral_gain(work, silence) == 0);
    spectral_work_destroy(work);
    spectral_target_destroy(t);
}

static void silence_is_no_target(void **state)
{
    (void)state;
    float silence[N] = {0};
    spectral_target *t = (spectral_target *)&err;
    assert_status(spectral_target_create(silence, N, &t, &err), LTS_ERR_ARGUMENT);
    assert_null(t);
    assert_status(spectral_target_create(silence, 0, &t, &err), LTS_ERR_ARGUMENT);
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    float target[N];
    note(target, 440, 0.5, 0);
    lts_status status = LTS_ERR_MEMORY;
    for (size_t i = 1; status != LTS_OK; i++) {
        spectral_target *t = NULL;
        spectral_work *work = NULL;
        test_fail_allocation(i);
        status = spectral_target_create(target, N, &t, &err);
        if (status == LTS_OK)
            status = spectral_work_create(t, &work, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || status == LTS_ERR_MEMORY);
        spectral_work_destroy(work);
        spectral_target_destroy(t);
        assert_true(i < 200);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_its_defining_sum),
        cmocka_unit_test(it_tells_what_is_heard),
        cmocka_unit_test(its_gain_undoes_a_gain),
        cmocka_unit_test(silence_is_no_target),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
