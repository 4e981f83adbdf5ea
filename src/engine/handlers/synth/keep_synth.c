#include "engine/handlers/handlers.h"

#include <string.h>

void synth_changed(lts_server *s, enum synth_part part)
{
    synth_play *play = &s->synth_play;
    play->moved = play->moved || part == SYNTH_PARAMETERS;
    play->mapped = play->mapped || part == SYNTH_CONTROLLERS;
    /* A patch that waits for its synthesizer gives way to one that is made on another. */
    play->waiting = play->waiting && part == SYNTH_GAIN;
    s->synth_changed = true;
    s->synth_changed_at = lts_now();
}

/* --- From the synthesizer to the state ------------------------------------------------------- */

static lts_status keep_parameters(const lts_server *s, synth_patch *patch, lts_error *err)
{
    double values[LTS_SYNTH_PARAMETERS];
    const lts_synth_space *space = live_synth_space(s->synth);
    const size_t count = lts_synth_space_count(space);
    lts_status status = lts_alloc_checked(&patch->value, count, sizeof *patch->value, "patch", err);
    if (status != LTS_OK)
        return status;
    live_synth_get(s->synth, values);
    for (size_t p = 0; p < count; p++) {
        strcpy(patch->value[p].name, lts_synth_space_at(space, p).name);
        patch->value[p].value = values[p];
    }
    patch->count = count;
    return LTS_OK;
}

static lts_status keep_controllers(const lts_server *s, synth_patch *patch, lts_error *err)
{
    const lts_synth_space *space = live_synth_space(s->synth);
    lts_status status = lts_alloc_checked(&patch->controller, MIDI_CONTROLLERS,
                                          sizeof *patch->controller, "controllers", err);
    if (status != LTS_OK)
        return status;
    for (size_t c = 0; c < MIDI_CONTROLLERS; c++) {
        const int p = s->synth_play.controller[c];
        if (p >= 0)
            strcpy(patch->controller[c], lts_synth_space_at(space, (size_t)p).name);
    }
    return LTS_OK;
}

void keep_synth(lts_server *s)
{
    lts_error err;
    lts_status status = LTS_OK;
    synth_patch patch = {0};
    s->synth_changed = false;
    s->state.synth_gain = s->synth_play.gain;
    if (!s->synth || s->synth_play.waiting)
        return;
    if (s->synth_play.moved)
        status = keep_parameters(s, &patch, &err);
    if (status == LTS_OK && s->synth_play.mapped)
        status = keep_controllers(s, &patch, &err);
    if (status != LTS_OK) {
        reply_report(&s->reply, "Could not save the state: %s", err.text);
        synth_patch_free(&patch);
        s->synth_changed = true; /* it is tried again later */
        s->synth_changed_at = lts_now();
        return;
    }
    synth_patch_free(&s->state.patch);
    s->state.patch = patch;
}

/* --- And back -------------------------------------------------------------------------------- */

/* Whether it is a patch of this space. */
static lts_status check_patch(const synth_patch *patch, const lts_synth_space *space,
                              lts_error *err)
{
    const size_t count = lts_synth_space_count(space);
    const char *strange = NULL;
    for (size_t p = 0; p < patch->count && !strange; p++)
        if (lts_synth_space_find(space, patch->value[p].name) == count)
            strange = patch->value[p].name;
    for (size_t c = 0; patch->controller && c < MIDI_CONTROLLERS && !strange; c++)
        if (patch->controller[c][0] && lts_synth_space_find(space, patch->controller[c]) == count)
            strange = patch->controller[c];
    if (strange)
        return lts_fail(err, LTS_ERR_SHAPE, "%.60s is no parameter of it", strange);
    if (patch->count > 0 && patch->count != count)
        return lts_fail(err, LTS_ERR_SHAPE, "%zu parameters, it has %zu", patch->count, count);
    return LTS_OK;
}

/* Moves the parameters to their values; `why` is of the first that is out of range, and stays where
 * it is. */
static lts_status move_parameters(lts_server *s, lts_error *why)
{
    const lts_synth_space *space = live_synth_space(s->synth);
    const synth_patch *patch = &s->state.patch;
    lts_status status = LTS_OK;
    for (size_t i = 0; i < patch->count; i++) {
        const double value = patch->value[i].value;
        const size_t p = lts_synth_space_find(space, patch->value[i].name);
        const synth_scale *legal = live_synth_scale(s->synth, p);
        const lts_synth_parameter parameter = lts_synth_space_at(space, p);
        if (value >= legal->least && value <= legal->most)
            live_synth_move(s->synth, p, value);
        else if (status == LTS_OK)
            status =
                lts_fail(why, LTS_ERR_SHAPE, "%s %g: choose %g to %g%s%s", parameter.name, value,
                         legal->least, legal->most, parameter.unit[0] ? " " : "", parameter.unit);
    }
    return status;
}

void take_up_synth(lts_server *s)
{
    lts_error why;
    synth_play *play = &s->synth_play;
    synth_patch *patch = &s->state.patch;
    /* A classifier that is away today may be back tomorrow: its patch then waits for it, though it
     * is also played where it fits the paper's synthesizer. */
    const bool away = s->state.match_run && !s->matcher;
    if (!play->waiting || !s->synth)
        return;
    const bool fits = check_patch(patch, live_synth_space(s->synth), &why) == LTS_OK;
    play->waiting = away;
    if (!fits && away)
        return;
    if (!fits) {
        server_warn(s, "The synthesizer's settings are forgotten", why.text);
        synth_patch_free(patch);
        play->moved = false;
        state_changed(s);
        return;
    }
    play->moved = patch->count > 0;
    play->mapped = patch->controller;
    if (move_parameters(s, &why) != LTS_OK)
        server_warn(s, "One of the synthesizer's settings is forgotten", why.text);
    for (size_t c = 0; play->mapped && c < MIDI_CONTROLLERS; c++)
        play->controller[c] =
            patch->controller[c][0]
                ? (int)lts_synth_space_find(live_synth_space(s->synth), patch->controller[c])
                : -1;
}
