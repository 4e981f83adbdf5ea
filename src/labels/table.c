#include "labels/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 1 << 16 };

struct text_block {
    text_block *next;
    size_t used, size;
    char bytes[];
};

lts_note labels_unknown(const char *file)
{
    return (lts_note){.file = file,
                      .group = "",
                      .descriptor = "",
                      .descriptor_index = SIZE_MAX,
                      .magnitude = (double)NAN,
                      .key = -1,
                      .min = NAN,
                      .max = NAN,
                      .hash = ""};
}

lts_status labels_create(lts_labels **out, lts_error *err)
{
    return lts_alloc_checked(out, 1, sizeof **out, "a table of notes", err);
}

void lts_labels_close(lts_labels *labels)
{
    if (!labels)
        return;
    for (text_block *next; labels->texts; labels->texts = next) {
        next = labels->texts->next;
        lts_free(labels->texts);
    }
    lts_free(labels->note);
    lts_free(labels->descriptor);
    lts_free(labels->order);
    lts_free(labels->clean);
    lts_free(labels);
}

/* A copy that lives as long as the table; `before`, the last of its kind, where it is the same. */
static lts_status keep(lts_labels *labels, const char *text, const char *before, const char **kept,
                       lts_error *err)
{
    const size_t length = strlen(text) + 1;
    text_block *block = labels->texts;
    if (before && strcmp(text, before) == 0) {
        *kept = before;
        return LTS_OK;
    }
    if (!block || block->size - block->used < length) {
        const size_t size = length > BLOCK_BYTES ? length : BLOCK_BYTES;
        lts_status status =
            lts_alloc_checked(&block, 1, sizeof *block + size, "a table of notes", err);
        if (status != LTS_OK)
            return status;
        block->next = labels->texts;
        block->used = 0;
        block->size = size;
        labels->texts = block;
    }
    *kept = memcpy(block->bytes + block->used, text, length);
    block->used += length;
    return LTS_OK;
}

static lts_status make_room(lts_labels *labels, lts_error *err)
{
    lts_note *more = NULL;
    const size_t room = labels->room ? 2 * labels->room : 256;
    if (labels->count < labels->room)
        return LTS_OK;
    lts_status status = lts_alloc_checked(&more, room, sizeof *more, "a table of notes", err);
    if (status != LTS_OK)
        return status;
    if (labels->count > 0)
        memcpy(more, labels->note, labels->count * sizeof *more);
    lts_free(labels->note);
    labels->note = more;
    labels->room = room;
    return LTS_OK;
}

lts_status labels_add(lts_labels *labels, const lts_note *note, lts_error *err)
{
    lts_status status = make_room(labels, err);
    if (status != LTS_OK)
        return status;
    const lts_note *last = labels->count > 0 ? &labels->note[labels->count - 1] : NULL;
    lts_note kept = *note;
    const struct {
        const char *text, *before, **kept;
    } texts[] = {{note->file, NULL, &kept.file},
                 {note->group, last ? last->group : NULL, &kept.group},
                 {note->descriptor, last ? last->descriptor : NULL, &kept.descriptor},
                 {note->array, last ? last->array : NULL, &kept.array},
                 {note->hash, NULL, &kept.hash}};
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        if (texts[t].text)
            status = keep(labels, texts[t].text, texts[t].before, texts[t].kept, err);
        if (status != LTS_OK)
            return status;
    }
    labels->note[labels->count++] = kept;
    return LTS_OK;
}

/* --- Order ----------------------------------------------------------------------------------- */

static int by_file(const void *a, const void *b)
{
    const lts_note *x = a, *y = b;
    const int order = strcmp(x->file, y->file);
    if (order != 0 || !x->array || !y->array)
        return order;
    const int arrays = strcmp(x->array, y->array);
    return arrays != 0 ? arrays : (x->row > y->row) - (x->row < y->row);
}

