#include "lts/formats.h"
#include "lts/synth_data.h"

#include <math.h>
#include <string.h>

enum { MOST_FLOATS = 8 << 20, MOST_AT_ONCE = 256 };

/* What is read beyond the end, seconds: the resampler must not hear a sound that is cut end. */
static const double beyond = 0.05;

typedef struct job {
    const lts_sound_array *array;
    lts_paths sounds;
    size_t length, first, at_once;
    float *x; /* (at_once, length) */
    lts_status *status;
    lts_error *error; /* (at_once) */
} job;

static void read_sound(void *context, size_t item, unsigned worker)
{
    job *j = context;
    float *x, *row = j->x + item * j->length;
    size_t n;
    (void)worker;
    j->status[item] = lts_audio_load(j->sounds.item[j->first + item], j->array->sample_rate, 0,
                                     j->array->duration + beyond, &x, &n, &j->error[item]);
    if (j->status[item] != LTS_OK)
        return;
    n = n < j->length ? n : j->length;
    memcpy(row, x, n * sizeof *row);
    memset(row + n, 0, (j->length - n) * sizeof *row);
    lts_free(x);
}

static lts_status open_job(job *j, lts_error *err)
{
    const lts_sound_array *array = j->array;
    const double length = round(array->duration * array->sample_rate);
    if (!(array->sample_rate >= 100 && array->sample_rate <= 1e6))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: a rate of %g Hz: must be 100 to 1000000",
                        array->path, array->sample_rate);
    if (!(length >= 1 && length <= 1e9))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: %g s: must be a sample to 1e9 of them",
                        array->path, array->duration);
    j->length = (size_t)length;
    lts_status status = lts_audio_walk(array->folder, &j->sounds, NULL, err);
    if (status != LTS_OK)
        return status;
    if (j->sounds.count == 0)
        return lts_fail(err, LTS_ERR_NOT_FOUND, "%s: no sound files in it", array->folder);
    j->at_once = MOST_FLOATS / j->length;
    j->at_once = j->at_once < MOST_AT_ONCE ? j->at_once : MOST_AT_ONCE;
    j->at_once = j->at_once < array->threads ? array->threads : j->at_once;
    j->at_once = j->at_once < j->sounds.count ? j->at_once : j->sounds.count;
    status = lts_alloc_checked(&j->x, j->at_once * j->length, sizeof *j->x, array->path, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&j->status, j->at_once, sizeof *j->status, array->path, err);
    if (status != LTS_OK)
        return status;
    return lts_alloc_checked(&j->error, j->at_once, sizeof *j->error, array->path, err);
}

static lts_status pack_some(job *j, lts_npy_writer *writer, const lts_reporter *reporter,
                            lts_error *err)
{
    const size_t left = j->sounds.count - j->first;
    const size_t count = left < j->at_once ? left : j->at_once;
    lts_parallel_for(count, j->array->threads, read_sound, j);
    for (size_t i = 0; i < count; i++) {
        if (j->status[i] != LTS_OK)
            return lts_fail(err, j->status[i], "%s", j->error[i].text);
        const lts_field fields[] = {{"row", NULL, (double)(j->first + i)},
                                    {"file", j->sounds.item[j->first + i], 0}};
        lts_record(reporter, "row", fields, 2);
    }
    j->first += count;
    return lts_npy_writer_append(writer, j->x, count, err);
}

lts_status lts_sound_array_make(const lts_sound_array *array, const lts_reporter *reporter,
                                lts_error *err)
{
    job j = {.array = array};
    lts_npy_writer *writer = NULL;
    lts_status status = open_job(&j, err);
    if (status != LTS_OK)
        goto done;
    const lts_npy_layout layout = {.channels = 1, .columns = j.length};
    status = lts_npy_writer_open_as(array->path, &layout, &writer, err);
    if (status != LTS_OK)
        goto done;
    while (j.first < j.sounds.count) {
        status = pack_some(&j, writer, reporter, err);
        lts_progress(reporter, "sounds", (double)j.first, (double)j.sounds.count, 0);
        if (status != LTS_OK)
            goto done;
        if (lts_cancelled(reporter)) {
            status = lts_fail(err, LTS_ERR_CANCELLED, "%s: interrupted: nothing was written",
                              array->path);
            goto done;
        }
    }
    lts_npy_writer *whole = writer;
    writer = NULL;
    status = lts_npy_writer_commit(whole, err);
    if (status != LTS_OK)
        goto done;
    const lts_field fields[] = {{"file", array->path, 0},
                                {"examples", NULL, (double)j.sounds.count},
                                {"samples", NULL, (double)j.length}};
    lts_record(reporter, "dataset", fields, sizeof fields / sizeof *fields);
done:
    lts_npy_writer_abort(writer);
    lts_paths_free(&j.sounds);
    lts_free(j.x);
    lts_free(j.status);
    lts_free(j.error);
    return status;
}
