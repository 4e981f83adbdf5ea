/* How far a sound is from a target by their short-time spectra at several resolutions, as neural
 * vocoders are trained (Yamamoto, Song & Kim 2020; Engel et al. 2020): at window sizes 256 to 2048,
 * half a window apart, with magnitudes S of the target and Y of the sound,
 *   d = mean over sizes of |Y - S| / |S| + mean |log(Y + e) - log(S + e)| / 3,
 * |.| being the Frobenius norm, the second mean over cells and e a thousandth of S's peak: 0 for
 * equal sounds, 1 and more for silence. Pitch errors count at the long windows, attacks at the
 * short ones. */
#ifndef MATCH_SPECTRAL_DISTANCE_H
#define MATCH_SPECTRAL_DISTANCE_H

#include "lts/dsp.h"

/* A target's spectra, constant once made: any number of threads may share it. */
typedef struct spectral_target spectral_target;

/* target: `samples` finite samples, copied; at least one of them not 0 (LTS_ERR_ARGUMENT). */
lts_status spectral_target_create(const float *target, size_t samples, spectral_target **out,
                                  lts_error *err);
void spectral_target_destroy(spectral_target *target); /* NULL is allowed */

/* One thread's scratch. */
typedef struct spectral_work spectral_work;
lts_status spectral_work_create(const spectral_target *target, spectral_work **out, lts_error *err);
void spectral_work_destroy(spectral_work *work); /* NULL is allowed */

/* The distance of y, as many samples as the target. No allocation. */
double spectral_distance(spectral_work *work, const float *y);

/* The gain g >= 0 that brings g y closest to the target: of the shortest windows' magnitudes,
 * <Y, S> / <Y, Y>. 0 for silence. */
double spectral_gain(spectral_work *work, const float *y);

#endif
