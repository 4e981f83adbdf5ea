/* The rows of a batch as the network and the objective see them. */
#include "model/train/trainer.h"

#include <math.h>

uint64_t trainer_row(const lts_trainer *t, const lts_batch *batch, size_t b)
{
    return t->rows_seen + batch->first_row + b;
}

/* Linear rows transposed, compressed, their shapes apart from their gains. */
static void compress_rows(const lts_trainer *t, const lts_batch *batch, bool training,
                          const float *from, float *to, size_t width, nn_range rows)
{
    const lts_model_config *config = &t->model->config;
    const size_t at = rows.first * width;
    const bool transposes = training && t->settings.transpose_share > 0;
    for (size_t b = rows.first; transposes && b < rows.first + rows.count; b++)
        augment_row(&t->settings, trainer_row(t, batch, b), from + b * width, to + b * width,
                    width);
    magnitudes_compress(config, transposes ? to + at : from + at, to + at, rows.count * width);
    if (config->gain_shape)
        gain_split(to + at, width, rows.count, t->gain + rows.first);
}

/* Loud rows weigh more, up to three times the data's RMS; all errors are relative to it. */
static void weigh_rows(const lts_trainer *t, nn_range rows)
{
    const double rms = t->settings.data_rms, most = 3;
    for (size_t b = rows.first; t->weight && b < rows.first + rows.count; b++)
        t->weight[b] =
            (float)(t->gain ? pow(fmin((double)t->gain[b] / rms, most), t->settings.level_weight)
                            : 1 / (rms * rms));
}

void trainer_prepare(const lts_trainer *t, const lts_batch *batch, bool training, nn_range rows)
{
    if (t->x)
        compress_rows(t, batch, training, batch->x, t->x, t->inputs, rows);
    if (t->target && batch->target)
        compress_rows(t, batch, training, batch->target, t->target, t->outputs, rows);
    weigh_rows(t, rows);
}
