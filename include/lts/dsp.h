/* DSP: the constant-Q transform, its inverse, phase from magnitudes, and the short-time Fourier
 * transform.
 *
 * Definition (librosa's wavelets: Brown 1991; Schorkhuber & Klapuri 2010; McFee et al. 2015). Bin k
 * of octave o (0 the top one) has
 *   f_k = fmin 2^(k/b),  l_k = Q sample_rate / f_k,  Q = (2^(2/b) + 1) / (2^(2/b) - 1),
 * and at the octave's rate R = sample_rate / 2^o a periodic Hann window w of
 * N = 2 floor(l_k / 2^(o+1)) + 1 samples from n = -(N+1)/2 on:
 *   C_k(t) = sqrt(l_k) (2/N) sum_n w(n) e^{2 pi i f_k n / R} x(t hop - 2^o n),
 * where x is 0 outside the signal and frame t is centred on sample t hop. It is evaluated in the
 * frequency domain, in slices of m frames: C_k = IFFT_m( fold_m( X G_k ) ), G_k the closed form of
 * the filter's spectrum where it is above 1e-4 of its peak. Magnitudes agree with this definition
 * to 1e-4 (relative, Frobenius) and with librosa's, which prunes its filters, to 0.4 to 1.5 %.
 * Below 12 bins an octave the filters reach beyond 0 Hz; that part, 1 / (pi Q^3) of their peak, is
 * left out.
 *
 * A plan (lts_cqt) is constant once made and may be used by any number of threads, each with a
 * workspace of its own. Nothing that takes a workspace allocates, but for lts_phase_recover. No
 * function of this room but lts_vocoder_frame is for the audio callback: their time grows with the
 * slice. */
#ifndef LTS_DSP_H
#define LTS_DSP_H

#include "lts/base.h"

LTS_BEGIN_DECLS

typedef struct lts_cqt_config {
    double sample_rate;  /* Hz, 1 .. 1e8 */
    int hop;             /* samples, 1 .. 2^20 */
    int bins_per_octave; /* b, 1 .. 4096 */
    int octaves;         /* 1 .. 32; K = octaves * bins_per_octave */
    double fmin;         /* Hz, > 0; fmin * 2^((K-1)/b) must stay below sample_rate / 2, and the
                            longest filter, l_0, must not exceed 2^24 samples */
} lts_cqt_config;

/* 44100 Hz, hop 128, 48 bins an octave, 8 octaves from C1 (32.7032 Hz). */
lts_cqt_config lts_cqt_defaults(void);

/* LTS_OK, or LTS_ERR_ARGUMENT with what is wrong; a top bin above Nyquist is refused with the
 * largest number of octaves that fits. */
lts_status lts_cqt_check(const lts_cqt_config *config, lts_error *err);

/* "C1", "A#2", "Bb3", "C-1" (440 Hz = A4) or a number in Hz above 0. False, and *hz as it was, for
 * anything else. */
bool lts_parse_pitch(const char *text, double *hz);

size_t lts_cqt_bins(const lts_cqt_config *config);                   /* K */
size_t lts_cqt_frames(const lts_cqt_config *config, size_t samples); /* T = 1 + N / hop */

/* Plan: tables and FFT plans, constant once made, shared by any number of threads. About 16 MB by
 * default, made in 10 to 20 ms; a megabyte or two in a few when all signals are short. */
typedef struct lts_cqt lts_cqt;
/* One thread's scratch for a plan: about 10 MB by default. */
typedef struct lts_cqt_work lts_cqt_work;

/* `samples` is the length of the longest signal the caller expects, 0 when not known; it only sets
 * the size of the slices, for speed. Any length is legal afterwards. Plans of different slices give
 * magnitudes that differ by 1e-5. LTS_ERR_ARGUMENT as lts_cqt_check, or LTS_ERR_MEMORY. Safe to
 * call from several threads: FFTW's planner is locked. */
lts_status lts_cqt_create(const lts_cqt_config *config, size_t samples, lts_cqt **out,
                          lts_error *err);
void lts_cqt_destroy(lts_cqt *cqt); /* NULL is allowed; no stream or workspace may outlive it */

lts_status lts_cqt_work_create(const lts_cqt *cqt, lts_cqt_work **out, lts_error *err);
void lts_cqt_work_destroy(lts_cqt_work *work); /* NULL is allowed */

