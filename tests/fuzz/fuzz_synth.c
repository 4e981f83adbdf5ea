/* Any bytes as a parameter file and as a patch: read or refused, never more. What was read is
 * written, reads back as the same text, and sounds. */
#include "lts/synth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef lts_status parse_function(const char *text, size_t size, const char *name,
                                  lts_synth_space **out, lts_error *err);

/* A hundredth of a second of it. */
static void sound(lts_synth_space *space)
{
    lts_error err;
    lts_synth *synth;
    lts_synth_settings settings = *lts_synth_space_settings(space);
    double values[LTS_SYNTH_PARAMETERS];
    int32_t classes[LTS_SYNTH_PARAMETERS];
    settings.duration = 0.01;
    if (lts_synth_space_set_settings(space, &settings, &err) != LTS_OK ||
        lts_synth_create(space, &synth, &err) != LTS_OK)
        abort();
    const size_t n = lts_synth_samples(synth);
    float *x = lts_alloc(n, sizeof *x);
    for (uint64_t i = 0; i < 2; i++) {
        lts_synth_draw(space, 1, i, classes);
        if (lts_synth_values(space, classes, values, &err) != LTS_OK ||
            lts_synth_render(synth, values, x, &err) != LTS_OK || lts_first_nonfinite(x, n) != n)
            abort();
    }
    lts_free(x);
    lts_synth_destroy(synth);
}

static void check(const char *text, size_t size, parse_function *parse, bool patch)
{
    lts_error err;
    lts_synth_space *space, *again;
    double values[LTS_SYNTH_PARAMETERS];
    if (parse(text, size, "file", &space, &err) != LTS_OK)
        return;
    lts_synth_space_values(space, values);
    char *one = patch ? lts_synth_patch_text(space, values) : lts_synth_space_text(space);
    if (parse(one, strlen(one), "again", &again, &err) != LTS_OK)
        abort();
    char *two = patch ? lts_synth_patch_text(again, values) : lts_synth_space_text(again);
    if (strcmp(one, two) != 0)
        abort();
    sound(space);
    lts_free(one);
    lts_free(two);
    lts_synth_space_destroy(space);
    lts_synth_space_destroy(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check((const char *)data, size, lts_synth_space_parse, false);
    check((const char *)data, size, lts_synth_patch_parse, true);
    return 0;
}
