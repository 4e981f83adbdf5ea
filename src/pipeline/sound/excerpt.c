#include "pipeline/sound/excerpt.h"

#include "lts/audio.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 1 << 15 }; /* samples read at once */

struct excerpt {
    char *path;
    excerpt_span span;
    lts_feature feature;
    lts_audio_reader *reader;
    transform_stream *stream;
    float *block;      /* (BLOCK + hop) */
    size_t at, in;     /* samples of the block that the stream has, and all of it */
    size_t fed;        /* samples the stream has */
    bool ended;        /* nothing is left to feed */
    const float *rows; /* the stream's, of which `have` were not handed on */
    size_t have;
    size_t skip, left; /* frames of the context still to drop, of the excerpt to come */
    size_t frame;      /* the next to be handed on */
};

excerpt_span excerpt_span_of(const lts_feature *feature, double offset, size_t samples)
{
    const size_t hop = lts_feature_hop(feature), context = lts_feature_context(feature);
    const size_t start =
        (size_t)floor(offset * lts_feature_sample_rate(feature) + 1e-6) / hop * hop;
    return (excerpt_span){
        .start = start, .before = start < context ? start : context, .samples = samples};
}

static lts_status open_reader(const lts_feature *feature, const char *path, excerpt_span span,
                              lts_audio_reader **reader, lts_error *err)
{
    const double rate = lts_feature_sample_rate(feature);
    double seconds = -1;
    if (span.samples != SIZE_MAX)
        seconds = (double)(span.before + span.samples + lts_feature_context(feature)) / rate;
    return lts_audio_reader_open(path, rate, (double)(span.start - span.before) / rate, seconds,
                                 reader, err);
}

lts_status excerpt_expect(const lts_feature *feature, const char *path, excerpt_span span,
                          uint64_t *samples, lts_error *err)
{
    lts_audio_reader *reader;
    lts_status status = open_reader(feature, path, span, &reader, err);
    *samples = status == LTS_OK ? lts_audio_reader_expected(reader) : 0;
    lts_audio_reader_close(reader);
    return status;
}

lts_status excerpt_open(const transform *by, const char *path, excerpt_span span, excerpt **out,
                        lts_error *err)
{
    excerpt *e;
    *out = NULL;
    lts_status status = lts_alloc_checked(&e, 1, sizeof *e, "an excerpt", err);
    if (status != LTS_OK)
        return status;
    e->span = span;
    e->feature = *transform_feature(by);
    e->skip = span.before / lts_feature_hop(&e->feature);
    e->left = span.samples == SIZE_MAX ? SIZE_MAX : lts_feature_count(&e->feature, span.samples);
    e->path = lts_strdup(path);
    if (!e->path) {
        status = lts_no_memory(path, err);
        goto done;
    }
    status = lts_alloc_checked(&e->block, BLOCK + lts_feature_hop(&e->feature), sizeof *e->block,
                               "samples", err);
    if (status != LTS_OK)
        goto done;
    status = open_reader(&e->feature, path, span, &e->reader, err);
    if (status != LTS_OK)
        goto done;
    status = transform_stream_create(by, &e->stream, err);
    if (status != LTS_OK)
        goto done;
    *out = e;
    e = NULL;
done:
    excerpt_close(e);
    return status;
}

void excerpt_close(excerpt *e)
{
    if (!e)
        return;
    lts_audio_reader_close(e->reader);
    transform_stream_destroy(e->stream);
    lts_free(e->block);
    lts_free(e->path);
    lts_free(e);
}

static lts_status cut_short(const char *path, size_t missing, double rate, lts_error *err)
{
    return lts_fail(err, LTS_ERR_FORMAT,
                    "%s: cut short: its data end %.3f s before its header says so: replace it, or "
                    "take a shorter excerpt",
                    path, (double)missing / rate);
}

size_t excerpt_bins(const excerpt *e)
{
    return lts_feature_floats(&e->feature);
}

/* After the file's last samples: the silence that an excerpt may end with. */
static lts_status end_block(excerpt *e, lts_error *err)
{
    const size_t wanted = e->span.samples == SIZE_MAX ? 0 : e->span.before + e->span.samples;
    const size_t read = e->fed + e->in;
    e->ended = true;
    if (read == 0 || read + lts_feature_hop(&e->feature) < wanted)
        return cut_short(e->path, wanted - read, lts_feature_sample_rate(&e->feature), err);
    for (; e->fed + e->in < wanted; e->in++)
        e->block[e->in] = 0;
    return LTS_OK;
}

