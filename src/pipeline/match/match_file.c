#include "pipeline/match/matcher.h"
#include "pipeline/sound/sound.h"

#include <math.h>

/* A pitch up to half a semitone beyond the range is within it. */
static const double half_semitone = 1.0293022366434921;

static void tell_target(const lts_matcher *m, const lts_source *source,
                        const lts_match_target *target, bool wide, const lts_reporter *reporter)
{
    const double length = (double)m->samples / lts_synth_space_settings(m->space)->sample_rate;
    if (target->skipped > 0)
        lts_message(reporter, LTS_LEVEL_NOTE, "%s: %.3g s of silence before it skipped",
                    source->path, target->skipped);
    if (target->seconds > length * 1.001)
        lts_message(reporter, LTS_LEVEL_NOTE,
                    "%s: %.3g s long: only its first %.3g s are matched, as long as the "
                    "synthesizer's sounds",
                    source->path, target->seconds, length);
    if (target->gain != 1)
        lts_message(reporter, LTS_LEVEL_NOTE,
                    "%s: matched %.1f dB %s, as loud as the synthesizer's sounds", source->path,
                    fabs(20 * log10(target->gain)), target->gain > 1 ? "louder" : "quieter");
    if (!wide && (target->pitch > target->highest * half_semitone ||
                  target->pitch < target->lowest / half_semitone))
        lts_message(reporter, LTS_LEVEL_NOTE,
                    "%s: its pitch, %.4g Hz, is beyond the synthesizer's, %.4g to %.4g Hz",
                    source->path, target->pitch, target->lowest, target->highest);
}

/* --- Records --------------------------------------------------------------------------------- */

enum { FIXED_FIELDS = 6, TOP_FIELDS = 3, FIELD_NAME = 32 };

/* Room for the fields of the classes after the first. */
typedef struct fields {
    lts_field *field;
    char (*name)[FIELD_NAME]; /* (3 (levels - 1)) */
    int32_t *order;           /* (levels) */
} fields;

static lts_status create_fields(size_t levels, fields *f, lts_error *err)
{
    static const char what[] = "a match's records";
    const size_t more = TOP_FIELDS * levels;
    *f = (fields){0};
    lts_status status =
        lts_alloc_checked(&f->field, FIXED_FIELDS + more, sizeof *f->field, what, err);
    if (status != LTS_OK)
        return status;
    if ((status = lts_alloc_checked(&f->name, more, sizeof *f->name, what, err)) != LTS_OK)
        return status;
    return lts_alloc_checked(&f->order, levels, sizeof *f->order, what, err);
}

static void free_fields(fields *f)
{
    lts_free(f->field);
    lts_free(f->name);
    lts_free(f->order);
}

static void record_parameter(const lts_matcher *m, const char *file, const lts_match *match,
                             size_t index, size_t top, const fields *f,
                             const lts_reporter *reporter)
{
    const size_t p = lts_synth_space_free_at(m->space, index);
    const lts_synth_parameter parameter = lts_synth_space_at(m->space, p);
    const float *probability = match->probability + index * m->classes;
    const size_t told = lts_match_order(m, match, index, f->order, top);
    size_t count = 0, names = 0;
    f->field[count++] = (lts_field){"file", file, 0};
    f->field[count++] = (lts_field){"name", parameter.name, 0};
    f->field[count++] = (lts_field){"unit", parameter.unit, 0};
    f->field[count++] = (lts_field){"value", NULL, match->values[p]};
    f->field[count++] = (lts_field){"class", NULL, f->order[0]};
    f->field[count++] = (lts_field){"confidence", NULL, (double)probability[f->order[0]]};
    for (size_t k = 1; k < told; k++) {
        const int32_t class = f->order[k];
        const struct {
            const char *name;
            double value;
        } of[TOP_FIELDS] = {{"class", class},
                            {"level", parameter.level[class]},
                            {"confidence", (double)probability[class]}};
        for (int i = 0; i < TOP_FIELDS; i++) {
            char *name = f->name[names++];
            snprintf(name, FIELD_NAME, "%s_%zu", of[i].name, k + 1);
            f->field[count++] = (lts_field){name, NULL, of[i].value};
        }
    }
    lts_record(reporter, "parameter", f->field, count);
}

