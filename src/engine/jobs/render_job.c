#include "engine/jobs/render_job.h"

#include "engine/jobs/stamp.h"

#include <math.h>
#include <string.h>

static const double report_gap = 0.1; /* s between two /progress */

struct render {
    unsigned threads;
    job *kept; /* what interp and last belong to */
    stamp *stamps;
    lts_interp *interp;
    rendered *last;
    float *weight; /* (count,T): of `last` */
};

/* One run of it. */
typedef struct run {
    const render_listener *listener;
    rendered *sound;
    lts_reporter reporter;
    lts_render_config config;     /* with the seed that is used */
    lts_distance_stats distances; /* of the frames made */
    bool retake;                  /* in part, of the sound before */
    bool playing;
    double reported, shown; /* progress: when, and how much */
} run;

lts_status render_create(unsigned threads, render **out, lts_error *err)
{
    lts_status status = lts_alloc_checked(out, 1, sizeof **out, "a renderer", err);
    if (status != LTS_OK)
        return status;
    (*out)->threads = threads;
    return LTS_OK;
}

static void forget_rendered(render *r)
{
    rendered_drop(r->last);
    lts_free(r->weight);
    r->last = NULL;
    r->weight = NULL;
}

static void forget(render *r)
{
    forget_rendered(r);
    lts_interp_close(r->interp);
    lts_free(r->stamps);
    job_free(r->kept);
    r->interp = NULL;
    r->stamps = NULL;
    r->kept = NULL;
}

void render_destroy(render *r)
{
    if (!r)
        return;
    forget(r);
    lts_free(r);
}

