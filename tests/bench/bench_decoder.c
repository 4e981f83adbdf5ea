/* Phase recovery on what it is for: a trained decoder's magnitudes. For each sound alone and
 * halfway between neighbours, the spectral convergence after 0, 1, 4, 16 and 64 iterations from a
 * heap integrated and from a random start. One JSON object a line.
 *
 *     bench_decoder RUN SOUND SOUND... */
#include "lts/interp.h"

#include <stdlib.h>

static const double seconds = 2;

static void check(lts_status status, const lts_error *err)
{
    if (status != LTS_OK) {
        fprintf(stderr, "bench_decoder: %s\n", err->text);
        exit(1);
    }
}

static void *floats(size_t count)
{
    void *x = lts_alloc(count, sizeof(float));
    if (!x) {
        fprintf(stderr, "bench_decoder: out of memory\n");
        exit(1);
    }
    return x;
}

static void measure(lts_renderer *renderer, const char *name, const float *magnitudes,
                    size_t frames, size_t n)
{
    static const int marks[] = {0, 1, 4, 16, 64};
    static const char *const starts[] = {"pghi", "random"};
    lts_error err;
    size_t bins = lts_feature_columns(lts_renderer_feature(renderer));
    float *x = floats(n), *found = floats(frames * bins);
    for (int s = 0; s < 2; s++) {
        lts_phase_config phase = lts_phase_defaults();
        lts_parse_phase_init(starts[s], &phase.init);
        printf("{\"bench\":\"decoder_phase\",\"sound\":\"%s\",\"start\":\"%s\"", name, starts[s]);
        for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
            phase.iterations = marks[i];
            check(lts_renderer_phase(renderer, magnitudes, frames, &phase, x, n, NULL, &err), &err);
            lts_renderer_analyse(renderer, x, n, found);
            printf(",\"%d\":%.4f", marks[i],
                   lts_spectral_convergence(found, magnitudes, frames, bins));
        }
        printf("}\n");
    }
    lts_free(x);
    lts_free(found);
}

static void measure_pair(const lts_model *model, const lts_source sources[2])
{
    lts_error err;
    lts_interp *interp;
    check(lts_interp_open(model, sources, 2, seconds, 1, &interp, NULL, &err), &err);
    size_t frames = lts_interp_frames(interp), latent = lts_model_settings(model)->latent;
    float *z = floats(frames * latent), *weight = floats(2 * frames);
    float *magnitudes = floats(frames * lts_model_settings(model)->bins);
    const float *paths[] = {lts_interp_mean(interp, 0), lts_interp_mean(interp, 1)};
    for (double alpha = 1; alpha >= 0.5; alpha -= 0.5) {
        for (size_t t = 0; t < frames; t++) {
            weight[t] = (float)alpha;
            weight[frames + t] = (float)(1 - alpha);
        }
        lts_latent_mix(paths, weight, 2, frames, latent, z);
        check(lts_renderer_decode(lts_interp_renderer(interp), z, frames, magnitudes, &err), &err);
        char *first = lts_path_stem(sources[0].path), *second = lts_path_stem(sources[1].path);
        char *name = alpha == 1 ? lts_strdup(first) : lts_format("%s + %s", first, second);
        measure(lts_interp_renderer(interp), name, magnitudes, frames, lts_interp_samples(interp));
        lts_free(name);
        lts_free(first);
        lts_free(second);
    }
    lts_free(z);
    lts_free(weight);
    lts_free(magnitudes);
    lts_interp_close(interp);
}

int main(int argc, char **argv)
{
    lts_error err;
    lts_model *model;
    if (argc < 4) {
        fprintf(stderr, "usage: bench_decoder RUN SOUND SOUND...\n");
        return 2;
    }
    check(lts_run_model(argv[1], &model, &err), &err);
    for (int i = 2; i < argc; i++) {
        lts_source pair[2];
        check(lts_source_parse(argv[i], &pair[0], &err), &err);
        check(lts_source_parse(argv[i + 1 < argc ? i + 1 : 2], &pair[1], &err), &err);
        measure_pair(model, pair);
        lts_free(pair[0].path);
        lts_free(pair[1].path);
    }
    lts_model_destroy(model);
    return 0;
}
