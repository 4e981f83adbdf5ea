#include "pipeline/dataset/dataset_job.h"

#include <stdlib.h>
#include <string.h>

/* Of a file name, on the file systems in use; the array's temporary name is the longest made. */
enum { LONGEST_NAME = 255, TEMPORARY_SUFFIX = sizeof ".npy.tmp-ffffffff-3fffffff" - 1 };

typedef struct named {
    char *name;
    const char *sound;
} named;

static int by_name(const void *a, const void *b)
{
    return strcmp(((const named *)a)->name, ((const named *)b)->name);
}

static const char unreadable[] = "not readable by this build: convert them to WAV or FLAC, or "
                                 "install FFmpeg's libraries and build again";

static int by_kind(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Counts the files that would be sound to a build with all its optional parts. */
static lts_status count_unreadable(lts_dataset_report *report, const lts_paths *others,
                                   lts_error *err)
{
    const char **kinds = NULL;
    size_t count = 0;
    lts_status status = lts_alloc_checked(&kinds, others->count + 1, sizeof *kinds, "names", err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < others->count; i++) {
        kinds[count] = lts_audio_unreadable_kind(others->item[i]);
        count += kinds[count] != NULL;
    }
    qsort(kinds, count, sizeof *kinds, by_kind);
    report->unreadable = count;
    for (size_t i = 0, end; i < count; i = end) {
        char *before = report->unreadable_kinds;
        for (end = i + 1; end < count && kinds[end] == kinds[i];)
            end++;
        report->unreadable_kinds =
            lts_format("%s%s%zu .%s", before ? before : "", before ? ", " : "", end - i, kinds[i]);
        lts_free(before);
        if (!report->unreadable_kinds) {
            status = lts_no_memory("the list of sounds", err);
            goto done;
        }
    }
done:
    lts_free(kinds);
    return status;
}

static lts_status nothing_found(const dataset_job *job, const lts_paths *others, lts_error *err)
{
    const char *looked = "sound files (.wav, .aiff, .flac, .ogg, .mp3 and whatever else this build "
                         "reads) in it and the folders below it";
    if (!lts_is_folder(job->root))
        return lts_fail(err, LTS_ERR_NOT_FOUND, "%s: no such folder: name the data set's folder",
                        job->root);
    if (!lts_is_folder(job->audio))
        return lts_fail(err, LTS_ERR_NOT_FOUND,
                        "%s: no such folder: make it and put the recordings there", job->audio);
    if (job->report->unreadable > 0)
        return lts_fail(err, LTS_ERR_NOT_FOUND, "%s: no sound in it that can be read: %s: %s",
                        job->audio, job->report->unreadable_kinds, unreadable);
    if (others->count > 0)
        return lts_fail(err, LTS_ERR_NOT_FOUND,
                        "%s: no sound in it: looked for %s; passed over %zu other files such as %s",
                        job->audio, looked, others->count, others->item[0]);
    return lts_fail(err, LTS_ERR_NOT_FOUND, "%s: empty: looked for %s", job->audio, looked);
}

/* Arrays of sounds lie in one folder, under the sounds' own names; of notes the folders are part of
 * the name, as they are labels. */
static char *name_of(const dataset_job *job, const char *sound)
{
    return job->notes ? lts_strdup(sound + strlen(job->audio) + 1) : lts_path_stem(sound);
}

static lts_status name_sounds(const dataset_job *job, const lts_paths *sounds, named *list,
                              lts_error *err)
{
    for (size_t s = 0; s < sounds->count; s++) {
        list[s].sound = sounds->item[s];
        list[s].name = name_of(job, sounds->item[s]);
        if (!list[s].name)
            return lts_no_memory(sounds->item[s], err);
    }
    return LTS_OK;
}

/* `list` sorted by name. All arrays lie in one folder, so that names must differ. */
static lts_status refuse_collisions(const named *list, size_t count, lts_error *err)
{
    size_t pairs = 0, first = 0;
    for (size_t s = 1; s < count; s++)
        if (strcmp(list[s - 1].name, list[s].name) == 0 && pairs++ == 0)
            first = s;
    if (pairs == 0)
        return LTS_OK;
    char more[48] = "";
    if (pairs > 1)
        snprintf(more, sizeof more, " (and %zu more such)", pairs - 1);
    return lts_fail(err, LTS_ERR_EXISTS, "%s and %s would both become %s.npy%s: rename one of them",
                    list[first - 1].sound, list[first].sound, list[first].name, more);
}

static lts_status take_file(const dataset_job *job, const char *sound, lts_error *err)
{
    lts_dataset_report *report = job->report;
    lts_dataset_file *file = &report->file[report->count];
    file->sound = lts_strdup(sound);
    file->name = name_of(job, sound);
    report->count++;
    if (!file->sound || !file->name)
        return lts_no_memory(sound, err);
    if (job->notes || strlen(file->name) + TEMPORARY_SUFFIX <= LONGEST_NAME)
        return LTS_OK;
    file->outcome = LTS_DATASET_FAILED;
    file->reason = lts_format("%s: too long a name for the array's: shorten it", sound);
    return file->reason ? LTS_OK : lts_no_memory(sound, err);
}

/* Whether the sound is among those asked for. */
static bool wanted(const dataset_job *job, const char *sound)
{
    const char *only = job->options->only;
    char *name = only ? name_of(job, sound) : NULL;
    bool is = !only || (name && strcmp(name, only) == 0);
    lts_free(name);
    return is;
}

static lts_status take_shard(dataset_job *job, const lts_paths *sounds, lts_error *err)
{
    lts_status status = lts_alloc_checked(&job->report->file, sounds->count,
                                          sizeof *job->report->file, "the list of sounds", err);
    if (status != LTS_OK)
        return status;
    for (size_t s = job->options->shard - 1; s < sounds->count; s += job->options->shards) {
        status = wanted(job, sounds->item[s]) ? take_file(job, sounds->item[s], err) : LTS_OK;
        if (status != LTS_OK)
            return status;
    }
    if (job->options->only && job->report->count == 0)
        return lts_fail(err, LTS_ERR_NOT_FOUND, "%s: no sound named %s in it", job->audio,
                        job->options->only);
    return LTS_OK;
}

static const char *first_other(const lts_paths *others)
{
    size_t i = 0;
    while (i + 1 < others->count && lts_audio_unreadable_kind(others->item[i]))
        i++;
    return others->item[i];
}

lts_status dataset_list(dataset_job *job, lts_paths *names, lts_error *err)
{
    lts_paths sounds = {0}, others = {0};
    named *list = NULL;
    lts_status status = LTS_OK;
    if (lts_is_folder(job->audio))
        status = lts_audio_walk(job->audio, &sounds, &others, err);
    if (status != LTS_OK)
        goto done;
    status = count_unreadable(job->report, &others, err);
    if (status != LTS_OK)
        goto done;
    if (sounds.count == 0) {
        status = nothing_found(job, &others, err);
        goto done;
    }
    if (job->report->unreadable > 0)
        lts_message(job->reporter, LTS_LEVEL_WARNING, "%s: %s: %s", job->audio,
                    job->report->unreadable_kinds, unreadable);
    if (others.count > job->report->unreadable)
        lts_message(job->reporter, LTS_LEVEL_DETAIL, "%s: %zu files are no sounds, such as %s",
                    job->audio, others.count - job->report->unreadable, first_other(&others));
    status = lts_alloc_checked(&list, sounds.count, sizeof *list, "the list of sounds", err);
    if (status != LTS_OK)
        goto done;
    status = name_sounds(job, &sounds, list, err);
    if (status != LTS_OK)
        goto done;
    qsort(list, sounds.count, sizeof *list, by_name);
    status = refuse_collisions(list, sounds.count, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&names->item, sounds.count, sizeof *names->item, "names", err);
    if (status != LTS_OK)
        goto done;
    status = take_shard(job, &sounds, err);
    if (status != LTS_OK)
        goto done;
    for (size_t s = 0; s < sounds.count; s++) {
        names->item[names->count++] = list[s].name;
        list[s].name = NULL;
    }
done:
    for (size_t s = 0; list && s < sounds.count; s++)
        lts_free(list[s].name);
    lts_free(list);
    lts_paths_free(&sounds);
    lts_paths_free(&others);
    return status;
}
