/* What the files of the distance share. */
#ifndef LATENT_DISTANCE_H
#define LATENT_DISTANCE_H

#include "lts/distance.h"

enum { DISTANCE_TRAINING_SAMPLE = 16384, DISTANCE_HELD_OUT_SAMPLE = 4096 };

/* A uniform sample of a stream. */
typedef struct distance_sample {
    const char *name;
    float *points; /* (capacity,Z) */
    size_t capacity;
    uint64_t met; /* points so far; the first min(met, capacity) rows are in use */
    lts_rng rng;
} distance_sample;

struct lts_distance_builder {
    size_t latent;
    lts_distance_config config;
    distance_sample training, held_out;
};

size_t distance_sample_size(const distance_sample *sample); /* rows in use */

/* r(z) of lts/distance.h; infinity when it overflows or z is not finite. */
double distance_raw(const lts_distance *distance, const float *z);

/* k-means (Lloyd 1982) among points (n,Z), n >= count: centres (count,Z), begun at points drawn
 * with rng. */
lts_status distance_find_landmarks(const float *points, size_t n, size_t latent, size_t count,
                                   unsigned threads, lts_rng *rng, float *centres, lts_error *err);

#endif
