#include "dsp/pghi.h"

#include <string.h>

/* Stacks of cells, one a level: of equally loud cells the latest is taken first. */
typedef struct levels {
    uint32_t top[PGHI_LEVELS];   /* end of each stack within `queue` */
    uint32_t start[PGHI_LEVELS]; /* its beginning */
    unsigned highest;            /* no stack above it holds anything */
} levels;

static inline void push(pghi *p, levels *q, uint32_t cell, unsigned level)
{
    p->queue[q->top[level]++] = cell;
    if (level > q->highest)
        q->highest = level;
}

/* Gives an open cell its phase; marks tell whether it is open. */
static inline void reach(pghi *p, levels *q, uint32_t cell, turns phase)
{
    unsigned level = p->mark[cell];
    p->phase[cell] = phase;
    p->mark[cell] = 0;
    push(p, q, cell, level);
}

static size_t octave_of(const pghi *p, uint32_t cell)
{
    size_t o = (size_t)p->cqt->config.octaves - 1;
    while (p->base[o] > cell)
        o--;
    return o;
}

/* From the octave's top bin to the bin above, in the octave above. */
static void cross_up(pghi *p, levels *q, uint32_t cell)
{
    size_t o = octave_of(p, cell), row = (cell - p->base[o]) / p->stride;
    size_t ratio = p->cqt->octave[o].step / p->cqt->octave[o - 1].step;
    size_t other = p->base[o - 1] + ((row - 1) * ratio + 1) * p->stride + 1;
    if (p->mark[other])
        reach(p, q, (uint32_t)other, p->phase[cell] + p->above[other - 1]);
}

static void cross_down(pghi *p, levels *q, uint32_t cell)
{
    size_t o = octave_of(p, cell), row = (cell - p->base[o]) / p->stride;
    size_t ratio = p->cqt->octave[o + 1].step / p->cqt->octave[o].step;
    size_t other = p->base[o + 1] + ((row - 1) / ratio + 1) * p->stride + p->stride - 2;
    if (p->mark[other])
        reach(p, q, (uint32_t)other, p->phase[cell] - p->above[cell - 1]);
}

static inline void spread(pghi *p, levels *q, uint32_t cell)
{
    const uint32_t stride = (uint32_t)p->stride;
    const turns phase = p->phase[cell];
    if (p->mark[cell + stride])
        reach(p, q, cell + stride, phase + p->ahead[cell]);
    if (p->mark[cell - stride])
        reach(p, q, cell - stride, phase - p->ahead[cell - stride]);
    if (p->mark[cell + 1]) {
        if (p->mark[cell + 1] != PGHI_LINK)
            reach(p, q, cell + 1, phase + p->above[cell]);
        else
            cross_up(p, q, cell);
    }
    if (p->mark[cell - 1]) {
        if (p->mark[cell - 1] != PGHI_LINK)
            reach(p, q, cell - 1, phase - p->above[cell - 1]);
        else
            cross_down(p, q, cell);
    }
}

static void spread_all(pghi *p, levels *q)
{
    for (;;) {
        while (q->highest > 0 && q->top[q->highest] == q->start[q->highest])
            q->highest--;
        if (q->highest == 0)
            return;
        spread(p, q, p->queue[--q->top[q->highest]]);
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
                count[p->mark[p->base[o] + i * p->stride + j]]++;
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
                if (p->mark[cell])
                    p->order[place[p->mark[cell]]++] = (uint32_t)cell;
                else if (i > 0)
                    p->phase[cell] = (turns)(lts_rng_next(&p->rng) >> 32);
            }
    return sum;
}

/* Row 0: the last row of the chunk before, whose cells lead on into this one. */
static void enter(pghi *p, levels *q)
{
    for (size_t o = 0; p->started && o < (size_t)p->cqt->config.octaves; o++)
        for (size_t j = 1; j + 1 < p->stride; j++) {
            size_t cell = p->base[o] + j;
            if (p->mark[cell])
                reach(p, q, (uint32_t)cell, p->phase[cell]);
        }
}

static void keep_last_row(pghi *p)
{
    for (size_t o = 0; o < (size_t)p->cqt->config.octaves; o++) {
        turns *row = p->phase + p->base[o];
        memcpy(row, row + (p->rows[o] - 1) * p->stride, p->stride * sizeof *row);
    }
}

void pghi_integrate(pghi *p, size_t begin, size_t count)
{
    levels q = {.highest = 0};
    if (p->started)
        keep_last_row(p);
    pghi_gradient(p, begin, count);
    size_t open = sort_cells(p, &q);
    enter(p, &q);
    spread_all(p, &q);
    for (size_t i = 0; i < open; i++) {
        uint32_t cell = p->order[i];
        if (!p->mark[cell])
            continue;
        reach(p, &q, cell, (turns)(lts_rng_next(&p->rng) >> 32));
        spread_all(p, &q);
    }
    p->started = true;
}
