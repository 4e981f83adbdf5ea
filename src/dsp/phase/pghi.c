#include "dsp/phase/pghi.h"

#include <string.h>

/* A stack of cells for each level, so that of equally loud cells the latest is taken first. */
typedef struct levels {
    uint32_t top[PGHI_LEVELS];   /* end of each stack within `queue` */
    uint32_t start[PGHI_LEVELS]; /* its beginning */
    unsigned highest;            /* all stacks above it are empty */
} levels;

/* Assigns an open cell its first phase and puts it in the queue. */
static inline void enqueue(pghi *p, levels *q, uint32_t cell, turns phase)
{
    const unsigned level = p->loudness[cell];
    p->phase[cell] = phase;
    p->state[cell] = PGHI_CLOSED;
    p->queue[q->top[level]++] = cell;
    q->highest = level > q->highest ? level : q->highest;
}

static size_t octave_of(const pghi *p, uint32_t cell)
{
    size_t o = (size_t)p->cqt->config.octaves - 1;
    while (p->base[o] > cell)
        o--;
    return o;
}

/* The cell of the octave above, or below, that the link beside `cell` stands for. */
static uint32_t linked_above(const pghi *p, uint32_t cell)
{
    size_t o = octave_of(p, cell), row = (cell - p->base[o]) / p->stride;
    size_t ratio = p->cqt->octave[o].step / p->cqt->octave[o - 1].step;
    return (uint32_t)(p->base[o - 1] + ((row - 1) * ratio + 1) * p->stride + 1);
}

static uint32_t linked_below(const pghi *p, uint32_t cell)
{
    size_t o = octave_of(p, cell), row = (cell - p->base[o]) / p->stride;
    size_t ratio = p->cqt->octave[o + 1].step / p->cqt->octave[o].step;
    return (uint32_t)(p->base[o + 1] + ((row - 1) / ratio + 1) * p->stride + p->stride - 2);
}

/* A weighted mean of phases, taken over their distances from `first` because they wrap. */
typedef struct phase_mean {
    turns first;
    float weight, sum;
} phase_mean;

/* Adds the estimate that a neighbour gives, weighted by its amplitude; a neighbour without a final
 * phase has weight 0 (amplitude[0] is 0). */
static inline void add_estimate(const pghi *p, phase_mean *mean, uint32_t neighbour, turns estimate)
{
    const float weight = p->amplitude[p->final_level[neighbour]];
    mean->weight += weight;
    mean->sum += weight * (float)(int32_t)(estimate - mean->first);
}

/* Assigns a cell its final phase: the mean of the estimates of all neighbours that have theirs.
 * From the gradient, integrated by the trapezoid rule over one frame or one bin, phi(t + 1, k) =
 * phi(t, k) + ahead(t, k),  phi(t, k + 1) = phi(t, k) + above(t, k). Different paths to a cell have
 * different errors, which the mean evens out. */
static inline turns assign(pghi *p, uint32_t cell)
{
    const uint32_t later = cell + (uint32_t)p->stride, earlier = cell - (uint32_t)p->stride;
    phase_mean mean = {.first = p->phase[cell], .weight = 1e-30f};
    add_estimate(p, &mean, earlier, p->phase[earlier] + p->ahead[earlier]);
    add_estimate(p, &mean, later, p->phase[later] - p->ahead[cell]);
    add_estimate(p, &mean, cell - 1, p->phase[cell - 1] + p->above[cell - 1]);
    add_estimate(p, &mean, cell + 1, p->phase[cell + 1] - p->above[cell]);
    if (p->state[cell + 1] == PGHI_LINK) {
        uint32_t other = linked_above(p, cell);
        add_estimate(p, &mean, other, p->phase[other] - p->above[other - 1]);
    }
    if (p->state[cell - 1] == PGHI_LINK) {
        uint32_t other = linked_below(p, cell);
        add_estimate(p, &mean, other, p->phase[other] + p->above[cell - 1]);
    }
    /* Half a turn, rounded to a float, would not fit the integer. */
    p->phase[cell] = mean.first + (turns)(int32_t)(0.999999f * mean.sum / mean.weight);
    p->final_level[cell] = p->loudness[cell];
    return p->phase[cell];
}

static inline void spread_to_neighbours(pghi *p, levels *q, uint32_t cell, turns phase)
{
    const uint32_t stride = (uint32_t)p->stride;
    if (p->state[cell + stride] == PGHI_OPEN)
        enqueue(p, q, cell + stride, phase + p->ahead[cell]);
    if (p->state[cell - stride] == PGHI_OPEN)
        enqueue(p, q, cell - stride, phase - p->ahead[cell - stride]);
    if (p->state[cell + 1] == PGHI_OPEN)
        enqueue(p, q, cell + 1, phase + p->above[cell]);
    if (p->state[cell - 1] == PGHI_OPEN)
        enqueue(p, q, cell - 1, phase - p->above[cell - 1]);
    if (p->state[cell + 1] == PGHI_LINK) {
        uint32_t other = linked_above(p, cell);
        if (p->state[other] == PGHI_OPEN)
            enqueue(p, q, other, phase + p->above[other - 1]);
    }
    if (p->state[cell - 1] == PGHI_LINK) {
        uint32_t other = linked_below(p, cell);
        if (p->state[other] == PGHI_OPEN)
            enqueue(p, q, other, phase - p->above[cell - 1]);
    }
}

