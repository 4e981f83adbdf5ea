/* The logarithm of a spectrum. */
#ifndef DSP_STFT_LOGARITHMS_H
#define DSP_STFT_LOGARITHMS_H

#include <stddef.h>

/* y = log(x + floor), natural, of n magnitudes x >= 0, floor > 0; y may be x. */
void stft_logarithms(const float *x, float floor, float *y, size_t n);

/* y = 20 log10(max(x, least)) of n magnitudes x >= 0, least > 0: dB; y may be x. */
void stft_decibels(const float *x, float least, float *y, size_t n);

#endif
