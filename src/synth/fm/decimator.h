/* Band-limited waves are made at four times the rate and brought down by a linear-phase low-pass:
 * a sinc windowed by Kaiser's window (1974), flat to 0.4 of the rate, 80 dB down from 0.5 on. */
#ifndef SYNTH_FM_DECIMATOR_H
#define SYNTH_FM_DECIMATOR_H

enum {
    DECIMATOR_TIMES = 4,
    DECIMATOR_DELAY = 100, /* of the filter, in samples before decimation; whole ones after it */
    DECIMATOR_TAPS = 2 * DECIMATOR_DELAY + 1,
    DECIMATOR_HISTORY = DECIMATOR_TAPS - 1
};

/* taps (DECIMATOR_TAPS), of sum 1. */
void decimator_design(double *taps);
/* y[i], i < n, of x[4 i] .. x[4 i + DECIMATOR_TAPS - 1]. */
void decimator_run(const double *taps, const double *x, double *y, int n);

#endif
