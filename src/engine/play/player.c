#include "engine/play/player_parts.h"

#include <math.h>
#include <string.h>

static const double patience = 3;       /* s for a device to close */
static const double deepest_ring = 0.2; /* s, for devices that ask for much at once */

/* What libsoxr may hold back and then give at once, beyond what a block becomes: about 900 samples
 * were seen. */
enum { resampler_burst = 16384 };

static lts_status check(const player_config *c, lts_error *err)
{
    if (!c->fill)
        return lts_fail(err, LTS_ERR_ARGUMENT, "player: nothing to play: fill is NULL");
    if (!(c->sample_rate >= 100 && c->sample_rate <= 1000000))
        return lts_fail(err, LTS_ERR_ARGUMENT, "player: sample rate %g Hz, expected 100 to 1000000",
                        c->sample_rate);
    if (c->block < 64 || c->block > 8192)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "player: a block of %zu samples, expected 64 to 8192", c->block);
    if (c->ahead < 2 || c->ahead > 64)
        return lts_fail(err, LTS_ERR_ARGUMENT, "player: %zu blocks ahead, expected 2 to 64",
                        c->ahead);
    return LTS_OK;
}

/* The device that is named, or nothing but its id when that is of "null". */
static lts_status open_device(const portaudio_api *api, const player_config *c, int *id, sink **out,
                              lts_error *err)
{
    int outputs = 0;
    lts_status status = portaudio_begin(api, err);
    if (status != LTS_OK)
        return status;
    status = portaudio_find(api, c->device, id, &outputs, err);
    if (status != LTS_OK)
        goto done;
    if (*id < outputs)
        status = sink_open_device(api, *id, c->sample_rate, c->block, out, err);
done:
    portaudio_end(api);
    return status;
}

static lts_status open_sink(const portaudio_api *api, const player_config *c, sink **out,
                            lts_error *err)
{
    static const char prefix[] = "file:";
    if (c->device && strncmp(c->device, prefix, strlen(prefix)) == 0)
        return sink_open_clock(c->device + strlen(prefix), c->folder, c->sample_rate, c->block, out,
                               err);
    int id = 0;
    const bool none = c->device && strcmp(c->device, "null") == 0;
    lts_status status = open_device(api, c, &id, out, err);
    if (*out || (status != LTS_OK && !none))
        return status;
    status = sink_open_clock(NULL, NULL, c->sample_rate, c->block, out, err);
    if (status != LTS_OK)
        return status;
    (*out)->id = id;
    return LTS_OK;
}

static lts_status open_resampler(player *p, double ratio, lts_error *err)
{
    soxr_error_t error;
    soxr_io_spec_t io = soxr_io_spec(SOXR_FLOAT32_I, SOXR_FLOAT32_I);
    soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
    soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
    p->resampler = soxr_create(1, ratio, 1, &error, &io, &quality, &runtime);
    if (!p->resampler)
        return lts_fail(err, LTS_ERR_MEMORY, "player: no resampler from %g to %g Hz: %s",
                        p->config.sample_rate, p->sink->sample_rate, error);
    return lts_alloc_checked(&p->resampled, p->burst, sizeof *p->resampled, "the player", err);
}

/* A ratio of a few parts in a million would be heard by nobody. */
static lts_status prepare(player *p, lts_error *err)
{
    const double ratio = p->sink->sample_rate / p->config.sample_rate;
    const bool same = fabs(ratio - 1) < 1e-5;
    p->step = same ? p->config.block : (size_t)ceil((double)p->config.block * ratio) + 1;
    p->depth = p->config.ahead * p->step;
    const size_t deepest = (size_t)(deepest_ring * p->sink->sample_rate);
    p->burst = p->step + (same ? 0 : resampler_burst);
    lts_status status = device_buffer_create(
        &p->sink->buffer, (deepest > p->depth ? deepest : p->depth) + p->burst, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&p->block, p->config.block, sizeof *p->block, "the player", err);
    if (status != LTS_OK || same)
        return status;
    return open_resampler(p, ratio, err);
}

static void destroy(player *p)
{
    sink_close(p->sink, patience);
    if (p->resampler)
        soxr_delete(p->resampler);
    lts_free(p->resampled);
    lts_free(p->block);
    lts_free(p);
}

static lts_status start(player *p, lts_error *err)
{
    lts_status status = p->sink->kind->start(p->sink, err);
    if (status != LTS_OK)
        return status;
    int code = pthread_create(&p->feeder, NULL, feeder_main, p);
    if (code != 0)
        return lts_fail(err, LTS_ERR_IO, "player: no thread to play: %s", strerror(code));
    return LTS_OK;
}

lts_status player_open_on(const portaudio_api *api, const player_config *config, player **out,
                          lts_error *err)
{
    *out = NULL;
    player *p;
    lts_status status = check(config, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&p, 1, sizeof *p, "the player", err);
    if (status != LTS_OK)
        return status;
    p->config = *config;
    p->config.device = NULL; /* the caller's, and not needed any more */
    status = open_sink(api, config, &p->sink, err);
    if (status != LTS_OK)
        goto done;
    status = prepare(p, err);
    if (status != LTS_OK)
        goto done;
    status = start(p, err);
done:
    if (status != LTS_OK)
        destroy(p);
    else
        *out = p;
    return status;
}

lts_status player_open(const player_config *config, player **out, lts_error *err)
{
    return player_open_on(&portaudio_library, config, out, err);
}

void player_close(player *p)
{
    if (!p)
        return;
    atomic_store(&p->stop, true);
    pthread_join(p->feeder, NULL);
    destroy(p);
}

player_status player_watch(player *p)
{
    device_buffer *buffer = p->sink->buffer;
    const uint64_t energy = atomic_load(&buffer->meter.energy) + atomic_load(&p->after.energy);
    const uint64_t count = atomic_load(&buffer->meter.count) + atomic_load(&p->after.count);
    player_status s = {.played = count,
                       .underruns = atomic_load(&buffer->underruns),
                       .limited = atomic_load(&p->limited),
                       .latency =
                           p->sink->latency + (double)(feeder_depth(p) + atomic_load(&p->delay)) /
                                                  p->sink->sample_rate,
                       .peak = fmaxf(meter_take_peak(&buffer->meter), meter_take_peak(&p->after)),
                       .lost = atomic_load(&p->lost)};
    if (count > p->count_seen)
        s.rms = (float)sqrt(ldexp((double)(energy - p->energy_seen), -32) /
                            (double)(count - p->count_seen));
    p->energy_seen = energy;
    p->count_seen = count;
    return s;
}

const char *player_name(const player *p)
{
    return p->sink->name;
}

int player_id(const player *p)
{
    return p->sink->id;
}
