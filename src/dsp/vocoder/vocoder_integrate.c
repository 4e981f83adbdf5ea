#include "dsp/vocoder/vocoder.h"

#include <string.h>

enum { NONE = UINT32_MAX };

/* A list of cells for each level, the latest first; cell k is the past's, bins + k now's. */
typedef struct queue {
    uint32_t first[VOCODER_LEVELS];
    unsigned highest; /* no list above it holds anything */
    uint32_t *next;
} queue;

typedef enum state { OPEN, QUEUED, SETTLED } state;

static inline void put(queue *q, uint32_t cell, unsigned level)
{
    q->next[cell] = q->first[level];
    q->first[level] = cell;
    q->highest = level > q->highest ? level : q->highest;
}

/* Gives an open cell of now its first phase. */
static inline void reach(lts_vocoder *v, queue *q, size_t k, turns phase)
{
    if (v->settled[k] != OPEN)
        return;
    v->settled[k] = QUEUED;
    v->now.phase[k] = phase;
    put(q, (uint32_t)(v->bins + k), v->now.loudness[k]);
}

/* Where a bin's own past takes it. */
static inline turns carried(const lts_vocoder *v, size_t k)
{
    return v->past.phase[k] + v->step[k] * (turns)v->hop;
}

/* A sum of what neighbours say of a phase: their distances from `from`, weighted. */
typedef struct opinion {
    turns from;
    float weight, sum;
} opinion;

static inline void hear(opinion *o, float weight, turns word)
{
    o->weight += weight;
    o->sum += weight * (float)(int32_t)(word - o->from);
}

/* Settles on the mean of what the bin's own past and its settled neighbours say, the louder ones
 * the more. The past counts for more where the filter is long: there the frequency tells a hop's
 * advance more surely than the delay tells the distance between bins. */
static inline turns settle(lts_vocoder *v, size_t k)
{
    const float *amplitude = v->now.amplitude;
    opinion o = {.from = v->now.phase[k], .weight = 1e-30f};
    if (v->past.loudness[k])
        hear(&o, v->past.amplitude[k] * v->inertia[k], carried(v, k));
    if (k > 0 && v->settled[k - 1] == SETTLED)
        hear(&o, amplitude[k - 1], v->now.phase[k - 1] + v->above[k - 1]);
    if (k + 1 < v->bins && v->settled[k + 1] == SETTLED)
        hear(&o, amplitude[k + 1], v->now.phase[k + 1] - v->above[k]);
    v->settled[k] = SETTLED;
    /* Half a turn, rounded to a float, would not fit the integer. */
    return v->now.phase[k] = o.from + (turns)(int32_t)(0.999999f * o.sum / o.weight);
}

static void spread_all(lts_vocoder *v, queue *q)
{
    for (;;) {
        while (q->highest > 0 && q->first[q->highest] == NONE)
            q->highest--;
        if (q->highest == 0)
            return;
        uint32_t cell = q->first[q->highest];
        q->first[q->highest] = q->next[cell];
        if (cell < v->bins) {
            reach(v, q, cell, carried(v, cell));
            continue;
        }
        size_t k = cell - v->bins;
        turns phase = settle(v, k);
        if (k > 0)
            reach(v, q, k - 1, phase - v->above[k - 1]);
        if (k + 1 < v->bins)
            reach(v, q, k + 1, phase + v->above[k]);
    }
}

/* What was silent waits until everything louder has had its say; then its loudest cell begins. */
void vocoder_integrate(lts_vocoder *v)
{
    queue q = {.next = v->next};
    memset(q.first, 0xff, sizeof q.first);
    for (size_t k = 0; k < v->bins; k++) {
        const unsigned past = v->past.loudness[k], now = v->now.loudness[k];
        v->settled[k] = now ? OPEN : SETTLED;
        v->now.phase[k] = carried(v, k);
        if (past)
            put(&q, (uint32_t)k, past);
        else if (now)
            put(&q, (uint32_t)k, now / 8 + 1);
    }
    spread_all(v, &q);
}
