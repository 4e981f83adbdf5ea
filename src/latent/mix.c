#include "lts/latent.h"

#include <math.h>
#include <string.h>

/* Counts the sounds of weights other than 0 in frame t; *last is the last of them. */
static size_t count_weighted(const float *weights, size_t sounds, size_t frames, size_t t,
                             size_t *last)
{
    size_t count = 0;
    for (size_t s = 0; s < sounds; s++)
        if (weights[s * frames + t] != 0) {
            count++;
            *last = s;
        }
    return count;
}

/* row += weight path */
LTS_CLONES static void add_weighted(const float *restrict path, float weight, float *restrict row,
                                    size_t latent)
{
    for (size_t z = 0; z < latent; z++)
        row[z] += weight * path[z];
}

void lts_latent_mix(const float *const *paths, const float *weights, size_t sounds, size_t frames,
                    size_t latent, float *mixed)
{
    for (size_t t = 0; t < frames; t++) {
        float *restrict row = mixed + t * latent;
        size_t only = 0, used = count_weighted(weights, sounds, frames, t, &only);
        if (used == 1 && weights[only * frames + t] == 1) {
            memcpy(row, paths[only] + t * latent, latent * sizeof *row);
            continue;
        }
        memset(row, 0, latent * sizeof *row);
        for (size_t s = 0; s < sounds; s++)
            if (weights[s * frames + t] != 0)
                add_weighted(paths[s] + t * latent, weights[s * frames + t], row, latent);
    }
}

void lts_latent_sample(const float *mean, const float *log_variance, size_t frames, size_t latent,
                       uint64_t seed, float *z)
{
    enum { BLOCK = 512 }; /* even: the generator draws in pairs */
    float noise[BLOCK];
    lts_rng rng;
    lts_rng_seed(&rng, seed, 0);
    for (size_t start = 0, total = frames * latent; start < total; start += BLOCK) {
        size_t count = total - start < BLOCK ? total - start : BLOCK;
        lts_rng_fill_normal(&rng, noise, count);
        for (size_t i = 0; i < count; i++)
            z[start + i] = mean[start + i] + expf(0.5f * log_variance[start + i]) * noise[i];
    }
}
