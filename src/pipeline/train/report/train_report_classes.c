#include "pipeline/train/train_job.h"

#include <inttypes.h>

/* The probabilities of what is held out, added to the tally. */
static lts_status classify(train_job *job, lts_classifier *classifier, lts_error *err)
{
    const uint64_t total = train_data_count(&job->data, LTS_FRAMES_VALIDATION);
    match_tally_restart(&job->tally);
    for (uint64_t first = 0; first < total;) {
        const uint64_t left = total - first;
        const size_t count = left < job->training.batch ? (size_t)left : job->training.batch;
        const train_rows rows = {.part = LTS_FRAMES_VALIDATION, .first = first, .count = count};
        lts_status status = train_data_gather(&job->data, &rows, job->rows, job->labels, err);
        if (status != LTS_OK)
            return status;
        lts_classifier_run(classifier, job->rows, count, job->probabilities);
        match_tally_add(&job->tally, job->probabilities, job->labels, count);
        first += count;
        lts_progress(job->reporter, "examples evaluated", (double)first, (double)total, 0);
        if (lts_cancelled(job->reporter))
            return lts_fail(err, LTS_ERR_CANCELLED,
                            "stopped after evaluating %" PRIu64 " of %" PRIu64 " examples", first,
                            total);
    }
    return LTS_OK;
}

lts_status train_report_scores(train_job *job, const lts_model *best, lts_error *err)
{
    lts_classifier *classifier = NULL;
    char *path = train_path(job, "report.csv");
    lts_status status = path ? lts_classifier_create(best, job->training.threads, &classifier, err)
                             : lts_no_memory(job->run, err);
    if (status != LTS_OK)
        goto done;
    status = classify(job, classifier, err);
    if (status != LTS_OK)
        goto done;
    status = match_tally_save(&job->tally, path, err);
    if (status != LTS_OK || job->tally.examples == 0)
        goto done;
    const match_scores mean = match_tally_mean(&job->tally);
    lts_message(job->reporter, LTS_LEVEL_NOTE,
                "held out, best model: mean percentile rank %.1f, top 1, 3, 5: %.1f, %.1f, "
                "%.1f %%; of each parameter: %s",
                mean.percentile, mean.top[0], mean.top[2], mean.top[4], path);
done:
    lts_classifier_destroy(classifier);
    lts_free(path);
    return status;
}
