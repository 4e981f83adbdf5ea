#include "engine/server.h"

#include <math.h>
#include <string.h>

static void refuse(const request *r, const char *why)
{
    osc_report(r->server->osc, "%.60s: %s", r->message->path, why);
}

/* Reports what went wrong with a control, if anything. */
static void answer(const request *r, lts_status status, const lts_error *err)
{
    if (status != LTS_OK)
        refuse(r, err->text);
}

static bool same_cqt(const lts_cqt_config *a, const lts_cqt_config *b)
{
    return a->sample_rate == b->sample_rate && a->hop == b->hop &&
           a->bins_per_octave == b->bins_per_octave && a->octaves == b->octaves &&
           a->fmin == b->fmin;
}

lts_status prepare_voices(lts_server *s, lts_error *err)
{
    live *voices, *before;
    if (s->live && same_cqt(&s->live_cqt, &s->model->cqt))
        return LTS_OK;
    lts_status status = live_create(&s->model->cqt, &voices, err);
    if (status != LTS_OK)
        return status;
    pthread_mutex_lock(&s->mixing);
    before = s->live;
    s->live = voices;
    pthread_mutex_unlock(&s->mixing);
    s->live_cqt = s->model->cqt;
    live_destroy(before);
    return LTS_OK;
}

/* The sounds, analysed and encoded: those of the voice before, when they are the same. */
static lts_status prepare_loop(lts_server *s, const job *asked, lts_error *err)
{
    loop_ref *l;
    if (s->loop && job_same_sounds(s->loop->key, asked))
        return LTS_OK;
    lts_status status = loop_ref_open(asked, s->config.threads, &l, err);
    if (status != LTS_OK)
        return status;
    loop_ref_drop(s->loop);
    s->loop = l;
    return LTS_OK;
}

static lts_status begin(lts_server *s, unsigned voice, const job *asked, const float *weight,
                        double semitones, double gain, lts_error *err)
{
    lts_status status = prepare_loop(s, asked, err);
    if (status != LTS_OK)
        return status;
    s->transpose[voice] = semitones;
    const live_start_config config = {.loop = s->loop->loop,
                                      .release = loop_ref_drop,
                                      .user = loop_ref_hold(s->loop),
                                      .weight = weight,
                                      .gain = gain,
                                      .transpose = semitones + s->bend};
    return live_start(s->live, voice, &config, err);
}

static bool start_two(lts_server *s, unsigned voice, double duration,
                      const double offset[STATE_SOUNDS], double semitones, double gain)
{
    lts_error err;
    if (!ready_to_render(s, duration, offset))
        return false;
    lts_source sources[STATE_SOUNDS] = {{s->sound[0], offset[0]}, {s->sound[1], offset[1]}};
    float weight[STATE_SOUNDS] = {s->alpha, 1 - s->alpha};
    job asked = {
        .model = s->model, .sources = sources, .count = STATE_SOUNDS, .duration = duration};
    if (begin(s, voice, &asked, weight, semitones, gain, &err) == LTS_OK)
        return true;
    osc_report(s->osc, "Could not start voice %u: %s", voice + 1, err.text);
    return false;
}

bool voice_start(lts_server *s, unsigned voice, double semitones, double gain)
{
    if (s->state.duration > 0)
        return start_two(s, voice, s->state.duration, s->state.offset, semitones, gain);
    osc_report(s->osc, "Nothing is selected: send /interpolate_two/select.");
    return false;
}

void live_begin(const request *r)
{
    lts_server *s = r->server;
    bool begun;
    if (r->message->count >= 3) {
        const double offset[STATE_SOUNDS] = {request_number(r, 1), request_number(r, 2)};
        begun = start_two(s, r->voice, request_number(r, 0), offset, 0, 1);
    } else {
        begun = voice_start(s, r->voice, 0, 1);
    }
    if (begun)
        osc_report(s->osc, "Voice %u loops %s and %s.", r->voice + 1, path_last(s->sound[0]),
                   path_last(s->sound[1]));
}

void live_begin_mix(const request *r)
{
    lts_server *s = r->server;
    sound_mixture m;
    lts_error err;
    if (!mixture_read(r, &m))
        return;
    job asked = {.model = s->model, .sources = m.source, .count = m.count, .duration = m.duration};
    if (begin(s, r->voice, &asked, m.weight, 0, 1, &err) == LTS_OK)
        osc_report(s->osc, "Voice %u loops %zu sounds.", r->voice + 1, m.count);
    else
        osc_report(s->osc, "Could not start voice %u: %s", r->voice + 1, err.text);
    mixture_free(&m);
}

/* Whether there are voices at all. */
static bool have_voices(const request *r)
{
    if (r->server->live)
        return true;
    refuse(r, "no model is loaded: send /load/model");
    return false;
}

void live_set_alpha(const request *r)
{
    lts_server *s = r->server;
    lts_error err;
    float weight[LIVE_SOUNDS];
    size_t count = 0;
    while (count < r->message->count && count < LIVE_SOUNDS &&
           osc_is_number(&r->message->args[count])) {
        weight[count] = (float)request_number(r, count);
        count++;
    }
    if (count < r->message->count && osc_is_number(&r->message->args[count])) {
        refuse(r, "more weights than a voice has sounds");
        return;
    }
    if (count == 1 && isfinite(weight[0])) {
        s->alpha = weight[0];
        weight[1] = 1 - weight[0];
    }
    if (have_voices(r))
        answer(r, live_weights(s->live, r->voice, weight, count == 1 ? 2 : count, &err), &err);
}

void live_set_position(const request *r)
{
    lts_error err;
    if (have_voices(r))
        answer(r, live_position(r->server->live, r->voice, request_number(r, 0), &err), &err);
}

void live_set_freeze(const request *r)
{
    lts_error err;
    if (have_voices(r))
        answer(r, live_freeze(r->server->live, r->voice, request_number(r, 0) != 0, &err), &err);
}

void live_set_speed(const request *r)
{
    lts_error err;
    if (have_voices(r))
        answer(r, live_speed(r->server->live, r->voice, request_number(r, 0), &err), &err);
}

void live_set_gain(const request *r)
{
    lts_error err;
    if (have_voices(r))
        answer(r, live_gain(r->server->live, r->voice, request_number(r, 0), &err), &err);
}

void live_set_transpose(const request *r)
{
    lts_server *s = r->server;
    lts_error err;
    if (!have_voices(r))
        return;
    lts_status status = live_transpose(s->live, r->voice, request_number(r, 0) + s->bend, &err);
    if (status == LTS_OK)
        s->transpose[r->voice] = request_number(r, 0);
    answer(r, status, &err);
}

void live_end(const request *r)
{
    lts_error err;
    if (!have_voices(r))
        return;
    lts_status status = live_stop(r->server->live, r->voice, &err);
    answer(r, status, &err);
    if (status == LTS_OK)
        osc_report(r->server->osc, "Voice %u stopped.", r->voice + 1);
}
