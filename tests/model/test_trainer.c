#include "testing.h"

#include "trainer_fixture.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

enum { BATCH = 16, BINS = 40 };

static lts_model_config small_config(lts_model_type type)
{
    lts_model_config config = original_model();
    config.type = type;
    config.bins = BINS;
    config.units = 64;
    config.latent = 6;
    config.batch_norm = true;
    return config;
}

static lts_training small_training(lts_loss loss)
{
    return (lts_training){.loss = loss,
                          .kl_beta = 0.01,
                          .learning_rate = 1e-3,
                          .beta1 = 0.9,
                          .beta2 = 0.999,
                          .epsilon = 1e-8,
                          .batch = BATCH,
                          .threads = 2,
                          .seed = 77};
}

/* Frames with a shape to learn: a peak that moves. */
static void make_frames(float *x, size_t frames, uint64_t seed)
{
    lts_rng rng;
    lts_rng_seed(&rng, seed, 0);
    for (size_t t = 0; t < frames; t++) {
        double centre = BINS * lts_rng_uniform(&rng);
        for (size_t k = 0; k < BINS; k++)
            x[t * BINS + k] = (float)exp(-0.1 * ((double)k - centre) * ((double)k - centre));
    }
}

/* --- Settings -------------------------------------------------------------------------------- */

static void settings_out_of_range_are_refused(void **state)
{
    (void)state;
    struct {
        const char *words;
        lts_training training;
    } cases[24];
    size_t count = 0;
#define CASE(member, value, text)                                                                  \
    do {                                                                                           \
        cases[count].words = text;                                                                 \
        cases[count].training = small_training(LTS_LOSS_SUM);                                      \
        cases[count++].training.member = value;                                                    \
    } while (0)
    CASE(loss, (lts_loss)99, "no such loss");
    CASE(loss, LTS_LOSS_RELATIVE, "the data's RMS is 0");
    CASE(level_weight, -1, "level_weight is -1");
    CASE(transpose_share, 1.5, "transpose_share is 1.5");
    CASE(kl_beta, -1, "kl_beta is -1");
    CASE(kl_beta, NAN, "kl_beta");
    CASE(kl_beta, INFINITY, "kl_beta");
    CASE(learning_rate, -1e-9, "learning_rate");
    CASE(learning_rate, NAN, "learning_rate");
    CASE(beta1, 1, "adam_beta_1 is 1");
    CASE(beta1, -0.1, "adam_beta_1");
    CASE(beta2, 1.5, "adam_beta_2 1.5");
    CASE(beta2, NAN, "adam_beta_2");
    CASE(gradient_clip, -1, "gradient_clip is -1");
    CASE(gradient_clip, NAN, "gradient_clip");
    CASE(epsilon, 0, "epsilon is 0");
    CASE(epsilon, -1e-8, "epsilon");
    CASE(epsilon, NAN, "epsilon");
    CASE(batch, 0, "batch_size is 0");
    CASE(batch, SIZE_MAX, "batch_size");
    CASE(threads, 100000, "threads is 100000");
#undef CASE
    const lts_model_config config = small_config(LTS_MODEL_VAE);
    lts_error err = {0};
    lts_model *model;
    assert_ok(lts_model_create(&config, 9, &model, &err));
    for (size_t c = 0; c < count; c++) {
        lts_trainer *trainer;
        assert_status(lts_trainer_create(model, &cases[c].training, &trainer, &err),
                      LTS_ERR_ARGUMENT);
        assert_null(trainer);
        if (!strstr(err.text, cases[c].words))
            fail_msg("case %zu says: %s", c, err.text);
    }
    lts_model_destroy(model);
}

static void a_batch_of_another_size_is_refused_or_taken(void **state)
{
    (void)state;
    static float x[(BATCH + 1) * BINS];
    const lts_model_config config = small_config(LTS_MODEL_VAE);
    lts_training training = small_training(LTS_LOSS_MEAN);
    fixture large = fixture_open(&config, &training);
    training.batch = 5;
    fixture exact = fixture_open(&config, &training);
    lts_error err = {0};
    lts_losses a, b;
    make_frames(x, BATCH + 1, 1);
    assert_status(lts_trainer_step(large.trainer, &(lts_batch){.x = x, .count = 0}, &a, &err),
                  LTS_ERR_ARGUMENT);
    assert_status(
        lts_trainer_step(large.trainer, &(lts_batch){.x = x, .count = BATCH + 1}, &a, &err),
        LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "a batch of 17, expected 1 to 16"));
    step(&large, x, 5, &a);
    step(&exact, x, 5, &b);
    assert_true(a.total == b.total);
    assert_memory_equal(large.model->parameters, exact.model->parameters,
                        large.model->net->total * sizeof(float));
    fixture_close(&exact);
    fixture_close(&large);
}