/* x: N samples -> magnitudes (T,K) linear, or coefficients (T,K,2) real and imaginary. N may be 0.
 * Samples must be finite: one NaN spoils every frame of its slice. No allocation. */
void lts_cqt_magnitudes(const lts_cqt *cqt, lts_cqt_work *work, const float *x, size_t n,
                        float *magnitudes);
void lts_cqt_forward(const lts_cqt *cqt, lts_cqt_work *work, const float *x, size_t n,
                     float *coefficients);

/* The same magnitudes, bit for bit, for a signal that comes in pieces and never lies in memory
 * whole: memory grows with the slice. Feed until everything is in, call finish once, and take rows
 * after every call. A stream belongs to one thread at a time; its plan must outlive it. */
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
 * is the adjoint with a regularised diagonal dual, each other a Richardson correction (x += W T*(C
 * - T x)) that mends the file's ends. Between the lowest and the highest bin an untouched CQT comes
 * back at 65 dB in one pass when the sound begins and ends in silence, and at 45 dB and more in two
 * when it does not; that takes frames no further apart than a third of the shortest filter. With a
 * longer hop parts of the sound are in no frame; more passes then come closer to the coefficients.
 * LTS_ERR_SHAPE for a length that does not fit, LTS_ERR_ARGUMENT for passes. No allocation. */
lts_status lts_cqt_inverse(const lts_cqt *cqt, lts_cqt_work *work, const float *coefficients,
                           size_t frames, int passes, float *x, size_t n, lts_error *err);

typedef enum lts_phase_init { LTS_PHASE_PGHI, LTS_PHASE_RANDOM, LTS_PHASE_ZERO } lts_phase_init;

typedef struct lts_phase_config {
    lts_phase_init init;
    int iterations;    /* residual fast Griffin-Lim, 0 .. 1000 */
    double momentum;   /* alpha, 0 .. 1 */
    double relaxation; /* mu, above 0 and below 2 (1 + alpha) / (1 + 2 alpha), where it diverges */
    uint64_t seed;     /* of random phases: all of them, or those of the integration's islands */
} lts_phase_config;

/* The one default of iterations: of [audio] n_iter, of the tools, the server and this library. */
#define LTS_PHASE_ITERATIONS 4

/* pghi, LTS_PHASE_ITERATIONS, 0.92, 1.3, seed 0 */
lts_phase_config lts_phase_defaults(void);
/* "pghi", "random", "zero"; false, and *init as it was, for anything else. */
bool lts_parse_phase_init(const char *text, lts_phase_init *init);

/* What is given of a sound of which only a part is recovered: frames at its beginning and end whose
 * phases x has, samples there that keep their bits, and whether it is part of a longer sound, which
 * goes on before its beginning or after its end. */
typedef struct lts_phase_known {
    size_t frames_before, frames_after;
    size_t samples_before, samples_after;
    bool more_before, more_after;
} lts_phase_known;

/* magnitudes (T,K) linear, finite and >= 0 -> x, N samples, N in (T-1) hop .. T hop - 1, whose CQT
 * magnitudes come close to them. Equal arguments give equal samples; silence gives silence.
 *
 * Start: phase gradient heap integration (Prusa, Balazs & Sondergaard 2017), with Hann windows'
 * exact laws for the gradient, taken over spans that grow with the independent errors found in the
 * magnitudes: none for true ones, a tenth of the filter for a generator's. Then `iterations` of
 * fast Griffin-Lim (Perraudin, Balazs & Sondergaard 2013) in residual form, whose fixed points
 * include the true sound, ends and all: c = T v,  r = (M - |c|) c / |c|,  x' = v + mu W T* r,  v' =
 * x' + alpha (x' - x), at the lowest rate that holds the band; all but the last quarter of them on
 * every step-th frame of an octave, ten or more to its shortest filter.
 *
 * known: NULL for a fresh render, which needs no contents of x. Else x, finite, holds a sound of
 * which some frames have new magnitudes, and becomes one that has them. The first samples_before
 * and the last samples_after samples keep their bits. x beyond them gives the known frames' phases
 * and the joins, and must go on there much as the result will: with the sound as it was, or with a
 * first guess of what follows. The first frames_before and the last frames_after frames begin with
 * the phases x has in them; the integration starts from these on both sides and its fronts meet in
 * quiet cells. The iterations hold the kept samples fixed. A join is made of signals that agree
 * there: x turns into the result over nine hops, or a third of what is free where
 * there is less, with no iterations as well. Where the sound goes on beyond x, the iterations leave
 * out the windows that reach there; at an end where it does not, they take silence to follow. A
 * `known` of zeros is as NULL, bit for bit; with every sample kept nothing is done.
 *
 * Memory beyond the arguments: two signals, four with known parts, at half the sample rate by
 * default, and a few megabytes; allocated at entry and freed before it returns. Reports progress as
 * "iterations". LTS_ERR_ARGUMENT for the settings or when more is known or kept than there is,
 * LTS_ERR_SHAPE for the length, LTS_ERR_NONFINITE with frame and bin, LTS_ERR_MEMORY, or
 * LTS_ERR_CANCELLED when the reporter says so, asked once a slice and pass; x is then undefined. */
