/* The transform against what the reference implementations computed (tests/data/README.md). */
#include "golden.h"

static void check(const char *name, bool one_slice)
{
    size_t n;
    float *x = golden_sound(name, &n);
    fixture f = open_fixture(lts_cqt_defaults(), one_slice ? n : 0);
    size_t frames = lts_cqt_frames(&f.config, n), cells = frames * f.bins;
    float *magnitudes = lts_alloc(cells, sizeof *magnitudes);
    lts_cqt_magnitudes(f.cqt, f.work, x, n, magnitudes);
    float *exact = golden_magnitudes(name, "exact", frames);
    float *librosa = golden_magnitudes(name, "librosa", frames);
    double from_exact = relative_error(magnitudes, exact, cells);
    double from_librosa = relative_error(magnitudes, librosa, cells);
    print_message("%s: %.3g of exact, %.3g of librosa\n", name, from_exact, from_librosa);
    assert_true(from_exact <= 1.5e-4);
    assert_true(from_librosa <= 1.6e-2);
    lts_free(exact);
    lts_free(librosa);
    lts_free(magnitudes);
    lts_free(x);
    close_fixture(&f);
}

static void magnitudes_match_the_reference(void **state)
{
    (void)state;
    for (int i = 0; i < NAMES; i++)
        check(names[i], true);
}

static void magnitudes_match_the_reference_in_large_slices(void **state)
{
    (void)state;
    for (int i = 0; i < NAMES; i++)
        check(names[i], false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(magnitudes_match_the_reference),
        cmocka_unit_test(magnitudes_match_the_reference_in_large_slices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
