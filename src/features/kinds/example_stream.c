#include "features/kinds/example_stream.h"

#include <string.h>

typedef struct example_stream {
    example_maker maker;
    void *work;
    float *samples, *example;
    size_t filled;
    bool any; /* an example was made: silence without a sample still gives one */
    bool ready, finished;
} example_stream;

lts_status example_stream_create(const example_maker *maker, void **stream, lts_error *err)
{
    static const char what[] = "a stream";
    example_stream *own = NULL;
    *stream = NULL;
    lts_status status = lts_alloc_checked(&own, 1, sizeof *own, what, err);
    if (status != LTS_OK)
        return status;
    *own = (example_stream){.maker = *maker};
    status = maker->work_create(maker->plan, &own->work, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&own->samples, maker->samples, sizeof *own->samples, what, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&own->example, maker->floats, sizeof *own->example, what, err);
    if (status != LTS_OK)
        goto done;
    *stream = own;
    own = NULL;
done:
    example_stream_destroy(own);
    return status;
}

void example_stream_destroy(void *stream)
{
    example_stream *own = stream;
    if (!own)
        return;
    if (own->work)
        own->maker.work_destroy(own->work);
    lts_free(own->samples);
    lts_free(own->example);
    lts_free(own);
}

void example_stream_restart(void *stream)
{
    example_stream *own = stream;
    own->filled = 0;
    own->any = own->ready = own->finished = false;
}

static void make_example(example_stream *own)
{
    own->maker.make(own->maker.plan, own->work, own->samples, own->filled, own->example);
    own->filled = 0;
    own->any = own->ready = true;
}

size_t example_stream_feed(void *stream, const float *x, size_t n)
{
    example_stream *own = stream;
    const bool single = own->maker.single;
    size_t fed = 0;
    while (fed < n && !own->ready && !(single && own->any)) {
        const size_t room = own->maker.samples - own->filled;
        const size_t part = n - fed < room ? n - fed : room;
        memcpy(own->samples + own->filled, x + fed, part * sizeof *x);
        own->filled += part;
        fed += part;
        if (own->filled == own->maker.samples)
            make_example(own);
    }
    return single ? n : fed;
}

void example_stream_finish(void *stream)
{
    example_stream *own = stream;
    own->finished = true;
}

size_t example_stream_take(void *stream, const float **examples)
{
    example_stream *own = stream;
    if (!own->ready && own->finished && (own->filled > 0 || !own->any))
        make_example(own);
    *examples = own->example;
    const size_t taken = own->ready ? 1 : 0;
    own->ready = false;
    return taken;
}
