#include "engine/device/device_list.h"
#include "engine/handlers/handlers.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

enum { MOST_DEVICES = 64, AHEAD = 2 /* blocks in the ring */ };

/* Adds the rendered sound, the voices and the synthesizer: the player's fill. */
static void play_all(void *server, float *x, size_t count)
{
    lts_server *s = server;
    memset(x, 0, count * sizeof *x);
    playback_fill(s->playback, x, count);
    pthread_mutex_lock(&s->mixing);
    if (s->live)
        live_fill(s->live, x, count);
    else if (s->synth)
        live_synth_play(s->synth, x, count);
    pthread_mutex_unlock(&s->mixing);
}

static void report_player_text(void *server, const char *text)
{
    lts_server *s = server;
    reply_report(&s->reply, "%s", text);
}

static bool is_recording(const char *device)
{
    return device && strncmp(device, "file:", 5) == 0;
}

/* The folder of a recording below the root, walked to without links; *folder stays -1 for other
 * devices, and for a recording that whoever started the server placed elsewhere. */
static lts_status open_folder(const lts_server *s, const char *device, int *folder, lts_error *err)
{
    lts_status status = LTS_OK;
    if (is_recording(device) && path_lies_in_root(&s->rules, device + 5)) {
        char *path = lts_format("%.*s", (int)(strrchr(device, '/') - device) - 5, device + 5);
        status = path ? path_open_folder(&s->rules, path, folder, err) : lts_no_memory(device, err);
        lts_free(path);
    }
    return status;
}

static lts_status open_device(lts_server *s, const char *device, double rate, player **out,
                              lts_error *err)
{
    int folder = -1;
    player_config config = {.device = device,
                            .sample_rate = rate,
                            .block = s->config.block,
                            .ahead = AHEAD,
                            .fill = play_all,
                            .report = report_player_text,
                            .user = s};
    lts_status status = open_folder(s, device, &folder, err);
    if (folder >= 0)
        config.folder = &folder;
    if (status != LTS_OK)
        goto done;
    status = player_open(&config, out, err);
done:
    if (folder >= 0)
        close(folder);
    return status;
}

static void replace_player(lts_server *s, player *p, double rate)
{
    player_close(s->player);
    s->player = p;
    s->player_rate = rate;
    s->limited = 0;
}

/* A recording that is under way goes on in another file: set-2.wav after set.wav. */
static char *device_again(const lts_server *s)
{
    const char *device = s->state.device;
    if (!s->player || !is_recording(device))
        return lts_strdup(device ? device : "");
    char *name = NULL;
    const size_t all = strlen(device);
    const size_t length = all > 9 && strcmp(device + all - 4, ".wav") == 0 ? all - 4 : all;
    for (unsigned part = 2; !name || lts_is_file(name + 5); part++) {
        lts_free(name);
        name = lts_format("%.*s-%u.wav", (int)length, device, part);
        if (!name)
            return NULL;
    }
    return name;
}

static void open_null_player(lts_server *s, double rate, const char *why)
{
    lts_error err;
    player *p;
    reply_report(&s->reply, "Silent: %s", why);
    lts_message(s->reporter, LTS_LEVEL_WARNING, "silent: %s", why);
    if (open_device(s, "null", rate, &p, &err) != LTS_OK)
        lts_message(s->reporter, LTS_LEVEL_WARNING, "no sound, not even silent: %s", err.text);
    replace_player(s, p, rate);
}

lts_status open_player(lts_server *s, bool needed, lts_error *err)
{
    player *p = NULL;
    double rate =
        s->model ? lts_feature_sample_rate(s->model->feature) : lts_cqt_defaults().sample_rate;
    char *device = device_again(s);
    replace_player(s, NULL, rate);
    prepare_synth(s);
    lts_status status =
        device ? open_device(s, device, rate, &p, err) : lts_no_memory("the device", err);
    const bool refused = status != LTS_OK && needed && is_recording(device);
    lts_free(device);
    if (refused)
        return status;
    if (status == LTS_OK)
        replace_player(s, p, rate);
    else
        open_null_player(s, rate, err->text);
    return LTS_OK;
}

