#include "match/tally.h"

#include "match/measures.h"

#include <math.h>
#include <string.h>

static lts_status create(size_t parameters, size_t classes, match_tally *tally, lts_error *err)
{
    static const char what[] = "the scores of a classifier";
    *tally = (match_tally){.parameters = parameters, .classes = classes};
    lts_status status =
        lts_alloc_checked(&tally->parameter, parameters, sizeof *tally->parameter, what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&tally->sum, parameters, sizeof *tally->sum, what, err);
    if (status != LTS_OK)
        return status;
    match_tally_restart(tally);
    return status;
}

lts_status match_tally_create(const lts_synth_space *space, size_t classes, match_tally *tally,
                              lts_error *err)
{
    lts_status status = create(lts_synth_space_free(space), classes, tally, err);
    if (status != LTS_OK)
        return status;
    for (size_t f = 0; f < tally->parameters; f++) {
        const lts_synth_parameter parameter =
            lts_synth_space_at(space, lts_synth_space_free_at(space, f));
        tally->parameter[f] = (match_parameter){parameter.name, parameter.levels};
    }
    return status;
}

lts_status match_tally_create_one(const char *name, size_t classes, match_tally *tally,
                                  lts_error *err)
{
    lts_status status = create(1, classes, tally, err);
    if (status != LTS_OK)
        return status;
    tally->parameter[0] = (match_parameter){name, classes};
    return status;
}

void match_tally_free(match_tally *tally)
{
    lts_free(tally->parameter);
    lts_free(tally->sum);
    *tally = (match_tally){0};
}

void match_tally_restart(match_tally *tally)
{
    memset(tally->sum, 0, tally->parameters * sizeof *tally->sum);
    tally->examples = 0;
}

void match_tally_add(match_tally *tally, const float *probabilities, const int32_t *labels,
                     size_t count)
{
    for (size_t f = 0; f < tally->parameters; f++) {
        const size_t levels = tally->parameter[f].levels;
        match_scores *sum = &tally->sum[f];
        for (size_t b = 0; b < count; b++) {
            const size_t cell = b * tally->parameters + f;
            const double rank =
                measure_rank(probabilities + cell * tally->classes, levels, (size_t)labels[cell]);
            sum->percentile += measure_percentile(rank, levels);
            for (int k = 0; k < MATCH_TOPS; k++)
                sum->top[k] += rank <= k ? 100 : 0;
            sum->off +=
                fabs((double)labels[cell] -
                     (double)measure_most_probable(probabilities + cell * tally->classes, levels));
        }
    }
    tally->examples += count;
}

match_scores match_tally_of(const match_tally *tally, size_t index)
{
    const double n = tally->examples ? (double)tally->examples : (double)NAN;
    match_scores scores = tally->sum[index];
    scores.percentile /= n;
    scores.off /= n;
    for (int k = 0; k < MATCH_TOPS; k++)
        scores.top[k] /= n;
    return scores;
}

match_scores match_tally_mean(const match_tally *tally)
{
    const double n = (double)tally->parameters;
    match_scores mean = {0};
    for (size_t f = 0; f < tally->parameters; f++) {
        const match_scores scores = match_tally_of(tally, f);
        mean.percentile += scores.percentile / n;
        mean.off += scores.off / n;
        for (int k = 0; k < MATCH_TOPS; k++)
            mean.top[k] += scores.top[k] / n;
    }
    return mean;
}

static void print_scores(FILE *stream, const char *name, const match_scores *scores,
                         const double *published)
{
    double value[MATCH_TOPS + 3] = {scores->percentile};
    for (int k = 0; k < MATCH_TOPS; k++)
        value[1 + k] = scores->top[k];
    value[MATCH_TOPS + 1] = scores->off;
    value[MATCH_TOPS + 2] = published ? *published : 0;
    fprintf(stream, "%s", name);
    for (int c = 0; c < MATCH_TOPS + (published ? 3 : 2); c++) {
        char number[LTS_NUMBER_TEXT];
        lts_number_text(number, round(1000 * value[c]) / 1000);
        fprintf(stream, ",%s", isnan(value[c]) ? "" : number);
    }
    fputc('\n', stream);
}

void match_tally_print(const match_tally *tally, const double *published, FILE *stream)
{
    fprintf(stream, "parameter,mean_percentile_rank,top_1,top_2,top_3,top_4,top_5,classes_off%s\n",
            published ? ",published_percentile_rank" : "");
    for (size_t f = 0; f < tally->parameters; f++) {
        const match_scores scores = match_tally_of(tally, f);
        print_scores(stream, tally->parameter[f].name, &scores, published ? &published[f] : NULL);
    }
    const match_scores mean = match_tally_mean(tally);
    print_scores(stream, "mean", &mean, published ? &published[tally->parameters] : NULL);
}

lts_status match_tally_save(const match_tally *tally, const char *path, lts_error *err)
{
    lts_outfile *file;
    lts_status status = lts_outfile_open_own(path, &file, err);
    if (status != LTS_OK)
        return status;
    match_tally_print(tally, NULL, lts_outfile_stream(file));
    return lts_outfile_commit(file, err);
}
