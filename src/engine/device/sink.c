#include "engine/device/sink.h"

#include "engine/realtime/thread.h"

#include <pthread.h>
#include <stdatomic.h>

/* Held by the one who waits and by the closing thread; the last one frees it. */
typedef struct closing {
    sink *sink;
    atomic_bool done;
    atomic_uint holders;
} closing;

static void close_now(sink *s)
{
    device_buffer *buffer = s->buffer;
    s->kind->close(s);
    device_buffer_destroy(buffer);
}

static void drop(closing *c)
{
    if (atomic_fetch_sub(&c->holders, 1) == 1)
        lts_free(c);
}

static void *closing_main(void *argument)
{
    closing *c = argument;
    close_now(c->sink);
    atomic_store(&c->done, true);
    drop(c);
    return NULL;
}

bool sink_close(sink *s, double seconds)
{
    if (!s)
        return true;
    pthread_t thread;
    closing *c = lts_alloc(1, sizeof *c);
    if (c) {
        c->sink = s;
        atomic_store(&c->holders, 2);
    }
    if (!c || pthread_create(&thread, NULL, closing_main, c) != 0) {
        lts_free(c);
        close_now(s);
        return true;
    }
    pthread_detach(thread);
    for (double end = lts_now() + seconds; !atomic_load(&c->done) && lts_now() < end;)
        realtime_sleep(0.001);
    bool done = atomic_load(&c->done);
    drop(c);
    return done;
}
