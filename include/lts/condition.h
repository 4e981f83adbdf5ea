/* Conditions: what a semantic model is told of a note besides its spectrum, as a row of C numbers.
 *
 * Either its labels, or what was measured of it, and in both its pitch: each key from the data
 * set's lowest to its highest has a number, 1 for its own and 0 for the others; a pitch between two
 * keys shares it between them, one beyond counts as the nearest. All functions are safe to call
 * from several threads. */
#ifndef LTS_CONDITION_H
#define LTS_CONDITION_H

#include "lts/base.h"
#include "lts/features.h"
#include "lts/labels.h"

LTS_BEGIN_DECLS

/* What the numbers of a condition mean; constant once made. */
typedef struct lts_conditions lts_conditions;

/* Of labelled notes: a number for each descriptor, the magnitude over the largest that there is,
 * and 0 for the descriptors that a note has not. So a note of magnitude 0 is that of every
 * descriptor. LTS_ERR_NOT_FOUND names the first note without descriptor, magnitude or pitch. */
lts_status lts_conditions_of_labels(const lts_labels *labels, lts_conditions **out, lts_error *err);

/* Of what was measured, (notes,LTS_NOTE_MEASURES): each measure less its mean over the notes, in
 * standard deviations. LTS_ERR_NOT_FOUND names the first note without pitch. */
lts_status lts_conditions_of_measures(const lts_labels *labels, const float *measures,
                                      lts_conditions **out, lts_error *err);
void lts_conditions_destroy(lts_conditions *conditions); /* NULL is allowed */

/* As the note of a model, LTS_CONDITION_NOTE, and back. The text is a new string (lts_free), NULL
 * when memory is short. LTS_ERR_FORMAT for a text that is none. */
#define LTS_CONDITION_NOTE "condition"
char *lts_conditions_text(const lts_conditions *conditions);
lts_status lts_conditions_parse(const char *text, lts_conditions **out, lts_error *err);

size_t lts_conditions_count(const lts_conditions *conditions); /* C, >= 1 */
bool lts_conditions_are_measured(const lts_conditions *conditions);
/* The descriptors, in their order; NULL past the last. */
const char *lts_conditions_descriptor(const lts_conditions *conditions, size_t index);

/* row (C) of a mixture of descriptors, each with its magnitude, which may be beyond those of the
 * data set, and of a pitch, a key of MIDI. LTS_ERR_NOT_FOUND names a descriptor that there is not,
 * and those that there are; LTS_ERR_ARGUMENT where conditions are measured, or for a number that is
 * not finite. */
typedef struct lts_condition_part {
    const char *descriptor;
    double magnitude;
} lts_condition_part;
lts_status lts_conditions_describe(const lts_conditions *conditions, const lts_condition_part *part,
                                   size_t parts, double key, float *row, lts_error *err);

/* row (C) of measures (LTS_NOTE_MEASURES) and a pitch. LTS_ERR_ARGUMENT where conditions are
 * labels, or for a number that is not finite. */
lts_status lts_conditions_measure(const lts_conditions *conditions, const float *measures,
                                  double key, float *row, lts_error *err);

LTS_END_DECLS

#endif
