#include "base/fastmath.h"
#include "nn/nn.h"

enum { LANES = 16 }; /* Philox blocks side by side, four draws each */

/* Ten rounds of Philox 4x32 on LANES counters {row, first + lane, stream} under one key. */
static inline void philox(uint64_t seed, uint64_t row, uint32_t first, uint32_t stream,
                          uint32_t word[4][LANES])
{
    uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);
    for (uint32_t i = 0; i < LANES; i++) {
        word[0][i] = (uint32_t)row;
        word[1][i] = (uint32_t)(row >> 32);
        word[2][i] = first + i;
        word[3][i] = stream;
    }
    for (int round = 0; round < 10; round++) {
#pragma omp simd
        for (int i = 0; i < LANES; i++) {
            uint64_t a = (uint64_t)0xd2511f53u * word[0][i];
            uint64_t b = (uint64_t)0xcd9e8d57u * word[2][i];
            word[0][i] = (uint32_t)(b >> 32) ^ word[1][i] ^ key0;
            word[1][i] = (uint32_t)b;
            word[2][i] = (uint32_t)(a >> 32) ^ word[3][i] ^ key1;
            word[3][i] = (uint32_t)a;
        }
        key0 += 0x9e3779b9u;
        key1 += 0xbb67ae85u;
    }
}

/* Two independent normals from two words: 24 bits for the radius, in (0, 1], 24 for the angle. */
static inline void box_muller(const uint32_t *a, const uint32_t *b, float *x, float *y)
{
#pragma omp simd
    for (int i = 0; i < LANES; i++) {
        float u = (float)(int32_t)((a[i] >> 8) + 1u) * 0x1p-24f, sine, cosine;
        float radius = sqrtf(-2.0f * fast_log(u));
        fast_sincos((float)(int32_t)(b[i] >> 8) * 0x1p-24f, &sine, &cosine);
        x[i] = radius * cosine;
        y[i] = radius * sine;
    }
}

LTS_CLONES static void noise_row_cloned(uint64_t seed, uint64_t row, float *x, size_t count)
{
    uint32_t word[4][LANES];
    float draw[4][LANES];
    for (size_t done = 0; done < count; done += 4 * LANES) {
        philox(seed, row, (uint32_t)(done / 4), 0, word);
        box_muller(word[0], word[1], draw[0], draw[1]);
        box_muller(word[2], word[3], draw[2], draw[3]);
        for (size_t i = 0; i < 4 * LANES && done + i < count; i++)
            x[done + i] = draw[i % 4][i / 4];
    }
}

void nn_noise_row(uint64_t seed, uint64_t row, float *x, size_t count)
{
    noise_row_cloned(seed, row, x, count);
}

/* 24 bits of each word against the rate. */
LTS_CLONES static void dropout_row_cloned(uint64_t seed, uint64_t row, uint32_t stream, float rate,
                                          float *scale, size_t count)
{
    const uint32_t least = (uint32_t)(rate * 0x1p24f);
    const float kept = 1.0f / (1.0f - rate);
    uint32_t word[4][LANES];
    for (size_t done = 0; done < count; done += 4 * LANES) {
        philox(seed, row, (uint32_t)(done / 4), stream, word);
        for (size_t i = 0; i < 4 * LANES && done + i < count; i++)
            scale[done + i] = word[i % 4][i / 4] >> 8 < least ? 0.0f : kept;
    }
}

void nn_dropout_row(uint64_t seed, uint64_t row, uint32_t stream, float rate, float *scale,
                    size_t count)
{
    dropout_row_cloned(seed, row, stream + 1, rate, scale, count); /* 0 is that of noise */
}