static lts_status record(const lts_matcher *m, const char *file, const lts_match *match,
                         const lts_match_output *output, double seconds,
                         const lts_reporter *reporter, lts_error *err)
{
    size_t count = 0;
    lts_field of_match[7];
    fields f;
    lts_status status = create_fields(m->classes, &f, err);
    if (status != LTS_OK)
        goto done;
    of_match[count++] = (lts_field){"file", file, 0};
    if (output->wav_path)
        of_match[count++] = (lts_field){"sound", output->wav_path, 0};
    if (output->patch_path)
        of_match[count++] = (lts_field){"patch", output->patch_path, 0};
    of_match[count++] = (lts_field){"predicted", NULL, match->predicted};
    of_match[count++] = (lts_field){"distance", NULL, match->distance};
    of_match[count++] = (lts_field){"evaluations", NULL, (double)match->evaluations};
    of_match[count++] = (lts_field){"seconds", NULL, seconds};
    lts_record(reporter, "match", of_match, count);
    for (size_t i = 0; i < m->free; i++)
        record_parameter(m, file, match, i, output->top, &f, reporter);
done:
    free_fields(&f);
    return status;
}

/* --- Files ----------------------------------------------------------------------------------- */

lts_status matcher_save(const lts_matcher *m, const lts_source *source, const float *x, size_t n,
                        const lts_match_output *output, const lts_reporter *reporter,
                        lts_error *err)
{
    const double rate = lts_synth_space_settings(m->space)->sample_rate;
    char *origin = lts_format("match of %s@%.15g, model %s", source->path, source->offset,
                              lts_model_hash(m->model));
    char *comment = origin ? lts_sound_comment(origin, NULL) : NULL;
    const lts_audio_format format = {.sample_rate = rate, .bits = output->bits, .comment = comment};
    double peak = 0;
    for (size_t i = 0; i < n; i++)
        peak = fmax(peak, fabs((double)x[i]));
    lts_status status = comment ? lts_audio_save(output->wav_path, x, n, &format, err)
                                : lts_no_memory(output->wav_path, err);
    if (status != LTS_OK)
        goto done;
    if (output->bits != LTS_AUDIO_FLOAT && peak > 1)
        lts_message(reporter, LTS_LEVEL_WARNING, "%s: clipped: its peak is %.3g: use --bits 32f",
                    output->wav_path, peak);
done:
    lts_free(origin);
    lts_free(comment);
    return status;
}

/* The sound of the values, as loud as the target. */
static lts_status save_sound(lts_matcher *m, const lts_source *source,
                             const lts_match_target *target, const double *values,
                             const lts_match_output *output, const lts_reporter *reporter,
                             lts_error *err)
{
    lts_status status = lts_synth_render(m->synth, values, m->sound, err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < m->samples; i++)
        m->sound[i] /= (float)target->gain;
    return matcher_save(m, source, m->sound, m->samples, output, reporter, err);
}

lts_status matcher_check_output(const lts_source *source, const lts_match_output *output,
                                lts_error *err)
{
    lts_status status = LTS_OK;
    if (output->wav_path)
        status = lts_output_check(output->wav_path, source, 1, err);
    if (status != LTS_OK)
        return status;
    if (output->patch_path)
        status = lts_output_check(output->patch_path, source, 1, err);
    if (status != LTS_OK)
        return status;
    if (output->wav_path && output->patch_path &&
        lts_same_file(output->wav_path, output->patch_path))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: named for both the sound and the patch: name two files",
                        output->wav_path);
    return LTS_OK;
}

lts_status lts_match_file(lts_matcher *m, const lts_source *source,
                          const lts_match_options *options, const lts_match_output *output,
                          const lts_reporter *reporter, lts_error *err)
{
    const double began = lts_now();
    lts_match_target target = {0};
    lts_match match = {0};
    lts_status status = matcher_check_output(source, output, err);
    if (status != LTS_OK)
        goto done;
    status = lts_match_read(m, source, &target, err);
    if (status != LTS_OK)
        goto done;
    tell_target(m, source, &target, matcher_goes_wide(m, options), reporter);
    status = lts_match_sound(m, target.x, options, reporter, &match, err);
    if (status != LTS_OK)
        goto done;
    if (output->wav_path)
        status = save_sound(m, source, &target, match.values, output, reporter, err);
    if (status != LTS_OK)
        goto done;
    if (output->patch_path)
        status = lts_synth_patch_save(m->space, match.values, output->patch_path, err);
    if (status != LTS_OK)
        goto done;
    status = record(m, source->path, &match, output, lts_now() - began, reporter, err);
done:
    lts_match_free(&match);
    lts_match_target_free(&target);
    return status;
}
