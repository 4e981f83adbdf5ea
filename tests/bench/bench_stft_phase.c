/* Phases of an array of magnitudes (T,513), hop 256: bench_stft_phase M.npy X.npy SAMPLES
 * ITERATIONS writes the sound as an array and prints the time as JSON. stft_phase.py measures it.
 */
#include "lts/dsp.h"
#include "lts/formats.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    const lts_stft_config config = {1024, 256};
    lts_error err = {0};
    lts_stft *stft = NULL;
    lts_stft_work *work = NULL;
    float *magnitudes = NULL, *x = NULL;
    size_t frames, bins;
    if (argc != 5) {
        fprintf(stderr, "usage: bench_stft_phase M.npy X.npy SAMPLES ITERATIONS\n");
        return 2;
    }
    const size_t n = (size_t)atol(argv[3]);
    lts_phase_config phase = lts_phase_defaults();
    phase.iterations = atoi(argv[4]);
    lts_status status = lts_npy_load(argv[1], &magnitudes, &frames, &bins, &err);
    if (status == LTS_OK && bins != lts_stft_bins(&config))
        status = lts_fail(&err, LTS_ERR_SHAPE, "%s: %zu bins, expected 513", argv[1], bins);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&x, n, sizeof *x, "a sound", &err);
    if (status != LTS_OK)
        goto done;
    status = lts_stft_create(&config, &stft, &err);
    if (status != LTS_OK)
        goto done;
    status = lts_stft_work_create(stft, &work, &err);
    if (status != LTS_OK)
        goto done;
    const double begun = lts_now();
    status = lts_stft_recover(work, magnitudes, frames, &phase, x, n, NULL, &err);
    if (status != LTS_OK)
        goto done;
    printf("{\"frames\":%zu,\"ms\":%.3f}\n", frames, 1e3 * (lts_now() - begun));
    status = lts_npy_save(argv[2], x, n, 1, &err);
done:
    if (status != LTS_OK)
        fprintf(stderr, "bench_stft_phase: %s\n", err.text);
    lts_stft_work_destroy(work);
    lts_stft_destroy(stft);
    lts_free(magnitudes);
    lts_free(x);
    return status == LTS_OK ? 0 : 1;
}
