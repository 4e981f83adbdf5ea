#include "pipeline/interp/interp_sounds.h"
#include "pipeline/sound/draw_excerpt.h"
#include "pipeline/sound/sound.h"

#include <math.h>

/* A drawn sound. */
typedef struct drawn {
    lts_source source;
    double seconds; /* of the whole */
    sound_levels levels;
} drawn;

static void draw_offset(drawn *d, double length, lts_rng *rng)
{
    const double spare = floor(d->seconds - length);
    d->source.offset = spare > 0 ? sound_levels_draw(&d->levels, (uint64_t)spare, length, rng) : 0;
}

/* How long it is, and where it is not silent. */
static lts_status measure(drawn *d, const lts_feature *feature, lts_error *err)
{
    const double rate = lts_feature_sample_rate(feature);
    size_t samples;
    lts_status status =
        lts_sound_excerpt(&d->source, 1, -1, rate, lts_feature_hop(feature), &samples, err);
    if (status != LTS_OK)
        return status;
    d->seconds = (double)samples / rate;
    return sound_levels_read(d->source.path, &d->levels, err);
}

/* Draws a sound from the folder and a whole second in it, from which on it is not silent. *length
 * shrinks to the length the sound has. A file that cannot be read is passed over with a warning,
 * and a silent one is drawn again a limited number of times. */
static lts_status draw_source(const lts_paths *sounds, const lts_feature *feature, lts_rng *rng,
                              drawn *d, double *length, const lts_reporter *reporter,
                              lts_error *err)
{
    enum { TRIES = 100 };
    for (int i = 0; i < TRIES; i++) {
        lts_error why = {0};
        sound_levels_free(&d->levels);
        d->source = (lts_source){.path = sounds->item[lts_rng_below(rng, sounds->count)]};
        if (measure(d, feature, &why) != LTS_OK) {
            lts_message(reporter, LTS_LEVEL_WARNING, "%s: passed over", why.text);
            continue;
        }
        if (!sound_levels_heard(&d->levels, 0, d->seconds) && i + 1 < TRIES)
            continue;
        draw_offset(d, *length, rng);
        *length = fmin(*length, d->seconds - d->source.offset);
        return LTS_OK;
    }
    return lts_fail(err, LTS_ERR_FORMAT,
                    "%s: drawn, like %d before it, and not to be used: replace the sounds that "
                    "cannot be read",
                    d->source.path, TRIES - 1);
}

/* The second sound may shorten the excerpt of the first to a silent part; the first then gets a new
 * offset. */
lts_status interp_draw_pair(const lts_paths *sounds, const lts_feature *feature, lts_rng *rng,
                            lts_source pair[2], double *length, const lts_reporter *reporter,
                            lts_error *err)
{
    drawn d[2] = {{.seconds = 0}, {.seconds = 0}};
    lts_status status = LTS_OK;
    for (size_t i = 0; i < 2; i++) {
        status = draw_source(sounds, feature, rng, &d[i], length, reporter, err);
        if (status != LTS_OK)
            goto done;
    }
    if (!sound_levels_heard(&d[0].levels, d[0].source.offset, *length))
        draw_offset(&d[0], *length, rng);
done:
    for (size_t i = 0; i < 2; i++) {
        pair[i] = d[i].source;
        sound_levels_free(&d[i].levels);
    }
    return status;
}
