#include "engine/control/address.h"
#include "engine/control/control.h"
#include "engine/device/device_list.h"
#include "engine/handlers/handlers.h"

#include <math.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

lts_server_config lts_server_defaults(void)
{
    return (lts_server_config){.port = 7020,
                               .reply = "127.0.0.1:7021",
                               .block = 256,
                               .threads = 1,
                               .bits = LTS_AUDIO_FLOAT};
}

/* Folders on the command line are this machine's, relative ones too. */
static lts_status absolute(char **path, lts_error *err)
{
    char here[4096];
    if (!*path || (*path)[0] == '/')
        return LTS_OK;
    if (!getcwd(here, sizeof here))
        return lts_fail(err, LTS_ERR_IO, "%s: the present folder is not known", *path);
    char *whole = lts_path_join(here, *path);
    if (!whole)
        return lts_no_memory(*path, err);
    lts_free(*path);
    *path = whole;
    return LTS_OK;
}

/* A transport, of the server: reports are for the clients; at the terminal they are details, but
 * for what fails at the start, before a client may be there. */
static void report_to_terminal(void *server, const control_message *message)
{
    lts_server *s = server;
    static const char failed[] = "Could not";
    if (strcmp(message->address, "/report") != 0)
        return;
    const char *text = message->args[0].text;
    bool warns = s->starting && strncmp(text, failed, sizeof failed - 1) == 0;
    pthread_mutex_lock(&s->reporting);
    lts_message(s->reporter, warns ? LTS_LEVEL_WARNING : LTS_LEVEL_DETAIL, "%s", text);
    pthread_mutex_unlock(&s->reporting);
}

/* In the order in which they get replies. */
static lts_status open_transports(lts_server *s, const lts_server_config *config, lts_error *err)
{
    lts_status status = osc_open(config->listen, config->port, config->reply, &s->osc, err);
    if (status != LTS_OK)
        return status;
    status = reply_add(&s->reply, osc_send, s->osc, err);
    if (status != LTS_OK)
        return status;
    return reply_add(&s->reply, report_to_terminal, s, err);
}

static lts_status open_parts(lts_server *s, const lts_server_config *config, lts_error *err)
{
    lts_status status = open_transports(s, config, err);
    if (status != LTS_OK)
        return status;
    status = queue_create(&s->queue, err);
    if (status != LTS_OK)
        return status;
    status = playback_create(&s->playback, err);
    if (status != LTS_OK)
        return status;
    const worker_config workers = {.reply = &s->reply,
                                   .playback = s->playback,
                                   .rules = &s->rules,
                                   .threads = s->config.threads,
                                   .bits = s->config.bits};
    status = worker_create(&workers, &s->worker, err);
    if (status != LTS_OK)
        return status;
    status = restore_state(s, config, err);
    const struct {
        const char *given;
        char **path;
    } paths[] = {
        {config->dataset, &s->state.dataset},
        {config->run, &s->state.run},
        {config->match_run, &s->state.match_run},
    };
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (paths[i].given && (status = absolute(paths[i].path, err)) != LTS_OK)
            return status;
    return status;
}

/* What servers before this one left half written when they were killed. */
static void sweep(const lts_server *s)
{
    static const char *const saved[] = {"generated_audio-", "matched_patch-"};
    if (s->config.state[0])
        lts_remove_stale_temporaries(s->config.state);
    for (size_t i = 0; s->state.save_folder && i < sizeof saved / sizeof *saved; i++) {
        char *path = lts_path_join(s->state.save_folder, saved[i]);
        if (path)
            lts_remove_stale_temporaries(path);
        lts_free(path);
    }
}

static lts_status start(lts_server *s, const lts_server_config *config, lts_error *err)
{
    lts_status status = LTS_OK;
    sweep(s);
    s->starting = true;
    restore_data(s);
    s->starting = false;
    state_changed(s);
    /* Before the player, so that no recording is left where there is no such port. */
    if (config->midi && (status = midi_open(config->midi, on_midi, s, &s->midi, err)) != LTS_OK)
        return status;
    /* Opened once the model's rate is known, for a recording has one rate. */
    reply_report(&s->reply, "Initiating audio...");
    status = open_player(s, config->device != NULL, err);
    if (status != LTS_OK)
        return status;
    send_devices(s);
    if (!s->model)
        reply_report(&s->reply, "Waiting osc message to load a model...");
    return status;
}

