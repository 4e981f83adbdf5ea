#include "dsp/pghi.h"

#include <math.h>

/* Spans of the robust gradient: frames to either side, l_k / (16 hop). Slopes and means over them
 * average the independent errors of a generator's magnitudes, and are short enough beside the
 * filter to leave a sound's own changes alone. */
static size_t span_of(const pghi *p, double length)
{
    size_t most = p->frames > 2 ? (p->frames - 1) / 2 : 1;
    double span = rint(length / (16.0 * p->cqt->config.hop));
    size_t frames = span < 1 ? 1 : (size_t)span;
    return frames < most ? frames : most;
}

static turns fraction(double angle)
{
    return (turns)(int64_t)((angle - floor(angle)) * 4294967296.0);
}

/* The loudest M, and the loudest M / sqrt(l_k). */
static void find_loudest(const pghi *p, float *loudest, float *loudest_scaled)
{
    size_t bins = p->cqt->bins;
    *loudest = *loudest_scaled = 0;
    for (size_t t = 0; t < p->frames; t++) {
        const float *row = p->magnitudes + t * bins;
        for (size_t k = 0; k < bins; k++) {
            float scaled = row[k] * p->scaling[k];
            *loudest = row[k] > *loudest ? row[k] : *loudest;
            *loudest_scaled = scaled > *loudest_scaled ? scaled : *loudest_scaled;
        }
    }
}

/* `delay` is d phi / d omega = -0.0408 l^2 d ln M / dt, the Gaussian's law with the variance that
 * fits the Hann window; the slope over +-d frames is sum n (m_n - m_-n) / (d (d+1) (2d+1) / 3). */
static void fill_column(const pghi *p, size_t o, size_t c, size_t k, double loudest)
{
    const lts_cqt_config *config = &p->cqt->config;
    const cqt_bin *bin = &p->cqt->bin[k];
    pghi_columns *columns = &p->columns[o];
    double d = (double)span_of(p, bin->length), l = bin->length, hop = config->hop;
    double ahead = hop * (double)p->cqt->octave[o].step;
    double next = bin->frequency * exp2(1.0 / config->bins_per_octave);
    columns->centre[c] = (float)(d > 1 ? 1 / (2 * d + 1) : 1);
    columns->sides[c] = (float)(d > 1 ? 1 / (2 * d + 1) : 0);
    columns->slope[c] = (float)(-0.0408 * l * l * log(2) / hop / (d * (d + 1) * (2 * d + 1) / 3));
    columns->loudness[c] = (float)(log2(sqrt(l)) - log2(loudest));
    columns->advance[c] = (float)(ahead / l / 2);
    columns->climb[c] = (float)((next - bin->frequency) / config->sample_rate / 2);
    columns->carrier[c] = fraction(ahead * bin->frequency / config->sample_rate);
    /* The octave below is half a sample of its own rate later, twice the octave's half sample. */
    double middle = (bin->frequency + next) / 2 / config->sample_rate;
    columns->crossing[c] = c == 1 ? fraction(-middle * ldexp(0.5, (int)o)) : 0;
    for (size_t n = 0; n <= (size_t)d; n++)
        columns->reaching[n] = c + 1;
}

static lts_status create_columns(pghi *p, float loudest, lts_error *err)
{
    const lts_cqt *cqt = p->cqt;
    size_t b = (size_t)cqt->config.bins_per_octave, octaves = (size_t)cqt->config.octaves;
    size_t longest = span_of(p, cqt->bin[0].length), width = b + 3;
    size_t floats = 6 * width, each = (floats + 2 * width) * sizeof(float) +
                                      (longest + 1) * sizeof(size_t) + 2 * sizeof(size_t);
    each = each / sizeof(size_t) * sizeof(size_t);
    lts_status status =
        lts_alloc_checked(&p->columns, octaves, sizeof *p->columns, "the phase gradient", err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&p->column_storage, octaves, each, "the phase gradient", err);
    if (status != LTS_OK)
        return status;
    for (size_t o = 0; o < octaves; o++) {
        pghi_columns *columns = &p->columns[o];
        size_t first = cqt->octave[o].first_bin;
        columns->reaching = (size_t *)((char *)p->column_storage + o * each);
        columns->centre = (float *)(columns->reaching + longest + 1);
        columns->sides = columns->centre + width;
        columns->slope = columns->sides + width;
        columns->loudness = columns->slope + width;
        columns->advance = columns->loudness + width;
        columns->climb = columns->advance + width;
        columns->carrier = (turns *)(columns->climb + width);
        columns->crossing = columns->carrier + width;
        for (size_t c = 0; c < width; c++)
            if (first + c >= 2 && first + c - 2 < cqt->bins)
                fill_column(p, o, c, first + c - 2, loudest);
        columns->longest = longest;
        while (columns->longest > 0 && columns->reaching[columns->longest] == 0)
            columns->longest--;
    }
    return LTS_OK;
}

static lts_status create_cells(pghi *p, lts_error *err)
{
    const lts_cqt *cqt = p->cqt;
    size_t octaves = (size_t)cqt->config.octaves, largest = 1, width = p->stride + 1;
    for (size_t o = 0; o < octaves; o++)
        if (cqt->octave[o].step > largest)
            largest = cqt->octave[o].step;
    p->chunk = (PGHI_CHUNK + largest - 1) / largest * largest;
    p->margin = span_of(p, cqt->bin[0].length) + largest;
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
    p->stride = (size_t)cqt->config.bins_per_octave + 2;
    lts_rng_seed(&p->rng, seed, 0);
    status = lts_alloc_checked(&p->scaling, cqt->bins, sizeof(float), "the phase gradient", err);
    if (status == LTS_OK) {
        float loudest, loudest_scaled;
        for (size_t k = 0; k < cqt->bins; k++)
            p->scaling[k] = (float)(scale / sqrt(cqt->bin[k].length));
        find_loudest(p, &loudest, &loudest_scaled);
        p->least = 1e-7f * loudest_scaled;
        status = create_columns(p, loudest * scale, err);
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
    void *const arrays[] = {
        p->columns,   p->column_storage, p->scaling,        p->base,      p->rows,  p->level,
        p->row_level, p->row_sum,        p->row_difference, p->deviation, p->delay, p->phase,
        p->ahead,     p->above,          p->mark,           p->order,     p->queue};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        lts_free(arrays[i]);
    lts_free(p);
}
