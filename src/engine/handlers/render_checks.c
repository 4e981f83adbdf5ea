#include "engine/handlers/handlers.h"

/* Sounds lie in memory while they are rendered, and a client may ask for any length. */
enum { MOST_SECONDS = 600 };

double hop_seconds(const lts_server *s)
{
    return (double)lts_feature_hop(s->model->feature) / lts_feature_sample_rate(s->model->feature);
}

/* Durations and offsets come as single-precision seconds: within a hop of the end is the end. */
static bool fits(lts_server *s, unsigned which, double duration, double offset)
{
    lts_audio_info info;
    lts_error err;
    if (probe_sound(s, s->sound[which], &info, &err) != LTS_OK) {
        reply_report(&s->reply, "Could not generate: %s", err.text);
        return false;
    }
    if (offset + duration <= info.seconds + hop_seconds(s))
        return true;
    char end[SECONDS_TEXT], length[SECONDS_TEXT], *name = lts_path_stem(s->sound[which]);
    seconds_text(offset + duration, end);
    seconds_text(info.seconds, length);
    reply_report(
        &s->reply,
        "audio_%u_offset+example_length (%s) > Audio_%u total length (%s). Can not generate "
        "%s. Are you sure you set the sounds? Audio 1 name-> %s",
        which + 1, end, which + 1, length, which ? "interpolations" : "examples", name ? name : "");
    lts_free(name);
    return false;
}

bool long_enough(lts_server *s, double duration)
{
    if (duration >= hop_seconds(s))
        return true;
    reply_report(&s->reply, "A duration of %g s is less than one frame (%.4f s): lengthen it.",
                 duration, hop_seconds(s));
    return false;
}

bool short_enough(lts_server *s, double duration)
{
    if (duration <= MOST_SECONDS)
        return true;
    reply_report(&s->reply,
                 "A duration of %g s is more than %d s: lts-interp(1) renders longer ones.",
                 duration, MOST_SECONDS);
    return false;
}

bool ready_to_render(lts_server *s, double duration, const double offset[STATE_SOUNDS])
{
    if (!s->model) {
        reply_report(&s->reply, "No model is loaded: send /load/model.");
        return false;
    }
    for (unsigned which = 0; which < STATE_SOUNDS; which++)
        if (!s->sound[which]) {
            reply_report(&s->reply,
                         "The %s sound is not set: send /sound/interpolate_two/%s/audio_path.",
                         which ? "second" : "first", which ? "second" : "first");
            return false;
        }
    if (!long_enough(s, duration))
        return false;
    for (unsigned which = 0; which < STATE_SOUNDS; which++) {
        if (!(offset[which] >= 0)) {
            reply_report(&s->reply, "audio_%u_offset is %g: offsets begin at 0.", which + 1,
                         offset[which]);
            return false;
        }
        if (!fits(s, which, duration, offset[which]))
            return false;
    }
    return short_enough(s, duration);
}
