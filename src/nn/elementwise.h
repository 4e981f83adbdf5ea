/* Elementwise functions, vectorised. */
#ifndef NN_ELEMENTWISE_H
#define NN_ELEMENTWISE_H

#include "lts/base.h"

/* y[i] = f(x[i]) to a few units in the last place; NaN in, NaN out; y may be x. */
void nn_vector_exp(const float *x, float *y, size_t n);
void nn_vector_expm1(const float *x, float *y, size_t n);
void nn_vector_log1p(const float *x, float *y, size_t n);               /* x > -1 */
void nn_vector_cbrt(const float *x, float *y, size_t n);                /* x >= 0 */
void nn_vector_pow(const float *x, float *y, float exponent, size_t n); /* x >= 0, exponent > 0 */
/* y[i] = 1 / (1 + exp(-x[i])) */
void nn_vector_sigmoid(const float *x, float *y, size_t n);

#endif
