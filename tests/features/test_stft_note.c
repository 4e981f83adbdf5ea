/* Notes: the sound of a normalised log spectrogram. */
#include "testing.h"

#include "lts/formats.h"
#include "lts/stft_note.h"

#include <math.h>
#include <sndfile.h>
#include <string.h>

static lts_error err;

enum { BINS = 512, FRAMES = 64, N = 16317 };
static const double golden_min = -50.85885238647461, golden_max = 29.14114761352539;

static void the_default_is_the_paper_s(void **state)
{
    (void)state;
    const lts_stft_note config = lts_stft_note_defaults();
    assert_ok(lts_stft_note_check(&config, &err));
    assert_int_equal(lts_stft_note_samples(&config), N);
    assert_int_equal(lts_stft_note_frames(&config), FRAMES);
    assert_int_equal(lts_stft_note_bins(&config), BINS);
    lts_stft_note other = config;
    other.sample_rate = 100; /* 0.29 s of it is 28.999... in binary */
    other.duration = 0.29;
    assert_int_equal(lts_stft_note_samples(&other), 29);
}

static void magnitudes_of(const float *x, float *m)
{
    const lts_stft_note config = lts_stft_note_defaults();
    lts_stft *stft;
    lts_stft_work *work;
    assert_ok(lts_stft_create(&config.stft, &stft, &err));
    assert_ok(lts_stft_work_create(stft, &work, &err));
    lts_stft_magnitudes(work, x, N, FRAMES, m);
    lts_stft_work_destroy(work);
    lts_stft_destroy(stft);
}

/* librosa.griffinlim of the same note has 0.160 after 8 iterations and 0.0445 after 32. */
static void a_golden_note_sounds(void **state)
{
    (void)state;
    const lts_stft_note config = lts_stft_note_defaults();
    static float original[N], x[N], a[FRAMES * (BINS + 1)], m[FRAMES * (BINS + 1)];
    SF_INFO info = {0};
    SNDFILE *file = sf_open(LTS_TEST_DATA "/stft/note.wav", SFM_READ, &info);
    assert_non_null(file);
    assert_int_equal(sf_readf_float(file, original, N), N);
    sf_close(file);
    size_t rows, columns;
    float *picture = test_array("stft/note.normalised.npy", &rows, &columns);
    assert_int_equal(rows, BINS);
    assert_int_equal(columns, FRAMES);
    lts_phase_config phase = lts_phase_defaults();
    phase.iterations = 8;
    assert_ok(
        lts_stft_note_render(&config, picture, golden_min, golden_max, &phase, x, NULL, &err));
    magnitudes_of(original, m);
    magnitudes_of(x, a);
    assert_true(lts_spectral_convergence(a, m, FRAMES, BINS + 1) < 0.0165);
    lts_free(picture);
}

/* Noise is as loud in the bin that is left out as in those below it: so it is in the sound. */
static void the_missing_bin_is_restored(void **state)
{
    (void)state;
    const lts_stft_note config = lts_stft_note_defaults();
    static float x[N], m[FRAMES * (BINS + 1)], picture[BINS * FRAMES];
    lts_phase_config phase = lts_phase_defaults();
    phase.iterations = 16;
    for (size_t i = 0; i < BINS * FRAMES; i++)
        picture[i] = i / FRAMES >= BINS - 4 ? 1 : 0;
    assert_ok(lts_stft_note_render(&config, picture, -80, 0, &phase, x, NULL, &err));
    magnitudes_of(x, m);
    double top = 0, next = 0;
    for (size_t t = 0; t < FRAMES; t++) {
        top += m[t * (BINS + 1) + BINS];
        next += m[t * (BINS + 1) + BINS - 1];
    }
    assert_true(top > 0.5 * next && top < 2 * next);
}

static void silence_is_silent(void **state)
{
    (void)state;
    const lts_stft_note config = lts_stft_note_defaults();
    static float x[N], picture[BINS * FRAMES];
    const lts_phase_config phase = lts_phase_defaults();
    memset(x, 1, sizeof x);
    assert_ok(lts_stft_note_render(&config, picture, -100, -100, &phase, x, NULL, &err));
    for (size_t i = 0; i < N; i++)
        assert_true(x[i] == 0);
}

static void wrong_input_is_refused(void **state)
{
    (void)state;
    const lts_stft_note good = lts_stft_note_defaults();
    static float x[N], picture[BINS * FRAMES];
    const lts_phase_config phase = lts_phase_defaults();
    lts_stft_note bad[8];
    for (size_t i = 0; i < 8; i++)
        bad[i] = good;
    bad[0].sample_rate = 0;
    bad[1].sample_rate = NAN;
    bad[2].duration = 0;
    bad[3].duration = 1e6;
    bad[4].duration = NAN;
    bad[5].stft.size = 4;
    bad[6].stft.size = 511;
    bad[7].stft.hop = 0;
    for (size_t i = 0; i < 8; i++)
        assert_status(lts_stft_note_render(&bad[i], picture, -80, 0, &phase, x, NULL, &err),
                      LTS_ERR_ARGUMENT);
    static const double levels[][2] = {{1, 0}, {-501, 0}, {0, 501}, {NAN, 0}, {0, INFINITY}};
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        assert_status(
            lts_stft_note_render(&good, picture, levels[i][0], levels[i][1], &phase, x, NULL, &err),
            LTS_ERR_ARGUMENT);
    picture[3 * FRAMES + 7] = NAN;
    assert_status(lts_stft_note_render(&good, picture, -80, 0, &phase, x, NULL, &err),
                  LTS_ERR_NONFINITE);
    assert_non_null(strstr(err.text, "bin 3, frame 7"));
    picture[3 * FRAMES + 7] = 1e30f;
    assert_status(lts_stft_note_render(&good, picture, -80, 0, &phase, x, NULL, &err),
                  LTS_ERR_NONFINITE);
}

static void short_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    const lts_stft_note config = {
        .sample_rate = 100, .duration = 1, .stft = {.size = 16, .hop = 4}};
    float picture[8 * 26], x[100];
    const lts_phase_config phase = lts_phase_defaults();
    for (size_t i = 0; i < 8 * 26; i++)
        picture[i] = 1;
    size_t n = 1;
    for (lts_status status = LTS_ERR_MEMORY; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = lts_stft_note_render(&config, picture, -80, 0, &phase, x, NULL, &err);
        test_fail_allocation(0);
        if (status != LTS_OK)
            assert_status(status, LTS_ERR_MEMORY);
        assert_true(n < 40);
    }
    assert_true(n > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_default_is_the_paper_s),
        cmocka_unit_test(a_golden_note_sounds),
        cmocka_unit_test(the_missing_bin_is_restored),
        cmocka_unit_test(silence_is_silent),
        cmocka_unit_test(wrong_input_is_refused),
        cmocka_unit_test(short_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
