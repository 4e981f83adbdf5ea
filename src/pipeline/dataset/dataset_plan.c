#include "pipeline/dataset/dataset_job.h"

/* Samples of the longest sound of each length but the last, which has none. The first is for sounds
 * that are known to the sample. */
static const uint64_t longest[DATASET_LENGTHS] = {1 << 14, 1 << 16, 1 << 17, 1 << 18, 0};

lts_status dataset_plan(dataset_plans *plans, const lts_feature *feature, uint64_t samples,
                        bool exact, const transform **plan, lts_error *err)
{
    lts_status status = LTS_OK;
    size_t length = exact ? 0 : 1;
    while (length + 1 < DATASET_LENGTHS && samples > longest[length])
        length++;
    pthread_mutex_lock(&plans->lock);
    if (!plans->plan[length] && length == 0)
        status = transform_create_brief(feature, (size_t)longest[0], &plans->plan[0], err);
    else if (!plans->plan[length])
        status = transform_create(feature, (size_t)longest[length], &plans->plan[length], err);
    *plan = plans->plan[length];
    pthread_mutex_unlock(&plans->lock);
    return status;
}

void dataset_plans_free(dataset_plans *plans)
{
    for (size_t length = 0; length < DATASET_LENGTHS; length++)
        transform_destroy(plans->plan[length]);
    pthread_mutex_destroy(&plans->lock);
}
