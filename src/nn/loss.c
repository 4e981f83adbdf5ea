#include "base/fastmath.h"
#include "nn/nn.h"

#include <math.h>

LTS_CLONES static double error_row(const float *y, const float *t, size_t n)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < n; j++) {
        float e = y[j] - t[j];
        sum += (double)(e * e);
    }
    return sum;
}

LTS_CLONES static double error_gradient_row(const float *y, const float *t, float twice_scale,
                                            float *gradient, size_t n)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < n; j++) {
        float e = y[j] - t[j];
        gradient[j] = twice_scale * e;
        sum += (double)(e * e);
    }
    return sum;
}

void nn_squared_error(const float *y, const float *t, const float *weight, size_t outputs,
                      nn_range rows, double scale, double *error, float *gradient)
{
    for (size_t b = rows.first; b < rows.first + rows.count; b++) {
        const size_t at = b * outputs;
        const double w = weight ? (double)weight[b] : 1;
        error[b] = w * (gradient ? error_gradient_row(y + at, t + at, (float)(2 * scale * w),
                                                      gradient + at, outputs)
                                 : error_row(y + at, t + at, outputs));
    }
}

/* log(1 + exp(y)) = max(y, 0) + log(1 + exp(-|y|)), which neither overflows nor loses what is
 * small. */
LTS_CLONES static double cross_entropy_row(const float *y, float scale, float *gradient, size_t n)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < n; j++) {
        float magnitude = y[j] < 0.0f ? -y[j] : y[j], positive = y[j] < 0.0f ? 0.0f : y[j];
        sum += (double)(positive + fast_log1p(fast_exp(-magnitude)));
    }
    if (gradient)
        nn_vector_sigmoid(y, gradient, n);
    for (size_t j = 0; gradient && j < n; j++)
        gradient[j] *= scale;
    return sum;
}

/* Takes what a group's targets t are out of the error, and of its gradient: `label` and those
 * within three times the spread of it. Returns sum over the group of t y. */
static double take_targets(const float *y, size_t classes, size_t label, double spread, float scale,
                           float *gradient)
{
    const size_t reach = (size_t)ceil(3 * spread);
    const size_t first = label > reach ? label - reach : 0;
    const size_t last = label + reach < classes ? label + reach : classes - 1;
    double sum = 0;
    for (size_t c = first; c <= last; c++) {
        const double d = (double)c - (double)label;
        const double t = c == label ? 1 : exp(-d * d / (2 * spread * spread));
        sum += t * (double)y[c];
        if (gradient)
            gradient[c] -= (float)t * scale;
    }
    return sum;
}

void nn_binary_cross_entropy(const float *y, const nn_classes *classes, size_t outputs,
                             nn_range rows, double scale, double *error, float *gradient)
{
    const size_t each = outputs / classes->groups;
    for (size_t b = rows.first; b < rows.first + rows.count; b++) {
        const int32_t *label = classes->labels + b * classes->groups;
        float *g = gradient ? gradient + b * outputs : NULL;
        error[b] = cross_entropy_row(y + b * outputs, (float)scale, g, outputs);
        for (size_t at = 0; at < outputs; at += each, label++)
            error[b] -= take_targets(y + b * outputs + at, each, (size_t)*label, classes->spread,
                                     (float)scale, g ? g + at : NULL);
    }
}
