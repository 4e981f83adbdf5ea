/* Constant-Q magnitudes of a sound file as an .npy array of (frames, bins): magnitudes IN OUT.npy
 * Build: cc magnitudes.c $(pkg-config --cflags --libs lts) */
#include <lts/lts.h>

int main(int count, char **arguments)
{
    if (count != 3)
        return fprintf(stderr, "usage: magnitudes IN OUT.npy\n"), 2;
    const lts_cqt_config config = lts_cqt_defaults();
    const size_t bins = lts_cqt_bins(&config);
    lts_error err = {0};
    lts_cqt *cqt = NULL;
    lts_cqt_work *work = NULL;
    float *x = NULL, *magnitudes = NULL;
    size_t samples, frames;
    lts_status status = lts_audio_load(arguments[1], config.sample_rate, 0, -1, &x, &samples, &err);
    if (status != LTS_OK)
        goto done;
    frames = lts_cqt_frames(&config, samples);
    if ((status = lts_cqt_create(&config, samples, &cqt, &err)) != LTS_OK ||
        (status = lts_cqt_work_create(cqt, &work, &err)) != LTS_OK ||
        (status = lts_alloc_checked(&magnitudes, frames * bins, sizeof *magnitudes, "magnitudes",
                                    &err)) != LTS_OK)
        goto done;
    lts_cqt_magnitudes(cqt, work, x, samples, magnitudes);
    status = lts_npy_save(arguments[2], magnitudes, frames, bins, &err);
    if (status == LTS_OK)
        printf("%zu frames of %zu bins\n", frames, bins);
done:
    if (status != LTS_OK)
        fprintf(stderr, "magnitudes: %s\n", err.text);
    lts_free(magnitudes);
    lts_free(x);
    lts_cqt_work_destroy(work);
    lts_cqt_destroy(cqt);
    return status == LTS_OK ? 0 : 1;
}
