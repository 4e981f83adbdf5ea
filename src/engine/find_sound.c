#include "engine/server.h"

#include <string.h>

/* How well a file of the data set answers to a name: by its whole name; by its stem, of "b.c.wav"
 * when "b.c" was sent; or by its stem alone, "b", which "b.aiff" has as well. */
enum { NO_MATCH, SAME_STEM, STEM_IS_NAME, SAME_NAME };

static int match(const char *file, const char *name)
{
    char *has = lts_path_name(file), *stem = lts_path_stem(file), *wanted = lts_path_stem(name);
    int found = NO_MATCH;
    if (has && strcmp(has, name) == 0)
        found = SAME_NAME;
    else if (stem && strcmp(stem, name) == 0)
        found = STEM_IS_NAME;
    else if (stem && wanted && strcmp(stem, wanted) == 0)
        found = SAME_STEM;
    lts_free(has);
    lts_free(stem);
    lts_free(wanted);
    return found;
}

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

/* The best match, or NULL. */
static char *search(const lts_paths *sounds, const char *name)
{
    char *best = NULL;
    int matched = NO_MATCH;
    for (size_t i = 0; i < sounds->count && matched < SAME_NAME; i++) {
        int now = match(sounds->item[i], name);
        if (now > matched) {
            lts_free(best);
            best = lts_strdup(sounds->item[i]);
            matched = now;
        }
    }
    return best;
}

/* The file whose name `name` was most likely meant to be, with its extension or without; NULL when
 * none is near. A link out of the root is nobody's to know of. */
static const char *guess(const lts_server *s, const lts_paths *sounds, const char *name)
{
    const size_t count = sounds->count;
    lts_audio_info info;
    char *wanted = lts_path_stem(name), **stems = lts_alloc(count, sizeof *stems);
    const char **words = lts_alloc(2 * count, sizeof *words), *found = NULL;
    if (!wanted || !stems || !words)
        goto done;
    for (size_t i = 0; i < count; i++) {
        stems[i] = lts_path_stem(sounds->item[i]);
        words[i] = path_last(sounds->item[i]);
        words[count + i] = stems[i] ? stems[i] : "";
    }
    size_t nearest = lts_nearest(name, words, 2 * count);
    if (nearest == 2 * count) /* the extension is another one, too */
        nearest = count + lts_nearest(wanted, words + count, count);
    if (nearest < 2 * count && probe_sound(s, sounds->item[nearest % count], &info, NULL) == LTS_OK)
        found = path_last(sounds->item[nearest % count]);
done:
    for (size_t i = 0; stems && i < count; i++)
        lts_free(stems[i]);
    lts_free(words);
    lts_free(stems);
    lts_free(wanted);
    return found;
}

lts_status probe_sound(const lts_server *s, const char *path, lts_audio_info *info, lts_error *err)
{
    char *real;
    lts_status status = path_below(&s->rules, path, "", &real, err);
    if (status == LTS_OK)
        status = lts_audio_probe(real, info, err);
    lts_free(real);
    return status;
}

lts_status find_sound(const lts_server *s, const char *sent, char **path, lts_error *err)
{
    const char *name = path_last(sent);
    lts_audio_info info;
    lts_status status = LTS_OK;
    *path = NULL;
    if (!sent[0])
        return lts_fail(err, LTS_ERR_ARGUMENT, "empty path: name a sound file");
    if (!name[0])
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: names no file", sent);
    lts_paths sounds = list_sounds(s);
    *path = search(&sounds, name);
    const bool listed = *path != NULL;
    if (!listed)
        status = path_resolve(&s->rules, sent, path, err);
    if (status == LTS_OK)
        status = probe_sound(s, *path, &info, err);
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
