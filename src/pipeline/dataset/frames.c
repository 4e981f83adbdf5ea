#include "pipeline/dataset/frames_index.h"

#include <string.h>

/* Every row that is read maps in the pages around it, so reading a large data set would in time
 * map all of it. */
static lts_status watch_memory(lts_frames *frames, lts_error *err)
{
    uint64_t rows = 0;
    for (size_t i = 0; i < frames->count; i++)
        rows += frames->file[i].rows;
    if (rows * frames->bins * sizeof(float) <= FRAMES_MAPPED)
        return LTS_OK;
    lts_status status = lts_alloc_checked(&frames->since_release, 1, sizeof *frames->since_release,
                                          "a data set", err);
    if (status != LTS_OK)
        return status;
    atomic_init(frames->since_release, 0);
    return LTS_OK;
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
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&row, frames->bins, sizeof *row, "a frame", err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < frames->count; i++) {
        const frame_file *file = &frames->file[i];
        hash[i].rows = file->rows;
        hash[i].bins = frames->bins;
        status = frames_copy(frames, i, file->rows / 2, 1, row, err);
        if (status != LTS_OK)
            goto done;
        lts_hash_bytes(file->name, strlen(file->name), hash[i].name);
        lts_hash_bytes(row, frames->bins * sizeof *row, hash[i].row);
    }
    lts_hash_bytes(hash, frames->count * sizeof *hash, frames->fingerprint);
done:
    lts_free(row);
    lts_free(hash);
    return status;
}

static lts_status make_parts(lts_frames *frames, lts_error *err)
{
    static const char what[] = "the index of a data set";
    for (int p = 0; p < 2; p++) {
        part_index *part = &frames->part[p];
        lts_status status =
            lts_alloc_checked(&part->file, frames->count, sizeof *part->file, what, err);
        if (status != LTS_OK)
            return status;
        status = lts_alloc_checked(&part->start, frames->count + 1, sizeof *part->start, what, err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
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
    const bool notes = lts_feature_is_note(feature);
    status = !frames->folder ? lts_no_memory(folder, err)
             : notes         ? frames_open_notes(frames, err)
                             : frames_list(frames, err);
    if (status != LTS_OK)
        goto done;
    status = notes ? LTS_OK : frames_open_files(frames, feature, err);
    if (status != LTS_OK)
        goto done;
    status = make_parts(frames, err);
    if (status != LTS_OK)
        goto done;
    status = notes ? frames_hash_notes(frames, err) : hash_set(frames, err);
    if (status != LTS_OK)
        goto done;
    status = watch_memory(frames, err);
    if (status != LTS_OK)
        goto done;
    frames_index_parts(frames);
    *out = frames;
done:
    if (status != LTS_OK)
        lts_frames_close(frames);
    return status;
}

void lts_frames_close(lts_frames *frames)
{
    if (!frames)
        return;
    for (size_t i = 0; i < frames->arrays; i++) {
        if (frames->array)
            lts_npy_close(frames->array[i]);
        if (frames->name)
            lts_free(frames->name[i]);
    }
    lts_labels_close(frames->labels);
    lts_free(frames->array);
    lts_free(frames->name);
    for (int p = 0; p < 2; p++) {
        lts_free(frames->part[p].file);
        lts_free(frames->part[p].start);
    }
    lts_free(frames->since_release);
    lts_free(frames->file);
    lts_free(frames->folder);
    lts_free(frames);
}

const lts_labels *lts_frames_labels(const lts_frames *frames)
{
    return frames->labels;
}

size_t lts_frames_bins(const lts_frames *frames)
{
    return frames->bins;
}

lts_status lts_frames_check(const lts_frames *frames, lts_error *err)
{
    lts_status status = LTS_OK;
    for (size_t i = 0; i < frames->arrays; i++)
        if ((status = lts_npy_check(frames->array[i], err)) != LTS_OK)
            return status;
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
    return frames->file[file].rows;
}

bool lts_frames_held_out(const lts_frames *frames, size_t file)
{
    return frames->file[file].held_out;
}

uint64_t lts_frames_count(const lts_frames *frames, lts_frames_part part)
{
    return frames->part[part].start[frames->part[part].count];
}
