#include "model/model_parts.h"

/* Examples are worked on in groups of this many: their activations are large. */
enum { GROUP = 8, MAX_THREADS = 1024 };

struct lts_classifier {
    const lts_model *model;
    unsigned threads;
    nn_activations **activations; /* one a thread */
};

lts_status lts_classifier_create(const lts_model *model, unsigned threads, lts_classifier **out,
                                 lts_error *err)
{
    lts_classifier *c = NULL;
    *out = NULL;
    if (threads > MAX_THREADS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "threads is %u, expected at most %d", threads,
                        MAX_THREADS);
    lts_status status = lts_model_check_classes(model, err);
    if (status != LTS_OK)
        return status;
    nn_use_own_threads();
    if ((status = lts_alloc_checked(&c, 1, sizeof *c, "a classifier", err)) != LTS_OK)
        goto done;
    c->model = model;
    c->threads = threads ? threads : lts_processor_count();
    status = lts_alloc_checked(&c->activations, c->threads, sizeof(nn_activations *),
                               "a classifier's threads", err);
    if (status != LTS_OK)
        goto done;
    for (unsigned i = 0; i < c->threads; i++) {
        status = nn_activations_create(model->net, GROUP, 1, false, &c->activations[i], err);
        if (status != LTS_OK)
            goto done;
    }
done:
    if (status != LTS_OK)
        lts_classifier_destroy(c);
    else
        *out = c;
    return status;
}

void lts_classifier_destroy(lts_classifier *c)
{
    if (!c)
        return;
    for (unsigned i = 0; c->activations && i < c->threads; i++)
        nn_activations_destroy(c->activations[i]);
    lts_free(c->activations);
    lts_free(c);
}

typedef struct job {
    const lts_classifier *classifier;
    const float *x;
    size_t rows;
    float *y;
} job;

static void classify_group(void *context, size_t group, unsigned worker)
{
    const job *j = context;
    const lts_model *model = j->classifier->model;
    const size_t first = group * GROUP, left = j->rows - first, rows = left < GROUP ? left : GROUP;
    const size_t outputs = model->config.parameters * model->config.classes;
    nn_activations *activations = j->classifier->activations[worker];
    const nn_pass pass = {.net = model->net,
                          .parameters = model->parameters,
                          .activations = activations,
                          .end = model->net->layer_count,
                          .x = j->x + first * model->config.bins,
                          .batch = rows};
    nn_forward(&pass, nn_worker_alone);
    nn_vector_sigmoid(activations->value[pass.end - 1], j->y + first * outputs, rows * outputs);
}

void lts_classifier_run(lts_classifier *classifier, const float *x, size_t rows, float *y)
{
    job j = {classifier, x, rows, y};
    lts_parallel_for((rows + GROUP - 1) / GROUP, classifier->threads, classify_group, &j);
}
