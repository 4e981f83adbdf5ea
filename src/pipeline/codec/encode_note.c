#include "lts/formats.h"
#include "pipeline/codec/codec_notes.h"
#include "pipeline/generate/note_run.h"

#include <math.h>
#include <string.h>

static lts_status write_row(const char *path, const float *row, size_t columns, lts_error *err)
{
    lts_npy_writer *writer = NULL;
    lts_status status = lts_npy_writer_open(path, columns, &writer, err);
    if (status != LTS_OK)
        return status;
    status = lts_npy_writer_append(writer, row, 1, err);
    if (status != LTS_OK) {
        lts_npy_writer_abort(writer);
        return status;
    }
    return lts_npy_writer_commit(writer, err);
}

lts_status codec_encode_note(const lts_model *model, const lts_source *source, unsigned threads,
                             const char *mean_path, const char *log_variance_path,
                             const lts_reporter *reporter, lts_error *err)
{
    note_run run = {0};
    note_point point = {0};
    float *row = NULL;
    lts_status status = note_run_open(model, NULL, threads, &run, err);
    if (status != LTS_OK)
        goto done;
    status = note_point_create(&run, &point, err);
    if (status != LTS_OK)
        goto done;
    status = note_encode_sound(&run, source, NULL, &point, reporter, err);
    if (status != LTS_OK)
        goto done;
    const size_t columns = run.latent + run.told + 2;
    status = lts_alloc_checked(&row, columns, sizeof *row, mean_path, err);
    if (status != LTS_OK)
        goto done;
    memcpy(row, point.mean, run.latent * sizeof *row);
    memcpy(row + run.latent, point.condition, run.told * sizeof *row);
    row[columns - 2] = (float)point.min;
    row[columns - 1] = (float)point.max;
    status = write_row(mean_path, row, columns, err);
    if (status != LTS_OK || !log_variance_path)
        goto done;
    for (size_t d = 0; d < run.latent; d++)
        row[d] = 2 * logf(point.deviation[d]);
    status = write_row(log_variance_path, row, run.latent, err);
done:
    lts_free(row);
    note_point_free(&point);
    note_run_close(&run);
    return status;
}
