/* What feature_kind (features/kinds.h) asks of the kind whose example is a whole note. */
#ifndef FEATURES_KINDS_NOTE_TRANSFORM_H
#define FEATURES_KINDS_NOTE_TRANSFORM_H

#include "features/kinds.h"

void note_plan_destroy(void *plan);
lts_status note_plan_create(const lts_feature *feature, size_t samples, void **plan,
                            lts_error *err);
size_t note_plan_slice(const void *plan);
void note_work_destroy(void *work);
lts_status note_work_create(const void *plan, void **work, lts_error *err);
void note_analyse(const void *plan, void *work, const float *x, size_t n, float *examples);
/* Of analyse_note: gives the levels too that become 0 and 1. */
void note_analyse_ranged(const void *plan, void *work, const float *x, size_t n, float *example,
                         lts_note_range *range);
lts_status note_recover(const void *plan, void *work, const float *examples, size_t count,
                        const lts_phase_known *known, const lts_phase_config *config, float *x,
                        size_t n, const lts_reporter *reporter, lts_error *err);
lts_status note_stream_create(const void *plan, void **stream, lts_error *err);

#endif