/* --- Steps ----------------------------------------------------------------------------------- */

static void a_loss_that_is_not_finite_changes_nothing(void **state)
{
    (void)state;
    static float x[BATCH * BINS], bad[BATCH * BINS];
    static const float poison[] = {NAN, INFINITY, -INFINITY, 3e38f};
    make_frames(x, BATCH, 1);
    for (int type = 0; type < 2; type++)
        for (int i = 0; i < 4; i++) {
            const lts_model_config config = small_config((lts_model_type)type);
            const lts_training training = small_training(LTS_LOSS_SUM);
            fixture disturbed = fixture_open(&config, &training);
            fixture calm = fixture_open(&config, &training);
            lts_error err = {0};
            lts_losses losses;
            step(&disturbed, x, BATCH, NULL);
            step(&calm, x, BATCH, NULL);
            memcpy(bad, x, sizeof x);
            bad[3 * BINS + 7] = poison[i];
            assert_status(lts_trainer_step(disturbed.trainer,
                                           &(lts_batch){.x = bad, .count = BATCH}, &losses, &err),
                          LTS_ERR_NONFINITE);
            assert_non_null(strstr(err.text, "at step 2"));
            assert_string_equal(lts_model_hash(disturbed.model), lts_model_hash(calm.model));
            step(&disturbed, x, BATCH, NULL);
            step(&calm, x, BATCH, NULL);
            assert_string_equal(lts_model_hash(disturbed.model), lts_model_hash(calm.model));
            assert_memory_equal(disturbed.trainer->moments, calm.trainer->moments,
                                2 * calm.model->net->trained * sizeof(float));
            fixture_close(&calm);
            fixture_close(&disturbed);
        }
}

/* Whatever the number of threads, vae2 with batch normalisation included. */
static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    static float x[BATCH * BINS];
    make_frames(x, BATCH, 1);
    for (int type = 0; type < 2; type++)
        for (unsigned threads = 2; threads <= 5; threads++) {
            const lts_model_config config = small_config((lts_model_type)type);
            lts_training training = small_training(LTS_LOSS_SUM);
            training.threads = 1;
            fixture alone = fixture_open(&config, &training);
            training.threads = threads;
            fixture shared = fixture_open(&config, &training);
            for (size_t i = 0; i < 6; i++) {
                step(&shared, x, BATCH - i % 3, NULL);
                step(&alone, x, BATCH - i % 3, NULL);
            }
            assert_string_equal(lts_model_hash(shared.model), lts_model_hash(alone.model));
            fixture_close(&shared);
            fixture_close(&alone);
        }
}

/* The same at the widths of default.ini, where matrix products are cut. */
static void threads_do_not_change_a_bit_of_a_wide_model(void **state)
{
    (void)state;
    enum { ROWS = 33 };
    lts_model_config config = original_model();
    lts_training training = small_training(LTS_LOSS_MEAN);
    float *x = lts_alloc(ROWS * config.bins, sizeof *x);
    char hash[3][LTS_HASH_TEXT];
    lts_rng rng;
    lts_rng_seed(&rng, 4, 0);
    for (size_t i = 0; i < ROWS * config.bins; i++)
        x[i] = (float)lts_rng_uniform(&rng);
    training.batch = ROWS;
    for (unsigned threads = 1; threads <= 3; threads++) {
        training.threads = threads;
        fixture f = fixture_open(&config, &training);
        step(&f, x, ROWS, NULL);
        step(&f, x, ROWS, NULL);
        snprintf(hash[threads - 1], LTS_HASH_TEXT, "%s", lts_model_hash(f.model));
        fixture_close(&f);
    }
    assert_string_equal(hash[1], hash[0]);
    assert_string_equal(hash[2], hash[0]);
    lts_free(x);
}

