#include "pipeline/config/config_table.h"
#include "pipeline/dataset/dataset_job.h"
#include "pipeline/notes/note_tables.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length > tail && strcmp(text + length - tail, end) == 0;
}

bool dataset_has_arrays(const char *folder)
{
    bool found = false;
    DIR *stream = opendir(folder);
    for (struct dirent *entry; !found && stream && (entry = readdir(stream));)
        found = entry->d_name[0] != '.' && ends_with(entry->d_name, ".npy");
    if (stream)
        closedir(stream);
    return found;
}

/* "hop_length 256, now 128" for each setting that decides the arrays' values and differs. */
static void compare(const lts_feature *old, const lts_feature *now, char *text, size_t size)
{
    const lts_feature_setting *setting;
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; used < size && (setting = lts_feature_setting_at(now->kind, i)); i++) {
        const double was = lts_feature_get(old, setting), is = lts_feature_get(now, setting);
        char before[LTS_NUMBER_TEXT], after[LTS_NUMBER_TEXT];
        if (was == is)
            continue;
        lts_number_text(before, was);
        lts_number_text(after, is);
        used += (size_t)snprintf(text + used, size - used, "%s%s %s, now %s", used ? "; " : "",
                                 setting->key, before, after);
    }
}

/* What the arrays beside the configuration hold. */
static lts_status read_feature(const dataset_job *job, const char *path, lts_feature *feature,
                               lts_error *err)
{
    lts_config config = {0};
    bool originals;
    lts_status status = lts_config_load(path, NULL, 0, &config, NULL, err);
    if (status != LTS_OK)
        goto done;
    status = lts_config_arrays(&config, job->arrays, &originals, NULL, err);
    if (status != LTS_OK)
        goto done;
    status = lts_config_feature(&config, feature, err);
done:
    lts_config_free(&config);
    return status;
}

/* Arrays of different settings in one folder would train a model on two kinds of frames. */
static lts_status refuse_mixing(const dataset_job *job, const char *path, lts_error *err)
{
    lts_feature feature;
    lts_error reason = {0};
    char differences[400];
    if (job->force || !lts_is_file(path) || !dataset_has_arrays(job->arrays))
        return LTS_OK;
    lts_status status = read_feature(job, path, &feature, &reason);
    if (status == LTS_ERR_MEMORY)
        return lts_fail(err, status, "%s", reason.text);
    if (status != LTS_OK)
        return lts_fail(err, status,
                        "%.600s: so the settings of the arrays beside it are not known: --force "
                        "makes them anew",
                        reason.text);
    if (feature.kind != job->feature.kind)
        return lts_fail(err, LTS_ERR_EXISTS,
                        "%s: the arrays beside it were made with features = %s, now %s: name "
                        "another folder with [dataset] cqt_dataset, or remove this one",
                        path, lts_feature_kind_text((int)feature.kind),
                        lts_feature_kind_text((int)job->feature.kind));
    compare(&feature, &job->feature, differences, sizeof differences);
    if (differences[0])
        return lts_fail(err, LTS_ERR_EXISTS,
                        "%s: the arrays beside it were made with %s: correct [%s], name another "
                        "folder with [dataset] cqt_dataset, or make all anew with --force",
                        path, differences, lts_feature_setting_at(job->feature.kind, 0)->section);
    return LTS_OK;
}

/* Training would take arrays of sounds for notes. */
static lts_status refuse_others(const dataset_job *job, lts_error *err)
{
    lts_status status = LTS_OK;
    DIR *stream = opendir(job->arrays);
    for (struct dirent *entry; stream && (entry = readdir(stream));) {
        if (entry->d_name[0] == '.' || !ends_with(entry->d_name, ".npy") ||
            strncmp(entry->d_name, "notes-", 6) == 0)
            continue;
        status = lts_fail(err, LTS_ERR_EXISTS,
                          "%s/%s: not a shard of notes: name another folder with [dataset] "
                          "cqt_dataset, or move it away",
                          job->arrays, entry->d_name);
        goto done;
    }
done:
    if (stream)
        closedir(stream);
    return status;
}

