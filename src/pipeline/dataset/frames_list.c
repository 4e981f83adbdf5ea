/* The files of a data set: found by their names, sorted and opened. */
#include "pipeline/dataset/frames_index.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_frame_file(const char *name)
{
    size_t length = strlen(name);
    return name[0] != '.' && length > 4 && strcmp(name + length - 4, ".npy") == 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Counts the folder's .npy files, and keeps their names when `frames` has room for them. */
static size_t scan(lts_frames *frames, DIR *stream, bool *short_of_memory)
{
    size_t room = frames->arrays, found = 0;
    rewinddir(stream);
    for (struct dirent *entry; (entry = readdir(stream));) {
        if (!is_frame_file(entry->d_name))
            continue;
        if (frames->name && found < room) {
            size_t stem = strlen(entry->d_name) - 4;
            frames->name[found] = lts_format("%.*s", (int)stem, entry->d_name);
            *short_of_memory = *short_of_memory || !frames->name[found];
        }
        found++;
    }
    return found;
}

lts_status frames_list(lts_frames *frames, lts_error *err)
{
    DIR *stream = opendir(frames->folder);
    if (!stream)
        return lts_fail(err, errno == ENOENT ? LTS_ERR_NOT_FOUND : LTS_ERR_IO,
                        "%s: %s: run lts-dataset first", frames->folder, strerror(errno));
    bool short_of_memory = false;
    size_t count = scan(frames, stream, &short_of_memory);
    lts_status status = lts_alloc_checked(&frames->name, count, sizeof *frames->name,
                                          "the list of frame files", err);
    if (status != LTS_OK)
        goto done;
    frames->arrays = count;
    size_t kept = scan(frames, stream, &short_of_memory);
    frames->arrays = kept < count ? kept : count; /* files may come and go meanwhile */
    if (short_of_memory)
        status = lts_no_memory(frames->folder, err);
    else
        qsort(frames->name, frames->arrays, sizeof *frames->name, by_name);
done:
    closedir(stream);
    return status;
}

static lts_status open_array(lts_frames *frames, size_t index, const lts_feature *feature,
                             lts_error *err)
{
    char shape[LTS_FEATURE_SHAPE_TEXT];
    lts_npy **npy = &frames->array[index];
    char *path = lts_format("%s/%s.npy", frames->folder, frames->name[index]);
    if (!path)
        return lts_no_memory(frames->folder, err);
    lts_status status = lts_npy_open(path, npy, err);
    lts_feature_shape_text(feature, shape);
    if (status != LTS_OK)
        goto done;
    if (lts_npy_columns(*npy) != frames->bins)
        status = lts_fail(err, LTS_ERR_SHAPE,
                          "%s: %zu bins, expected %zu (%s): re-run lts-dataset or "
                          "correct [audio]",
                          path, lts_npy_columns(*npy), frames->bins, shape);
done:
    lts_free(path);
    return status;
}

lts_status frames_open_files(lts_frames *frames, const lts_feature *feature, lts_error *err)
{
    static const char what[] = "the list of frame files";
    lts_status status =
        lts_alloc_checked(&frames->array, frames->arrays, sizeof *frames->array, what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&frames->file, frames->arrays, sizeof *frames->file, what, err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < frames->arrays; i++) {
        if ((status = open_array(frames, i, feature, err)) != LTS_OK)
            return status;
        const size_t rows = lts_npy_rows(frames->array[i]);
        if (rows > 0)
            frames->file[frames->count++] =
                (frame_file){.name = frames->name[i], .npy = frames->array[i], .rows = rows};
    }
    if (frames->count == 0)
        return lts_fail(err, LTS_ERR_NOT_FOUND,
                        "%s: no frames (*.npy) there: run lts-dataset first", frames->folder);
    return LTS_OK;
}