static void both_ways_of_updating_agree(void **state)
{
    (void)state;
    static float x[BATCH * BINS];
    make_frames(x, BATCH, 1);
    const lts_model_config config = small_config(LTS_MODEL_VAE2);
    const lts_training training = small_training(LTS_LOSS_SUM);
    fixture blocks = fixture_open(&config, &training), whole = fixture_open(&config, &training);
    float *gradient = lts_alloc(whole.model->net->trained, sizeof *gradient);
    for (int i = 0; i < 5; i++) {
        lts_error err = {0};
        step(&blocks, x, BATCH, NULL);
        assert_ok(trainer_step(whole.trainer, &(lts_batch){.x = x, .count = BATCH}, NULL, gradient,
                               NULL, &err));
    }
    assert_true(relative_error(blocks.model->parameters, whole.model->parameters,
                               whole.model->net->total) < 1e-6);
    lts_free(gradient);
    fixture_close(&whole);
    fixture_close(&blocks);
}

static void noise_follows_the_frames_not_the_batches(void **state)
{
    (void)state;
    static float x[BATCH * BINS];
    lts_model_config config = small_config(LTS_MODEL_VAE);
    lts_training training = small_training(LTS_LOSS_SUM);
    lts_losses whole, part[2], other;
    training.learning_rate = 0;
    make_frames(x, BATCH, 1);
    fixture a = fixture_open(&config, &training), b = fixture_open(&config, &training);
    step(&a, x, BATCH, &whole);
    step(&b, x, 5, &part[0]);
    step(&b, x + 5 * BINS, BATCH - 5, &part[1]);
    double sum = part[0].reconstruction + part[1].reconstruction;
    assert_true(fabs(whole.reconstruction - sum) < 1e-5 * sum);
    training.seed++;
    fixture c = fixture_open(&config, &training);
    step(&c, x, BATCH, &other);
    assert_true(fabs(other.reconstruction - whole.reconstruction) > 1e-4 * sum);
    assert_true(other.kl == whole.kl);
    fixture_close(&c);
    fixture_close(&b);
    fixture_close(&a);
}

static void no_rate_no_change(void **state)
{
    (void)state;
    static float x[BATCH * BINS];
    lts_model_config config = small_config(LTS_MODEL_VAE2);
    const lts_training training = small_training(LTS_LOSS_SUM);
    fixture f = fixture_open(&config, &training);
    const size_t trained = f.model->net->trained, total = f.model->net->total;
    float *before = lts_alloc(total, sizeof *before);
    memcpy(before, f.model->parameters, total * sizeof *before);
    make_frames(x, BATCH, 1);
    lts_trainer_set_learning_rate(f.trainer, 0);
    step(&f, x, BATCH, NULL);
    assert_memory_equal(before, f.model->parameters, trained * sizeof *before);
    assert_memory_not_equal(before + trained, f.model->parameters + trained,
                            (total - trained) * sizeof *before); /* running statistics */
    lts_trainer_set_learning_rate(f.trainer, 1e-3);
    step(&f, x, BATCH, NULL);
    assert_memory_not_equal(before, f.model->parameters, trained * sizeof *before);
    lts_free(before);
    fixture_close(&f);
}

static void a_step_allocates_nothing(void **state)
{
    (void)state;
    static float x[BATCH * BINS];
    double squares[2 * BATCH];
    lts_losses losses;
    lts_model_config config = small_config(LTS_MODEL_VAE2);
    lts_training training = small_training(LTS_LOSS_SUM);
    training.threads = 1; /* so that every allocation would be counted on this thread */
    config.compression = LTS_COMPRESSION_LOG;
    fixture f = fixture_open(&config, &training);
    make_frames(x, BATCH, 1);
    test_fail_allocation(0);
    step(&f, x, BATCH, &losses);
    lts_trainer_evaluate(f.trainer, &(lts_batch){.x = x, .count = BATCH}, &losses, squares);
    assert_int_equal(test_fail_allocation(0), 0);
    fixture_close(&f);
}

/* --- Several processes ----------------------------------------------------------------------- */

/* Two trainers as two processes: each sum waits for both. */
typedef struct pair {
    pthread_barrier_t barrier;
    float *x[2];
    double *y[2];
    float x_sum[64 * 1024];
    double y_sum[2];
} pair;

typedef struct process {
    pair *of;
    int rank;
    lts_reduce reduce;
    fixture f;
    const float *frames;
    size_t rows[2]; /* of either process */
    lts_losses losses;
} process;