void send_device(lts_server *s)
{
    char io[32];
    int id = s->player ? player_id(s->player) : -1;
    /* A recording has no number: clients that show numbers show the silent device's, the last. */
    if (id < 0)
        id = (int)device_list(NULL, 0) - 1;
    snprintf(io, sizeof io, "%d %d", s->input, id);
    reply_send(&s->reply, "/audio/io", "s", io);
}

void send_devices(lts_server *s)
{
    sound_device device[MOST_DEVICES];
    size_t count = device_list(device, MOST_DEVICES);
    reply_send(&s->reply, "/audio/devicelist", "s", "clear");
    for (size_t i = 0; i < count && i < MOST_DEVICES; i++) {
        char line[160];
        snprintf(line, sizeof line, "%d %s", device[i].id, device[i].name);
        reply_send(&s->reply, "/audio/devicelist", "s", line);
    }
    send_device(s);
}

void list_devices(const request *r)
{
    send_devices(r->server);
}

/* The device a client means, as player_open takes it: new, or NULL after a report. */
static char *wanted_device(lts_server *s, const request *r)
{
    static const char file[] = "file:";
    sound_device device[MOST_DEVICES];
    lts_error err;
    if (arg_is_number(&r->message->args[0])) {
        double id = request_number(r, 0);
        size_t count = device_list(device, MOST_DEVICES);
        if (id >= 0 && id < (double)count && id < MOST_DEVICES && id == floor(id))
            return lts_strdup(device[(size_t)id].name);
        reply_report(&s->reply, "Could not set the audio output: there is no device %g.", id);
        return NULL;
    }
    char *sent = request_text(r, 0), *path, *name = NULL;
    if (sent && !sent[0]) {
        reply_report(&s->reply,
                     "Could not set the audio output: empty name: see /audio/devicelist");
        lts_free(sent);
        return NULL;
    }
    if (!sent || strncmp(sent, file, sizeof file - 1) != 0)
        return sent;
    /* A client may begin a recording, but not over another file. */
    if (path_resolve(&s->rules, sent + sizeof file - 1, &path, &err) != LTS_OK) {
        reply_report(&s->reply, "Could not set the audio output: %s", err.text);
    } else {
        name = lts_format("%s%s", file, path);
        lts_free(path);
    }
    lts_free(sent);
    return name;
}

void set_device(const request *r)
{
    lts_server *s = r->server;
    lts_error err, why;
    player *p;
    char *name = wanted_device(s, r);
    if (!name)
        return;
    lts_status status = open_device(s, name, s->player_rate, &p, &err);
    /* A device of the system's may be one that only one can have: it is let go, and had back. */
    if (status != LTS_OK && s->player && player_id(s->player) >= 0) {
        replace_player(s, NULL, s->player_rate);
        status = open_device(s, name, s->player_rate, &p, &err);
        if (status != LTS_OK)
            open_player(s, false, &why);
    }
    if (status != LTS_OK) {
        reply_report(&s->reply, "Could not set the audio output: %s", err.text);
        goto done;
    }
    replace_player(s, p, s->player_rate);
    lts_free(s->state.device);
    s->state.device = name;
    name = NULL;
    state_changed(s);
    reply_report(&s->reply, "Audio output is set to %s", player_name(s->player));
done:
    lts_free(name);
    send_device(s);
}

void set_input(const request *r)
{
    lts_server *s = r->server;
    sound_device device[MOST_DEVICES];
    const double id = request_number(r, 0);
    const size_t count = device_list(device, MOST_DEVICES);
    if (!(id >= 0 && id < (double)count && id < MOST_DEVICES) || id != floor(id)) {
        reply_report(&s->reply, "Could not set the audio input: there is no device %g.", id);
        return;
    }
    s->input = (int)id;
    reply_report(&s->reply, "Audio input is set to %s", device[s->input].name);
    send_device(s);
}
