#include "dsp/vocoder/vocoder.h"

#include <string.h>

enum { NONE = UINT32_MAX };

/* A list of cells for each level, the latest first. Cell k is bin k of the frame before, cell
 * bins + k is bin k of this frame. */
typedef struct queue {
    uint32_t first[VOCODER_LEVELS];
    unsigned highest; /* all lists above it are empty */
    uint32_t *next;
} queue;

typedef enum state { OPEN, QUEUED, FINAL } state;

static inline void put(queue *q, uint32_t cell, unsigned level)
{
    q->next[cell] = q->first[level];
    q->first[level] = cell;
    q->highest = level > q->highest ? level : q->highest;
}

/* Assigns an open cell of now its first phase and puts it in the queue. */
static inline void enqueue(lts_vocoder *v, queue *q, size_t k, turns phase)
{
    if (v->state[k] != OPEN)
        return;
    v->state[k] = QUEUED;
    v->now.phase[k] = phase;
    put(q, (uint32_t)(v->bins + k), v->now.loudness[k]);
}

/* The bin's phase from its own past: phi(t, k) = phi(t - 1, k) + hop step(k). */
static inline turns from_past(const lts_vocoder *v, size_t k)
{
    return v->past.phase[k] + v->step[k] * (turns)v->hop;
}

/* A weighted mean of phases, taken over their distances from `first` because they wrap. */
typedef struct phase_mean {
    turns first;
    float weight, sum;
} phase_mean;

static inline void add_estimate(phase_mean *mean, float weight, turns estimate)
{
    mean->weight += weight;
    mean->sum += weight * (float)(int32_t)(estimate - mean->first);
}

/* Assigns a bin its final phase: the mean, weighted by amplitude, of the estimates from its own
 * past and from its neighbours with final phases, phi(t, k + 1) = phi(t, k) + above(k). The past
 * weighs more where the filter is long: there the frequency gives a hop's advance more surely than
 * the delay gives the step between bins. */
static inline turns assign(lts_vocoder *v, size_t k)
{
    const float *amplitude = v->now.amplitude;
    phase_mean mean = {.first = v->now.phase[k], .weight = 1e-30f};
    if (v->past.loudness[k])
        add_estimate(&mean, v->past.amplitude[k] * v->inertia[k], from_past(v, k));
    if (k > 0 && v->state[k - 1] == FINAL)
        add_estimate(&mean, amplitude[k - 1], v->now.phase[k - 1] + v->above[k - 1]);
    if (k + 1 < v->bins && v->state[k + 1] == FINAL)
        add_estimate(&mean, amplitude[k + 1], v->now.phase[k + 1] - v->above[k]);
    v->state[k] = FINAL;
    /* Half a turn, rounded to a float, would not fit the integer. */
    return v->now.phase[k] = mean.first + (turns)(int32_t)(0.999999f * mean.sum / mean.weight);
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
            enqueue(v, q, cell, from_past(v, cell));
            continue;
        }
        size_t k = cell - v->bins;
        turns phase = assign(v, k);
        if (k > 0)
            enqueue(v, q, k - 1, phase - v->above[k - 1]);
        if (k + 1 < v->bins)
            enqueue(v, q, k + 1, phase + v->above[k]);
    }
}

/* A bin that was silent in the frame before has no past to continue: it enters the queue at a low
 * level, keeps its drawn phase when no louder neighbour reaches it first, and spreads from there.
 */
void vocoder_integrate(lts_vocoder *v)
{
    queue q = {.next = v->next};
    memset(q.first, 0xff, sizeof q.first);
    for (size_t k = 0; k < v->bins; k++) {
        const unsigned past = v->past.loudness[k], now = v->now.loudness[k];
        v->state[k] = now ? OPEN : FINAL;
        v->now.phase[k] = from_past(v, k);
        if (past)
            put(&q, (uint32_t)k, past);
        else if (now)
            put(&q, (uint32_t)k, now / 8 + 1);
    }
    spread_all(v, &q);
}
