/* What live voices are aligned by: notes a fifth apart, and onsets of two tempos. */
#include "../align/notes.h"
#include "engine/live/loop_align.h"

enum { FRAMES = 700 };

/* Notes of one pitch that begin every `every` frames and decay. */
static void strike(double pitch, double every, float *frames)
{
    for (size_t t = 0; t < FRAMES; t++)
        note_frame(pitch, 50 * exp(-fmod((double)t, every) / 30), 1, frames + t * NOTE_BINS);
}

static void find(double pitch_b, double every_b, lts_alignment way, loop_found *found, char *text)
{
    lts_error err;
    const lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    static float a[FRAMES * NOTE_BINS], b[FRAMES * NOTE_BINS];
    const float *const both[] = {a, b};
    strike(100, 100, a);
    strike(pitch_b, every_b, b);
    assert_ok(loop_find(&feature, both, FRAMES, way, found, &err));
    loop_found_text(found, &feature, way, text);
    print_message("%s\n", text);
    assert_true(found->alignment.magnitudes[0] == a && found->alignment.magnitudes[1] == b);
    assert_true(found->alignment.shift == found->shift && found->alignment.lag == found->lag);
}

static void pitch_is_found_where_it_is_asked_for(void **state)
{
    char text[LOOP_FOUND_TEXT];
    loop_found found;
    (void)state;
    for (lts_alignment way = LTS_ALIGNED_NONE; (int)way < LTS_ALIGNMENTS; way++) {
        find(128, 100, way, &found, text);
        assert_int_equal(found.shift != NULL, way != LTS_ALIGNED_NONE && way != LTS_ALIGNED_TIME);
        for (size_t t = 50; found.shift && t < FRAMES - 50; t++)
            assert_true(fabs((double)found.shift[t] - 28) < 0.3);
        if (found.shift)
            assert_non_null(strstr(text, "aligned: +7.0 semitones, alike "));
        loop_found_free(&found);
        loop_found_free(&found);
    }
}

static void onsets_meet_where_it_is_asked_for(void **state)
{
    char text[LOOP_FOUND_TEXT];
    loop_found found;
    (void)state;
    for (lts_alignment way = LTS_ALIGNED_NONE; (int)way < LTS_ALIGNMENTS; way++) {
        find(128, 80, way, &found, text);
        assert_int_equal(found.lag != NULL, way >= LTS_ALIGNED_TIME);
        /* Stroke n of both, at 100 n and 80 n, meets at 90 n, 10 n from either. */
        for (int n = 1; found.lag && n <= 6; n++)
            assert_true(fabs((double)found.lag[90 * n] - 10 * n) < 4);
        if (found.lag)
            assert_non_null(strstr(text, "onsets together "));
        for (size_t t = 60; way == LTS_ALIGNED_BOTH && t < 600; t++)
            assert_true(fabs((double)found.shift[t] - 28) < 0.3);
        loop_found_free(&found);
    }
}

static void nothing_is_aligned_in_vain(void **state)
{
    char text[LOOP_FOUND_TEXT];
    loop_found found;
    (void)state;
    find(100, 100, LTS_ALIGNED_AUTO, &found, text);
    assert_false(loop_found_any(&found));
    assert_string_equal(text, "not aligned: nothing is gained by it");
    find(100, 100, LTS_ALIGNED_PITCH, &found, text);
    assert_false(loop_found_any(&found));
    assert_non_null(strstr(text, "not aligned: no shift"));
}

static void every_failed_allocation_is_reported(void **state)
{
    static float frames[200 * NOTE_BINS];
    const float *const both[] = {frames, frames};
    const lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    lts_error err;
    loop_found found;
    lts_status status = LTS_ERR_MEMORY;
    (void)state;
    for (size_t t = 0; t < 200; t++)
        note_frame(100, t % 50 < 5 ? 50 : 1, 1, frames + t * NOTE_BINS);
    for (size_t i = 1; status != LTS_OK; i++) {
        test_fail_allocation(i);
        status = loop_find(&feature, both, 200, LTS_ALIGNED_BOTH, &found, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || status == LTS_ERR_MEMORY);
        loop_found_free(&found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pitch_is_found_where_it_is_asked_for),
        cmocka_unit_test(onsets_meet_where_it_is_asked_for),
        cmocka_unit_test(nothing_is_aligned_in_vain),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
