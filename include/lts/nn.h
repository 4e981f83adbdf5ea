/* Neural networks: a network is a table of layers, run forward and backward over flat arrays.
 *
 * One table of parameters {name, shape, offset}, made from the layers, drives every arena: the
 * parameters themselves, their gradients, Adam's moments, the file on disk and the tests.
 *
 * A pass is run by a team of threads: every member calls the same function with its own lts_team
 * (from lts_crew_run; or one thread alone, with lts_team_alone), works on its share of rows or
 * columns, and meets the others inside. Who does what depends on the sizes and on the number of
 * members alone, or does not matter, so equal calls by equal teams give equal bits. Matrix products
 * are OpenBLAS's, one thread each.
 *
 * Sizes: B rows of a batch, I inputs and O outputs of a layer. Nothing here allocates but the
 * functions named _create. */
#ifndef LTS_NN_H
#define LTS_NN_H

#include "lts/base.h"

/* --- Layers and their parameters -------------------------------------------------------------- */

typedef enum lts_activation {
    LTS_ACTIVATION_LINEAR,
    LTS_ACTIVATION_RELU,
    LTS_ACTIVATION_SIGMOID,
    LTS_ACTIVATION_COUNT
} lts_activation;

typedef enum lts_layer_kind {
    /* y = x W' + b.  NAME.weight (O,I), NAME.bias (O) */
    LTS_LAYER_DENSE,
    /* y = weight (x - mean) / sqrt(variance + 1e-3) + bias, each column by itself: mean and biased
     * variance of the batch while training, running ones (momentum 0.99, as Keras) otherwise (Ioffe
     * & Szegedy 2015).  NAME.weight, .bias, .running_mean, .running_var (O), O = I */
    LTS_LAYER_BATCH_NORM,
    /* The two heads of a Gaussian as one product: columns 0 .. O/2-1 are the mean, the rest the
     * log-variance.  NAME.weight (O/2,I), SECOND.weight, NAME.bias (O/2), SECOND.bias */
    LTS_LAYER_GAUSSIAN,
    /* z = mean + noise exp(log-variance / 2) while training, z = mean otherwise (Kingma & Welling
     * 2014, section 2.4); adds the divergence to the loss.  No parameters, I = 2 O */
    LTS_LAYER_SAMPLE,
    LTS_LAYER_KIND_COUNT
} lts_layer_kind;

enum { LTS_LAYER_NAME = 48, LTS_PARAMETER_NAME = 80 };

/* One row of a network's table. The activation follows the layer's own formula. */
typedef struct lts_layer {
    lts_layer_kind kind;
    char name[LTS_LAYER_NAME];
    char second[LTS_LAYER_NAME]; /* of the log-variance head; else "" */
    size_t inputs, outputs;
    lts_activation activation;
} lts_layer;

typedef struct lts_parameter {
    char name[LTS_PARAMETER_NAME];
    int rank;
    size_t shape[4];
    size_t offset, count; /* floats, in every arena */
    bool trained;         /* false: a running statistic, which has no gradient */
} lts_parameter;

/* Constant once created; every member may be read. Parameters lie one after the other, the trained
 * ones first: gradients and moments have `trained` floats, the parameter arena `total`. */
typedef struct lts_net {
    size_t layer_count;
    const lts_layer *layers;
    size_t parameter_count;
    const lts_parameter *parameters;
    size_t trained, total;
    const size_t *first_trained, *first_statistic; /* per layer: where its floats start */
} lts_net;

/* Copies the table. LTS_ERR_ARGUMENT when a size is 0, two neighbours do not fit or the whole is
 * too large to address. */
lts_status lts_net_create(const lts_layer *layers, size_t count, lts_net **out, lts_error *err);
void lts_net_destroy(lts_net *net); /* NULL is allowed */

/* Weights and biases uniform in +-1/sqrt(I), as PyTorch's Linear starts; batch normalisation as the
 * identity. `parameters` has net->total floats. */
void lts_net_start(const lts_net *net, uint64_t seed, float *parameters);

/* --- Teams ------------------------------------------------------------------------------------ */

typedef struct lts_meeting lts_meeting;

typedef struct lts_team {
    unsigned member, members; /* member < members */
    lts_meeting *meeting;     /* where they wait for each other; NULL with one member */
} lts_team;

static const lts_team lts_team_alone = {0, 1, NULL};

/* Waits until every member is here; what they wrote is then seen by all. A member looks for some
 * tens of microseconds, longer than members usually differ, and then sleeps: when another program
 * takes a processor, waiting does not take one too. */
void lts_team_meet(lts_team team);

/* The threads of a team, kept from one piece of work to the next. LTS_ERR_MEMORY when they cannot
 * be had. members >= 1; the caller of lts_crew_run is member 0. */
typedef struct lts_crew lts_crew;
lts_status lts_crew_create(unsigned members, lts_crew **out, lts_error *err);
void lts_crew_destroy(lts_crew *crew); /* NULL is allowed */

/* Every member calls work(context, its team); returns when all have. One caller at a time. */
void lts_crew_run(lts_crew *crew, void (*work)(void *context, lts_team team), void *context);

