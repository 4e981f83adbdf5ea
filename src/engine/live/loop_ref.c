#include "engine/live/loop_ref.h"

#include "pipeline/sound/excerpt.h"
#include "render/renderer.h"

#include <math.h>

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
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < sounds * frames; i++) {
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
    if (status != LTS_OK)
        goto done;
    status = stamps_of_files(asked, &l->stamps, err);
    if (status != LTS_OK)
        goto done;
    status = lts_interp_open(asked->model->model, asked->sources, asked->count, asked->duration,
                             threads, &l->interp, reporter, err);
    if (status != LTS_OK)
        goto done;
    const lts_distance *map = model_ref_distance(asked->model);
    status = measure(l, map, reporter, err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < asked->count; i++) {
        l->mean[i] = lts_interp_mean(l->interp, i);
        l->level[i] = lts_interp_envelope(l->interp, i);
    }
    l->loop = (loop){.model = asked->model->model,
                     .sounds = asked->count,
                     .frames = lts_interp_frames(l->interp),
                     .latent = lts_model_columns(asked->model->model),
                     .mean = l->mean,
                     .distance = map,
                     .own = l->own,
                     .level = l->level[0] ? l->level : NULL};
    *out = l;
    l = NULL;
done:
    loop_ref_drop(l);
    return status;
}

bool loop_ref_fits(const loop_ref *l, const job *asked)
{
    return job_same_sounds(l->key, asked) && stamps_hold(l->stamps, asked);
}

/* The frames that a sound's latents were made of. */
static lts_status read_magnitudes(const loop_ref *l, size_t sound, float *rows,
                                  const lts_reporter *reporter, lts_error *err)
{
    enum { FRAMES = 512 };
    const lts_source *source = &l->key->sources[sound];
    const lts_feature *feature = l->key->model->feature;
    const size_t bins = lts_feature_floats(feature), frames = l->loop.frames;
    const excerpt_span span =
        excerpt_span_of(feature, source->offset, lts_interp_samples(l->interp));
    excerpt *e;
    lts_status status =
        excerpt_open(render_transform(lts_interp_renderer(l->interp)), source->path, span, &e, err);
    if (status != LTS_OK)
        return status;
    for (size_t t = 0, count; t < frames; t += count) {
        count = frames - t < FRAMES ? frames - t : FRAMES;
        if ((status = excerpt_read(e, count, rows + t * bins, err)) != LTS_OK)
            goto done;
        if (lts_cancelled(reporter)) {
            status = lts_fail(err, LTS_ERR_CANCELLED, "stopped before it was aligned");
            goto done;
        }
    }
done:
    excerpt_close(e);
    return status;
}

static lts_status keep_magnitudes(loop_ref *l, const lts_reporter *reporter, lts_error *err)
{
    const size_t row = lts_feature_floats(l->key->model->feature) * sizeof(float);
    const size_t most = LOOP_ALIGNED / 2 / row;
    if (l->magnitudes[1])
        return LTS_OK;
    if (l->loop.frames > most)
        return lts_fail(err, LTS_ERR_ARGUMENT, "choose a loop of at most %.0f s",
                        floor((double)most * (double)lts_feature_hop(l->key->model->feature) /
                              lts_feature_sample_rate(l->key->model->feature)));
    if (!stamps_hold(l->stamps, l->key))
        return lts_fail(err, LTS_ERR_ARGUMENT, "its files have changed: start it again");
    for (size_t s = 0; s < 2; s++) {
        float *rows;
        lts_status status = lts_alloc_checked(&rows, l->loop.frames, row, "magnitudes", err);
        if (status != LTS_OK)
            return status;
        lts_free(l->magnitudes[s]);
        l->magnitudes[s] = rows;
        status = read_magnitudes(l, s, rows, reporter, err);
        if (status != LTS_OK) {
            l->magnitudes[s] = NULL;
            lts_free(rows);
            return status;
        }
    }
    return LTS_OK;
}

lts_status loop_ref_align(loop_ref *l, lts_alignment way, const loop_found **out,
                          const lts_reporter *reporter, lts_error *err)
{
    *out = NULL;
    if (l->loop.sounds != 2)
        return lts_fail(err, LTS_ERR_SHAPE, "it has %zu sounds, and only two are aligned",
                        l->loop.sounds);
    if (!l->found_by[way]) {
        lts_status status = keep_magnitudes(l, reporter, err);
        if (status != LTS_OK)
            return status;
        status = loop_find(l->key->model->feature, (const float *const *)l->magnitudes,
                           l->loop.frames, way, &l->found[way], err);
        if (status != LTS_OK) {
            loop_found_free(&l->found[way]);
            return status;
        }
        l->found_by[way] = true;
    }
    *out = &l->found[way];
    return LTS_OK;
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
    for (size_t way = 0; way < LTS_ALIGNMENTS; way++)
        loop_found_free(&l->found[way]);
    lts_free(l->magnitudes[0]);
    lts_free(l->magnitudes[1]);
    lts_interp_close(l->interp);
    lts_free(l->own);
    lts_free(l->stamps);
    job_free(l->key); /* the model goes last */
    lts_free(l);
}
