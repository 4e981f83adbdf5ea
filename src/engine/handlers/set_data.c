#include "engine/handlers/handlers.h"

#include <string.h>

static const char *const ordinal[STATE_SOUNDS] = {"first", "second"};

/* `*text` = `value`, which becomes its owner's. */
static void replace(char **text, char *value)
{
    lts_free(*text);
    *text = value;
}

static void send_first_or_second(lts_server *s, unsigned which)
{
    char path[64], *name = lts_path_stem(s->sound[which]);
    reply_report(&s->reply, "%s sound is set to: %s at the path %s", which ? "Second" : "First",
                 name ? name : "", s->sound[which]);
    snprintf(path, sizeof path, "/sound/interpolate_two/%s/path", ordinal[which]);
    reply_send(&s->reply, path, "s", s->sound[which]);
    snprintf(path, sizeof path, "/sound/interpolate_two/%s/name", ordinal[which]);
    reply_send(&s->reply, path, "s", name ? name : "");
    lts_free(name);
}

/* Looks the sounds up again, in a data set that has become another one; what is not there (any
 * more) is said, and stays remembered by its name. */
static void look_up_sounds(lts_server *s)
{
    for (unsigned which = 0; which < STATE_SOUNDS; which++) {
        char *path;
        lts_error err;
        if (!s->state.sound[which])
            continue;
        if (find_sound(s, s->state.sound[which], &path, &err) == LTS_OK) {
            bool same = s->sound[which] && strcmp(s->sound[which], path) == 0;
            replace(&s->sound[which], path);
            if (!same)
                send_first_or_second(s, which);
        } else {
            replace(&s->sound[which], NULL);
            reply_report(&s->reply, "The %s sound is not %s: %s", ordinal[which],
                         s->state.dataset ? "in this data set" : "there", err.text);
        }
    }
}

/* For folders that are remembered, which no map has to find any more. */
static path_rules root_alone(const lts_server *s)
{
    return (path_rules){.root = s->rules.root};
}

static lts_status resolve_folder(const path_rules *rules, const char *sent, char **path,
                                 lts_error *err)
{
    lts_status status = path_resolve(rules, sent, path, err);
    if (status != LTS_OK)
        return status;
    path_drop_slashes(*path);
    if (lts_is_folder(*path))
        return LTS_OK;
    status = lts_fail(err, LTS_ERR_NOT_FOUND, "%s: no such folder", *path);
    lts_free(*path);
    *path = NULL;
    return status;
}

static bool load_dataset(lts_server *s, const path_rules *rules, const char *sent)
{
    char *path;
    lts_error err;
    if (resolve_folder(rules, sent, &path, &err) != LTS_OK) {
        reply_report(&s->reply, "Could not set the dataset: %s", err.text);
        return false;
    }
    replace(&s->state.dataset, path);
    state_changed(s);
    reply_send(&s->reply, "/dataset", "s", path);
    reply_report(&s->reply, "Dataset is set to: %s", path);
    look_up_sounds(s);
    return true;
}

void set_dataset(const request *r)
{
    char *sent = request_text(r, 0);
    if (sent)
        load_dataset(r->server, &r->server->rules, sent);
    lts_free(sent);
}

/* [training] batch_size of the run: the originals decode in such groups, and clients show it. Then
 * where the arrays of the data set and its sounds are looked for. */
static void set_from_run(lts_server *s, const char *run)
{
    lts_config config = {0};
    if (model_ref_config(&s->rules, run, &config, NULL) == LTS_OK) {
        s->state.batch_size = (int)config.training.batch_size;
        if (s->state.dataset)
            reply_report(&s->reply, "CQT dataset set to %s/%s", s->state.dataset,
                         config.dataset.cqt_dataset);
    }
    if (s->state.dataset)
        reply_report(&s->reply, "Audio path set to %s/audio", s->state.dataset);
    lts_config_free(&config);
}

/* The run's model in place of the one before, which stays when it cannot be. */
static lts_status exchange_model(lts_server *s, const char *run, lts_error *err)
{
    model_ref *model, *before = s->model;
    lts_status status = model_ref_open(&s->rules, run, &model, err);
    if (status != LTS_OK)
        return status;
    s->model = model;
    status = prepare_voices(s, err);
    if (status != LTS_OK) {
        s->model = before;
        model_ref_drop(model);
        return status;
    }
    s->added.count = 0;
    if (model->warning)
        reply_report(&s->reply, "%s", model->warning);
    model_ref_drop(before);
    return LTS_OK;
}

