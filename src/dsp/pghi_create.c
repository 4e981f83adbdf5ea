#include "dsp/pghi.h"

#include <math.h>

/* The loudest M, and the loudest M / sqrt(l_k). */
static void find_loudest(pghi *p)
{
    const size_t bins = p->cqt->bins;
    float loudest = 0, loudest_scaled = 0;
    for (size_t t = 0; t < p->frames; t++) {
        const float *row = p->magnitudes + t * bins;
        for (size_t k = 0; k < bins; k++) {
            float scaled = row[k] * p->scaling[k];
            loudest = row[k] > loudest ? row[k] : loudest;
            loudest_scaled = scaled > loudest_scaled ? scaled : loudest_scaled;
        }
    }
    p->loudest = loudest * p->scale;
    p->least = 1e-7f * loudest_scaled;
}

static lts_status create_cells(pghi *p, lts_error *err)
{
    const lts_cqt *cqt = p->cqt;
    size_t octaves = (size_t)cqt->config.octaves, largest = 1, width = p->stride + 1;
    for (size_t o = 0; o < octaves; o++)
        if (cqt->octave[o].step > largest)
            largest = cqt->octave[o].step;
    p->chunk = (PGHI_CHUNK + largest - 1) / largest * largest;
    p->margin = p->longest + largest;
    p->cells = p->stride;
    for (size_t o = 0; o < octaves; o++)
        p->cells += (p->chunk / cqt->octave[o].step + 2) * p->stride;
    if (p->cells > UINT32_MAX)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "phase: %zu cells a chunk: choose a larger hop or fewer bins", p->cells);
    const struct {
        void *array;
        size_t count, size;
    } arrays[] = {
        {&p->base, octaves, sizeof *p->base},
        {&p->rows, octaves, sizeof *p->rows},
        {&p->level, (p->chunk + 2 * p->margin) * cqt->bins, sizeof *p->level},
        {&p->row_level, width, sizeof *p->row_level},
        {&p->row_sum, width, sizeof *p->row_sum},
        {&p->row_difference, width, sizeof *p->row_difference},
        {&p->deviation, p->cells, sizeof *p->deviation},
        {&p->delay, p->cells, sizeof *p->delay},
        {&p->phase, p->cells, sizeof *p->phase},
        {&p->ahead, p->cells, sizeof *p->ahead},
        {&p->above, p->cells, sizeof *p->above},
        {&p->mark, p->cells, sizeof *p->mark},
        {&p->order, p->cells, sizeof *p->order},
        {&p->queue, p->cells, sizeof *p->queue},
    };
    lts_status status = LTS_OK;
    for (size_t i = 0; status == LTS_OK && i < sizeof arrays / sizeof *arrays; i++)
        status = lts_alloc_checked(arrays[i].array, arrays[i].count, arrays[i].size,
                                   "the phase gradient", err);
    for (size_t o = 0, cell = p->stride; status == LTS_OK && o < octaves; o++) {
        p->base[o] = cell;
        cell += (p->chunk / cqt->octave[o].step + 2) * p->stride;
    }
    return status;
}

lts_status pghi_create(const lts_cqt *cqt, const float *magnitudes, size_t frames, float scale,
                       uint64_t seed, pghi **out, lts_error *err)
{
    pghi *p = NULL;
    *out = NULL;
    lts_status status = lts_alloc_checked(&p, 1, sizeof *p, "the phase gradient", err);
    if (status != LTS_OK)
        return status;
    p->cqt = cqt;
    p->magnitudes = magnitudes;
    p->frames = frames;
    p->scale = scale;
    p->stride = (size_t)cqt->config.bins_per_octave + 2;
    lts_rng_seed(&p->rng, seed, 0);
    status = lts_alloc_checked(&p->scaling, cqt->bins, sizeof(float), "the phase gradient", err);
    if (status == LTS_OK) {
        for (size_t k = 0; k < cqt->bins; k++)
            p->scaling[k] = (float)(scale / sqrt(cqt->bin[k].length));
        find_loudest(p);
        status = pghi_columns_create(p, err);
    }
    if (status == LTS_OK)
        status = create_cells(p, err);
    if (status == LTS_OK)
        *out = p;
    else
        pghi_destroy(p);
    return status;
}

void pghi_destroy(pghi *p)
{
    if (!p)
        return;
    void *const arrays[] = {p->columns,   p->column_floats, p->column_turns,   p->column_counts,
                            p->scaling,   p->base,          p->rows,           p->level,
                            p->row_level, p->row_sum,       p->row_difference, p->deviation,
                            p->delay,     p->phase,         p->ahead,          p->above,
                            p->mark,      p->order,         p->queue};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        lts_free(arrays[i]);
    lts_free(p);
}
