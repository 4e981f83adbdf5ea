/* The oscillators of a whole sound, in blocks: each a wave whose frequency a sine moves. */
#ifndef SYNTH_FM_OSCILLATORS_H
#define SYNTH_FM_OSCILLATORS_H

#include "lts/synth.h"

enum { FM_BLOCK = 256, FM_TURNS = FM_BLOCK + 1 };

/* A sine that runs along: cos and sin of 2 pi v i / rate for i = 0 .. FM_BLOCK, and of the angle
 * where the block in work begins. */
typedef struct fm_turning {
    double cosine[FM_TURNS], sine[FM_TURNS];
    double c, s;
} fm_turning;

/* Begins at sample `first`; frequency and rate in Hz. */
void fm_turning_start(fm_turning *t, double frequency, double rate, double first);

/* Goes on to the next block. */
void fm_turning_advance(fm_turning *t);

typedef struct fm_oscillator {
    double f, amplitude, deviation, depth, phase; /* depth: B / (2 pi v) */
    lts_synth_wave wave;
    fm_turning modulator;
} fm_oscillator;

typedef struct fm_oscillators {
    fm_oscillator oscillator[LTS_SYNTH_OSCILLATORS];
    size_t count;
    bool smooth; /* band-limited waves, else naive ones */
    double rate; /* Hz */
    double at;   /* the next block's first sample */
    double phase[FM_BLOCK], step[FM_BLOCK];
} fm_oscillators;

/* Oscillators of these settings, from sample `at` of their rate on. value (FM_OF_OSCILLATOR *
 * fm->oscillators) are those of the slots; rate is in Hz. */
void fm_oscillators_start(fm_oscillators *o, const lts_synth_fm *fm, const double *value,
                          bool smooth, double rate, double at);

/* The sum of all of them for the next FM_BLOCK samples. */
void fm_oscillators_run(fm_oscillators *o, double sum[FM_BLOCK]);

#endif
