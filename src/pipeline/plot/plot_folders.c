#include "pipeline/plot/plot_figure.h"

#include "lts/audio.h"

#include <stdlib.h>
#include <string.h>

typedef struct sound {
    char *stem;
    const char *path;
} sound;

static int by_stem(const void *a, const void *b)
{
    return strcmp(((const sound *)a)->stem, ((const sound *)b)->stem);
}

/* "drums/kick" of "DATASET/audio/drums/kick/1.wav" in "DATASET/audio"; "" of a sound right in it.
 */
static char *folder_in(const char *path, const char *root)
{
    const char *below = path + strlen(root);
    below += strspn(below, "/");
    const char *slash = strrchr(below, '/');
    return lts_format("%.*s", slash ? (int)(slash - below) : 0, below);
}

lts_status plot_folders_find(const char *root, const char *const *name, size_t count, char **folder,
                             lts_error *err)
{
    lts_paths paths = {0};
    sound *sounds = NULL;
    bool has_memory = true;
    lts_status status = lts_audio_walk(root, &paths, NULL, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&sounds, paths.count, sizeof *sounds, "the sounds", err);
    if (status != LTS_OK)
        goto done;
    for (size_t s = 0; s < paths.count; s++) {
        sounds[s] = (sound){lts_path_stem(paths.item[s]), paths.item[s]};
        has_memory = has_memory && sounds[s].stem;
    }
    if (has_memory)
        qsort(sounds, paths.count, sizeof *sounds, by_stem);
    for (size_t f = 0; has_memory && f < count; f++) {
        const sound wanted = {.stem = (char *)name[f]};
        const sound *found = bsearch(&wanted, sounds, paths.count, sizeof *sounds, by_stem);
        folder[f] = found ? folder_in(found->path, root) : lts_strdup("");
        has_memory = folder[f] != NULL;
    }
    if (!has_memory)
        status = lts_no_memory(root, err);
done:
    for (size_t s = 0; sounds && s < paths.count; s++)
        lts_free(sounds[s].stem);
    lts_free(sounds);
    lts_paths_free(&paths);
    return status;
}
