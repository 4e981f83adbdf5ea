/* Phase gradient heap integration (Prusa, Balazs & Sondergaard 2017) on the short-time Fourier
 * transform's grid, chunk by chunk: the gradient of the phase from that of the level, and the phase
 * by integration along it from loud cells to quiet ones.
 *
 * A row is K + 2 cells, the first and the last of which are empty. Row 0 is the last frame before
 * the chunk, whose phases are final; rows 1 .. count are the chunk's; an empty row lies before and
 * behind them. */
#ifndef DSP_STFT_HEAP_H
#define DSP_STFT_HEAP_H

#include "dsp/approx.h"
#include "dsp/stft/stft.h"

enum { HEAP_LEVELS = 251 }; /* of the queue; cells of level 0 get a random phase */

typedef struct stft_heap {
    const lts_stft *stft;
    const float *magnitudes; /* (T,K) */
    size_t frames, samples;  /* T, N */
    float scale;             /* brings the loudest magnitude to 0.5 .. 1 */
    size_t stride;           /* K + 2 */
    size_t chunk;            /* most frames of a chunk */
    bool started;            /* row 0 has phases */
    lts_rng rng;

    float *level;                 /* (chunk + 3, K): log2 of the scaled magnitude */
    float *deviation, *delay;     /* (2, K) bins, (K) samples: of one row, and of the next */
    turns *phase;                 /* (cells) of the transform centred on the frame */
    turns *ahead, *above;         /* (cells): to the same bin of the next row, to the next bin */
    uint8_t *loudness;            /* (cells): level in the queue */
    uint8_t *open;                /* (cells): has no phase yet, and is to get one */
    uint8_t *final_level;         /* (cells): the level once the phase is final, 0 before */
    float amplitude[HEAP_LEVELS]; /* of a level; 0 for 0 */
    uint32_t *order, *queue;      /* (cells) from loud to quiet; a stack for each level */
} stft_heap;

/* For (T,K) finite magnitudes >= 0 of N samples, which must outlive it. */
lts_status stft_heap_create(const lts_stft *stft, const float *magnitudes, size_t frames,
                            size_t samples, float scale, uint64_t seed, stft_heap **out,
                            lts_error *err);
void stft_heap_destroy(stft_heap *heap); /* NULL is allowed */

/* Phases of frames begin .. begin+count-1, count <= chunk; chunks follow one another from 0 on. */
void stft_heap_integrate(stft_heap *heap, size_t begin, size_t count);
/* Those of the chunk's frame `row`: (K). */
static inline const turns *stft_heap_phases(const stft_heap *heap, size_t row)
{
    return heap->phase + (row + 2) * heap->stride + 1;
}

/* Sets level, ahead, above, loudness and open for the chunk. */
void stft_heap_gradient(stft_heap *heap, size_t begin, size_t count);

#endif
