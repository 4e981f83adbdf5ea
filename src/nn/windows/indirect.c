#include "nn/windows/indirect.h"

#include <string.h>

#define ALWAYS_INLINE inline __attribute__((always_inline))
#define UNROLL        _Pragma("GCC unroll 8")

enum { TRANSPOSED = 4 };

typedef float four __attribute__((vector_size(4 * sizeof(float))));
typedef int32_t choice __attribute__((vector_size(4 * sizeof(int32_t))));

/* to[j width + o] = from[o stride + j], o < TRANSPOSED, j < count */
static void transpose_columns(const float *from, size_t stride, size_t count, float *to,
                              size_t width)
{
    size_t j = 0;
    for (; j + TRANSPOSED <= count; j += TRANSPOSED, to += TRANSPOSED * width) {
        four a, b, c, d;
        memcpy(&a, from + j, sizeof a);
        memcpy(&b, from + stride + j, sizeof b);
        memcpy(&c, from + 2 * stride + j, sizeof c);
        memcpy(&d, from + 3 * stride + j, sizeof d);
        const four ab = __builtin_shuffle(a, b, (choice){0, 4, 1, 5});
        const four cd = __builtin_shuffle(c, d, (choice){0, 4, 1, 5});
        const four ab2 = __builtin_shuffle(a, b, (choice){2, 6, 3, 7});
        const four cd2 = __builtin_shuffle(c, d, (choice){2, 6, 3, 7});
        a = __builtin_shuffle(ab, cd, (choice){0, 1, 4, 5});
        b = __builtin_shuffle(ab, cd, (choice){2, 3, 6, 7});
        c = __builtin_shuffle(ab2, cd2, (choice){0, 1, 4, 5});
        d = __builtin_shuffle(ab2, cd2, (choice){2, 3, 6, 7});
        memcpy(to, &a, sizeof a);
        memcpy(to + width, &b, sizeof b);
        memcpy(to + 2 * width, &c, sizeof c);
        memcpy(to + 3 * width, &d, sizeof d);
    }
    for (; j < count; j++, to += width)
        for (size_t o = 0; o < TRANSPOSED; o++)
            to[o] = from[o * stride + j];
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
    {"AVX-512", has_avx512, pack_rows_avx512, pack_columns_avx512, multiply_avx512,
     gradient_avx512},
    {"AVX2", has_avx2, pack_rows_avx2, pack_columns_avx2, multiply_avx2, gradient_avx2},
#endif
    {"any", always, pack_rows_plain, pack_columns_plain, multiply_plain, gradient_plain},
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
