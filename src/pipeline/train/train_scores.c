#include "pipeline/train/train_scores.h"

#include "match/measures.h"

#include <math.h>
#include <string.h>

const int train_top[TRAIN_TOPS] = {1, 3, 5};

lts_status train_tally_create(const lts_synth_space *space, size_t classes, train_tally *tally,
                              lts_error *err)
{
    *tally = (train_tally){
        .space = space, .parameters = lts_synth_space_free(space), .classes = classes};
    lts_status status = lts_alloc_checked(&tally->sum, tally->parameters, sizeof *tally->sum,
                                          "the scores of a classifier", err);
    if (status == LTS_OK)
        train_tally_restart(tally);
    return status;
}

void train_tally_free(train_tally *tally)
{
    lts_free(tally->sum);
    *tally = (train_tally){0};
}

void train_tally_restart(train_tally *tally)
{
    memset(tally->sum, 0, tally->parameters * sizeof *tally->sum);
    tally->examples = 0;
}

static lts_synth_parameter parameter_of(const train_tally *tally, size_t index)
{
    return lts_synth_space_at(tally->space, lts_synth_space_free_at(tally->space, index));
}

void train_tally_add(train_tally *tally, const float *probabilities, const int32_t *labels,
                     size_t count)
{
    for (size_t f = 0; f < tally->parameters; f++) {
        const size_t levels = parameter_of(tally, f).levels;
        train_scores *sum = &tally->sum[f];
        for (size_t b = 0; b < count; b++) {
            const size_t cell = b * tally->parameters + f;
            const double rank =
                measure_rank(probabilities + cell * tally->classes, levels, (size_t)labels[cell]);
            sum->percentile += measure_percentile(rank, levels);
            for (int k = 0; k < TRAIN_TOPS; k++)
                sum->top[k] += rank < train_top[k] ? 100 : 0;
        }
    }
    tally->examples += count;
}

train_scores train_tally_of(const train_tally *tally, size_t index)
{
    const double n = tally->examples ? (double)tally->examples : (double)NAN;
    train_scores scores = tally->sum[index];
    scores.percentile /= n;
    for (int k = 0; k < TRAIN_TOPS; k++)
        scores.top[k] /= n;
    return scores;
}

train_scores train_tally_mean(const train_tally *tally)
{
    const double n = (double)tally->parameters;
    train_scores mean = {0};
    for (size_t f = 0; f < tally->parameters; f++) {
        const train_scores scores = train_tally_of(tally, f);
        mean.percentile += scores.percentile / n;
        for (int k = 0; k < TRAIN_TOPS; k++)
            mean.top[k] += scores.top[k] / n;
    }
    return mean;
}

static void print_scores(FILE *stream, const char *name, const train_scores *scores)
{
    fprintf(stream, "%s", name);
    for (int k = -1; k < TRAIN_TOPS; k++) {
        char number[LTS_NUMBER_TEXT];
        const double value = k < 0 ? scores->percentile : scores->top[k];
        lts_number_text(number, round(1000 * value) / 1000);
        fprintf(stream, ",%s", isnan(value) ? "" : number);
    }
    fputc('\n', stream);
}

lts_status train_tally_save(const train_tally *tally, const char *path, lts_error *err)
{
    lts_outfile *file;
    lts_status status = lts_outfile_open_own(path, &file, err);
    if (status != LTS_OK)
        return status;
    FILE *stream = lts_outfile_stream(file);
    fputs("parameter,mean_percentile_rank,top_1,top_3,top_5\n", stream);
    for (size_t f = 0; f < tally->parameters; f++) {
        const train_scores scores = train_tally_of(tally, f);
        print_scores(stream, parameter_of(tally, f).name, &scores);
    }
    const train_scores mean = train_tally_mean(tally);
    print_scores(stream, "mean", &mean);
    return lts_outfile_commit(file, err);
}
