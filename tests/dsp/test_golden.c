/* The transform against what the reference implementations computed (tests/data/README.md). */
#include "testing.h"

#include "lts/dsp.h"

#include <sndfile.h>
#include <stdio.h>

static const char *const names[] = {"chirp_noise", "guitar", "breakbeat", "silent_edges"};
enum { NAMES = 4 };

static float *sound(const char *name, size_t *n)
{
    char file[64];
    SF_INFO info = {0};
    snprintf(file, sizeof file, "cqt/%s.wav", name);
    SNDFILE *stream = sf_open(test_data(file), SFM_READ, &info);
    assert_non_null(stream);
    float *x = lts_alloc((size_t)info.frames, sizeof *x);
    assert_int_equal(sf_readf_float(stream, x, info.frames), info.frames);
    sf_close(stream);
    *n = (size_t)info.frames;
    return x;
}

static float *reference(const char *name, const char *kind, size_t frames)
{
    char file[64];
    size_t rows, columns;
    snprintf(file, sizeof file, "cqt/%s.%s.npy", name, kind);
    float *array = test_array(file, &rows, &columns);
    assert_int_equal(rows, frames);
    assert_int_equal(columns, 384);
    return array;
}

static void check(const char *name, size_t samples_hint)
{
    lts_error err;
    lts_cqt *cqt;
    lts_cqt_work *work;
    lts_cqt_config config = lts_cqt_defaults();
    size_t n;
    float *x = sound(name, &n);
    assert_ok(lts_cqt_create(&config, samples_hint ? n : 0, &cqt, &err));
    assert_ok(lts_cqt_work_create(cqt, &work, &err));
    size_t frames = lts_cqt_frames(&config, n), cells = frames * lts_cqt_bins(&config);
    float *magnitudes = lts_alloc(cells, sizeof *magnitudes);
    lts_cqt_magnitudes(cqt, work, x, n, magnitudes);
    float *exact = reference(name, "exact", frames);
    float *librosa = reference(name, "librosa", frames);
    double from_exact = relative_error(magnitudes, exact, cells);
    double from_librosa = relative_error(magnitudes, librosa, cells);
    print_message("%s: %.3g of exact, %.3g of librosa\n", name, from_exact, from_librosa);
    assert_true(from_exact <= 1.5e-4);
    assert_true(from_librosa <= 1.6e-2);
    lts_free(exact);
    lts_free(librosa);
    lts_free(magnitudes);
    lts_free(x);
    lts_cqt_work_destroy(work);
    lts_cqt_destroy(cqt);
}

static void magnitudes_match_the_reference(void **state)
{
    (void)state;
    for (int i = 0; i < NAMES; i++)
        check(names[i], 1);
}

static void magnitudes_match_the_reference_in_large_slices(void **state)
{
    (void)state;
    for (int i = 0; i < NAMES; i++)
        check(names[i], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(magnitudes_match_the_reference),
        cmocka_unit_test(magnitudes_match_the_reference_in_large_slices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
