/* The body of indirect.c, which includes it once for each instruction set with
 *   NAME(x)  a name of its own,
 *   TARGET   the attribute that asks for the instructions,
 *   LANES    floats of a vector, at most INDIRECT_LANES,
 *   VECTORS  vectors of a tile's row: INDIRECT_TILE x VECTORS sums must fit the registers. */

#define VECTOR NAME(vector)
#define PANEL  NAME(panel)

typedef float VECTOR __attribute__((vector_size(LANES * sizeof(float))));

/* A tile's columns: `vectors` side by side from `first`, but for the last, which begins `last`
 * floats after `first` and so may repeat columns that another vector has. */
typedef struct PANEL {
    size_t first;
    ptrdiff_t last;
    int vectors;
} PANEL;

/* The panel from column `first` on: those left are cut into panels of nearly equal width. */
static inline PANEL NAME(next_panel)(size_t columns, size_t first)
{
    const size_t left = (columns - first + LANES - 1) / LANES;
    const size_t panels = (left + VECTORS - 1) / VECTORS, vectors = (left + panels - 1) / panels;
    const size_t end = first + vectors * LANES < columns ? first + vectors * LANES : columns;
    return (PANEL){first, (ptrdiff_t)(end - first) - LANES, (int)vectors};
}

/* Adds one row of sums to its place. */
static ALWAYS_INLINE void NAME(add)(const VECTOR *sum, float *to, const PANEL *of, int vectors)
{
    VECTOR value;
#pragma GCC unroll 8
    for (int v = 0; v < vectors; v++) {
        float *at = to + (v + 1 < vectors ? v * LANES : of->last);
        memcpy(&value, at, sizeof value);
        value += sum[v];
        memcpy(at, &value, sizeof value);
    }
}

static ALWAYS_INLINE void NAME(multiply_tile)(const float *const *in, size_t inner, const VECTOR *w,
                                              const PANEL *of, float *const *out, int vectors)
{
    VECTOR sum[INDIRECT_TILE][VECTORS] = {0};
    const float *row[INDIRECT_TILE];
    for (int i = 0; i < INDIRECT_TILE; i++)
        row[i] = in[i];
    for (size_t j = 0; j < inner; j++, w += vectors)
#pragma GCC unroll 8
        for (int i = 0; i < INDIRECT_TILE; i++)
#pragma GCC unroll 8
            for (int v = 0; v < vectors; v++)
                sum[i][v] += row[i][j] * w[v];
#pragma GCC unroll 8
    for (int i = 0; i < INDIRECT_TILE; i++)
        NAME(add)(sum[i], out[i] + of->first, of, vectors);
}

/* Rows j .. j + INDIRECT_TILE - 1 of the gradient, of which g gets those in `of`. */
static ALWAYS_INLINE void NAME(gradient_tile)(const float *const *in, size_t j, nn_range of,
                                              const VECTOR *values, size_t columns,
                                              const PANEL *panel, float *g, size_t rows,
                                              int vectors)
{
    VECTOR sum[INDIRECT_TILE][VECTORS] = {0};
    for (size_t n = 0; n < rows; n++, values += vectors) {
        const float *x = in[n] + j;
#pragma GCC unroll 8
        for (int i = 0; i < INDIRECT_TILE; i++)
#pragma GCC unroll 8
            for (int v = 0; v < vectors; v++)
                sum[i][v] += x[i] * values[v];
    }
#pragma GCC unroll 8
    for (size_t i = 0; i < INDIRECT_TILE; i++)
        if (j + i >= of.first && j + i < of.first + of.count)
            NAME(add)(sum[i], g + (j + i - of.first) * columns + panel->first, panel, vectors);
}

/* Panel by panel, in each row by row. Columns that the last vector of a panel repeats are 0 in it,
 * so that whole vectors can be added to their places. */
TARGET static void NAME(pack_rows)(const float *const *rows, size_t inner, size_t columns,
                                   float *to)
{
    for (size_t first = 0; first < columns;) {
        const PANEL of = NAME(next_panel)(columns, first);
        for (size_t j = 0; j < inner; j++)
            for (int v = 0; v < of.vectors; v++, to += LANES) {
                const ptrdiff_t at = v + 1 < of.vectors ? v * LANES : of.last;
                memcpy(to, rows[j] + (ptrdiff_t)first + at, LANES * sizeof *to);
                for (ptrdiff_t o = 0; o < v * LANES - at; o++)
                    to[o] = 0;
            }
        first += (size_t)(of.last + LANES);
    }
}

TARGET static void NAME(pack_columns)(const float *w, size_t stride, size_t inner, size_t columns,
                                      float *to)
{
    for (size_t first = 0; first < columns;) {
        const PANEL of = NAME(next_panel)(columns, first);
        const size_t width = (size_t)of.vectors * LANES;
        for (int v = 0; v < of.vectors; v++) {
            const ptrdiff_t at = v + 1 < of.vectors ? v * LANES : of.last;
            const ptrdiff_t column = (ptrdiff_t)first + at, repeated = v * LANES - at;
            float *place = to + v * LANES;
            for (size_t o = 0; o < LANES; o += TRANSPOSED)
                transpose_columns(w + (column + (ptrdiff_t)o) * (ptrdiff_t)stride, stride, inner,
                                  place + o, width);
            for (size_t j = 0; repeated > 0 && j < inner; j++)
                memset(place + j * width, 0, (size_t)repeated * sizeof *to);
        }
        to += width * inner;
        first += (size_t)(of.last + LANES);
    }
}

TARGET static void NAME(multiply)(const float *const *in, size_t inner, const float *packed,
                                  size_t columns, float *const *out, size_t rows)
{
    for (size_t i = 0; i < rows; i += INDIRECT_TILE) {
        const VECTOR *w = (const VECTOR *)packed;
        for (size_t first = 0; first < columns;) {
            const PANEL of = NAME(next_panel)(columns, first);
            switch (of.vectors) {
#define CASE(n)                                                                                    \
    case n: NAME(multiply_tile)(in + i, inner, w, &of, out + i, n); break;
                CASES
#undef CASE
            }
            w += (size_t)of.vectors * inner;
            first += (size_t)(of.last + LANES);
        }
    }
}

TARGET static void NAME(gradient)(const float *const *in, nn_range of, const float *packed,
                                  size_t columns, float *g, size_t rows)
{
    const VECTOR *values = (const VECTOR *)packed;
    const size_t end = of.first + of.count;
    for (size_t first = 0; first < columns;) {
        const PANEL panel = NAME(next_panel)(columns, first);
        for (size_t done = of.first; done < end; done += INDIRECT_TILE) {
            /* The last tile begins earlier, so that it reads no further than it may. */
            const size_t latest = end > INDIRECT_TILE ? end - INDIRECT_TILE : 0;
            const size_t j = done < latest ? done : latest;
            const nn_range fresh = {done, end - done};
            float *to = g + (done - of.first) * columns;
            switch (panel.vectors) {
#define CASE(n)                                                                                    \
    case n: NAME(gradient_tile)(in, j, fresh, values, columns, &panel, to, rows, n); break;
                CASES
#undef CASE
            }
        }
        values += (size_t)panel.vectors * rows;
        first += (size_t)(panel.last + LANES);
    }
}

#undef VECTOR
#undef PANEL
#undef NAME
#undef TARGET
#undef LANES
#undef VECTORS
#undef CASES
