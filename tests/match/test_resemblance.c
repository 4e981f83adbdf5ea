/* How alike sounds are: equal ones, louder ones, others' frequencies, silence. */
#include "match/resemblance.h"
#include "testing.h"

#include <math.h>

enum { N = 5001 }; /* odd, and no multiple of a hop */

static lts_error err;
static const double rate = 8000;

static void sine(float *x, double hz, double amplitude)
{
    for (int i = 0; i < N; i++)
        x[i] = (float)(amplitude * sin(2 * acos(-1.0) * hz * i / rate));
}

static resemblance_scores scores_of(const float *x, const float *y)
{
    resemblance *work;
    assert_ok(resemblance_create(N, &work, &err));
    const resemblance_scores scores = resemblance_of(work, x, y);
    resemblance_destroy(work);
    return scores;
}

static void equal_sounds_are_alike(void **state)
{
    static float x[N], y[N];
    (void)state;
    sine(x, 440, 0.5);
    resemblance_scores scores = scores_of(x, x);
    assert_true(fabs(scores.stft - 1) < 1e-5);
    assert_true(fabs(scores.ft - 1) < 1e-5);
    assert_true(scores.log_distance == 0);
    /* A quieter one is so by as many decibels where it is above the floor, and by less below. */
    sine(y, 440, 0.05);
    scores = scores_of(x, y);
    const double cells = 20 * 257;
    assert_true(scores.stft > 0.95);
    assert_true(fabs(scores.ft - 1) < 1e-5);
    assert_true(scores.log_distance > 5 * sqrt(cells) && scores.log_distance < 20 * sqrt(cells));
}

/* Of the whole spectrum the phases are no matter, and sines far apart have nothing in common. */
static void frequencies_count_and_phases_do_not(void **state)
{
    static float x[N], y[N];
    (void)state;
    sine(x, 440, 0.5);
    for (int i = 0; i < N; i++)
        y[i] = x[N - 1 - i];
    resemblance_scores scores = scores_of(x, y);
    assert_true(scores.ft > 0.999);
    sine(y, 1000, 0.5);
    scores = scores_of(x, y);
    assert_true(scores.ft < 0.01 && scores.stft < 0.6);
}

/* When the sound is played is seen by the short windows alone. */
static void moments_count_in_short_spectra(void **state)
{
    static float x[N], y[N];
    (void)state;
    sine(x, 440, 0.5);
    for (int i = 0; i < N; i++) {
        y[i] = i >= N / 2 ? x[i] : 0;
        x[i] = i < N / 2 ? x[i] : 0;
    }
    const resemblance_scores scores = scores_of(x, y);
    assert_true(scores.stft < 0.5);
    assert_true(scores.ft > 0.99);
}

static void silence_is_alike_to_silence_alone(void **state)
{
    static float x[N], y[N];
    (void)state;
    assert_true(scores_of(x, y).stft == 1);
    sine(x, 440, 0.5);
    assert_true(scores_of(x, y).stft == 0 && scores_of(x, y).ft == 0);
}

static void every_allocation_may_fail(void **state)
{
    resemblance *work = NULL;
    lts_status status = LTS_ERR_MEMORY;
    size_t i = 0;
    (void)state;
    while (status == LTS_ERR_MEMORY && ++i < 100) {
        test_fail_allocation(i);
        status = resemblance_create(N, &work, &err);
        test_fail_allocation(0);
        assert_true((work != NULL) == (status == LTS_OK));
    }
    assert_ok(status);
    assert_true(i > 8);
    resemblance_destroy(work);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_sounds_are_alike),
        cmocka_unit_test(frequencies_count_and_phases_do_not),
        cmocka_unit_test(moments_count_in_short_spectra),
        cmocka_unit_test(silence_is_alike_to_silence_alone),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
