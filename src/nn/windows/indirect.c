#include "nn/windows/indirect.h"

#include <string.h>

#define ALWAYS_INLINE inline __attribute__((always_inline))

enum { TRANSPOSED = 4 };

typedef float four __attribute__((vector_size(TRANSPOSED * sizeof(float))));

/* Four of the eight floats of a and b. */
#if defined(__clang__)
#define PICK(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
typedef int32_t four_indices __attribute__((vector_size(TRANSPOSED * sizeof(int32_t))));
#define PICK(a, b, ...) __builtin_shuffle(a, b, (four_indices){__VA_ARGS__})
#endif

static void transpose_block(const float *from, size_t stride, float *to, size_t width)
{
    four x[TRANSPOSED];
    for (size_t o = 0; o < TRANSPOSED; o++)
        memcpy(&x[o], from + o * stride, sizeof *x);
    const four low = PICK(x[0], x[1], 0, 4, 1, 5), low2 = PICK(x[2], x[3], 0, 4, 1, 5);
    const four high = PICK(x[0], x[1], 2, 6, 3, 7), high2 = PICK(x[2], x[3], 2, 6, 3, 7);
    x[0] = PICK(low, low2, 0, 1, 4, 5);
    x[1] = PICK(low, low2, 2, 3, 6, 7);
    x[2] = PICK(high, high2, 0, 1, 4, 5);
    x[3] = PICK(high, high2, 2, 3, 6, 7);
    for (size_t i = 0; i < TRANSPOSED; i++)
        memcpy(to + i * width, &x[i], sizeof *x);
}

/* to[j width + o] = from[o stride + j], o < TRANSPOSED, j < count */
static void transpose_columns(const float *from, size_t stride, size_t count, float *to,
                              size_t width)
{
    size_t j = 0;
    for (; j + TRANSPOSED <= count; j += TRANSPOSED)
        transpose_block(from + j, stride, to + j * width, width);
    for (; j < count; j++)
        for (size_t o = 0; o < TRANSPOSED; o++)
            to[j * width + o] = from[o * stride + j];
}

#if defined(__x86_64__) && defined(__GNUC__)

#define NAME(x) x##_avx512
#define TARGET  __attribute__((target("avx512f")))
#define LANES   16
#define VECTORS 4
#define CASES   CASE(1) CASE(2) CASE(3) CASE(4)
#include "nn/windows/indirect_kernel.h"

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f");
}

#define NAME(x) x##_avx2
#define TARGET  __attribute__((target("avx2,fma")))
#define LANES   8
#define VECTORS 2
#define CASES   CASE(1) CASE(2)
#include "nn/windows/indirect_kernel.h"

static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

#endif

#define NAME(x) x##_plain
#define TARGET
#define LANES   4
#define VECTORS 2
#define CASES   CASE(1) CASE(2)
#include "nn/windows/indirect_kernel.h"

static bool always(void)
{
    return true;
}

static const indirect_kernels kernels[] = {
#if defined(__x86_64__) && defined(__GNUC__)
    {has_avx512, pack_rows_avx512, pack_columns_avx512, multiply_avx512, gradient_avx512},
    {has_avx2, pack_rows_avx2, pack_columns_avx2, multiply_avx2, gradient_avx2},
#endif
    {always, pack_rows_plain, pack_columns_plain, multiply_plain, gradient_plain},
};

const indirect_kernels *indirect_kernels_at(size_t i)
{
    return i < sizeof kernels / sizeof *kernels ? &kernels[i] : NULL;
}

const indirect_kernels *indirect_kernels_best(void)
{
    size_t i = 0;
    while (!kernels[i].available())
        i++;
    return &kernels[i];
}
