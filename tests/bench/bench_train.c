/* Training speed of the originals' 384-2048-256 model against its limit: OpenBLAS's products of the
 * same shapes plus Adam's bytes at the copy bandwidth of this machine, all measured here; and of
 * default.ini's recipe on the same widths beside it: its frames/s as a share of the plain step's,
 * and its multiplications/s, of which its linear paths need more. One JSON object a line.
 *
 *     bench_train [BATCH ...] */
#include "lts/model.h"

#include <cblas.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { BINS = 384, UNITS = 2048, LATENT = 256, ROUNDS = 5, THREADS_MAX = 64 };

static const double round_seconds = 0.4;

/* {inputs, outputs} of the dense products; the two heads are one. */
static const size_t layer[][2] = {
    {BINS, UNITS}, {UNITS, 2 * LATENT}, {LATENT, UNITS}, {UNITS, BINS}};
enum { LAYERS = sizeof layer / sizeof *layer };

typedef struct subject {
    lts_model *model;
    lts_trainer *trainer;
} subject;

typedef struct bench {
    size_t batch;
    int threads;
    subject plain, recipe;
    float *frames;
    float *weights, *x, *y, *from, *to; /* of the limit */
} bench;

static void die(const lts_error *err)
{
    fprintf(stderr, "bench_train: %s\n", err->text);
    exit(1);
}

static void *must(void *memory)
{
    if (!memory)
        die(&(lts_error){.text = "out of memory"});
    return memory;
}

static size_t parameter_floats(void)
{
    size_t floats = 0;
    for (size_t l = 0; l < LAYERS; l++)
        floats += layer[l][0] * layer[l][1];
    return floats;
}

static void fill(float *x, size_t n)
{
    lts_rng rng;
    lts_rng_seed(&rng, 3, n);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)lts_rng_uniform(&rng);
}

static void open_subject(subject *of, const lts_model_config *config, const lts_training *training)
{
    lts_error err = {0};
    if (lts_model_create(config, 1, &of->model, &err) != LTS_OK ||
        lts_trainer_create(of->model, training, &of->trainer, &err) != LTS_OK)
        die(&err);
}

static void close_subject(subject *of)
{
    lts_trainer_destroy(of->trainer);
    lts_model_destroy(of->model);
}

/* The network and the training of the PyTorch original. */
static void open_plain(bench *b)
{
    lts_model_config config = lts_model_defaults();
    config.activation = LTS_ACTIVATION_RELU;
    config.output = LTS_OUTPUT_RELU;
    config.linear_paths = config.gain_shape = false;
    config.compression = LTS_COMPRESSION_NONE;
    open_subject(&b->plain, &config,
                 &(lts_training){.loss = LTS_LOSS_SUM,
                                 .kl_beta = 5e-4,
                                 .learning_rate = 1e-4,
                                 .beta1 = 0.9,
                                 .beta2 = 0.999,
                                 .epsilon = 1e-8,
                                 .batch = b->batch,
                                 .threads = (unsigned)b->threads,
                                 .seed = 1});
}

/* Those of default.ini. */
static void open_recipe(bench *b)
{
    const lts_model_config config = lts_model_defaults();
    open_subject(&b->recipe, &config,
                 &(lts_training){.loss = LTS_LOSS_RELATIVE,
                                 .kl_beta = 1e-3,
                                 .learning_rate = 2e-3,
                                 .beta1 = 0.9,
                                 .beta2 = 0.999,
                                 .epsilon = 1e-8,
                                 .batch = b->batch,
                                 .threads = (unsigned)b->threads,
                                 .seed = 1,
                                 .data_rms = 0.7,
                                 .level_weight = 0.5,
                                 .transpose_share = 0.5,
                                 .gradient_clip = 2,
                                 .transpose_bins = 24});
}

static void open_bench(bench *b, size_t batch)
{
    *b = (bench){.batch = batch, .threads = (int)lts_processor_count()};
    open_plain(b);
    open_recipe(b);
    b->frames = must(lts_alloc(batch * BINS, sizeof(float)));
    b->weights = must(lts_alloc(parameter_floats(), sizeof(float)));
    b->x = must(lts_alloc(batch * UNITS, sizeof(float)));
    b->y = must(lts_alloc(batch * UNITS, sizeof(float)));
    b->from = must(lts_alloc(3 * parameter_floats(), sizeof(float)));
    b->to = must(lts_alloc(3 * parameter_floats(), sizeof(float)));
    fill(b->frames, batch * BINS);
    fill(b->weights, parameter_floats());
    fill(b->x, batch * UNITS);
    fill(b->y, batch * UNITS);
}

