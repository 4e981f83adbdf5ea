/* The logarithm of a spectrum. */
#ifndef DSP_STFT_LOGARITHMS_H
#define DSP_STFT_LOGARITHMS_H

#include <stddef.h>

/* y = log(x + floor), natural, of n magnitudes x >= 0, floor > 0; y may be x. */
void stft_logarithms(const float *x, float floor, float *y, size_t n);

#endif
