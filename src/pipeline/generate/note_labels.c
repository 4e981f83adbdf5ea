/* Labels to points: by the data set's notes and by the model's condition. */
#include "pipeline/generate/note_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { LIST = 400 };

/* The notes of one descriptor and pitch, by magnitude; those of magnitude 0 are every
 * descriptor's. */
typedef struct group {
    size_t descriptor;
    double magnitude;
    int key;
} group;

static bool is_in(const lts_note *note, const group *g)
{
    return note->key == g->key && note->magnitude == g->magnitude &&
           (note->descriptor_index == g->descriptor || note->magnitude == 0);
}

/* --- Names ----------------------------------------------------------------------------------- */

/* Of the descriptors that the model was told. */
static lts_status find_told(const note_run *run, const char *name, const char **found,
                            lts_error *err)
{
    const char *words[NOTE_WORDS], *word;
    char all[LIST] = "";
    size_t count = 0;
    *found = NULL;
    for (; count < NOTE_WORDS && (word = lts_conditions_descriptor(run->conditions, count));
         count++) {
        words[count] = word;
        if (strcasecmp(word, name) == 0)
            *found = word;
        const size_t used = strlen(all);
        snprintf(all + used, LIST - used, "%s%s", count ? ", " : "", word);
    }
    if (*found)
        return LTS_OK;
    const size_t near = lts_nearest(name, words, count);
    return lts_fail(err, LTS_ERR_NOT_FOUND, "%.80s: no such descriptor: %s%s%s %s", name,
                    near < count ? "did you mean " : "", near < count ? words[near] : "",
                    near < count ? "? There are" : "there are", all);
}

static lts_status find_name(const note_run *run, const char *name, const char **found,
                            lts_error *err)
{
    size_t index;
    if (run->conditions && !lts_conditions_are_measured(run->conditions))
        return find_told(run, name, found, err);
    if (!run->labels)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "the model knows no labels, and the notes that it was trained on are not "
                        "there: name their data set");
    lts_status status = lts_labels_find_descriptor(run->labels, name, &index, err);
    if (status != LTS_OK)
        return status;
    *found = lts_labels_descriptor(run->labels, index);
    return status;
}

/* --- Notes of a label ------------------------------------------------------------------------ */

/* The nearest key of the descriptor's notes, the lower of two; -1 when it has none. */
static int nearest_key(const note_run *run, size_t descriptor, int key)
{
    int best = -1;
    for (size_t n = 0; n < lts_labels_count(run->labels); n++) {
        const lts_note *note = lts_labels_at(run->labels, n);
        if (note->descriptor_index != descriptor || note->key < 0)
            continue;
        const int distance = abs(note->key - key), before = abs(best - key);
        if (best < 0 || distance < before || (distance == before && note->key < best))
            best = note->key;
    }
    return best;
}

/* Two magnitudes of the notes and their weights, by which `g` lies between or beyond them. */
typedef struct bracket {
    double magnitude[2], weight[2];
    int count;
} bracket;

static bracket find_bracket(const note_run *run, const group *g)
{
    /* The two nearest below or at it, and the two nearest above. */
    double below[2] = {-HUGE_VAL, -HUGE_VAL}, above[2] = {HUGE_VAL, HUGE_VAL};
    for (size_t n = 0; n < lts_labels_count(run->labels); n++) {
        const lts_note *note = lts_labels_at(run->labels, n);
        const group of = {g->descriptor, note->magnitude, g->key};
        const double m = note->magnitude;
        if (isnan(m) || !is_in(note, &of))
            continue;
        if (m <= g->magnitude && m > below[0]) {
            below[1] = below[0];
            below[0] = m;
        } else if (m <= g->magnitude && m < below[0] && m > below[1]) {
            below[1] = m;
        } else if (m > g->magnitude && m < above[0]) {
            above[1] = above[0];
            above[0] = m;
        } else if (m > g->magnitude && m > above[0] && m < above[1]) {
            above[1] = m;
        }
    }
    if (below[0] == g->magnitude)
        return (bracket){.magnitude = {below[0]}, .weight = {1}, .count = 1};
    const double low = isfinite(below[0]) && isfinite(above[0]) ? below[0]
                       : isfinite(below[0])                     ? below[1]
                                                                : above[0];
    const double high = isfinite(below[0]) && isfinite(above[0]) ? above[0]
                        : isfinite(below[0])                     ? below[0]
                                                                 : above[1];
    if (!isfinite(low) || !isfinite(high))
        return (bracket){0};
    const double share = (g->magnitude - low) / (high - low);
    return (bracket){.magnitude = {low, high}, .weight = {1 - share, share}, .count = 2};
}

/* Adds the notes of a group to the point: their mean and variance, levels and measures, each times
 * `weight`. */
