/* What is measured of notes: each measure moves with what it is named for. */
#include "testing.h"

#include "lts/features.h"

#include <math.h>

enum { BINS = 512, FRAMES = 64 };

typedef struct tone {
    size_t bin, step, partials; /* of the lowest partial, and between partials */
    double slope;               /* dB a partial */
    size_t rise;                /* frames */
} tone;

static void measure(const tone *of, float measures[LTS_NOTE_MEASURES])
{
    static float x[BINS * FRAMES];
    const lts_feature feature = lts_feature_defaults(LTS_FEATURE_STFT);
    const lts_note_range range = {-100, 0};
    for (size_t i = 0; i < BINS * FRAMES; i++)
        x[i] = 0;
    for (size_t p = 0; p < of->partials; p++)
        for (size_t t = 0; t < FRAMES; t++) {
            const double fade = t < of->rise ? 40.0 * (double)(of->rise - t) / (double)of->rise : 0;
            x[(of->bin + p * of->step) * FRAMES + t] =
                (float)fmax(0, 1 - (of->slope * (double)p + fade) / 100);
        }
    lts_note_measure_example(&feature, &range, x, measures);
}

static void a_pure_tone_s_centroid_is_its_frequency(void **state)
{
    (void)state;
    float measures[LTS_NOTE_MEASURES];
    measure(&(tone){.bin = 40, .step = 1, .partials = 1}, measures);
    assert_true(fabs((double)measures[LTS_NOTE_CENTROID] - log2(40 * 22050 / 1024.0)) < 0.01);
    assert_true(measures[LTS_NOTE_BRIGHTNESS] < 0.01f);
    assert_true(measures[LTS_NOTE_ROUGHNESS] < 0.01f);
}

static void measures_follow_what_they_are_named_for(void **state)
{
    (void)state;
    float dull[LTS_NOTE_MEASURES], other[LTS_NOTE_MEASURES];
    measure(&(tone){.bin = 20, .step = 20, .partials = 12, .slope = 9}, dull);
    measure(&(tone){.bin = 20, .step = 20, .partials = 12, .slope = 1}, other);
    assert_true(other[LTS_NOTE_CENTROID] > dull[LTS_NOTE_CENTROID] + 0.5f);
    assert_true(other[LTS_NOTE_BRIGHTNESS] > dull[LTS_NOTE_BRIGHTNESS] + 0.2f);
    measure(&(tone){.bin = 20, .step = 3, .partials = 12, .slope = 1}, other);
    assert_true(other[LTS_NOTE_ROUGHNESS] > dull[LTS_NOTE_ROUGHNESS] + 0.1f);
    measure(&(tone){.bin = 20, .step = 20, .partials = 12, .slope = 9, .rise = 30}, other);
    assert_true(other[LTS_NOTE_ATTACK] > dull[LTS_NOTE_ATTACK] + 0.5f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pure_tone_s_centroid_is_its_frequency),
        cmocka_unit_test(measures_follow_what_they_are_named_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
