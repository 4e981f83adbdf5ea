/* The table of kinds. A new kind is a member of lts_feature_kind with its settings in lts_feature,
 * a row here in the enum's order, and a file with the row's functions. Besides, lts_config_feature
 * chooses the kind and wants its settings in [audio], and the analyses of sound name their
 * transform themselves: what reads lts_feature.cqt outside of this room. */
#ifndef FEATURES_KINDS_H
#define FEATURES_KINDS_H

#include "lts/features.h"

/* The public functions of these names, for one kind. */
typedef struct feature_kind {
    const char *name;
    int version; /* raised when the computation's values change, so that arrays are made anew */
    const lts_feature_setting *settings; /* the last one's name is NULL */
    lts_feature (*defaults)(void);
    lts_status (*check)(const lts_feature *feature, lts_error *err);
    size_t (*rows)(const lts_feature *feature);
    size_t (*columns)(const lts_feature *feature);
    double (*sample_rate)(const lts_feature *feature);
    size_t (*hop)(const lts_feature *feature);
    size_t (*count)(const lts_feature *feature, size_t samples);
    size_t (*context)(const lts_feature *feature);
    void (*shape_text)(const lts_feature *feature, char text[LTS_FEATURE_SHAPE_TEXT]);
} feature_kind;

extern const feature_kind feature_cqt;

/* The row of a kind; NULL past the last. */
const feature_kind *feature_kind_at(int kind);

#endif
