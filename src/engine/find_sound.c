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

/* The best match below DATASET/audio, or NULL. */
static char *search(const lts_server *s, const char *name)
{
    char *audio, *best = NULL;
    lts_paths sounds = {0};
    int matched = NO_MATCH;
    if (path_below(&s->rules, s->state.dataset, "audio", &audio, NULL) == LTS_OK &&
        lts_audio_walk(audio, &sounds, NULL, NULL) == LTS_OK)
        for (size_t i = 0; i < sounds.count && matched < SAME_NAME; i++) {
            int now = match(sounds.item[i], name);
            if (now > matched) {
                lts_free(best);
                best = lts_strdup(sounds.item[i]);
                matched = now;
            }
        }
    lts_paths_free(&sounds);
    lts_free(audio);
    return best;
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
    if (!name[0])
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: names no file", sent);
    if (s->state.dataset)
        *path = search(s, name);
    if (!*path)
        status = path_resolve(&s->rules, sent, path, err);
    if (status == LTS_OK)
        status = probe_sound(s, *path, &info, err);
    if (status != LTS_OK) {
        lts_free(*path);
        *path = NULL;
    }
    return status;
}
