/* Keeps samples within full scale. */
#ifndef ENGINE_LIMITER_H
#define ENGINE_LIMITER_H

#include <stddef.h>

/* Samples of at most 0.99 are left as they are, bit for bit; beyond, with v = |x| - 0.99,
 *   |y| = 0.99 + 0.01 v / (v + 0.01),
 * which joins with slope 1 and stays at or below 1. What is not a number becomes 0. Returns how
 * many samples were beyond full scale, |x| > 1, or no number. */
size_t limiter_apply(float *x, size_t n);

#endif
