#include "match/refine.h"

#include "match/cma.h"

#include <math.h>
#include <string.h>

enum {
    CANDIDATES = 256, /* draws of what is probable, before the search */
    FIRST_POPULATION = 24,
    LARGEST_POPULATION = 384,
    SWEEPS = 3,
    PATIENCE = 60 /* generations without a better sound */
};
static const double first_step = 0.12;    /* of the way from the lowest to the highest level */
static const double last_spread = 0.0005; /* below it nothing is heard to change */

/* What one thread renders with. */
typedef struct worker {
    lts_synth *synth;
    spectral_work *work;
    float *y;       /* (N) */
    double *values; /* (P) */
} worker;

typedef struct search {
    const refine_task *task;
    size_t free, parameters;
    worker *worker;   /* (threads) */
    double *point;    /* (LARGEST_POPULATION or CANDIDATES,F): where each is, 0 to 1 a level */
    double *distance; /* of each */
    double *best;     /* (F) */
    double best_distance;
    double *candidate; /* (CANDIDATES,F) the first draws, kept for restarts */
    double *candidate_distance;
    const double *fixed; /* (P) the values that do not move */
    uint64_t evaluations;
    double began;
    lts_rng rng;
} search;

/* --- Points and values ----------------------------------------------------------------------- */

/* Any number, mirrored at 0 and 1 until it lies between. */
static double mirror(double u)
{
    const double turn = fabs(u) - 2 * floor(fabs(u) / 2);
    return turn > 1 ? 2 - turn : turn;
}

/* 0 is the lowest level, 1 the highest, and what lies between two neighbours is interpolated. */
static double value_at(const lts_synth_parameter *parameter, double u)
{
    const double place = mirror(u) * (double)(parameter->levels - 1);
    const size_t below = (size_t)fmin(floor(place), (double)(parameter->levels - 2));
    const double *level = parameter->level + below;
    return level[0] + (place - (double)below) * (level[1] - level[0]);
}

static double point_of(const lts_synth_parameter *parameter, double value)
{
    const double *level = parameter->level;
    const size_t last = parameter->levels - 1;
    if (!(value > level[0]))
        return 0;
    for (size_t i = 0; i < last; i++)
        if (value <= level[i + 1])
            return ((double)i + (value - level[i]) / (level[i + 1] - level[i])) / (double)last;
    return 1;
}

static void values_of(const search *s, const double *point, double *values)
{
    memcpy(values, s->fixed, s->parameters * sizeof *values);
    for (size_t f = 0; f < s->free; f++) {
        const size_t p = lts_synth_space_free_at(s->task->space, f);
        const lts_synth_parameter parameter = lts_synth_space_at(s->task->space, p);
        values[p] = value_at(&parameter, point[f]);
    }
}

/* --- Looking at points ----------------------------------------------------------------------- */

static void look_at(void *context, size_t item, unsigned number)
{
    search *s = context;
    worker *w = &s->worker[number];
    values_of(s, s->point + item * s->free, w->values);
    s->distance[item] = lts_synth_render(w->synth, w->values, w->y, NULL) == LTS_OK
                            ? spectral_distance(w->work, w->y)
                            : (double)NAN;
}

/* The distances of the first `count` points; the best of all is kept. */
static void look(search *s, size_t count)
{
    lts_parallel_for(count, s->task->threads, look_at, s);
    s->evaluations += count;
    for (size_t i = 0; i < count; i++)
        if (s->distance[i] < s->best_distance) {
            s->best_distance = s->distance[i];
            memcpy(s->best, s->point + i * s->free, s->free * sizeof *s->best);
        }
}

static bool is_over(const search *s)
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
static size_t draw_level(search *s, size_t free, size_t levels)
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

static void draw_candidates(search *s, const double *values)
{
    const lts_synth_space *space = s->task->space;
    for (size_t f = 0; f < s->free; f++) {
        const size_t p = lts_synth_space_free_at(space, f);
        const lts_synth_parameter parameter = lts_synth_space_at(space, p);
        s->point[f] = point_of(&parameter, values[p]);
        for (size_t i = 1; i < CANDIDATES; i++)
            s->point[i * s->free + f] =
                (double)draw_level(s, f, parameter.levels) / (double)(parameter.levels - 1);
    }
    look(s, CANDIDATES);
    memcpy(s->candidate, s->point, CANDIDATES * s->free * sizeof *s->point);
    memcpy(s->candidate_distance, s->distance, CANDIDATES * sizeof *s->distance);
}

/* The closest candidate that no search has begun with. */
static double *next_candidate(search *s)
{
    size_t best = 0;
    for (size_t i = 1; i < CANDIDATES; i++)
        if (s->candidate_distance[i] < s->candidate_distance[best])
            best = i;
    s->candidate_distance[best] = INFINITY;
    return s->candidate + best * s->free;
}

