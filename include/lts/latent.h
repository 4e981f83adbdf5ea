/* Latent: curves, mixtures of latent paths, and the pictures' projections. */
#ifndef LTS_LATENT_H
#define LTS_LATENT_H

#include "lts/base.h"

LTS_BEGIN_DECLS

/* --- Curves ----------------------------------------------------------------------------------- */

/* A curve is a list of breakpoints (time, value), times rising within 0..1 of the sound's length,
 * values any finite number; in between it runs linearly, outside it holds its ends. Two breakpoints
 * at one time make a jump, whose later value holds from there on. */
typedef struct lts_curve {
    double *time; /* count values, 0..1, not falling */
    float *value;
    size_t count; /* >= 1 */
} lts_curve;

/* The functions that make a curve leave it empty when they fail; a whole one is freed with
 * lts_curve_free. Values must be finite in single precision: LTS_ERR_NONFINITE. */
lts_status lts_curve_constant(double value, lts_curve *out, lts_error *err);

/* Text already read into memory, `size` bytes; `name` stands in messages. A line holds one value,
 * or a time and a value separated by blanks, a comma or a semicolon, the same on every line; `#`
 * starts a comment; blank lines, a first line of column names that begins with "time" or "value",
 * and a UTF-8 mark are passed over; lines end in LF, CR LF or CR. Decimals have a point in every
 * locale, and a file that makes sense only with decimal commas is refused.
 *
 * Plain values are spread evenly over the sound. Times are seconds from the sound's beginning,
 * never fractions of its length; `duration`, of the sound, s, is above 0 when there are any
 * (LTS_ERR_ARGUMENT). A time past the end by more than a hundredth of the length is refused, one
 * nearer is the end. LTS_ERR_FORMAT names the line. */
lts_status lts_curve_parse(const char *text, size_t size, const char *name, double duration,
                           lts_curve *out, lts_error *err);

/* The same from numbers: (rows,1) plain values, (rows,2) times and values; a single row is plain
 * values, for so a one-dimensional array is read. Errors name the row, counted from 0. */
lts_status lts_curve_from_array(const float *data, size_t rows, size_t columns, const char *name,
                                double duration, lts_curve *out, lts_error *err);
lts_status lts_curve_copy(const lts_curve *curve, lts_curve *out, lts_error *err);
void lts_curve_free(lts_curve *curve); /* twice is allowed */

/* The curve at `frames` T evenly spread frames, the first at time 0, the last at 1: linear. T = 1
 * is time 0. values (T). No allocation. */
void lts_curve_resample(const lts_curve *curve, size_t frames, float *values);

/* --- Mixtures --------------------------------------------------------------------------------- */

/* z(t) = sum_s w_s(t) z_s(t): `sounds` latent paths (T,Z) and weights (sounds,T). With two sounds
 * and weights a, 1-a this is the originals' interpolation, and beyond 0..1 their extrapolation; a
 * weight of exactly 1 among zeros copies its sound bit for bit, and a sound of weight 0 is not
 * read. mixed (T,Z) overlaps none of the paths. No allocation; any thread. */
void lts_latent_mix(const float *const *paths, const float *weights, size_t sounds, size_t frames,
                    size_t latent, float *mixed);

/* How the levels of sounds mix, where their paths have them as a last column, dB, see
 * lts_model_has_level. */
typedef enum lts_level_law {
    LTS_LAW_LOUDNESS, /* lts_latent_mix_levels */
    LTS_LAW_NONE      /* in dB with the weights, as a latent dimension */
} lts_level_law;

/* "loudness", "none": as settings name them; NULL past the last. Parsing takes any case; false, and
 * nothing changed, for what is none of them. */
const char *lts_level_law_text(int law);
bool lts_parse_level_law(const char *text, lts_level_law *law);

/* Replaces the last column of mixed (T,columns), as lts_latent_mix has made it of the same
 * arguments, by a level of the mixed loudness N = 10^(0.6 L / 20) (Stevens 1955, "The measurement
 * of loudness": amplitude to the power 0.6), where L is a level in dB:
 *
 *     L = 20/0.6 log10(N0 + sum_s w_s (N_s - N0) / max(sum_s w_s, 1)), N0 = N(-160 dB), silence,
 *
 * with the weights w_s clamped to 0..1. It lies between the sounds' levels and silence, so also an
 * extrapolation is no louder than the loudest: with the weights 2 and -1 it has the level of the
 * first sound. A sound of weight 1 and above, where no other has one above 0, keeps its level bit
 * for bit; where no weight is above 0 there is silence. The paths of such weights alone are read.
 * mixed overlaps the paths in no row but its own. No allocation; any thread. */
void lts_latent_mix_levels(const float *const *paths, const float *weights, size_t sounds,
                           size_t frames, size_t columns, float *mixed);

/* z = mean + exp(log_variance / 2) * noise, noise N(0,1) from seed (Kingma & Welling 2014, eq. 10).
 * All (T,Z); z may be `mean` itself. No allocation; any thread. */
void lts_latent_sample(const float *mean, const float *log_variance, size_t frames, size_t latent,
                       uint64_t seed, float *z);

/* --- Projections ------------------------------------------------------------------------------ */

/* Principal components (Pearson 1901) of n points (n,Z): the mean (Z), the first `dimensions` axes
 * (dimensions,Z), of unit length, each with its largest entry (in absolute value) positive, and the
 * share of the variance each explains (dimensions), 0..1; points that do not vary explain 0. By
 * LAPACK's ssyevr on the covariance. n >= 1, 1 <= dimensions <= Z: LTS_ERR_ARGUMENT; a point that
 * is not finite: LTS_ERR_NONFINITE. Memory grows with Z^2, not with n. */
lts_status lts_pca(const float *points, size_t n, size_t latent, size_t dimensions, float *mean,
                   float *axes, float *explained, lts_error *err);

/* (n,Z) -> (n,dimensions): axes (points - mean). No allocation; any thread. */
void lts_pca_project(const float *points, size_t n, size_t latent, const float *mean,
                     const float *axes, size_t dimensions, float *projected);

/* t-SNE to two dimensions (van der Maaten & Hinton 2008). (n,Z) -> (n,2). Starts from the first two
 * principal components, so equal input gives equal pictures, on any number of threads. Up to 4000
 * points the gradients are exact and time and memory grow with n^2; above, n < 2^32, each point is
 * drawn by its 3 perplexity + 1 nearest ones and those it is near to, and pushed by Barnes & Hut's
 * scheme (van der Maaten 2014): memory grows with n, time with n log n but for the search of
 * neighbours, n^2 Z, which takes seconds for 20,000. */
typedef struct lts_tsne_config {
    double perplexity;    /* 5 .. 50 and below n / 3 */
    int iterations;       /* 1 .. 100000; the first quarter, at most 250, exaggerated */
    double learning_rate; /* >= 0; 0: n / 12, at least 50 (Belkina et al. 2019) */
    unsigned threads;     /* >= 1 */
} lts_tsne_config;

lts_tsne_config lts_tsne_defaults(void); /* 30, 1000, 0, 1 */

/* LTS_ERR_ARGUMENT for a setting outside its range, LTS_ERR_NONFINITE for points that are not
 * finite or a learning rate that drives the picture apart, LTS_ERR_CANCELLED when the reporter says
 * so. */
lts_status lts_tsne(const float *points, size_t n, size_t latent, const lts_tsne_config *config,
                    float *projected, const lts_reporter *reporter, lts_error *err);

LTS_END_DECLS

#endif
