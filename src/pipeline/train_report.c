#include "pipeline/train_report.h"

#include "pipeline/config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1024, SHOWN = 3 };

typedef struct squares {
    double difference, signal;
} squares;

typedef struct file_error {
    size_t file;
    squares sum;
} file_error;

typedef struct report_work {
    lts_model_work *model;
    float *x, *y; /* (CHUNK,K) */
    float *mean;  /* (CHUNK,Z) */
    file_error *file;
} report_work;

static double relative(squares sum)
{
    return sum.signal > 0 ? sqrt(sum.difference / sum.signal) : NAN;
}

static void add(squares *to, squares sum)
{
    to->difference += sum.difference;
    to->signal += sum.signal;
}

static lts_status judge_file(const lts_model *model, const lts_frames *frames, report_work *work,
                             size_t file, lts_error *err)
{
    size_t rows = lts_frames_rows(frames, file), bins = lts_frames_bins(frames);
    squares sum = {0, 0};
    for (size_t first = 0; first < rows; first += CHUNK) {
        size_t count = rows - first < CHUNK ? rows - first : CHUNK;
        lts_status status = lts_frames_read(frames, file, first, count, work->x, err);
        if (status != LTS_OK)
            return status;
        lts_model_encode(model, work->model, work->x, count, work->mean, NULL);
        lts_model_decode(model, work->model, work->mean, count, work->y);
        for (size_t i = 0; i < count * bins; i++) {
            double x = work->x[i], d = work->y[i] - x;
            sum.difference += d * d;
            sum.signal += x * x;
        }
    }
    work->file[file] = (file_error){file, sum};
    return LTS_OK;
}

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

static lts_status write_table(const lts_frames *frames, const file_error *error, const char *path,
                              lts_error *err)
{
    lts_outfile *file;
    lts_status status = lts_outfile_open(path, &file, err);
    if (status != LTS_OK)
        return status;
    FILE *stream = lts_outfile_stream(file);
    fputs("name,part,frames,relative_error\n", stream);
    for (size_t i = 0; i < lts_frames_files(frames); i++) {
        char number[CONFIG_NUMBER] = "";
        if (error[i].sum.signal > 0)
            config_number(number, relative(error[i].sum));
        print_name(stream, lts_frames_name(frames, i));
        fprintf(stream, ",%s,%zu,%s\n", part_name(frames, i), lts_frames_rows(frames, i), number);
    }
    return lts_outfile_commit(file, err);
}

static int worst_first(const void *a, const void *b)
{
    const file_error *left = a, *right = b;
    double x = relative(left->sum), y = relative(right->sum);
    if (x != y)
        return x < y ? 1 : -1;
    return left->file < right->file ? -1 : left->file > right->file;
}

static void say(const lts_frames *frames, file_error *error, const train_error *total,
                const lts_reporter *reporter)
{
    size_t count = lts_frames_files(frames);
    for (size_t i = 0; i < count; i++) {
        const lts_field fields[] = {
            {.name = "name", .text = lts_frames_name(frames, i)},
            {.name = "part", .text = part_name(frames, i)},
            {.name = "frames", .number = (double)lts_frames_rows(frames, i)},
            {.name = "relative_error", .number = relative(error[i].sum)}};
        lts_record(reporter, "file", fields, sizeof fields / sizeof *fields);
    }
    if (isnan(total->validation))
        lts_message(reporter, LTS_LEVEL_NOTE, "relative reconstruction error %.4f over all frames",
                    total->all);
    else
        lts_message(reporter, LTS_LEVEL_NOTE,
                    "relative reconstruction error %.4f over all frames (training %.4f, held out "
                    "%.4f)",
                    total->all, total->train, total->validation);
    size_t sounding = 0;
    for (size_t i = 0; i < count; i++)
        if (error[i].sum.signal > 0)
            error[sounding++] = error[i];
    if (sounding == 0)
        return;
    qsort(error, sounding, sizeof *error, worst_first);
    lts_message(reporter, LTS_LEVEL_NOTE,
                "by file: best %.4f (%s), median %.4f, worst:", relative(error[sounding - 1].sum),
                lts_frames_name(frames, error[sounding - 1].file),
                relative(error[sounding / 2].sum));
    for (size_t i = 0; i < sounding && i < SHOWN; i++)
        lts_message(reporter, LTS_LEVEL_NOTE, "  %.4f %s%s", relative(error[i].sum),
                    lts_frames_name(frames, error[i].file),
                    lts_frames_held_out(frames, error[i].file) ? " (held out)" : "");
}

static lts_status make_work(const lts_model *model, const lts_frames *frames, unsigned threads,
                            report_work *work, lts_error *err)
{
    const size_t bins = lts_frames_bins(frames), latent = lts_model_settings(model)->latent;
    lts_status status = lts_model_work_create(model, threads, &work->model, err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&work->x, CHUNK * bins, sizeof *work->x, "frames", err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&work->y, CHUNK * bins, sizeof *work->y, "frames", err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&work->mean, CHUNK * latent, sizeof *work->mean, "frames", err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&work->file, lts_frames_files(frames), sizeof *work->file,
                                   "a report", err);
    return status;
}

lts_status train_report(const lts_model *model, const lts_frames *frames, unsigned threads,
                        const char *path, const lts_reporter *reporter, train_error *error,
                        lts_error *err)
{
    report_work work = {0};
    size_t count = lts_frames_files(frames);
    squares part[2] = {{0, 0}, {0, 0}}, all = {0, 0};
    lts_status status = make_work(model, frames, threads, &work, err);
    for (size_t i = 0; status == LTS_OK && i < count; i++) {
        if (lts_cancelled(reporter)) {
            status = lts_fail(err, LTS_ERR_CANCELLED, "%s: stopped after %zu of %zu files", path, i,
                              count);
            break;
        }
        status = judge_file(model, frames, &work, i, err);
        if (status == LTS_OK) {
            add(&part[lts_frames_held_out(frames, i)], work.file[i].sum);
            add(&all, work.file[i].sum);
        }
        lts_progress(reporter, "files judged", (double)(i + 1), (double)count, 0);
    }
    if (status == LTS_OK)
        status = write_table(frames, work.file, path, err);
    if (status == LTS_OK) {
        bool validated = lts_frames_count(frames, LTS_FRAMES_VALIDATION) > 0;
        *error =
            (train_error){.all = relative(all),
                          .train = relative(part[LTS_FRAMES_TRAIN]),
                          .validation = validated ? relative(part[LTS_FRAMES_VALIDATION]) : NAN};
        say(frames, work.file, error, reporter);
    }
    lts_model_work_destroy(work.model);
    lts_free(work.x);
    lts_free(work.y);
    lts_free(work.mean);
    lts_free(work.file);
    return status;
}
