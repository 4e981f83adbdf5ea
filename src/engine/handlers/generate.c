#include "engine/handlers/handlers.h"

#include <string.h>

static void keep_selection(lts_server *s, double duration, const double offset[STATE_SOUNDS])
{
    s->state.duration = duration;
    memcpy(s->state.offset, offset, sizeof s->state.offset);
    state_changed(s);
}

void select_excerpts(const request *r)
{
    lts_server *s = r->server;
    const double duration = request_number(r, 0);
    const double offset[STATE_SOUNDS] = {request_number(r, 1), request_number(r, 2)};
    if (!(duration > 0) || !(offset[0] >= 0) || !(offset[1] >= 0)) {
        reply_report(&s->reply,
                     "/interpolate_two/select: give a duration above 0 and offsets from 0 on.");
        return;
    }
    keep_selection(s, duration, offset);
    reply_report(&s->reply, "Selection is set to %g s from %g s and %g s.", duration, offset[0],
                 offset[1]);
}

static lts_render_config render_settings(lts_server *s, bool *redraw)
{
    lts_render_config config = lts_render_defaults();
    *redraw = !s->state.seed_given;
    /* 53 bits: what /seed takes back. */
    config.seed = s->state.seed_given ? s->state.seed : lts_rng_next(&s->rng) >> 11;
    config.sample = s->state.sample;
    config.level = (lts_level_law)s->state.level;
    config.distance = model_ref_distance(s->model);
    config.limit = s->state.limit;
    config.phase.seed = config.seed;
    config.phase.iterations = s->state.iterations;
    return config;
}

/* What /add has set, for the job to copy; free both. */
static lts_status add_offset(lts_server *s, float **offset, char **text, lts_error *err)
{
    const lts_directions *directions = &s->model->directions;
    if (s->added.count == 0)
        return LTS_OK;
    lts_status status =
        lts_alloc_checked(offset, directions->latent, sizeof **offset, "an offset", err);
    if (status != LTS_OK)
        return status;
    additions_offset(&s->added, directions, *offset);
    *text = additions_text(&s->added);
    return *text ? LTS_OK : lts_no_memory("an offset", err);
}

static void submit(lts_server *s, job *asked)
{
    lts_error err;
    job *j;
    float *offset = NULL;
    char *text = NULL;
    asked->model = s->model;
    asked->render = render_settings(s, &asked->redraw);
    asked->normalize = s->state.normalize;
    asked->align = asked->count == 2 ? (lts_alignment)s->state.align : LTS_ALIGNED_NONE;
    lts_status status = add_offset(s, &offset, &text, &err);
    if (status != LTS_OK)
        goto done;
    asked->render.offset = offset;
    asked->render.offset_text = text;
    status = job_create(asked, &j, &err);
    if (status != LTS_OK)
        goto done;
    worker_submit(s->worker, j);
done:
    if (status != LTS_OK)
        reply_report(&s->reply, "Could not generate: %s", err.text);
    lts_free(offset);
    lts_free(text);
}

/* What is rendered now, as the original tells it. */
static void send_excerpts(lts_server *s, double duration, const double offset[STATE_SOUNDS])
{
    char text[STATE_SOUNDS][SECONDS_TEXT], length[SECONDS_TEXT], *name[STATE_SOUNDS];
    seconds_text(duration, length);
    reply_report(&s->reply, "Interpolate two - duration set to %s", length);
    for (unsigned which = 0; which < STATE_SOUNDS; which++) {
        seconds_text(offset[which], text[which]);
        name[which] = lts_path_stem(s->sound[which]);
    }
    reply_report(&s->reply,
                 "First audio: %s First audio offset: %s Second audio: %s Second audio offset: %s "
                 "Example Length: %s",
                 name[0] ? name[0] : "", text[0], name[1] ? name[1] : "", text[1], length);
    for (unsigned which = 0; which < STATE_SOUNDS; which++)
        lts_free(name[which]);
}

static void generate_two(const request *r, bool again)
{
    lts_server *s = r->server;
    double duration = s->state.duration, offset[STATE_SOUNDS];
    memcpy(offset, s->state.offset, sizeof offset);
    bool given = r->message->count >= 3;
    if (given) {
        duration = request_number(r, 0);
        offset[0] = request_number(r, 1);
        offset[1] = request_number(r, 2);
    } else if (duration == 0) {
        reply_report(&s->reply,
                     "Nothing is selected: give duration, offset 1 and offset 2, seconds.");
        return;
    }
    if (!ready_to_render(s, duration, offset))
        return;
    if (given)
        keep_selection(s, duration, offset);
    lts_source sources[STATE_SOUNDS] = {{s->sound[0], offset[0]}, {s->sound[1], offset[1]}};
    float half[STATE_SOUNDS] = {0.5f, 0.5f};
    job asked = {.sources = sources,
                 .count = STATE_SOUNDS,
                 .duration = duration,
                 .curve = s->state.curve,
                 .curve_seconds = s->state.curve_seconds,
                 .weight = s->state.curve.count ? NULL : half,
                 .retake = again};
    send_excerpts(s, duration, offset);
    submit(s, &asked);
}

void generate(const request *r)
{
    generate_two(r, false);
}

void retake(const request *r)
{
    generate_two(r, true);
}

void mix(const request *r)
{
    sound_mixture m;
    if (!mixture_read(r, &m))
        return;
    char length[SECONDS_TEXT];
    seconds_text(m.duration, length);
    reply_report(&r->server->reply, "Mix - %zu sounds, duration set to %s", m.count, length);
    job asked = {.sources = m.source, .count = m.count, .duration = m.duration, .weight = m.weight};
    submit(r->server, &asked);
    mixture_free(&m);
}

void stop(const request *r)
{
    /* The receiver stopped what there was when the message came, and said so; what was asked for
     * before it but begun since is stopped now. */
    lts_server *s = r->server;
    worker_cancel(s->worker);
    playback_stop(s->playback);
    if (s->live)
        live_stop_all(s->live);
    if (s->synth)
        live_synth_silence(s->synth);
    for (unsigned voice = 0; voice < LIVE_VOICES; voice++) {
        s->note[voice] = NO_NOTE;
        keep_loop(s, voice, NULL);
    }
}

void cancel(const request *r)
{
    bool any = worker_cancel(r->server->worker);
    reply_report(&r->server->reply, r->acted || any ? "Cancelled." : "Nothing to cancel.");
}