static void close_bench(bench *b)
{
    lts_free(b->to);
    lts_free(b->from);
    lts_free(b->y);
    lts_free(b->x);
    lts_free(b->weights);
    lts_free(b->frames);
    close_subject(&b->recipe);
    close_subject(&b->plain);
}

static void train(bench *b, lts_trainer *trainer)
{
    lts_error err = {0};
    const lts_batch batch = {.x = b->frames, .count = b->batch};
    if (lts_trainer_step(trainer, &batch, NULL, &err) != LTS_OK)
        die(&err);
}

static void train_plain(bench *b)
{
    train(b, b->plain.trainer);
}

static void train_recipe(bench *b)
{
    train(b, b->recipe.trainer);
}

/* Multiplications of the recipe's products over those of the plain step's: two products forward and
 * for the weights, one more for the inputs but the first layer's. The path around the encoder is a
 * first layer, that around the decoder is not. */
static double multiplications(void)
{
    double plain = 0;
    for (size_t l = 0; l < LAYERS; l++)
        plain += (l > 0 ? 3.0 : 2.0) * (double)(layer[l][0] * layer[l][1]);
    return (plain + 5.0 * BINS * LATENT) / plain;
}

/* The products of one step: forward, gradients of the inputs but the first layer's, gradients of
 * the weights. Cut in columns between `parts` callers; with one part OpenBLAS uses its own threads.
 */
static void products_part(bench *b, size_t part, size_t parts)
{
    const int batch = (int)b->batch;
    float *w = b->weights;
    for (size_t l = 0; l < LAYERS; l++) {
        const int in = (int)layer[l][0], out = (int)layer[l][1];
        const int outs = out / (int)parts, ins = in / (int)parts;
        const size_t o = part * (size_t)outs, i = part * (size_t)ins;
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, batch, outs, in, 1, b->x, in,
                    w + o * layer[l][0], in, 0, b->y + o, out);
        if (l > 0)
            cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, batch, ins, out, 1, b->x, out,
                        w + i, in, 0, b->y + i, in);
        cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, outs, in, batch, 1, b->x + o, out,
                    b->x, in, 0, b->to + o * layer[l][0], in);
        w += layer[l][0] * layer[l][1];
    }
}

static void products_by_openblas(bench *b)
{
    openblas_set_num_threads(b->threads);
    products_part(b, 0, 1);
    openblas_set_num_threads(1);
}

static void products_by_slices(bench *b)
{
#pragma omp parallel num_threads(b->threads)
    products_part(b, (size_t)omp_get_thread_num(), (size_t)omp_get_num_threads());
}

/* Adam reads and writes parameter and both moments: three arrays copied. */
static void copy_bytes(bench *b)
{
    const size_t floats = 3 * parameter_floats();
#pragma omp parallel num_threads(b->threads)
    {
        size_t parts = (size_t)omp_get_num_threads(), part = (size_t)omp_get_thread_num();
        size_t first = floats * part / parts, end = floats * (part + 1) / parts;
        memcpy(b->to + first, b->from + first, (end - first) * sizeof *b->to);
    }
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

int main(int count, char **arguments)
{
    static const char *const usual[] = {"64", "256", "1024"};
    const int batches = count > 1 ? count - 1 : 3;
    for (int i = 0; i < batches; i++) {
        int64_t batch;
        const char *text = count > 1 ? arguments[i + 1] : usual[i];
        if (!lts_parse_int(text, &batch) || batch < 1) {
            fprintf(stderr, "bench_train: '%s' is no batch size\n", text);
            return 2;
        }
        bench b;
        double step = 1e9, recipe = 1e9, openblas = 1e9, slices = 1e9, copy = 1e9;
        open_bench(&b, (size_t)batch);
        for (int round = 0; round < ROUNDS; round++) {
            measure(&b, train_plain, &step);
            measure(&b, train_recipe, &recipe);
            measure(&b, products_by_openblas, &openblas);
            measure(&b, products_by_slices, &slices);
            measure(&b, copy_bytes, &copy);
        }
        double limit = (openblas < slices ? openblas : slices) + copy;
        printf("{\"batch\": %zu, \"frames_per_s\": %.0f, \"limit_frames_per_s\": %.0f, "
               "\"ratio\": %.3f, \"recipe_frames_per_s\": %.0f, \"recipe_ratio\": %.3f, "
               "\"recipe_multiplications_ratio\": %.3f, \"products_ms\": %.3f, "
               "\"copy_ms\": %.3f, \"threads\": %d}\n",
               b.batch, (double)batch / step, (double)batch / limit, limit / step,
               (double)batch / recipe, step / recipe, step / recipe * multiplications(),
               1e3 * (limit - copy), 1e3 * copy, b.threads);
        fflush(stdout);
        close_bench(&b);
    }
    return 0;
}
