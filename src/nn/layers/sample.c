/* The reparameterised sample and the divergence from N(0,1) (Kingma & Welling 2014, section 2.4 and
 * appendix B). The divergence's weight in the loss has no factor 1/2, as in the originals. */
#include "base/fastmath.h"
#include "nn/layers/layer.h"

#include <string.h>

static bool half_of_inputs(const nn_layer *layer)
{
    return nn_inputs(layer) == 2 * nn_outputs(layer);
}

static void declare(const nn_layer *layer, parameter_list *list)
{
    (void)layer, (void)list;
}

/* exp(log-variance / 2) (B,Z) */
static size_t cache_floats(const nn_layer *layer, size_t batch)
{
    return nn_outputs(layer) * batch;
}

/* z = mean + deviation noise; returns -sum of 1 + logvar - mean^2 - deviation^2. */
LTS_CLONES static double sample_row(const float *mean, const float *log_variance,
                                    const float *noise, float *deviation, float *z, size_t n)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < n; j++) {
        float d = fast_exp(0.5f * log_variance[j]);
        deviation[j] = d;
        z[j] = mean[j] + d * noise[j];
        sum += (double)(1.0f + log_variance[j] - mean[j] * mean[j] - d * d);
    }
    return -sum;
}

/* The same with z = mean. */
LTS_CLONES static double divergence_row(const float *mean, const float *log_variance, size_t n)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < n; j++) {
        float d = fast_exp(0.5f * log_variance[j]);
        sum += (double)(1.0f + log_variance[j] - mean[j] * mean[j] - d * d);
    }
    return -sum;
}

static void forward(const layer_call *call, region of)
{
    const size_t latent = nn_outputs(call->layer);
    const nn_pass *pass = call->pass;
    for (size_t b = of.rows.first; b < of.rows.first + of.rows.count; b++) {
        const float *mean = call->x + 2 * latent * b, *log_variance = mean + latent;
        float *z = call->y + latent * b;
        double kl = 0;
        if (pass->training) {
            kl = sample_row(mean, log_variance, pass->noise + latent * b, call->cache + latent * b,
                            z, latent);
        } else {
            memcpy(z, mean, latent * sizeof *z);
            if (pass->kl)
                kl = divergence_row(mean, log_variance, latent);
        }
        if (pass->kl)
            pass->kl[b] = kl;
    }
}

/* With share the weight of kl in the loss:
 * gmean = gz + 2 share mean, glogvar = gz noise deviation / 2 + share (deviation^2 - 1). */
LTS_CLONES static void gradient_row(const float *gz, const float *mean, const float *noise,
                                    const float *deviation, float share, float *gmean,
                                    float *glog_variance, size_t n)
{
#pragma omp simd
    for (size_t j = 0; j < n; j++) {
        float d = deviation[j];
        gmean[j] = gz[j] + 2.0f * share * mean[j];
        glog_variance[j] = 0.5f * gz[j] * noise[j] * d + share * (d * d - 1.0f);
    }
}

static void backward(const layer_call *call, region of)
{
    const size_t latent = nn_outputs(call->layer);
    const float share = (float)call->pass->kl_share;
    if (!call->gx)
        return;
    for (size_t b = of.rows.first; b < of.rows.first + of.rows.count; b++)
        gradient_row(call->gy + latent * b, call->x + 2 * latent * b,
                     call->pass->noise + latent * b, call->cache + latent * b, share,
                     call->gx + 2 * latent * b, call->gx + 2 * latent * b + latent, latent);
}

const layer_kind layer_sample = {
    .text = "sample",
    .shapes_fit = half_of_inputs,
    .declare = declare,
    .cache_floats = cache_floats,
    .forward = forward,
    .backward = backward,
};
