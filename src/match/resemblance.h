/* How alike two sounds are, as InverSynth is measured (Barkan et al. 2019, section VI.A.4): by
 * their spectra's magnitudes, whatever the phases. */
#ifndef MATCH_RESEMBLANCE_H
#define MATCH_RESEMBLANCE_H

#include "lts/base.h"

typedef struct resemblance_scores {
    /* Pearson's correlation, -1 to 1, of the log spectrograms log(|X| + 0.001) (Hann 512, hop 256),
     * all cells together, */
    double stft;
    /* and of the magnitudes of the whole sounds' spectra: under one Hann window centred on the
     * sound, of the power of two from four times its length on, at most 2^20 samples */
    double ft;
    double log_distance; /* F Delta: the Frobenius norm of the difference of the log spectrograms,
                            dB */
} resemblance_scores;

/* One thread's scratch, for sounds of `samples` samples. */
typedef struct resemblance resemblance;
lts_status resemblance_create(size_t samples, resemblance **out, lts_error *err);
void resemblance_destroy(resemblance *work); /* NULL is allowed */

/* x and y (samples). No allocation. */
resemblance_scores resemblance_of(resemblance *work, const float *x, const float *y);

#endif
