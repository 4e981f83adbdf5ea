#include "pipeline/match/evaluation.h"

#include "match/resemblance.h"

#include <math.h>

/* What is measured of a resynthesis, and the name it is recorded by. */
enum measure { STFT, FT, FREQUENCY, PREDICTED, DISTANCE, MEASURES };
static const char *const measure_name[MEASURES] = {"stft_correlation", "ft_correlation",
                                                   "frequency_distance", "predicted", "distance"};

typedef struct sums {
    double of[MEASURES];
    size_t count;
} sums;

/* A line of CSV: the row in the data set and what was measured, to a thousandth. */
static void print_measures(FILE *table, size_t row, const double value[MEASURES])
{
    fprintf(table, "%zu", row);
    for (int m = 0; m < MEASURES; m++) {
        char number[LTS_NUMBER_TEXT];
        lts_number_text(number, round(1000 * value[m]) / 1000);
        fprintf(table, ",%s", number);
    }
    fputc('\n', table);
}

static lts_status resynthesize(evaluation *e, size_t row, resemblance *work,
                               const lts_match_options *options, FILE *table,
                               const lts_reporter *reporter, sums *sum, lts_error *err)
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
    if (status != LTS_OK)
        goto done;
    const resemblance_scores scores = resemblance_of(work, x, m->sound);
    const double value[MEASURES] = {100 * scores.stft, 100 * scores.ft, scores.log_distance,
                                    match.predicted, match.distance};
    for (int measure = 0; measure < MEASURES; measure++)
        sum->of[measure] += value[measure];
    sum->count++;
    if (table)
        print_measures(table, row, value);
done:
    lts_match_free(&match);
    return status;
}

lts_status evaluation_resynthesize(evaluation *e, const lts_match_evaluation *options, FILE *table,
                                   const lts_reporter *reporter, lts_error *err)
{
    /* The search tells its own progress only when it is all that is done. */
    lts_reporter quiet = reporter ? *reporter : (lts_reporter){0};
    quiet.progress = NULL;
    const size_t count = options->resyntheses < e->count ? (size_t)options->resyntheses : e->count;
    resemblance *work = NULL;
    sums sum = {0};
    lts_status status = resemblance_create(e->m->samples, &work, err);
    if (table)
        fprintf(table, "row,%s,%s,%s,%s,%s\n", measure_name[STFT], measure_name[FT],
                measure_name[FREQUENCY], measure_name[PREDICTED], measure_name[DISTANCE]);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < count; i++) {
        const size_t row = spread(spread(i, count, e->count), e->count, e->folder.rows);
        if (lts_cancelled(reporter))
            status =
                lts_fail(err, LTS_ERR_CANCELLED, "stopped after %zu of %zu resyntheses", i, count);
        else
            status = resynthesize(e, row, work, &options->match, table, &quiet, &sum, err);
        lts_progress(reporter, "resyntheses", (double)(i + 1), (double)count, 0);
        if (status != LTS_OK)
            goto done;
    }
done:
    resemblance_destroy(work);
    if (status != LTS_OK || sum.count == 0)
        return status;
    lts_field fields[MEASURES + 1] = {{"count", NULL, (double)sum.count}};
    for (int m = 0; m < MEASURES; m++)
        fields[m + 1] = (lts_field){measure_name[m], NULL, sum.of[m] / (double)sum.count};
    lts_record(reporter, "resyntheses", fields, MEASURES + 1);
    return LTS_OK;
}
