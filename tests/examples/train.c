/* Steps of training on frames of one's own, here random peaks: train STEPS OUT.safetensors
 * Build: cc train.c $(pkg-config --cflags --libs lts) -lm */
#include <lts/lts.h>

#include <math.h>
#include <stdlib.h>

enum { BINS = 48, BATCH = 32 };

int main(int count, char **arguments)
{
    if (count != 3)
        return fprintf(stderr, "usage: train STEPS OUT.safetensors\n"), 2;
    lts_model_config config = lts_model_defaults();
    config.bins = BINS;
    config.units = 64;
    config.latent = 4;
    const lts_training training = {.loss = LTS_LOSS_MEAN,
                                   .kl_beta = 1e-4,
                                   .learning_rate = 1e-3,
                                   .beta1 = 0.9,
                                   .beta2 = 0.999,
                                   .epsilon = 1e-8,
                                   .batch = BATCH};
    static float frames[BATCH * BINS];
    const lts_batch batch = {.x = frames, .count = BATCH};
    lts_error err = {0};
    lts_losses losses = {0};
    lts_rng rng;
    lts_model *model = NULL;
    lts_trainer *trainer = NULL;
    lts_rng_seed(&rng, 1, 0);
    lts_status status = lts_model_create(&config, 1, &model, &err);
    if (status == LTS_OK)
        status = lts_trainer_create(model, &training, &trainer, &err);
    for (int step = 0; status == LTS_OK && step < atoi(arguments[1]); step++) {
        for (size_t b = 0; b < BATCH; b++) {
            const double peak = BINS * lts_rng_uniform(&rng);
            for (size_t k = 0; k < BINS; k++)
                frames[b * BINS + k] = (float)exp(-pow(((double)k - peak) / 4, 2));
        }
        status = lts_trainer_step(trainer, &batch, &losses, &err);
        if (step % 100 == 0)
            printf("step %d: loss %.5f\n", step, losses.total);
    }
    if (status == LTS_OK)
        status = lts_model_save(model, arguments[2], NULL, 0, &err);
    if (status != LTS_OK)
        fprintf(stderr, "train: %s\n", err.text);
    lts_trainer_destroy(trainer);
    lts_model_destroy(model);
    return status == LTS_OK ? 0 : 1;
}
