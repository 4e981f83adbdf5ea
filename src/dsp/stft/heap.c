#include "dsp/stft/heap.h"

#include <math.h>
#include <string.h>

/* Cells of a chunk, some ten megabytes of them. */
enum { CHUNK_CELLS = 1 << 18, LEAST_CHUNK = 16 };

/* A stack of cells for each level, so that of equally loud cells the latest is taken first. */
typedef struct levels {
    uint32_t top[HEAP_LEVELS], start[HEAP_LEVELS];
    unsigned highest; /* all stacks above it are empty */
} levels;

lts_status stft_heap_create(const lts_stft *stft, const float *magnitudes, size_t frames,
                            size_t samples, float scale, uint64_t seed, stft_heap **out,
                            lts_error *err)
{
    static const char what[] = "the phase gradient";
    const size_t bins = stft->bins, most = CHUNK_CELLS / bins;
    stft_heap *heap = NULL;
    *out = NULL;
    lts_status status = lts_alloc_checked(&heap, 1, sizeof *heap, what, err);
    if (status != LTS_OK)
        return status;
    *heap = (stft_heap){.stft = stft,
                        .magnitudes = magnitudes,
                        .frames = frames,
                        .samples = samples,
                        .scale = scale};
    heap->stride = bins + 2;
    heap->chunk = most > LEAST_CHUNK ? most : LEAST_CHUNK;
    heap->chunk = heap->chunk < frames ? heap->chunk : frames;
    lts_rng_seed(&heap->rng, seed, 0);
    const size_t cells = (heap->chunk + 3) * heap->stride;
    const struct {
        void *array;
        size_t count, size;
    } arrays[] = {
        {&heap->level, (heap->chunk + 3) * bins, sizeof *heap->level},
        {&heap->deviation, 2 * bins, sizeof *heap->deviation},
        {&heap->delay, bins, sizeof *heap->delay},
        {&heap->phase, cells, sizeof *heap->phase},
        {&heap->ahead, cells, sizeof *heap->ahead},
        {&heap->above, cells, sizeof *heap->above},
        {&heap->loudness, cells, sizeof *heap->loudness},
        {&heap->open, cells, sizeof *heap->open},
        {&heap->final_level, cells, sizeof *heap->final_level},
        {&heap->order, cells, sizeof *heap->order},
        {&heap->queue, cells, sizeof *heap->queue},
    };
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        status = lts_alloc_checked(arrays[i].array, arrays[i].count, arrays[i].size, what, err);
        if (status != LTS_OK)
            goto done;
    }
    for (int level = 1; level < HEAP_LEVELS; level++)
        heap->amplitude[level] = (float)pow(10, (level + 1 - HEAP_LEVELS) * 0.02);
    *out = heap;
    heap = NULL;
done:
    stft_heap_destroy(heap);
    return status;
}

void stft_heap_destroy(stft_heap *heap)
{
    if (!heap)
        return;
    void *const arrays[] = {heap->level, heap->deviation, heap->delay,      heap->phase,
                            heap->ahead, heap->above,     heap->loudness,   heap->open,
                            heap->order, heap->queue,     heap->final_level};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        lts_free(arrays[i]);
    lts_free(heap);
}

/* Assigns an open cell its first phase and puts it in the queue. */
static inline void enqueue(stft_heap *heap, levels *q, uint32_t cell, turns phase)
{
    const unsigned level = heap->loudness[cell];
    heap->phase[cell] = phase;
    heap->open[cell] = 0;
    heap->queue[q->top[level]++] = cell;
    q->highest = level > q->highest ? level : q->highest;
}

/* A weighted mean of phases, taken over their distances from `first` because they wrap. */
typedef struct phase_mean {
    turns first;
    float weight, sum;
} phase_mean;

/* A neighbour without a final phase has weight 0. */
static inline void add_estimate(const stft_heap *heap, phase_mean *mean, uint32_t neighbour,
                                turns estimate)
{
    const float weight = heap->amplitude[heap->final_level[neighbour]];
    mean->weight += weight;
    mean->sum += weight * (float)(int32_t)(estimate - mean->first);
}

/* Assigns a cell its final phase: the mean of the estimates of all neighbours that have theirs.
 * Different paths to a cell have different errors, which the mean evens out. */
