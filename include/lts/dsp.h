/* DSP: the constant-Q transform, its inverse, and phase from magnitudes.
 *
 * Definition (librosa's wavelets: Brown 1991; Schorkhuber & Klapuri 2010; McFee et al. 2015): bin k
 * at f_k = fmin 2^(k/b), filter length l_k = Q sr / f_k, Q = (2^(2/b)+1)/(2^(2/b)-1), periodic Hann
 * window rounded at the octave's rate, coefficients scaled by sqrt(l_k). Evaluated in the frequency
 * domain: C_k = IFFT_m( fold_m( X G_k ) ). */
#ifndef LTS_DSP_H
#define LTS_DSP_H

#include "lts/base.h"

typedef struct lts_cqt_config {
    double sample_rate;  /* Hz, > 0 */
    int hop;             /* samples, >= 1 */
    int bins_per_octave; /* >= 1 */
    int octaves;         /* >= 1; K = octaves * bins_per_octave */
    double fmin;         /* Hz, > 0; fmin * 2^((K-1)/b) must stay below sample_rate / 2 */
} lts_cqt_config;

/* 44100 Hz, hop 128, 48 bins an octave, 8 octaves from C1 (32.7032 Hz). */
lts_cqt_config lts_cqt_defaults(void);

/* LTS_OK, or LTS_ERR_ARGUMENT with what is wrong; a top bin above Nyquist is refused with the
 * largest number of octaves that fits. */
lts_status lts_cqt_check(const lts_cqt_config *config, lts_error *err);

/* "C1", "A#2", "Bb3" (440 Hz = A4) or a number in Hz. */
bool lts_parse_pitch(const char *text, double *hz);

size_t lts_cqt_bins(const lts_cqt_config *config);                   /* K */
size_t lts_cqt_frames(const lts_cqt_config *config, size_t samples); /* T = 1 + N / hop */

/* Plan: tables and FFT plans, constant once made, shared by any number of threads. */
typedef struct lts_cqt lts_cqt;
/* One thread's scratch for a plan. */
typedef struct lts_cqt_work lts_cqt_work;

/* `samples` is the length of the longest signal the caller expects, 0 when not known; it only sets
 * the size of the slices, for speed. Any length is legal afterwards. */
lts_status lts_cqt_create(const lts_cqt_config *config, size_t samples, lts_cqt **out,
                          lts_error *err);
void lts_cqt_destroy(lts_cqt *cqt); /* NULL is allowed */
const lts_cqt_config *lts_cqt_settings(const lts_cqt *cqt);

lts_status lts_cqt_work_create(const lts_cqt *cqt, lts_cqt_work **out, lts_error *err);
void lts_cqt_work_destroy(lts_cqt_work *work); /* NULL is allowed */

/* x: N samples -> magnitudes (T,K) linear, or coefficients (T,K,2) real and imaginary. Zeros are
 * assumed outside the signal. No allocation. */
void lts_cqt_magnitudes(const lts_cqt *cqt, lts_cqt_work *work, const float *x, size_t n,
                        float *magnitudes);
void lts_cqt_forward(const lts_cqt *cqt, lts_cqt_work *work, const float *x, size_t n,
                     float *coefficients);

/* The same for a signal that comes in pieces and never lies in memory whole: memory grows with the
 * slice. Feed until everything is in, call finish once, and take rows after every call. */
typedef struct lts_cqt_stream lts_cqt_stream;
lts_status lts_cqt_stream_create(const lts_cqt *cqt, lts_cqt_stream **out, lts_error *err);
void lts_cqt_stream_destroy(lts_cqt_stream *stream); /* NULL is allowed */
void lts_cqt_stream_restart(lts_cqt_stream *stream); /* as new, for another signal */
/* Takes up to n samples, returns how many; fewer only when rows are waiting to be taken. */
size_t lts_cqt_stream_feed(lts_cqt_stream *stream, const float *x, size_t n);
void lts_cqt_stream_finish(lts_cqt_stream *stream);
/* The rows that are ready, (returned count,K), valid until the next call on the stream; 0 when more
 * samples are needed, or after finish when all rows were taken. */
size_t lts_cqt_stream_take(lts_cqt_stream *stream, const float **rows);

/* coefficients (T,K,2) -> x, N samples with N in (T-1) hop .. T hop - 1. `passes` >= 1: the first
 * is the adjoint with a regularised diagonal dual, the others Richardson corrections that mend the
 * file's ends. */
lts_status lts_cqt_inverse(const lts_cqt *cqt, lts_cqt_work *work, const float *coefficients,
                           size_t frames, int passes, float *x, size_t n, lts_error *err);

typedef enum lts_phase_init { LTS_PHASE_PGHI, LTS_PHASE_RANDOM, LTS_PHASE_ZERO } lts_phase_init;

typedef struct lts_phase_config {
    lts_phase_init init;
    int iterations;    /* residual fast Griffin-Lim, 0 .. 1000 */
    double momentum;   /* alpha, 0 .. 1 */
    double relaxation; /* mu, above 0, below 1.5 */
    uint64_t seed;     /* of the random starting phases */
} lts_phase_config;

lts_phase_config lts_phase_defaults(void); /* pghi, 16 iterations, 0.95, 1.1, seed 0 */
bool lts_parse_phase_init(const char *text, lts_phase_init *init); /* "pghi", "random", "zero" */

/* magnitudes (T,K) linear, finite and >= 0 -> x, N samples, N in (T-1) hop .. T hop - 1, whose CQT
 * magnitudes come close to them. Phase gradient heap integration (Prusa, Balazs & Sondergaard 2017)
 * for the start, fast Griffin-Lim (Perraudin, Balazs & Sondergaard 2013) in residual form after it.
 * Memory grows with the signal, not with the coefficients. LTS_ERR_NONFINITE names frame and bin;
 * LTS_ERR_CANCELLED when the reporter says so. */
lts_status lts_phase_recover(const lts_cqt *cqt, lts_cqt_work *work, const float *magnitudes,
                             size_t frames, const lts_phase_config *config, float *x, size_t n,
                             const lts_reporter *reporter, lts_error *err);

/* Spectral convergence |A - M| / |M| (Frobenius; Sturmel & Daudet 2011) of two (T,K) arrays. */
double lts_spectral_convergence(const float *a, const float *m, size_t frames, size_t bins);

#endif
