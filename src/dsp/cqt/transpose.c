#include <string.h>

#include "dsp/cqt/cqt.h"
#include "dsp/vector.h"

/* (8,8) of floats: pairs, then pairs of pairs, then halves. */
#define TRANSPOSE_8(v, from, from_stride)                                                          \
    do {                                                                                           \
        v8 a_[8], b_[8];                                                                           \
        for (int i_ = 0; i_ < 8; i_++)                                                             \
            a_[i_] = V8_CONST((from) + (size_t)i_ * (from_stride));                                \
        for (int i_ = 0; i_ < 8; i_ += 2) {                                                        \
            b_[i_] = V8_SHUFFLE(a_[i_], a_[i_ + 1], 0, 8, 1, 9, 4, 12, 5, 13);                     \
            b_[i_ + 1] = V8_SHUFFLE(a_[i_], a_[i_ + 1], 2, 10, 3, 11, 6, 14, 7, 15);               \
        }                                                                                          \
        for (int i_ = 0; i_ < 8; i_ += 4)                                                          \
            for (int j_ = 0; j_ < 2; j_++) {                                                       \
                v8 x_ = b_[i_ + j_], y_ = b_[i_ + j_ + 2];                                         \
                a_[i_ + 2 * j_] = V8_SHUFFLE(x_, y_, 0, 1, 8, 9, 4, 5, 12, 13);                    \
                a_[i_ + 2 * j_ + 1] = V8_SHUFFLE(x_, y_, 2, 3, 10, 11, 6, 7, 14, 15);              \
            }                                                                                      \
        for (int i_ = 0; i_ < 4; i_++) {                                                           \
            (v)[i_] = V8_SHUFFLE(a_[i_], a_[i_ + 4], 0, 1, 2, 3, 8, 9, 10, 11);                    \
            (v)[i_ + 4] = V8_SHUFFLE(a_[i_], a_[i_ + 4], 4, 5, 6, 7, 12, 13, 14, 15);              \
        }                                                                                          \
    } while (0)

/* (4,4) of pairs. */
#define TRANSPOSE_4_PAIRS(v, from, from_stride)                                                    \
    do {                                                                                           \
        v8 a_[4], b_[4];                                                                           \
        for (int i_ = 0; i_ < 4; i_++)                                                             \
            a_[i_] = V8_CONST((from) + (size_t)i_ * (from_stride));                                \
        for (int i_ = 0; i_ < 4; i_ += 2) {                                                        \
            b_[i_] = V8_SHUFFLE(a_[i_], a_[i_ + 1], 0, 1, 8, 9, 4, 5, 12, 13);                     \
            b_[i_ + 1] = V8_SHUFFLE(a_[i_], a_[i_ + 1], 2, 3, 10, 11, 6, 7, 14, 15);               \
        }                                                                                          \
        for (int i_ = 0; i_ < 2; i_++) {                                                           \
            (v)[i_] = V8_SHUFFLE(b_[i_], b_[i_ + 2], 0, 1, 2, 3, 8, 9, 10, 11);                    \
            (v)[i_ + 2] = V8_SHUFFLE(b_[i_], b_[i_ + 2], 4, 5, 6, 7, 12, 13, 14, 15);              \
        }                                                                                          \
    } while (0)

LTS_CLONES static void transpose_cloned(const void *from, size_t from_stride, size_t rows,
                                        size_t columns, void *to, size_t to_stride)
{
    const float *restrict in = from;
    float *restrict transposed = to;
    for (size_t c = 0; c < columns; c += 8)
        for (size_t r = 0; r < rows; r += 8) {
            const float *block = in + r * from_stride + c;
            float *out = transposed + c * to_stride + r;
            if (c + 8 <= columns && r + 8 <= rows) {
                v8 v[8];
                TRANSPOSE_8(v, block, from_stride);
                for (size_t i = 0; i < 8; i++)
                    V8(out + i * to_stride) = v[i];
                continue;
            }
            for (size_t i = 0; i < 8 && c + i < columns; i++)
                for (size_t j = 0; j < 8 && r + j < rows; j++)
                    memcpy(out + i * to_stride + j, block + j * from_stride + i, sizeof *out);
        }
}

void cqt_transpose(const void *from, size_t from_stride, size_t rows, size_t columns, void *to,
                   size_t to_stride)
{
    transpose_cloned(from, from_stride, rows, columns, to, to_stride);
}

LTS_CLONES static void transpose_pairs_cloned(const float *restrict from, size_t from_stride,
                                              size_t rows, size_t columns, float *restrict to,
                                              size_t to_stride)
{
    for (size_t c = 0; c < columns; c += 4)
        for (size_t r = 0; r < rows; r += 4) {
            const float *block = from + r * from_stride + 2 * c;
            float *out = to + c * to_stride + 2 * r;
            if (c + 4 <= columns && r + 4 <= rows) {
                v8 v[4];
                TRANSPOSE_4_PAIRS(v, block, from_stride);
                for (size_t i = 0; i < 4; i++)
                    V8(out + i * to_stride) = v[i];
                continue;
            }
            for (size_t i = 0; i < 4 && c + i < columns; i++)
                for (size_t j = 0; j < 4 && r + j < rows; j++)
                    memcpy(out + i * to_stride + 2 * j, block + j * from_stride + 2 * i,
                           2 * sizeof *out);
        }
}

void cqt_transpose_pairs(const float *restrict from, size_t from_stride, size_t rows,
                         size_t columns, float *restrict to, size_t to_stride)
{
    transpose_pairs_cloned(from, from_stride, rows, columns, to, to_stride);
}
