#include "engine/handlers/handlers.h"

#include <string.h>

enum { MOST_REFINE = 600 /* s */ };

/* The match that a message is about, held; NULL after a report. */
static match_result *match_of(const request *r)
{
    lts_server *s = r->server;
    match_result *m = match_slots_get(&s->matches, r->voice);
    if (!m && r->voice == 0)
        reply_report(&s->reply, "Match 1 is not there: send /match/start.");
    else if (!m)
        reply_report(&s->reply, "Match %u is not there: send /match/%u/start.", r->voice + 1,
                     r->voice + 1);
    return m;
}

static lts_status open_matcher(const lts_server *s, const path_rules *rules, const char *sent,
                               char **path, matcher_ref **m, lts_error *err)
{
    lts_status status = path_resolve(rules, sent, path, err);
    if (status != LTS_OK)
        return status;
    path_drop_slashes(*path);
    if (!lts_is_folder(*path))
        return lts_fail(err, LTS_ERR_NOT_FOUND, "%s: no such folder", *path);
    return matcher_ref_open(rules, *path, s->config.threads, m, err);
}

bool load_matcher(lts_server *s, const path_rules *rules, const char *sent)
{
    lts_error err;
    char *path = NULL;
    matcher_ref *m;
    if (open_matcher(s, rules, sent, &path, &m, &err) != LTS_OK) {
        reply_report(&s->reply, "Could not load the classifier: %s", err.text);
        lts_free(path);
        return false;
    }
    matcher_ref_drop(s->matcher);
    s->matcher = m;
    lts_free(s->state.match_run);
    s->state.match_run = path;
    state_changed(s);
    const lts_synth_space *space = lts_matcher_space(m->matcher);
    reply_send(&s->reply, "/match/run", "s", path);
    reply_report(&s->reply, "Classifier of %zu parameters loaded from %s",
                 lts_synth_space_free(space), path);
    if (lts_synth_space_settings(space)->source != LTS_SYNTH_FM)
        reply_report(&s->reply, "Its synthesizer is a plugin, which has no live voice.");
    /* While the server starts there is no player yet, whose rate counts. */
    else if (!s->starting)
        prepare_synth(s);
    return true;
}

void match_set_run(const request *r)
{
    char *sent = request_text(r, 0);
    if (sent)
        load_matcher(r->server, &r->server->rules, sent);
    lts_free(sent);
}

/* The number behind the file's name; 0 without one. */
static double refine_seconds(const request *r)
{
    size_t i = 0;
    while (i < r->message->count && arg_is_text(&r->message->args[i]))
        i++;
    return i < r->message->count ? request_number(r, i) : 0;
}

void match_begin(const request *r)
{
    lts_server *s = r->server;
    lts_error err;
    match_job *j;
    char *path = NULL, *sent = NULL;
    const double refine = refine_seconds(r);
    if (!s->matcher) {
        reply_report(&s->reply, "No classifier is loaded: send /match/run.");
        return;
    }
    if (!(refine >= 0 && refine <= MOST_REFINE)) {
        reply_report(&s->reply, "%.40s: refine %g: choose 0 to %d seconds", r->message->address,
                     refine, MOST_REFINE);
        return;
    }
    sent = request_text(r, 0);
    if (!sent)
        return;
    lts_status status = find_sound(s, sent, &path, &err);
    if (status != LTS_OK)
        goto done;
    const match_job asked = {.matcher = s->matcher,
                             .path = path,
                             .refine = refine,
                             .seed =
                                 s->state.seed_given ? s->state.seed : lts_rng_next(&s->rng) >> 11,
                             .rate = s->player_rate,
                             .normalize = s->state.normalize,
                             .slot = r->voice,
                             .to = &s->matches};
    status = match_job_create(&asked, &j, &err);
    if (status != LTS_OK)
        goto done;
    worker_match(s->worker, j);
done:
    if (status != LTS_OK)
        reply_report(&s->reply, "Could not match: %s", err.text);
    lts_free(path);
    lts_free(sent);
}

void match_send(const request *r)
{
    match_result *m = match_of(r);
    if (!m)
        return;
    match_tell(&r->server->reply, r->voice, m);
    reply_report(&r->server->reply, "Match %u is %.60s.", r->voice + 1, m->name);
    match_result_drop(m);
}

void match_play(const request *r)
{
    lts_server *s = r->server;
    match_result *m = match_of(r);
    if (!m)
        return;
    if (!m->sound) {
        reply_report(&s->reply, "Match %u has no sound at %g Hz.", r->voice + 1, s->player_rate);
    } else if (m->sound->sample_rate != s->player_rate) {
        reply_report(&s->reply, "Match %u has %g Hz, the model %g: match it again.", r->voice + 1,
                     m->sound->sample_rate, s->player_rate);
    } else {
        reply_report(&s->reply, "Playing match %u...", r->voice + 1);
        playback_play(s->playback, m->sound);
    }
    match_result_drop(m);
}

void match_save(const request *r)
{
    lts_server *s = r->server;
    lts_error err;
    char *path;
    match_result *m = match_of(r);
    if (!m)
        return;
    if (!s->state.save_folder)
        reply_report(&s->reply, "Please provide a save folder before saving the match");
    else if (match_result_save(m, &s->rules, s->state.save_folder, &path, &err) != LTS_OK)
        reply_report(&s->reply, "Could not save: %s", err.text);
    else {
        reply_report(&s->reply, "Saved match %u at the path: %s", r->voice + 1, path);
        lts_free(path);
    }
    match_result_drop(m);
}

void match_use(const request *r)
{
    lts_server *s = r->server;
    double values[LTS_SYNTH_PARAMETERS];
    match_result *m = have_synth(r) ? match_of(r) : NULL;
    if (m && synth_takes(r, m, r->voice, true)) {
        const lts_synth_space *space = live_synth_space(s->synth);
        for (size_t p = 0; p < lts_synth_space_count(space); p++) {
            const double value = match_result_value(m, lts_synth_space_at(space, p).name);
            values[p] = scale_mix(live_synth_scale(s->synth, p), value, value, 1);
        }
        live_synth_set(s->synth, values);
        synth_changed(s, SYNTH_PARAMETERS);
        reply_report(&s->reply, "The synthesizer goes to match %u.", r->voice + 1);
    }
    match_result_drop(m);
}
