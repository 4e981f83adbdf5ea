/* Augmentation: rows as other sounds might give them. */
#include "model/train/trainer.h"

#include <string.h>

enum { TRANSPOSE_STREAM = 0x7472616e };

/* y[k] = x[k - by], 0 where x has no such bin. */
static void transpose(const float *x, float *y, size_t bins, int64_t by)
{
    const size_t shift = (size_t)(by < 0 ? -by : by);
    const size_t kept = shift < bins ? bins - shift : 0;
    memcpy(by < 0 ? y : y + (bins - kept), by < 0 ? x + (bins - kept) : x, kept * sizeof *y);
    memset(by < 0 ? y + kept : y, 0, (bins - kept) * sizeof *y);
}

void augment_row(const lts_training *settings, uint64_t row, const float *x, float *y, size_t bins)
{
    const size_t most = settings->transpose_bins;
    lts_rng rng;
    lts_rng_seed(&rng, settings->seed ^ ((uint64_t)TRANSPOSE_STREAM << 32), row);
    const bool moves = lts_rng_uniform(&rng) < settings->transpose_share;
    const uint64_t step = (uint64_t)(lts_rng_uniform(&rng) * (double)(2 * most + 1));
    transpose(x, y, bins, moves ? (int64_t)step - (int64_t)most : 0);
}
