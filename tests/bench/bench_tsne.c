/* t-SNE of an array: bench_tsne POINTS.npy LAYOUT.npy [THREADS [PERPLEXITY]] writes the picture and
 * prints its time as JSON. tsne_vs_sklearn.py compares it with scikit-learn's. */
#include "lts/formats.h"
#include "lts/latent.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

int main(int argc, char **argv)
{
    lts_error err = {0};
    lts_tsne_config config = lts_tsne_defaults();
    float *points = NULL, *picture = NULL;
    size_t n, latent;
    if (argc < 3) {
        fprintf(stderr, "usage: bench_tsne POINTS.npy LAYOUT.npy [THREADS [PERPLEXITY]]\n");
        return 2;
    }
    config.threads = argc > 3 ? (unsigned)atoi(argv[3]) : lts_processor_count();
    config.perplexity = argc > 4 ? atof(argv[4]) : config.perplexity;
    lts_status status = lts_npy_load(argv[1], &points, &n, &latent, &err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&picture, n, 2 * sizeof *picture, "the picture", &err);
    if (status != LTS_OK)
        goto done;
    const double begun = lts_now();
    status = lts_tsne(points, n, latent, &config, picture, NULL, &err);
    if (status != LTS_OK)
        goto done;
    printf("{\"points\":%zu,\"latent\":%zu,\"threads\":%u,\"seconds\":%.3f,"
           "\"processor_seconds\":%.3f}\n",
           n, latent, config.threads, lts_now() - begun, (double)clock() / CLOCKS_PER_SEC);
    status = lts_npy_save(argv[2], picture, n, 2, &err);
done:
    if (status != LTS_OK)
        fprintf(stderr, "bench_tsne: %s\n", err.text);
    lts_free(picture);
    lts_free(points);
    return status == LTS_OK ? 0 : 1;
}