static lts_status sum_float(void *context, float *x, size_t n, lts_error *err)
{
    const process *p = context;
    (void)err;
    p->of->x[p->rank] = x;
    pthread_barrier_wait(&p->of->barrier);
    for (size_t i = 0; p->rank == 0 && i < n; i++)
        p->of->x_sum[i] = p->of->x[0][i] + p->of->x[1][i];
    pthread_barrier_wait(&p->of->barrier);
    memcpy(x, p->of->x_sum, n * sizeof *x);
    pthread_barrier_wait(&p->of->barrier);
    return LTS_OK;
}

static lts_status sum_double(void *context, double *x, size_t n, lts_error *err)
{
    const process *p = context;
    (void)err;
    p->of->y[p->rank] = x;
    pthread_barrier_wait(&p->of->barrier);
    for (size_t i = 0; p->rank == 0 && i < n; i++)
        p->of->y_sum[i] = p->of->y[0][i] + p->of->y[1][i];
    pthread_barrier_wait(&p->of->barrier);
    memcpy(x, p->of->y_sum, n * sizeof *x);
    pthread_barrier_wait(&p->of->barrier);
    return LTS_OK;
}

static void *process_main(void *argument)
{
    process *p = argument;
    const size_t first = p->rank == 0 ? 0 : p->rows[0];
    const lts_batch batch = {.x = p->frames + first * BINS,
                             .count = p->rows[p->rank],
                             .global_count = p->rows[0] + p->rows[1],
                             .first_row = first};
    lts_error err = {0};
    for (int i = 0; i < 4; i++)
        assert_ok(lts_trainer_step(p->f.trainer, &batch, &p->losses, &err));
    return NULL;
}

static void two_processes_train_as_one(void **state)
{
    (void)state;
    static float x[BATCH * BINS];
    static pair both;
    make_frames(x, BATCH, 1);
    for (int loss = 0; loss < 2; loss++) {
        const lts_model_config config = small_config(LTS_MODEL_VAE);
        lts_training training = small_training((lts_loss)loss);
        training.gradient_clip = 0.3; /* below what the steps differ by: every one is scaled */
        lts_losses losses;
        pthread_t thread;
        process p[2];
        fixture alone = fixture_open(&config, &training);
        pthread_barrier_init(&both.barrier, NULL, 2);
        for (int rank = 0; rank < 2; rank++) {
            p[rank] = (process){.of = &both, .rank = rank, .frames = x, .rows = {5, BATCH - 5}};
            p[rank].reduce = (lts_reduce){&p[rank], sum_float, sum_double};
            training.reduce = &p[rank].reduce;
            p[rank].f = fixture_open(&config, &training);
        }
        pthread_create(&thread, NULL, process_main, &p[1]);
        process_main(&p[0]);
        pthread_join(thread, NULL);
        for (int i = 0; i < 4; i++)
            step(&alone, x, BATCH, &losses);
        assert_string_equal(lts_model_hash(p[0].f.model), lts_model_hash(p[1].f.model));
        assert_true(relative_error(p[0].f.model->parameters, alone.model->parameters,
                                   alone.model->net->total) < 1e-5);
        assert_true(fabs(p[0].losses.total / losses.total - 1) < 1e-5);
        assert_true(p[0].losses.kl == p[1].losses.kl);
        assert_true(fabs(p[0].losses.kl / losses.kl - 1) < 1e-5);
        fixture_close(&p[1].f);
        fixture_close(&p[0].f);
        fixture_close(&alone);
        pthread_barrier_destroy(&both.barrier);
    }
}

static lts_status refuse_float(void *context, float *x, size_t n, lts_error *err)
{
    (void)context, (void)x, (void)n;
    return lts_fail(err, LTS_ERR_IO, "the other process is gone");
}

static lts_status keep_double(void *context, double *x, size_t n, lts_error *err)
{
    (void)context, (void)x, (void)n, (void)err;
    return LTS_OK;
}

