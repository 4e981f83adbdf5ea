#include "pipeline/train/train_job.h"

#include "lts/distance_file.h"
#include "model/train/trainer.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1024 };

/* Frames that are encoded at most, evenly spread over each part. The map keeps a sample of them. */
static const uint64_t most[] = {[LTS_FRAMES_TRAIN] = 65536, [LTS_FRAMES_VALIDATION] = 16384};

typedef struct encoder {
    const lts_model *model;
    lts_model_work *work;
    size_t columns;
    const lts_training *moves; /* how frames are moved before they are encoded; NULL: they stay */
    float *x;                  /* (CHUNK,K) */
    float *row;                /* (K) */
    float *mean;               /* (CHUNK,columns), and then (CHUNK,Z) */
    float *told;               /* (CHUNK,C): their conditions; NULL: the model takes none */
} encoder;

static lts_status open_encoder(const train_job *job, const lts_model *model, encoder *e,
                               lts_error *err)
{
    const size_t bins = lts_frames_bins(job->frames);
    *e = (encoder){.model = model, .columns = lts_model_columns(model)};
    lts_status status = lts_model_work_create(model, job->training.threads, &e->work, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&e->x, CHUNK, bins * sizeof *e->x, "frames", err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&e->row, bins, sizeof *e->row, "frames", err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&e->mean, CHUNK, e->columns * sizeof *e->mean, "latents", err);
    if (status != LTS_OK || !job->conditions)
        return status;
    return lts_alloc_checked(&e->told, CHUNK,
                             lts_model_settings(model)->conditions * sizeof *e->told, "conditions",
                             err);
}

static void close_encoder(encoder *e)
{
    lts_model_work_destroy(e->work);
    lts_free(e->x);
    lts_free(e->row);
    lts_free(e->mean);
    lts_free(e->told);
}

/* `count` frames of a part from number `first` of `taken` that are spread over it -> e->mean
 * (count,Z), without the level. */
static lts_status encode_some(const train_job *job, lts_frames_part part, uint64_t taken,
                              uint64_t first, size_t count, encoder *e, lts_error *err)
{
    const lts_frames *frames = job->frames;
    const size_t told = lts_model_settings(e->model)->conditions;
    const uint64_t total = lts_frames_count(frames, part);
    const size_t bins = lts_frames_bins(frames), latent = lts_model_settings(e->model)->latent;
    for (size_t i = 0; i < count; i++) {
        const uint64_t spread = (uint64_t)((double)(first + i) * (double)total / (double)taken);
        const uint64_t at = spread < total ? spread : total - 1;
        float *const x = e->x + i * bins;
        lts_status status =
            lts_frames_gather(frames, part, NULL, at, 1, e->moves ? e->row : x, err);
        if (status != LTS_OK)
            return status;
        if (e->told)
            memcpy(e->told + i * told,
                   train_condition_of(job, lts_frames_file_of(frames, part, at)),
                   told * sizeof *e->told);
        if (e->moves)
            augment_row(e->moves, first + i, e->row, x, bins);
    }
    lts_model_work_condition(e->work, e->told);
    lts_model_encode(e->model, e->work, e->x, count, e->mean, NULL);
    for (size_t i = 1; i < count && e->columns > latent; i++)
        for (size_t z = 0; z < latent; z++)
            e->mean[i * latent + z] = e->mean[i * e->columns + z];
    return LTS_OK;
}

/* Frames as the training had them: where it moves some, those are known as well. */
static lts_status add_part(const train_job *job, lts_frames_part part, encoder *e,
                           lts_distance_builder *builder, lts_error *err)
{
    const uint64_t total = lts_frames_count(job->frames, part);
    const uint64_t taken = total < most[part] ? total : most[part];
    e->moves = job->training.transpose_share > 0 ? &job->training : NULL;
    for (uint64_t first = 0; first < taken; first += CHUNK) {
        const size_t count = taken - first < CHUNK ? (size_t)(taken - first) : CHUNK;
        if (lts_cancelled(job->reporter))
            return lts_fail(err, LTS_ERR_CANCELLED, "stopped before the map of distances");
        lts_status status = encode_some(job, part, taken, first, count, e, err);
        if (status != LTS_OK)
            return status;
        status = part == LTS_FRAMES_TRAIN ? lts_distance_add(builder, e->mean, count, err)
                                          : lts_distance_add_held_out(builder, e->mean, count, err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

static int compare(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* The distances of up to CHUNK frames, as they are, held out, or else trained on, in rising order
 * -> d. */
static lts_status measure(const train_job *job, const lts_distance *map, lts_frames_part part,
                          encoder *e, float *d, size_t *count, lts_error *err)
{
    const uint64_t total = lts_frames_count(job->frames, part);
    *count = total < CHUNK ? (size_t)total : CHUNK;
    e->moves = NULL;
    lts_status status = encode_some(job, part, *count, 0, *count, e, err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < *count; i++)
        d[i] = lts_distance_point(map, e->mean + i * map->latent);
    qsort(d, *count, sizeof *d, compare);
    return LTS_OK;
}

static lts_status say_map(const train_job *job, const lts_distance *map, const char *path,
                          encoder *e, lts_error *err)
{
    float d[CHUNK];
    size_t count;
    const bool held_out = lts_frames_count(job->frames, LTS_FRAMES_VALIDATION) > 0;
    lts_status status =
        measure(job, map, held_out ? LTS_FRAMES_VALIDATION : LTS_FRAMES_TRAIN, e, d, &count, err);
    if (status != LTS_OK)
        return status;
    const double median = (double)d[count / 2], high = (double)d[(count - 1) * 19 / 20];
    const lts_field field[] = {{.name = "file", .text = path},
                               {.name = "part", .text = held_out ? "validation" : "train"},
                               {.name = "median", .number = median},
                               {.name = "percentile_95", .number = high}};
    lts_record(job->reporter, "distance", field, sizeof field / sizeof *field);
    lts_message(job->reporter, LTS_LEVEL_NOTE,
                "%s: frames %s are %.2f from what was trained in the median, 95 %% of them within "
                "%.2f",
                path, held_out ? "held out" : "trained on", median, high);
    return LTS_OK;
}

lts_status train_map(const train_job *job, const lts_model *model, lts_error *err)
{
    char *path = train_path(job, TRAIN_MAP);
    lts_distance_builder *builder = NULL;
    lts_distance map = {0};
    encoder e = {0};
    lts_status status = path ? open_encoder(job, model, &e, err) : lts_no_memory(job->run, err);
    if (status != LTS_OK)
        goto done;
    lts_distance_config config = lts_distance_defaults();
    config.threads = job->training.threads;
    status = lts_distance_builder_create(lts_model_settings(model)->latent, &config, &builder, err);
    if (status != LTS_OK)
        goto done;
    status = add_part(job, LTS_FRAMES_TRAIN, &e, builder, err);
    if (status != LTS_OK)
        goto done;
    status = add_part(job, LTS_FRAMES_VALIDATION, &e, builder, err);
    if (status != LTS_OK)
        goto done;
    status = lts_distance_build(builder, &map, err);
    if (status != LTS_OK)
        goto done;
    status = lts_distance_save(&map, model, path, err);
    if (status != LTS_OK)
        goto done;
    status = say_map(job, &map, path, &e, err);
done:
    lts_distance_free(&map);
    lts_distance_builder_destroy(builder);
    close_encoder(&e);
    lts_free(path);
    return status;
}