lts_status lts_phase_recover(const lts_cqt *cqt, lts_cqt_work *work, const float *magnitudes,
                             size_t frames, const lts_phase_known *known,
                             const lts_phase_config *config, float *x, size_t n,
                             const lts_reporter *reporter, lts_error *err);

/* Frames of the longest signal that the plan takes in one slice, which is quickest. */
size_t lts_cqt_slice_frames(const lts_cqt *cqt);

/* Spectral convergence |A - M| / |M| (Frobenius; Sturmel & Daudet 2011) of two (T,K) arrays; for
 * M = 0 it is 0 when A = 0 too and infinite otherwise. */
double lts_spectral_convergence(const float *a, const float *m, size_t frames, size_t bins);

/* --- The short-time Fourier transform -------------------------------------------------------- */

/* X_k(t) = sum_n w(n) e^{-2 pi i k n / size} x(t hop + n - size/2), n = 0 .. size-1,
 * w(n) = (1 - cos(2 pi n / size)) / 2 (Hann), k = 0 .. size/2, where x is 0 outside the signal:
 * frame t is centred on sample t hop. Agrees with librosa.stft and torch.stft, their padding being
 * zeros, to float's rounding. */
typedef struct lts_stft_config {
    int size; /* samples of a window, even, 2 .. 2^20 */
    int hop;  /* samples, 1 .. 2^20 */
} lts_stft_config;

lts_stft_config lts_stft_defaults(void); /* 512, hop 256 */
/* LTS_ERR_ARGUMENT names the setting that is out of range. */
lts_status lts_stft_check(const lts_stft_config *config, lts_error *err);
size_t lts_stft_bins(const lts_stft_config *config); /* K = size/2 + 1 */

/* Constant once made: any number of threads may share it, each with a workspace. LTS_ERR_ARGUMENT
 * as lts_stft_check, or LTS_ERR_MEMORY. */
typedef struct lts_stft lts_stft;
typedef struct lts_stft_work lts_stft_work;
lts_status lts_stft_create(const lts_stft_config *config, lts_stft **out, lts_error *err);
void lts_stft_destroy(lts_stft *stft); /* NULL is allowed; no workspace may outlive it */
lts_status lts_stft_work_create(const lts_stft *stft, lts_stft_work **out, lts_error *err);
void lts_stft_work_destroy(lts_stft_work *work); /* NULL is allowed */

/* x: N finite samples -> T frames from the first on, as many as are asked for: (T,K,2) real and
 * imaginary, or (T,K) linear magnitudes |X|. Frames beyond the signal are 0. No allocation. */
void lts_stft_forward(lts_stft_work *work, const float *x, size_t n, size_t frames,
                      float *coefficients);
void lts_stft_magnitudes(lts_stft_work *work, const float *x, size_t n, size_t frames,
                         float *magnitudes);

/* coefficients (T,K,2) -> x, N samples: the sound whose transform comes closest to them in least
 * squares (Griffin & Lim 1984, eq. 6),
 *   x(s) = sum_t w(s - t hop + size/2) y_t(s) / sum_t w(s - t hop + size/2)^2,
 * y_t the inverse Fourier transform of frame t, at its place; of the first and the last bin the
 * imaginary part does not count. A sound's own transform gives it back to float's rounding wherever
 * a frame's window reaches, its outermost hundredth aside; samples that no window reaches are 0.
 * The transform of x is the consistency projection of the coefficients: those of the nearest sound.
 * No allocation. */
void lts_stft_inverse(lts_stft_work *work, const float *coefficients, size_t frames, float *x,
                      size_t n);

