/* Rhythms whose onsets are known, as sound and as constant-Q magnitudes. */
#ifndef TEST_RHYTHM_H
#define TEST_RHYTHM_H

#include "lts/align_time.h"
#include "lts/dsp.h"

#include <math.h>

enum { RHYTHM_RATE = 44100, RHYTHM_HOP = 128, RHYTHM_BINS = 384, RHYTHM_MOST = 256 };
#define RHYTHM_FRAME_RATE ((double)RHYTHM_RATE / RHYTHM_HOP)

typedef enum rhythm_voice { CLICK, BURST, TOM } rhythm_voice;

typedef struct rhythm {
    double onset[RHYTHM_MOST]; /* frames */
    size_t onsets, frames;
    float *magnitudes; /* (frames,RHYTHM_BINS), freed with lts_free */
} rhythm;

/* A beat of about 0.1 s: an impulse, noise or a falling sine. */
static inline void rhythm_add_beat(rhythm_voice voice, size_t at, lts_rng *rng, float *x, size_t n)
{
    for (size_t i = 0; i < RHYTHM_RATE / 8 && at + i < n; i++) {
        const double s = (double)i / RHYTHM_RATE, noise = 2 * lts_rng_uniform(rng) - 1;
        if (voice == CLICK)
            x[at + i] += i < 4 ? 0.9f : 0;
        else if (voice == BURST)
            x[at + i] += (float)(0.5 * exp(-40 * s) * noise);
        else
            x[at + i] += (float)(0.7 * exp(-25 * s) * cos(6.283185307 * (300 - 600 * s) * s));
    }
}

/* Beats from `begin` seconds on, at `bpm`, every other one late by `swing` of a beat. */
static inline rhythm rhythm_make(rhythm_voice voice, double seconds, double begin, double bpm,
                                 double swing)
{
    rhythm made = {0};
    lts_error err;
    lts_cqt_config config = lts_cqt_defaults();
    const size_t n = (size_t)(seconds * RHYTHM_RATE);
    lts_cqt *cqt;
    lts_cqt_work *work;
    lts_rng rng;
    float *x = lts_alloc(n, sizeof *x);
    assert_non_null(x);
    lts_rng_seed(&rng, (uint64_t)(bpm * 100), voice);
    for (size_t i = 0; bpm > 0; i++) {
        const double late = i % 2 ? swing : 0;
        const size_t at = (size_t)((begin + ((double)i + late) * 60 / bpm) * RHYTHM_RATE);
        if (at >= n)
            break;
        made.onset[made.onsets++] = (double)at / RHYTHM_HOP;
        rhythm_add_beat(voice, at, &rng, x, n);
    }
    made.frames = lts_cqt_frames(&config, n);
    made.magnitudes = lts_alloc(made.frames * RHYTHM_BINS, sizeof(float));
    assert_non_null(made.magnitudes);
    assert_ok(lts_cqt_create(&config, n, &cqt, &err));
    assert_ok(lts_cqt_work_create(cqt, &work, &err));
    lts_cqt_magnitudes(cqt, work, x, n, made.magnitudes);
    lts_cqt_work_destroy(work);
    lts_cqt_destroy(cqt);
    lts_free(x);
    return made;
}

#endif
