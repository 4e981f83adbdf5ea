/* Two sounds of T frames and their alignment. */
#ifndef LTS_TESTS_SOUNDS_H
#define LTS_TESTS_SOUNDS_H

#include "notes.h"

enum { T = 700 };

typedef struct sound {
    float frame[T][NOTE_BINS];
} sound;

/* Fifty cents, six times a second. */
static inline double vibrato(size_t t)
{
    return 2 * sin(2 * 3.14159265358979 * 6 * (double)t / NOTE_RATE);
}

static inline lts_align_config settings(void)
{
    return lts_align_defaults(NOTE_BINS, NOTE_OCTAVE, NOTE_RATE);
}

static inline void align(const sound *a, const sound *b, float *shift, lts_align_report *report)
{
    lts_error err;
    const lts_align_config config = settings();
    assert_ok(lts_align_pitch(&config, a->frame[0], b->frame[0], T, shift, report, &err));
}

static inline void assert_no_shift(const sound *a, const sound *b)
{
    float shift[T];
    lts_align_report report;
    align(a, b, shift, &report);
    for (size_t t = 0; t < T; t++)
        assert_true(shift[t] == 0);
    assert_true(report.aligned == 0 && report.shift == 0 && report.after == report.before);
}

static inline sound *new_sound(void)
{
    sound *s = lts_alloc(1, sizeof *s);
    assert_non_null(s);
    return s;
}

/* Bins by which B lies above A at each frame. */
static inline double fifth(size_t t)
{
    return 28 + vibrato(t);
}

#endif
