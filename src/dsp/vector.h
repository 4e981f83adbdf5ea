/* Eight floats at a time, where compilers' own vector code for interleaved complex numbers and for
 * transposing spends most of its time on shuffles. GCC and Clang lower these to whatever the
 * machine has; no instruction set is assumed. */
#ifndef DSP_VECTOR_H
#define DSP_VECTOR_H

typedef float v8 __attribute__((vector_size(32)));
typedef float v8_unaligned __attribute__((vector_size(32), aligned(4), may_alias));

/* Macros, as passing such vectors by value has no ABI without AVX. */
#define V8(pointer)       (*(v8_unaligned *)(pointer))
#define V8_CONST(pointer) (*(const v8_unaligned *)(pointer))
#if defined(__clang__)
#define V8_SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
typedef int v8_index __attribute__((vector_size(32)));
#define V8_SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (v8_index){__VA_ARGS__})
#endif

/* g0 g0 g1 g1 g2 g2 g3 g3, and the same of g4 .. g7: a real factor for pairs. */
#define V8_PAIRS_LOW(g)  V8_SHUFFLE(g, g, 0, 0, 1, 1, 2, 2, 3, 3)
#define V8_PAIRS_HIGH(g) V8_SHUFFLE(g, g, 4, 4, 5, 5, 6, 6, 7, 7)

#endif
