#include "pipeline/match/curves.h"

#include <math.h>
#include <string.h>

static const double loudest = 10; /* gain over that of the loudest blocks, 20 dB */

double curves_level(const float *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return sqrt(sum / (double)n);
}

static size_t block_length(const curves *c, size_t row)
{
    const size_t first = row * c->hop;
    return first + c->hop < c->n ? c->hop : c->n - first;
}

/* An envelope that stands open: the level is followed by itself. */
static void open_envelope(const lts_synth_space *space, double *values)
{
    static const char *const quick[] = {"attack", "decay", "release"};
    double least, most;
    for (size_t i = 0; i < sizeof quick / sizeof *quick; i++) {
        const size_t p = lts_synth_space_find(space, quick[i]);
        if (p == lts_synth_space_count(space))
            continue;
        lts_synth_space_limits(space, p, &least, &most);
        values[p] = least;
    }
    const size_t sustain = lts_synth_space_find(space, "sustain");
    if (sustain < lts_synth_space_count(space))
        values[sustain] = 1;
}

/* The gain of each block of y that makes it as loud as that of x. */
static void find_gains(curves *c)
{
    double most_x = 0, most_y = 0;
    for (size_t row = 0; row < c->rows; row++) {
        const size_t first = row * c->hop, length = block_length(c, row);
        most_x = fmax(most_x, curves_level(c->x + first, length));
        most_y = fmax(most_y, curves_level(c->y + first, length));
    }
    const double limit = most_y > 0 ? loudest * most_x / most_y : 0;
    for (size_t row = 0; row < c->rows; row++) {
        const size_t first = row * c->hop, length = block_length(c, row);
        const double of_x = curves_level(c->x + first, length),
                     of_y = curves_level(c->y + first, length);
        c->gain[row] = of_y * limit > of_x ? of_x / of_y : limit;
    }
}

/* From the middle of a block to that of the next in a straight line. */
static void apply_gains(curves *c)
{
    for (size_t i = 0; i < c->n; i++) {
        const double place = fmax(((double)i + 0.5) / (double)c->hop - 0.5, 0);
        const size_t row = (size_t)place < c->rows ? (size_t)place : c->rows - 1;
        const size_t next = row + 1 < c->rows ? row + 1 : row;
        const double share = place - (double)row;
        c->y[i] *= (float)(c->gain[row] + share * (c->gain[next] - c->gain[row]));
    }
}

lts_status curves_play(curves *c, lts_error *err)
{
    const size_t parameters = c->m->parameters;
    double *values = NULL;
    lts_synth_voice *voice = NULL;
    lts_status status = lts_synth_voice_create(c->m->space, 0, &voice, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&values, parameters, sizeof *values, "a match", err);
    if (status != LTS_OK)
        goto done;
    lts_synth_voice_key(voice, true);
    for (size_t row = 0; row < c->rows; row++) {
        memcpy(values, c->values + row * parameters, parameters * sizeof *values);
        open_envelope(c->m->space, values);
        lts_synth_voice_process(voice, values, c->y + row * c->hop, block_length(c, row));
    }
    find_gains(c);
    apply_gains(c);
done:
    lts_synth_voice_destroy(voice);
    lts_free(values);
    return status;
}
