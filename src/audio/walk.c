#include "audio/extensions.h"

#include "lts/audio.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Folders met, by what they are and not by name: each is walked once, however many links lead to
 * it, and a link to a folder above ends there. */
typedef struct folder_set {
    struct folder_id {
        dev_t device;
        ino_t number;
    } * item;
    size_t count, capacity;
} folder_set;

typedef struct walk {
    lts_paths *found, *others;
    size_t found_capacity, others_capacity;
    folder_set met;
    extension_list extensions;
    lts_error *err;
} walk;

/* Room for one more element behind `count`, in an array that doubles. */
static lts_status reserve(void *array_pointer, size_t count, size_t *capacity, size_t size,
                          lts_error *err)
{
    void *old, *larger = NULL;
    if (count < *capacity)
        return LTS_OK;
    size_t wanted = *capacity ? 2 * *capacity : 64;
    lts_status status = lts_alloc_checked(&larger, wanted, size, "a list of files", err);
    if (status != LTS_OK)
        return status;
    memcpy(&old, array_pointer, sizeof old);
    if (old)
        memcpy(larger, old, count * size);
    lts_free(old);
    memcpy(array_pointer, &larger, sizeof larger);
    *capacity = wanted;
    return LTS_OK;
}

/* Takes over `path` on success. */
static lts_status append(lts_paths *paths, size_t *capacity, char *path, lts_error *err)
{
    lts_status status = reserve(&paths->item, paths->count, capacity, sizeof *paths->item, err);
    if (status != LTS_OK)
        return status;
    paths->item[paths->count++] = path;
    return LTS_OK;
}

static lts_status remember(walk *w, const struct stat *info, bool *is_new)
{
    folder_set *met = &w->met;
    for (size_t i = 0; i < met->count; i++)
        if (met->item[i].device == info->st_dev && met->item[i].number == info->st_ino) {
            *is_new = false;
            return LTS_OK;
        }
    *is_new = true;
    lts_status status = reserve(&met->item, met->count, &met->capacity, sizeof *met->item, w->err);
    if (status != LTS_OK)
        return status;
    met->item[met->count++] = (struct folder_id){info->st_dev, info->st_ino};
    return LTS_OK;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(lts_paths *paths)
{
    if (paths->count)
        qsort(paths->item, paths->count, sizeof *paths->item, by_bytes);
}

/* The folder's entries as paths, sorted, so that the walk does not depend on the file system. */
static lts_status list_folder(const char *folder, lts_paths *entries, lts_error *err)
{
    size_t capacity = 0;
    lts_status status = LTS_OK;
    DIR *stream = opendir(folder);
    if (!stream)
        return lts_fail(err, errno == ENOENT ? LTS_ERR_NOT_FOUND : LTS_ERR_IO,
                        "%s: folder cannot be read: %s", folder, strerror(errno));
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(stream);
        if (!entry && errno)
            status =
                lts_fail(err, LTS_ERR_IO, "%s: folder cannot be read: %s", folder, strerror(errno));
        if (!entry || status != LTS_OK)
            break;
        if (entry->d_name[0] == '.')
            continue;
        char *path = lts_path_join(folder, entry->d_name);
        status = path ? append(entries, &capacity, path, err) : lts_no_memory(folder, err);
        if (status != LTS_OK) {
            lts_free(path);
            break;
        }
    }
    closedir(stream);
    sort(entries);
    return status;
}

static lts_status walk_folder(walk *w, const char *folder);

/* Takes *path over by setting it to NULL. A link that leads nowhere is listed by its extension, so
 * that whoever opens it is told. */
static lts_status visit(walk *w, char **path)
{
    struct stat info;
    bool known = stat(*path, &info) == 0, is_new;
    if (known && S_ISDIR(info.st_mode)) {
        lts_status status = remember(w, &info, &is_new);
        if (status != LTS_OK || !is_new)
            return status;
        return walk_folder(w, *path);
    }
    bool is_sound =
        (!known || S_ISREG(info.st_mode)) && extension_list_matches(&w->extensions, *path);
    lts_paths *list = is_sound ? w->found : w->others;
    if (!list)
        return LTS_OK;
    lts_status status =
        append(list, is_sound ? &w->found_capacity : &w->others_capacity, *path, w->err);
    if (status != LTS_OK)
        return status;
    *path = NULL;
    return LTS_OK;
}

static lts_status walk_folder(walk *w, const char *folder)
{
    lts_paths entries = {0};
    lts_status status = list_folder(folder, &entries, w->err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < entries.count; i++)
        if ((status = visit(w, &entries.item[i])) != LTS_OK)
            goto done;
done:
    lts_paths_free(&entries);
    return status;
}

lts_status lts_audio_walk(const char *folder, lts_paths *found, lts_paths *others, lts_error *err)
{
    walk w = {.found = found, .others = others, .err = err};
    struct stat info;
    bool is_new;
    *found = (lts_paths){0};
    if (others)
        *others = (lts_paths){0};
    extension_list_fill(&w.extensions);
    if (stat(folder, &info) == 0 && !S_ISDIR(info.st_mode))
        return lts_fail(err, LTS_ERR_IO, "%s: is a file, expected a folder", folder);
    if (stat(folder, &info) != 0)
        return lts_fail(err, errno == ENOENT ? LTS_ERR_NOT_FOUND : LTS_ERR_IO, "%s: %s", folder,
                        strerror(errno));
    lts_status status = remember(&w, &info, &is_new);
    if (status != LTS_OK)
        goto done;
    status = walk_folder(&w, folder);
    if (status != LTS_OK)
        goto done;
    sort(found);
    if (others)
        sort(others);
done:
    lts_free(w.met.item);
    if (status != LTS_OK) {
        lts_paths_free(found);
        lts_paths_free(others);
    }
    return status;
}

void lts_paths_free(lts_paths *paths)
{
    if (!paths)
        return;
    for (size_t i = 0; i < paths->count; i++)
        lts_free(paths->item[i]);
    lts_free(paths->item);
    *paths = (lts_paths){0};
}
