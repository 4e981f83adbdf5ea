#include "dsp/phase/pghi.h"

#include <math.h>

/* Sets the scales and levels that depend on the largest magnitudes. */
static void set_levels(pghi *p, const float *loudest)
{
    for (size_t k = 0; k < p->cqt->bins; k++) {
        double scaling = (double)p->scale / sqrt(p->cqt->bin[k].length);
        float scaled = loudest[k] * (float)scaling;
        p->scaling[k] = (float)scaling;
        p->loudest = fmaxf(p->loudest, loudest[k] * p->scale);
        p->least = fmaxf(p->least, 1e-5f * scaled);
    }
}

static lts_status create_cells(pghi *p, lts_error *err)
{
    const lts_cqt *cqt = p->cqt;
    size_t octaves = (size_t)cqt->config.octaves, largest = 1, width = p->stride + 1;
    for (size_t o = 0; o < octaves; o++)
        if (cqt->octave[o].step > largest)
            largest = cqt->octave[o].step;
    p->chunk = p->frames < PGHI_CHUNK ? p->frames : PGHI_CHUNK;
    p->chunk = (p->chunk + largest - 1) / largest * largest;
    p->largest = largest;
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
        {&p->loudness, p->cells, sizeof *p->loudness},
        {&p->state, p->cells, sizeof *p->state},
        {&p->final_level, p->cells, sizeof *p->final_level},
        {&p->order, p->cells, sizeof *p->order},
        {&p->queue, p->cells, sizeof *p->queue},
    };
    lts_status status = LTS_OK;
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        status = lts_alloc_checked(arrays[i].array, arrays[i].count, arrays[i].size,
                                   "the phase gradient", err);
        if (status != LTS_OK)
            return status;
    }
    for (int level = 1; level < PGHI_LEVELS; level++)
        p->amplitude[level] = exp2f((float)(level + 1 - PGHI_LEVELS) / PGHI_LEVELS_AN_OCTAVE);
    for (size_t o = 0, cell = p->stride; o < octaves; o++) {
        p->base[o] = cell;
        cell += (p->chunk / cqt->octave[o].step + 2) * p->stride;
    }
    return status;
}

lts_status pghi_create(const lts_cqt *cqt, const float *magnitudes, size_t frames,
                       const float *loudest, float scale, uint64_t seed, pghi **out, lts_error *err)
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
    double ratio = exp2(1.0 / cqt->config.bins_per_octave);
    p->skew = (float)(cqt_quality(&cqt->config) * (ratio + 1 / ratio - 2) / 2);
    p->stride = (size_t)cqt->config.bins_per_octave + 2;
    lts_rng_seed(&p->rng, seed, 0);
    status = lts_alloc_checked(&p->scaling, cqt->bins, sizeof(float), "the phase gradient", err);
    if (status != LTS_OK)
        goto done;
    set_levels(p, loudest);
    status = pghi_columns_create(p, err);
    if (status != LTS_OK)
        goto done;
    status = create_cells(p, err);
    if (status != LTS_OK)
        goto done;
    *out = p;
    p = NULL;
done:
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
                            p->loudness,  p->state,         p->final_level,    p->order,
                            p->queue};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        lts_free(arrays[i]);
    lts_free(p);
}