static inline turns assign(stft_heap *heap, uint32_t cell)
{
    const uint32_t later = cell + (uint32_t)heap->stride, earlier = cell - (uint32_t)heap->stride;
    const turns *phase = heap->phase;
    phase_mean mean = {.first = phase[cell], .weight = 1e-30f};
    add_estimate(heap, &mean, earlier, phase[earlier] + heap->ahead[earlier]);
    add_estimate(heap, &mean, later, phase[later] - heap->ahead[cell]);
    add_estimate(heap, &mean, cell - 1, phase[cell - 1] + heap->above[cell - 1]);
    add_estimate(heap, &mean, cell + 1, phase[cell + 1] - heap->above[cell]);
    /* Half a turn, rounded to a float, would not fit the integer. */
    heap->phase[cell] = mean.first + (turns)(int32_t)(0.999999f * mean.sum / mean.weight);
    heap->final_level[cell] = heap->loudness[cell];
    return heap->phase[cell];
}

static inline void spread_to_neighbours(stft_heap *heap, levels *q, uint32_t cell, turns phase)
{
    const uint32_t later = cell + (uint32_t)heap->stride, earlier = cell - (uint32_t)heap->stride;
    if (heap->open[later])
        enqueue(heap, q, later, phase + heap->ahead[cell]);
    if (heap->open[earlier])
        enqueue(heap, q, earlier, phase - heap->ahead[earlier]);
    if (heap->open[cell + 1])
        enqueue(heap, q, cell + 1, phase + heap->above[cell]);
    if (heap->open[cell - 1])
        enqueue(heap, q, cell - 1, phase - heap->above[cell - 1]);
}

static void spread_all(stft_heap *heap, levels *q)
{
    for (;;) {
        while (q->highest > 0 && q->top[q->highest] == q->start[q->highest])
            q->highest--;
        if (q->highest == 0)
            return;
        const uint32_t cell = heap->queue[--q->top[q->highest]];
        const turns phase = heap->final_level[cell] ? heap->phase[cell] : assign(heap, cell);
        spread_to_neighbours(heap, q, cell, phase);
    }
}

/* Lays the stacks out, each cell of row 0 and of the chunk having room, and sorts the chunk's open
 * cells by level; returns how many there are. Cells that are too quiet get a random phase. */
static size_t sort_cells(stft_heap *heap, levels *q, size_t rows)
{
    uint32_t all[HEAP_LEVELS] = {0}, own[HEAP_LEVELS] = {0}, place[HEAP_LEVELS], room = 0, sum = 0;
    const size_t chunk = 2 * heap->stride, end = (rows + 2) * heap->stride;
    for (size_t cell = heap->stride; cell < chunk; cell++)
        all[heap->loudness[cell]]++;
    for (size_t cell = chunk; cell < end; cell++)
        own[heap->loudness[cell]]++;
    for (size_t level = HEAP_LEVELS; level-- > 1;) {
        q->start[level] = q->top[level] = room;
        place[level] = sum;
        room += all[level] + own[level];
        sum += own[level];
    }
    for (size_t cell = chunk; cell < end; cell++)
        if (heap->open[cell])
            heap->order[place[heap->loudness[cell]]++] = (uint32_t)cell;
        else
            heap->phase[cell] = (turns)(lts_rng_next(&heap->rng) >> 32);
    return sum;
}

void stft_heap_integrate(stft_heap *heap, size_t begin, size_t count)
{
    const size_t stride = heap->stride;
    levels q = {.highest = 0};
    if (heap->started) /* the last chunk was a whole one */
        memcpy(heap->phase + stride, heap->phase + (heap->chunk + 1) * stride,
               stride * sizeof *heap->phase);
    stft_heap_gradient(heap, begin, count);
    memset(heap->final_level, 0, (count + 3) * stride);
    memset(heap->open + (count + 2) * stride, 0, stride);
    if (!heap->started)
        memset(heap->open + stride, 0, stride);
    const size_t open = sort_cells(heap, &q, count);
    for (uint32_t cell = (uint32_t)stride; cell < 2 * stride; cell++)
        if (heap->open[cell]) {
            enqueue(heap, &q, cell, heap->phase[cell]);
            heap->final_level[cell] = heap->loudness[cell];
        }
    spread_all(heap, &q);
    for (size_t i = 0; i < open; i++) {
        const uint32_t cell = heap->order[i];
        if (!heap->open[cell])
            continue;
        enqueue(heap, &q, cell, (turns)(lts_rng_next(&heap->rng) >> 32));
        spread_all(heap, &q);
    }
    heap->started = true;
}