static void spread_all(pghi *p, levels *q)
{
    for (;;) {
        while (q->highest > 0 && q->top[q->highest] == q->start[q->highest])
            q->highest--;
        if (q->highest == 0)
            return;
        uint32_t cell = p->queue[--q->top[q->highest]];
        spread_to_neighbours(p, q, cell, p->final_level[cell] ? p->phase[cell] : assign(p, cell));
    }
}

/* Lays the stacks out and sorts the open cells by level; returns how many there are. */
static size_t sort_cells(pghi *p, levels *q)
{
    uint32_t count[PGHI_LEVELS + 1] = {0}, place[PGHI_LEVELS];
    const size_t octaves = (size_t)p->cqt->config.octaves, b = p->stride - 2;
    for (size_t o = 0; o < octaves; o++)
        for (size_t i = 0; i < p->rows[o]; i++)
            for (size_t j = 1; j <= b; j++)
                count[p->loudness[p->base[o] + i * p->stride + j]]++;
    count[0] = 0;
    uint32_t sum = 0;
    for (size_t level = PGHI_LEVELS; level-- > 0;) {
        q->start[level] = q->top[level] = place[level] = sum;
        sum += count[level];
    }
    for (size_t o = 0; o < octaves; o++)
        for (size_t i = 0; i < p->rows[o]; i++)
            for (size_t j = 1; j <= b; j++) {
                size_t cell = p->base[o] + i * p->stride + j;
                if (p->state[cell] == PGHI_OPEN)
                    p->order[place[p->loudness[cell]]++] = (uint32_t)cell;
                else if (i > 0)
                    p->phase[cell] = (turns)(lts_rng_next(&p->rng) >> 32);
            }
    return sum;
}

/* Row 0 is the last row of the chunk before; the integration goes on from its final phases. */
static void start_from_last_row(pghi *p, levels *q)
{
    for (size_t o = 0; p->started && o < (size_t)p->cqt->config.octaves; o++)
        for (size_t j = 1; j + 1 < p->stride; j++) {
            size_t cell = p->base[o] + j;
            if (p->state[cell] == PGHI_OPEN) {
                enqueue(p, q, (uint32_t)cell, p->phase[cell]);
                p->final_level[cell] = p->loudness[cell];
            }
        }
}

/* Known phases are final: the integration starts from them too, and does not change them. */
static void start_from_known(pghi *p, levels *q, size_t begin, const pghi_known *known)
{
    const turns *phase = known->phase;
    for (size_t o = 0; o < (size_t)p->cqt->config.octaves; o++) {
        const size_t step = p->cqt->octave[o].step, b = p->stride - 2;
        const size_t kept = (known->count + step - 1) / step;
        for (size_t i = 1; i < p->rows[o]; i++) {
            const size_t t = begin + (i - 1) * step, row = (t - known->begin) / step;
            for (size_t j = 1; (t < known->front || t >= known->back) && j <= b; j++) {
                const size_t cell = p->base[o] + i * p->stride + j;
                const turns given = phase[(j - 1) * kept + row];
                if (p->state[cell] == PGHI_OPEN)
                    enqueue(p, q, (uint32_t)cell, given);
                p->phase[cell] = given;
                p->final_level[cell] = p->loudness[cell];
            }
        }
        phase += kept * b;
    }
}

static void keep_last_row(pghi *p)
{
    for (size_t o = 0; o < (size_t)p->cqt->config.octaves; o++) {
        turns *row = p->phase + p->base[o];
        memcpy(row, row + (p->rows[o] - 1) * p->stride, p->stride * sizeof *row);
    }
}

void pghi_integrate(pghi *p, size_t begin, size_t count, const pghi_known *known)
{
    levels q = {.highest = 0};
    if (p->started)
        keep_last_row(p);
    pghi_gradient(p, begin, count);
    size_t open = sort_cells(p, &q);
    start_from_last_row(p, &q);
    start_from_known(p, &q, begin, known);
    spread_all(p, &q);
    for (size_t i = 0; i < open; i++) {
        uint32_t cell = p->order[i];
        if (p->state[cell] != PGHI_OPEN)
            continue;
        enqueue(p, &q, cell, (turns)(lts_rng_next(&p->rng) >> 32));
        spread_all(p, &q);
    }
    p->started = true;
}
