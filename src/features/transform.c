#include "features/transform.h"

#include "features/kinds.h"

struct transform {
    const feature_kind *kind;
    lts_feature feature;
    void *plan;
};

struct transform_work {
    const transform *of;
    void *own; /* the kind's */
};

struct transform_stream {
    const feature_kind *kind;
    void *own; /* the kind's */
};

static lts_status create(const lts_feature *feature, size_t samples, bool brief, transform **out,
                         lts_error *err)
{
    transform *t = NULL;
    *out = NULL;
    lts_status status = lts_feature_check(feature, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&t, 1, sizeof *t, "a transform", err);
    if (status != LTS_OK)
        return status;
    *t = (transform){.kind = feature_kind_at((int)feature->kind), .feature = *feature};
    if (brief && t->kind->plan_create_brief)
        status = t->kind->plan_create_brief(feature, samples, &t->plan, err);
    else
        status = t->kind->plan_create(feature, samples, &t->plan, err);
    if (status != LTS_OK) {
        transform_destroy(t);
        return status;
    }
    *out = t;
    return LTS_OK;
}

lts_status transform_create(const lts_feature *feature, size_t samples, transform **out,
                            lts_error *err)
{
    return create(feature, samples, false, out, err);
}

lts_status transform_create_brief(const lts_feature *feature, size_t most, transform **out,
                                  lts_error *err)
{
    return create(feature, most, true, out, err);
}

void transform_destroy(transform *t)
{
    if (t && t->plan)
        t->kind->plan_destroy(t->plan);
    lts_free(t);
}

const lts_feature *transform_feature(const transform *t)
{
    return &t->feature;
}

size_t transform_slice(const transform *t)
{
    return t->kind->plan_slice(t->plan);
}

lts_status transform_work_create(const transform *t, transform_work **out, lts_error *err)
{
    transform_work *work = NULL;
    *out = NULL;
    lts_status status = lts_alloc_checked(&work, 1, sizeof *work, "a transform's scratch", err);
    if (status != LTS_OK)
        return status;
    work->of = t;
    status = t->kind->work_create(t->plan, &work->own, err);
    if (status != LTS_OK) {
        transform_work_destroy(work);
        return status;
    }
    *out = work;
    return LTS_OK;
}

void transform_work_destroy(transform_work *work)
{
    if (work && work->own)
        work->of->kind->work_destroy(work->own);
    lts_free(work);
}

void transform_analyse(transform_work *work, const float *x, size_t n, float *examples)
{
    work->of->kind->analyse(work->of->plan, work->own, x, n, examples);
}

void transform_analyse_note(transform_work *work, const float *x, size_t n, float *example,
                            lts_note_range *range)
{
    work->of->kind->analyse_note(work->of->plan, work->own, x, n, example, range);
}

lts_status transform_recover(transform_work *work, const float *examples, size_t count,
                             const lts_phase_known *known, const lts_phase_config *config, float *x,
                             size_t n, const lts_reporter *reporter, lts_error *err)
{
    const feature_kind *kind = work->of->kind;
    if (!kind->recover)
        return lts_fail(err, LTS_ERR_ARGUMENT, "features %s cannot be turned back into sound",
                        kind->name);
    return kind->recover(work->of->plan, work->own, examples, count, known, config, x, n, reporter,
                         err);
}

lts_status transform_stream_create(const transform *t, transform_stream **out, lts_error *err)
{
    transform_stream *stream = NULL;
    *out = NULL;
    lts_status status = lts_alloc_checked(&stream, 1, sizeof *stream, "a stream", err);
    if (status != LTS_OK)
        return status;
    stream->kind = t->kind;
    status = t->kind->stream_create(t->plan, &stream->own, err);
    if (status != LTS_OK) {
        transform_stream_destroy(stream);
        return status;
    }
    *out = stream;
    return LTS_OK;
}

void transform_stream_destroy(transform_stream *stream)
{
    if (stream && stream->own)
        stream->kind->stream_destroy(stream->own);
    lts_free(stream);
}

void transform_stream_restart(transform_stream *stream)
{
    stream->kind->stream_restart(stream->own);
}

size_t transform_stream_feed(transform_stream *stream, const float *x, size_t n)
{
    return stream->kind->stream_feed(stream->own, x, n);
}

void transform_stream_finish(transform_stream *stream)
{
    stream->kind->stream_finish(stream->own);
}

size_t transform_stream_take(transform_stream *stream, const float **examples)
{
    return stream->kind->stream_take(stream->own, examples);
}
