#include "pipeline/match/matcher.h"

#include <string.h>

/* A sound to match and what its files are to be called, in the folder and without their endings. */
typedef struct item {
    lts_source source;
    char *name;
} item;

typedef struct items {
    item *item;
    size_t count;
} items;

static void free_items(items *all)
{
    for (size_t i = 0; i < all->count; i++) {
        lts_free(all->item[i].source.path);
        lts_free(all->item[i].name);
    }
    lts_free(all->item);
    *all = (items){0};
}

/* The path without its last extension, a new string. */
static char *without_ending(const char *path)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    const bool ends = dot && dot > (slash ? slash + 1 : path);
    return lts_format("%.*s", (int)(ends ? (size_t)(dot - path) : strlen(path)), path);
}

/* Makes room for `more` items. */
static lts_status grow(items *all, size_t more, lts_error *err)
{
    item *longer;
    lts_status status =
        lts_alloc_checked(&longer, all->count + more, sizeof *longer, "the sounds to match", err);
    if (status != LTS_OK)
        return status;
    if (all->count > 0)
        memcpy(longer, all->item, all->count * sizeof *longer);
    lts_free(all->item);
    all->item = longer;
    return LTS_OK;
}

static lts_status add_folder(const char *folder, items *all, lts_error *err)
{
    lts_paths sounds = {0};
    const size_t length = strlen(folder);
    lts_status status = lts_audio_walk(folder, &sounds, NULL, err);
    if (status != LTS_OK)
        goto done;
    if (sounds.count == 0) {
        status = lts_fail(err, LTS_ERR_NOT_FOUND, "%s: no sound files in it", folder);
        goto done;
    }
    if ((status = grow(all, sounds.count, err)) != LTS_OK)
        goto done;
    for (size_t i = 0; i < sounds.count; i++) {
        const char *inside = sounds.item[i] + length;
        item *next = &all->item[all->count++];
        *next = (item){.source = {.path = lts_strdup(sounds.item[i])},
                       .name = without_ending(inside + strspn(inside, "/"))};
        if (!next->source.path || !next->name) {
            status = lts_no_memory(folder, err);
            goto done;
        }
    }
done:
    lts_paths_free(&sounds);
    return status;
}

static lts_status add(const char *text, items *all, lts_error *err)
{
    if (lts_is_folder(text))
        return add_folder(text, all, err);
    lts_status status = grow(all, 1, err);
    if (status != LTS_OK)
        return status;
    item *next = &all->item[all->count];
    *next = (item){0};
    status = lts_source_parse(text, &next->source, err);
    if (status != LTS_OK)
        return status;
    all->count++;
    next->name = lts_path_stem(next->source.path);
    return next->name ? LTS_OK : lts_no_memory(text, err);
}

/* None of the sounds may be overwritten by the match of another one. */
static lts_status check_sources(const items *all, const char *wav, lts_error *err)
{
    lts_status status = LTS_OK;
    for (size_t i = 0; lts_is_file(wav) && i < all->count; i++)
        if ((status = lts_check_distinct(wav, all->item[i].source.path, err)) != LTS_OK)
            return status;
    return status;
}

/* Two sounds of one name would overwrite each other's match. */
static lts_status check_names(const items *all, const char *folder, lts_error *err)
{
    for (size_t i = 0; i < all->count; i++) {
        const item *of = &all->item[i];
        for (size_t j = 0; j < i; j++)
            if (strcmp(of->name, all->item[j].name) == 0)
                return lts_fail(err, LTS_ERR_ARGUMENT,
                                "%s/%s.wav: of both %s and %s: match them one by one", folder,
                                of->name, all->item[j].source.path, of->source.path);
        char *wav = lts_format("%s/%s.wav", folder, of->name);
        const lts_status status = wav ? check_sources(all, wav, err) : lts_no_memory(folder, err);
        lts_free(wav);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

static lts_status match_item(lts_matcher *m, const item *of, const lts_match_set *set,
                             const lts_match_options *options, const lts_reporter *reporter,
                             lts_error *err)
{
    lts_status status = LTS_OK;
    char *wav = NULL, *patch = NULL;
    if (set->folder) {
        wav = lts_format("%s/%s.wav", set->folder, of->name);
        patch = lts_format("%s/%s.ini", set->folder, of->name);
        status = wav && patch ? LTS_OK : lts_no_memory(of->name, err);
        if (status != LTS_OK)
            goto done;
        *strrchr(wav, '/') = '\0';
        status = lts_make_folder(wav, err);
        wav[strlen(wav)] = '/';
        if (status != LTS_OK)
            goto done;
    }
    const lts_match_output output = {
        .wav_path = wav, .patch_path = patch, .bits = set->bits, .top = set->top};
    status = lts_match_file(m, &of->source, options, &output, reporter, err);
done:
    lts_free(wav);
    lts_free(patch);
    return status;
}

lts_status lts_match_several(lts_matcher *m, const lts_match_set *set,
                             const lts_match_options *options, size_t *failed,
                             const lts_reporter *reporter, lts_error *err)
{
    items all = {0};
    size_t i = 0;
    lts_status status = LTS_OK;
    *failed = 0;
    for (size_t t = 0; t < set->count; t++)
        if ((status = add(set->texts[t], &all, err)) != LTS_OK)
            goto done;
    if (set->folder && (status = check_names(&all, set->folder, err)) != LTS_OK)
        goto done;
    for (; i < all.count && !lts_cancelled(reporter); i++) {
        lts_error reason = {0};
        lts_status one = match_item(m, &all.item[i], set, options, reporter, &reason);
        lts_progress(reporter, "sounds", (double)(i + 1), (double)all.count, 0);
        if (one == LTS_OK)
            continue;
        const lts_field fields[] = {{"file", all.item[i].source.path, 0},
                                    {"reason", reason.text, 0}};
        lts_message(reporter, LTS_LEVEL_WARNING, "%s", reason.text);
        lts_record(reporter, "failed", fields, 2);
        ++*failed;
    }
    if (i < all.count)
        status = lts_fail(err, LTS_ERR_CANCELLED,
                          "interrupted: %zu of %zu sounds are matched, what is there is whole", i,
                          all.count);
done:
    free_items(&all);
    return status;
}
