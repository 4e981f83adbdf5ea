#include "match/refine.h"

#include "match/cma.h"
#include "match/refine_search.h"

#include <math.h>
#include <string.h>

enum {
    FIRST_POPULATION = 24,
    SWEEPS = 3,
    HALF = CANDIDATES / 2,
    WIDE_PLACES = 16, /* that are tried along a span of 2 */
    PATIENCE = 60     /* generations without a better sound */
};
static const double first_step = 0.12;    /* of the way from the lowest to the highest level */
static const double last_spread = 0.0005; /* below it nothing is heard to change */

static bool is_over(const refine_search *s)
{
    const refine_task *task = s->task;
    const double spent = lts_now() - s->began;
    lts_progress(task->reporter, "seconds of refinement", fmin(spent, task->seconds), task->seconds,
                 0);
    if (task->evaluations > 0 && s->evaluations >= task->evaluations)
        return true;
    return s->best_distance == 0 || spent >= task->seconds || lts_cancelled(task->reporter);
}

/* --- Candidates ------------------------------------------------------------------------------ */

/* A level by its probability, which counts squared so that what is improbable comes seldom. */
static size_t draw_level(refine_search *s, size_t free, size_t levels)
{
    const float *p = s->task->probability;
    double sum = 0;
    if (!p)
        return (size_t)lts_rng_below(&s->rng, levels);
    p += free * s->task->classes;
    for (size_t l = 0; l < levels; l++)
        sum += (double)p[l] * (double)p[l];
    double left = lts_rng_uniform(&s->rng) * sum;
    for (size_t l = 0; l + 1 < levels; l++) {
        left -= (double)p[l] * (double)p[l];
        if (left < 0)
            return l;
    }
    return levels - 1;
}

/* The levels that are drawn for a parameter, as a place on its axis. */
static double draw_place(refine_search *s, size_t free)
{
    const lts_synth_space *space = s->task->space;
    const lts_synth_parameter parameter = lts_synth_space_at(space, s->axis[free].parameter);
    const size_t level = draw_level(s, free, parameter.levels);
    return range_place(space, &s->axis[free], parameter.level[level]);
}

/* The first is the patch itself; where the target was listened to, the later half is what was
 * heard, past the levels. */
static void draw_candidates(refine_search *s, const double *values)
{
    const size_t drawn = s->task->heard ? HALF : CANDIDATES;
    double *patch = s->worker[0].values;
    refine_go(s, false);
    refine_point_of(s, values, s->point);
    for (size_t i = 1; i < drawn; i++)
        for (size_t f = 0; f < s->free; f++)
            s->point[i * s->free + f] = draw_place(s, f);
    refine_look(s, drawn);
    memcpy(s->candidate, s->point, drawn * s->free * sizeof *s->point);
    memcpy(s->candidate_distance, s->distance, drawn * sizeof *s->distance);
    if (drawn == CANDIDATES)
        return;
    refine_go(s, true);
    for (size_t i = 0; i < HALF; i++) {
        memcpy(patch, values, s->parameters * sizeof *patch);
        guess_draw(s->task->heard, s->task->space, &s->rng, patch);
        refine_point_of(s, patch, s->point + i * s->free);
    }
    refine_set_levels(s, HALF);
    refine_look(s, HALF);
    memcpy(s->candidate + HALF * s->free, s->point, HALF * s->free * sizeof *s->point);
    memcpy(s->candidate_distance + HALF, s->distance, HALF * sizeof *s->distance);
}

/* The closest candidate between the levels, or past them, that no search has begun with. */
static double *next_candidate(refine_search *s, bool wide)
{
    const size_t first = wide ? HALF : 0, end = s->task->heard && !wide ? HALF : CANDIDATES;
    size_t best = first;
    for (size_t i = first; i < end; i++)
        if (s->candidate_distance[i] < s->candidate_distance[best])
            best = i;
    s->candidate_distance[best] = INFINITY;
    return s->candidate + best * s->free;
}

/* --- The search ------------------------------------------------------------------------------ */

/* The places to be tried on an axis, to place (CANDIDATES): of a parameter's levels, or evenly
 * along a wide axis and, of a frequency, where the target's partials are. */
static size_t list_places(const refine_search *s, size_t free, double *place)
{
    const range_axis *axis = &s->axis[free];
    const lts_synth_parameter parameter = lts_synth_space_at(s->task->space, axis->parameter);
    const guess *heard = s->task->heard;
    size_t count = parameter.levels, more = 0;
    if (axis->scale != RANGE_LEVELS)
        count = (size_t)(WIDE_PLACES * fmax(1, axis->span / 2));
    if (count > CANDIDATES - GUESS_PARTIALS)
        count = CANDIDATES - GUESS_PARTIALS;
    for (size_t i = 0; i < count; i++)
        place[i] = axis->span * (double)i / (double)(count - 1);
    if (heard && range_is_named(parameter.name, "_f"))
        for (; more < heard->partials; more++)
            place[count + more] = range_place(s->task->space, axis, heard->partial[more]);
    return count + more;
}

