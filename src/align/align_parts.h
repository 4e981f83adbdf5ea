/* What the files of this room share: compressed magnitudes, fractional moves, scores of shifts, and
 * the lobes of a spectrum. */
#ifndef ALIGN_ALIGN_H
#define ALIGN_ALIGN_H

#include "lts/align.h"

#include <math.h>

/* c = m^(1/3), 0 for m below the smallest normal number and for negative m; back, y = c^3, 0 for
 * negative c. */
void align_cube_roots(const float *m, float *c, size_t n);
void align_cubes(const float *c, float *y, size_t n);
/* The same with square roots. */
void align_square_roots(const float *m, float *s, size_t n);
void align_squares(const float *s, float *y, size_t n);

/* Cubic convolution (Keys 1981, a = -1/2): s moved up by whole + fraction bins is
 * y[k] = sum_j tap[j] s[k - whole + 1 - j]. */
enum { ALIGN_TAPS = 4 };
typedef struct align_kernel {
    ptrdiff_t whole;
    float tap[ALIGN_TAPS];
} align_kernel;

/* |shift| below 2^30. */
static inline align_kernel align_kernel_of(double shift)
{
    const double whole = floor(shift), f = shift - whole, f2 = f * f, f3 = f2 * f;
    return (align_kernel){
        .whole = (ptrdiff_t)whole,
        .tap = {(float)(0.5 * (2 * f2 - f3 - f)), (float)(0.5 * (2 - 5 * f2 + 3 * f3)),
                (float)(0.5 * (f + 4 * f2 - 3 * f3)), (float)(0.5 * (f3 - f2))},
    };
}

/* y[0] .. y[count - 1]: bins first .. first + count - 1 of s (K) moved; s is 0 outside 0 .. K-1. */
void align_interpolate(const float *s, size_t bins, const align_kernel *kernel, ptrdiff_t first,
                       size_t count, float *y);

/* score (2 range + 1): s(d) = r(d) + min(0, R(d) - R(0)) of a, moved up by d = -range .. range
 * bins, and b, both (K): r the correlation of what stands out of their cube roots from the mean
 * over span bins to each side, R that of the cube roots themselves. range < K. energy (2): of the
 * cube roots. Frames that are not finite count as silence. scratch (5 K + 1). */
void align_scores(const float *a, const float *b, size_t bins, size_t span, size_t range,
                  float *scratch, float *score, float *energy);

/* Reads the tracker's settings as numbers of bins and of frames. */
typedef struct align_scale {
    size_t span;  /* bins to each side that make the envelope */
    size_t range; /* bins: shifts are -range .. range */
    size_t step;  /* frames from one that is compared to the next */
    size_t reach; /* bins that a shift may glide in a step */
    double dt;    /* seconds a step lasts */
} align_scale;
align_scale align_scale_of(const lts_align_config *config);

/* One step of dynamic programming over the states 0 .. 2 range, shifts, and 2 range + 1, no shift.
 * value (2 range + 2) becomes the best sum of emissions of all paths that end in each state; from,
 * unless NULL, the state before. next (2 range + 2) is scratch. */
void align_advance(const align_scale *scale, const float *score, double weight, double threshold,
                   float *value, float *next, int16_t *from);

/* The weight, 0 .. 1, of frames with these energies beside the sounds' loudest. */
double align_weight(const float energy[2], const float loudest[2]);

/* The shift in bins, -range .. range, of the peak of score nearest to state `at`. */
double align_refine(const float *score, size_t range, size_t at);

/* alpha within -1 .. 2; NaN is -1. */
static inline double align_bounded(double alpha)
{
    return alpha > -1 ? (alpha < 2 ? alpha : 2) : -1;
}

/* A spectral peak and the bins around it that belong to it. */
typedef struct align_lobe {
    size_t begin, end; /* bins begin .. end - 1 */
    float centre;      /* bin of the peak */
    double mass;       /* sum of its magnitudes, > 0 */
} align_lobe;

/* Divides a frame m (K) into lobes, rising; returns how many, at most K. */
size_t align_find_lobes(const float *m, size_t bins, align_lobe *lobe);

enum { ALIGN_PAD = 4 };
struct lts_align_work {
    size_t bins;
    float *weight;   /* (K): power of a magnitude of 1 */
    float *moved[2]; /* (K) */
    float *padded[2];
    float *root[2]; /* (K), in padded[i], ALIGN_PAD zeros before it and after it */
    align_lobe *lobe[2];
    float *mean[2]; /* (K): of the frames transported so far, the latest most */
    float taken;    /* of a new frame into the mean */
    bool begun[2];  /* there is a mean; it is 0 before */
};

/* Scales y (K) to the level between those of a and b. */
void align_set_level(const lts_align_work *work, const float *a, const float *b, double alpha,
                     float *y);

#endif
