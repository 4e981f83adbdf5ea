/* What feature_kind (features/kinds.h) asks of the kinds whose examples are segments of a sound,
 * each by itself: the samples, or where the feature is LTS_FEATURE_LOG_STFT the logarithm of the
 * magnitudes of their short-time spectrum. */
#ifndef FEATURES_KINDS_SEGMENT_TRANSFORM_H
#define FEATURES_KINDS_SEGMENT_TRANSFORM_H

#include "features/kinds.h"

/* Segments of so many samples, the last filled up with silence; at least one. */
size_t segment_count(const lts_feature *feature, size_t samples);
void segment_plan_destroy(void *plan);
lts_status segment_plan_create(const lts_feature *feature, size_t samples, void **plan,
                               lts_error *err);
size_t segment_plan_slice(const void *plan);
void segment_work_destroy(void *work);
lts_status segment_work_create(const void *plan, void **work, lts_error *err);
void segment_analyse(const void *plan, void *work, const float *x, size_t n, float *examples);
lts_status segment_stream_create(const void *plan, void **stream, lts_error *err);

#endif
