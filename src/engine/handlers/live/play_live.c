#include "engine/handlers/handlers.h"

#include <math.h>
#include <string.h>

lts_status prepare_voices(lts_server *s, lts_error *err)
{
    live *voices, *before;
    if (s->live && lts_feature_equal(&s->live_feature, s->model->feature))
        return LTS_OK;
    lts_status status = live_create(s->model->feature, &voices, err);
    if (status != LTS_OK)
        return status;
    live_levels(voices, (lts_level_law)s->state.level);
    live_limit(voices, fmax(s->state.limit, 0));
    pthread_mutex_lock(&s->voices);
    pthread_mutex_lock(&s->mixing);
    before = s->live;
    s->live = voices;
    join_synth(s);
    pthread_mutex_unlock(&s->mixing);
    pthread_mutex_unlock(&s->voices);
    for (unsigned voice = 0; voice < LIVE_VOICES; voice++) {
        s->note[voice] = NO_NOTE;
        keep_loop(s, voice, NULL);
    }
    s->live_feature = *s->model->feature;
    live_destroy(before);
    return LTS_OK;
}

/* The sounds, analysed and encoded: those of the voice before, when they are the same. */
static lts_status prepare_loop(lts_server *s, const job *asked, const lts_reporter *reporter,
                               lts_error *err)
{
    loop_ref *l;
    if (s->loop && loop_ref_fits(s->loop, asked))
        return LTS_OK;
    lts_status status = loop_ref_open(asked, s->config.threads, &l, reporter, err);
    if (status != LTS_OK)
        return status;
    loop_ref_drop(s->loop);
    s->loop = l;
    return LTS_OK;
}

/* What a voice is to begin with. */
typedef struct beginning {
    unsigned voice;
    const float *weight;
    double semitones, gain;
} beginning;

double bent(const lts_server *s, double semitones)
{
    return fmin(fmax(semitones + s->bend, -LIVE_MOST_SEMITONES), LIVE_MOST_SEMITONES);
}

static lts_status start_voice(const request *r, const job *asked, const beginning *b,
                              lts_error *err)
{
    lts_server *s = r->server;
    const lts_reporter reporter = request_reporter(r);
    char found[ALIGN_TEXT];
    lts_status status = prepare_loop(s, asked, &reporter, err);
    if (status != LTS_OK)
        return status;
    const loop_alignment *alignment = align_voice(r, b->voice, s->loop, found);
    if (lts_cancelled(&reporter))
        return lts_fail(err, LTS_ERR_CANCELLED, "stopped before it began");
    const live_start_config config = {.loop = s->loop->loop,
                                      .release = loop_ref_drop,
                                      .user = loop_ref_hold(s->loop),
                                      .weight = b->weight,
                                      .gain = b->gain,
                                      .transpose = bent(s, b->semitones),
                                      .alignment = alignment};
    return live_start(s->live, b->voice, &config, err);
}

static bool begin(const request *r, const job *asked, const beginning *b)
{
    lts_server *s = r->server;
    lts_error err;
    if (start_voice(r, asked, b, &err) != LTS_OK) {
        reply_report(&s->reply, "Could not start voice %u: %s", b->voice + 1, err.text);
        return false;
    }
    s->transpose[b->voice] = b->semitones;
    s->voice_added[b->voice].count = 0;
    s->note[b->voice] = NO_NOTE;
    keep_loop(s, b->voice, s->loop);
    return true;
}

static bool start_two(const request *r, unsigned voice, double duration,
                      const double offset[STATE_SOUNDS], double semitones, double gain)
{
    lts_server *s = r->server;
    if (!ready_to_render(s, duration, offset))
        return false;
    lts_source sources[STATE_SOUNDS] = {{s->sound[0], offset[0]}, {s->sound[1], offset[1]}};
    const float alpha = isnan(s->voice_alpha[voice]) ? s->alpha : s->voice_alpha[voice];
    const float weight[STATE_SOUNDS] = {alpha, 1 - alpha};
    const job asked = {
        .model = s->model, .sources = sources, .count = STATE_SOUNDS, .duration = duration};
    return begin(r, &asked, &(beginning){voice, weight, semitones, gain});
}

bool voice_start(const request *r, unsigned voice, double semitones, double gain)
{
    lts_server *s = r->server;
    if (s->state.duration > 0)
        return start_two(r, voice, s->state.duration, s->state.offset, semitones, gain);
    reply_report(&s->reply, "Nothing is selected: send /interpolate_two/select.");
    return false;
}

void live_begin(const request *r)
{
    lts_server *s = r->server;
    bool begun;
    if (r->message->count >= 3) {
        const double offset[STATE_SOUNDS] = {request_number(r, 1), request_number(r, 2)};
        begun = start_two(r, r->voice, request_number(r, 0), offset, 0, 1);
    } else {
        begun = voice_start(r, r->voice, 0, 1);
    }
    if (!begun)
        return;
    reply_report(&s->reply, "Voice %u loops %s and %s.", r->voice + 1, path_last(s->sound[0]),
                 path_last(s->sound[1]));
    report_alignment(r);
}

void live_begin_mix(const request *r)
{
    lts_server *s = r->server;
    sound_mixture m;
    if (!mixture_read(r, &m))
        return;
    const job asked = {
        .model = s->model, .sources = m.source, .count = m.count, .duration = m.duration};
    if (begin(r, &asked, &(beginning){r->voice, m.weight, 0, 1})) {
        reply_report(&s->reply, "Voice %u loops %zu sounds.", r->voice + 1, m.count);
        report_alignment(r);
    }
    mixture_free(&m);
}
