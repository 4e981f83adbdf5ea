/* Align: morphs whose partials glide. Two sounds' constant-Q frames are aligned along
 * log-frequency, where a musical interval is a shift by so many bins whatever the pitch, and mixed
 * at the pitch between; or their spectral peaks are carried into one another by optimal transport.
 *
 * Frames are linear magnitudes (K), finite and >= 0, of bins bins_per_octave to the octave; NaN
 * gives NaN and nothing worse. Shifts are in bins, above 0 where the second sound, B, lies above
 * the first, A: 1200 / bins_per_octave cents a bin. alpha is 1 for all of A, 0 for all of B; beyond
 * 0..1 it extrapolates, and beyond -1..2 it counts as the nearer of these. Levels are those of the
 * sound that frames stand for, sum_k M_k^2 2^(k / bins_per_octave), as lts_cqt scales a magnitude
 * by the root of its filter's length. */
#ifndef LTS_ALIGN_H
#define LTS_ALIGN_H

#include "lts/base.h"

LTS_BEGIN_DECLS

/* What is aligned before two sounds are mixed. */
typedef enum lts_alignment {
    LTS_ALIGNED_NONE,
    LTS_ALIGNED_PITCH, /* partials along log-frequency: this header */
    LTS_ALIGNED_TIME,  /* onsets: lts/align_time.h */
    LTS_ALIGNED_BOTH,  /* in time first, and then in pitch what falls together */
    LTS_ALIGNED_AUTO   /* whichever gains something */
} lts_alignment;
enum { LTS_ALIGNMENTS = LTS_ALIGNED_AUTO + 1 };

/* "none", "pitch", "time", "both" or "auto"; NULL past the last and below 0. Constant for ever. */
const char *lts_alignment_text(int alignment);
/* The alignment of that name; false for any other text, or NULL, and nothing is set then. */
bool lts_parse_alignment(const char *text, lts_alignment *alignment);

/* --- Frames moved along the bins ---------------------------------------------------------------
 */

/* y[k] = x[k - shift], both (K), K >= 1, not overlapping; x is 0 beyond its ends. A shift of 0 or
 * of whole bins copies bits; others go by cubic convolution of square roots (Keys 1981, a = -1/2),
 * by which a partial keeps its pitch to 1.3 cents, its height to 0.6 dB and its width to 7 %. A
 * shift of K bins and more, or one that is NaN, leaves zeros. No allocation, no locks; any thread,
 * the audio callback too. */
void lts_align_move(const float *x, size_t bins, double shift, float *y);

/* The same for partials that are to keep their amplitude: magnitudes of lts_cqt go with the root of
 * their filter's length, y[k] = 2^(-shift / (2 bins_per_octave)) x[k - shift]. */
void lts_align_transpose(const float *x, size_t bins, int bins_per_octave, double shift, float *y);

/* By how many bins A and B are to be moved to meet at the pitch between: (1 - alpha) shift and
 * -alpha shift. No allocation; any thread, the audio callback too. */
void lts_align_meet(double shift, double alpha, double *move_a, double *move_b);

/* --- The shift between two sounds ---------------------------------------------------------------
 *
 * Frames are compared by their cube roots, A's moved up by d bins:
 *   s_t(d) = r_t(d) + min(0, R_t(d) - R_t(0)),
 * where R is their correlation, and r that of what stands out from the mean over a sixth of an
 * octave to each side: partials align, not spectral envelopes, but no shift is worth it that makes
 * the whole less alike. This is done every 9 ms, or every frame where that is longer. The path of
 * shifts d(t) maximises
 *   sum_t w_t dt s_t(d(t)) - costs   (dynamic programming: Viterbi 1967).
 * It may glide by 4 octaves a second and somewhat more. A jump costs 0.04 (correlation times
 * seconds), so that octaves and fifths that fit a little better for a moment are passed over. It
 * may have no shift at all, which counts as `threshold` above s_t(0) or 0, whichever is more, and
 * costs 0.03 to begin and to end. The fraction of a bin is the top of a parabola. Vibrato of 50
 * cents, six times a second, is followed to 5 cents.
 *
 * w_t is 1 for frames down to 30 dB below the loudest of their sounds, 0 from 60 dB on. Where the
 * path has no shift d(t) is 0, exactly; at both sides it fades over 50 ms. When less than
 * LTS_ALIGN_SHARE of the weight has one, no frame gets one. */
enum { LTS_ALIGN_BINS = 65536 };
#define LTS_ALIGN_SHARE 0.2

typedef struct lts_align_config {
    size_t bins;         /* K, 2 .. LTS_ALIGN_BINS */
    int bins_per_octave; /* 1 .. 4096 */
    double frame_rate;   /* frames a second, sample_rate / hop: above 0, up to 1e8 */
    double range;        /* octaves that a shift may have up or down: above 0, up to 3 */
    double threshold;    /* least gain in correlation, 0.01 .. 1 */
} lts_align_config;

/* A range of 1, a threshold of 0.2. */
lts_align_config lts_align_defaults(size_t bins, int bins_per_octave, double frame_rate);
/* LTS_OK, or LTS_ERR_ARGUMENT with what is wrong. */
lts_status lts_align_check(const lts_align_config *config, lts_error *err);

