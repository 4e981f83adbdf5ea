#include "pipeline/train/train_report.h"

#include <math.h>

enum { CHUNK = 1024 };

typedef struct squares {
    double difference, signal;
} squares;

typedef struct evaluation {
    lts_model_work *model;
    float *x, *y;   /* (CHUNK,K) */
    float *mean;    /* (CHUNK,Z) */
    float *peak;    /* (K) the most the model gives */
    double *energy; /* (K) sum x^2 */
} evaluation;

static double relative(squares sum)
{
    return sum.signal > 0 ? sqrt(sum.difference / sum.signal) : NAN;
}

static void add(squares *to, squares sum)
{
    to->difference += sum.difference;
    to->signal += sum.signal;
}

static squares evaluate_row(const float *x, const float *y, size_t bins, evaluation *e)
{
    squares sum = {0, 0};
    for (size_t k = 0; k < bins; k++) {
        double signal = (double)x[k] * x[k], d = (double)y[k] - x[k];
        sum.difference += d * d;
        sum.signal += signal;
        e->energy[k] += signal;
        e->peak[k] = fmaxf(e->peak[k], fabsf(y[k]));
    }
    return sum;
}

static lts_status evaluate_file(const lts_model *model, const lts_frames *frames, evaluation *e,
                                size_t file, squares *sum, lts_error *err)
{
    const size_t rows = lts_frames_rows(frames, file), bins = lts_frames_bins(frames);
    for (size_t first = 0; first < rows; first += CHUNK) {
        size_t count = rows - first < CHUNK ? rows - first : CHUNK;
        lts_status status = lts_frames_read(frames, file, first, count, e->x, err);
        if (status != LTS_OK)
            return status;
        lts_model_encode(model, e->model, e->x, count, e->mean, NULL);
        lts_model_decode(model, e->model, e->mean, count, e->y);
        for (size_t t = 0; t < count; t++)
            add(sum, evaluate_row(e->x + t * bins, e->y + t * bins, bins, e));
    }
    return LTS_OK;
}

static lts_status open_evaluation(const lts_model *model, const lts_frames *frames,
                                  unsigned threads, evaluation *e, lts_error *err)
{
    const size_t bins = lts_frames_bins(frames), latent = lts_model_columns(model);
    const char what[] = "evaluating a model";
    lts_status status = lts_model_work_create(model, threads, &e->model, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&e->x, CHUNK * bins, sizeof *e->x, what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&e->y, CHUNK * bins, sizeof *e->y, what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&e->mean, CHUNK * latent, sizeof *e->mean, what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&e->peak, bins, sizeof *e->peak, what, err);
    if (status != LTS_OK)
        return status;
    return lts_alloc_checked(&e->energy, bins, sizeof *e->energy, what, err);
}

static void close_evaluation(evaluation *e)
{
    lts_model_work_destroy(e->model);
    lts_free(e->x);
    lts_free(e->y);
    lts_free(e->mean);
    lts_free(e->peak);
    lts_free(e->energy);
}

static void count_silent(const evaluation *e, size_t bins, double signal, train_error *error)
{
    double silent = 0;
    for (size_t k = 0; k < bins; k++)
        if (e->peak[k] == 0) {
            error->silent++;
            silent += e->energy[k];
        }
    error->silent_share = signal > 0 ? silent / signal : 0;
}

lts_status train_evaluate(const lts_model *model, const lts_frames *frames, unsigned threads,
                          const lts_reporter *reporter, train_error *error, lts_error *err)
{
    evaluation e = {0};
    const size_t count = lts_frames_files(frames);
    squares part[2] = {{0, 0}, {0, 0}}, all = {0, 0};
    *error = (train_error){0};
    lts_status status =
        lts_alloc_checked(&error->file, count, sizeof *error->file, "a report", err);
    if (status != LTS_OK)
        return status;
    status = open_evaluation(model, frames, threads, &e, err);
    for (size_t i = 0; status == LTS_OK && i < count; i++) {
        squares sum = {0, 0};
        status = lts_cancelled(reporter)
                     ? lts_fail(err, LTS_ERR_CANCELLED, "stopped after evaluating %zu of %zu files",
                                i, count)
                     : evaluate_file(model, frames, &e, i, &sum, err);
        error->file[i] = relative(sum);
        add(&part[lts_frames_held_out(frames, i)], sum);
        add(&all, sum);
        lts_progress(reporter, "files evaluated", (double)(i + 1), (double)count, 0);
    }
    if (status != LTS_OK)
        goto done;
    error->all = relative(all);
    error->train = relative(part[LTS_FRAMES_TRAIN]);
    error->validation = relative(part[LTS_FRAMES_VALIDATION]);
    count_silent(&e, lts_frames_bins(frames), all.signal, error);
done:
    close_evaluation(&e);
    return status;
}

void train_error_free(train_error *error)
{
    lts_free(error->file);
    *error = (train_error){0};
}