/* Tries places along one axis after the other, the others as they are, and keeps the best of each;
 * until none gives way, or three times. What is periodic in a parameter, as gates and frequencies
 * are, has valleys that no descent leaves. at (F) becomes the best, of the
 * distance that is returned. */
static double sweep(refine_search *s, double *at)
{
    double least = INFINITY, place[CANDIDATES];
    bool moved = true;
    for (int round = 0; round < SWEEPS && moved; round++) {
        moved = false;
        for (size_t f = 0; f < s->free && !is_over(s); f++) {
            const size_t tried = list_places(s, f, place);
            for (size_t i = 0; i < tried; i++) {
                memcpy(s->point + i * s->free, at, s->free * sizeof *at);
                s->point[i * s->free + f] = place[i];
            }
            refine_look(s, tried);
            for (size_t i = 0; i < tried; i++)
                if (s->distance[i] < least) {
                    least = s->distance[i];
                    at[f] = s->point[i * s->free + f];
                    moved = true;
                }
        }
    }
    return least;
}

static double *next_start(refine_search *s, bool wide)
{
    double *from = next_candidate(s, wide);
    refine_go(s, wide);
    sweep(s, from);
    return from;
}

/* The better of two swept candidates, one between the levels and one past them, tells where the
 * target is. */
static double *first_start(refine_search *s, bool *wide)
{
    double *narrow = next_candidate(s, false), *other;
    refine_go(s, false);
    const double least = sweep(s, narrow);
    if (!s->task->heard)
        return narrow;
    other = next_candidate(s, true);
    refine_go(s, true);
    *wide = sweep(s, other) < least;
    refine_go(s, *wide);
    return *wide ? other : narrow;
}

/* One descent, until it stands still or the time is over. */
static lts_status descend(refine_search *s, const double *from, size_t population, uint64_t seed,
                          lts_error *err)
{
    cma *strategy;
    double least = INFINITY;
    lts_status status = cma_create(s->free, population, from, first_step, seed, &strategy, err);
    if (status != LTS_OK)
        return status;
    for (int idle = 0; idle < PATIENCE && cma_spread(strategy) > last_spread && !is_over(s);
         idle++) {
        cma_ask(strategy, s->point);
        refine_look(s, population);
        for (size_t i = 0; i < population; i++)
            if (s->distance[i] < least) {
                least = s->distance[i];
                idle = 0;
            }
        cma_tell(strategy, s->point, s->distance);
    }
    cma_destroy(strategy);
    return LTS_OK;
}

lts_status refine(const refine_task *task, double *values, refine_result *result, lts_error *err)
{
    refine_search s = {.task = task,
                       .free = lts_synth_space_free(task->space),
                       .parameters = lts_synth_space_count(task->space),
                       .best_distance = INFINITY,
                       .fixed = values,
                       .began = lts_now()};
    lts_error why = {0};
    lts_status status = refine_search_create(&s, err);
    if (status != LTS_OK)
        goto done;
    /* The patch as it is: a value that the synthesizer does not take is told here. */
    status = lts_synth_render(s.worker[0].synth, values, s.worker[0].y, &why);
    *result = (refine_result){.first = INFINITY};
    if (status == LTS_OK)
        result->first = spectral_distance(s.worker[0].work, s.worker[0].y);
    else if (status != LTS_ERR_PLUGIN) {
        lts_fail(err, status, "%s", why.text);
        goto done;
    }
    status = LTS_OK;
    if (s.free > 0) {
        lts_rng_seed(&s.rng, task->seed, 0);
        draw_candidates(&s, values);
        size_t population = FIRST_POPULATION;
        bool wide = false;
        for (uint64_t run = 0; run < HALF && !is_over(&s); run++) {
            double *from = run == 0 ? first_start(&s, &wide) : next_start(&s, wide);
            if ((status = descend(&s, from, population, task->seed + run, err)) != LTS_OK)
                goto done;
            if (population < LARGEST_POPULATION)
                population *= 2;
        }
    }
    result->evaluations = s.evaluations + 1;
    result->distance = result->first;
    if (isinf(result->first) && isinf(s.best_distance)) {
        status = lts_fail(err, LTS_ERR_PLUGIN, "%s", why.text);
        goto done;
    }
    if (s.best_distance < result->first) {
        result->distance = s.best_distance;
        memcpy(values, s.best, s.parameters * sizeof *values);
    }
done:
    refine_search_release(&s);
    return status;
}