/* Gives the stream samples until it has rows or no more are wanted. */
static lts_status fill(excerpt *e, lts_error *err)
{
    lts_status status = LTS_OK;
    while ((e->have = transform_stream_take(e->stream, &e->rows)) == 0) {
        if (e->at == e->in && e->ended)
            return LTS_OK;
        if (e->at == e->in) {
            e->at = 0;
            status = lts_audio_reader_read(e->reader, e->block, BLOCK, &e->in, err);
            if (status != LTS_OK)
                return status;
            if (e->in < BLOCK)
                status = end_block(e, err);
            if (status != LTS_OK)
                return status;
        }
        const size_t taken = transform_stream_feed(e->stream, e->block + e->at, e->in - e->at);
        e->at += taken;
        e->fed += taken;
        if (e->at == e->in && e->ended)
            transform_stream_finish(e->stream);
    }
    return LTS_OK;
}

lts_status excerpt_rows(excerpt *e, size_t most, const float **rows, size_t *count, lts_error *err)
{
    const size_t bins = excerpt_bins(e);
    *rows = NULL;
    *count = 0;
    while (*count == 0 && e->left > 0) {
        lts_status status = e->have > 0 ? LTS_OK : fill(e, err);
        if (status != LTS_OK || e->have == 0)
            return status;
        const size_t dropped = e->have < e->skip ? e->have : e->skip;
        e->skip -= dropped;
        e->rows += dropped * bins;
        e->have -= dropped;
        *count = e->have < e->left ? e->have : e->left;
        *count = *count < most ? *count : most;
        *rows = e->rows;
        e->rows += *count * bins;
        e->have -= *count;
        e->left -= e->left == SIZE_MAX ? 0 : *count;
    }
    lts_status status = excerpt_check(e, *rows, e->frame, *count, bins, "magnitudes", err);
    e->frame += *count;
    return status;
}

lts_status excerpt_read(excerpt *e, size_t count, float *rows, lts_error *err)
{
    const size_t bins = excerpt_bins(e);
    const float *next;
    for (size_t got; count > 0; count -= got, rows += got * bins) {
        lts_status status = excerpt_rows(e, count, &next, &got, err);
        if (status != LTS_OK)
            return status;
        if (got == 0)
            return lts_fail(err, LTS_ERR_FORMAT,
                            "%s: its excerpt ends after %zu frames, %zu too early: leave the file "
                            "alone while it is read, or take a shorter excerpt",
                            e->path, e->frame, count);
        memcpy(rows, next, got * bins * sizeof *rows);
    }
    return LTS_OK;
}

void excerpt_progress(const excerpt *e, double *done, double *total)
{
    const double rate = lts_feature_sample_rate(&e->feature);
    *done = (double)e->fed / rate;
    *total = (double)lts_audio_reader_expected(e->reader) / rate;
}

lts_status excerpt_check(const excerpt *e, const float *values, size_t first, size_t count,
                         size_t columns, const char *what, lts_error *err)
{
    const size_t at = lts_first_nonfinite(values, count * columns);
    if (at == count * columns)
        return LTS_OK;
    const double frame = (double)(first + at / columns) * (double)lts_feature_hop(&e->feature);
    return lts_fail(err, LTS_ERR_NONFINITE,
                    "%s: at %.3f s its %s are no finite numbers: the sound is too loud: scale it "
                    "to -1 .. 1",
                    e->path, ((double)e->span.start + frame) / lts_feature_sample_rate(&e->feature),
                    what);
}

lts_status excerpt_samples(const lts_feature *feature, const char *path, excerpt_span span,
                           lts_render_sink *sink, void *user, lts_error *err)
{
    lts_audio_reader *reader = NULL;
    float *block = NULL;
    size_t skip = span.before, left = span.samples, got = BLOCK;
    const size_t hop = lts_feature_hop(feature), room = BLOCK + hop;
    lts_status status = open_reader(feature, path, span, &reader, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&block, room, sizeof *block, "samples", err);
    if (status != LTS_OK)
        goto done;
    while (left > 0 && got == BLOCK) {
        status = lts_audio_reader_read(reader, block, BLOCK, &got, err);
        if (status != LTS_OK)
            goto done;
        const size_t dropped = got < skip ? got : skip;
        const size_t kept = got - dropped < left ? got - dropped : left;
        status = sink(user, block + dropped, kept, err);
        if (status != LTS_OK)
            goto done;
        skip -= dropped;
        left -= kept;
    }
    if (left > hop) {
        status = cut_short(path, left, lts_feature_sample_rate(feature), err);
    } else if (left > 0) {
        memset(block, 0, left * sizeof *block);
        status = sink(user, block, left, err);
    }
done:
    lts_free(block);
    lts_audio_reader_close(reader);
    return status;
}
