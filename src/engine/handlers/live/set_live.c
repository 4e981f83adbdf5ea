#include "engine/handlers/handlers.h"

#include <math.h>

static void refuse(const request *r, const char *why)
{
    reply_report(&r->server->reply, "%.60s: %s", r->message->address, why);
}

/* Reports what went wrong with a control, if anything. */
static void answer(const request *r, lts_status status, const lts_error *err)
{
    if (status != LTS_OK)
        refuse(r, err->text);
}

/* Whether there are voices at all. */
static bool have_voices(const request *r)
{
    if (r->server->live)
        return true;
    refuse(r, "no model is loaded: send /load/model");
    return false;
}

void keep_alpha(lts_server *s, unsigned voice, double alpha)
{
    s->alpha = s->voice_alpha[voice] = (float)alpha;
}

/* Of two sounds. A voice that does not sound has it from its start on. */
static void set_alpha(const request *r, double alpha, bool sounding)
{
    lts_server *s = r->server;
    lts_error err;
    const float weight[STATE_SOUNDS] = {(float)alpha, (float)(1 - alpha)};
    lts_status status = LTS_OK;
    if (!(alpha >= 1 - LIVE_MOST_WEIGHT && alpha <= LIVE_MOST_WEIGHT))
        status = lts_fail(&err, LTS_ERR_ARGUMENT, "alpha %g: choose %d to %d", alpha,
                          1 - LIVE_MOST_WEIGHT, LIVE_MOST_WEIGHT);
    else if (sounding)
        status = live_weights(s->live, r->voice, weight, STATE_SOUNDS, &err);
    if (status == LTS_OK)
        keep_alpha(s, r->voice, alpha);
    answer(r, status, &err);
}

/* One number is alpha of two sounds; else there is a weight for each. */
void live_set_alpha(const request *r)
{
    lts_server *s = r->server;
    lts_error err;
    float weight[LIVE_SOUNDS + 1];
    size_t count = 0;
    while (count < r->message->count && count <= LIVE_SOUNDS &&
           arg_is_number(&r->message->args[count])) {
        weight[count] = (float)request_number(r, count);
        count++;
    }
    const live_status now = s->live ? live_watch(s->live, r->voice) : (live_status){0};
    if (count == 1 && now.sounds != 1)
        set_alpha(r, request_number(r, 0), now.sounding);
    else if (have_voices(r))
        answer(r, live_weights(s->live, r->voice, weight, count, &err), &err);
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
    double semitones = request_number(r, 0);
    if (!have_voices(r))
        return;
    /* What is asked for must be in range; the wheel may then lead no further than the end of it. */
    bool good = fabs(semitones) <= LIVE_MOST_SEMITONES;
    lts_status status =
        live_transpose(s->live, r->voice, good ? bent(s, semitones) : semitones, &err);
    if (status == LTS_OK)
        s->transpose[r->voice] = semitones;
    answer(r, status, &err);
}

void live_end(const request *r)
{
    lts_error err;
    if (!have_voices(r))
        return;
    lts_status status = live_stop(r->server->live, r->voice, &err);
    answer(r, status, &err);
    if (status != LTS_OK)
        return;
    r->server->note[r->voice] = NO_NOTE;
    keep_loop(r->server, r->voice, NULL);
    reply_report(&r->server->reply, "Voice %u stopped.", r->voice + 1);
}