static void a_lost_process_is_reported(void **state)
{
    (void)state;
    static float x[BATCH * BINS];
    const lts_model_config config = small_config(LTS_MODEL_VAE);
    const lts_reduce reduce = {NULL, refuse_float, keep_double};
    lts_training training = small_training(LTS_LOSS_MEAN);
    lts_error err = {0};
    training.reduce = &reduce;
    make_frames(x, BATCH, 1);
    fixture f = fixture_open(&config, &training);
    float *before = lts_alloc(f.model->net->total, sizeof *before);
    memcpy(before, f.model->parameters, f.model->net->total * sizeof *before);
    assert_status(lts_trainer_step(f.trainer, &(lts_batch){.x = x, .count = BATCH}, NULL, &err),
                  LTS_ERR_IO);
    assert_non_null(strstr(err.text, "the other process is gone"));
    assert_memory_equal(before, f.model->parameters, f.model->net->total * sizeof *before);
    assert_status(
        lts_trainer_step(f.trainer,
                         &(lts_batch){.x = x, .count = 3, .global_count = 4, .first_row = 2}, NULL,
                         &err),
        LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "rows 2 to 5 are not part of a global batch of 4"));
    lts_free(before);
    fixture_close(&f);
}

/* A target of its own: the network learns to give another frame than it is given. */
static void a_target_can_differ_from_the_input(void **state)
{
    (void)state;
    static float x[BATCH * BINS], target[BATCH * BINS];
    lts_model_config config = small_config(LTS_MODEL_VAE);
    const lts_training training = small_training(LTS_LOSS_SUM);
    config.compression = LTS_COMPRESSION_POWER;
    config.output = LTS_OUTPUT_LINEAR;
    make_frames(x, BATCH, 1);
    for (size_t b = 0; b < BATCH; b++)
        for (size_t k = 0; k < BINS; k++)
            target[b * BINS + k] = x[b * BINS + BINS - 1 - k];
    fixture f = fixture_open(&config, &training);
    const lts_batch turned = {.x = x, .target = target, .count = BATCH};
    lts_losses first, last, same;
    lts_error err = {0};
    lts_trainer_evaluate(f.trainer, &turned, &first, NULL);
    for (int i = 0; i < 600; i++)
        assert_ok(lts_trainer_step(f.trainer, &turned, NULL, &err));
    lts_trainer_evaluate(f.trainer, &turned, &last, NULL);
    lts_trainer_evaluate(f.trainer, &(lts_batch){.x = x, .count = BATCH}, &same, NULL);
    assert_true(last.reconstruction < 0.2 * first.reconstruction);
    assert_true(same.reconstruction > 2 * last.reconstruction);
    fixture_close(&f);
}

/* --- Evaluation ------------------------------------------------------------------------------ */

static void evaluation_is_the_loss_by_its_definition(void **state)
{
    (void)state;
    static float x[BATCH * BINS], seen[BATCH * BINS], expected[BINS];
    double squares[2 * BATCH];
    make_frames(x, BATCH, 1);
    for (int variant = 0; variant < 2 * 2 * 3; variant++) {
        lts_model_config config = small_config((lts_model_type)(variant % 2));
        const lts_training training = small_training((lts_loss)(variant / 2 % 2));
        config.compression = (lts_compression)(variant / 4);
        config.output = LTS_OUTPUT_SIGMOID; /* so that decode's clamping changes nothing */
        fixture f = fixture_open(&config, &training);
        const size_t latent = config.latent;
        float mean[BATCH * 6], log_variance[BATCH * 6], back[BATCH * BINS];
        char before[LTS_HASH_TEXT];
        lts_error err = {0};
        lts_losses losses;
        lts_model_work *work;
        step(&f, x, BATCH, NULL);
        snprintf(before, sizeof before, "%s", lts_model_hash(f.model));
        lts_trainer_evaluate(f.trainer, &(lts_batch){.x = x, .count = BATCH}, &losses, squares);
        f.model->hash->known = false;
        assert_string_equal(lts_model_hash(f.model), before);

        assert_ok(lts_model_work_create(f.model, 1, &work, &err));
        lts_model_encode(f.model, work, x, BATCH, mean, log_variance);
        lts_model_decode(f.model, work, mean, BATCH, back);
        magnitudes_compress(&config, x, seen, BATCH * BINS);
        double error = 0, kl = 0;
        for (size_t t = 0; t < BATCH; t++) {
            double difference = 0, norm = 0;
            magnitudes_compress(&config, back + t * BINS, expected, BINS);
            for (size_t k = 0; k < BINS; k++) {
                double linear = (double)back[t * BINS + k] - (double)x[t * BINS + k];
                double e = (double)expected[k] - (double)seen[t * BINS + k];
                difference += linear * linear;
                norm += (double)x[t * BINS + k] * (double)x[t * BINS + k];
                error += e * e;
            }
            assert_true(fabs(squares[2 * t] - difference) < 1e-5 * difference);
            assert_true(fabs(squares[2 * t + 1] - norm) < 1e-5 * norm);
        }
        for (size_t i = 0; i < BATCH * latent; i++)
            kl -= 1 + (double)log_variance[i] - (double)mean[i] * (double)mean[i] -
                  exp((double)log_variance[i]);
        kl /= (double)(BATCH * latent);
        error *= training.loss == LTS_LOSS_SUM ? 1 : 1.0 / (BATCH * BINS);
        assert_true(fabs(losses.reconstruction - error) < 1e-4 * error);
        assert_true(fabs(losses.kl - kl) < 1e-4 * kl);
        assert_true(fabs(losses.total - error - training.kl_beta * kl) < 1e-4 * error);

        lts_losses again;
        lts_trainer_evaluate(f.trainer, &(lts_batch){.x = x, .count = BATCH}, &again, NULL);
        assert_true(again.total == losses.total);
        lts_model_work_destroy(work);
        fixture_close(&f);
    }
}

