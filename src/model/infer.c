#include "model/model_parts.h"

#include <string.h>

/* Frames are worked on in groups of this many, whoever asks for how many: enough to keep a matrix
 * product efficient, and few enough to share two seconds of sound between threads. */
enum { GROUP = 128, MAX_THREADS = 1024 };

typedef struct infer_worker {
    nn_activations *activations;
    float *frames; /* (GROUP,K) compressed magnitudes */
} infer_worker;

struct lts_model_work {
    unsigned threads;
    infer_worker *worker;
};

lts_status lts_model_work_create(const lts_model *model, unsigned threads, lts_model_work **out,
                                 lts_error *err)
{
    *out = NULL;
    if (threads > MAX_THREADS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "threads is %u, expected at most %d", threads,
                        MAX_THREADS);
    lts_status status = lts_model_check_latent(model, err);
    if (status != LTS_OK)
        return status;
    nn_use_own_threads();
    lts_model_work *work;
    status = lts_alloc_checked(&work, 1, sizeof *work, "a model's scratch", err);
    if (status != LTS_OK)
        return status;
    work->threads = threads ? threads : lts_processor_count();
    status = lts_alloc_checked(&work->worker, work->threads, sizeof *work->worker,
                               "a model's threads", err);
    for (unsigned i = 0; status == LTS_OK && i < work->threads; i++) {
        infer_worker *w = &work->worker[i];
        status = nn_activations_create(model->net, GROUP, false, &w->activations, err);
        if (status == LTS_OK)
            status = lts_alloc_checked(&w->frames, GROUP * model->config.bins, sizeof *w->frames,
                                       "compressed frames", err);
    }
    if (status != LTS_OK) {
        lts_model_work_destroy(work);
        return status;
    }
    *out = work;
    return LTS_OK;
}

void lts_model_work_destroy(lts_model_work *work)
{
    if (!work)
        return;
    for (unsigned i = 0; work->worker && i < work->threads; i++) {
        nn_activations_destroy(work->worker[i].activations);
        lts_free(work->worker[i].frames);
    }
    lts_free(work->worker);
    lts_free(work);
}

/* One call, and the group of frames that one thread takes at a time. */
typedef struct job {
    const lts_model *model;
    const lts_model_work *work;
    const float *from;
    size_t frames;
    float *to, *log_variance;
} job;

static size_t group_size(const job *j, size_t first)
{
    return j->frames - first < GROUP ? j->frames - first : GROUP;
}

static void encode_group(void *context, size_t group, unsigned worker)
{
    const job *j = context;
    const lts_model *model = j->model;
    const infer_worker *w = &j->work->worker[worker];
    const size_t first = group * GROUP, frames = group_size(j, first);
    const size_t latent = model->config.latent, bins = model->config.bins;
    const size_t heads = model->sample - 1;
    magnitudes_compress(model->config.compression, j->from + first * bins, w->frames,
                        frames * bins);
    const nn_pass pass = {.net = model->net,
                          .parameters = model->parameters,
                          .activations = w->activations,
                          .end = model->sample,
                          .x = w->frames,
                          .batch = frames,
                          .mean_only = !j->log_variance};
    nn_forward(&pass, nn_worker_alone);
    for (size_t t = 0; t < frames; t++) {
        const float *row = w->activations->value[heads] + 2 * latent * t;
        memcpy(j->to + latent * (first + t), row, latent * sizeof *row);
        if (j->log_variance)
            memcpy(j->log_variance + latent * (first + t), row + latent, latent * sizeof *row);
    }
}

static void decode_group(void *context, size_t group, unsigned worker)
{
    const job *j = context;
    const lts_model *model = j->model;
    const infer_worker *w = &j->work->worker[worker];
    const size_t first = group * GROUP, bins = model->config.bins;
    const nn_pass pass = {.net = model->net,
                          .parameters = model->parameters,
                          .activations = w->activations,
                          .first = model->sample + 1,
                          .end = model->net->layer_count,
                          .x = j->from + first * model->config.latent,
                          .batch = group_size(j, first)};
    nn_forward(&pass, nn_worker_alone);
    magnitudes_expand(model->config.compression, w->activations->value[pass.end - 1],
                      j->to + first * bins, pass.batch * bins);
}

void lts_model_encode(const lts_model *model, lts_model_work *work, const float *magnitudes,
                      size_t frames, float *mean, float *log_variance)
{
    job j = {model, work, magnitudes, frames, mean, log_variance};
    lts_parallel_for((frames + GROUP - 1) / GROUP, work->threads, encode_group, &j);
}

void lts_model_decode(const lts_model *model, lts_model_work *work, const float *z, size_t frames,
                      float *magnitudes)
{
    job j = {model, work, z, frames, magnitudes, NULL};
    lts_parallel_for((frames + GROUP - 1) / GROUP, work->threads, decode_group, &j);
}