static lts_status add_group(note_run *run, const group *g, double weight, note_point *point,
                            note_point *one, float *measures, lts_error *err)
{
    const size_t latent = run->latent;
    double *mean = run->sums, *square = run->sums + latent, min = 0, max = 0;
    float own[LTS_NOTE_MEASURES], sum[LTS_NOTE_MEASURES] = {0};
    size_t count = 0;
    memset(run->sums, 0, 2 * latent * sizeof *run->sums);
    for (size_t n = 0; n < lts_labels_count(run->labels); n++) {
        const lts_note *note = lts_labels_at(run->labels, n);
        if (!is_in(note, g))
            continue;
        lts_status status = note_encode_row(run, n, one, err);
        if (status != LTS_OK)
            return status;
        const lts_note_range range = {note->min, note->max};
        lts_note_measure_example(run->feature, &range, run->example, own);
        for (int m = 0; m < LTS_NOTE_MEASURES; m++)
            sum[m] += own[m];
        for (size_t d = 0; d < latent; d++) {
            const double x = (double)one->mean[d], s = (double)one->deviation[d];
            mean[d] += x;
            square[d] += x * x + s * s;
        }
        min += one->min;
        max += one->max;
        count++;
    }
    for (size_t d = 0; d < latent; d++) {
        const double middle = mean[d] / (double)count;
        point->mean[d] += (float)(weight * middle);
        point->deviation[d] +=
            (float)(fabs(weight) * fmax(square[d] / (double)count - middle * middle, 0));
    }
    for (int m = 0; m < LTS_NOTE_MEASURES; m++)
        measures[m] += (float)weight * sum[m] / (float)count;
    point->min += weight * min / (double)count;
    point->max += weight * max / (double)count;
    return LTS_OK;
}

/* Adds the notes of one part. */
static lts_status add_part(note_run *run, const lts_condition_part *part, double share, int key,
                           note_point *point, note_point *one, float *measures, lts_error *err)
{
    size_t descriptor, ignored;
    lts_status status = lts_labels_find_descriptor(run->labels, part->descriptor, &descriptor, err);
    if (status != LTS_OK)
        return status;
    group g = {descriptor, part->magnitude, key};
    bracket b = find_bracket(run, &g);
    if (b.count == 0 && run->conditions) {
        g.key = nearest_key(run, descriptor, key);
        b = find_bracket(run, &g);
    }
    if (b.count == 0) {
        /* Where other pitches have the magnitude, or magnitudes about it, the pitch is missing. */
        g.key = nearest_key(run, descriptor, key);
        b = find_bracket(run, &g);
        if (g.key != key && b.count > 0)
            g.magnitude = b.magnitude[0];
        return lts_labels_find(run->labels, part->descriptor, g.magnitude, key, &ignored, err);
    }
    for (int i = 0; i < b.count; i++) {
        g.magnitude = b.magnitude[i];
        if ((status = add_group(run, &g, share * b.weight[i], point, one, measures, err)) != LTS_OK)
            return status;
    }
    return status;
}

/* --- Points ---------------------------------------------------------------------------------- */

/* Mean, deviation and levels by the notes. */
static lts_status place_by_notes(note_run *run, const lts_condition_part *part, size_t parts,
                                 int key, note_point *point, float *measures, lts_error *err)
{
    note_point one = {0};
    double sum = 0;
    for (size_t p = 0; p < parts; p++)
        sum += part[p].magnitude;
    lts_status status = note_point_create(run, &one, err);
    if (status != LTS_OK)
        return status;
    for (size_t p = 0; p < parts; p++) {
        /* A part of a mixture is its descriptor at the whole magnitude, by its share. */
        const lts_condition_part whole = {part[p].descriptor, sum};
        status = add_part(run, &whole, sum > 0 ? part[p].magnitude / sum : 1 / (double)parts, key,
                          point, &one, measures, err);
        if (status != LTS_OK)
            goto done;
    }
    for (size_t d = 0; d < run->latent; d++)
        point->deviation[d] = sqrtf(point->deviation[d]);
done:
    note_point_free(&one);
    return status;
}

/* The prior of the condition, and levels that no notes tell. */
static void place_by_prior(const note_run *run, bool placed, note_point *point)
{
    const lts_note_range span = lts_note_span(run->feature);
    float levels[LTS_PRIOR_LEVELS] = {(float)span.min, (float)span.max};
    if (run->prior)
        lts_prior_at(run->prior, point->condition, point->mean, levels);
    for (size_t d = 0; d < run->latent; d++) {
        point->mean[d] = run->prior ? point->mean[d] : 0;
        point->deviation[d] = run->prior ? run->prior->deviation[d] : 1;
    }
    if (!placed) {
        point->min = (double)levels[0];
        point->max = (double)levels[1];
    }
}

lts_status note_of_labels(note_run *run, const lts_condition_part *part, size_t parts, int key,
                          bool prior, note_point *point, lts_error *err)
{
    lts_condition_part named[LTS_GENERATE_PARTS];
    float measures[LTS_NOTE_MEASURES] = {0};
    lts_error ignored = {0};
    lts_status status = LTS_OK;
    memset(point->mean, 0, (2 * run->latent + run->told) * sizeof *point->mean);
    point->min = point->max = 0;
    for (size_t p = 0; p < parts; p++) {
        named[p] = part[p];
        status = find_name(run, part[p].descriptor, &named[p].descriptor, err);
        if (status != LTS_OK)
            return status;
    }
    const bool measured = run->conditions && lts_conditions_are_measured(run->conditions);
    const bool needed = !prior || measured;
    bool placed = run->labels != NULL;
    if (placed) {
        status = place_by_notes(run, named, parts, key, point, measures, needed ? err : &ignored);
        if (status != LTS_OK && (needed || status != LTS_ERR_NOT_FOUND))
            return status;
        placed = status == LTS_OK;
    }
    if (measured)
        status = lts_conditions_measure(run->conditions, measures, key, point->condition, err);
    else if (run->conditions)
        status = lts_conditions_describe(run->conditions, named, parts, key, point->condition, err);
    if (status != LTS_OK)
        return status;
    if (prior || !placed)
        place_by_prior(run, placed, point);
    return LTS_OK;
}
