#include "pipeline/match/evaluation.h"

#include "match/resemblance.h"

typedef struct sums {
    double stft, ft, log_distance, predicted, distance;
    size_t count;
} sums;

static lts_status resynthesize(evaluation *e, size_t row, resemblance *work,
                               const lts_match_options *options, const lts_reporter *reporter,
                               sums *sum, lts_error *err)
{
    lts_matcher *m = e->m;
    float *x = e->maker[0].x;
    lts_match match = {0};
    lts_status status = synth_folder_read(&e->folder, row, x, e->labels, err);
    if (status != LTS_OK)
        return status;
    size_t loud = 0;
    while (loud < m->samples && x[loud] == 0)
        loud++;
    if (loud == m->samples)
        return LTS_OK;
    status = lts_match_sound(m, x, options, reporter, &match, err);
    if (status != LTS_OK)
        return status;
    status = lts_synth_render(m->synth, match.values, m->sound, err);
    if (status == LTS_OK) {
        const resemblance_scores scores = resemblance_of(work, x, m->sound);
        sum->stft += 100 * scores.stft;
        sum->ft += 100 * scores.ft;
        sum->log_distance += scores.log_distance;
        sum->predicted += match.predicted;
        sum->distance += match.distance;
        sum->count++;
    }
    lts_match_free(&match);
    return status;
}

lts_status evaluation_resynthesize(evaluation *e, const lts_match_evaluation *options,
                                   const lts_reporter *reporter, lts_error *err)
{
    /* The search tells its own progress only when it is all that is done. */
    lts_reporter quiet = reporter ? *reporter : (lts_reporter){0};
    quiet.progress = NULL;
    const size_t count = options->resyntheses < e->count ? (size_t)options->resyntheses : e->count;
    resemblance *work = NULL;
    sums sum = {0};
    lts_status status = resemblance_create(e->m->samples, &work, err);
    for (size_t i = 0; status == LTS_OK && i < count; i++) {
        const size_t row = spread(spread(i, count, e->count), e->count, e->folder.rows);
        if (lts_cancelled(reporter))
            status =
                lts_fail(err, LTS_ERR_CANCELLED, "stopped after %zu of %zu resyntheses", i, count);
        else
            status = resynthesize(e, row, work, &options->match, &quiet, &sum, err);
        lts_progress(reporter, "resyntheses", (double)(i + 1), (double)count, 0);
    }
    resemblance_destroy(work);
    if (status != LTS_OK || sum.count == 0)
        return status;
    const double n = (double)sum.count;
    const lts_field fields[] = {{"count", NULL, n},
                                {"stft_correlation", NULL, sum.stft / n},
                                {"ft_correlation", NULL, sum.ft / n},
                                {"frequency_distance", NULL, sum.log_distance / n},
                                {"predicted", NULL, sum.predicted / n},
                                {"distance", NULL, sum.distance / n}};
    lts_record(reporter, "resyntheses", fields, sizeof fields / sizeof *fields);
    return LTS_OK;
}