/* --- The search ------------------------------------------------------------------------------ */

/* Tries every level of one parameter after the other, the others as they are, and keeps the best of
 * each; until none gives way, or three times. What is periodic in a parameter, as gates and
 * frequencies are, has valleys that no descent leaves. at (F) becomes the best. */
static void sweep(search *s, double *at)
{
    double least = INFINITY;
    bool moved = true;
    for (int round = 0; round < SWEEPS && moved; round++) {
        moved = false;
        for (size_t f = 0; f < s->free && !is_over(s); f++) {
            const size_t p = lts_synth_space_free_at(s->task->space, f);
            const size_t levels = lts_synth_space_at(s->task->space, p).levels;
            const size_t tried = levels < CANDIDATES ? levels : CANDIDATES;
            for (size_t i = 0; i < tried; i++) {
                memcpy(s->point + i * s->free, at, s->free * sizeof *at);
                s->point[i * s->free + f] = (double)i / (double)(tried - 1);
            }
            look(s, tried);
            for (size_t i = 0; i < tried; i++)
                if (s->distance[i] < least) {
                    least = s->distance[i];
                    at[f] = s->point[i * s->free + f];
                    moved = true;
                }
        }
    }
}

/* One descent, until it stands still or the time is over. */
static lts_status descend(search *s, const double *from, size_t population, uint64_t seed,
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
        look(s, population);
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

static lts_status create_worker(const search *s, worker *w, lts_error *err)
{
    static const char what[] = "a search";
    lts_status status = lts_synth_create(s->task->space, &w->synth, err);
    if (status != LTS_OK)
        return status;
    status = spectral_work_create(s->task->target, &w->work, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&w->y, lts_synth_samples(w->synth), sizeof *w->y, what, err);
    if (status != LTS_OK)
        return status;
    return lts_alloc_checked(&w->values, s->parameters, sizeof *w->values, what, err);
}

static lts_status create(search *s, lts_error *err)
{
    static const char what[] = "a search";
    const size_t most = LARGEST_POPULATION > CANDIDATES ? LARGEST_POPULATION : CANDIDATES;
    const struct {
        double **place;
        size_t count;
    } array[] = {{&s->point, most * s->free},
                 {&s->distance, most},
                 {&s->best, s->free},
                 {&s->candidate, CANDIDATES * s->free},
                 {&s->candidate_distance, CANDIDATES}};
    for (size_t i = 0; i < sizeof array / sizeof *array; i++) {
        lts_status status =
            lts_alloc_checked(array[i].place, array[i].count, sizeof(double), what, err);
        if (status != LTS_OK)
            return status;
    }
    lts_status status =
        lts_alloc_checked(&s->worker, s->task->threads, sizeof *s->worker, what, err);
    if (status != LTS_OK)
        return status;
    memset(s->worker, 0, s->task->threads * sizeof *s->worker);
    for (unsigned t = 0; status == LTS_OK && t < s->task->threads; t++)
        status = create_worker(s, &s->worker[t], err);
    return status;
}

static void release(search *s)
{
    for (unsigned t = 0; s->worker && t < s->task->threads; t++) {
        lts_synth_destroy(s->worker[t].synth);
        spectral_work_destroy(s->worker[t].work);
        lts_free(s->worker[t].y);
        lts_free(s->worker[t].values);
    }
    lts_free(s->worker);
    lts_free(s->point);
    lts_free(s->distance);
    lts_free(s->best);
    lts_free(s->candidate);
    lts_free(s->candidate_distance);
}

lts_status refine(const refine_task *task, double *values, refine_result *result, lts_error *err)
{
    search s = {.task = task,
                .free = lts_synth_space_free(task->space),
                .parameters = lts_synth_space_count(task->space),
                .best_distance = INFINITY,
                .fixed = values,
                .began = lts_now()};
    lts_error why = {0};
    lts_status status = create(&s, err);
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
        for (uint64_t run = 0; status == LTS_OK && run < CANDIDATES && !is_over(&s); run++) {
            double *from = next_candidate(&s);
            sweep(&s, from);
            status = descend(&s, from, population, task->seed + run, err);
            if (population < LARGEST_POPULATION)
                population *= 2;
        }
    }
    if (status != LTS_OK)
        goto done;
    result->evaluations = s.evaluations + 1;
    result->distance = result->first;
    if (isinf(result->first) && isinf(s.best_distance)) {
        status = lts_fail(err, LTS_ERR_PLUGIN, "%s", why.text);
        goto done;
    }
    if (s.best_distance < result->first) {
        result->distance = s.best_distance;
        values_of(&s, s.best, s.worker[0].values);
        memcpy(values, s.worker[0].values, s.parameters * sizeof *values);
    }
done:
    release(&s);
    return status;
}
