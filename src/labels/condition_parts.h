/* What conditions consist of. */
#ifndef LABELS_CONDITION_PARTS_H
#define LABELS_CONDITION_PARTS_H

#include "lts/condition.h"

struct lts_conditions {
    bool measured;
    int low, high; /* keys */
    double most;   /* the largest magnitude */
    double mean[LTS_NOTE_MEASURES], deviation[LTS_NOTE_MEASURES];
    size_t descriptors;
    char (*descriptor)[LTS_LABEL_TEXT]; /* (descriptors) */
};

/* Without notes; the descriptors are empty. */
lts_status conditions_create(size_t descriptors, lts_conditions **out, lts_error *err);

#endif