static lts_status open_notes(dataset_job *job, lts_error *err)
{
    lts_status status = refuse_others(job, err);
    if (status != LTS_OK || !job->force || job->options->only)
        return status;
    return note_tables_clear(job->arrays, err);
}

lts_status dataset_open_folder(dataset_job *job, lts_error *err)
{
    char *path = lts_path_join(job->arrays, "config.ini");
    if (!path)
        return lts_no_memory(job->arrays, err);
    lts_status status = refuse_mixing(job, path, err);
    if (status != LTS_OK)
        goto done;
    if (job->notes)
        status = open_notes(job, err);
    if (status != LTS_OK)
        goto done;
    status = lts_make_folder(job->states, err);
    if (status != LTS_OK)
        goto done;
    status = lts_config_save(job->config, path, err);
done:
    lts_free(path);
    return status;
}

static int by_text(const void *key, const void *item)
{
    return strcmp(key, *(char *const *)item);
}

static bool is_known(const lts_paths *names, const char *name)
{
    return bsearch(name, names->item, names->count, sizeof *names->item, by_text) != NULL;
}

static bool is_mine(const dataset_job *job, const char *name)
{
    for (size_t f = 0; f < job->report->count; f++)
        if (strcmp(job->report->file[f].name, name) == 0)
            return true;
    return false;
}

/* Whether `file` was to become NAME + extension and its process is gone. Those of other shards are
 * left to them: they may run elsewhere. */
static bool is_stale(const dataset_job *job, const lts_paths *names, const char *file,
                     const char *extension)
{
    size_t length;
    if (!lts_is_stale_temporary(file, &length))
        return false;
    char *whole = lts_format("%.*s", (int)length, file);
    bool stale = false;
    if (whole && ends_with(whole, extension)) {
        whole[length - strlen(extension)] = '\0';
        stale = !is_known(names, whole) || is_mine(job, whole);
    }
    lts_free(whole);
    return stale;
}

static void remove_stale(const dataset_job *job, const lts_paths *names, const char *folder,
                         const char *extension)
{
    DIR *stream = opendir(folder);
    for (struct dirent *entry; stream && (entry = readdir(stream));) {
        char *path = is_stale(job, names, entry->d_name, extension)
                         ? lts_path_join(folder, entry->d_name)
                         : NULL;
        if (path && unlink(path) == 0)
            lts_message(job->reporter, LTS_LEVEL_DETAIL, "%s: unfinished, removed", path);
        lts_free(path);
    }
    if (stream)
        closedir(stream);
}

static void warn_stale(const dataset_job *job, const lts_paths *names)
{
    char *first = NULL;
    size_t count = 0;
    DIR *stream = opendir(job->arrays);
    for (struct dirent *entry; stream && (entry = readdir(stream));) {
        char *name = entry->d_name[0] != '.' && ends_with(entry->d_name, ".npy")
                         ? lts_path_stem(entry->d_name)
                         : NULL;
        if (!name || is_known(names, name)) {
            lts_free(name);
            continue;
        }
        count++;
        if (first && strcmp(first, name) < 0) {
            lts_free(name);
        } else {
            lts_free(first);
            first = name;
        }
    }
    if (stream)
        closedir(stream);
    if (first)
        lts_message(
            job->reporter, LTS_LEVEL_WARNING,
            "%s/%s.npy%s: no sound of that name is left in %s, but training would still use "
            "it: delete it or put the sound back",
            job->arrays, first, count > 1 ? " and others" : "", job->audio);
    lts_free(first);
}

void dataset_tidy(dataset_job *job, const lts_paths *names)
{
    remove_stale(job, names, job->arrays, ".npy");
    remove_stale(job, names, job->arrays, ".ini");
    remove_stale(job, names, job->states, ".ini");
    warn_stale(job, names);
}

uint64_t dataset_frames(const dataset_job *job, const lts_paths *names)
{
    uint64_t frames = 0;
    for (size_t n = 0; n < names->count; n++) {
        lts_npy *npy = NULL;
        char *path = dataset_array_path(job, names->item[n]);
        if (path && lts_npy_open(path, &npy, NULL) == LTS_OK)
            frames += lts_npy_rows(npy);
        lts_npy_close(npy);
        lts_free(path);
    }
    return frames;
}
