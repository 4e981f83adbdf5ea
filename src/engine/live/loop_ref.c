#include "engine/live/loop_ref.h"

enum { MEASURED = 1024 }; /* frames between two looks at whether to go on */

/* The sounds' own distances, where the model has a map. */
static lts_status measure(loop_ref *l, const lts_distance *map, const lts_reporter *reporter,
                          lts_error *err)
{
    const size_t sounds = lts_interp_count(l->interp), frames = lts_interp_frames(l->interp);
    const size_t columns = lts_model_columns(lts_interp_model(l->interp));
    if (!map)
        return LTS_OK;
    lts_status status =
        lts_alloc_checked(&l->own, sounds, frames * sizeof *l->own, "distances", err);
    for (size_t i = 0; status == LTS_OK && i < sounds * frames; i++) {
        if (i % MEASURED == 0 && lts_cancelled(reporter))
            return lts_fail(err, LTS_ERR_CANCELLED, "cancelled before the voice");
        const float *mean = lts_interp_mean(l->interp, i / frames);
        l->own[i] = lts_distance_point(map, mean + i % frames * columns);
    }
    return status;
}

lts_status loop_ref_open(const job *asked, unsigned threads, loop_ref **out,
                         const lts_reporter *reporter, lts_error *err)
{
    loop_ref *l;
    *out = NULL;
    lts_status status = lts_alloc_checked(&l, 1, sizeof *l, "a loop", err);
    if (status != LTS_OK)
        return status;
    atomic_init(&l->holders, 1);
    status = job_create(asked, &l->key, err);
    if (status == LTS_OK)
        status = stamps_of_files(asked, &l->stamps, err);
    if (status == LTS_OK)
        status = lts_interp_open(asked->model->model, asked->sources, asked->count, asked->duration,
                                 threads, &l->interp, reporter, err);
    const lts_distance *map = model_ref_distance(asked->model);
    if (status == LTS_OK)
        status = measure(l, map, reporter, err);
    if (status != LTS_OK) {
        loop_ref_drop(l);
        return status;
    }
    for (size_t i = 0; i < asked->count; i++)
        l->mean[i] = lts_interp_mean(l->interp, i);
    l->loop = (loop){.model = asked->model->model,
                     .sounds = asked->count,
                     .frames = lts_interp_frames(l->interp),
                     .latent = lts_model_columns(asked->model->model),
                     .mean = l->mean,
                     .distance = map,
                     .own = l->own};
    *out = l;
    return LTS_OK;
}

bool loop_ref_fits(const loop_ref *l, const job *asked)
{
    return job_same_sounds(l->key, asked) && stamps_hold(l->stamps, asked);
}

loop_ref *loop_ref_hold(loop_ref *l)
{
    atomic_fetch_add(&l->holders, 1);
    return l;
}

void loop_ref_drop(void *held)
{
    loop_ref *l = held;
    if (!l || atomic_fetch_sub(&l->holders, 1) != 1)
        return;
    lts_interp_close(l->interp);
    lts_free(l->own);
    lts_free(l->stamps);
    job_free(l->key); /* the model goes last */
    lts_free(l);
}
