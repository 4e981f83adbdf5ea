/* A voice's phase vocoder on the constant-Q grid. A frame's phases are computed once `lookahead`
 * frames after it have arrived. Amplitudes are A = M / sqrt(l_k), of the sinusoids that add up to
 * the sound: Hann windows' responses at bins one of their own apart add up to a constant (Allen &
 * Rabiner 1977), so that x(t) = c sum_k A_k(t) cos phi_k(t),  c = Q ln(2) / b, the bins' distance.
 * Phases are those of zero-phase filters, at the middle of the frame. The filters of an octave are
 * centred half a sample of its rate later, a thousandth of their length; this is left out. */
#ifndef DSP_VOCODER_VOCODER_H
#define DSP_VOCODER_VOCODER_H

#include "dsp/approx.h"
#include "dsp/cqt/cqt.h"

enum {
    VOCODER_LOOKAHEAD = 2, /* frames to either side over which the delay's slope is computed */
    VOCODER_ROWS = 2 * VOCODER_LOOKAHEAD + 1,
    VOCODER_LEVELS = 251, /* of the queue; cells of level 0 are too quiet to matter */
    VOCODER_REACH = 8     /* bins to either side of a peak that are its side lobes */
};
#define VOCODER_LEVELS_AN_OCTAVE 15.0514998f /* 100 dB in all */
#define VOCODER_LEAST            1e-8f       /* added to A before its logarithm */

/* One frame's cells (K). */
typedef struct vocoder_frame {
    float *amplitude; /* A */
    float *deviation; /* of the frequency from f_k, in bins of the filter */
    turns *phase;
    uint8_t *loudness; /* level in the queue */
    float top;         /* log2 of the loudest A */
} vocoder_frame;

struct lts_vocoder {
    lts_cqt_config config;
    size_t bins, hop, lookahead;
    size_t room;                        /* hop, rounded up to whole vectors */
    float quality;                      /* Q */
    float ratio[2 * VOCODER_REACH + 1]; /* 2^(i/b), i = -REACH .. REACH */
    float skew;                         /* bins by which bins are nearer above than below, halved */

    /* (K) each */
    float *scaling;    /* M to A: c / sqrt(l_k) */
    float *near, *far; /* weights of the levels' differences over +-1 and +-2 frames */
    float *cotangent;  /* of pi hop / l_k */
    float *width;      /* l_k / pi, samples of delay for one radian of it */
    float *climb;      /* turns to the next bin for a sample of delay, halved */
    float *inertia;    /* weight of a bin's own past beside neighbours as loud */
    float *advance;    /* turns a sample for a bin of deviation, halved */
    turns *carrier;    /* turns a sample at f_k */

    /* The last VOCODER_ROWS frames, `row` the newest: (VOCODER_ROWS, K) and (VOCODER_ROWS, K + 2),
     * log2 A with one more at either end. */
    float *amplitude, *level;
    ptrdiff_t moved[VOCODER_ROWS]; /* bins that the frame's sound was moved up */
    float detune[VOCODER_ROWS];    /* of the oscillators in that frame, a factor */
    size_t row;
    bool started;

    vocoder_frame now, past; /* past: the frame before */
    float *delay;            /* (K): of the energy behind the frame, samples */
    turns *step;             /* (K): a sample, from past to now */
    turns *above;            /* (K): to the next bin */

    float *claim;    /* (K): level that a peak's side lobe would have there */
    uint8_t *turned; /* (K): a side lobe of the opposite sign */
    uint8_t *state;  /* (K): open, queued or final */
    uint32_t *next;  /* (2K): the queue's lists; k is the past's cell, K + k now's */

    float *sound; /* (room) */
};

/* magnitudes (K) -> the newest row, moved up by `semitones`. */
void vocoder_receive(lts_vocoder *v, const float *magnitudes, double semitones);
/* The frame `lookahead` rows behind the newest: amplitude, deviation, loudness, delay, step, above.
 */
void vocoder_gradient(lts_vocoder *v);
/* Its side lobes: deviation, turned. level (-1 .. K). */
void vocoder_lobes(lts_vocoder *v, const float *level);
/* Its phases. */
void vocoder_integrate(lts_vocoder *v);
/* The hop between past and now -> v->sound. */
void vocoder_sound(lts_vocoder *v);

#endif
