/* Alignment in time: where two sounds stand while one turns into the other, so that their onsets
 * fall together.
 *
 * Positions are frames, fractional, counted from 0 at a sound's beginning; frame p is at p /
 * frame_rate seconds. An alignment relates position pa in A to position pb in B by one curve,
 *   pa = m + d(m),  pb = m - d(m),  |d'(m)| <= 1/2,
 * with m the time half way between both: their speeds differ by a factor of 1/3 to 3 at most, and
 * swapping A and B only flips the sign of d. A morph with the weight alpha of A (1 is all of A)
 * runs along alpha pa + (1 - alpha) pb = t, which is m + (2 alpha - 1) d(m) = t. With alpha 1 that
 * is pa = t, with alpha 0 pb = t, and where d is 0 both are t. It depends on the alpha of its own
 * frame only, as long as alpha changes slowly.
 *
 * d is a cubic Hermite spline through matched onsets, with tangents that add no extrema (Fritsch &
 * Butland 1984), and constant before the first and after the last. A sound is silent before its
 * first and after its last frame: where one is longer, or begins or ends elsewhere, positions lie
 * outside of it. */
#ifndef LTS_ALIGN_TIME_H
#define LTS_ALIGN_TIME_H

#include "lts/align.h"
#include "lts/base.h"

LTS_BEGIN_DECLS

/* How far apart two onsets that coincide may be, seconds. */
#define LTS_ALIGN_TIME_COINCIDENCE 0.010

typedef struct lts_align_time_config {
    double frame_rate;   /* frames a second of both sounds, 20 .. 100000 */
    int bins_per_octave; /* of both, 1 .. 4096 */
    bool always;         /* aligns whenever onsets match, also where nothing is gained */
} lts_align_time_config;

/* 344.53125 frames/s (hop 128 at 44100 Hz), 48 bins an octave, not always. */
lts_align_time_config lts_align_time_defaults(void);

/* What an alignment does, or what it would have done. */
typedef struct lts_align_time_gain {
    bool aligned;              /* false: d is 0 everywhere */
    size_t onsets_a, onsets_b; /* found in each sound */
    size_t matched;            /* pairs of them that the spline goes through */
    /* 2 n / (onsets_a + onsets_b), 0 .. 1, of n pairs of onsets that coincide within
     * LTS_ALIGN_TIME_COINCIDENCE, each onset in one of them: for pa = pb = t and for the spline; 0
     * without onsets. */
    double coincidence_before, coincidence_after;
    /* Mean distance of both sounds' features, >= 0, for pa = pb = t and along the spline. */
    double distance_before, distance_after;
} lts_align_time_gain;

/* An alignment, constant once made: any number of threads may use it. */
typedef struct lts_align_time lts_align_time;

/* a (frames_a,bins) and b (frames_b,bins): linear magnitudes, >= 0, at one frame rate and of the
 * same bins, bins rising by 1 / bins_per_octave octaves.
 *
 * Onsets are peaks of spectral flux, sum_k w_k max(0, y_k(t) - max_{|j| <= r} y_{k+j}(t - 10 ms)),
 * y = log2(1 + magnitude / c), c 50 dB below the sound's maximum; the maximum over r neighbours, a
 * quarter of a tone, passes over vibrato (Boeck & Widmer 2013, eq. 2). w_k grows with the square
 * root of the frequency, as long filters smear an onset. A peak of 3.5 times the mean of 0.7 s
 * around it, and of 3 % of a rise of all bins from silence to their maxima, is an onset.
 *
 * Features are the onsets, which decay in 90 ms (as in Ewert, Muller & Grosche 2009), and y in four
 * bands an octave, each over its mean in the sound, at about 86 frames a second. Dynamic time
 * warping with the steps (1,1), (1,2) and (2,1) (Sakoe & Chiba 1978) finds the path of least
 * distance, from any frame that stands against the other sound's first to any that stands against
 * the other's last. What is left over stands against silence, and costs twice as much before the
 * path as after it. The path stays within a third of the longer sound's length of pa = pb, or less
 * for sounds of more than 2 minutes: 3 s in 20 minutes.
 *
 * Onsets that are mutually nearest along the path, and not more than 50 ms apart, are matched. Of
 * these the strongest chain is kept between whose onsets speeds differ by a factor of at most 2,
 * and the beginnings and the ends of both sounds join it within the same limit.
 *
 * Unless `always`, the sounds are only aligned when the spline makes more onsets coincide (by
 * 0.15), shortens the features' distance (by a twentieth) and matches at least half of the onsets
 * of the sound that has fewer.
 *
 * Sounds of 1 frame to 20 minutes are legal. *out is freed with lts_align_time_destroy; neither
 * array is kept. LTS_ERR_ARGUMENT: a setting outside its range, or a negative magnitude;
 * LTS_ERR_SHAPE: no frames, no bins, or too long; LTS_ERR_NONFINITE; LTS_ERR_MEMORY. *out is NULL
 * after an error. Memory while it works: 18 KB a second of either sound, by default, and up to 64
 * MB for the path; a minute takes less than a second. Equal arguments give equal alignments. */