/* Means over frames, each with its weight; all 0 for sounds that are never loud at once. */
typedef struct lts_align_report {
    double before;  /* s_t(0), correlation of the frames as they are, -1 .. 1 */
    double after;   /* s_t(d(t)), and moved */
    double aligned; /* share with a shift, LTS_ALIGN_SHARE .. 1; 0 when no shift is worth it */
    double shift;   /* their mean d, bins */
} lts_align_report;

/* Two sounds' shifts, from frames that come in pieces: feed until all are in, finish once. Belongs
 * to one thread at a time. Memory: 4 (2 range bins_per_octave + 3) bytes for every 9 ms, 2.6 MB a
 * minute by default, and half as much again while it finishes. */
typedef struct lts_align_tracker lts_align_tracker;

/* LTS_ERR_ARGUMENT as lts_align_check, LTS_ERR_MEMORY. */
lts_status lts_align_tracker_create(const lts_align_config *config, lts_align_tracker **out,
                                    lts_error *err);
void lts_align_tracker_destroy(lts_align_tracker *tracker); /* NULL is allowed */
void lts_align_tracker_restart(lts_align_tracker *tracker); /* as new, for other sounds */

/* The next `frames` of both sounds, a and b (frames,K). LTS_ERR_MEMORY; the tracker is then as it
 * was. */
lts_status lts_align_tracker_feed(lts_align_tracker *tracker, const float *a, const float *b,
                                  size_t frames, lts_error *err);
size_t lts_align_tracker_frames(const lts_align_tracker *tracker); /* T, fed so far */

/* d(t) of all that was fed, shift (T); report may be NULL. Feeding may go on afterwards, and
 * another finish sees all of it. LTS_ERR_MEMORY. */
lts_status lts_align_tracker_finish(lts_align_tracker *tracker, float *shift,
                                    lts_align_report *report, lts_error *err);

/* All of it at once: a, b (T,K) -> shift (T). 60 s take 0.2 s. */
lts_status lts_align_pitch(const lts_align_config *config, const float *a, const float *b,
                           size_t frames, float *shift, lts_align_report *report, lts_error *err);

/* Live: the shift of one more pair of frames, from these and those before, where nobody knows what
 * follows; it comes some 50 ms later than d(t), glides where that jumps, and fades. For a tracker
 * that is not fed; restart forgets the past. No allocation, no locks, some 15 us by default: for
 * the audio callback, if need be. */
double lts_align_tracker_follow(lts_align_tracker *tracker, const float *a, const float *b);

/* --- Morphs without a model ---------------------------------------------------------------------
 *
 * Each makes one frame of two, (K) each, `out` overlapping neither. alpha of exactly 1 or 0 copies
 * A or B. Of the amplitudes La of a and Lb of b, that of out is L:
 *   L^(1/3) = alpha La^(1/3) + (1 - alpha) Lb^(1/3),
 * which stays within 0.5 dB of the straight path in dB while they differ by less than 10 dB, and
 * lets the other sound be heard where one falls silent. It is at most 12 dB above the louder one,
 * and nothing is raised by more than 20 dB to reach it. Silence between silences. No allocation, no
 * locks: for the audio callback, if need be. */

/* One thread's scratch, and what transport keeps of the frames before: 36 KB by default. */
typedef struct lts_align_work lts_align_work;

/* bins, bins_per_octave and frame_rate as lts_align_config's: LTS_ERR_ARGUMENT. LTS_ERR_MEMORY. */
lts_status lts_align_work_create(size_t bins, int bins_per_octave, double frame_rate,
                                 lts_align_work **out, lts_error *err);
void lts_align_work_destroy(lts_align_work *work); /* NULL is allowed */
/* As new, for other sounds or another place in them. No allocation. */
void lts_align_work_restart(lts_align_work *work);

/* Mixed at the pitch between: a and b are moved as lts_align_meet says, then
 *   out^(1/3) = max(0, alpha a^(1/3) + (1 - alpha) b^(1/3)).
 * A shift of 0 mixes them where they are. Some 3 us. */
void lts_align_mix(lts_align_work *work, const float *a, const float *b, double shift, double alpha,
                   float *out);

/* Optimal transport (Henderson & Solomon 2019): each frame is divided into lobes, spectral peaks
 * with what belongs to them, and a lobe's mass is the share it has in the sum of magnitudes. In one
 * dimension the plan that moves the masses of a into those of b at the least cost keeps their
 * order. Every pair (i,j,m) that it couples puts lobe i of a, times alpha m / m_i, and lobe j of b,
 * times (1 - alpha) m / m_j, whole, to alpha c_i + (1 - alpha) c_j, c the lobes' centres in bins.
 * Sounds need no common interval, and chords split and join; partials stay whole where both spectra
 * spread their mass alike, and are divided among their neighbours where not.
 *
 * Lobes and masses are those of the frames' mean over the last 0.1 s, as plans of single frames
 * flicker (two to four times the change from frame to frame): so frames come in order. Centres are
 * those of the frame itself, so that vibrato is shared, too. Some 30 us. */
void lts_align_transport(lts_align_work *work, const float *a, const float *b, double alpha,
                         float *out);

LTS_END_DECLS

#endif
