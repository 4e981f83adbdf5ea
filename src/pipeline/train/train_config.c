#include "lts/train.h"

#include "pipeline/config/config_table.h"
#include "pipeline/train/train_job.h"

#include <math.h>
#include <string.h>
#include <strings.h>
#include <time.h>

lts_train_options lts_train_defaults(void)
{
    return (lts_train_options){.checkpoint_seconds = 60};
}

static bool has_arrays(const lts_config *config, const char *dataset)
{
    char *folder = lts_path_join(dataset, config->dataset.cqt_dataset);
    bool there = folder && lts_is_folder(folder);
    lts_free(folder);
    return there;
}

/* A data set may have been moved with its runs: RUN is DATASET/DESCRIPTION/run-NNN. */
static lts_status find_dataset(const char *run, lts_config *config, const lts_reporter *reporter,
                               lts_error *err)
{
    if (has_arrays(config, config->dataset.datapath))
        return LTS_OK;
    lts_status status = LTS_OK;
    char *around = lts_path_join(run, "../..");
    if (!around)
        return lts_no_memory(run, err);
    if (has_arrays(config, around)) {
        lts_message(reporter, LTS_LEVEL_NOTE, "%s: no arrays there any more: taking those of %s",
                    config->dataset.datapath, around);
        status = lts_config_set(config, "dataset.datapath", around, err);
    }
    lts_free(around);
    return status;
}

static lts_status load_run(const char *run, const char *const *sets, size_t set_count,
                           lts_config *config, const lts_reporter *reporter, lts_error *err)
{
    *config = (lts_config){0};
    char *path = lts_path_join(run, "config.ini");
    if (!path)
        return lts_no_memory(run, err);
    lts_status status = lts_is_file(path)
                            ? lts_config_load(path, sets, set_count, config, reporter, err)
                            : lts_fail(err, LTS_ERR_NOT_FOUND,
                                       "%s: no run there (no config.ini): name a folder "
                                       "DATASET/DESCRIPTION/run-NNN",
                                       run);
    lts_free(path);
    return status;
}

lts_status lts_train_config(lts_config *config, const char *resume, const char *dataset,
                            const char *const *sets, size_t set_count, char **run,
                            const lts_reporter *reporter, lts_error *err)
{
    lts_status status = LTS_OK;
    *run = NULL;
    if (!resume && config->training.continue_training) {
        resume = config->dataset.workspace;
        if (!resume[0])
            return lts_fail(
                err, LTS_ERR_ARGUMENT,
                "%s%s[training] continue_training = True needs [dataset] workspace, the "
                "run to go on with",
                config->path, config->path[0] ? ": " : "");
    }
    if (resume) {
        *run = lts_strdup(resume);
        if (!*run)
            return lts_no_memory(resume, err);
        lts_config_free(config);
        status = load_run(*run, sets, set_count, config, reporter, err);
        if (status != LTS_OK)
            goto done;
    }
    if (dataset)
        status = lts_config_set(config, "dataset.datapath", dataset, err);
    else if (*run)
        status = find_dataset(*run, config, reporter, err);
    if (status != LTS_OK)
        goto done;
    if (!config->dataset.datapath[0])
        status = lts_fail(err, LTS_ERR_ARGUMENT,
                          "no data set: name its folder, or set [dataset] datapath");
done:
    if (status != LTS_OK) {
        lts_free(*run);
        *run = NULL;
    }
    return status;
}

/* The value that `ini`, read from `path`, has of a setting against the feature's; a missing one
 * says nothing. */
static lts_status check_setting(const lts_ini *ini, const char *path, const lts_feature *feature,
                                const lts_feature_setting *setting, lts_error *err)
{
    double value, wanted = lts_feature_get(feature, setting);
    const char *text = lts_ini_get(ini, setting->section, setting->key);
    if (!text && setting->alias)
        text = lts_ini_get(ini, setting->section, setting->alias);
    if (!text || !text[0])
        return LTS_OK;
    if (!(setting->pitch ? lts_parse_pitch(text, &value) : lts_parse_double(text, &value)))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: [%s] %s = %s: must be a %s: re-run lts-dataset or correct it", path,
                        setting->section, setting->key, text, setting->pitch ? "pitch" : "number");
    if (fabs(value - wanted) > 1e-6 * fabs(wanted))
        return lts_fail(err, LTS_ERR_SHAPE,
                        "%s: the arrays were made with %s = %s, the configuration says %g: "
                        "re-run lts-dataset or correct [%s]",
                        path, setting->key, text, wanted, setting->section);
    return LTS_OK;
}

