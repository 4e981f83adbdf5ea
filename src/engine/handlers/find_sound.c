#include "engine/handlers/handlers.h"

/* What lies below DATASET/audio; nothing when that cannot be read. */
static lts_paths list_sounds(const lts_server *s)
{
    char *audio = NULL;
    lts_paths sounds = {0};
    if (s->state.dataset &&
        path_below(&s->rules, s->state.dataset, "audio", &audio, NULL) == LTS_OK)
        lts_audio_walk(audio, &sounds, NULL, NULL);
    lts_free(audio);
    return sounds;
}

/* The file whose name `name` was most likely meant to be; NULL when none is near. A link out of the
 * root is nobody's to know of. */
static const char *guess(const lts_server *s, const lts_paths *sounds, const char *name)
{
    lts_audio_info info;
    const char *near = lts_sound_nearest(sounds, name);
    return near && probe_sound(s, near, &info, NULL) == LTS_OK ? path_last(near) : NULL;
}

lts_status probe_sound(const lts_server *s, const char *path, lts_audio_info *info, lts_error *err)
{
    char *real;
    lts_status status = path_below(&s->rules, path, "", &real, err);
    if (status != LTS_OK)
        goto done;
    status = lts_audio_probe(real, info, err);
done:
    lts_free(real);
    return status;
}

/* The file of a sound that the data set lists, or else the one that was sent, to be read. */
static lts_status locate(const lts_server *s, const char *listed, const char *sent, char **path,
                         lts_error *err)
{
    lts_audio_info info;
    lts_status status = LTS_OK;
    if (!listed)
        status = path_resolve(&s->rules, sent, path, err);
    else if (!(*path = lts_strdup(listed)))
        status = lts_no_memory(path_last(sent), err);
    if (status != LTS_OK)
        return status;
    return probe_sound(s, *path, &info, err);
}

lts_status find_sound(const lts_server *s, const char *sent, char **path, lts_error *err)
{
    const char *name = path_last(sent);
    *path = NULL;
    if (!sent[0])
        return lts_fail(err, LTS_ERR_ARGUMENT, "empty path: name a sound file");
    if (!name[0])
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: names no file", sent);
    lts_paths sounds = list_sounds(s);
    const char *listed = lts_sound_match(&sounds, "", name);
    lts_status status = locate(s, listed, sent, path, err);
    /* Nothing is there under the path either: the name is what was wrong. */
    if (!listed && s->state.dataset &&
        (status == LTS_ERR_NOT_FOUND || status == LTS_ERR_ARGUMENT)) {
        const char *meant = guess(s, &sounds, name);
        if (meant)
            status = lts_fail(err, LTS_ERR_NOT_FOUND, "%s: not in the data set: did you mean %s?",
                              name, meant);
        else if (status == LTS_ERR_NOT_FOUND || name == sent)
            status = lts_fail(err, LTS_ERR_NOT_FOUND, "%s: not in the data set: see /dataset/list",
                              name);
    }
    lts_paths_free(&sounds);
    if (status != LTS_OK) {
        lts_free(*path);
        *path = NULL;
    }
    return status;
}
