/* What a live voice between two sounds sounds like, for morph_level.py --live.
 *
 * usage: bench_live_level RUN A B SECONDS FOLDER ALPHA...
 *
 * Both sounds' first SECONDS are looped by a voice of each alpha; FOLDER/live_ALPHA.wav gets the
 * first pass, so soft that nothing is limited. */
#include "engine/live/live.h"
#include "lts/interp.h"

#include <stdio.h>
#include <stdlib.h>

static void must_succeed(lts_status status, const lts_error *err)
{
    if (status != LTS_OK) {
        fprintf(stderr, "bench_live_level: %s\n", err->text);
        exit(1);
    }
}

/* The first pass of a voice -> x, n samples. */
static void pass(const lts_feature *feature, const loop *asked, float alpha, float *x, size_t n)
{
    enum { BLOCK = 256 };
    lts_error err;
    lts_vocoder *vocoder;
    live *l;
    const float weight[] = {alpha, 1 - alpha};
    const live_start_config config = {.loop = *asked, .weight = weight, .gain = 0.25};
    must_succeed(lts_feature_vocoder_create(feature, 0, &vocoder, &err), &err);
    const size_t late = lts_vocoder_delay(vocoder) * lts_feature_hop(feature);
    lts_vocoder_destroy(vocoder);
    must_succeed(live_create(feature, &l, &err), &err);
    must_succeed(live_start(l, 0, &config, &err), &err);
    float before[BLOCK];
    for (size_t at = 0; at < late; at += BLOCK)
        live_fill(l, before, late - at < BLOCK ? late - at : BLOCK);
    for (size_t at = 0; at < n; at += BLOCK)
        live_fill(l, x + at, n - at < BLOCK ? n - at : BLOCK);
    live_destroy(l);
}

int main(int argc, char **argv)
{
    lts_error err;
    lts_model *model;
    lts_interp *interp;
    const lts_feature *feature;
    if (argc < 7) {
        fputs("usage: bench_live_level RUN A B SECONDS FOLDER ALPHA...\n", stderr);
        return 2;
    }
    must_succeed(lts_run_model(argv[1], &model, &err), &err);
    must_succeed(lts_model_feature(model, &feature, &err), &err);
    const lts_source sources[] = {{argv[2], 0}, {argv[3], 0}};
    must_succeed(lts_interp_open(model, sources, 2, atof(argv[4]), 1, &interp, NULL, &err), &err);
    const size_t n = lts_interp_samples(interp);
    const float *const level[] = {lts_interp_envelope(interp, 0), lts_interp_envelope(interp, 1)};
    const float *const mean[] = {lts_interp_mean(interp, 0), lts_interp_mean(interp, 1)};
    const loop asked = {.model = model,
                        .sounds = 2,
                        .frames = lts_interp_frames(interp),
                        .latent = lts_model_columns(model),
                        .mean = mean,
                        .level = level[0] ? level : NULL};
    const lts_audio_format format = {.sample_rate = lts_feature_sample_rate(feature),
                                     .bits = LTS_AUDIO_FLOAT};
    for (int i = 6; i < argc; i++) {
        char path[4096];
        float *x = lts_alloc(n, sizeof *x);
        if (!x)
            must_succeed(lts_no_memory(argv[5], &err), &err);
        pass(feature, &asked, strtof(argv[i], NULL), x, n);
        snprintf(path, sizeof path, "%s/live_%s.wav", argv[5], argv[i]);
        must_succeed(lts_audio_save(path, x, n, &format, &err), &err);
        lts_free(x);
    }
    lts_interp_close(interp);
    lts_model_destroy(model);
    return 0;
}