lts_status server_create(const lts_server_config *config, const lts_reporter *reporter,
                         lts_server **out, lts_error *err)
{
    lts_server *s;
    *out = NULL;
    lts_status status = lts_alloc_checked(&s, 1, sizeof *s, "a server", err);
    if (status != LTS_OK)
        return status;
    s->reporter = reporter;
    s->alpha = 0.5f;
    for (unsigned voice = 0; voice < LIVE_VOICES; voice++) {
        s->note[voice] = NO_NOTE;
        s->voice_alpha[voice] = NAN;
        s->voice_align[voice] = -1;
    }
    match_slots_init(&s->matches);
    s->synth_play = (synth_play){.note = NO_NOTE, .channel = -1, .gain = 1, .velocity = 1};
    lts_rng_seed(&s->rng, (uint64_t)time(NULL), (uint64_t)getpid());
    pthread_mutex_init(&s->mixing, NULL);
    pthread_mutex_init(&s->voices, NULL);
    pthread_mutex_init(&s->reporting, NULL);
    status = set_config(s, config, err);
    if (status != LTS_OK)
        goto done;
    status = open_parts(s, config, err);
    if (status != LTS_OK)
        goto done;
    status = start(s, config, err);
    if (status != LTS_OK)
        goto done;
    *out = s;
    s = NULL;
done:
    lts_server_close(s);
    return status;
}

lts_status lts_server_open(const lts_server_config *config, const lts_reporter *reporter,
                           lts_server **out, lts_error *err)
{
    lts_status status = server_create(config, reporter, out, err);
    if (status != LTS_OK)
        return status;
    lts_server *s = *out;
    s->controlled = pthread_create(&s->control_thread, NULL, control_thread, s) == 0;
    if (s->controlled)
        return LTS_OK;
    lts_server_close(s);
    *out = NULL;
    return lts_fail(err, LTS_ERR_MEMORY, "no thread can be had for the settings");
}

void lts_server_run(lts_server *server)
{
    char *listening = lts_format("%s:%d", server->config.listen, osc_port(server->osc));
    const lts_field fields[] = {{"listening", listening ? listening : "", 0},
                                {"answering", osc_reply_to(server->osc), 0}};
    lts_record(server->reporter, "server", fields, 2);
    lts_free(listening);
    receive(server);
}

static void free_settings(lts_server *s)
{
    state_free(&s->state);
    for (unsigned which = 0; which < STATE_SOUNDS; which++)
        lts_free(s->sound[which]);
    for (size_t i = 0; i < s->rules.map_count; i++)
        path_map_free(&s->maps[i]);
    lts_free(s->maps);
    lts_free((char *)s->rules.root);
    lts_free((char *)s->config.state);
    lts_free((char *)s->config.listen);
    lts_free(s->partial.value);
    lts_free(s->partial.there);
}

void lts_server_close(lts_server *s)
{
    if (!s)
        return;
    /* Whoever hands something on goes before those who take it. */
    midi_close(s->midi);
    if (s->controlled) {
        atomic_store(&s->closing, true);
        queue_wake(s->queue);
        pthread_join(s->control_thread, NULL);
    }
    worker_destroy(s->worker);
    player_close(s->player);
    live_destroy(s->live);
    live_synth_destroy(s->synth);
    match_slots_free(&s->matches);
    matcher_ref_drop(s->matcher);
    playback_destroy(s->playback);
    for (unsigned voice = 0; voice < LIVE_VOICES; voice++)
        keep_loop(s, voice, NULL);
    loop_ref_drop(s->loop);
    model_ref_drop(s->model);
    queue_destroy(s->queue);
    osc_close(s->osc);
    free_settings(s);
    pthread_mutex_destroy(&s->mixing);
    pthread_mutex_destroy(&s->voices);
    pthread_mutex_destroy(&s->reporting);
    lts_free(s);
}

void lts_server_list_devices(const lts_reporter *reporter)
{
    enum { MOST = 64 };
    sound_device device[MOST];
    char port[MOST][128];
    size_t devices = device_list(device, MOST), ports = midi_list(port, MOST);
    for (size_t i = 0; i < devices && i < MOST; i++) {
        const lts_field fields[] = {{"id", NULL, device[i].id},
                                    {"name", device[i].name, 0},
                                    {"default", NULL, device[i].standard}};
        lts_record(reporter, "device", fields, 3);
    }
    for (size_t i = 0; i < ports && i < MOST; i++) {
        const lts_field fields[] = {{"id", NULL, (double)i}, {"name", port[i], 0}};
        lts_record(reporter, "midi", fields, 2);
    }
}

void lts_server_list_addresses(const lts_reporter *reporter)
{
    for (size_t i = 0; address_at(i); i++) {
        const lts_field fields[] = {{"address", address_at(i)->path, 0},
                                    {"arguments", address_at(i)->args, 0}};
        lts_record(reporter, "address", fields, 2);
    }
}
