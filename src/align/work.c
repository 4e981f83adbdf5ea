#include "align/align_parts.h"

#include <math.h>
#include <string.h>

/* The most that a mixture is raised by, and that it is louder than the louder of the two. */
static const double most_raised = 10, most_louder = 4;

/* Seconds over which the frames are averaged that transport is planned for. */
static const double mean_time = 0.1;

lts_status lts_align_work_create(size_t bins, int bins_per_octave, double frame_rate,
                                 lts_align_work **out, lts_error *err)
{
    static const char *const what = "aligning frames";
    const lts_align_config config = lts_align_defaults(bins, bins_per_octave, frame_rate);
    lts_align_work *work = NULL;
    *out = NULL;
    lts_status status = lts_align_check(&config, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&work, 1, sizeof *work, what, err);
    if (status != LTS_OK)
        goto done;
    const struct {
        float **array;
        size_t count;
    } arrays[] = {
        {&work->weight, bins},
        {&work->moved[0], bins},
        {&work->moved[1], bins},
        {&work->mean[0], bins},
        {&work->mean[1], bins},
        {&work->padded[0], bins + 2 * ALIGN_PAD},
        {&work->padded[1], bins + 2 * ALIGN_PAD},
    };
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        status = lts_alloc_checked(arrays[i].array, arrays[i].count, sizeof(float), what, err);
        if (status != LTS_OK)
            goto done;
    }
    for (int i = 0; i < 2; i++) {
        work->root[i] = work->padded[i] + ALIGN_PAD;
        status = lts_alloc_checked(&work->lobe[i], bins, sizeof *work->lobe[i], what, err);
        if (status != LTS_OK)
            goto done;
    }
    work->bins = bins;
    work->taken = (float)(1 - exp(-1 / (frame_rate * mean_time)));
    for (size_t k = 0; k < bins; k++)
        work->weight[k] = (float)exp2(-(double)(bins - 1 - k) / bins_per_octave);
    *out = work;
    work = NULL;
done:
    lts_align_work_destroy(work);
    return status;
}

void lts_align_work_destroy(lts_align_work *work)
{
    if (!work)
        return;
    for (int i = 0; i < 2; i++) {
        lts_free(work->moved[i]);
        lts_free(work->mean[i]);
        lts_free(work->padded[i]);
        lts_free(work->lobe[i]);
    }
    lts_free(work->weight);
    lts_free(work);
}

void lts_align_work_restart(lts_align_work *work)
{
    for (int i = 0; i < 2; i++) {
        memset(work->mean[i], 0, work->bins * sizeof(float));
        work->begun[i] = false;
    }
}

LTS_CLONES static float power_of(const float *m, const float *weight, size_t bins)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t k = 0; k < bins; k++)
        sum += m[k] * m[k] * weight[k];
    return sum;
}

LTS_CLONES static void scale_row(float *y, float gain, size_t bins)
{
#pragma omp simd
    for (size_t k = 0; k < bins; k++)
        y[k] *= gain;
}

static double level_of(const lts_align_work *work, const float *m)
{
    return sqrt((double)power_of(m, work->weight, work->bins));
}

void align_set_level(const lts_align_work *work, const float *a, const float *b, double alpha,
                     float *y)
{
    const double la = level_of(work, a), lb = level_of(work, b), now = level_of(work, y);
    const double root = alpha * cbrt(la) + (1 - alpha) * cbrt(lb);
    const double wanted = root > 0 ? fmin(root * root * root, most_louder * fmax(la, lb)) : 0;
    scale_row(y, (float)(now > 0 ? fmin(wanted / now, most_raised) : 0), work->bins);
}
