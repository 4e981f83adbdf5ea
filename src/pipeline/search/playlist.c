#include "pipeline/search/search_set.h"
#include "pipeline/sound/sound.h"

#include <math.h>
#include <string.h>

static const double fade_seconds = 0.01, gap_seconds = 0.25;

/* The excerpts so far, one after the other. */
typedef struct playlist {
    const lts_search *search;
    lts_paths files;
    double length; /* s, of an excerpt */
    double rate;
    float *x;
    size_t n, room;
} playlist;

static lts_status grow(playlist *list, size_t more, lts_error *err)
{
    float *larger;
    if (list->n + more <= list->room)
        return LTS_OK;
    const size_t room = 2 * (list->n + more);
    lts_status status = lts_alloc_checked(&larger, room, sizeof *larger, "a playlist", err);
    if (status != LTS_OK)
        return status;
    if (list->n > 0)
        memcpy(larger, list->x, list->n * sizeof *larger);
    lts_free(list->x);
    list->x = larger;
    list->room = room;
    return LTS_OK;
}

static void fade(float *x, size_t n, double rate)
{
    const size_t wanted = (size_t)(fade_seconds * rate), length = wanted < n / 2 ? wanted : n / 2;
    for (size_t i = 0; i < length; i++) {
        const float gain = (float)(i + 1) / (float)(length + 1);
        x[i] *= gain;
        x[n - 1 - i] *= gain;
    }
}

/* The excerpt around what was found, which begins earlier where the sound ends too soon. */
static lts_status append(playlist *list, const lts_found *found, lts_error *err)
{
    char *path = NULL;
    float *x = NULL;
    size_t n = 0;
    lts_audio_info info;
    lts_status status = lts_search_file(list->search, &list->files, found->sound, &path, err);
    if (status != LTS_OK)
        goto done;
    status = lts_audio_probe(path, &info, err);
    if (status != LTS_OK)
        goto done;
    const double latest = fmax(info.seconds - list->length, 0);
    const double begin = fmin(fmax(found->time - list->length / 2, 0), latest);
    status = lts_audio_load(path, list->rate, begin, list->length, &x, &n, err);
    if (status != LTS_OK)
        goto done;
    const size_t gap = list->n > 0 ? (size_t)(gap_seconds * list->rate) : 0;
    status = grow(list, gap + n, err);
    if (status != LTS_OK)
        goto done;
    fade(x, n, list->rate);
    memset(list->x + list->n, 0, gap * sizeof *x);
    memcpy(list->x + list->n + gap, x, n * sizeof *x);
    list->n += gap + n;
done:
    lts_free(x);
    lts_free(path);
    return status;
}

static lts_status save(const playlist *list, const char *sought, const char *path,
                       const lts_reporter *reporter, lts_error *err)
{
    char *origin =
        lts_format("found near %s, model %s", sought, lts_model_hash(list->search->model));
    char *comment = origin ? lts_sound_comment(origin, NULL) : NULL;
    const lts_audio_format format = {
        .sample_rate = list->rate, .bits = LTS_AUDIO_FLOAT, .comment = comment};
    const lts_field fields[] = {{"file", path, 0}, {"seconds", NULL, (double)list->n / list->rate}};
    lts_status status =
        comment ? lts_audio_save(path, list->x, list->n, &format, err) : lts_no_memory(path, err);
    if (status != LTS_OK)
        goto done;
    lts_record(reporter, "playlist", fields, 2);
done:
    lts_free(comment);
    lts_free(origin);
    return status;
}

lts_status lts_search_playlist(const lts_search *search, const lts_search_result *result,
                               const char *sought, double length, const char *path,
                               const lts_reporter *reporter, lts_error *err)
{
    playlist list = {
        .search = search, .length = length, .rate = lts_feature_sample_rate(search->feature)};
    lts_status status = LTS_OK;
    if (!(length >= 0.05 && length <= 60))
        return lts_fail(err, LTS_ERR_ARGUMENT, "excerpts of %g s: 0.05 to 60", length);
    status = lts_audio_walk(search->sounds, &list.files, NULL, err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < result->sound_count; i++)
        if ((status = append(&list, &result->sounds[i], err)) != LTS_OK)
            goto done;
    for (size_t i = 0; i < result->frame_count; i++)
        if ((status = append(&list, &result->frames[i], err)) != LTS_OK)
            goto done;
    status = save(&list, sought, path, reporter, err);
done:
    lts_paths_free(&list.files);
    lts_free(list.x);
    return status;
}