/* --- Learning -------------------------------------------------------------------------------- */

static void every_architecture_learns(void **state)
{
    (void)state;
    enum { FRAMES = 8 * BATCH, EPOCHS = 120 };
    static float x[FRAMES * BINS];
    make_frames(x, FRAMES, 3);
    for (int variant = 0; variant < 2 * 3; variant++) {
        lts_model_config config = small_config((lts_model_type)(variant % 2));
        lts_training training = small_training(LTS_LOSS_SUM);
        training.threads = 1; /* too small to be worth a worker */
        config.compression = (lts_compression)(variant / 2);
        config.output = LTS_OUTPUT_LINEAR;
        fixture f = fixture_open(&config, &training);
        lts_losses first, losses = {0};
        double last = 0;
        lts_trainer_evaluate(f.trainer, &(lts_batch){.x = x, .count = BATCH}, &first, NULL);
        for (size_t epoch = 0; epoch < EPOCHS; epoch++)
            for (size_t b = 0; b < FRAMES; b += BATCH)
                step(&f, x + b * BINS, BATCH, NULL);
        lts_trainer_evaluate(f.trainer, &(lts_batch){.x = x, .count = BATCH}, &losses, NULL);
        last = losses.total / first.total;
        if (!(last < 0.2))
            fail_msg("variant %d: the loss fell to %g of %g", variant, losses.total, first.total);
        fixture_close(&f);
    }
}

static void memory_that_runs_out_is_reported(void **state)
{
    (void)state;
    lts_error err = {0};
    lts_model_config config = small_config(LTS_MODEL_VAE2);
    const lts_training training = small_training(LTS_LOSS_SUM);
    lts_model *model;
    lts_trainer *trainer;
    lts_status status = LTS_ERR_MEMORY;
    config.compression = LTS_COMPRESSION_LOG;
    assert_ok(lts_model_create(&config, 9, &model, &err));
    for (size_t n = 1; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = lts_trainer_create(model, &training, &trainer, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || (status == LTS_ERR_MEMORY && !trainer));
    }
    lts_trainer_destroy(trainer);
    lts_trainer_destroy(NULL);
    lts_model_destroy(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_out_of_range_are_refused),
        cmocka_unit_test(a_batch_of_another_size_is_refused_or_taken),
        cmocka_unit_test(a_loss_that_is_not_finite_changes_nothing),
        cmocka_unit_test(threads_do_not_change_a_bit),
        cmocka_unit_test(threads_do_not_change_a_bit_of_a_wide_model),
        cmocka_unit_test(both_ways_of_updating_agree),
        cmocka_unit_test(noise_follows_the_frames_not_the_batches),
        cmocka_unit_test(no_rate_no_change),
        cmocka_unit_test(a_step_allocates_nothing),
        cmocka_unit_test(two_processes_train_as_one),
        cmocka_unit_test(a_lost_process_is_reported),
        cmocka_unit_test(a_target_can_differ_from_the_input),
        cmocka_unit_test(evaluation_is_the_loss_by_its_definition),
        cmocka_unit_test(every_architecture_learns),
        cmocka_unit_test(memory_that_runs_out_is_reported),
    };
    return cmocka_run_group_tests_name("trainer", tests, NULL, NULL);
}
