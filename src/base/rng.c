#include "lts/base.h"

#include <math.h>

static uint64_t splitmix64(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint64_t rotate_left(uint64_t x, int bits)
{
    return (x << bits) | (x >> (64 - bits));
}

void lts_rng_seed(lts_rng *rng, uint64_t seed, uint64_t stream)
{
    uint64_t mix = stream;
    mix = seed ^ splitmix64(&mix);
    for (int i = 0; i < 4; i++)
        rng->state[i] = splitmix64(&mix);
}

uint64_t lts_rng_next(lts_rng *rng)
{
    uint64_t *s = rng->state;
    uint64_t result = rotate_left(s[0] + s[3], 23) + s[0];
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

double lts_rng_uniform(lts_rng *rng)
{
    return (double)(lts_rng_next(rng) >> 11) * 0x1p-53;
}

uint64_t lts_rng_below(lts_rng *rng, uint64_t bound)
{
    uint64_t reject = (UINT64_MAX - bound + 1) % bound; /* 2^64 mod bound: no value is favoured */
    uint64_t draw;
    do
        draw = lts_rng_next(rng);
    while (draw < reject);
    return draw % bound;
}

void lts_rng_fill_normal(lts_rng *rng, float *x, size_t n)
{
    const float two_pi = 6.28318530717958648f;
    for (size_t i = 0; i < n; i += 2) {
        uint64_t bits = lts_rng_next(rng);
        /* 24 bits for the radius, in (0, 1], 24 for the angle. */
        float u = (float)((bits >> 40) + 1) * 0x1p-24f;
        float angle = two_pi * ((float)((bits >> 8) & 0xffffff) * 0x1p-24f);
        float radius = sqrtf(-2.0f * logf(u));
        x[i] = radius * cosf(angle);
        if (i + 1 < n)
            x[i + 1] = radius * sinf(angle);
    }
}

void lts_permutation_init(lts_permutation *permutation, uint64_t count, lts_rng *rng)
{
    permutation->count = count;
    permutation->half_bits = 1;
    while (permutation->half_bits < 32 && (UINT64_C(1) << (2 * permutation->half_bits)) < count)
        permutation->half_bits++;
    for (int i = 0; i < 6; i++)
        permutation->key[i] = lts_rng_next(rng);
}

uint64_t lts_permutation_at(const lts_permutation *permutation, uint64_t index)
{
    const unsigned bits = permutation->half_bits;
    const uint64_t mask = (UINT64_C(1) << bits) - 1;
    do {
        uint64_t left = index >> bits, right = index & mask;
        for (int round = 0; round < 6; round++) {
            uint64_t mix = right ^ permutation->key[round];
            uint64_t next = left ^ (splitmix64(&mix) & mask);
            left = right;
            right = next;
        }
        index = left << bits | right;
    } while (index >= permutation->count);
    return index;
}
