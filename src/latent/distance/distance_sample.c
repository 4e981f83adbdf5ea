#include "latent/distance/distance_parts.h"

#include <math.h>
#include <string.h>

enum { MOST_LANDMARKS = 65536 };

static const float largest_coordinate = 1e15f;

lts_distance_config lts_distance_defaults(void)
{
    return (lts_distance_config){.landmarks = 512, .seed = 1, .threads = 1};
}

size_t distance_sample_size(const distance_sample *sample)
{
    return sample->met < sample->capacity ? (size_t)sample->met : sample->capacity;
}

static lts_status open_sample(distance_sample *sample, const char *name, size_t capacity,
                              size_t latent, uint64_t seed, uint64_t stream, lts_error *err)
{
    *sample = (distance_sample){.name = name, .capacity = capacity};
    lts_rng_seed(&sample->rng, seed, stream);
    return lts_alloc_checked(&sample->points, capacity, latent * sizeof(float),
                             "a sample of latents", err);
}

lts_status lts_distance_builder_create(size_t latent, const lts_distance_config *config,
                                       lts_distance_builder **out, lts_error *err)
{
    const lts_distance_config chosen = config ? *config : lts_distance_defaults();
    *out = NULL;
    if (latent < 1 || latent > SIZE_MAX / sizeof(float))
        return lts_fail(err, LTS_ERR_ARGUMENT, "distance: %zu latent dimensions", latent);
    if (chosen.landmarks < 1 || chosen.landmarks > MOST_LANDMARKS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "distance: %zu landmarks: expected 1 to %d",
                        chosen.landmarks, MOST_LANDMARKS);
    lts_distance_builder *b = lts_alloc(1, sizeof *b);
    if (!b)
        return lts_no_memory("distance", err);
    b->latent = latent;
    b->config = chosen;
    lts_status status = open_sample(&b->training, "training", DISTANCE_TRAINING_SAMPLE, latent,
                                    chosen.seed, 0, err);
    if (status != LTS_OK)
        goto done;
    status = open_sample(&b->held_out, "held-out", DISTANCE_HELD_OUT_SAMPLE, latent, chosen.seed, 1,
                         err);
done:
    if (status != LTS_OK)
        lts_distance_builder_destroy(b);
    else
        *out = b;
    return status;
}

void lts_distance_builder_destroy(lts_distance_builder *builder)
{
    if (!builder)
        return;
    lts_free(builder->training.points);
    lts_free(builder->held_out.points);
    lts_free(builder);
}

/* Algorithm R of Vitter (1985): point i takes the place of one drawn among 0 .. i, where that is a
 * place of the sample. */
static lts_status add_points(distance_sample *sample, const float *means, size_t count,
                             size_t latent, lts_error *err)
{
    for (size_t i = 0; i < count * latent; i++)
        if (!(fabsf(means[i]) <= largest_coordinate)) /* NaN too */
            return lts_fail(err, LTS_ERR_NONFINITE,
                            "distance: %s point %llu, coordinate %zu is %g: not a number that can "
                            "be measured",
                            sample->name, (unsigned long long)(sample->met + i / latent),
                            i % latent, means[i]);
    for (size_t i = 0; i < count; i++, sample->met++) {
        uint64_t place = sample->met < sample->capacity
                             ? sample->met
                             : lts_rng_below(&sample->rng, sample->met + 1);
        if (place < sample->capacity)
            memcpy(sample->points + place * latent, means + i * latent, latent * sizeof *means);
    }
    return LTS_OK;
}

lts_status lts_distance_add(lts_distance_builder *builder, const float *means, size_t count,
                            lts_error *err)
{
    return add_points(&builder->training, means, count, builder->latent, err);
}

lts_status lts_distance_add_held_out(lts_distance_builder *builder, const float *means,
                                     size_t count, lts_error *err)
{
    return add_points(&builder->held_out, means, count, builder->latent, err);
}