/* The kind of feature in `ini`; a data set of version 0.1.0 does not say it. */
static lts_status check_kind(const lts_ini *ini, const char *path, const lts_feature *feature,
                             lts_error *err)
{
    const char *kind = lts_feature_kind_text((int)feature->kind);
    const char *text = lts_ini_get(ini, "audio", "features");
    if (!text || !text[0] || strcasecmp(text, kind) == 0)
        return LTS_OK;
    return lts_fail(err, LTS_ERR_SHAPE,
                    "%s: the arrays were made with features = %s, the configuration says %s: "
                    "re-run lts-dataset or correct [audio]",
                    path, text, kind);
}

/* The settings a data set was made with, as lts-dataset and the originals leave them beside the
 * arrays, against those to train with. */
lts_status train_check_data(const char *folder, const lts_feature *feature, bool originals,
                            lts_error *err)
{
    const lts_feature_setting *setting;
    lts_status status = LTS_OK;
    lts_ini *ini = NULL;
    char *path = lts_path_join(folder, "config.ini");
    if (!path)
        return lts_no_memory(folder, err);
    if (!lts_is_file(path))
        goto done;
    status = config_read_file(path, &ini, err);
    if (status != LTS_OK)
        goto done;
    status = check_kind(ini, path, feature, err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; (setting = lts_feature_setting_at(feature->kind, i)); i++) {
        if (!setting->pitch || !originals)
            status = check_setting(ini, path, feature, setting, err);
        if (status != LTS_OK)
            goto done;
    }
done:
    lts_ini_destroy(ini);
    lts_free(path);
    return status;
}

/* "Thu Nov 21 02:19:00 2024", as the originals' time.asctime writes it. */
static lts_status set_time(lts_config *config, const char *name, lts_error *err)
{
    char text[64] = "";
    struct tm local;
    time_t now = time(NULL);
    if (localtime_r(&now, &local) && asctime_r(&local, text))
        text[strcspn(text, "\n")] = '\0';
    return lts_config_set(config, name, text, err);
}

static lts_status save_config(train_job *job, lts_error *err)
{
    char *path = train_path(job, "config.ini");
    lts_status status =
        path ? lts_config_save(job->config, path, err) : lts_no_memory(job->run, err);
    lts_free(path);
    return status;
}

lts_status train_open_config(train_job *job, lts_error *err)
{
    lts_config *config = job->config;
    uint64_t frames = train_data_count(&job->data, LTS_FRAMES_TRAIN) +
                      train_data_count(&job->data, LTS_FRAMES_VALIDATION);
    lts_status status = lts_config_set(config, "dataset.workspace", job->run, err);
    if (status != LTS_OK)
        return status;
    status = lts_config_set_number(config, "dataset.total_frames", (double)frames, err);
    if (status != LTS_OK)
        return status;
    if (!job->options->resume || !config->extra.start[0])
        status = set_time(config, "extra.start", err);
    if (status != LTS_OK)
        return status;
    return save_config(job, err);
}

lts_status train_close_config(train_job *job, lts_error *err)
{
    const train_state *state = &job->state;
    const train_history *history = &state->history;
    const train_epoch *last = &history->row[history->count - 1];
    const double watched = last->validated ? last->validation.total : last->train.total;
    const struct {
        const char *name;
        double value;
    } result[] = {
        {"extra.time_elapsed", state->seconds},
        {"extra.total_epochs", (double)state->epoch},
        {"training.best_epoch", (double)train_best_epoch(state)},
        {"training.best_loss", state->best_epoch ? state->best_loss : watched},
        {"training.final_loss", last->train.total},
    };
    lts_status status = set_time(job->config, "extra.end", err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < sizeof result / sizeof *result; i++) {
        if (isfinite(result[i].value))
            status = lts_config_set_number(job->config, result[i].name, result[i].value, err);
        if (status != LTS_OK)
            return status;
    }
    return save_config(job, err);
}
