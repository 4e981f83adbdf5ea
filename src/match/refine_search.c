#include "match/refine_search.h"

#include <math.h>
#include <string.h>

/* --- Points and values ----------------------------------------------------------------------- */

void refine_go(refine_search *s, bool wide)
{
    s->axis = s->axes + (wide ? s->free : 0);
}

void refine_point_of(const refine_search *s, const double *values, double *point)
{
    for (size_t f = 0; f < s->free; f++)
        point[f] = range_place(s->task->space, &s->axis[f], values[s->axis[f].parameter]);
}

void refine_values_of(const refine_search *s, const double *point, double *values)
{
    memcpy(values, s->fixed, s->parameters * sizeof *values);
    for (size_t f = 0; f < s->free; f++)
        values[s->axis[f].parameter] = range_value(s->task->space, &s->axis[f], point[f]);
}

/* --- Looking at points ----------------------------------------------------------------------- */

/* Scales the amplitudes so that the sound at the point is as loud as the target. */
static void set_level(void *context, size_t item, unsigned number)
{
    refine_search *s = context;
    refine_worker *w = &s->worker[number];
    double *point = s->point + item * s->free;
    refine_values_of(s, point, w->values);
    if (lts_synth_render(w->synth, w->values, w->y, NULL) != LTS_OK)
        return;
    const double gain = spectral_gain(w->work, w->y);
    for (size_t f = 0; f < s->free && gain > 0; f++) {
        const size_t p = s->axis[f].parameter;
        if (range_is_named(lts_synth_space_at(s->task->space, p).name, "_A"))
            point[f] = range_place(s->task->space, &s->axis[f], gain * w->values[p]);
    }
}

void refine_set_levels(refine_search *s, size_t count)
{
    lts_parallel_for(count, s->task->threads, set_level, s);
    s->evaluations += count;
}

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
            refine_values_of(s, s->point + i * s->free, s->best);
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
    lts_status status = lts_alloc_checked(&s->axes, 2 * s->free, sizeof *s->axes, what, err);
    if (status != LTS_OK)
        return status;
    for (size_t f = 0; f < s->free; f++)
        for (size_t wide = 0; wide < 2; wide++)
            s->axes[wide * s->free + f] = range_axis_of(s->task->space, f, wide > 0);
    refine_go(s, false);
    const struct {
        double **place;
        size_t count;
    } array[] = {{&s->point, most * s->free},
                 {&s->distance, most},
                 {&s->best, s->parameters},
                 {&s->candidate, CANDIDATES * s->free},
                 {&s->candidate_distance, CANDIDATES}};
    for (size_t i = 0; i < sizeof array / sizeof *array; i++) {
        status = lts_alloc_checked(array[i].place, array[i].count, sizeof(double), what, err);
        if (status != LTS_OK)
            return status;
    }
    status = lts_alloc_checked(&s->worker, s->task->threads, sizeof *s->worker, what, err);
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
    lts_free(s->axes);
    lts_free(s->point);
    lts_free(s->distance);
    lts_free(s->best);
    lts_free(s->candidate);
    lts_free(s->candidate_distance);
}
