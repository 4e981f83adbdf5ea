#include "align/pitch/tracker.h"

#include <string.h>

lts_status lts_align_tracker_create(const lts_align_config *config, lts_align_tracker **out,
                                    lts_error *err)
{
    static const char *const what = "aligning two sounds";
    lts_align_tracker *tracker = NULL;
    *out = NULL;
    lts_status status = lts_align_check(config, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&tracker, 1, sizeof *tracker, what, err);
    if (status != LTS_OK)
        goto done;
    tracker->config = *config;
    tracker->scale = align_scale_of(config);
    const size_t states = 2 * tracker->scale.range + 2;
    const struct {
        float **array;
        size_t count;
    } arrays[] = {
        {&tracker->scratch, 5 * config->bins + 1},
        {&tracker->value, states},
        {&tracker->next, states},
        {&tracker->score, states},
    };
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        status = lts_alloc_checked(arrays[i].array, arrays[i].count, sizeof(float), what, err);
        if (status != LTS_OK)
            goto done;
    }
    *out = tracker;
    tracker = NULL;
done:
    lts_align_tracker_destroy(tracker);
    return status;
}

void lts_align_tracker_destroy(lts_align_tracker *tracker)
{
    if (!tracker)
        return;
    lts_free(tracker->scratch);
    lts_free(tracker->value);
    lts_free(tracker->next);
    lts_free(tracker->score);
    lts_free(tracker->pairs);
    lts_free(tracker);
}

void lts_align_tracker_restart(lts_align_tracker *tracker)
{
    tracker->frames = tracker->count = 0;
    tracker->begun = false;
}

/* Room for `count` pairs in all. */
static lts_status make_room(lts_align_tracker *tracker, size_t count, lts_error *err)
{
    const size_t size = align_pair_size(&tracker->scale);
    size_t room = tracker->room + tracker->room / 2;
    float *pairs;
    if (count <= tracker->room)
        return LTS_OK;
    room = room > count ? room : count;
    room = room > 64 ? room : 64;
    lts_status status =
        lts_alloc_checked(&pairs, room, size * sizeof *pairs, "aligning two sounds", err);
    if (status != LTS_OK)
        return status;
    if (tracker->count)
        memcpy(pairs, tracker->pairs, tracker->count * size * sizeof *pairs);
    lts_free(tracker->pairs);
    tracker->pairs = pairs;
    tracker->room = room;
    return LTS_OK;
}

lts_status lts_align_tracker_feed(lts_align_tracker *tracker, const float *a, const float *b,
                                  size_t frames, lts_error *err)
{
    const align_scale *scale = &tracker->scale;
    const size_t bins = tracker->config.bins, size = align_pair_size(scale);
    const size_t end = tracker->frames + frames;
    const lts_status status = make_room(tracker, (end + scale->step - 1) / scale->step, err);
    if (status != LTS_OK)
        return status;
    for (size_t t; (t = tracker->count * scale->step) < end; tracker->count++) {
        const size_t row = (t - tracker->frames) * bins;
        float *pair = tracker->pairs + tracker->count * size;
        align_scores(a + row, b + row, bins, scale->span, scale->range, tracker->scratch, pair + 2,
                     pair);
    }
    tracker->frames = end;
    return LTS_OK;
}

size_t lts_align_tracker_frames(const lts_align_tracker *tracker)
{
    return tracker->frames;
}

lts_status lts_align_pitch(const lts_align_config *config, const float *a, const float *b,
                           size_t frames, float *shift, lts_align_report *report, lts_error *err)
{
    lts_align_tracker *tracker;
    lts_status status = lts_align_tracker_create(config, &tracker, err);
    if (status != LTS_OK)
        goto done;
    status = lts_align_tracker_feed(tracker, a, b, frames, err);
    if (status != LTS_OK)
        goto done;
    status = lts_align_tracker_finish(tracker, shift, report, err);
done:
    lts_align_tracker_destroy(tracker);
    return status;
}
