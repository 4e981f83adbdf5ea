#include "engine/handlers/handlers.h"

#include <math.h>

static const double meter_gap = 0.1;    /* s */
static const double limited_gap = 2.0;  /* s between reports of a sound too loud */
static const double reported_peak = 1;  /* dB that voices are turned down by, to be reported */
static const double reported_level = 6; /* the same, for what lasts a moment */

static void send_meters(lts_server *s, const player_status *status)
{
    double position;
    reply_send(&s->reply, "/meter", "ff", (double)status->peak, (double)status->rms);
    playback_position(s->playback, &position);
    reply_send(&s->reply, "/playhead", "f", position);
    for (unsigned voice = 0; s->live && voice < LIVE_VOICES; voice++) {
        live_status now = live_watch(s->live, voice);
        char path[24];
        snprintf(path, sizeof path, "/live/%u/at", voice + 1);
        if (now.sounding)
            reply_send(&s->reply, path, "f", now.position);
        if (now.sounding && now.distance >= 0)
            reply_send(&s->reply, "/live/distance", "if", (int)voice + 1, now.distance);
    }
}

/* A gain as the decibels it takes away. */
static double reduction(double gain)
{
    return -20 * log10(fmax(gain, 1e-9));
}

/* Returns whether there was anything to tell. */
static bool report_voices(lts_server *s)
{
    bool reported = true;
    live_gains least = {1, 1};
    if (s->live)
        least = live_take_gains(s->live);
    else
        live_synth_take_gains(s->synth, &least.level, &least.peak);
    if (reduction(least.peak) >= reported_peak)
        reply_report(&s->reply, "Too loud: the voices were turned down by up to %.0f dB: lower %s.",
                     reduction(least.peak),
                     s->synth && live_synth_active(s->synth)
                         ? "/live/gain or /synth/gain"
                         : "/live/gain, or bring alpha nearer to 0..1");
    else if (reduction(least.level) >= reported_level)
        reply_report(&s->reply,
                     "Loud at once: the voices were turned down by up to %.0f dB meanwhile.",
                     reduction(least.level));
    else
        reported = false;
    for (unsigned voice = 0; s->live && voice < LIVE_VOICES; voice++) {
        const size_t repeated = live_take_repeated(s->live, voice);
        reported = reported || repeated > 0;
        if (repeated > 0)
            reply_report(&s->reply,
                         "Voice %u: the model makes no sound of %zu frame%s: bring alpha nearer to "
                         "0..1.",
                         voice + 1, repeated, repeated == 1 ? "" : "s");
    }
    return reported;
}

static bool any_voice(lts_server *s)
{
    for (unsigned voice = 0; s->live && voice < LIVE_VOICES; voice++)
        if (live_watch(s->live, voice).sounding)
            return true;
    return false;
}

/* What helps depends on what sounds. */
static void report_player(lts_server *s, uint64_t limited)
{
    reply_report(&s->reply, "Too loud: %llu sample%s limited%s", (unsigned long long)limited,
                 limited == 1 ? " was" : "s were",
                 any_voice(s)         ? ": lower /live/gain of the voices."
                 : s->state.normalize ? "."
                                      : ": switch normalization on.");
}

void watch_player(lts_server *s, double now)
{
    if (!s->player || now - s->watched < meter_gap)
        return;
    s->watched = now;
    player_status status = player_watch(s->player);
    if (s->meters)
        send_meters(s, &status);
    if (now - s->limited_reported <= limited_gap)
        return;
    bool reported = (s->live || s->synth) && report_voices(s);
    if (status.limited > s->limited) {
        report_player(s, status.limited - s->limited);
        s->limited = status.limited;
        reported = true;
    }
    if (reported)
        s->limited_reported = now;
}
