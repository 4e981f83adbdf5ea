/* How close the search of lts-match comes to sounds of the paper's synthesizer, from nothing: no
 * classifier tells it where to begin. bench_refine [SOUNDS [EVALUATIONS]] prints a JSON object: the
 * mean distance of the first guess and of what was found, and sounds rendered a second. */
#include "match/refine.h"

#include <stdio.h>
#include <stdlib.h>

static void fail(const lts_error *err)
{
    fprintf(stderr, "bench_refine: %s\n", err->text);
    exit(1);
}

int main(int argc, char **argv)
{
    const uint64_t sounds = argc > 1 ? strtoull(argv[1], NULL, 10) : 8;
    const uint64_t evaluations = argc > 2 ? strtoull(argv[2], NULL, 10) : 10000;
    lts_error err = {0};
    lts_synth_space *space;
    lts_synth *synth;
    if (lts_synth_space_builtin("paper", &space, &err) != LTS_OK ||
        lts_synth_create(space, &synth, &err) != LTS_OK)
        fail(&err);
    const size_t n = lts_synth_samples(synth), p = lts_synth_space_count(space);
    float *x = lts_alloc(n, sizeof *x);
    double *values = lts_alloc(p, sizeof *values), first = 0, found = 0;
    int32_t *classes = lts_alloc(p, sizeof *classes);
    uint64_t rendered = 0;
    const double began = lts_now();
    for (uint64_t i = 0; i < sounds; i++) {
        spectral_target *target;
        refine_result result;
        lts_synth_draw(space, 77, i, classes);
        if (lts_synth_render_classes(synth, classes, x, &err) != LTS_OK ||
            spectral_target_create(x, n, &target, &err) != LTS_OK)
            fail(&err);
        lts_synth_draw(space, 78, i, classes);
        lts_synth_values(space, classes, values, &err);
        const refine_task task = {.space = space,
                                  .target = target,
                                  .seconds = 1e6,
                                  .evaluations = evaluations,
                                  .threads = lts_processor_count(),
                                  .seed = i};
        if (refine(&task, values, &result, &err) != LTS_OK)
            fail(&err);
        first += result.first / (double)sounds;
        found += result.distance / (double)sounds;
        rendered += result.evaluations;
        spectral_target_destroy(target);
    }
    printf("{\"sounds\": %llu, \"evaluations\": %llu, \"first\": %.3f, \"found\": %.3f, "
           "\"rendered_per_s\": %.0f}\n",
           (unsigned long long)sounds, (unsigned long long)evaluations, first, found,
           (double)rendered / (lts_now() - began));
    lts_free(x);
    lts_free(values);
    lts_free(classes);
    lts_synth_destroy(synth);
    lts_synth_space_destroy(space);
    return 0;
}
