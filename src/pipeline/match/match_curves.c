#include "match/spectral_distance.h"
#include "pipeline/match/curves.h"

#include <math.h>
#include <string.h>

static const double silence = 1e-3; /* of the loudest window, 60 dB below it */

/* --- Windows -----------------------------------------------------------------------------------
 */

static void cut_window(curves *c, size_t row)
{
    const size_t first = row * c->hop, left = c->n - first;
    const size_t taken = left < c->m->samples ? left : c->m->samples;
    memcpy(c->window, c->x + first, taken * sizeof *c->window);
    memset(c->window + taken, 0, (c->m->samples - taken) * sizeof *c->window);
}

static lts_status match_window(curves *c, size_t row, const lts_match_options *options,
                               const lts_reporter *reporter, lts_error *err)
{
    lts_match match;
    const double gain = matcher_gain(c->m, c->window);
    for (size_t i = 0; i < c->m->samples; i++)
        c->window[i] *= (float)gain;
    lts_status status = lts_match_sound(c->m, c->window, options, reporter, &match, err);
    if (status != LTS_OK)
        return status;
    memcpy(c->values + row * c->m->parameters, match.values,
           c->m->parameters * sizeof *match.values);
    lts_match_free(&match);
    return LTS_OK;
}

/* The values of every window; silent ones at the beginning have those of the first that is not. */
static lts_status match_windows(curves *c, const char *name, const lts_match_options *options,
                                const lts_reporter *reporter, lts_error *err)
{
    const size_t width = c->m->parameters * sizeof *c->values;
    lts_reporter within = reporter ? *reporter : (lts_reporter){0};
    within.progress = NULL;
    double peak = 0;
    size_t heard = c->rows; /* the first window that is not silent */
    for (size_t row = 0; row < c->rows; row++) {
        cut_window(c, row);
        peak = fmax(peak, curves_level(c->window, c->m->samples));
    }
    if (!(peak > 0))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: silent: there is nothing to match", name);
    for (size_t row = 0; row < c->rows; row++) {
        double *values = c->values + row * c->m->parameters;
        if (lts_cancelled(reporter))
            return lts_fail(err, LTS_ERR_CANCELLED, "%s: stopped after %zu of %zu windows", name,
                            row, c->rows);
        cut_window(c, row);
        if (curves_level(c->window, c->m->samples) > silence * peak) {
            lts_status status = match_window(c, row, options, &within, err);
            if (status != LTS_OK)
                return status;
            heard = heard < row ? heard : row;
        } else if (heard < row) {
            memcpy(values, values - c->m->parameters, width);
        }
        lts_progress(reporter, "windows", (double)(row + 1), (double)c->rows, 0);
    }
    for (size_t row = 0; row < heard; row++)
        memcpy(c->values + row * c->m->parameters, c->values + heard * c->m->parameters, width);
    return LTS_OK;
}

static lts_status record(const curves *c, const char *file, const lts_match_output *output,
                         double began, const lts_reporter *reporter, lts_error *err)
{
    spectral_target *target = NULL;
    spectral_work *work = NULL;
    lts_field fields[6];
    size_t count = 0;
    lts_status status = spectral_target_create(c->x, c->n, &target, err);
    if (status != LTS_OK)
        goto done;
    if ((status = spectral_work_create(target, &work, err)) != LTS_OK)
        goto done;
    fields[count++] = (lts_field){"file", file, 0};
    if (output->wav_path)
        fields[count++] = (lts_field){"sound", output->wav_path, 0};
    if (output->patch_path)
        fields[count++] = (lts_field){"patch", output->patch_path, 0};
    fields[count++] = (lts_field){"windows", NULL, (double)c->rows};
    fields[count++] = (lts_field){"distance", NULL, spectral_distance(work, c->y)};
    fields[count++] = (lts_field){"seconds", NULL, lts_now() - began};
    lts_record(reporter, "curves", fields, count);
done:
    spectral_work_destroy(work);
    spectral_target_destroy(target);
    return status;
}

static lts_status create(curves *c, lts_error *err)
{
    static const char what[] = "the curves of a match";
    const struct {
        void *at;
        size_t count, size;
    } array[] = {{&c->y, c->n, sizeof *c->y},
                 {&c->window, c->m->samples, sizeof *c->window},
                 {&c->values, c->rows * c->m->parameters, sizeof *c->values},
                 {&c->gain, c->rows, sizeof *c->gain}};
    for (size_t i = 0; i < sizeof array / sizeof *array; i++) {
        lts_status status =
            lts_alloc_checked(array[i].at, array[i].count, array[i].size, what, err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

lts_status lts_match_curves(lts_matcher *m, const lts_source *source, double hop,
                            const lts_match_options *options, const lts_match_output *output,
                            const lts_reporter *reporter, lts_error *err)
{
    const double began = lts_now();
    curves c = {.m = m, .rate = lts_synth_space_settings(m->space)->sample_rate};
    if (!(hop >= 0.001 && hop <= 60))
        return lts_fail(err, LTS_ERR_ARGUMENT, "hop %g s: must be 0.001 to 60", hop);
    lts_status status = matcher_check_output(source, output, err);
    if (status != LTS_OK)
        goto done;
    status = lts_audio_load(source->path, c.rate, source->offset, -1, &c.x, &c.n, err);
    if (status != LTS_OK)
        goto done;
    c.hop = (size_t)fmax(1, round(hop * c.rate));
    c.rows = (c.n + c.hop - 1) / c.hop;
    status = create(&c, err);
    if (status != LTS_OK)
        goto done;
    /* What moves in straight lines between windows stays where the network knows it. */
    const lts_match_options within = {
        .refine = options->refine, .seed = options->seed, .within_levels = true};
    status = match_windows(&c, source->path, &within, reporter, err);
    if (status != LTS_OK)
        goto done;
    status = curves_play(&c, err);
    if (status != LTS_OK)
        goto done;
    if (output->wav_path)
        status = matcher_save(m, source, c.y, c.n, output, reporter, err);
    if (status != LTS_OK)
        goto done;
    if (output->patch_path && (status = curves_save(&c, output->patch_path, err)) != LTS_OK)
        goto done;
    status = record(&c, source->path, output, began, reporter, err);
done:
    lts_free(c.x);
    lts_free(c.y);
    lts_free(c.window);
    lts_free(c.values);
    lts_free(c.gain);
    return status;
}
