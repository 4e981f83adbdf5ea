/* Phase gradient heap integration (Prusa, Balazs & Sondergaard 2017) on a constant-Q grid: the
 * magnitudes of a transform with a smooth window determine the gradient of its phase (Portnoff
 * 1979), and the phase is integrated along it from loud cells to quiet ones.
 *
 * The grid: octave o keeps every octave->step-th frame. A kept frame is a row of b + 2 cells: cell
 * 0 stands for the bin below the octave, 1 .. b for its bins, b + 1 for the bin above. Row 0 is the
 * last kept frame before the chunk, whose phases are known already; before it lies an empty row.
 * Phases are those of the bins' zero-phase filters, without cqt_bin.turn. */
#ifndef DSP_PHASE_PGHI_H
#define DSP_PHASE_PGHI_H

#include "dsp/approx.h"
#include "dsp/cqt/cqt.h"

enum {
    PGHI_CHUNK = 512, /* frames integrated together, at least */
    PGHI_LEVELS = 251 /* of the queue; cells of level 0 get no phase */
};
#define PGHI_LEVELS_AN_OCTAVE 15.0514998f /* 100 dB in all */

typedef enum pghi_state {
    PGHI_CLOSED, /* has a phase, is too quiet for one, or lies outside the chunk */
    PGHI_OPEN,
    PGHI_LINK /* stands for a cell of another octave */
} pghi_state;

/* One column of an octave's gradient: bin first_bin - 2 + column. */
typedef struct pghi_columns {
    float *centre, *sides; /* weights of the level at a frame and of its neighbours' sum */
    float *slope;          /* of their weighted difference: the tangent of the delay's angle */
    float *width;          /* l_k / pi, samples of delay for one radian of it */
    float *loudness;       /* what to add to a column's level for that of M below the loudest M */
    float *advance;        /* turns a row for a bin of deviation, halved */
    float *climb;          /* turns to the next bin for a sample of delay, halved */
    turns *carrier;        /* turns a row at f_k */
    turns *crossing;       /* turns to the next bin that two octaves' different delays make */
    size_t *reaching;      /* (longest + 1): columns whose span is at least n */
    size_t longest;        /* the largest span, frames to either side */
} pghi_columns;

typedef struct pghi {
    const lts_cqt *cqt;
    const float *magnitudes; /* (T,K) */
    size_t frames;           /* T */
    float scale;             /* brings the loudest M near 1 */
    float loudest;           /* M, scaled */
    float skew;              /* bins by which bins are nearer above than below, halved */
    size_t chunk;            /* most frames of a chunk, a multiple of every step */
    size_t stride;           /* b + 2 */
    size_t largest;          /* step of an octave */
    size_t margin;           /* frames of context on either side of a chunk */
    bool started;
    lts_rng rng;

    pghi_columns *columns; /* an octave each */
    float *column_floats;  /* their storage */
    turns *column_turns;
    size_t *column_counts;
    size_t longest; /* no span is longer */
    float *scaling; /* (K): scale / sqrt(l_k) */
    float least;    /* added to M / sqrt(l_k) before its logarithm */

    float *level;                                /* (chunk + 2 margin, K): log2 M / sqrt(l_k) */
    float *row_level, *row_sum, *row_difference; /* (b + 3): one row at work */

    size_t *base;                 /* (octaves): the cell at row 0, column 0 */
    size_t *rows;                 /* (octaves): of the chunk at hand, row 0 included */
    size_t cells;                 /* the most there can be */
    float *deviation;             /* (cells): of the frequency from f_k, in bins */
    float *delay;                 /* (cells): of the energy behind the frame, samples */
    turns *phase;                 /* (cells) */
    turns *ahead;                 /* (cells): to the same bin of the next row */
    turns *above;                 /* (cells): to the next bin */
    uint8_t *loudness;            /* (cells): level in the queue */
    uint8_t *state;               /* (cells): a pghi_state */
    uint8_t *final_level;         /* (cells): the level once the phase is final, 0 before */
    float amplitude[PGHI_LEVELS]; /* of a level; 0 for 0 */
    uint32_t *order;              /* (cells): from loud to quiet */
    uint32_t *queue;              /* (cells): a stack for each level, one behind the other */
} pghi;

/* For (T,K) finite magnitudes >= 0, which must outlive it; loudest (K): the largest of each bin;
 * `scale` brings the largest of all near 1. */
lts_status pghi_create(const lts_cqt *cqt, const float *magnitudes, size_t frames,
                       const float *loudest, float scale, uint64_t seed, pghi **out,
                       lts_error *err);
void pghi_destroy(pghi *p); /* NULL is allowed */

/* Frames before `front` and from `back` on whose phases are given: for a slice's kept frames,
 * octave, bin, frame. */
typedef struct pghi_known {
    size_t front, back;
    const turns *phase;
    size_t begin, count; /* the slice's frames */
} pghi_known;

/* Sets p->phase for frames begin .. begin+count-1; chunks must follow one another from frame 0 on,
 * and all but the last be multiples of every octave's step. */
void pghi_integrate(pghi *p, size_t begin, size_t count, const pghi_known *known);
/* The chunk's phases of octave o: (rows - 1, b), rows p->stride apart. */
static inline const turns *pghi_phases(const pghi *p, size_t o)
{
    return p->phase + p->base[o] + p->stride + 1;
}

/* level (end - first, K) = log2 of M / sqrt(l_k), scaled, of frames first .. end-1. */
void pghi_levels(const pghi *p, size_t first, size_t end, float *level);
/* noise (octaves) = the standard deviation of the independent errors in ln M of an octave's loud
 * cells; an octave whose filters are too short to tell them from the sound has those below it. */
lts_status pghi_noise(const pghi *p, double *noise, lts_error *err);
/* Measures the errors and makes the columns. */
lts_status pghi_columns_create(pghi *p, lts_error *err);

/* Sets deviation, delay, ahead, above, loudness and state for the chunk. */
void pghi_gradient(pghi *p, size_t begin, size_t count);

#endif
