#include "labels/condition_parts.h"

#include <math.h>
#include <string.h>

void lts_conditions_destroy(lts_conditions *conditions)
{
    if (!conditions)
        return;
    lts_free(conditions->descriptor);
    lts_free(conditions);
}

lts_status conditions_create(size_t descriptors, lts_conditions **out, lts_error *err)
{
    static const char what[] = "conditions";
    lts_conditions *c = NULL;
    lts_status status = lts_alloc_checked(&c, 1, sizeof *c, what, err);
    if (status != LTS_OK)
        return status;
    *c = (lts_conditions){.low = 127, .most = 0, .descriptors = descriptors};
    status = lts_alloc_checked(&c->descriptor, descriptors + 1, sizeof *c->descriptor, what, err);
    if (status != LTS_OK)
        goto done;
    *out = c;
    c = NULL;
done:
    lts_free(c);
    return status;
}

/* --- Of a data set --------------------------------------------------------------------------- */

/* The pitches of all notes and, where they are to have labels, the largest magnitude. */
static lts_status take_notes(lts_conditions *c, const lts_labels *labels, lts_error *err)
{
    for (size_t n = 0; n < lts_labels_count(labels); n++) {
        const lts_note *note = lts_labels_at(labels, n);
        const char *missing =
            note->key < 0 ? "pitch"
            : c->measured ? NULL
            : isnan(note->magnitude)
                ? "magnitude"
                : (note->magnitude > 0 && !note->descriptor[0] ? "descriptor" : NULL);
        if (missing)
            return lts_fail(err, LTS_ERR_NOT_FOUND,
                            "%s: nothing says its %s: a model with a [semantic] condition needs "
                            "one for every note: correct [labels] pattern or labels.csv",
                            note->file, missing);
        c->low = note->key < c->low ? note->key : c->low;
        c->high = note->key > c->high ? note->key : c->high;
        c->most = fmax(c->most, isnan(note->magnitude) ? 0 : note->magnitude);
    }
    if (!(c->most > 0))
        c->most = 1;
    return LTS_OK;
}

lts_status lts_conditions_of_labels(const lts_labels *labels, lts_conditions **out, lts_error *err)
{
    size_t count = 0;
    lts_conditions *c = NULL;
    *out = NULL;
    while (lts_labels_descriptor(labels, count))
        count++;
    lts_status status = conditions_create(count, &c, err);
    if (status != LTS_OK)
        return status;
    for (size_t d = 0; d < count; d++)
        snprintf(c->descriptor[d], LTS_LABEL_TEXT, "%s", lts_labels_descriptor(labels, d));
    status = take_notes(c, labels, err);
    if (status != LTS_OK)
        goto done;
    *out = c;
    c = NULL;
done:
    lts_conditions_destroy(c);
    return status;
}

lts_status lts_conditions_of_measures(const lts_labels *labels, const float *measures,
                                      lts_conditions **out, lts_error *err)
{
    const size_t notes = lts_labels_count(labels);
    lts_conditions *c = NULL;
    *out = NULL;
    lts_status status = conditions_create(0, &c, err);
    if (status != LTS_OK)
        return status;
    c->measured = true;
    for (size_t m = 0; m < LTS_NOTE_MEASURES; m++) {
        double sum = 0, squares = 0;
        for (size_t n = 0; n < notes; n++)
            sum += (double)measures[n * LTS_NOTE_MEASURES + m];
        c->mean[m] = sum / (double)notes;
        for (size_t n = 0; n < notes; n++)
            squares += pow((double)measures[n * LTS_NOTE_MEASURES + m] - c->mean[m], 2);
        c->deviation[m] = fmax(sqrt(squares / (double)notes), 1e-6);
    }
    status = take_notes(c, labels, err);
    if (status != LTS_OK)
        goto done;
    *out = c;
    c = NULL;
done:
    lts_conditions_destroy(c);
    return status;
}

/* --- Rows ------------------------------------------------------------------------------------ */

static size_t first_key(const lts_conditions *c)
{
    return c->measured ? LTS_NOTE_MEASURES : c->descriptors;
}

size_t lts_conditions_count(const lts_conditions *c)
{
    return first_key(c) + (size_t)(c->high - c->low) + 1;
}

bool lts_conditions_are_measured(const lts_conditions *c)
{
    return c->measured;
}

const char *lts_conditions_descriptor(const lts_conditions *c, size_t index)
{
    return index < c->descriptors ? c->descriptor[index] : NULL;
}

static lts_status set_key(const lts_conditions *c, double key, float *row, lts_error *err)
{
    if (!isfinite(key))
        return lts_fail(err, LTS_ERR_ARGUMENT, "condition: the pitch is no number");
    const double place = fmin(fmax(key, c->low), c->high) - c->low;
    const size_t below = (size_t)place;
    const double share = place - (double)below;
    float *keys = row + first_key(c);
    keys[below] += (float)(1 - share);
    if (share > 0)
        keys[below + 1] += (float)share;
    return LTS_OK;
}

static lts_status no_descriptor(const lts_conditions *c, const char *name, lts_error *err)
{
    char list[1024];
    size_t used = 0;
    list[0] = '\0';
    for (size_t d = 0; d < c->descriptors && used < sizeof list; d++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", d ? ", " : "",
                                 c->descriptor[d]);
    return lts_fail(err, LTS_ERR_NOT_FOUND,
                    "%s: the model was told no such descriptor: name one of %s", name, list);
}

lts_status lts_conditions_describe(const lts_conditions *c, const lts_condition_part *part,
                                   size_t parts, double key, float *row, lts_error *err)
{
    if (c->measured)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "condition: the model was told measures, not descriptors: train one with "
                        "[semantic] condition = descriptor");
    memset(row, 0, lts_conditions_count(c) * sizeof *row);
    for (size_t p = 0; p < parts; p++) {
        size_t d = 0;
        if (!isfinite(part[p].magnitude))
            return lts_fail(err, LTS_ERR_ARGUMENT, "condition: the magnitude of %s is no number",
                            part[p].descriptor);
        if (!(fabs(part[p].magnitude) > 0))
            continue; /* it is that of every descriptor, named or not */
        while (d < c->descriptors && strcmp(c->descriptor[d], part[p].descriptor) != 0)
            d++;
        if (d == c->descriptors)
            return no_descriptor(c, part[p].descriptor, err);
        row[d] += (float)(part[p].magnitude / c->most);
    }
    return set_key(c, key, row, err);
}

lts_status lts_conditions_measure(const lts_conditions *c, const float *measures, double key,
                                  float *row, lts_error *err)
{
    if (!c->measured)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "condition: the model was told labels, not measures: train one with "
                        "[semantic] condition = perceptual");
    memset(row, 0, lts_conditions_count(c) * sizeof *row);
    for (size_t m = 0; m < LTS_NOTE_MEASURES; m++) {
        if (!isfinite(measures[m]))
            return lts_fail(err, LTS_ERR_ARGUMENT, "condition: measure %zu is no number", m);
        row[m] = (float)(((double)measures[m] - c->mean[m]) / c->deviation[m]);
    }
    return set_key(c, key, row, err);
}
