/* Phase recovery: how close the CQT of the result comes to the magnitudes asked for. The limits are
 * the prototype's figures in tests/data/cqt/cases.json. */
#include "golden.h"

#include <math.h>
#include <string.h>

enum { MARKS = 4 };
static const int marks[MARKS] = {0, 1, 4, 16};

static const double clean[NAMES][MARKS] = {
    {0.160868, 0.088542, 0.036686, 0.011452},
    {0.088335, 0.062693, 0.034433, 0.026181},
    {0.143799, 0.105206, 0.081365, 0.049604},
    {0.048549, 0.014832, 0.008475, 0.004373},
};
static const double noisy[NAMES][MARKS] = {
    {0.331743, 0.230819, 0.202873, 0.192655},
    {0.222511, 0.204041, 0.194249, 0.190852},
    {0.309415, 0.241546, 0.217857, 0.207310},
    {0.252087, 0.214067, 0.207090, 0.205215},
};

static double convergence(fixture *f, const float *magnitudes, size_t frames, size_t n,
                          const lts_phase_config *config)
{
    lts_error err;
    float *x = lts_alloc(n, sizeof *x), *found = lts_alloc(frames * f->bins, sizeof *found);
    assert_ok(lts_phase_recover(f->cqt, f->work, magnitudes, frames, config, x, n, NULL, &err));
    lts_cqt_magnitudes(f->cqt, f->work, x, n, found);
    double convergence = lts_spectral_convergence(found, magnitudes, frames, f->bins);
    lts_free(x);
    lts_free(found);
    return convergence;
}

/* M -> M exp(error * normal) */
static void disturb(float *magnitudes, size_t count, float error)
{
    float *noise = normal_noise(count, 3);
    for (size_t i = 0; i < count; i++)
        magnitudes[i] *= expf(error * noise[i]);
    lts_free(noise);
}

static void check(int name, const char *kind, float error, const double limits[MARKS], double slack)
{
    size_t n;
    lts_free(golden_sound(names[name], &n));
    fixture f = open_fixture(lts_cqt_defaults(), n);
    size_t frames = lts_cqt_frames(&f.config, n);
    float *magnitudes = golden_magnitudes(names[name], kind, frames);
    if (error > 0)
        disturb(magnitudes, frames * f.bins, error);
    for (int i = 0; i < MARKS; i++) {
        lts_phase_config config = lts_phase_defaults();
        config.iterations = marks[i];
        double found = convergence(&f, magnitudes, frames, n, &config);
        print_message("%s.%s, %g %% error, %d iterations: %.4f, %.3f of the prototype's\n",
                      names[name], kind, 100 * (double)error, marks[i], found, found / limits[i]);
        assert_true(found <= slack * limits[i]);
    }
    lts_free(magnitudes);
    close_fixture(&f);
}

static void true_magnitudes_converge_as_the_prototype(void **state)
{
    (void)state;
    for (int i = 0; i < NAMES; i++)
        check(i, "exact", 0, clean[i], 1.05);
}

static void magnitudes_with_errors_converge_as_the_prototype(void **state)
{
    (void)state;
    for (int i = 0; i < NAMES; i++)
        check(i, "exact", 0.2f, noisy[i], 1.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(true_magnitudes_converge_as_the_prototype),
        cmocka_unit_test(magnitudes_with_errors_converge_as_the_prototype),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
