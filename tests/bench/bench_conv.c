/* Training speed of convolutional networks, InverSynth's and `semantic`: examples/s of the fastest
 * step, and the multiplications of its products a second as a share of OpenBLAS's rate on large
 * matrices, one on each thread, measured here in turns with it. One JSON object a line.
 *
 *     bench_conv [NETWORK BATCH] ...      such as c6xl 64 */
#include "model/model_parts.h"

#include <cblas.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 4, SIDE = 1024 };

static const double round_seconds = 1.0;

typedef struct bench {
    lts_model *model;
    lts_trainer *trainer;
    float *x, *matrix;
    int32_t *labels;
    lts_batch batch;
    unsigned threads;
} bench;

static void die(const lts_error *err)
{
    fprintf(stderr, "bench_conv: %s\n", err->text);
    exit(1);
}

static void *must(void *memory)
{
    if (!memory)
        die(&(lts_error){.text = "out of memory"});
    return memory;
}

static lts_model_config config_of(const char *name)
{
    const lts_model_setting *setting;
    lts_model_config config = lts_model_type_defaults(LTS_MODEL_SEMANTIC);
    config.bins = 512 * 64;
    config.rows = 512;
    if (strcmp(name, "semantic") == 0)
        return config;
    config = lts_model_defaults();
    config.type = LTS_MODEL_INVERSYNTH;
    for (size_t s = 0; (setting = lts_model_setting_at(s)); s++)
        for (int c = 0; strcmp(setting->name, "architecture") == 0 && setting->choices[c]; c++)
            if (strcmp(setting->choices[c], name) == 0)
                config.architecture = (lts_inversynth)c;
    const bool samples = strncmp(name, "ce2e", 4) == 0;
    config.bins = samples ? 16384 : 64 * 257;
    config.rows = samples ? 16384 : 64;
    return config;
}

static void open_bench(bench *b, const char *name, size_t batch)
{
    const lts_model_config config = config_of(name);
    const lts_training training = {.loss = config.type == LTS_MODEL_SEMANTIC ? LTS_LOSS_ELBO
                                                                             : LTS_LOSS_BCE,
                                   .kl_beta = 1,
                                   .reconstruction_weight = 1e6,
                                   .learning_rate = 1e-4,
                                   .beta1 = 0.9,
                                   .beta2 = 0.999,
                                   .epsilon = 1e-8,
                                   .batch = batch,
                                   .seed = 1};
    const size_t labels = batch * config.parameters;
    lts_error err = {0};
    lts_rng rng;
    *b = (bench){.threads = lts_processor_count()};
    if (lts_model_create(&config, 1, &b->model, &err) != LTS_OK ||
        lts_trainer_create(b->model, &training, &b->trainer, &err) != LTS_OK)
        die(&err);
    b->x = must(lts_alloc(batch * config.bins, sizeof *b->x));
    b->labels = must(lts_alloc(labels, sizeof *b->labels));
    b->matrix = must(lts_alloc(3 * b->threads * SIDE * SIDE, sizeof *b->matrix));
    lts_rng_seed(&rng, 3, 0);
    lts_rng_fill_normal(&rng, b->x, batch * config.bins);
    lts_rng_fill_normal(&rng, b->matrix, 3 * b->threads * SIDE * SIDE);
    for (size_t i = 0; i < labels; i++)
        b->labels[i] = (int32_t)lts_rng_below(&rng, config.classes);
    b->batch = (lts_batch){
        .x = b->x, .labels = b->labels, .label_count = config.parameters, .count = batch};
}

static void close_bench(bench *b)
{
    lts_free(b->matrix);
    lts_free(b->labels);
    lts_free(b->x);
    lts_trainer_destroy(b->trainer);
    lts_model_destroy(b->model);
}

/* Of one example's products: one forward, one for the weights, and one for the inputs of every
 * layer but the first. */
static double multiplications(const nn_net *net)
{
    double sum = 0;
    for (size_t l = 0; l < net->layer_count; l++) {
        const nn_layer *layer = &net->layers[l];
        double products = 0;
        if (layer->kind == NN_DENSE)
            products = (double)nn_inputs(layer) * (double)nn_outputs(layer);
        if (layer->kind == NN_GAUSSIAN)
            products = (double)nn_inputs(layer) * (double)nn_outputs(layer);
        if (layer->kind == NN_TRANSPOSED_CONVOLUTION)
            products = (double)(layer->kernel.height * layer->kernel.width * layer->out.channels) *
                       (double)nn_inputs(layer);
        if (layer->kind == NN_CONVOLUTION)
            products = (double)(layer->kernel.height * layer->kernel.width * layer->in.channels) *
                       (double)nn_outputs(layer);
        sum += (l > 0 ? 3 : 2) * products;
    }
    return sum;
}

static void train(bench *b)
{
    lts_error err = {0};
    if (lts_trainer_step(b->trainer, &b->batch, NULL, &err) != LTS_OK)
        die(&err);
}

static void multiply(void *context, size_t item, unsigned worker)
{
    float *a = (float *)context + 3 * item * SIDE * SIDE;
    (void)worker;
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, SIDE, SIDE, SIDE, 1, a, SIDE,
                a + SIDE * SIDE, SIDE, 0, a + 2 * SIDE * SIDE, SIDE);
}

static void products(bench *b)
{
    lts_parallel_for(b->threads, b->threads, multiply, b->matrix);
}

/* Seconds of one call, by the fastest of this round's; `best` keeps the least of all rounds. */
static void measure(bench *b, void (*work)(bench *), double *best)
{
    double start = lts_now(), end = start + round_seconds, before = start;
    do {
        work(b);
        double now = lts_now();
        *best = now - before < *best ? now - before : *best;
        before = now;
    } while (before < end);
}

static void report(const char *name, size_t batch)
{
    bench b;
    double step = 1e9, square = 1e9;
    open_bench(&b, name, batch);
    for (int round = 0; round < ROUNDS; round++) {
        measure(&b, train, &step);
        measure(&b, products, &square);
    }
    const double rate = multiplications(b.model->net) * (double)batch / step;
    const double limit = (double)b.threads * SIDE * SIDE * SIDE / square;
    printf("{\"network\": \"%s\", \"batch\": %zu, \"examples_per_s\": %.1f, "
           "\"gigaflops\": %.1f, \"sgemm_gigaflops\": %.1f, \"ratio\": %.3f, \"threads\": %u}\n",
           name, batch, (double)batch / step, 2e-9 * rate, 2e-9 * limit, rate / limit, b.threads);
    fflush(stdout);
    close_bench(&b);
}

int main(int count, char **arguments)
{
    static const char *const usual[] = {"c6", "16", "c6", "64", "c6xl", "16", "c6xl", "64", NULL};
    for (int i = 0; count > 1 ? i + 1 < count : usual[i] != NULL; i += 2) {
        const char *name = count > 1 ? arguments[i + 1] : usual[i];
        const char *size = count > 1 ? arguments[i + 2] : usual[i + 1];
        int64_t batch;
        if (!size || !lts_parse_int(size, &batch) || batch < 1) {
            fprintf(stderr, "bench_conv: %s: no batch size\n", name);
            return 2;
        }
        report(name, (size_t)batch);
    }
    return 0;
}
