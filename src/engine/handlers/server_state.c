#include "engine/handlers/handlers.h"

#include <stdio.h>
#include <string.h>

static const double retry_after = 5; /* s, when the state could not be saved */

static lts_status copy_text(const char *from, const char **to, lts_error *err)
{
    *to = from ? lts_strdup(from) : NULL;
    return from && !*to ? lts_no_memory("settings", err) : LTS_OK;
}

static lts_status set_rules(lts_server *s, const lts_server_config *config, lts_error *err)
{
    lts_status status = copy_text(config->root, &s->rules.root, err);
    if (status != LTS_OK)
        return status;
    if (config->root && !lts_is_folder(config->root))
        return lts_fail(err, LTS_ERR_NOT_FOUND, "--root %s: no such folder", config->root);
    status = lts_alloc_checked(&s->maps, config->path_map_count, sizeof *s->maps, "path maps", err);
    if (status != LTS_OK)
        return status;
    s->rules.maps = s->maps;
    for (size_t i = 0; i < config->path_map_count; i++) {
        status = path_map_parse(config->path_maps[i], &s->maps[i], err);
        if (status != LTS_OK)
            return status;
        s->rules.map_count++;
    }
    return LTS_OK;
}

lts_status set_config(lts_server *s, const lts_server_config *config, lts_error *err)
{
    if (config->block < 64 || config->block > 8192)
        return lts_fail(err, LTS_ERR_ARGUMENT, "--block %zu: give 64 to 8192 samples",
                        config->block);
    s->config = (lts_server_config){
        .block = config->block, .threads = config->threads, .bits = config->bits};
    char *standard = config->state ? NULL : state_standard_path();
    const char *state = config->state ? config->state : standard ? standard : "";
    lts_status status = copy_text(state, &s->config.state, err);
    lts_free(standard);
    if (status != LTS_OK)
        return status;
    status = copy_text(config->listen ? config->listen : "127.0.0.1", &s->config.listen, err);
    if (status != LTS_OK)
        return status;
    return set_rules(s, config, err);
}

void server_warn(lts_server *s, const char *what, const char *why)
{
    lts_message(s->reporter, LTS_LEVEL_WARNING, "%s: %s", what, why);
    reply_report(&s->reply, "%s: %s", what, why);
}

/* A recording does not go on by itself. */
static void forget_recording(lts_server *s, bool other_device)
{
    server_state *state = &s->state;
    if (!state->device || strncmp(state->device, "file:", 5) != 0)
        return;
    if (!other_device)
        server_warn(s, "The recording has ended (/audio/device/out begins another)",
                    state->device + 5);
    lts_free(state->device);
    state->device = NULL;
}

/* A folder that lies outside of a new root is forgotten. Maps have been applied when the path was
 * remembered. */
static void check_save_folder(lts_server *s)
{
    char *path = NULL;
    lts_error why;
    server_state *state = &s->state;
    const path_rules rules = {.root = s->rules.root};
    if (!state->save_folder)
        return;
    if (path_resolve(&rules, state->save_folder, &path, &why) != LTS_OK)
        server_warn(s, "The save folder is forgotten", why.text);
    lts_free(state->save_folder);
    state->save_folder = path;
}

/* A damaged file is put aside, so that a person can look at it before it is lost. */
static void put_aside(lts_server *s, const char *why)
{
    char *aside = lts_format("%s.damaged", s->config.state);
    s->state = state_defaults();
    server_warn(s, "Nothing is remembered", why);
    if (aside && rename(s->config.state, aside) == 0)
        server_warn(s, "What could not be read is kept", aside);
    lts_free(aside);
}

lts_status restore_state(lts_server *s, const lts_server_config *config, lts_error *err)
{
    lts_error why;
    s->state = state_defaults();
    if (s->config.state[0]) {
        lts_status status = state_load(s->config.state, &s->state, &why);
        if (status != LTS_OK && status != LTS_ERR_NOT_FOUND)
            put_aside(s, why.text);
    }
    forget_recording(s, config->device != NULL);
    check_save_folder(s);
    const struct {
        const char *given;
        char **text;
    } texts[] = {{config->dataset, &s->state.dataset},
                 {config->run, &s->state.run},
                 {config->match_run, &s->state.match_run},
                 {config->device, &s->state.device}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (!texts[i].given)
            continue;
        lts_free(*texts[i].text);
        *texts[i].text = lts_strdup(texts[i].given);
        if (!*texts[i].text)
            return lts_no_memory("settings", err);
    }
    s->synth_play.gain = s->state.synth_gain;
    s->synth_play.waiting = s->state.patch.count > 0 || s->state.patch.controller;
    if (config->seed_given) {
        s->state.seed_given = true;
        s->state.seed = config->seed;
    }
    return LTS_OK;
}

void state_changed(lts_server *s)
{
    double now = lts_now();
    /* Not put off by what changed before; but sooner than a failed attempt is repeated. */
    if (!s->changed || s->changed_at > now)
        s->changed_at = now;
    s->changed = true;
}

void save_state(lts_server *s)
{
    lts_error err;
    s->changed = false;
    if (s->synth_changed)
        keep_synth(s);
    if (!s->config.state[0] || state_save(&s->state, s->config.state, &err) == LTS_OK)
        return;
    reply_report(&s->reply, "Could not save the state: %s", err.text);
    s->changed = true;
    s->changed_at = lts_now() + retry_after;
}
