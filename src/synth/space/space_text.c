/* Spaces and patches as text. */
#include "synth/synthesizer.h"

#include <stdlib.h>
#include <string.h>

static void write_number(FILE *text, const char *before, double value)
{
    char number[LTS_NUMBER_TEXT];
    lts_number_text(number, value);
    fprintf(text, "%s%s", before, number);
}

static void write_settings(FILE *text, const lts_synth_settings *settings)
{
    const synth_kind *kind = synth_kind_of(settings->source);
    fprintf(text, "[synth]\nsource = %s\n", kind->name);
    fputs("# Hz", text);
    write_number(text, "\nsample_rate = ", settings->sample_rate);
    fputs("\n# seconds: of a sound, and of those the time the key is held", text);
    write_number(text, "\nduration = ", settings->duration);
    write_number(text, "\ngate = ", settings->gate);
    fprintf(text, "\nnormalize = %s\n", settings->normalize ? "yes" : "no");
    kind->write(settings, text);
}

/* "# Hz: sin_f sin_v ...", a line for each unit. */
static void write_units(FILE *text, const lts_synth_space *space)
{
    for (size_t p = 0; p < space->count; p++) {
        const char *unit = space->parameter[p].legal.unit;
        bool met = !unit[0];
        for (size_t before = 0; before < p && !met; before++)
            met = strcmp(space->parameter[before].legal.unit, unit) == 0;
        if (met)
            continue;
        fprintf(text, "# %s:", unit);
        for (size_t other = p; other < space->count; other++)
            if (strcmp(space->parameter[other].legal.unit, unit) == 0)
                fprintf(text, " %s", space->parameter[other].name);
        fputc('\n', text);
    }
}

static void write_ranges(FILE *text, const lts_synth_space *space)
{
    fputs("\n# The least and the most that each takes.\n[ranges]\n", text);
    for (size_t p = 0; p < space->count; p++) {
        const synth_slot *legal = &space->parameter[p].legal;
        if (legal->least == -SYNTH_ANY && legal->most == SYNTH_ANY)
            continue;
        fprintf(text, "range.%s", legal->name);
        write_number(text, " = ", legal->least);
        write_number(text, " ", legal->most);
        fputc('\n', text);
    }
}

static void write_space(FILE *text, const lts_synth_space *space, const double *patch)
{
    fputs(patch ? "# A patch: the values of one sound.\n"
                : "# Parameters: one number fixes a parameter, two or more are its levels.\n"
                  "# linear FROM TO COUNT, geometric FROM TO COUNT and semitones FROM COUNT spread "
                  "levels.\n",
          text);
    write_settings(text, &space->settings);
    fprintf(text, "\n[%s]\n", synth_section(patch != NULL));
    write_units(text, space);
    for (size_t p = 0; p < space->count; p++) {
        const synth_parameter *parameter = &space->parameter[p];
        if (parameter->note[0])
            fprintf(text, "# %s\n", parameter->note);
        fprintf(text, "%s =", parameter->name);
        if (patch || parameter->levels == 0)
            write_number(text, " ", patch ? patch[p] : parameter->value);
        else
            for (size_t l = 0; l < parameter->levels; l++)
                write_number(text, " ", parameter->level[l]);
        fputc('\n', text);
    }
    if (!synth_kind_of(space->settings.source)->slots)
        write_ranges(text, space);
}

/* The text of a space, or of a patch of it. */
static char *print(const lts_synth_space *space, const double *patch)
{
    char *made = NULL, *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&made, &size);
    if (!stream)
        return NULL;
    write_space(stream, space, patch);
    const bool whole = !ferror(stream);
    if (fclose(stream) == 0 && whole)
        text = lts_strdup(made);
    free(made);
    return text;
}

char *lts_synth_space_text(const lts_synth_space *space)
{
    return print(space, NULL);
}

char *lts_synth_patch_text(const lts_synth_space *space, const double *values)
{
    return print(space, values);
}

static lts_status save(char *text, const char *path, lts_error *err)
{
    lts_outfile *file;
    if (!text)
        return lts_no_memory(path, err);
    lts_status status = lts_outfile_open(path, &file, err);
    if (status != LTS_OK)
        goto done;
    if (fputs(text, lts_outfile_stream(file)) == EOF) {
        lts_outfile_abort(file);
        status = lts_fail(err, LTS_ERR_IO, "%s: cannot be written", path);
        goto done;
    }
    status = lts_outfile_commit(file, err);
done:
    lts_free(text);
    return status;
}

lts_status lts_synth_space_save(const lts_synth_space *space, const char *path, lts_error *err)
{
    return save(print(space, NULL), path, err);
}

lts_status lts_synth_patch_save(const lts_synth_space *space, const double *values,
                                const char *path, lts_error *err)
{
    lts_status status = synth_values_check(space, values, err);
    if (status != LTS_OK)
        return status;
    return save(print(space, values), path, err);
}
