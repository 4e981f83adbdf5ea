#include <math.h>

#include "dsp/phase/pghi.h"

/* Where a filter spans at least so many frames, the magnitudes of a real sound change smoothly from
 * frame to frame: what their fourth difference shows is error. */
enum { SMOOTH = 16 };

enum { BLOCKS = 8, BLOCK = 64 }; /* frames taken; long files are sampled */

typedef struct tally {
    float *level, *weight, *sum; /* (BLOCK + 4, K), (K), (K) */
} tally;

/* sum += |fourth difference| of five levels, weighted by the least of the five energies. */
LTS_CLONES static void tally_row(const float *restrict level, float *restrict weight,
                                 float *restrict sum, size_t bins)
{
    for (size_t k = 0; k < bins; k++) {
        const float a = level[k], b = level[bins + k], c = level[2 * bins + k],
                    d = level[3 * bins + k], e = level[4 * bins + k];
        float least = a < b ? a : b;
        least = least < c ? least : c;
        least = least < d ? least : d;
        least = least < e ? least : e;
        const float energy = approx_exp2(2 * least);
        weight[k] += energy;
        sum[k] += energy * fabsf(a - 4 * b + 6 * c - 4 * d + e);
    }
}

/* The errors of an octave, estimated from its bins whose filters are long enough; `otherwise` where
 * there are none. */
static double pooled(const pghi *p, const tally *t, size_t o, double otherwise)
{
    const cqt_octave *octave = &p->cqt->octave[o];
    double weight = 0, sum = 0;
    for (size_t k = octave->first_bin; k < octave->first_bin + p->stride - 2; k++)
        if (p->cqt->bin[k].length >= SMOOTH * p->cqt->config.hop) {
            weight += (double)t->weight[k];
            sum += (double)t->sum[k];
        }
    /* Independent normal errors: E|d| = sqrt(2 / pi) sqrt(1 + 16 + 36 + 16 + 1) sigma. */
    const double ln2 = 0.69314718, gain = 0.79788456 * sqrt(70);
    return weight > 0 ? ln2 * sum / weight / gain : otherwise;
}

lts_status pghi_noise(const pghi *p, double *noise, lts_error *err)
{
    const size_t bins = p->cqt->bins, octaves = (size_t)p->cqt->config.octaves;
    const size_t usable = p->frames > 4 ? p->frames - 4 : 0;
    const size_t blocks = usable > BLOCKS * BLOCK ? BLOCKS : (usable + BLOCK - 1) / BLOCK;
    tally t;
    lts_status status =
        lts_alloc_checked(&t.level, (BLOCK + 6) * bins, sizeof *t.level, "the phase gradient", err);
    if (status != LTS_OK)
        return status;
    t.weight = t.level + (BLOCK + 4) * bins;
    t.sum = t.weight + bins;
    for (size_t i = 0; i < blocks; i++) {
        size_t begin = blocks < BLOCKS ? i * BLOCK : (usable - BLOCK) / (blocks - 1) * i;
        size_t count = begin + BLOCK < usable ? BLOCK : usable - begin;
        pghi_levels(p, begin, begin + count + 4, t.level);
        for (size_t j = 0; j < count; j++)
            tally_row(t.level + j * bins, t.weight, t.sum, bins);
    }
    /* From the lowest octave up: where the filters are too short to separate the errors from the
     * sound, the estimate of the octave below is taken. */
    for (size_t o = octaves; o-- > 0;)
        noise[o] = pooled(p, &t, o, o + 1 < octaves ? noise[o + 1] : 0);
    lts_free(t.level);
    return LTS_OK;
}
