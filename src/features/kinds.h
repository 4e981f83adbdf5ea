/* The table of kinds. A new kind is a member of lts_feature_kind with its settings in lts_feature,
 * a file in kinds/ with a feature_kind, and its place in the table of feature.c, in the enum's
 * order. A setting whose key [audio] does not have yet also needs a member of lts_config, a row of
 * the configuration's table and a line of default.ini. */
#ifndef FEATURES_KINDS_H
#define FEATURES_KINDS_H

#include "features/transform.h"

/* The public functions of these names, for one kind. */
typedef struct feature_kind {
    const char *name;
    int version;     /* raised when the computation's values change, so that arrays are made anew */
    bool magnitudes; /* examples are linear magnitudes, none below 0 */
    bool note;       /* a sound is one example */
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

    /* What transform.h declares. Plan, work and stream are the kind's own. A failed create leaves
     * the pointer it was given NULL; destroy is not called with NULL. */
    lts_status (*plan_create)(const lts_feature *feature, size_t samples, void **plan,
                              lts_error *err);
    /* transform_create_brief; NULL: plan_create serves. */
    lts_status (*plan_create_brief)(const lts_feature *feature, size_t most, void **plan,
                                    lts_error *err);
    void (*plan_destroy)(void *plan);
    size_t (*plan_slice)(const void *plan);
    lts_status (*work_create)(const void *plan, void **work, lts_error *err);
    void (*work_destroy)(void *work);
    void (*analyse)(const void *plan, void *work, const float *x, size_t n, float *examples);
    lts_status (*stream_create)(const void *plan, void **stream, lts_error *err);
    void (*stream_destroy)(void *stream);
    void (*stream_restart)(void *stream);
    size_t (*stream_feed)(void *stream, const float *x, size_t n);
    void (*stream_finish)(void *stream);
    size_t (*stream_take)(void *stream, const float **examples);

    /* Each of these is NULL in a kind that cannot do it. */
    void (*analyse_note)(const void *plan, void *work, const float *x, size_t n, float *example,
                         lts_note_range *range);
    feature_recover *recover;                                   /* examples back to sound */
    double (*column_at)(const lts_feature *feature, double hz); /* columns along frequency */
    int (*octave)(const lts_feature *feature);                  /* columns of an octave */
    lts_status (*vocoder_create)(const lts_feature *feature, uint64_t seed, lts_vocoder **out,
                                 lts_error *err); /* examples to sound, live */
} feature_kind;

extern const feature_kind feature_cqt, feature_samples, feature_log_stft, feature_stft;

/* The row of a kind; NULL past the last. */
const feature_kind *feature_kind_at(int kind);

#endif
