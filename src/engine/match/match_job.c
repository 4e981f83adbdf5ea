#include "engine/match/match_job.h"

#include "lts/source.h"

#include <math.h>

static const double report_gap = 0.1; /* s between two /progress */

lts_status match_job_create(const match_job *from, match_job **out, lts_error *err)
{
    match_job *j;
    *out = NULL;
    lts_status status = lts_alloc_checked(&j, 1, sizeof *j, "a match", err);
    if (status != LTS_OK)
        return status;
    *j = *from;
    j->matcher = matcher_ref_hold(from->matcher);
    j->path = lts_strdup(from->path);
    if (!j->path) {
        match_job_free(j);
        return lts_no_memory("a match", err);
    }
    *out = j;
    return LTS_OK;
}

void match_job_free(match_job *j)
{
    if (!j)
        return;
    matcher_ref_drop(j->matcher);
    lts_free(j->path);
    lts_free(j);
}

/* One run of it. */
typedef struct run {
    const match_listener *listener;
    double reported, shown; /* progress: when, and how much */
} run;

static void report_progress(run *u, double done)
{
    const double now = lts_now();
    if (done <= u->shown || (done < 1 && now - u->reported < report_gap))
        return;
    u->reported = now;
    u->shown = done;
    reply_send(u->listener->reply, "/progress", "f", done);
}

static void on_progress(void *user, const char *what, double done, double total, double rate)
{
    (void)what;
    (void)rate;
    if (total > 0)
        report_progress(user, fmin(0.999, done / total));
}

static bool on_cancelled(void *user)
{
    const run *u = user;
    return u->listener->cancelled(u->listener->user);
}

/* The sound of the values at the player's rate; NULL where the synthesizer has none there. */
static lts_status render(const match_job *j, match_result *m, double gain, lts_error *err)
{
    lts_synth_space *space = NULL;
    lts_synth *synth = NULL;
    rendered *sound = NULL;
    char *comment = NULL;
    lts_status status = lts_synth_space_copy(m->space, &space, err);
    if (status != LTS_OK)
        goto done;
    lts_synth_settings settings = *lts_synth_space_settings(space);
    settings.sample_rate = j->rate;
    if (lts_synth_space_set_settings(space, &settings, NULL) != LTS_OK)
        goto done;
    status = lts_synth_create(space, &synth, err);
    if (status != LTS_OK)
        goto done;
    status = rendered_create(lts_synth_samples(synth), j->rate, j->normalize, &sound, err);
    if (status != LTS_OK)
        goto done;
    status = lts_synth_render(synth, m->values, sound->x, err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < sound->n; i++)
        sound->x[i] /= (float)gain;
    comment = lts_format("match of %s", j->path);
    if (!comment) {
        status = lts_no_memory("a match's sound", err);
        goto done;
    }
    rendered_finish(sound, comment);
    m->sound = sound;
    sound = NULL;
done:
    rendered_drop(sound);
    lts_synth_destroy(synth);
    lts_synth_space_destroy(space);
    return status;
}

static void set_confidence(const lts_matcher *matcher, const lts_match *match, match_result *m)
{
    const size_t count = lts_synth_space_count(m->space), classes = lts_matcher_classes(matcher);
    size_t free = 0;
    for (size_t p = 0; p < count; p++) {
        int32_t best = 0;
        m->values[p] = match->values[p];
        m->confidence[p] = NAN;
        if (lts_synth_space_at(m->space, p).levels == 0)
            continue;
        lts_match_order(matcher, match, free, &best, 1);
        m->confidence[p] = match->probability[free++ * classes + (size_t)best];
    }
    m->predicted = match->predicted;
    m->distance = match->distance;
}

/* A job may have waited: what its path leads to now must lie in the root, too. */
static lts_status check_place(const path_rules *rules, const char *path, lts_error *err)
{
    char *real;
    lts_status status = path_below(rules, path, "", &real, err);
    lts_free(real);
    return status;
}

void match_tell(const reply *to, unsigned slot, const match_result *m)
{
    const int number = (int)slot + 1;
    for (size_t p = 0; p < lts_synth_space_count(m->space); p++)
        if (!isnan(m->confidence[p]))
            reply_send(to, "/match/parameter", "isff", number, lts_synth_space_at(m->space, p).name,
                       m->values[p], (double)m->confidence[p]);
    reply_send(to, "/match/distance", "iff", number, m->predicted, m->distance);
}

static void report(const match_job *j, const reply *to, const match_result *m)
{
    match_tell(to, j->slot, m);
    if (m->distance < m->predicted)
        reply_report(to, "Match %u is %.40s: distance %.3f, predicted %.3f.", j->slot + 1, m->name,
                     m->distance, m->predicted);
    else
        reply_report(to, "Match %u is %.40s: distance %.3f.", j->slot + 1, m->name, m->distance);
}

/* What was done to the target that a player should know of. */
static void report_target(const match_job *j, const reply *to, const lts_match_target *target)
{
    static const double half_semitone = 1.0293022366434921;
    const double length =
        (double)lts_matcher_samples(j->matcher->matcher) /
        lts_synth_space_settings(lts_matcher_space(j->matcher->matcher))->sample_rate;
    if (target->seconds > length * 1.001)
        reply_report(to, "Its first %.3g s of %.3g s are matched.", length, target->seconds);
    if (target->pitch > target->highest * half_semitone ||
        target->pitch < target->lowest / half_semitone)
        reply_report(to, "Its pitch, %.4g Hz, is beyond the synthesizer's, %.4g to %.4g Hz.",
                     target->pitch, target->lowest, target->highest);
}

lts_status match_job_run(const match_job *j, const match_listener *listener, lts_error *err)
{
    run u = {.listener = listener};
    lts_matcher *matcher = j->matcher->matcher;
    const lts_reporter reporter = {.user = &u, .progress = on_progress, .cancelled = on_cancelled};
    /* The live voice's controllers go from the lowest to the highest level. */
    const lts_match_options options = {.refine = j->refine, .seed = j->seed, .within_levels = true};
    lts_match_target target = {0};
    lts_match match = {0};
    match_result *m = NULL;
    reply_report(listener->reply, "Matching %s", path_last(j->path));
    lts_status status = check_place(listener->rules, j->path, err);
    if (status != LTS_OK)
        goto done;
    status = match_result_create(lts_matcher_space(matcher), path_last(j->path), &m, err);
    if (status != LTS_OK)
        goto done;
    status = lts_match_read(matcher, &(lts_source){j->path, 0}, &target, err);
    if (status != LTS_OK)
        goto done;
    report_target(j, listener->reply, &target);
    status = lts_match_sound(matcher, target.x, &options, &reporter, &match, err);
    if (status != LTS_OK)
        goto done;
    set_confidence(matcher, &match, m);
    status = render(j, m, target.gain, err);
    if (status != LTS_OK)
        goto done;
    if (on_cancelled(&u)) {
        status = lts_fail(err, LTS_ERR_CANCELLED, "cancelled before the match was found");
        goto done;
    }
    match_slots_put(j->to, j->slot, match_result_hold(m));
    report_progress(&u, 1);
    report(j, listener->reply, m);
done:
    match_result_drop(m);
    lts_match_free(&match);
    lts_match_target_free(&target);
    return status;
}
