/* What the labels of a data set's notes lack. */
#include "pipeline/dataset/dataset_job.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Warnings of one kind that are said one by one; pitches that one of them names. */
enum { MOST_SAID = 10, MOST_NAMED = 8, KEYS = 128 };

static int by_labels(const void *a, const void *b)
{
    const lts_label *x = a, *y = b;
    const int order = strcmp(x->descriptor, y->descriptor);
    return order != 0 ? order : (x->magnitude > y->magnitude) - (x->magnitude < y->magnitude);
}

/* Takes what is labelled, and says what is not. */
static size_t collect(const dataset_job *job, const note_names *labels, const lts_paths *names,
                      lts_label *label)
{
    size_t known = 0, unknown = 0, complete = 0;
    for (size_t n = 0; n < names->count; n++)
        known += note_names_find(labels, names->item[n], &label[0]);
    if (known == 0) {
        lts_message(job->reporter, LTS_LEVEL_NOTE,
                    "%s: no sound has labels: their paths are not %s, and there is no " NOTE_TABLE
                    " in %s",
                    job->audio, labels->pattern, job->root);
        return 0;
    }
    for (size_t n = 0; n < names->count; n++) {
        lts_label *now = &label[complete];
        if (!note_names_find(labels, names->item[n], now)) {
            if (unknown++ < MOST_SAID)
                lts_message(job->reporter, LTS_LEVEL_WARNING,
                            "%s/%s: a note without labels: its path is not %s: rename it, or give "
                            "it a row of " NOTE_TABLE,
                            job->audio, names->item[n], labels->pattern);
            continue;
        }
        complete += now->descriptor[0] && !isnan(now->magnitude) && now->key >= 0;
    }
    if (unknown > MOST_SAID)
        lts_message(job->reporter, LTS_LEVEL_WARNING, "%s: %zu more notes without labels",
                    job->audio, unknown - MOST_SAID);
    return complete;
}

/* "B4, C5" of the pitches that are not there. */
static size_t name_missing(const bool has[KEYS], const bool any[KEYS], char *text, size_t size)
{
    size_t missing = 0, used = 0;
    text[0] = '\0';
    for (int key = 0; key < KEYS; key++) {
        char name[LTS_KEY_TEXT];
        if (has[key] || !any[key])
            continue;
        lts_label_key_text(key, name);
        if (missing++ < MOST_NAMED)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? ", " : "", name);
    }
    return missing;
}

/* The run of one descriptor and magnitude that begins at `first`: its pitches, and its end. */
static size_t take_run(const lts_label *label, size_t count, size_t first, bool has[KEYS])
{
    size_t end = first;
    memset(has, 0, KEYS * sizeof *has);
    for (; end < count && by_labels(&label[first], &label[end]) == 0; end++)
        has[label[end].key] = true;
    return end;
}

/* The pitches of at least half of the runs. */
static void find_usual(const lts_label *label, size_t count, bool usual[KEYS])
{
    size_t runs = 0, with[KEYS] = {0};
    bool has[KEYS];
    for (size_t first = 0; first < count; first = take_run(label, count, first, has), runs++) {
        take_run(label, count, first, has);
        for (int key = 0; key < KEYS; key++)
            with[key] += has[key];
    }
    for (int key = 0; key < KEYS; key++)
        usual[key] = with[key] > 0 && 2 * with[key] >= runs;
}

/* `label` sorted: each descriptor's magnitude should have the pitches that most have. */
static void say_missing(const dataset_job *job, const lts_label *label, size_t count)
{
    bool usual[KEYS], has[KEYS];
    size_t said = 0;
    find_usual(label, count, usual);
    for (size_t first = 0, end; first < count; first = end) {
        char text[16 * MOST_NAMED];
        end = take_run(label, count, first, has);
        const size_t missing = name_missing(has, usual, text, sizeof text);
        if (missing > 0 && said++ < MOST_SAID)
            lts_message(job->reporter, LTS_LEVEL_WARNING,
                        "%s: %s of magnitude %g lacks pitches that most have: %s%s", job->audio,
                        label[first].descriptor, label[first].magnitude, text,
                        missing > MOST_NAMED ? ", ..." : "");
    }
    if (said > MOST_SAID)
        lts_message(job->reporter, LTS_LEVEL_WARNING, "%s: pitches lack in %zu more magnitudes",
                    job->audio, said - MOST_SAID);
}

lts_status dataset_check_labels(const dataset_job *job, const note_names *labels,
                                const lts_paths *names, lts_error *err)
{
    lts_label *label = NULL;
    lts_status status =
        lts_alloc_checked(&label, names->count + 1, sizeof *label, "the list of labels", err);
    if (status != LTS_OK)
        return status;
    const size_t count = collect(job, labels, names, label);
    if (count > 0) {
        qsort(label, count, sizeof *label, by_labels);
        say_missing(job, label, count);
    }
    if (names->count == 1)
        lts_message(job->reporter, LTS_LEVEL_WARNING,
                    "%s: a single note: nothing can be held out from training", job->audio);
    lts_free(label);
    return status;
}
