#include "pipeline/train/report/train_report.h"

#include "pipeline/config/config_table.h"

#include <math.h>
#include <stdlib.h>

enum { SHOWN = 3 };

static const char *part_name(const lts_frames *frames, size_t file)
{
    return lts_frames_held_out(frames, file) ? "validation" : "train";
}

/* Quoted, inner quotes doubled (RFC 4180): a sound's name may hold anything. */
static void print_name(FILE *stream, const char *name)
{
    fputc('"', stream);
    for (; *name; name++) {
        if (*name == '"')
            fputc('"', stream);
        fputc(*name, stream);
    }
    fputc('"', stream);
}

lts_status train_report_save(const lts_frames *frames, const train_error *error, const char *path,
                             lts_error *err)
{
    lts_outfile *file;
    lts_status status = lts_outfile_open_own(path, &file, err);
    if (status != LTS_OK)
        return status;
    FILE *stream = lts_outfile_stream(file);
    fputs("name,part,frames,relative_error\n", stream);
    for (size_t i = 0; i < lts_frames_files(frames); i++) {
        char number[LTS_NUMBER_TEXT] = "";
        if (!isnan(error->file[i]))
            lts_number_text(number, error->file[i]);
        print_name(stream, lts_frames_name(frames, i));
        fprintf(stream, ",%s,%zu,%s\n", part_name(frames, i), lts_frames_rows(frames, i), number);
    }
    return lts_outfile_commit(file, err);
}

typedef struct ranked {
    size_t file;
    double error;
} ranked;

static int worst_first(const void *a, const void *b)
{
    const ranked *left = a, *right = b;
    if (left->error != right->error)
        return left->error < right->error ? 1 : -1;
    return left->file < right->file ? -1 : left->file > right->file;
}

static void say_extremes(const lts_frames *frames, const train_error *error,
                         const lts_reporter *reporter)
{
    size_t files = lts_frames_files(frames), count = 0;
    ranked *rank = lts_alloc(files, sizeof *rank);
    for (size_t i = 0; rank && i < files; i++)
        if (!isnan(error->file[i]))
            rank[count++] = (ranked){i, error->file[i]};
    if (count > 0) {
        qsort(rank, count, sizeof *rank, worst_first);
        lts_message(reporter, LTS_LEVEL_NOTE,
                    "by file: best %.4f (%s), median %.4f, worst:", rank[count - 1].error,
                    lts_frames_name(frames, rank[count - 1].file), rank[count / 2].error);
    }
    for (size_t i = 0; i < count && i < SHOWN; i++)
        lts_message(reporter, LTS_LEVEL_NOTE, "  %.4f %s%s", rank[i].error,
                    lts_frames_name(frames, rank[i].file),
                    lts_frames_held_out(frames, rank[i].file) ? " (held out)" : "");
    lts_free(rank);
}

/* Behind a ReLU an output that is below zero for every frame gets no gradient any more. */
static void say_silent(const lts_model *model, const train_error *error,
                       const lts_reporter *reporter)
{
    const lts_model_config *config = lts_model_settings(model);
    if (config->output == LTS_OUTPUT_RELU && error->silent_share > 0.001)
        lts_message(reporter, LTS_LEVEL_NOTE,
                    "%zu of %zu bins, with %.1f %% of the energy, stay silent: a ReLU output that "
                    "fell below zero learns no more; output_activation = linear avoids that",
                    error->silent, config->bins, 100 * error->silent_share);
}

void train_report_say(const lts_model *model, const lts_frames *frames, const train_error *error,
                      const lts_reporter *reporter)
{
    for (size_t i = 0; i < lts_frames_files(frames); i++) {
        const lts_field fields[] = {
            {.name = "name", .text = lts_frames_name(frames, i)},
            {.name = "part", .text = part_name(frames, i)},
            {.name = "frames", .number = (double)lts_frames_rows(frames, i)},
            {.name = "relative_error", .number = error->file[i]}};
        lts_record(reporter, "file", fields, sizeof fields / sizeof *fields);
    }
    if (lts_frames_count(frames, LTS_FRAMES_VALIDATION) == 0)
        lts_message(reporter, LTS_LEVEL_NOTE, "relative reconstruction error %.4f over all frames",
                    error->all);
    else
        lts_message(reporter, LTS_LEVEL_NOTE,
                    "relative reconstruction error %.4f over all frames (training %.4f, held out "
                    "%.4f)",
                    error->all, error->train, error->validation);
    say_extremes(frames, error, reporter);
    say_silent(model, error, reporter);
}
