/* The sound of a patch. */
#include "commands.h"
#include "open_space.h"

#include <math.h>

static lts_status save_sound(cli_session *cli, const synth_options *o, const lts_synth_space *patch,
                             const double *values, const float *x, size_t n, lts_error *err)
{
    char *comment = lts_synth_patch_text(patch, values);
    const double rate = lts_synth_space_settings(patch)->sample_rate;
    const lts_audio_format format = {.sample_rate = rate, .bits = o->bits, .comment = comment};
    double peak = 0;
    for (size_t i = 0; i < n; i++)
        peak = fmax(peak, fabs(x[i]));
    lts_status status =
        comment ? lts_audio_save(o->out, x, n, &format, err) : lts_no_memory(o->out, err);
    lts_free(comment);
    if (status != LTS_OK)
        return status;
    if (o->bits != LTS_AUDIO_FLOAT && peak > 1)
        lts_message(cli_reporter(cli), LTS_LEVEL_WARNING,
                    "%s: clipped: its peak is %.3g: use --normalize or --bits 32f", o->out, peak);
    const lts_field fields[] = {
        {"file", o->out, 0}, {"seconds", NULL, (double)n / rate}, {"peak", NULL, peak}};
    lts_record(cli_reporter(cli), "sound", fields, 3);
    return LTS_OK;
}

lts_status write_sound(cli_session *cli, const synth_options *o, lts_error *err)
{
    const char *path = cli_operand(cli, 1);
    lts_synth_space *patch = NULL;
    lts_synth *synth = NULL;
    double values[LTS_SYNTH_PARAMETERS];
    float *x = NULL;
    lts_status status = lts_synth_patch_load(path, &patch, err);
    if (status != LTS_OK)
        goto done;
    status = change_settings(o, path, patch, err);
    if (status != LTS_OK)
        goto done;
    status = lts_synth_create(patch, &synth, err);
    if (status != LTS_OK)
        goto done;
    const size_t n = lts_synth_samples(synth);
    status = lts_alloc_checked(&x, n, sizeof *x, o->out, err);
    if (status != LTS_OK)
        goto done;
    lts_synth_space_values(patch, values);
    status = lts_synth_render(synth, values, x, err);
    if (status != LTS_OK)
        goto done;
    status = save_sound(cli, o, patch, values, x, n, err);
done:
    lts_free(x);
    lts_synth_destroy(synth);
    lts_synth_space_destroy(patch);
    return status;
}