/* A player of the new rate would play what is there of the old one at a wrong pitch. */
static void follow_rate(lts_server *s)
{
    double position, rate = lts_feature_sample_rate(s->model->feature);
    lts_error why;
    if (s->starting || s->player_rate == rate)
        return;
    bool sounds = playback_position(s->playback, &position), renders = worker_cancel(s->worker);
    playback_stop(s->playback);
    if (sounds || renders)
        reply_report(&s->reply, "Stopped: what %s is of %g Hz, this model's sounds are of %g Hz.",
                     sounds ? "plays" : "is rendered", s->player_rate, rate);
    open_player(s, false, &why);
}

static bool load_model(lts_server *s, const path_rules *rules, const char *sent)
{
    char *path = NULL;
    lts_error err;
    lts_status status = resolve_folder(rules, sent, &path, &err);
    if (status != LTS_OK)
        goto done;
    if (s->state.dataset)
        reply_report(&s->reply, "Current dataset path is %s", s->state.dataset);
    reply_report(&s->reply, "Received a request to load model from path %s", path);
    status = exchange_model(s, path, &err);
    if (status != LTS_OK)
        goto done;
    replace(&s->state.run, path);
    set_from_run(s, path);
    state_changed(s);
    follow_rate(s);
    reply_send(&s->reply, "/model/batch_size", "i", s->state.batch_size);
    reply_report(&s->reply, "Model loaded successfully from %s", path);
    path = NULL;
done:
    if (status != LTS_OK)
        reply_report(&s->reply, "Could not load the model: %s", err.text);
    lts_free(path);
    return status == LTS_OK;
}

void set_model(const request *r)
{
    char *sent = request_text(r, 0);
    if (sent)
        load_model(r->server, &r->server->rules, sent);
    lts_free(sent);
}

static void set_sound(const request *r, unsigned which)
{
    lts_server *s = r->server;
    lts_error err = {0};
    char *path = NULL, *sent = request_text(r, 0);
    lts_status status = sent ? find_sound(s, sent, &path, &err) : LTS_ERR_MEMORY;
    /* Before there is a data set the name is kept, to be looked for when there is one; but not in
     * the place of a sound that is there. */
    bool early =
        status != LTS_OK && !s->state.dataset && !s->sound[which] && sent && path_last(sent)[0];
    if (status != LTS_OK)
        reply_report(&s->reply, "Could not set the %s sound%s: %s", ordinal[which],
                     early ? " yet (kept until a data set is loaded)" : "", err.text);
    if (status != LTS_OK && !early) {
        lts_free(sent);
        return;
    }
    replace(&s->state.sound[which], sent);
    replace(&s->sound[which], path);
    state_changed(s);
    if (path)
        send_first_or_second(s, which);
}

void set_first(const request *r)
{
    set_sound(r, 0);
}

void set_second(const request *r)
{
    set_sound(r, 1);
}

void list_dataset(const request *r)
{
    lts_server *s = r->server;
    lts_error err;
    lts_paths sounds = {0};
    size_t listed = 0;
    if (!s->state.dataset) {
        reply_report(&s->reply, "No data set is loaded: send /load/dataset.");
        return;
    }
    char *audio;
    lts_status status = path_below(&s->rules, s->state.dataset, "audio", &audio, &err);
    if (status != LTS_OK)
        goto done;
    status = lts_audio_walk(audio, &sounds, NULL, &err);
    if (status != LTS_OK)
        goto done;
    reply_send(&s->reply, "/dataset/list", "s", "clear");
    for (size_t i = 0; i < sounds.count; i++) {
        lts_audio_info info;
        char *name = lts_path_stem(sounds.item[i]);
        if (name && probe_sound(s, sounds.item[i], &info, NULL) == LTS_OK) {
            reply_send(&s->reply, "/dataset/list", "sfs", name, info.seconds, sounds.item[i]);
            listed++;
        }
        lts_free(name);
    }
    reply_report(&s->reply, "%zu sounds.", listed);
done:
    if (status != LTS_OK)
        reply_report(&s->reply, "Could not list the data set: %s", err.text);
    lts_paths_free(&sounds);
    lts_free(audio);
}

void restore_data(lts_server *s)
{
    /* Copies: loading replaces the texts, and a folder that is away today may be back tomorrow. */
    char *dataset = s->state.dataset, *run = s->state.run, *matcher = s->state.match_run;
    const path_rules rules = root_alone(s);
    s->state.dataset = s->state.run = s->state.match_run = NULL;
    if (dataset && !load_dataset(s, &rules, dataset) && !s->state.dataset)
        s->state.dataset = lts_strdup(dataset);
    if (!dataset)
        look_up_sounds(s);
    if (run && !load_model(s, &rules, run) && !s->state.run)
        s->state.run = lts_strdup(run);
    if (matcher && !load_matcher(s, &rules, matcher) && !s->state.match_run)
        s->state.match_run = lts_strdup(matcher);
    lts_free(dataset);
    lts_free(run);
    lts_free(matcher);
}
