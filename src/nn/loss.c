#include "base/fastmath.h"
#include "nn/nn.h"

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

void nn_binary_cross_entropy(const float *y, const int32_t *labels, size_t groups, size_t outputs,
                             nn_range rows, double scale, double *error, float *gradient)
{
    const size_t classes = outputs / groups;
    for (size_t b = rows.first; b < rows.first + rows.count; b++) {
        const size_t at = b * outputs;
        error[b] =
            cross_entropy_row(y + at, (float)scale, gradient ? gradient + at : NULL, outputs);
        for (size_t g = 0; g < groups; g++) {
            const size_t target = at + g * classes + (size_t)labels[b * groups + g];
            error[b] -= (double)y[target];
            if (gradient)
                gradient[target] -= (float)scale;
        }
    }
}
