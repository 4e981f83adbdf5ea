/* The pitch of a sound. */
#ifndef MATCH_PITCH_H
#define MATCH_PITCH_H

#include "lts/base.h"

/* Hz, 30 to rate / 16, of x (n) by YIN (de Cheveigne & Kawahara 2002): the first dip of the
 * cumulative mean normalised difference below 0.15, interpolated, in the loudest 2048 samples; NaN
 * where nothing is so periodic. Safe to call from several threads. */
double match_pitch(const float *x, size_t n, double sample_rate);

#endif
