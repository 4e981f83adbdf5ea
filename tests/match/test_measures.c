/* The measures of predicted parameters. */
#include "match/measures.h"
#include "testing.h"

#include <math.h>

static void ranks_are_places(void **state)
{
    (void)state;
    const float p[4] = {0.1f, 0.7f, 0.2f, 0.2f};
    assert_true(measure_rank(p, 4, 1) == 0);
    assert_true(measure_rank(p, 4, 2) == 1.5);
    assert_true(measure_rank(p, 4, 0) == 3);
    assert_true(measure_percentile(0, 4) == 100);
    assert_true(measure_percentile(3, 4) == 0);
    assert_true(measure_percentile(1.5, 4) == 50);
    assert_true(measure_percentile(0, 1) == 100);
}

static void no_opinion_is_in_the_middle(void **state)
{
    (void)state;
    const float p[16] = {0};
    for (size_t right = 0; right < 16; right++)
        assert_true(measure_percentile(measure_rank(p, 16, right), 16) == 50);
}

static void correlations_are_pearsons(void **state)
{
    (void)state;
    const float x[5] = {1, 2, 3, 4, 5}, y[5] = {2, 4, 6, 8, 10}, z[5] = {5, 4, 3, 2, 1};
    const float level[5] = {7, 7, 7, 7, 7}, w[5] = {1, 3, 2, 5, 4};
    assert_true(fabs(measure_correlation(x, y, 5) - 1) < 1e-12);
    assert_true(fabs(measure_correlation(x, z, 5) + 1) < 1e-12);
    assert_true(fabs(measure_correlation(x, w, 5) - 0.8) < 1e-12);
    assert_true(measure_correlation(x, level, 5) == 0);
    assert_true(measure_correlation(level, level, 5) == 1);
    float third[30];
    for (int i = 0; i < 30; i++)
        third[i] = -1.0f / 3;
    assert_true(measure_correlation(third, third, 30) == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks_are_places),
        cmocka_unit_test(no_opinion_is_in_the_middle),
        cmocka_unit_test(correlations_are_pearsons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
