#include "pipeline/train/train_report.h"

#include <math.h>

enum { CHUNK = 1024 };

typedef struct squares {
    double difference, signal;
} squares;

typedef struct judge_work {
    lts_model_work *model;
    float *x, *y;   /* (CHUNK,K) */
    float *mean;    /* (CHUNK,Z) */
    float *peak;    /* (K) the most the model gives */
    double *energy; /* (K) sum x^2 */
} judge_work;

static double relative(squares sum)
{
    return sum.signal > 0 ? sqrt(sum.difference / sum.signal) : NAN;
}

static void add(squares *to, squares sum)
{
    to->difference += sum.difference;
    to->signal += sum.signal;
}

static squares judge_row(const float *x, const float *y, size_t bins, judge_work *work)
{
    squares sum = {0, 0};
    for (size_t k = 0; k < bins; k++) {
        double signal = (double)x[k] * x[k], d = (double)y[k] - x[k];
        sum.difference += d * d;
        sum.signal += signal;
        work->energy[k] += signal;
        work->peak[k] = fmaxf(work->peak[k], fabsf(y[k]));
    }
    return sum;
}

static lts_status judge_file(const lts_model *model, const lts_frames *frames, judge_work *work,
                             size_t file, squares *sum, lts_error *err)
{
    const size_t rows = lts_frames_rows(frames, file), bins = lts_frames_bins(frames);
    for (size_t first = 0; first < rows; first += CHUNK) {
        size_t count = rows - first < CHUNK ? rows - first : CHUNK;
        lts_status status = lts_frames_read(frames, file, first, count, work->x, err);
        if (status != LTS_OK)
            return status;
        lts_model_encode(model, work->model, work->x, count, work->mean, NULL);
        lts_model_decode(model, work->model, work->mean, count, work->y);
        for (size_t t = 0; t < count; t++)
            add(sum, judge_row(work->x + t * bins, work->y + t * bins, bins, work));
    }
    return LTS_OK;
}

static lts_status make_work(const lts_model *model, const lts_frames *frames, unsigned threads,
                            judge_work *work, lts_error *err)
{
    const size_t bins = lts_frames_bins(frames), latent = lts_model_settings(model)->latent;
    const char what[] = "judging a model";
    lts_status status = lts_model_work_create(model, threads, &work->model, err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&work->x, CHUNK * bins, sizeof *work->x, what, err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&work->y, CHUNK * bins, sizeof *work->y, what, err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&work->mean, CHUNK * latent, sizeof *work->mean, what, err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&work->peak, bins, sizeof *work->peak, what, err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&work->energy, bins, sizeof *work->energy, what, err);
    return status;
}

static void count_silent(const judge_work *work, size_t bins, double signal, train_error *error)
{
    double silent = 0;
    for (size_t k = 0; k < bins; k++)
        if (work->peak[k] == 0) {
            error->silent++;
            silent += work->energy[k];
        }
    error->silent_share = signal > 0 ? silent / signal : 0;
}

lts_status train_judge(const lts_model *model, const lts_frames *frames, unsigned threads,
                       const lts_reporter *reporter, train_error *error, lts_error *err)
{
    judge_work work = {0};
    const size_t count = lts_frames_files(frames);
    squares part[2] = {{0, 0}, {0, 0}}, all = {0, 0};
    *error = (train_error){0};
    lts_status status =
        lts_alloc_checked(&error->file, count, sizeof *error->file, "a report", err);
    if (status == LTS_OK)
        status = make_work(model, frames, threads, &work, err);
    for (size_t i = 0; status == LTS_OK && i < count; i++) {
        squares sum = {0, 0};
        status = lts_cancelled(reporter)
                     ? lts_fail(err, LTS_ERR_CANCELLED, "stopped after judging %zu of %zu files", i,
                                count)
                     : judge_file(model, frames, &work, i, &sum, err);
        error->file[i] = relative(sum);
        add(&part[lts_frames_held_out(frames, i)], sum);
        add(&all, sum);
        lts_progress(reporter, "files judged", (double)(i + 1), (double)count, 0);
    }
    if (status == LTS_OK) {
        error->all = relative(all);
        error->train = relative(part[LTS_FRAMES_TRAIN]);
        error->validation = relative(part[LTS_FRAMES_VALIDATION]);
        count_silent(&work, lts_frames_bins(frames), all.signal, error);
    }
    lts_model_work_destroy(work.model);
    lts_free(work.x);
    lts_free(work.y);
    lts_free(work.mean);
    lts_free(work.peak);
    lts_free(work.energy);
    return status;
}

void train_error_free(train_error *error)
{
    lts_free(error->file);
    *error = (train_error){0};
}