/* A member's contiguous share of 0 .. total-1, cut at multiples of `grain`; may be empty. */
typedef struct lts_range {
    size_t first, count;
} lts_range;
lts_range lts_team_share(lts_team team, size_t total, size_t grain);

/* Keeps OpenBLAS to the calling thread: the team is the only parallelism. Process-wide and
 * idempotent; whoever creates an object that runs passes calls it. */
void lts_nn_use_own_threads(void);

/* --- Passes ----------------------------------------------------------------------------------- */

/* What a forward pass leaves for the backward pass. Layer l: value[l] (B,O), slope[l] (B,O) the
 * gradient of the loss with respect to value[l], cache[l] what the layer keeps for its twin. */
typedef struct lts_tape {
    size_t batch; /* the largest B */
    float **value, **slope, **cache;
    float *arena;
    _Atomic size_t *next_block; /* per layer: blocks of parameters given out */
} lts_tape;

/* Without gradients `slope` and `cache` hold NULLs and only passes with training = false may use
 * the tape. */
lts_status lts_tape_create(const lts_net *net, size_t batch, bool gradients, lts_tape **out,
                           lts_error *err);
void lts_tape_destroy(lts_tape *tape); /* NULL is allowed */

typedef struct lts_pass {
    const lts_net *net;
    const float *parameters; /* net->total */
    lts_tape *tape;
    size_t first, end; /* layers first .. end-1 of the table */
    const float *x;    /* (B, inputs of the first layer) */
    size_t batch;      /* B, at most the tape's */
    bool mean_only;    /* a Gaussian layer that ends the pass leaves its log-variance undefined */
    bool training;     /* see lts_layer_kind */
    /* For LTS_LAYER_SAMPLE; all but kl only while training. */
    const float *noise; /* (B,Z) draws of N(0,1) */
    double kl_beta;     /* weight of the divergence in the loss */
    double *kl;         /* (B) or NULL: gets -sum over Z of 1 + logvar - mean^2 - exp(logvar) */
} lts_pass;

/* Fills value[first] .. value[end-1]. Changes no statistic. */
void lts_net_forward(const lts_pass *pass, lts_team team);

typedef struct lts_adam lts_adam;

/* Where parameter gradients go. With `gradient`, they are added to that arena. Without, each block
 * of them is made in the member's scratch and handed to Adam at once, while it is in cache, and
 * `parameters` (those of the pass) change. */
typedef struct lts_update {
    float *gradient;       /* net->trained, or NULL */
    float *parameters;     /* net->total; NULL, with `gradient`, leaves running statistics */
    const lts_adam *adam;  /* with `gradient` NULL */
    float *const *scratch; /* with `gradient` NULL: per member, lts_net_scratch floats, all 0 */
} lts_update;

/* Floats of scratch that each member needs. */
size_t lts_net_scratch(const lts_net *net);

/* The gradients of a loss whose slope with respect to the last layer's value is in slope[end-1],
 * of which each member may just have written its share of the rows; after a training pass with the
 * same values and first = 0. Adds the gradient of the divergence on the way: of kl_beta times the
 * mean of kl over (B,Z). Overwrites every slope. */
void lts_net_backward(const lts_pass *pass, const lts_update *update, lts_team team);

/* Rows first .. first+count-1: error[b] = sum over O of (y - t)^2, slope = 2 scale (y - t).
 * y, t, slope (B,O); slope may be NULL. */
void lts_squared_error(const float *y, const float *t, size_t outputs, lts_range rows, double scale,
                       double *error, float *slope);

/* --- Adam (Kingma & Ba 2015, algorithm 1) ----------------------------------------------------- */

struct lts_adam {
    double learning_rate, beta1, beta2, epsilon;
    uint64_t step; /* t, counted from 1: the caller adds one before each update */
    float *m, *v;  /* arenas of net->trained floats, first and second moment */
};

/* parameters[first ..] -= learning_rate mhat / (sqrt(vhat) + epsilon) for `count` of them;
 * gradient[0] belongs to parameters[first]. The gradient is spent: left at 0, to be added to. */
void lts_adam_apply(const lts_adam *adam, float *parameters, float *gradient, size_t first,
                    size_t count);

/* --- Noise ------------------------------------------------------------------------------------ */

/* `count` draws of N(0,1) that depend on (seed, row, count) alone: Philox 4x32-10 (Salmon et al.
 * 2011) keyed by the seed and counted by the row, then Box & Muller 1958. */
void lts_noise_row(uint64_t seed, uint64_t row, float *x, size_t count);

/* --- Elementwise functions, vectorised -------------------------------------------------------- */

/* y[i] = f(x[i]) to a few units in the last place; NaN in, NaN out; y may be x. */
void lts_vector_exp(const float *x, float *y, size_t n);
void lts_vector_expm1(const float *x, float *y, size_t n);
void lts_vector_log1p(const float *x, float *y, size_t n); /* x > -1 */
void lts_vector_cbrt(const float *x, float *y, size_t n);  /* x >= 0 */

#endif
