#include "lts/audio.h"
#include "pipeline/search/search_set.h"

static lts_status divide(lts_search *s, lts_error *err)
{
    static const char what[] = "a search";
    const size_t sounds = lts_frames_files(s->frames);
    lts_status status = lts_alloc_checked(&s->begin, sounds + 1, sizeof *s->begin, what, err);
    if (status != LTS_OK)
        return status;
    for (size_t f = 0; f < sounds; f++) {
        const size_t rows = lts_frames_rows(s->frames, f);
        s->begin[f + 1] = s->begin[f] + rows;
        s->stretches += (rows + SEARCH_STRETCH - 1) / SEARCH_STRETCH;
    }
    status = lts_alloc_checked(&s->start, s->stretches + 1, sizeof *s->start, what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&s->file, s->stretches, sizeof *s->file, what, err);
    if (status != LTS_OK)
        return status;
    for (size_t f = 0, g = 0; f < sounds; f++)
        for (size_t at = s->begin[f]; at < s->begin[f + 1]; at += SEARCH_STRETCH, g++) {
            s->start[g] = at;
            s->file[g] = f;
        }
    s->start[s->stretches] = s->begin[sounds];
    return LTS_OK;
}

lts_status lts_search_open(const char *run, const char *dataset, unsigned threads,
                           const lts_reporter *reporter, lts_search **out, lts_error *err)
{
    lts_search *s = NULL;
    char *arrays = NULL;
    *out = NULL;
    lts_status status = lts_alloc_checked(&s, 1, sizeof *s, "a search", err);
    if (status != LTS_OK)
        return status;
    status = lts_run_model(run, &s->model, err);
    if (status != LTS_OK)
        goto done;
    status = lts_model_check_latent(s->model, err);
    if (status != LTS_OK)
        goto done;
    status = lts_model_feature(s->model, &s->feature, err);
    if (status != LTS_OK)
        goto done;
    status = lts_run_dataset(run, dataset, &arrays, &s->sounds, err);
    if (status != LTS_OK)
        goto done;
    status = lts_frames_open(arrays, s->feature, &s->frames, err);
    if (status != LTS_OK)
        goto done;
    status = divide(s, err);
    if (status != LTS_OK)
        goto done;
    status = latent_index_open(run, s->model, arrays, s->frames, threads, reporter, &s->index, err);
    if (status != LTS_OK)
        goto done;
    *out = s;
    s = NULL;
done:
    lts_free(arrays);
    lts_search_close(s);
    return status;
}

void lts_search_close(lts_search *search)
{
    if (!search)
        return;
    latent_index_close(&search->index);
    lts_frames_close(search->frames);
    lts_model_destroy(search->model);
    lts_free(search->sounds);
    lts_free(search->start);
    lts_free(search->file);
    lts_free(search->begin);
    lts_free(search);
}

size_t lts_search_sounds(const lts_search *search)
{
    return lts_frames_files(search->frames);
}

uint64_t lts_search_points(const lts_search *search)
{
    return search->start[search->stretches];
}

bool lts_search_is_notes(const lts_search *search)
{
    return lts_frames_labels(search->frames) != NULL;
}

const char *lts_search_folder(const lts_search *search)
{
    return search->sounds;
}

lts_status lts_search_file(const lts_search *search, const lts_paths *sounds, size_t sound,
                           char **path, lts_error *err)
{
    const char *name = lts_frames_name(search->frames, sound);
    const char *found = lts_sound_match(sounds, search->sounds, name);
    *path = NULL;
    if (!found)
        return lts_fail(err, LTS_ERR_NOT_FOUND,
                        "%s: no sound of this name in %s: nothing to hear of it", name,
                        search->sounds);
    *path = lts_strdup(found);
    return *path ? LTS_OK : lts_no_memory(found, err);
}
