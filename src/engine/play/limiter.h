/* Keeps samples within full scale, and live sound from getting loud at once. */
#ifndef ENGINE_PLAY_LIMITER_H
#define ENGINE_PLAY_LIMITER_H

#include <stddef.h>

/* Samples of at most 0.99 are left as they are, bit for bit; beyond, with v = |x| - 0.99,
 *   |y| = 0.99 + 0.01 v / (v + 0.01),
 * which joins with slope 1 and stays at or below 1. What is not a number becomes 0. Returns how
 * many samples were beyond full scale, |x| > 1, or no number. */
size_t limiter_apply(float *x, size_t n);

/* A gain for the sum of the live voices, of two factors, moved every 32 samples.
 *
 * Level: with p the power of x smoothed by one pole of 5 ms, and k a level that is known,
 *   gain = min(1, 2 k / sqrt(p)).
 * k begins at 0.1, -20 dBFS. While sqrt(p) is above it, it rises by 6 dB in 70 ms, to 2 at most;
 * it stays as long as sqrt(p) comes within 6 dB of it at least once in 3 s, and then falls by 6 dB
 * in half a second, to 0.1 at least. So L, the root mean square of y over 50 ms, rises in any 50 ms
 * by 12 dB at most beyond the loudest L of the last 3 s, or beyond 0.1.
 *
 * Peak: falls at once to keep |x| within 0.99, and comes back by 6 dB in 0.2 s. What exceeds 0.99
 * while it falls goes through limiter_apply.
 *
 * x whose sqrt(p) stays below 2 k and whose samples stay within 0.99 is left as it is, bit for bit.
 * No delay, no memory, no locks. */
typedef struct limiter {
    double sample_rate;
    double power;                   /* p */
    double known;                   /* k */
    double idle;                    /* s since the level came within 6 dB of k */
    double level, peak;             /* the two factors, at the end of what was done last */
    double least_level, least_peak; /* the smallest they were; for the caller to set back to 1 */
} limiter;

limiter limiter_start(double sample_rate); /* Hz */
/* The next n samples, any number of them: |y| <= 1. */
void limiter_run(limiter *l, float *x, size_t n);

#endif
