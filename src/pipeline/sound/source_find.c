#include "lts/source.h"

#include "pipeline/config/config_table.h"

#include <string.h>
#include <unistd.h>

/* How well a file of a data set answers to a name: by its path below the audio folder; by its whole
 * name; by its stem, of "b.c.wav" when "b.c" was asked for; or by its stem alone, "b", which
 * "b.aiff" has as well. */
enum { NO_MATCH, SAME_STEM, STEM_IS_NAME, SAME_NAME, SAME_PATH };

static int match(const char *file, const char *below, const char *name)
{
    char *has = lts_path_name(file), *stem = lts_path_stem(file), *wanted = lts_path_stem(name);
    int found = NO_MATCH;
    if (strcmp(below, name) == 0)
        found = SAME_PATH;
    else if (has && strcmp(has, name) == 0)
        found = SAME_NAME;
    else if (stem && strcmp(stem, name) == 0)
        found = STEM_IS_NAME;
    else if (stem && wanted && !strchr(name, '/') && strcmp(stem, wanted) == 0)
        found = SAME_STEM;
    lts_free(has);
    lts_free(stem);
    lts_free(wanted);
    return found;
}

/* The file's path from the folder on. */
static const char *below(const char *folder, const char *file)
{
    const size_t length = strlen(folder);
    if (strncmp(file, folder, length) != 0)
        return file;
    file += length;
    return file + strspn(file, "/");
}

/* The best match, at least as good as `least`, or NULL. */
static const char *search(const lts_paths *sounds, const char *folder, const char *name, int least)
{
    const char *best = NULL;
    int matched = least - 1;
    for (size_t i = 0; i < sounds->count && matched < SAME_PATH; i++) {
        const int now = match(sounds->item[i], below(folder, sounds->item[i]), name);
        if (now > matched) {
            best = sounds->item[i];
            matched = now;
        }
    }
    return best;
}

const char *lts_sound_match(const lts_paths *sounds, const char *folder, const char *name)
{
    return search(sounds, folder, name, SAME_STEM);
}

const char *lts_sound_nearest(const lts_paths *sounds, const char *name)
{
    const size_t count = sounds->count;
    char *wanted = lts_path_stem(name), **stems = lts_alloc(count, sizeof *stems);
    const char **words = lts_alloc(2 * count, sizeof *words), *found = NULL;
    if (!wanted || !stems || !words)
        goto done;
    for (size_t i = 0; i < count; i++) {
        const char *slash = strrchr(sounds->item[i], '/');
        stems[i] = lts_path_stem(sounds->item[i]);
        words[i] = slash ? slash + 1 : sounds->item[i];
        words[count + i] = stems[i] ? stems[i] : "";
    }
    size_t nearest = lts_nearest(name, words, 2 * count);
    if (nearest == 2 * count) /* the extension is another one, too */
        nearest = count + lts_nearest(wanted, words + count, count);
    if (nearest < 2 * count)
        found = sounds->item[nearest % count];
done:
    for (size_t i = 0; stems && i < count; i++)
        lts_free(stems[i]);
    lts_free(words);
    lts_free(stems);
    lts_free(wanted);
    return found;
}

static lts_status not_found(const lts_paths *sounds, const char *folder, const char *name,
                            lts_error *err)
{
    const char *file = lts_sound_nearest(sounds, name);
    char *near = file ? lts_path_stem(file) : NULL;
    lts_fail(err, LTS_ERR_NOT_FOUND,
             near ? "%s: neither a file nor a sound in %s: did you mean %s?"
                  : "%s: neither a file nor one of the sounds in %s: name one that is",
             name, folder, near);
    lts_free(near);
    return LTS_ERR_NOT_FOUND;
}

lts_status lts_source_find(const char *text, const char *folder, lts_source *source, lts_error *err)
{
    lts_paths sounds = {0};
    const char *found;
    lts_status status = lts_source_parse(text, source, err);
    if (status != LTS_OK || !folder || !lts_is_folder(folder))
        return status;
    const bool there = access(source->path, F_OK) == 0 && !lts_is_folder(source->path);
    if (there || strcmp(source->path, "-") == 0)
        return LTS_OK;
    status = lts_audio_walk(folder, &sounds, NULL, err);
    if (status != LTS_OK)
        goto done;
    /* A name with an @ in it goes before a time. */
    if ((found = search(&sounds, folder, text, STEM_IS_NAME)))
        source->offset = 0;
    else
        found = search(&sounds, folder, source->path, SAME_STEM);
    if (!found) {
        status = not_found(&sounds, folder, source->path, err);
        goto done;
    }
    lts_free(source->path);
    source->path = lts_strdup(found);
    if (!source->path)
        status = lts_no_memory(text, err);
done:
    lts_paths_free(&sounds);
    if (status != LTS_OK) {
        lts_free(source->path);
        source->path = NULL;
    }
    return status;
}

char *lts_run_audio(const char *run, const char *dataset, const lts_config *config)
{
    const char *data = dataset ? dataset : config->dataset.datapath;
    char *audio = lts_path_join(data, "audio");
    if (dataset || !audio || (data[0] && lts_is_folder(audio)))
        return audio;
    char *around = lts_path_join(run, lts_is_file(run) ? "../../../../audio" : "../../audio");
    if (!around || !lts_is_folder(around)) {
        lts_free(around);
        return audio;
    }
    lts_free(audio);
    return around;
}

lts_status lts_run_dataset(const char *run, const char *dataset, char **arrays, char **sounds,
                           lts_error *err)
{
    lts_config config = {0};
    *arrays = *sounds = NULL;
    lts_status status = lts_run_config(run, &config, err);
    if (status != LTS_OK)
        return status;
    *sounds = lts_run_audio(run, dataset, &config);
    if (*sounds && dataset)
        *arrays = lts_path_join(dataset, config.dataset.cqt_dataset);
    else if (*sounds) /* beside them */
        *arrays = lts_format("%.*s%s", (int)(strlen(*sounds) - strlen("audio")), *sounds,
                             config.dataset.cqt_dataset);
    if (!*arrays) {
        status = lts_no_memory(run, err);
        goto done;
    }
    if (!dataset && !config.dataset.datapath[0] && !lts_is_folder(*arrays)) {
        status = lts_fail(err, LTS_ERR_ARGUMENT,
                          "%s: does not say what it was trained on: give --dataset", run);
        goto done;
    }
    if (!dataset || lts_is_folder(*arrays))
        goto done;
    lts_free(*arrays);
    lts_free(*sounds);
    *arrays = lts_strdup(dataset);
    *sounds = lts_path_join(dataset, "../audio");
    if (!*arrays || !*sounds)
        status = lts_no_memory(run, err);
done:
    if (status != LTS_OK) {
        lts_free(*arrays);
        lts_free(*sounds);
        *arrays = *sounds = NULL;
    }
    lts_config_free(&config);
    return status;
}
