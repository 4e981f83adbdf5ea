/* Objectives: what training makes small, as rows of a table. */
#ifndef MODEL_TRAIN_OBJECTIVE_H
#define MODEL_TRAIN_OBJECTIVE_H

#include "lts/model.h"
#include "nn/nn.h"

/* What the outputs y (B,O) are compared with. */
typedef struct objective_target {
    const float *values; /* (B,O), as the network gives them */
    nn_classes classes;  /* by labels */
    const float *weight; /* (B) of the rows; NULL: 1 */
} objective_target;

typedef struct objective {
    const char *text;                       /* as configuration files spell it */
    bool relative;                          /* to the data's mean square, and rows are weighted */
    bool mean_over_rows, mean_over_outputs; /* else summed */
    bool over_classes;                      /* by labels: y are logits */
    /* For each of `rows`: loss[b], and, when gradient is not NULL, the gradient (B,O) of
     * scale * loss[b] with respect to y. */
    void (*rows)(const float *y, const objective_target *target, size_t outputs, nn_range rows,
                 double scale, double *loss, float *gradient);
    /* The evidence lower bound's: the reconstruction is weighted by its setting, and the divergence
     * summed over Z with the factor 1/2. */
    bool bounds_likelihood;
} objective;

/* NULL when there is no such row. */
const objective *objective_of(lts_loss loss);

/* The factor that turns the sum of all rows' losses into the loss of `rows` rows of all processes.
 */
double objective_scale(const objective *of, size_t rows, size_t outputs);

/* The same for the sum of all rows' -sum over Z of 1 + logvar - mean^2 - exp(logvar). */
double objective_kl_scale(const objective *of, size_t rows, size_t latent);

#endif
