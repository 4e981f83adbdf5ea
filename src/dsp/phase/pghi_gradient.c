#include "dsp/phase/pghi.h"

#include <math.h>
#include <string.h>

LTS_CLONES static void row_levels(const float *restrict magnitudes, const float *restrict scaling,
                                  float least, float *restrict level, size_t bins)
{
    for (size_t k = 0; k < bins; k++)
        level[k] = approx_log2(magnitudes[k] * scaling[k] + least);
}

void pghi_levels(const pghi *p, size_t first, size_t end, float *level)
{
    size_t bins = p->cqt->bins;
    for (size_t t = first; t < end; t++)
        row_levels(p->magnitudes + t * bins, p->scaling, p->least, level + (t - first) * bins,
                   bins);
}

LTS_CLONES static void add_neighbours(const float *restrict later, const float *restrict earlier,
                                      float distance, float *restrict sum,
                                      float *restrict difference, size_t count)
{
    for (size_t c = 0; c < count; c++) {
        sum[c] += later[c] + earlier[c];
        difference[c] += distance * (later[c] - earlier[c]);
    }
}

/* delta, the sinusoid's distance from f_k in bins, from d, half the difference of ln M over the two
 * neighbouring bins. The Hann window's response at v bins is sinc(v) / (1 - v^2), so with
 * R = e^{2d} its ratio at v = delta +- 1 gives (1-R) delta^2 + 3 (1+R) delta + 2 (1-R) = 0. The
 * bins above lie `skew` less than 1 away and those below as much more, which shifts delta by skew
 * (1 + 2 tanh^2 d), to within a tenth of that. */
LTS_CLONES static void deviations(const float *restrict level, float skew,
                                  float *restrict deviation, size_t count)
{
    const float half_ln2 = 0.34657359f;
    for (size_t i = 0; i < count; i++) {
        float h = approx_tanh(half_ln2 * (level[i + 2] - level[i]));
        deviation[i] = 4 * h / (3 + sqrtf(9 - 8 * h * h)) - skew * (1 + 2 * h * h);
    }
}

/* How far the energy lies behind the frame, in samples: a Hann window cos^2(pi u / l) over an
 * impulse has the logarithmic slope -(2 pi / l) tan(pi u / l) at distance u. */
LTS_CLONES static void delays(const pghi_columns *columns, const float *restrict difference,
                              float *restrict delay, size_t count)
{
    for (size_t j = 0; j < count; j++)
        delay[j] = columns->width[j + 1] * approx_atan(columns->slope[j + 1] * difference[j + 1]);
}

LTS_CLONES static void smooth(const pghi_columns *columns, const float *restrict now,
                              const float *restrict sum, float *restrict level, size_t from,
                              size_t to)
{
    for (size_t c = from; c < to; c++)
        level[c] = columns->centre[c] * now[c - from] + columns->sides[c] * sum[c];
}

LTS_CLONES static void sort_levels(const pghi_columns *columns, const float *restrict now,
                                   uint8_t *restrict loudness, uint8_t *restrict state, size_t b)
{
    for (size_t j = 0; j < b; j++) {
        float level = PGHI_LEVELS - 1 + PGHI_LEVELS_AN_OCTAVE * (now[j] + columns->loudness[j + 2]);
        int index = (int)(level > 0 ? level : 0);
        loudness[j] = (uint8_t)(index < PGHI_LEVELS ? index : PGHI_LEVELS - 1);
        state[j] = loudness[j] ? PGHI_OPEN : PGHI_CLOSED;
    }
}