/* magnitudes (T,K) linear, finite and >= 0 -> x, N samples, N in (T-1) hop .. T hop - 1, T >= 1,
 * whose transform's magnitudes come close to them. Equal arguments give equal samples; silence
 * gives silence.
 *
 * Start: phase gradient heap integration (Prusa, Balazs & Sondergaard 2017), as in
 * lts_phase_recover with the Hann window's exact laws. Frequency: of d, half the difference of ln M
 * over the bins to either side, and R = e^{2d}, the deviation delta in bins solves
 * (1-R) delta^2 + 3 (1+R) delta + 2 (1-R) = 0. Time: of D, the difference of ln M from the frame
 * before to the one after, the energy lies u samples after the frame's centre, with
 * tan(pi u/size) tan(pi hop/size) = tanh(D/4). Then `iterations` of fast Griffin-Lim (Perraudin,
 * Balazs & Sondergaard 2013) in the same residual form: c = T v, r = (M - |c|) c / |c|,
 * x' = v + mu T+ r,  v' = x' + alpha (x' - x), T+ being lts_stft_inverse.
 *
 * A hop of half the window or less is asked for: with longer ones the frames say little of the
 * phases. Memory beyond the arguments: two signals and some ten megabytes, allocated at entry and
 * freed before it returns. Reports progress as "iterations". LTS_ERR_ARGUMENT for the settings,
 * LTS_ERR_SHAPE for the length, LTS_ERR_NONFINITE with frame and bin, LTS_ERR_MEMORY, or
 * LTS_ERR_CANCELLED when the reporter says so; x is then undefined. */
lts_status lts_stft_recover(lts_stft_work *work, const float *magnitudes, size_t frames,
                            const lts_phase_config *config, float *x, size_t n,
                            const lts_reporter *reporter, lts_error *err);

/* --- Live: magnitudes to sound, frame by frame ----------------------------------------------- */

/* A phase vocoder on the constant-Q grid: frames of linear magnitudes come one after the other, and
 * each gives the next hop samples at once. The sound is the filters' sum (Flanagan & Golden 1966;
 * Portnoff 1976), which is exact: a Hann window's responses at bins one of its own apart add up to
 * a constant, so that
 *   x(t) = c sum_k M_k(t) / sqrt(l_k) cos phi_k(t),  c = Q ln(2) / b,
 * every bin an oscillator that runs from frame to frame. Unlike an inverse transform this needs no
 * future: a change of magnitudes sounds at all frequencies at once.
 *
 * Phases are carried on from frame to frame by real-time phase gradient heap integration (Prusa &
 * Sondergaard 2016) with lts_phase_recover's laws: frequency from the levels of neighbouring bins,
 * delay from those of neighbouring frames, from loud cells to quiet ones; where several cells with
 * final phases give an estimate, the mean is taken, in which a bin's own past weighs the more, the
 * longer its filter. Side lobes take their peak's frequency, and its phase with their sign. A
 * component that starts from silence is seeded at its loudest cell, with a random phase.
 *
 * One voice; for one thread at a time. Equal frames and seed give equal samples. Magnitudes a
 * hundred decibels below a frame's loudest have arbitrary phases; sinusoids below 1e-7 are left
 * out. By default some 60 KB and 1 to 2 % of a core. */
typedef struct lts_vocoder lts_vocoder;

/* LTS_ERR_ARGUMENT as lts_cqt_check, or LTS_ERR_MEMORY. */
lts_status lts_vocoder_create(const lts_cqt_config *config, uint64_t seed, lts_vocoder **out,
                              lts_error *err);
void lts_vocoder_destroy(lts_vocoder *vocoder); /* NULL is allowed */
/* As new: silence behind, phases drawn afresh. No allocation. */
void lts_vocoder_restart(lts_vocoder *vocoder, uint64_t seed);
/* Frames between a frame's arrival and the samples centred on it, which are the first of a hop: 3,
 * or 2 when no filter spans 24 hops. A frame's phases are computed from the two frames after it;
 * the third frame is the one that the oscillators run towards. */
size_t lts_vocoder_delay(const lts_vocoder *vocoder);
/* magnitudes (K), linear, finite and >= 0 -> x, hop samples. transpose: semitones, -48 .. 48, that
 * the sound is moved along the bins, whole bins by moving magnitudes and the rest by detuning, so
 * that it may glide from frame to frame; what leaves the bins is left out. No allocation, no
 * locks: for the audio callback, if need be. */
void lts_vocoder_frame(lts_vocoder *vocoder, const float *magnitudes, double transpose, float *x);

LTS_END_DECLS

#endif
