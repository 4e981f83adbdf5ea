#include "align/align_parts.h"

#include <math.h>
#include <string.h>

/* out[k] += gain max(0, interpolated root[k])^2 for count bins; root as align_interpolate's s. */
static inline void add_squares(const float *restrict root, const float *restrict tap, float gain,
                               size_t count, float *restrict out)
{
#pragma omp simd
    for (size_t k = 0; k < count; k++) {
        const float *s = root + k;
        const float sum = tap[0] * s[1] + tap[1] * s[0] + tap[2] * s[-1] + tap[3] * s[-2];
        const float positive = sum > 0 ? sum : 0;
        out[k] += gain * positive * positive;
    }
}

/* Adds gain times a lobe of the frame whose square roots are `root`, moved by `shift`. */
static inline void place(const float *root, size_t bins, const align_lobe *lobe, double shift,
                         double gain, float *out)
{
    const align_kernel kernel = align_kernel_of(shift);
    /* The bins that come from nearer to this lobe than to its neighbours. */
    ptrdiff_t first = (ptrdiff_t)ceil((double)lobe->begin - 0.5 + shift);
    ptrdiff_t end = (ptrdiff_t)ceil((double)lobe->end - 0.5 + shift);
    first = first > 0 ? first : 0;
    end = end < (ptrdiff_t)bins ? end : (ptrdiff_t)bins;
    if (first < end)
        add_squares(root + (first - kernel.whole), kernel.tap, (float)gain, (size_t)(end - first),
                    out + first);
}

/* The lobes of one frame, and how much of the one in turn has not been coupled yet. */
typedef struct side {
    const float *root;
    align_lobe *lobe, *end;
    double total; /* mass of all */
    double left;  /* share of `total` */
} side;

/* The mean bin of the lobe's power in m, `otherwise` for silence and what is not finite. */
static double centroid(const float *m, const align_lobe *lobe, double otherwise)
{
    double power = 0, first = 0;
    for (size_t k = lobe->begin; k < lobe->end; k++) {
        const double p = (double)m[k] * (double)m[k];
        power += p;
        first += p * (double)k;
    }
    return power > 0 && isfinite(first) ? first / power : otherwise;
}

/* The lobes of the mean, each centre moved as far as the lobe's power lies off it in frame m. */
static side side_of(lts_align_work *work, int which, const float *m)
{
    side s = {.root = work->root[which], .lobe = work->lobe[which]};
    align_square_roots(m, work->root[which], work->bins);
    s.end = s.lobe + align_find_lobes(work->mean[which], work->bins, work->lobe[which]);
    for (align_lobe *lobe = s.lobe; lobe < s.end; lobe++) {
        const double usual = centroid(work->mean[which], lobe, 0);
        lobe->centre += (float)(centroid(m, lobe, usual) - usual);
        s.total += lobe->mass;
    }
    s.left = s.lobe < s.end ? s.lobe->mass / s.total : 0;
    return s;
}

/* mean += taken (m - mean), 0 where nothing is left of it. */
LTS_CLONES static void average_row(float *restrict mean, const float *restrict m, float taken,
                                   size_t bins)
{
#pragma omp simd
    for (size_t k = 0; k < bins; k++) {
        const float next = mean[k] + taken * (m[k] - mean[k]);
        mean[k] = next > 1e-20f ? next : 0;
    }
}

/* A frame that is not finite is left out. */
static void average(lts_align_work *work, const float *a, const float *b)
{
    const float *const frame[2] = {a, b};
    for (int i = 0; i < 2; i++)
        if (lts_first_nonfinite(frame[i], work->bins) == work->bins) {
            average_row(work->mean[i], frame[i], work->begun[i] ? work->taken : 1, work->bins);
            work->begun[i] = true;
        }
}

static void next_lobe(side *s)
{
    s->lobe++;
    s->left = s->lobe < s->end ? s->lobe->mass / s->total : 0;
}

/* Couples masses in their order, which is the plan of least cost in one dimension. */
LTS_CLONES static void couple(size_t bins, side *a, side *b, double alpha, float *out)
{
    while (a->lobe < a->end && b->lobe < b->end) {
        const double mass = fmin(a->left, b->left);
        const double ca = (double)a->lobe->centre, cb = (double)b->lobe->centre;
        const double meet = alpha * ca + (1 - alpha) * cb;
        if (mass > 0) {
            place(a->root, bins, a->lobe, meet - ca, alpha * mass * a->total / a->lobe->mass, out);
            place(b->root, bins, b->lobe, meet - cb, (1 - alpha) * mass * b->total / b->lobe->mass,
                  out);
        }
        a->left -= mass;
        b->left -= mass;
        /* One side moves on each time; of masses that end together the other one's rest is 0. */
        next_lobe(a->left <= b->left ? a : b);
    }
}

static void drop_negative(float *y, size_t n)
{
    for (size_t k = 0; k < n; k++)
        y[k] = y[k] > 0 ? y[k] : 0;
}

void lts_align_transport(lts_align_work *work, const float *a, const float *b, double alpha,
                         float *out)
{
    const size_t bins = work->bins;
    alpha = align_bounded(alpha);
    average(work, a, b);
    if (alpha == 1 || alpha == 0) {
        memcpy(out, alpha == 1 ? a : b, bins * sizeof *out);
        return;
    }
    side of_a = side_of(work, 0, a), of_b = side_of(work, 1, b);
    if (of_a.lobe == of_a.end || of_b.lobe == of_b.end) {
        memcpy(out, of_a.lobe == of_a.end ? b : a, bins * sizeof *out);
    } else {
        memset(out, 0, bins * sizeof *out);
        couple(bins, &of_a, &of_b, alpha, out);
        drop_negative(out, bins);
    }
    align_set_level(work, a, b, alpha, out);
}
