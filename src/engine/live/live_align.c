/* Aligned walks. A group is planned first, as its weights and positions do not depend on latents;
 * then all rows of it that are moved are encoded by few matrix products. */
#include "engine/live/live_parts.h"
#include "lts/align.h"
#include "lts/align_time.h"

#include <math.h>
#include <string.h>

/* alpha of two weights a and 1 - a, and w0 / (w0 + w1) of others, down to this sum: what has no sum
 * has no ratio. Continuous in both. */
static double alpha_of(const float *weight)
{
    const double least = 0.05, a = (double)weight[0], b = (double)weight[1];
    return 0.5 + 0.5 * (a - b) / fmax(a + b, least);
}

/* A table (T) at a position 0 .. T-1, linear; its slope there, per frame. */
static double look_up(const float *table, size_t frames, double at, double *slope)
{
    const size_t frame = (size_t)at < frames - 1 ? (size_t)at : frames - 1;
    const size_t next = frame + 1 < frames ? frame + 1 : frame;
    *slope = (double)table[next] - (double)table[frame];
    return (double)table[frame] + (at - (double)frame) * *slope;
}

/* Where both sounds are read for the position of the walk: how fast the position is to move. */
static double place(live_walk *w, double alpha, live_plan *p)
{
    const double length = (double)(w->loop.frames - 1);
    double slope;
    p->at[0] = p->at[1] = w->position;
    if (!w->alignment->lag)
        return 1;
    const double lag = look_up(w->alignment->lag, w->loop.frames, w->position, &slope);
    for (size_t s = 0; s < 2; s++) {
        const double at = s ? w->position - lag : w->position + lag;
        const double rounds = length > 0 ? floor(at / length) : 0;
        p->at[s] = fmin(fmax(at - rounds * length, 0), length);
        p->jump = p->jump || (w->planned && rounds != w->rounds[s]);
        w->rounds[s] = rounds;
    }
    return 1 / (1 + (2 * fmin(fmax(alpha, 0), 1) - 1) * slope);
}

static void plan_frame(live_walk *w, live_plan *p)
{
    double shift = 0, slope;
    live_walk_weigh(w);
    memcpy(p->weight, w->weight, sizeof p->weight);
    p->jump = w->seam;
    const double alpha = alpha_of(w->weight), pace = place(w, alpha, p);
    if (w->alignment->shift)
        shift = look_up(w->alignment->shift, w->loop.frames, w->position, &slope);
    lts_align_meet(shift, alpha, &p->move[0], &p->move[1]);
    for (size_t s = 0; s < 2; s++)
        p->encode[s] = p->move[s] != 0 && p->weight[s] != 0;
    w->seam = live_walk_advance(w, pace);
    w->planned = true;
}

/* The latent of a frame that is not moved: between those encoded beforehand. */
static void read_latent(const live_walk *w, size_t s, double at, float *z)
{
    const size_t frame = (size_t)at, latent = w->loop.latent;
    const float between = (float)(at - (double)frame);
    const float *here = w->loop.mean[s] + frame * latent;
    memcpy(z, here, latent * sizeof *z);
    for (size_t i = 0; between > 0 && i < latent; i++)
        z[i] += between * (here[latent + i] - here[i]);
    if (between > 0 && w->levels) {
        const float *const ends[] = {here, here + latent};
        lts_latent_mix_levels(ends, (const float[]){1 - between, between}, 2, 1, latent, z);
    }
}

/* A frame moved, row (K). */
static void read_moved(const live *l, const live_walk *w, const live_plan *p, size_t s, float *row)
{
    lts_align_time_read(w->alignment->magnitudes[s], w->loop.frames, l->bins, p->at[s], w->row);
    lts_align_transpose(w->row, l->bins, l->octave, p->move[s], row);
}

static float *latent_of(const live_walk *w, size_t g, size_t s)
{
    return w->latents + (2 * g + s) * w->loop.latent;
}

/* Plans a group; latents that nothing is encoded for are there afterwards. A voice that stays where
 * it is has those of the frame before. */
static void plan_group(live_walk *w, size_t group)
{
    live_plan before = w->plan[group - 1];
    size_t last = group - 1;
    const size_t bytes = w->loop.latent * sizeof(float);
    bool known = w->planned;
    for (size_t g = 0; g < group; g++) {
        live_plan *p = &w->plan[g];
        plan_frame(w, p);
        for (size_t s = 0; s < 2; s++) {
            const bool same = known && p->at[s] == before.at[s] && p->move[s] == before.move[s] &&
                              before.weight[s] != 0 && (g == 0 || !before.encode[s]);
            if (p->encode[s] && same) {
                p->encode[s] = false;
                memmove(latent_of(w, g, s), latent_of(w, last, s), bytes);
            } else if (!p->encode[s] && p->weight[s] != 0) {
                read_latent(w, s, p->at[s], latent_of(w, g, s));
            }
        }
        before = *p;
        last = g;
        known = true;
    }
}

/* Rows to encode, and where their latents go. */
typedef struct moved {
    size_t count;
    float *latent[LIVE_ROWS];
} moved;

static void encode(const live *l, live_walk *host, moved *rows)
{
    const size_t latent = host->loop.latent;
    if (rows->count == 0)
        return;
    lts_model_encode(host->loop.model, host->work, l->magnitudes, rows->count, host->batch, NULL);
    for (size_t i = 0; i < rows->count; i++)
        memcpy(rows->latent[i], host->batch + i * latent, latent * sizeof(float));
    rows->count = 0;
}

void live_align_group(live *l, live_walk *host, live_walk *const *walks, size_t count)
{
    moved rows = {0};
    for (size_t i = 0; i < count; i++) {
        live_walk *w = walks[i];
        if (!w || w->loop.model != host->loop.model || !w->alignment)
            continue;
        plan_group(w, l->group);
        for (size_t g = 0; g < l->group; g++)
            for (size_t s = 0; s < 2; s++) {
                if (!w->plan[g].encode[s])
                    continue;
                read_moved(l, w, &w->plan[g], s, l->magnitudes + rows.count * l->bins);
                rows.latent[rows.count++] = latent_of(w, g, s);
                if (rows.count == LIVE_ROWS)
                    encode(l, host, &rows);
            }
    }
    encode(l, host, &rows);
}

void live_align_mix(const live_walk *w, size_t g, float *z)
{
    const float *const paths[] = {latent_of(w, g, 0), latent_of(w, g, 1)};
    lts_latent_mix(paths, w->plan[g].weight, 2, 1, w->loop.latent, z);
    if (w->levels && w->law == LTS_LAW_LOUDNESS)
        lts_latent_mix_levels(paths, w->plan[g].weight, 2, 1, w->loop.latent, z);
}
