#include "nn/windows/short_windows.h"

#include "lts/base.h"

#include <string.h>

/* Outputs side by side, and windows or rows of W that share a load of them. */
enum { LANES = 16, TILE = 4 };

typedef float lanes __attribute__((vector_size(LANES * sizeof(float))));

/* The first n of a lane's numbers; the others are 0. By address: how vectors are handed over
 * depends on the instruction set. */
static inline void load(lanes *v, const float *x, size_t n)
{
    if (n == LANES) {
        memcpy(v, x, sizeof *v);
        return;
    }
    *v = (lanes){0};
    memcpy(v, x, n * sizeof *x);
}

static inline void store(float *x, const lanes *v, size_t n)
{
    if (n == LANES)
        memcpy(x, v, sizeof *v);
    else
        memcpy(x, v, n * sizeof *x);
}

/* `n` outputs, at most LANES, whose weights `w` are. */
LTS_CLONES static void product_lanes(const float *windows, size_t floats, const lanes *w,
                                     const lanes *bias, float *y, size_t stride, size_t n,
                                     size_t count)
{
    size_t p = 0;
    for (; p + TILE <= count; p += TILE) {
        const float *x = windows + p * floats;
        lanes a = *bias, b = *bias, c = *bias, d = *bias;
        for (size_t k = 0; k < floats; k++) {
            a += x[k] * w[k];
            b += x[floats + k] * w[k];
            c += x[2 * floats + k] * w[k];
            d += x[3 * floats + k] * w[k];
        }
        store(y + p * stride, &a, n);
        store(y + (p + 1) * stride, &b, n);
        store(y + (p + 2) * stride, &c, n);
        store(y + (p + 3) * stride, &d, n);
    }
    for (; p < count; p++) {
        lanes a = *bias;
        for (size_t k = 0; k < floats; k++)
            a += windows[p * floats + k] * w[k];
        store(y + p * stride, &a, n);
    }
}

void short_windows_product(const float *windows, size_t floats, const float *w, const float *bias,
                           size_t outputs, float *y, size_t count)
{
    lanes panel[SHORT_WINDOW], start = {0};
    for (size_t o = 0; o < outputs; o += LANES) {
        const size_t n = outputs - o < LANES ? outputs - o : LANES;
        for (size_t k = 0; k < floats; k++)
            load(&panel[k], w + k * outputs + o, n);
        if (bias)
            load(&start, bias + o, n);
        product_lanes(windows, floats, panel, &start, y + o, outputs, n, count);
    }
}

/* TILE rows of the gradient: floats k .. k + TILE - 1 of the windows. */
LTS_CLONES static void gradient_lanes(const float *windows, size_t floats, const float *gy,
                                      size_t stride, size_t n, size_t count, lanes sum[TILE])
{
    lanes a = {0}, b = {0}, c = {0}, d = {0};
    for (size_t p = 0; p < count; p++) {
        const float *x = windows + p * floats;
        lanes v;
        load(&v, gy + p * stride, n);
        a += x[0] * v;
        b += x[1] * v;
        c += x[2] * v;
        d += x[3] * v;
    }
    sum[0] = a;
    sum[1] = b;
    sum[2] = c;
    sum[3] = d;
}

/* The same of one row. */
LTS_CLONES static void gradient_row(const float *windows, size_t floats, const float *gy,
                                    size_t stride, size_t n, size_t count, lanes *sum)
{
    lanes a = {0};
    for (size_t p = 0; p < count; p++) {
        lanes v;
        load(&v, gy + p * stride, n);
        a += windows[p * floats] * v;
    }
    *sum = a;
}

static void add(const lanes *sum, float *g, size_t n)
{
    float part[LANES];
    memcpy(part, sum, sizeof part);
    for (size_t i = 0; i < n; i++)
        g[i] += part[i];
}

void short_windows_gradient(const float *windows, size_t floats, const float *gy, size_t outputs,
                            float *g, size_t count)
{
    enum { STRIP = 256 }; /* windows whose sum is begun anew, so that it stays precise */
    for (size_t p = 0; p < count; p += STRIP) {
        const size_t strip = count - p < STRIP ? count - p : STRIP;
        for (size_t o = 0; o < outputs; o += LANES) {
            const size_t n = outputs - o < LANES ? outputs - o : LANES;
            const float *x = windows + p * floats, *v = gy + p * outputs + o;
            lanes sum[TILE];
            size_t k = 0;
            for (; k + TILE <= floats; k += TILE) {
                gradient_lanes(x + k, floats, v, outputs, n, strip, sum);
                for (size_t i = 0; i < TILE; i++)
                    add(&sum[i], g + (k + i) * outputs + o, n);
            }
            for (; k < floats; k++) {
                gradient_row(x + k, floats, v, outputs, n, strip, sum);
                add(sum, g + k * outputs + o, n);
            }
        }
    }
}
