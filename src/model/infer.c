#include "model/model_parts.h"

#include <string.h>

/* Frames are worked on in groups of at most so many, whoever asks for how many: enough to keep a
 * matrix product efficient, and few enough to share two seconds of sound between threads. Those of
 * images are smaller: their activations take at most so many floats. */
enum { GROUP = 128, GROUP_FLOATS = 1 << 26, MAX_THREADS = 1024 };

/* A level's: its spread is exp(-100). Finite, so that any weights mix it. */
static const float level_log_variance = -200.0f;

typedef struct infer_worker {
    nn_activations *activations;
    float *frames; /* (group,K) compressed magnitudes */
    float *latent; /* (group,Z) of rows that have a level too */
    float *gain;   /* (group) */
} infer_worker;

struct lts_model_work {
    unsigned threads;
    size_t group;
    const float *condition;
    infer_worker *worker;
};

static size_t group_of(const nn_net *net)
{
    size_t floats = 0;
    for (size_t l = 0; l < net->layer_count; l++)
        floats += nn_outputs(&net->layers[l]);
    const size_t most = GROUP_FLOATS / floats;
    return most > GROUP ? GROUP : most > 0 ? most : 1;
}

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
    work->group = group_of(model->net);
    const size_t group = work->group;
    status = lts_alloc_checked(&work->worker, work->threads, sizeof *work->worker,
                               "a model's threads", err);
    if (status != LTS_OK)
        goto done;
    for (unsigned i = 0; i < work->threads; i++) {
        infer_worker *w = &work->worker[i];
        status = nn_activations_create(model->net, group, 1, false, &w->activations, err);
        if (status != LTS_OK)
            goto done;
        status = lts_alloc_checked(&w->frames, group * model->config.bins, sizeof *w->frames,
                                   "compressed frames", err);
        if (status != LTS_OK)
            goto done;
        status = lts_alloc_checked(&w->latent, group * model->config.latent, sizeof *w->latent,
                                   "latent rows", err);
        if (status != LTS_OK)
            goto done;
        if ((status = lts_alloc_checked(&w->gain, group, sizeof *w->gain, "levels", err)) != LTS_OK)
            goto done;
    }
    *out = work;
    work = NULL;
done:
    lts_model_work_destroy(work);
    return status;
}

void lts_model_work_destroy(lts_model_work *work)
{
    if (!work)
        return;
    for (unsigned i = 0; work->worker && i < work->threads; i++) {
        nn_activations_destroy(work->worker[i].activations);
        lts_free(work->worker[i].frames);
        lts_free(work->worker[i].latent);
        lts_free(work->worker[i].gain);
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
    return j->frames - first < j->work->group ? j->frames - first : j->work->group;
}

static const float *condition_of(const job *j, size_t first)
{
    const float *condition = j->work->condition;
    return condition ? condition + first * j->model->config.conditions : NULL;
}

static void encode_group(void *context, size_t group, unsigned worker)
{
    const job *j = context;
    const lts_model *model = j->model;
    const lts_model_config *config = &model->config;
    const infer_worker *w = &j->work->worker[worker];
    const size_t first = group * j->work->group, frames = group_size(j, first);
    const size_t latent = config->latent, bins = config->bins, columns = lts_model_columns(model);
    const size_t heads = model->sample - 1;
    const float *magnitudes = j->from + first * bins;
    magnitudes_compress(config, magnitudes, w->frames, frames * bins);
    if (config->gain_shape)
        gain_split(w->frames, bins, frames, w->gain);
    const nn_pass pass = {.net = model->net,
                          .parameters = model->parameters,
                          .activations = w->activations,
                          .end = model->sample,
                          .x = w->frames,
                          .condition = condition_of(j, first),
                          .batch = frames,
                          .mean_only = !j->log_variance};
    nn_forward(&pass, nn_worker_alone);
    for (size_t t = 0; t < frames; t++) {
        const float *row = w->activations->value[heads] + 2 * latent * t;
        float *mean = j->to + columns * (first + t);
        memcpy(mean, row, latent * sizeof *row);
        if (config->gain_shape)
            mean[latent] = level_of(magnitudes + t * bins, model->level_weight, bins);
        if (!j->log_variance)
            continue;
        float *log_variance = j->log_variance + columns * (first + t);
        memcpy(log_variance, row + latent, latent * sizeof *row);
        if (config->gain_shape)
            log_variance[latent] = level_log_variance;
    }
}

static void decode_group(void *context, size_t group, unsigned worker)
{
    const job *j = context;
    const lts_model *model = j->model;
    const lts_model_config *config = &model->config;
    const infer_worker *w = &j->work->worker[worker];
    const size_t first = group * j->work->group, frames = group_size(j, first), bins = config->bins;
    const size_t latent = config->latent, columns = lts_model_columns(model);
    const float *z = j->from + first * columns;
    float *magnitudes = j->to + first * bins;
    for (size_t t = 0; config->gain_shape && t < frames; t++)
        memcpy(w->latent + latent * t, z + columns * t, latent * sizeof *z);
    const nn_pass pass = {.net = model->net,
                          .parameters = model->parameters,
                          .activations = w->activations,
                          .first = model->sample + 1,
                          .end = model->net->layer_count,
                          .x = config->gain_shape ? w->latent : z,
                          .condition = condition_of(j, first),
                          .batch = frames};
    nn_forward(&pass, nn_worker_alone);
    magnitudes_expand(config, w->activations->value[pass.end - 1], magnitudes, frames * bins);
    for (size_t t = 0; config->gain_shape && t < frames; t++)
        level_set(magnitudes + t * bins, model->level_weight, bins, z[columns * t + latent]);
}

void lts_model_work_condition(lts_model_work *work, const float *condition)
{
    work->condition = condition;
}

void lts_model_encode(const lts_model *model, lts_model_work *work, const float *magnitudes,
                      size_t frames, float *mean, float *log_variance)
{
    job j = {model, work, magnitudes, frames, mean, log_variance};
    lts_parallel_for((frames + work->group - 1) / work->group, work->threads, encode_group, &j);
}

void lts_model_decode(const lts_model *model, lts_model_work *work, const float *z, size_t frames,
                      float *magnitudes)
{
    job j = {model, work, z, frames, magnitudes, NULL};
    lts_parallel_for((frames + work->group - 1) / work->group, work->threads, decode_group, &j);
}
