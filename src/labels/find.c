/* Notes by their labels, and what there is where one is not found. */
#include "labels/table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { LIST = 400 };

/* "A, B" and more of it; what has no room is left out, and "..." says so. */
static void add_word(char text[LIST], const char *word)
{
    const size_t used = strlen(text);
    if (used + strlen(word) + sizeof ", ..." > LIST) {
        if (used + sizeof "..." <= LIST && strcmp(text + used - 3, "...") != 0)
            snprintf(text + used, LIST - used, "...");
        return;
    }
    snprintf(text + used, LIST - used, "%s%s", used ? ", " : "", word);
}

lts_status lts_labels_find_descriptor(const lts_labels *labels, const char *name, size_t *index,
                                      lts_error *err)
{
    char all[LIST] = "";
    for (int exact = 1; exact >= 0; exact--)
        for (size_t d = 0; d < labels->descriptors; d++)
            if ((exact ? strcmp(labels->descriptor[d], name)
                       : strcasecmp(labels->descriptor[d], name)) == 0) {
                *index = d;
                return LTS_OK;
            }
    for (size_t d = 0; d < labels->descriptors; d++)
        add_word(all, labels->descriptor[d]);
    if (labels->descriptors == 0)
        return lts_fail(err, LTS_ERR_NOT_FOUND, "%.80s: the data set's notes have no descriptors",
                        name);
    const size_t near = lts_nearest(name, labels->descriptor, labels->descriptors);
    if (near == labels->descriptors)
        return lts_fail(err, LTS_ERR_NOT_FOUND, "%.80s: no such descriptor: there are %s", name,
                        all);
    return lts_fail(err, LTS_ERR_NOT_FOUND,
                    "%.80s: no such descriptor: did you mean %s? There are %s", name,
                    labels->descriptor[near], all);
}

static const lts_note *ordered(const lts_labels *labels, size_t place)
{
    return &labels->note[labels->order[place]];
}

static bool is_of(const lts_labels *labels, size_t place, size_t descriptor)
{
    return place < labels->count && ordered(labels, place)->descriptor_index == descriptor;
}

/* The magnitudes of a descriptor. */
static lts_status no_magnitude(const lts_labels *labels, size_t descriptor, double magnitude,
                               lts_error *err)
{
    char all[LIST] = "", number[LTS_NUMBER_TEXT], wanted[LTS_NUMBER_TEXT];
    double last = (double)NAN;
    lts_number_text(wanted, magnitude);
    for (size_t p = labels_lower_bound(labels, descriptor, 0, -1); is_of(labels, p, descriptor);
         p++) {
        if (ordered(labels, p)->magnitude == last)
            continue;
        last = ordered(labels, p)->magnitude;
        lts_number_text(number, last);
        add_word(all, number);
    }
    return lts_fail(err, LTS_ERR_NOT_FOUND, "%s has no notes of magnitude %s: there are %s",
                    labels->descriptor[descriptor], wanted, all[0] ? all : "none of any");
}

static lts_status no_key(const lts_labels *labels, size_t descriptor, double magnitude, int key,
                         const size_t *notes, size_t count, lts_error *err)
{
    char all[LIST] = "", name[LTS_KEY_TEXT], number[LTS_NUMBER_TEXT];
    int last = -1;
    for (size_t n = 0; n < count; n++) {
        const lts_note *note = &labels->note[notes[n]];
        if (note->key == last)
            continue;
        last = note->key;
        lts_label_key_text(last, name);
        add_word(all, name);
    }
    lts_label_key_text(key, name);
    lts_number_text(number, magnitude);
    return lts_fail(err, LTS_ERR_NOT_FOUND, "%s of magnitude %s has no %s: there are %s",
                    labels->descriptor[descriptor], number, name, all[0] ? all : "no pitches");
}

static lts_status find_clean(const lts_labels *labels, size_t descriptor, int key, size_t *index,
                             lts_error *err)
{
    for (size_t c = 0; c < labels->cleans; c++)
        if (labels->note[labels->clean[c]].key == key) {
            *index = labels->clean[c];
            return LTS_OK;
        }
    if (labels->cleans == 0)
        return no_magnitude(labels, descriptor, 0, err);
    return no_key(labels, descriptor, 0, key, labels->clean, labels->cleans, err);
}

lts_status lts_labels_find(const lts_labels *labels, const char *descriptor, double magnitude,
                           int key, size_t *index, lts_error *err)
{
    size_t d;
    lts_status status = lts_labels_find_descriptor(labels, descriptor, &d, err);
    if (status != LTS_OK)
        return status;
    const size_t place = labels_lower_bound(labels, d, magnitude, key);
    if (is_of(labels, place, d) && ordered(labels, place)->magnitude == magnitude &&
        ordered(labels, place)->key == key) {
        *index = labels->order[place];
        return LTS_OK;
    }
    if (magnitude == 0)
        return find_clean(labels, d, key, index, err);
    const size_t first = labels_lower_bound(labels, d, magnitude, -1);
    size_t end = first;
    while (is_of(labels, end, d) && ordered(labels, end)->magnitude == magnitude)
        end++;
    if (end == first)
        return no_magnitude(labels, d, magnitude, err);
    return no_key(labels, d, magnitude, key, labels->order + first, end - first, err);
}

bool lts_labels_find_file(const lts_labels *labels, const char *file, size_t *index)
{
    size_t low = 0, high = labels->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (strcmp(labels->note[middle].file, file) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    /* Without an extension it is before all that begin so. */
    const size_t length = strlen(file);
    for (; low < labels->count && strncmp(labels->note[low].file, file, length) == 0; low++) {
        const char *rest = labels->note[low].file + length;
        if (!rest[0] || (rest[0] == '.' && !strpbrk(rest + 1, "./"))) {
            *index = low;
            return true;
        }
    }
    return false;
}