lts_status lts_align_time_create(const float *a, size_t frames_a, const float *b, size_t frames_b,
                                 size_t bins, const lts_align_time_config *config,
                                 lts_align_time **out, lts_error *err);

/* The alignment that does nothing, d = 0: pa = pb = t. frames_a, frames_b >= 1: LTS_ERR_SHAPE. */
lts_status lts_align_time_identity(size_t frames_a, size_t frames_b, lts_align_time **out,
                                   lts_error *err);
void lts_align_time_destroy(lts_align_time *alignment); /* NULL is allowed */

lts_align_time_gain lts_align_time_gained(const lts_align_time *alignment);

/* The matched pair `index`, 0 .. matched - 1, rising in both: positions in A and in B. No
 * allocation. */
void lts_align_time_pair(const lts_align_time *alignment, size_t index, double *position_a,
                         double *position_b);

/* T, the length of a morph whose last frame has the weight `alpha` of A: alpha frames_a + (1 -
 * alpha) frames_b, rounded; alpha is held to 0 .. 1, and NaN counts as 0. frames_a with alpha 1,
 * frames_b with 0, and both where they are equal. No allocation. */
size_t lts_align_time_frames(const lts_align_time *alignment, double alpha);

/* alpha (T): weights of A for each frame of the morph, held to 0 .. 1 (NaN counts as 0), T any
 * length -> position_a, position_b (T). Neither falls, and from frame to frame each rises by 1/3 to
 * 3. Where alpha is 1 and changes slowly, position_a[t] is t exactly, where it is 0 position_b[t]
 * is; a change of alpha that would take m by less than 2/3 or by more than 2 a frame is caught up
 * with at these rates. No allocation; any thread, and the audio callback, in time that grows with
 * T. */
void lts_align_time_positions(const lts_align_time *alignment, const float *alpha, size_t frames,
                              double *position_a, double *position_b);

/* The frame at a fractional position of x (T,bins), linear magnitudes: between frames i and i + 1,
 * at the share f of the way, ((1 - f) sqrt(x_i) + f sqrt(x_{i+1}))^2, with silence before the first
 * and after the last. At a whole position inside the sound the bits of the frame. row (bins) does
 * not overlap x; T may be 0, which is silence, and so is a position that is not finite. No
 * allocation; any thread. */
void lts_align_time_read(const float *x, size_t frames, size_t bins, double position, float *row);

/* --- Both ---------------------------------------------------------------------------------------
 */

/* lts_align_pitch of what stands together in time: frame t of the morph is read at position_a[t] of
 * a (T,K) and position_b[t] of b (T,K), as lts_align_time_read does. *shift (T), to be freed with
 * lts_free, is NULL where no shift is worth it; report may not be NULL. The reporter is asked
 * whether to go on: LTS_ERR_CANCELLED. Otherwise errors as lts_align_pitch. */
lts_status lts_align_pitch_along(const lts_align_config *config, const float *a, const float *b,
                                 size_t frames, const double *position_a, const double *position_b,
                                 float **shift, lts_align_report *report,
                                 const lts_reporter *reporter, lts_error *err);

LTS_END_DECLS

#endif
