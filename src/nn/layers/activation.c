#include "base/fastmath.h"
#include "nn/layers/layer.h"

/* NaN stays NaN: it must reach the loss. */
LTS_CLONES static void relu_forward(float *y, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] = y[i] < 0.0f ? 0.0f : y[i];
}

LTS_CLONES static void relu_backward(const float *y, float *gy, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        gy[i] = y[i] > 0.0f ? gy[i] : 0.0f;
}

LTS_CLONES static void leaky_forward(float *y, float slope, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] = y[i] < 0.0f ? slope * y[i] : y[i];
}

/* Of the value's sign, which is that of x. */
LTS_CLONES static void leaky_backward(const float *y, float *gy, float slope, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        gy[i] = y[i] > 0.0f ? gy[i] : slope * gy[i];
}

LTS_CLONES static void sigmoid_forward(float *y, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] = fast_sigmoid(y[i]);
}

LTS_CLONES static void sigmoid_backward(const float *y, float *gy, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        gy[i] *= y[i] * (1.0f - y[i]);
}

/* silu(x) = x s with s = sigmoid(x); its derivative is s (1 + x (1 - s)). */
LTS_CLONES static void silu_forward(float *y, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] *= fast_sigmoid(y[i]);
}

LTS_CLONES static void silu_forward_kept(float *y, float *derivative, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        float x = y[i], s = fast_sigmoid(x);
        y[i] = x * s;
        derivative[i] = s * (1.0f + x * (1.0f - s));
    }
}

LTS_CLONES static void multiply(const float *x, float *y, size_t n)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        y[i] *= x[i];
}

void activation_forward(const nn_layer *layer, float *y, float *derivative, size_t stride,
                        region of)
{
    for (size_t b = of.rows.first; b < of.rows.first + of.rows.count; b++) {
        const size_t at = b * stride + of.columns.first;
        float *row = y + at;
        switch (layer->activation) {
        case NN_RELU: relu_forward(row, of.columns.count); break;
        case NN_LEAKY_RELU: leaky_forward(row, layer->slope, of.columns.count); break;
        case NN_SIGMOID: sigmoid_forward(row, of.columns.count); break;
        case NN_SILU:
            if (derivative)
                silu_forward_kept(row, derivative + at, of.columns.count);
            else
                silu_forward(row, of.columns.count);
            break;
        default: return;
        }
    }
}

void activation_backward(const nn_layer *layer, const float *y, const float *derivative, float *gy,
                         size_t stride, region of)
{
    for (size_t b = of.rows.first; b < of.rows.first + of.rows.count; b++) {
        size_t at = b * stride + of.columns.first;
        switch (layer->activation) {
        case NN_RELU: relu_backward(y + at, gy + at, of.columns.count); break;
        case NN_LEAKY_RELU: leaky_backward(y + at, gy + at, layer->slope, of.columns.count); break;
        case NN_SIGMOID: sigmoid_backward(y + at, gy + at, of.columns.count); break;
        case NN_SILU: multiply(derivative + at, gy + at, of.columns.count); break;
        default: return;
        }
    }
}
