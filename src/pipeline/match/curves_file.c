#include "lts/formats.h"
#include "pipeline/match/curves.h"

static lts_status save_array(const curves *c, const char *path, lts_error *err)
{
    const size_t parameters = c->m->parameters, columns = 2 + parameters;
    float *row = NULL;
    lts_npy_writer *writer = NULL;
    lts_status status = lts_alloc_checked(&row, columns, sizeof *row, path, err);
    if (status != LTS_OK)
        return status;
    if ((status = lts_npy_writer_open(path, columns, &writer, err)) != LTS_OK)
        goto done;
    for (size_t r = 0; r < c->rows; r++) {
        row[0] = (float)((double)(r * c->hop) / c->rate);
        row[1] = (float)c->gain[r];
        for (size_t p = 0; p < parameters; p++)
            row[2 + p] = (float)c->values[r * parameters + p];
        if ((status = lts_npy_writer_append(writer, row, 1, err)) != LTS_OK)
            goto done;
    }
    status = lts_npy_writer_commit(writer, err);
    writer = NULL;
done:
    lts_npy_writer_abort(writer);
    lts_free(row);
    return status;
}

static void print_number(FILE *stream, double value)
{
    char number[LTS_NUMBER_TEXT];
    lts_number_text(number, value);
    fprintf(stream, ",%s", number);
}

static lts_status save_text(const curves *c, const char *path, lts_error *err)
{
    const size_t parameters = c->m->parameters;
    lts_outfile *file;
    lts_status status = lts_outfile_open(path, &file, err);
    if (status != LTS_OK)
        return status;
    FILE *stream = lts_outfile_stream(file);
    fputs("time,level", stream);
    for (size_t p = 0; p < parameters; p++)
        fprintf(stream, ",%s", lts_synth_space_at(c->m->space, p).name);
    for (size_t r = 0; r < c->rows; r++) {
        char number[LTS_NUMBER_TEXT];
        lts_number_text(number, (double)(r * c->hop) / c->rate);
        fprintf(stream, "\n%s", number);
        print_number(stream, c->gain[r]);
        for (size_t p = 0; p < parameters; p++)
            print_number(stream, c->values[r * parameters + p]);
    }
    fputc('\n', stream);
    return lts_outfile_commit(file, err);
}

lts_status curves_save(const curves *c, const char *path, lts_error *err)
{
    return lts_npy_is(path) ? save_array(c, path, err) : save_text(c, path, err);
}
