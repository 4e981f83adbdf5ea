#include "pipeline/train/data/train_data.h"

uint64_t train_data_count(const train_data *data, lts_frames_part part)
{
    return data->kind->count(data->own, part);
}

lts_status train_data_gather(const train_data *data, const train_rows *rows, float *x,
                             int32_t *labels, lts_error *err)
{
    return data->kind->gather(data->own, rows, x, labels, err);
}

const char *train_data_fingerprint(const train_data *data)
{
    return data->kind->fingerprint(data->own);
}

lts_status train_data_check(const train_data *data, lts_error *err)
{
    return data->kind->check(data->own, err);
}

void train_data_close(train_data *data)
{
    if (data->kind)
        data->kind->close(data->own);
    *data = (train_data){0};
}

/* --- Frames ---------------------------------------------------------------------------------- */

static uint64_t count(const void *own, lts_frames_part of)
{
    return lts_frames_count(own, of);
}

static lts_status gather(void *own, const train_rows *rows, float *x, int32_t *labels,
                         lts_error *err)
{
    (void)labels;
    return lts_frames_gather(own, rows->part, rows->order, rows->first, rows->count, x, err);
}

static const char *fingerprint(const void *own)
{
    return lts_frames_fingerprint(own);
}

static lts_status check(const void *own, lts_error *err)
{
    return lts_frames_check(own, err);
}

static void close_frames(void *own)
{
    lts_frames_close(own);
}

static const train_data_kind of_frames = {.unit = "frames",
                                          .count = count,
                                          .gather = gather,
                                          .fingerprint = fingerprint,
                                          .check = check,
                                          .close = close_frames};

train_data train_data_of_frames(lts_frames *frames)
{
    return (train_data){.kind = &of_frames, .own = frames, .inputs = lts_frames_bins(frames)};
}
