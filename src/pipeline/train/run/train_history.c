#include "pipeline/train/train_job.h"

#include "pipeline/config/config_table.h"

#include <math.h>
#include <string.h>

enum { COLUMNS = 10, SCORES = 4, ALL = COLUMNS + SCORES, LONGEST_ROW = ALL * LTS_NUMBER_TEXT };

static const char header[] =
    "epoch,loss,reconstruction,kl,validation_loss,validation_reconstruction,"
    "validation_kl,learning_rate,frames_per_second,seconds";
/* Of a classifier, after those. */
static const char scores_header[] = ",mean_percentile_rank,top_1,top_3,top_5";

static int columns_of(const train_history *history)
{
    return history->scored ? ALL : COLUMNS;
}

/* The columns of a row; NaN stands for one that is left empty. */
static void row_values(const train_epoch *row, double value[ALL])
{
    const lts_losses none = {NAN, NAN, NAN};
    const lts_losses *validation = row->validated ? &row->validation : &none;
    const double unscored = row->validated ? 0 : (double)NAN;
    const double all[ALL] = {(double)row->epoch,
                             row->train.total,
                             row->train.reconstruction,
                             row->train.kl,
                             validation->total,
                             validation->reconstruction,
                             validation->kl,
                             row->learning_rate,
                             row->frames_per_second,
                             row->seconds,
                             unscored + row->scores.percentile,
                             unscored + row->scores.top[0],
                             unscored + row->scores.top[2],
                             unscored + row->scores.top[4]};
    memcpy(value, all, sizeof all);
}

static void print_row(const train_epoch *row, int columns, char *text)
{
    double value[ALL];
    row_values(row, value);
    for (int c = 0; c < columns; c++) {
        if (!isnan(value[c]))
            lts_number_text(text, value[c]);
        else
            *text = '\0';
        text += strlen(text);
        *text++ = c + 1 < columns ? ',' : '\n';
    }
    *text = '\0';
}

lts_status train_history_add(train_history *history, const train_epoch *row, lts_error *err)
{
    if (history->count == history->room) {
        size_t room = history->room ? 2 * history->room : 64;
        train_epoch *larger;
        lts_status status = lts_alloc_checked(&larger, room, sizeof *larger, "the history", err);
        if (status != LTS_OK)
            return status;
        if (history->count)
            memcpy(larger, history->row, history->count * sizeof *larger);
        lts_free(history->row);
        history->row = larger;
        history->room = room;
    }
    history->row[history->count++] = *row;
    return LTS_OK;
}

void train_history_free(train_history *history)
{
    lts_free(history->row);
    *history = (train_history){0};
}

char *train_history_text(const train_history *history)
{
    char *text = lts_alloc(sizeof header + sizeof scores_header + history->count * LONGEST_ROW, 1);
    if (!text)
        return NULL;
    char *end = text + sprintf(text, "%s%s\n", header, history->scored ? scores_header : "");
    for (size_t i = 0; i < history->count; i++) {
        print_row(&history->row[i], columns_of(history), end);
        end += strlen(end);
    }
    return text;
}

/* One line; false when it is no row. Only the validation's columns may be empty. */
static bool parse_row(const char *line, int columns, train_epoch *row)
{
    double value[ALL] = {0};
    for (int c = 0; c < columns; c++) {
        size_t width = strcspn(line, ",\n");
        char text[LTS_NUMBER_TEXT];
        if (width >= sizeof text || line[width] != (c + 1 < columns ? ',' : '\n'))
            return false;
        memcpy(text, line, width);
        text[width] = '\0';
        value[c] = NAN;
        if (width == 0 ? c < 4 || (c > 6 && c < COLUMNS) : !lts_parse_double(text, &value[c]))
            return false;
        line += width + 1;
    }
    if (value[0] < 0 || value[0] > 0x1p53)
        return false;
    *row = (train_epoch){
        .epoch = (uint64_t)value[0],
        .train = {value[1], value[2], value[3]},
        .validated = !isnan(value[4]),
        .validation = {value[4], value[5], value[6]},
        .learning_rate = value[7],
        .frames_per_second = value[8],
        .seconds = value[9],
        .scores = {.percentile = value[10], .top = {value[11], 0, value[12], 0, value[13]}}};
    return true;
}

lts_status train_history_parse(const char *text, train_history *history, lts_error *err)
{
    const size_t scores = strlen(scores_header);
    if (strncmp(text, header, strlen(header)) != 0)
        return lts_fail(err, LTS_ERR_FORMAT, "the history has other columns");
    text += strlen(header);
    history->scored = strncmp(text, scores_header, scores) == 0;
    text += history->scored ? scores : 0;
    if (*text++ != '\n')
        return lts_fail(err, LTS_ERR_FORMAT, "the history has other columns");
    for (; *text; text += strcspn(text, "\n") + 1) {
        train_epoch row;
        if (!parse_row(text, columns_of(history), &row))
            return lts_fail(err, LTS_ERR_FORMAT, "the history is damaged after %zu epochs",
                            history->count);
        lts_status status = train_history_add(history, &row, err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

lts_status train_history_save(const train_history *history, const char *path, lts_error *err)
{
    char *text = train_history_text(history);
    if (!text)
        return lts_no_memory(path, err);
    lts_outfile *file;
    lts_status status = lts_outfile_open_own(path, &file, err);
    if (status != LTS_OK)
        goto done;
    fputs(text, lts_outfile_stream(file));
    status = lts_outfile_commit(file, err);
done:
    lts_free(text);
    return status;
}
