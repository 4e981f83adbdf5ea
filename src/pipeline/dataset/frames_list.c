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
    return strcmp(((const frame_file *)a)->name, ((const frame_file *)b)->name);
}

/* Counts the folder's .npy files, and keeps their names when `frames` has room for them. */
static size_t scan(lts_frames *frames, DIR *stream, bool *short_of_memory)
{
    size_t room = frames->count, found = 0;
    rewinddir(stream);
    for (struct dirent *entry; (entry = readdir(stream));) {
        if (!is_frame_file(entry->d_name))
            continue;
        if (frames->file && found < room) {
            size_t stem = strlen(entry->d_name) - 4;
            frames->file[found].name = lts_format("%.*s", (int)stem, entry->d_name);
            *short_of_memory = *short_of_memory || !frames->file[found].name;
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
    lts_status status = lts_alloc_checked(&frames->file, count, sizeof *frames->file,
                                          "the list of frame files", err);
    if (status != LTS_OK)
        goto done;
    frames->count = count;
    size_t kept = scan(frames, stream, &short_of_memory);
    frames->count = kept < count ? kept : count; /* files may come and go meanwhile */
    if (short_of_memory)
        status = lts_no_memory(frames->folder, err);
    else
        qsort(frames->file, frames->count, sizeof *frames->file, by_name);
done:
    closedir(stream);
    return status;
}

static lts_status open_file(lts_frames *frames, frame_file *file, const lts_feature *feature,
                            lts_error *err)
{
    char shape[LTS_FEATURE_SHAPE_TEXT];
    char *path = lts_format("%s/%s.npy", frames->folder, file->name);
    if (!path)
        return lts_no_memory(frames->folder, err);
    lts_status status = lts_npy_open(path, &file->npy, err);
    lts_feature_shape_text(feature, shape);
    if (status == LTS_OK && lts_npy_columns(file->npy) != frames->bins)
        status = lts_fail(err, LTS_ERR_SHAPE,
                          "%s: %zu bins, expected %zu (%s): re-run lts-dataset or "
                          "correct [audio]",
                          path, lts_npy_columns(file->npy), frames->bins, shape);
    lts_free(path);
    return status;
}

lts_status frames_open_files(lts_frames *frames, const lts_feature *feature, lts_error *err)
{
    size_t kept = 0;
    for (size_t i = 0; i < frames->count; i++) {
        frame_file *file = &frames->file[i];
        lts_status status = open_file(frames, file, feature, err);
        if (status != LTS_OK)
            return status;
        frame_file current = *file;
        memset(file, 0, sizeof *file);
        if (lts_npy_rows(current.npy) > 0) {
            frames->file[kept++] = current;
        } else {
            lts_npy_close(current.npy);
            lts_free(current.name);
        }
    }
    frames->count = kept;
    if (kept == 0)
        return lts_fail(err, LTS_ERR_NOT_FOUND,
                        "%s: no frames (*.npy) there: run lts-dataset first", frames->folder);
    return LTS_OK;
}
