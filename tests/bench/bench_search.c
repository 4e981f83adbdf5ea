/* The nearest of many points to a few: bench_search [POINTS.npy] [QUERIES] [THREADS] searches the
 * array, or a million drawn points of 256 numbers, for QUERIES (64) points drawn alike, in
 * stretches of 128, and prints seconds a search as JSON, the least of five, with the rate of the
 * product of matrices. search_vs_numpy.py compares it with NumPy's. */
#include "lts/formats.h"
#include "lts/nearest.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DRAWN = 1000000, LATENT = 256, STRETCH = 128, RUNS = 5 };

typedef struct source {
    lts_npy *file;
    const float *rows;
    size_t latent;
} source;

static lts_status read_points(void *user, size_t first, size_t count, float *rows, lts_error *err)
{
    const source *from = user;
    if (from->file)
        return lts_npy_read(from->file, first, count, rows, err);
    memcpy(rows, from->rows + first * from->latent, count * from->latent * sizeof *rows);
    return LTS_OK;
}

int main(int argc, char **argv)
{
    lts_error err = {0};
    lts_rng rng;
    source from = {.latent = LATENT};
    float *rows = NULL, *queries = NULL, *square = NULL;
    uint32_t *point = NULL;
    size_t *start = NULL, n = DRAWN, stretches = 0;
    const size_t count = argc > 2 ? (size_t)atol(argv[2]) : 64;
    const unsigned threads = argc > 3 ? (unsigned)atoi(argv[3]) : lts_processor_count();
    double best = INFINITY;
    lts_status status = LTS_OK;
    lts_rng_seed(&rng, 1, 0);
    if (argc > 1 && strcmp(argv[1], "-") != 0) {
        status = lts_npy_open(argv[1], &from.file, &err);
        if (status != LTS_OK)
            goto done;
        from.latent = lts_npy_columns(from.file);
        n = lts_npy_rows(from.file);
    } else {
        status = lts_alloc_checked(&rows, n, from.latent * sizeof *rows, "points", &err);
        if (status != LTS_OK)
            goto done;
        lts_rng_fill_normal(&rng, rows, n * from.latent);
        from.rows = rows;
    }
    stretches = (n + STRETCH - 1) / STRETCH;
    queries = lts_alloc(count, from.latent * sizeof *queries);
    start = lts_alloc(stretches + 1, sizeof *start);
    square = lts_alloc(stretches, count * sizeof *square);
    point = lts_alloc(stretches, count * sizeof *point);
    if (!queries || !start || !square || !point) {
        status = lts_no_memory("bench_search", &err);
        goto done;
    }
    lts_rng_fill_normal(&rng, queries, count * from.latent);
    for (size_t g = 0; g <= stretches; g++)
        start[g] = g * STRETCH < n ? g * STRETCH : n;
    const lts_points points = {read_points, &from, from.latent, start, stretches};
    for (int run = 0; run < RUNS; run++) {
        const double begun = lts_now();
        status = lts_nearest_points(&points, queries, count, threads, square, point, NULL, &err);
        if (status != LTS_OK)
            goto done;
        best = fmin(best, lts_now() - begun);
    }
    printf("{\"points\":%zu,\"latent\":%zu,\"queries\":%zu,\"threads\":%u,\"seconds\":%.4f,"
           "\"gflops\":%.1f}\n",
           n, from.latent, count, threads, best,
           2e-9 * (double)n * (double)from.latent * (double)count / best);
done:
    if (status != LTS_OK)
        fprintf(stderr, "bench_search: %s\n", err.text);
    lts_npy_close(from.file);
    lts_free(rows);
    lts_free(queries);
    lts_free(start);
    lts_free(square);
    lts_free(point);
    return status == LTS_OK ? 0 : 1;
}
