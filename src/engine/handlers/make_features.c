#include "engine/handlers/handlers.h"

#include "lts/dataset.h"

/* The settings the data set's arrays were made with, or those the run was trained with, in which
 * [dataset] cqt_dataset names the folder of the arrays. */
static lts_status read_settings(const lts_server *s, lts_config *config, lts_error *err)
{
    lts_config made = {0};
    char *path = NULL, *folder = NULL;
    lts_status status = s->state.run ? model_ref_config(&s->rules, s->state.run, config, err)
                                     : lts_config_load(NULL, NULL, 0, config, NULL, err);
    if (status != LTS_OK)
        return status;
    folder = lts_path_join(config->dataset.cqt_dataset, "config.ini");
    status = folder ? path_below(&s->rules, s->state.dataset, folder, &path, err)
                    : lts_no_memory(s->state.dataset, err);
    if (status != LTS_OK || !lts_is_file(path))
        goto done;
    status = lts_config_load(path, NULL, 0, &made, NULL, err);
    if (status != LTS_OK)
        goto done;
    /* Arrays go where they were found, whatever the file there says of it. */
    status = lts_config_set(&made, "dataset.cqt_dataset", config->dataset.cqt_dataset, err);
    if (status != LTS_OK)
        goto done;
    lts_config_free(config);
    *config = made;
    made = (lts_config){0};
done:
    lts_config_free(&made);
    lts_free(folder);
    lts_free(path);
    return status;
}

/* No link takes what is read or written out of the root. */
static lts_status check_places(const lts_server *s, const char *arrays, const char *name,
                               lts_error *err)
{
    char *const places[] = {
        lts_strdup("audio"),
        lts_strdup(arrays),
        lts_format("%s/config.ini", arrays),
        lts_format("%s/%s.npy", arrays, name),
        lts_format("%s/.lts", arrays),
        lts_format("%s/.lts/%s.ini", arrays, name),
    };
    lts_status status = LTS_OK;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char *path = NULL;
        if (status == LTS_OK)
            status = places[i] ? path_below(&s->rules, s->state.dataset, places[i], &path, err)
                               : lts_no_memory(name, err);
        lts_free(path);
        lts_free(places[i]);
    }
    return status;
}

static lts_status analyse(const request *r, const char *name, uint64_t *frames, lts_error *err)
{
    lts_server *s = r->server;
    lts_config config = {0};
    lts_dataset_report report = {0};
    const lts_reporter reporter = request_reporter(r);
    const lts_dataset_options options = {
        .folder = s->state.dataset, .jobs = 1, .shard = 1, .shards = 1, .only = name};
    lts_status status = read_settings(s, &config, err);
    if (status != LTS_OK)
        goto done;
    status = check_places(s, config.dataset.cqt_dataset, name, err);
    if (status != LTS_OK)
        goto done;
    status = lts_dataset_make(&config, &options, &report, &reporter, err);
    if (status != LTS_OK)
        goto done;
    if (report.failed > 0)
        status = lts_fail(err, LTS_ERR_FORMAT, "%s", report.file[0].reason);
    else
        *frames = report.file[0].frames;
done:
    lts_dataset_report_free(&report);
    lts_config_free(&config);
    return status;
}

/* The NAME by which the data set knows the sound that was sent. */
static lts_status sound_name(const request *r, char **name, lts_error *err)
{
    lts_server *s = r->server;
    char *sent, *path;
    if (!s->state.dataset)
        return lts_fail(err, LTS_ERR_NOT_FOUND, "no data set is loaded: send /load/dataset");
    sent = request_text(r, 0);
    if (!sent)
        return lts_no_memory("a sound's name", err);
    lts_status status = find_sound(s, sent, &path, err);
    if (status != LTS_OK)
        goto done;
    *name = lts_path_stem(path);
    if (!*name)
        status = lts_no_memory(path, err);
done:
    lts_free(path);
    lts_free(sent);
    return status;
}

void make_features(const request *r)
{
    lts_error err;
    uint64_t frames = 0;
    char *name = NULL;
    lts_status status = sound_name(r, &name, &err);
    if (status != LTS_OK)
        goto done;
    status = analyse(r, name, &frames, &err);
    if (status != LTS_OK)
        goto done;
    reply_report(&r->server->reply, "Features of %s: %llu frames.", name,
                 (unsigned long long)frames);
done:
    if (status != LTS_OK)
        reply_report(&r->server->reply, "Could not compute features: %s", err.text);
    lts_free(name);
}
