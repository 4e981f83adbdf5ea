#include "engine/play/limiter.h"
#include "engine/play/player_parts.h"
#include "engine/realtime/thread.h"

#include <math.h>

static const double nap = 0.05; /* s slept at a time, so that a stop is prompt */

typedef struct feeder {
    player *p;
    double looked;      /* when the sink was last looked at */
    double reported;    /* when under-runs were last reported, */
    uint64_t underruns; /* and how many there were then */
    double next;        /* when a lost device would have asked for the next block */
} feeder;

static void report(const player *p, const char *text)
{
    if (p->config.report)
        p->config.report(p->config.user, text);
}

static void limit(player *p, float *x, size_t n)
{
    size_t beyond = limiter_apply(x, n);
    if (beyond > 0)
        atomic_fetch_add_explicit(&p->limited, beyond, memory_order_relaxed);
}

/* Limited last: a resampler overshoots. */
static void feed_block(player *p)
{
    const size_t n = p->config.block;
    ring *r = p->sink->buffer->ring;
    p->config.fill(p->config.user, p->block, n);
    if (!p->resampler) {
        limit(p, p->block, n);
        ring_write(r, p->block, n);
        return;
    }
    for (size_t done = 0; done < n;) {
        size_t taken = 0, made = 0;
        soxr_process(p->resampler, p->block + done, n - done, &taken, p->resampled, p->burst,
                     &made);
        limit(p, p->resampled, made);
        ring_write(r, p->resampled, made);
        done += taken;
        if (taken == 0 && made == 0)
            break;
    }
    atomic_store_explicit(&p->delay, (size_t)soxr_delay(p->resampler), memory_order_relaxed);
}

/* Deep enough also for a device that asks for more at once than was planned for. */
size_t feeder_depth(const player *p)
{
    const size_t most = ring_capacity(p->sink->buffer->ring) - p->burst;
    const size_t asked = atomic_load_explicit(&p->sink->buffer->largest, memory_order_relaxed);
    const size_t wanted = asked + p->step > p->depth ? asked + p->step : p->depth;
    return wanted < most ? wanted : most;
}

/* Returns whether there was something to do. */
static bool feed(player *p)
{
    device_buffer *buffer = p->sink->buffer;
    if (ring_used(buffer->ring) + p->step > feeder_depth(p)) {
        atomic_store_explicit(&buffer->primed, true, memory_order_release);
        return false;
    }
    feed_block(p);
    return true;
}

static void report_underruns(feeder *f, double now)
{
    char text[160];
    const uint64_t underruns = atomic_load(&f->p->sink->buffer->underruns);
    if (underruns == f->underruns || now - f->reported < 1)
        return;
    snprintf(text, sizeof text,
             "the sound breaks up: %llu under-run%s, %llu in all: larger or more blocks help",
             (unsigned long long)(underruns - f->underruns),
             underruns - f->underruns == 1 ? "" : "s", (unsigned long long)underruns);
    f->underruns = underruns;
    f->reported = now;
    report(f->p, text);
}

/* A process that was halted has not watched its device: no look counts for more than a moment. */
static void watch_sink(feeder *f)
{
    sink *s = f->p->sink;
    char why[256], text[512];
    const double now = lts_now(), elapsed = now - f->looked;
    if (elapsed < nap)
        return;
    f->looked = now;
    report_underruns(f, now);
    if (s->kind->alive(s, fmin(elapsed, 4 * nap), why, sizeof why))
        return;
    atomic_store(&s->buffer->muted, true);
    atomic_store(&f->p->lost, true);
    f->next = now;
    snprintf(text, sizeof text, "%s: %s: %s: going on without sound", s->name,
             s->id < 0 ? "the recording ends" : "the device is gone", why);
    report(f->p, text);
}

/* The device is gone: samples are taken at the clock's pace all the same, so that everything goes
 * on as if it were there. */
static void feed_nothing(feeder *f)
{
    player *p = f->p;
    const double now = lts_now();
    if (now < f->next) {
        realtime_sleep(fmin(nap, f->next - now));
        return;
    }
    p->config.fill(p->config.user, p->block, p->config.block);
    limit(p, p->block, p->config.block);
    meter_add(&p->after, p->block, p->config.block);
    f->next = fmax(f->next + (double)p->config.block / p->config.sample_rate, now - 1);
}

void *feeder_main(void *player_pointer)
{
    player *p = player_pointer;
    feeder f = {.p = p, .looked = lts_now(), .reported = lts_now() - 1};
    const double rest = fmin(nap, (double)p->config.block / p->config.sample_rate / 4);
    realtime_raise_priority();
    while (!atomic_load(&p->stop)) {
        if (atomic_load(&p->lost)) {
            feed_nothing(&f);
            continue;
        }
        if (!feed(p))
            realtime_sleep(rest);
        watch_sink(&f);
    }
    return NULL;
}
