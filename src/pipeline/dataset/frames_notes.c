/* Notes as a data set: each is a file of one row, in whatever array it lies. */
#include "pipeline/dataset/frames_index.h"

#include <stdlib.h>
#include <string.h>

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The arrays that notes lie in, each once, sorted. */
static size_t list_arrays(const lts_labels *labels, const char **name)
{
    const size_t count = lts_labels_count(labels);
    size_t found = 0;
    for (size_t n = 0; n < count; n++)
        name[n] = lts_labels_at(labels, n)->array;
    qsort(name, count, sizeof *name, by_text);
    for (size_t n = 0; n < count; n++)
        if (found == 0 || strcmp(name[found - 1], name[n]) != 0)
            name[found++] = name[n];
    return found;
}

/* Examples of an array: one a row, or one in all. */
static size_t count_examples(const lts_frames *frames, const lts_npy *npy)
{
    const size_t rows = lts_npy_rows(npy), columns = lts_npy_columns(npy);
    if (columns == frames->bins)
        return rows;
    return frames->bins % columns == 0 && rows == frames->bins / columns ? 1 : 0;
}

static lts_status open_array(lts_frames *frames, const char *name, lts_npy **npy, lts_error *err)
{
    char *path = lts_format("%s/%s.npy", frames->folder, name);
    if (!path)
        return lts_no_memory(frames->folder, err);
    lts_status status = lts_npy_open(path, npy, err);
    if (status != LTS_OK)
        goto done;
    if (lts_npy_rows(*npy) > 0 && count_examples(frames, *npy) == 0)
        status = lts_fail(err, LTS_ERR_SHAPE,
                          "%s: %zu x %zu numbers, expected %zu a note: re-run lts-dataset or "
                          "correct [stft]",
                          path, lts_npy_rows(*npy), lts_npy_columns(*npy), frames->bins);
done:
    lts_free(path);
    return status;
}

static lts_status take_notes(lts_frames *frames, const char *const *name, lts_error *err)
{
    for (size_t n = 0; n < lts_labels_count(frames->labels); n++) {
        const lts_note *note = lts_labels_at(frames->labels, n);
        const char *const *place =
            bsearch(&note->array, name, frames->arrays, sizeof *name, by_text);
        const lts_npy *npy = frames->array[place - name];
        if (note->row >= count_examples(frames, npy))
            return lts_fail(err, LTS_ERR_SHAPE,
                            "%s: its table has a row %zu more than it: re-run lts-dataset",
                            lts_npy_path(npy), note->row);
        frames->file[frames->count++] =
            (frame_file){.name = note->file, .npy = npy, .first = note->row, .rows = 1};
    }
    return LTS_OK;
}

lts_status frames_open_notes(lts_frames *frames, lts_error *err)
{
    static const char what[] = "the list of notes";
    const char **name = NULL;
    lts_status status = lts_labels_open(frames->folder, frames->bins, &frames->labels, err);
    if (status != LTS_OK)
        return status;
    const size_t count = lts_labels_count(frames->labels);
    status = lts_alloc_checked(&name, count, sizeof *name, what, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&frames->file, count, sizeof *frames->file, what, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&frames->array, count, sizeof *frames->array, what, err);
    if (status != LTS_OK)
        goto done;
    frames->arrays = list_arrays(frames->labels, name);
    for (size_t a = 0; a < frames->arrays; a++)
        if ((status = open_array(frames, name[a], &frames->array[a], err)) != LTS_OK)
            goto done;
    status = take_notes(frames, name, err);
done:
    lts_free(name);
    return status;
}

/* A note whose sound is not known is told by its values. */
lts_status frames_hash_notes(lts_frames *frames, lts_error *err)
{
    typedef struct note_hash {
        char name[LTS_HASH_TEXT], content[LTS_HASH_TEXT];
        float min, max;
        uint64_t bins;
    } note_hash;
    note_hash *hash = NULL;
    float *row = NULL;
    lts_status status = lts_alloc_checked(&hash, frames->count, sizeof *hash, "a fingerprint", err);
    if (status != LTS_OK)
        goto done;
    if ((status = lts_alloc_checked(&row, frames->bins, sizeof *row, "a note", err)) != LTS_OK)
        goto done;
    for (size_t n = 0; n < frames->count; n++) {
        const lts_note *note = lts_labels_at(frames->labels, n);
        lts_hash_bytes(note->file, strlen(note->file), hash[n].name);
        hash[n].min = note->min == note->min ? note->min : 0;
        hash[n].max = note->max == note->max ? note->max : 0;
        hash[n].bins = frames->bins;
        snprintf(hash[n].content, sizeof hash[n].content, "%s", note->hash);
        if (note->hash[0])
            continue;
        if ((status = frames_copy(frames, n, 0, 1, row, err)) != LTS_OK)
            goto done;
        lts_hash_bytes(row, frames->bins * sizeof *row, hash[n].content);
    }
    lts_hash_bytes(hash, frames->count * sizeof *hash, frames->fingerprint);
done:
    lts_free(row);
    lts_free(hash);
    return status;
}
