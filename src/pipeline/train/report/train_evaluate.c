#include "pipeline/train/report/train_report.h"

#include <math.h>

/* Frames read at once, and of them those that a thread takes: of one file, whole groups of the
 * model's own, so that results depend neither on the other files nor on the threads. */
enum { CHUNK = 4096, GROUP = 128, CHUNK_FLOATS = 1 << 23 };

typedef struct squares {
    double difference, signal;
} squares;

typedef struct group {
    size_t file, row, count; /* rows row .. row + count - 1 of x */
} group;

typedef struct evaluation {
    const lts_model *model;
    const lts_frames *frames;
    unsigned threads;
    lts_model_work **work;   /* (threads) */
    float *mean;             /* (threads,GROUP,Z) */
    const float *conditions; /* (files,conditions), or NULL */
    size_t chunk;            /* frames read at once: CHUNK, or fewer large ones */
    float *x, *y;            /* (chunk,K) */
    squares *row;            /* (chunk) */
    squares *file;           /* of each file */
    float *peak;             /* (K) the most the model gives */
    double *energy;          /* (K) sum x^2 */
    group group[CHUNK];
    size_t groups, have; /* in x */
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

static squares evaluate_row(const float *x, const float *y, size_t bins)
{
    squares sum = {0, 0};
    for (size_t k = 0; k < bins; k++) {
        double signal = (double)x[k] * x[k], d = (double)y[k] - x[k];
        sum.difference += d * d;
        sum.signal += signal;
    }
    return sum;
}

static void evaluate_group(void *context, size_t index, unsigned worker)
{
    const evaluation *e = context;
    const group *g = &e->group[index];
    const size_t bins = lts_frames_bins(e->frames);
    const float *x = e->x + g->row * bins;
    float *y = e->y + g->row * bins;
    float *mean = e->mean + worker * GROUP * lts_model_columns(e->model);
    /* With conditions a file is a note, of one row. */
    if (e->conditions)
        lts_model_work_condition(
            e->work[worker], e->conditions + g->file * lts_model_settings(e->model)->conditions);
    lts_model_encode(e->model, e->work[worker], x, g->count, mean, NULL);
    lts_model_decode(e->model, e->work[worker], mean, g->count, y);
    for (size_t t = 0; t < g->count; t++)
        e->row[g->row + t] = evaluate_row(x + t * bins, y + t * bins, bins);
}

static void evaluate_chunk(evaluation *e)
{
    const size_t bins = lts_frames_bins(e->frames);
    lts_parallel_for(e->groups, e->threads, evaluate_group, e);
    for (size_t i = 0; i < e->groups; i++)
        for (size_t t = 0; t < e->group[i].count; t++)
            add(&e->file[e->group[i].file], e->row[e->group[i].row + t]);
    for (size_t t = 0; t < e->have; t++) {
        const float *x = e->x + t * bins, *y = e->y + t * bins;
        for (size_t k = 0; k < bins; k++) {
            e->energy[k] += (double)x[k] * x[k];
            e->peak[k] = fmaxf(e->peak[k], fabsf(y[k]));
        }
    }
    e->groups = e->have = 0;
}

static lts_status evaluate_file(evaluation *e, size_t file, lts_error *err)
{
    const size_t rows = lts_frames_rows(e->frames, file), bins = lts_frames_bins(e->frames);
    for (size_t first = 0, count; first < rows; first += count) {
        count = rows - first < GROUP ? rows - first : GROUP;
        count = count < e->chunk ? count : e->chunk;
        if (count > e->chunk - e->have)
            evaluate_chunk(e);
        lts_status status =
            lts_frames_read(e->frames, file, first, count, e->x + e->have * bins, err);
        if (status != LTS_OK)
            return status;
        e->group[e->groups++] = (group){file, e->have, count};
        e->have += count;
    }
    return LTS_OK;
}

static lts_status open_evaluation(evaluation *e, unsigned threads, lts_error *err)
{
    const size_t bins = lts_frames_bins(e->frames), latent = lts_model_columns(e->model);
    const char what[] = "evaluating a model";
    e->threads = threads ? threads : lts_processor_count();
    e->chunk = CHUNK_FLOATS / bins < CHUNK ? CHUNK_FLOATS / bins : CHUNK;
    if (e->chunk < 1)
        e->chunk = 1;
    const struct {
        void *array;
        size_t count, size;
    } arrays[] = {
        {&e->mean, e->threads, GROUP * latent * sizeof *e->mean},
        {&e->x, e->chunk, bins * sizeof *e->x},
        {&e->y, e->chunk, bins * sizeof *e->y},
        {&e->row, CHUNK, sizeof *e->row},
        {&e->file, lts_frames_files(e->frames), sizeof *e->file},
        {&e->peak, bins, sizeof *e->peak},
        {&e->energy, bins, sizeof *e->energy},
    };
    lts_status status = lts_alloc_checked(&e->work, e->threads, sizeof *e->work, what, err);
    if (status != LTS_OK)
        return status;
    for (unsigned i = 0; i < e->threads; i++)
        if ((status = lts_model_work_create(e->model, 1, &e->work[i], err)) != LTS_OK)
            return status;
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        status = lts_alloc_checked(arrays[i].array, arrays[i].count, arrays[i].size, what, err);
        if (status != LTS_OK)
            return status;
    }
    return status;
}

static void close_evaluation(evaluation *e)
{
    for (unsigned i = 0; e->work && i < e->threads; i++)
        lts_model_work_destroy(e->work[i]);
    lts_free(e->work);
    lts_free(e->x);
    lts_free(e->y);
    lts_free(e->mean);
    lts_free(e->peak);
    lts_free(e->energy);
    lts_free(e->row);
    lts_free(e->file);
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

lts_status train_evaluate(const lts_model *model, const lts_frames *frames, const float *conditions,
                          unsigned threads, const lts_reporter *reporter, train_error *error,
                          lts_error *err)
{
    evaluation e = {.model = model, .frames = frames, .conditions = conditions};
    const size_t count = lts_frames_files(frames);
    squares part[2] = {{0, 0}, {0, 0}}, all = {0, 0};
    *error = (train_error){0};
    lts_status status =
        lts_alloc_checked(&error->file, count, sizeof *error->file, "a report", err);
    if (status != LTS_OK)
        return status;
    status = open_evaluation(&e, threads, err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < count; i++) {
        status = lts_cancelled(reporter)
                     ? lts_fail(err, LTS_ERR_CANCELLED, "stopped after evaluating %zu of %zu files",
                                i, count)
                     : evaluate_file(&e, i, err);
        lts_progress(reporter, "files evaluated", (double)(i + 1), (double)count, 0);
        if (status != LTS_OK)
            goto done;
    }
    evaluate_chunk(&e);
    for (size_t i = 0; i < count; i++) {
        error->file[i] = relative(e.file[i]);
        add(&part[lts_frames_held_out(frames, i)], e.file[i]);
        add(&all, e.file[i]);
    }
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
