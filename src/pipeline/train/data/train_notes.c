#include "pipeline/train/data/train_notes.h"

#include <string.h>

typedef struct labelled {
    lts_frames *frames;
    size_t *file[2]; /* (count) of each part */
    size_t count[2];
    int32_t *class_of; /* (files) of the frames: of those in a part */
    char fingerprint[LTS_HASH_TEXT];
} labelled;

static uint64_t count(const void *own, lts_frames_part of)
{
    return ((const labelled *)own)->count[of];
}

static lts_status gather(void *own, const train_rows *rows, float *x, int32_t *labels,
                         lts_error *err)
{
    const labelled *l = own;
    const size_t bins = lts_frames_bins(l->frames);
    for (size_t i = 0; i < rows->count; i++) {
        uint64_t place = rows->first + i;
        if (rows->order)
            place = lts_permutation_at(rows->order, place);
        const size_t file = l->file[rows->part][place];
        lts_status status = lts_frames_read(l->frames, file, 0, 1, x + i * bins, err);
        if (status != LTS_OK)
            return status;
        if (labels)
            labels[i] = l->class_of[file];
    }
    return LTS_OK;
}

static const char *fingerprint(const void *own)
{
    return ((const labelled *)own)->fingerprint;
}

static lts_status check(const void *own, lts_error *err)
{
    return lts_frames_check(((const labelled *)own)->frames, err);
}

static void close_notes(void *own)
{
    labelled *l = own;
    lts_frames_close(l->frames);
    lts_free(l->file[LTS_FRAMES_TRAIN]);
    lts_free(l->file[LTS_FRAMES_VALIDATION]);
    lts_free(l->class_of);
    lts_free(l);
}

static const train_data_kind of_notes = {.unit = "notes",
                                         .count = count,
                                         .gather = gather,
                                         .fingerprint = fingerprint,
                                         .check = check,
                                         .close = close_notes};

/* Names as they are numbered in the table, a line each. */
static char *list_descriptors(const lts_labels *labels)
{
    const char *name;
    char *text = lts_strdup("");
    for (size_t d = 0; text && (name = lts_labels_descriptor(labels, d)); d++) {
        char *longer = lts_format("%s%s%s", text, d ? "\n" : "", name);
        lts_free(text);
        text = longer;
    }
    return text;
}

/* The notes of both parts, and how many descriptors those to train on have. */
static lts_status find_notes(labelled *l, const lts_labels *labels, size_t *trained, lts_error *err)
{
    static const char what[] = "labelled notes";
    const size_t files = lts_frames_files(l->frames);
    bool *seen = NULL;
    lts_status status = lts_alloc_checked(&seen, files, sizeof *seen, what, err);
    if (status != LTS_OK)
        goto done;
    for (int part = 0; part < 2; part++) {
        status = lts_alloc_checked(&l->file[part], files, sizeof *l->file[part], what, err);
        if (status != LTS_OK)
            goto done;
    }
    if ((status = lts_alloc_checked(&l->class_of, files, sizeof *l->class_of, what, err)) != LTS_OK)
        goto done;
    *trained = 0;
    for (size_t f = 0; f < files; f++) {
        const lts_note *note = lts_labels_at(labels, f);
        const size_t d = note->descriptor_index;
        const int part =
            lts_frames_held_out(l->frames, f) ? LTS_FRAMES_VALIDATION : LTS_FRAMES_TRAIN;
        if (d == SIZE_MAX || !(note->magnitude > 0))
            continue;
        l->file[part][l->count[part]++] = f;
        l->class_of[f] = (int32_t)d;
        if (part == LTS_FRAMES_TRAIN && !seen[d]) {
            seen[d] = true;
            ++*trained;
        }
    }
done:
    lts_free(seen);
    return status;
}

static lts_status open_notes(labelled *l, size_t *classes, char **text, lts_error *err)
{
    const lts_labels *labels = lts_frames_labels(l->frames);
    size_t trained;
    lts_status status = find_notes(l, labels, &trained, err);
    if (status != LTS_OK)
        return status;
    if (trained < 2)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "[inversynth] source = notes: the notes to train on have %zu descriptor%s "
                        "at magnitudes above 0, expected 2 or more: add notes, or correct "
                        "[labels] pattern or labels.csv",
                        trained, trained == 1 ? "" : "s");
    *text = list_descriptors(labels);
    char *all = *text ? lts_format("%s\n%s", lts_frames_fingerprint(l->frames), *text) : NULL;
    if (!all)
        return lts_no_memory("labelled notes", err);
    lts_hash_bytes(all, strlen(all), l->fingerprint);
    lts_free(all);
    for (*classes = 0; lts_labels_descriptor(labels, *classes);)
        ++*classes;
    return LTS_OK;
}

lts_status train_notes_open(lts_frames *frames, train_data *out, size_t *classes, char **text,
                            lts_error *err)
{
    labelled *l = NULL;
    *text = NULL;
    lts_status status = lts_alloc_checked(&l, 1, sizeof *l, "labelled notes", err);
    if (status != LTS_OK) {
        lts_frames_close(frames);
        return status;
    }
    *l = (labelled){.frames = frames};
    status = open_notes(l, classes, text, err);
    if (status != LTS_OK) {
        close_notes(l);
        lts_free(*text);
        *text = NULL;
        return status;
    }
    *out = (train_data){
        .kind = &of_notes, .own = l, .inputs = lts_frames_bins(frames), .label_count = 1};
    return LTS_OK;
}