/* Deviation, delay, loudness and state of one row. `first` is the frame at p->level's row 0. */
static void fill_row(pghi *p, size_t o, size_t t, size_t first, size_t cell)
{
    const pghi_columns *columns = &p->columns[o];
    const cqt_octave *octave = &p->cqt->octave[o];
    const size_t bins = p->cqt->bins, b = p->stride - 2, last = p->frames - 1;
    const size_t from = octave->first_bin < 2 ? 2 - octave->first_bin : 0;
    const size_t to = octave->first_bin + b < bins ? b + 3 : b + 2;
    const float *now = p->level + (t - first) * bins + octave->first_bin + from - 2;
    memset(p->row_sum, 0, (b + 3) * sizeof(float));
    memset(p->row_difference, 0, (b + 3) * sizeof(float));
    for (size_t n = 1; n <= columns->longest; n++) {
        size_t later = t + n < last ? t + n : last, earlier = t > n ? t - n : 0;
        size_t end = columns->reaching[n];
        add_neighbours(now + (later - t) * bins, now - (t - earlier) * bins, (float)n,
                       p->row_sum + from, p->row_difference + from, end > from ? end - from : 0);
    }
    smooth(columns, now, p->row_sum, p->row_level, from, to);
    /* Beyond the lowest and the highest bin the level is extrapolated in a straight line. */
    if (from > 0)
        p->row_level[from - 1] = 2 * p->row_level[from] - p->row_level[from + 1];
    if (to < b + 3)
        p->row_level[to] = 2 * p->row_level[to - 1] - p->row_level[to - 2];
    deviations(p->row_level, p->skew, p->deviation + cell, b + 1);
    delays(columns, p->row_difference, p->delay + cell, b + 1);
    sort_levels(columns, now + 2 - from, p->loudness + cell + 1, p->state + cell + 1, b);
}

LTS_CLONES static void steps_ahead(const pghi_columns *columns, const float *restrict now,
                                   const float *restrict next, turns *restrict ahead, size_t count)
{
    for (size_t j = 0; j < count; j++)
        ahead[j] =
            columns->carrier[j + 1] + turns_from(columns->advance[j + 1] * (now[j] + next[j]));
}

LTS_CLONES static void steps_above(const pghi_columns *columns, const float *restrict delay,
                                   turns *restrict above, size_t count)
{
    for (size_t j = 0; j < count; j++)
        above[j] = columns->crossing[j + 1] +
                   turns_from(columns->climb[j + 1] * (delay[j] + delay[j + 1]));
}

/* Closes the rows that do not exist, and links the octave's edges where the other has a row. */
static void close_edges(pghi *p, size_t o)
{
    const lts_cqt *cqt = p->cqt;
    const size_t b = p->stride - 2, base = p->base[o];
    const bool lowest = o + 1 == (size_t)cqt->config.octaves;
    const size_t ratio = lowest ? 1 : cqt->octave[o + 1].step / cqt->octave[o].step;
    memset(p->final_level + base - p->stride, 0, (p->rows[o] + 2) * p->stride);
    memset(p->state + base - p->stride, PGHI_CLOSED, p->stride);
    memset(p->state + base + p->rows[o] * p->stride, PGHI_CLOSED, p->stride);
    if (!p->started)
        memset(p->state + base, PGHI_CLOSED, p->stride);
    for (size_t i = 0; i < p->rows[o]; i++) {
        uint8_t *state = p->state + base + i * p->stride;
        state[0] = !lowest && i > 0 && (i - 1) % ratio == 0 ? PGHI_LINK : PGHI_CLOSED;
        state[b + 1] = o > 0 && i > 0 ? PGHI_LINK : PGHI_CLOSED;
    }
}

void pghi_gradient(pghi *p, size_t begin, size_t count)
{
    const lts_cqt *cqt = p->cqt;
    size_t first = begin > p->margin ? begin - p->margin : 0;
    size_t end = begin + count + p->margin < p->frames ? begin + count + p->margin : p->frames;
    pghi_levels(p, first, end, p->level);
    for (size_t o = 0; o < (size_t)cqt->config.octaves; o++) {
        const pghi_columns *columns = &p->columns[o];
        size_t step = cqt->octave[o].step, b = p->stride - 2, cell = p->base[o];
        p->rows[o] = 1 + (count + step - 1) / step;
        for (size_t i = p->started ? 0 : 1; i < p->rows[o]; i++)
            fill_row(p, o, begin + i * step - step, first, cell + i * p->stride);
        for (size_t i = 0; i < p->rows[o]; i++) {
            size_t row = cell + i * p->stride;
            if (i + 1 < p->rows[o])
                steps_ahead(columns, p->deviation + row, p->deviation + row + p->stride,
                            p->ahead + row, b + 1);
            steps_above(columns, p->delay + row, p->above + row, b);
        }
        close_edges(p, o);
    }
}