/* A job may have waited: what its sounds' paths lead to now must lie in the root, too. */
static lts_status check_places(const path_rules *rules, const job *j, lts_error *err)
{
    for (size_t i = 0; i < j->count; i++) {
        char *path;
        const lts_status status = path_below(rules, j->sources[i].path, "", &path, err);
        lts_free(path);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

static lts_status read_sounds(render *r, const job *j, const path_rules *rules,
                              const lts_reporter *reporter, lts_error *err)
{
    forget(r);
    lts_status status = check_places(rules, j, err);
    if (status != LTS_OK)
        return status;
    status = stamps_of_files(j, &r->stamps, err);
    if (status != LTS_OK)
        return status;
    status = lts_interp_open(j->model->model, j->sources, j->count, j->duration, r->threads,
                             &r->interp, reporter, err);
    if (status != LTS_OK)
        return status;
    return job_create(j, &r->kept, err);
}

/* Makes r->interp the job's. */
static lts_status open_sounds(render *r, const job *j, const path_rules *rules,
                              const lts_reporter *reporter, lts_error *err)
{
    const bool same = r->kept && job_same_sounds(r->kept, j) && stamps_hold(r->stamps, j);
    lts_status status = LTS_OK;
    if (same && r->kept->align == j->align)
        return LTS_OK;
    if (same)
        forget_rendered(r);
    else
        status = read_sounds(r, j, rules, reporter, err);
    if (status != LTS_OK)
        goto done;
    r->kept->align = j->align;
    status = lts_interp_align(r->interp, j->align, LTS_INTERP_MODEL, reporter, err);
done:
    if (status != LTS_OK)
        forget(r);
    return status;
}

static void report_progress(run *u, double done)
{
    double now = lts_now();
    if (done <= u->shown || (done < 1 && now - u->reported < report_gap))
        return;
    u->reported = now;
    u->shown = done;
    reply_send(u->listener->reply, "/progress", "f", done);
}

static void start_playback(run *u)
{
    if (u->playing || u->listener->cancelled(u->listener->user))
        return;
    playback_play(u->listener->playback, u->sound);
    u->playing = true;
    /* Whoever cancels stops the playback afterwards: one of us sees the other. */
    if (u->listener->cancelled(u->listener->user))
        playback_stop(u->listener->playback);
}

static void on_ready(void *user, size_t ready)
{
    run *u = user;
    /* The last samples become ready when the sound is finished. */
    if (ready >= u->sound->n)
        return;
    rendered_extend(u->sound, ready);
    start_playback(u);
}

static void on_progress(void *user, const char *what, double done, double total, double rate)
{
    (void)rate;
    if (strcmp(what, "rendering") == 0 && total > 0)
        report_progress(user, fmin(0.999, done / total));
}

static bool on_cancelled(void *user)
{
    run *u = user;
    return u->listener->cancelled(u->listener->user);
}

/* Whether the last sound can be revised: same sounds, same settings, and nothing drawn anew. */
static bool can_retake(const render *r, const job *j)
{
    const lts_render_config *a = &j->render, *b = &r->kept->render;
    return j->retake && r->last && !j->render.sample && !b->sample && a->limit == b->limit &&
           job_same_offset(j, r->kept) && a->level == b->level &&
           a->phase.iterations == b->phase.iterations && a->phase.init == b->phase.init &&
           (j->redraw || a->phase.seed == b->phase.seed);
}

static lts_status render_sound(render *r, const float *weight, run *u, lts_error *err)
{
    size_t first, count;
    if (!u->retake)
        return lts_interp_render(
            r->interp, weight, &u->config,
            &(lts_render_output){.x = u->sound->x, .ready = on_ready, .user = u}, &u->reporter,
            err);
    memcpy(u->sound->x, r->last->x, u->sound->n * sizeof *u->sound->x);
    lts_status status = lts_interp_retake(r->interp, weight, r->weight, &u->config, u->sound->x,
                                          &first, &count, &u->reporter, err);
    if (status != LTS_OK)
        return status;
    reply_report(u->listener->reply, "Retake: %.2f s of %.2f s made anew.",
                 (double)count / u->sound->sample_rate,
                 (double)u->sound->n / u->sound->sample_rate);
    return status;
}

static void report_distances(const run *u)
{
    const lts_distance_stats *d = &u->distances;
    const double count = (double)d->count;
    if (d->count > 0)
        reply_report(u->listener->reply,
                     "The path is %.2f from what was trained on average, %.2f at most (%.0f %% of "
                     "it beyond 1).",
                     d->sum / count, d->most, 100 * (double)d->beyond / count);
}

static lts_status make(render *r, const job *j, float *weight, run *u, lts_error *err)
{
    const reply *out = u->listener->reply;
    size_t frames = lts_interp_frames(r->interp);
    double rate = lts_feature_sample_rate(j->model->feature);
    reply_report(out, "Generating interpolations");
    if (lts_interp_alignment(r->interp)[0])
        reply_report(out, "Sounds %s", lts_interp_alignment(r->interp));
    lts_status status =
        job_weights(j, frames, (double)lts_interp_samples(r->interp) / rate, weight, err);
    if (status != LTS_OK)
        return status;
    u->retake = can_retake(r, j);
    if (u->retake)
        u->config = r->kept->render;
    u->config.measured = &u->distances;
    reply_report(out, "Generating DL model outputs");
    reply_report(out, "Rendering with seed %llu", (unsigned long long)u->config.phase.seed);
    reply_report(out, "Running phase estimation");
    status = render_sound(r, weight, u, err);
    if (status != LTS_OK)
        return status;
    report_distances(u);
    char *path = job_describe(j, u->retake);
    char *comment = path ? lts_interp_comment(r->interp, path, &u->config) : NULL;
    lts_free(path);
    if (!comment)
        return lts_no_memory("the sound's comment", err);
    rendered_finish(u->sound, comment);
    start_playback(u);
    report_progress(u, 1);
    return LTS_OK;
}

/* Keeps what a retake needs. */
static void keep(render *r, const job *j, const run *u, float *weight)
{
    forget_rendered(r);
    job *kept;
    if (job_create(j, &kept, NULL) != LTS_OK) {
        lts_free(weight);
        return;
    }
    job_free(r->kept);
    r->kept = kept;
    kept->render = u->config;
    kept->render.measured = NULL;
    kept->render.offset = kept->offset;
    kept->render.offset_text = kept->offset_text;
    r->last = rendered_hold(u->sound);
    r->weight = weight;
}

lts_status render_run(render *r, const job *j, const render_listener *listener, rendered **out,
                      lts_error *err)
{
    run u = {.listener = listener, .config = j->render};
    float *weight = NULL;
    *out = NULL;
    u.reporter = (lts_reporter){.user = &u, .progress = on_progress, .cancelled = on_cancelled};
    lts_status status = open_sounds(r, j, listener->rules, &u.reporter, err);
    if (status != LTS_OK)
        goto done;
    if (listener->cancelled(listener->user)) {
        status = lts_fail(err, LTS_ERR_CANCELLED, "cancelled before the render");
        goto done;
    }
    status =
        rendered_create(lts_interp_samples(r->interp), lts_feature_sample_rate(j->model->feature),
                        j->normalize, &u.sound, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&weight, lts_interp_frames(r->interp), j->count * sizeof *weight,
                               "weights", err);
    if (status != LTS_OK)
        goto done;
    status = make(r, j, weight, &u, err);
    if (status != LTS_OK)
        goto done;
    keep(r, j, &u, weight);
    *out = u.sound;
    return LTS_OK;
done:
    lts_free(weight);
    if (u.sound)
        atomic_store(&u.sound->abandoned, true);
    rendered_drop(u.sound);
    return status;
}
