#include "dsp/cqt/cqt.h"

#include <string.h>

struct lts_cqt_stream {
    const lts_cqt *cqt;
    lts_cqt_work *work;
    float *input;  /* (L): the slice being filled; it begins `guard` frames before its first row */
    float *rows;   /* (m,K) */
    size_t filled; /* samples in `input` */
    size_t received; /* N so far */
    size_t begin;    /* the frame of the next row to be made */
    size_t waiting;  /* rows made and not yet taken */
    bool finished;
};

lts_status lts_cqt_stream_create(const lts_cqt *cqt, lts_cqt_stream **out, lts_error *err)
{
    lts_cqt_stream *stream = NULL;
    *out = NULL;
    lts_status status = lts_alloc_checked(&stream, 1, sizeof *stream, "a CQT stream", err);
    if (status != LTS_OK)
        return status;
    stream->cqt = cqt;
    status = lts_cqt_work_create(cqt, &stream->work, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&stream->input, cqt->samples, sizeof(float),
                               "a CQT stream's samples", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&stream->rows, (cqt->frames - cqt->guard) * cqt->bins, sizeof(float),
                               "a CQT stream's rows", err);
    if (status != LTS_OK)
        goto done;
    lts_cqt_stream_restart(stream);
    *out = stream;
    stream = NULL;
done:
    lts_cqt_stream_destroy(stream);
    return status;
}

void lts_cqt_stream_restart(lts_cqt_stream *s)
{
    s->filled = s->cqt->guard * (size_t)s->cqt->config.hop;
    memset(s->input, 0, s->filled * sizeof(float));
    s->received = s->begin = s->waiting = 0;
    s->finished = false;
}

void lts_cqt_stream_destroy(lts_cqt_stream *stream)
{
    if (!stream)
        return;
    lts_cqt_work_destroy(stream->work);
    lts_free(stream->input);
    lts_free(stream->rows);
    lts_free(stream);
}

/* Makes the rows of the slice in `input`, and moves its end to where the next slice needs it. */
static void make_rows(lts_cqt_stream *s, size_t frames)
{
    const lts_cqt *cqt = s->cqt;
    size_t hop = (size_t)cqt->config.hop;
    cqt_slice slice = cqt_slice_at(cqt, frames, s->begin, cqt->guard);
    /* A signal that fits one slice begins at the slice's frame 0. */
    size_t offset = slice.first == 0 && s->begin == 0 ? cqt->guard * hop : 0;
    size_t have = s->filled - offset;
    memcpy(s->work->samples, s->input + offset, have * sizeof(float));
    memset(s->work->samples + have, 0, (cqt->samples - have) * sizeof(float));
    cqt_analyse(&cqt->full, s->work);
    cqt_slice_magnitudes(cqt, s->work, &slice, s->rows);
    size_t used = slice.count * hop;
    size_t kept = s->filled > used ? s->filled - used : 0;
    memmove(s->input, s->input + used, kept * sizeof(float));
    s->filled = kept;
    s->begin += slice.count;
    s->waiting = slice.count;
}

size_t lts_cqt_stream_feed(lts_cqt_stream *s, const float *x, size_t n)
{
    size_t room = s->waiting || s->finished ? 0 : s->cqt->samples - s->filled;
    size_t taken = n < room ? n : room;
    if (taken)
        memcpy(s->input + s->filled, x, taken * sizeof *x);
    s->filled += taken;
    s->received += taken;
    /* A full slice means more frames than one slice could hold whole. */
    if (taken && s->filled == s->cqt->samples)
        make_rows(s, lts_cqt_frames(&s->cqt->config, s->received));
    return taken;
}

void lts_cqt_stream_finish(lts_cqt_stream *s)
{
    s->finished = true;
}

size_t lts_cqt_stream_take(lts_cqt_stream *s, const float **rows)
{
    size_t frames = lts_cqt_frames(&s->cqt->config, s->received);
    if (!s->waiting && s->finished && s->begin < frames)
        make_rows(s, frames);
    size_t count = s->waiting;
    s->waiting = 0;
    *rows = s->rows;
    return count;
}
