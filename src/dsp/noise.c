#include "dsp/pghi.h"

#include <math.h>

/* Where a filter spans at least so many frames, the magnitudes of a real sound change smoothly from
 * frame to frame: what their fourth difference shows is error. */
enum { SMOOTH = 16 };

enum { BLOCKS = 32, BLOCK = 64 }; /* long files are sampled */

typedef struct tally {
    double weight, sum;
} tally;

/* |fourth difference| of ln M at frame t, weighted by the least of the five energies. */
static void tally_frame(const pghi *p, size_t t, size_t first, size_t end, tally *total)
{
    const size_t bins = p->cqt->bins;
    const float *row = p->magnitudes + (t - 2) * bins;
    for (size_t k = first; k < end; k++) {
        float level[5], least = INFINITY;
        for (size_t i = 0; i < 5; i++) {
            float m = row[i * bins + k] * p->scaling[k];
            least = m < least ? m : least;
            level[i] = approx_log2(m + p->least);
        }
        float fourth = level[0] - 4 * level[1] + 6 * level[2] - 4 * level[3] + level[4];
        double weight = (double)least * least;
        total->weight += weight;
        total->sum += weight * fabsf(fourth);
    }
}

double pghi_noise(const pghi *p, size_t o, double otherwise)
{
    const cqt_octave *octave = &p->cqt->octave[o];
    const size_t b = p->stride - 2;
    size_t count = 0;
    while (count < b &&
           p->cqt->bin[octave->first_bin + count].length >= SMOOTH * p->cqt->config.hop)
        count++;
    if (count == 0 || p->frames < 5)
        return otherwise;
    tally total = {0};
    size_t usable = p->frames - 4, blocks = usable > BLOCKS * BLOCK ? BLOCKS : 1;
    size_t length = blocks > 1 ? BLOCK : usable;
    for (size_t i = 0; i < blocks; i++) {
        size_t begin = blocks > 1 ? (usable - length) / (blocks - 1) * i : 0;
        for (size_t t = begin; t < begin + length; t++)
            tally_frame(p, t + 2, octave->first_bin, octave->first_bin + count, &total);
    }
    /* Independent normal errors: E|d| = sqrt(2 / pi) sqrt(1 + 16 + 36 + 16 + 1) sigma. */
    const double ln2 = 0.69314718, gain = 0.79788456 * sqrt(70);
    return total.weight > 0 ? ln2 * total.sum / total.weight / gain : otherwise;
}
