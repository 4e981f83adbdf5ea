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

static lts_status list_files(lts_frames *frames, lts_error *err)
{
    DIR *stream = opendir(frames->folder);
    if (!stream)
        return lts_fail(err, errno == ENOENT ? LTS_ERR_NOT_FOUND : LTS_ERR_IO,
                        "%s: %s: run lts-dataset first", frames->folder, strerror(errno));
    bool short_of_memory = false;
    size_t count = scan(frames, stream, &short_of_memory);
    lts_status status = lts_alloc_checked(&frames->file, count, sizeof *frames->file,
                                          "the list of frame files", err);
    if (status == LTS_OK) {
        frames->count = count;
        size_t kept = scan(frames, stream, &short_of_memory);
        frames->count = kept < count ? kept : count; /* files may come and go meanwhile */
        if (short_of_memory)
            status = lts_no_memory(frames->folder, err);
        else
            qsort(frames->file, frames->count, sizeof *frames->file, by_name);
    }
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

/* Opens what was listed; files without rows drop out, the others move up. */
static lts_status open_files(lts_frames *frames, const lts_feature *feature, lts_error *err)
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

/* Every row that is read maps in the pages around it, so reading a large data set would in time
 * map all of it. */
static lts_status watch_memory(lts_frames *frames, lts_error *err)
{
    uint64_t rows = 0;
    for (size_t i = 0; i < frames->count; i++)
        rows += lts_npy_rows(frames->file[i].npy);
    if (rows * frames->bins * sizeof(float) <= FRAMES_MAPPED)
        return LTS_OK;
    lts_status status = lts_alloc_checked(&frames->since_release, 1, sizeof *frames->since_release,
                                          "a data set", err);
    if (status == LTS_OK)
        atomic_init(frames->since_release, 0);
    return status;
}

static lts_status hash_set(lts_frames *frames, lts_error *err)
{
    typedef struct file_hash {
        char name[LTS_HASH_TEXT], row[LTS_HASH_TEXT];
        uint64_t rows, bins;
    } file_hash;
    file_hash *hash = NULL;
    float *row = NULL;
    lts_status status = lts_alloc_checked(&hash, frames->count, sizeof *hash, "a fingerprint", err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&row, frames->bins, sizeof *row, "a frame", err);
    for (size_t i = 0; status == LTS_OK && i < frames->count; i++) {
        const frame_file *file = &frames->file[i];
        hash[i].rows = lts_npy_rows(file->npy);
        hash[i].bins = frames->bins;
        status = lts_npy_read(file->npy, (size_t)hash[i].rows / 2, 1, row, err);
        if (status != LTS_OK)
            break;
        lts_hash_bytes(file->name, strlen(file->name), hash[i].name);
        lts_hash_bytes(row, frames->bins * sizeof *row, hash[i].row);
    }
    if (status == LTS_OK)
        lts_hash_bytes(hash, frames->count * sizeof *hash, frames->fingerprint);
    lts_free(row);
    lts_free(hash);
    return status;
}

lts_status lts_frames_open(const char *folder, const lts_feature *feature, lts_frames **out,
                           lts_error *err)
{
    lts_frames *frames;
    *out = NULL;
    lts_status status = lts_alloc_checked(&frames, 1, sizeof *frames, "a data set", err);
    if (status != LTS_OK)
        return status;
    frames->bins = lts_feature_floats(feature);
    frames->magnitudes = lts_feature_is_magnitude(feature);
    frames->folder = lts_strdup(folder);
    status = frames->folder ? list_files(frames, err) : lts_no_memory(folder, err);
    if (status == LTS_OK)
        status = open_files(frames, feature, err);
    for (int p = 0; status == LTS_OK && p < 2; p++) {
        part_index *part = &frames->part[p];
        status = lts_alloc_checked(&part->file, frames->count, sizeof *part->file,
                                   "the index of a data set", err);
        if (status == LTS_OK)
            status = lts_alloc_checked(&part->start, frames->count + 1, sizeof *part->start,
                                       "the index of a data set", err);
    }
    if (status == LTS_OK)
        status = hash_set(frames, err);
    if (status == LTS_OK)
        status = watch_memory(frames, err);
    if (status != LTS_OK) {
        lts_frames_close(frames);
        return status;
    }
    frames_index_parts(frames);
    *out = frames;
    return LTS_OK;
}

void lts_frames_close(lts_frames *frames)
{
    if (!frames)
        return;
    for (size_t i = 0; frames->file && i < frames->count; i++) {
        lts_npy_close(frames->file[i].npy);
        lts_free(frames->file[i].name);
    }
    for (int p = 0; p < 2; p++) {
        lts_free(frames->part[p].file);
        lts_free(frames->part[p].start);
    }
    lts_free(frames->since_release);
    lts_free(frames->file);
    lts_free(frames->folder);
    lts_free(frames);
}

size_t lts_frames_bins(const lts_frames *frames)
{
    return frames->bins;
}

lts_status lts_frames_check(const lts_frames *frames, lts_error *err)
{
    lts_status status = LTS_OK;
    for (size_t i = 0; status == LTS_OK && i < frames->count; i++)
        status = lts_npy_check(frames->file[i].npy, err);
    return status;
}

const char *lts_frames_fingerprint(const lts_frames *frames)
{
    return frames->fingerprint;
}

size_t lts_frames_files(const lts_frames *frames)
{
    return frames->count;
}

const char *lts_frames_name(const lts_frames *frames, size_t file)
{
    return frames->file[file].name;
}

size_t lts_frames_rows(const lts_frames *frames, size_t file)
{
    return lts_npy_rows(frames->file[file].npy);
}

bool lts_frames_held_out(const lts_frames *frames, size_t file)
{
    return frames->file[file].held_out;
}

uint64_t lts_frames_count(const lts_frames *frames, lts_frames_part part)
{
    return frames->part[part].start[frames->part[part].count];
}
