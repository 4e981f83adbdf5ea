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
