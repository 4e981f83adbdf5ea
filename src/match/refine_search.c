#include "match/refine_search.h"

#include <math.h>
#include <string.h>

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

double refine_point_of(const lts_synth_parameter *parameter, double value)
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

void refine_values_of(const refine_search *s, const double *point, double *values)
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
    refine_search *s = context;
    refine_worker *w = &s->worker[number];
    refine_values_of(s, s->point + item * s->free, w->values);
    s->distance[item] = lts_synth_render(w->synth, w->values, w->y, NULL) == LTS_OK
                            ? spectral_distance(w->work, w->y)
                            : (double)NAN;
}

void refine_look(refine_search *s, size_t count)
{
    lts_parallel_for(count, s->task->threads, look_at, s);
    s->evaluations += count;
    for (size_t i = 0; i < count; i++)
        if (s->distance[i] < s->best_distance) {
            s->best_distance = s->distance[i];
            memcpy(s->best, s->point + i * s->free, s->free * sizeof *s->best);
        }
}

/* --- Making ----------------------------------------------------------------------------------- */

static lts_status create_worker(const refine_search *s, refine_worker *w, lts_error *err)
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

lts_status refine_search_create(refine_search *s, lts_error *err)
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
    for (unsigned t = 0; t < s->task->threads; t++)
        if ((status = create_worker(s, &s->worker[t], err)) != LTS_OK)
            return status;
    return status;
}

void refine_search_release(refine_search *s)
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
