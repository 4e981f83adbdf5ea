/* Pitch after time: shifts between what two aligned sounds have at once. */
#include "lts/align_time.h"

/* Frames between two questions whether to go on. */
enum { ASKED = 512 };

lts_status lts_align_pitch_along(const lts_align_config *config, const float *a, const float *b,
                                 size_t frames, const double *position_a, const double *position_b,
                                 float **shift, lts_align_report *report,
                                 const lts_reporter *reporter, lts_error *err)
{
    static const char *const what = "aligning pitches";
    const size_t bins = config->bins;
    lts_align_tracker *tracker = NULL;
    float *rows = NULL, *found = NULL;
    *shift = NULL;
    *report = (lts_align_report){0};
    lts_status status = lts_align_tracker_create(config, &tracker, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&rows, bins, 2 * sizeof *rows, what, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&found, frames, sizeof *found, what, err);
    if (status != LTS_OK)
        goto done;
    for (size_t t = 0; t < frames; t++) {
        lts_align_time_read(a, frames, bins, position_a[t], rows);
        lts_align_time_read(b, frames, bins, position_b[t], rows + bins);
        status = lts_align_tracker_feed(tracker, rows, rows + bins, 1, err);
        if (status != LTS_OK)
            goto done;
        if (t % ASKED == 0 && lts_cancelled(reporter)) {
            status = lts_fail(err, LTS_ERR_CANCELLED, "cancelled before the render");
            goto done;
        }
    }
    status = lts_align_tracker_finish(tracker, found, report, err);
    if (status != LTS_OK)
        goto done;
    if (report->aligned > 0) {
        *shift = found;
        found = NULL;
    }
done:
    lts_align_tracker_destroy(tracker);
    lts_free(rows);
    lts_free(found);
    return status;
}
