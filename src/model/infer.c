#include "model/model.h"

#include <string.h>

/* Frames are worked on in groups of this many, whoever asks for how many: enough to keep a matrix
 * product efficient, and few enough to share two seconds of sound between threads. */
enum { GROUP = 128, MAX_THREADS = 1024 };

typedef struct member {
    lts_tape *tape;
    float *frames; /* (GROUP,K) compressed magnitudes */
} member;

struct lts_model_work {
    unsigned threads;
    member *member;
};

lts_status lts_model_work_create(const lts_model *model, unsigned threads, lts_model_work **out,
                                 lts_error *err)
{
    *out = NULL;
    if (threads > MAX_THREADS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "threads is %u, expected at most %d", threads,
                        MAX_THREADS);
    lts_nn_use_own_threads();
    lts_model_work *work;
    lts_status status = lts_alloc_checked(&work, 1, sizeof *work, "a model's scratch", err);
    if (status != LTS_OK)
        return status;
    work->threads = threads ? threads : lts_processor_count();
    status = lts_alloc_checked(&work->member, work->threads, sizeof *work->member,
                               "a model's threads", err);
    for (unsigned i = 0; status == LTS_OK && i < work->threads; i++) {
        member *m = &work->member[i];
        status = lts_tape_create(model->net, GROUP, false, &m->tape, err);
        if (status == LTS_OK)
            status = lts_alloc_checked(&m->frames, GROUP * model->config.bins, sizeof *m->frames,
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
    for (unsigned i = 0; work->member && i < work->threads; i++) {
        lts_tape_destroy(work->member[i].tape);
        lts_free(work->member[i].frames);
    }
    lts_free(work->member);
    lts_free(work);
}

static void encode_group(const lts_model *model, const member *m, const float *magnitudes,
                         size_t frames, float *mean, float *log_variance)
{
    const size_t latent = model->config.latent, heads = model->sample - 1;
    magnitudes_compress(model->config.compression, magnitudes, m->frames,
                        frames * model->config.bins);
    const lts_pass pass = {.net = model->net,
                           .parameters = model->parameters,
                           .tape = m->tape,
                           .end = model->sample,
                           .x = m->frames,
                           .batch = frames,
                           .mean_only = !log_variance};
    lts_net_forward(&pass, lts_team_alone);
    for (size_t t = 0; t < frames; t++) {
        const float *row = m->tape->value[heads] + 2 * latent * t;
        memcpy(mean + latent * t, row, latent * sizeof *mean);
        if (log_variance)
            memcpy(log_variance + latent * t, row + latent, latent * sizeof *log_variance);
    }
}

static void decode_group(const lts_model *model, const member *m, const float *z, size_t frames,
                         float *magnitudes)
{
    const lts_pass pass = {.net = model->net,
                           .parameters = model->parameters,
                           .tape = m->tape,
                           .first = model->sample + 1,
                           .end = model->net->layer_count,
                           .x = z,
                           .batch = frames};
    lts_net_forward(&pass, lts_team_alone);
    magnitudes_expand(model->config.compression, m->tape->value[pass.end - 1], magnitudes,
                      frames * model->config.bins);
}

/* Threads worth waking for so many frames. */
static int team_size(const lts_model_work *work, size_t frames)
{
    size_t groups = (frames + GROUP - 1) / GROUP;
    return (int)(groups < work->threads ? groups : work->threads);
}

void lts_model_encode(const lts_model *model, lts_model_work *work, const float *magnitudes,
                      size_t frames, float *mean, float *log_variance)
{
    const size_t bins = model->config.bins, latent = model->config.latent;
    const int threads = team_size(work, frames);
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads) if (threads > 1)
    for (size_t t = 0; t < frames; t += GROUP)
        encode_group(model, &work->member[lts_team_here().member], magnitudes + t * bins,
                     frames - t < GROUP ? frames - t : GROUP, mean + t * latent,
                     log_variance ? log_variance + t * latent : NULL);
}

void lts_model_decode(const lts_model *model, lts_model_work *work, const float *z, size_t frames,
                      float *magnitudes)
{
    const size_t bins = model->config.bins, latent = model->config.latent;
    const int threads = team_size(work, frames);
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads) if (threads > 1)
    for (size_t t = 0; t < frames; t += GROUP)
        decode_group(model, &work->member[lts_team_here().member], z + t * latent,
                     frames - t < GROUP ? frames - t : GROUP, magnitudes + t * bins);
}