/* Of neighbours with one name the last stays. */
static void drop_repeated(lts_labels *labels)
{
    size_t kept = 0;
    for (size_t i = 0; i < labels->count; i++)
        if (i + 1 == labels->count || strcmp(labels->note[i].file, labels->note[i + 1].file) != 0)
            labels->note[kept++] = labels->note[i];
    labels->count = kept;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static lts_status list_descriptors(lts_labels *labels, lts_error *err)
{
    size_t found = 0;
    lts_status status = lts_alloc_checked(&labels->descriptor, labels->count + 1,
                                          sizeof *labels->descriptor, "a table of notes", err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < labels->count; i++)
        if (labels->note[i].descriptor[0])
            labels->descriptor[found++] = labels->note[i].descriptor;
    qsort(labels->descriptor, found, sizeof *labels->descriptor, by_text);
    for (size_t i = 0; i < found; i++)
        if (labels->descriptors == 0 ||
            strcmp(labels->descriptor[labels->descriptors - 1], labels->descriptor[i]) != 0)
            labels->descriptor[labels->descriptors++] = labels->descriptor[i];
    labels->descriptor[labels->descriptors] = NULL;
    for (size_t i = 0; i < labels->count; i++) {
        const char **place = bsearch(&labels->note[i].descriptor, labels->descriptor,
                                     labels->descriptors, sizeof *labels->descriptor, by_text);
        labels->note[i].descriptor_index = place ? (size_t)(place - labels->descriptor) : SIZE_MAX;
    }
    return LTS_OK;
}

/* Labels in the order of the index; a magnitude that is not known goes before all others. */
static int compare(size_t descriptor, double magnitude, int key, const lts_note *note)
{
    const double x = isnan(magnitude) ? -1 : magnitude;
    const double y = isnan(note->magnitude) ? -1 : note->magnitude;
    if (descriptor != note->descriptor_index)
        return descriptor < note->descriptor_index ? -1 : 1;
    return x != y ? (x < y ? -1 : 1) : (key > note->key) - (key < note->key);
}

static int by_labels(const void *a, const void *b)
{
    const lts_note *x = *(const lts_note *const *)a, *y = *(const lts_note *const *)b;
    const int order = compare(x->descriptor_index, x->magnitude, x->key, y);
    return order != 0 ? order : (x > y) - (x < y);
}

static int by_key(const void *a, const void *b)
{
    const lts_note *x = *(const lts_note *const *)a, *y = *(const lts_note *const *)b;
    return x->key != y->key ? (x->key > y->key) - (x->key < y->key) : (x > y) - (x < y);
}

static void sort_into(const lts_labels *labels, const lts_note **scratch, size_t count,
                      int (*order)(const void *, const void *), size_t *index)
{
    qsort(scratch, count, sizeof *scratch, order);
    for (size_t i = 0; i < count; i++)
        index[i] = (size_t)(scratch[i] - labels->note);
}

lts_status labels_finish(lts_labels *labels, lts_error *err)
{
    static const char what[] = "a table of notes";
    const lts_note **scratch = NULL;
    if (labels->count > 0)
        qsort(labels->note, labels->count, sizeof *labels->note, by_file);
    drop_repeated(labels);
    lts_status status = list_descriptors(labels, err);
    if (status != LTS_OK)
        return status;
    const size_t count = labels->count;
    status = lts_alloc_checked(&labels->order, count, sizeof *labels->order, what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&labels->clean, count, sizeof *labels->clean, what, err);
    if (status != LTS_OK)
        return status;
    if ((status = lts_alloc_checked(&scratch, count, sizeof *scratch, what, err)) != LTS_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        scratch[i] = &labels->note[i];
    sort_into(labels, scratch, count, by_labels, labels->order);
    for (size_t i = 0; i < count; i++)
        if (labels->note[i].magnitude == 0)
            scratch[labels->cleans++] = &labels->note[i];
    sort_into(labels, scratch, labels->cleans, by_key, labels->clean);
    lts_free(scratch);
    return LTS_OK;
}

size_t labels_lower_bound(const lts_labels *labels, size_t descriptor, double magnitude, int key)
{
    size_t low = 0, high = labels->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (compare(descriptor, magnitude, key, &labels->note[labels->order[middle]]) > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

size_t lts_labels_count(const lts_labels *labels)
{
    return labels->count;
}

const lts_note *lts_labels_at(const lts_labels *labels, size_t index)
{
    return &labels->note[index];
}

const char *lts_labels_descriptor(const lts_labels *labels, size_t index)
{
    return index < labels->descriptors ? labels->descriptor[index] : NULL;
}
