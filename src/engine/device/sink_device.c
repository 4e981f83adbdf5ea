#include "engine/device/portaudio_api.h"

#include "engine/realtime/thread.h"

#include <math.h>

typedef struct device_sink {
    sink base;
    const portaudio_api *api;
    PaStream *stream;
    int channels;
    bool raised;    /* the callback thread's priority; the callback's alone */
    uint64_t calls; /* of the callback, when last looked */
    double idle;    /* s since it was last called */
} device_sink;

/* The samples come to the buffer's end and are spread from its start: sample i is read from
 * n (channels - 1) + i, never behind what is written, i channels .. i channels + channels - 1. */
static int callback(const void *in, void *out, unsigned long n,
                    const PaStreamCallbackTimeInfo *time, PaStreamCallbackFlags flags, void *user)
{
    (void)in, (void)time, (void)flags;
    device_sink *d = user;
    const size_t channels = (size_t)d->channels;
    float *y = out, *x = y + n * (channels - 1);
#ifdef __linux__
    /* PortAudio leaves ALSA's threads at ordinary priority. Once, and nothing is waited for. */
    if (!d->raised)
        realtime_raise_priority();
    d->raised = true;
#endif
    device_buffer_read(d->base.buffer, x, n);
    for (size_t i = 0; i < n && channels > 1; i++) {
        const float sample = x[i];
        for (size_t c = 0; c < channels; c++)
            y[i * channels + c] = c < 2 ? sample : 0;
    }
    return paContinue;
}

static lts_status device_start(sink *s, lts_error *err)
{
    device_sink *d = (device_sink *)s;
    PaError code = d->api->start(d->stream);
    return code == paNoError
               ? LTS_OK
               : lts_fail(
                     err, LTS_ERR_IO,
                     "%s: does not play: %s: close what else uses it, or choose another device",
                     s->name, Pa_GetErrorText(code));
}

static bool device_alive(sink *s, double elapsed, char *why, size_t room)
{
    device_sink *d = (device_sink *)s;
    const uint64_t calls = atomic_load(&s->buffer->calls);
    const double asked = (double)atomic_load(&s->buffer->largest) / s->sample_rate;
    d->idle = calls == d->calls ? d->idle + elapsed : 0;
    d->calls = calls;
    if (d->api->is_active(d->stream) != 1)
        snprintf(why, room, "it has stopped");
    else if (d->idle > fmax(1, 4 * asked))
        snprintf(why, room, "it has not asked for sound for %.1f s", d->idle);
    else
        return true;
    return false;
}

/* Lets the device buffer fade before the device is stopped: a cut would click. */
static void fade_out(device_sink *d)
{
    device_buffer *buffer = d->base.buffer;
    atomic_store(&buffer->muted, true);
    const uint64_t calls = atomic_load(&buffer->calls);
    for (double end = lts_now() + 0.1; lts_now() < end && atomic_load(&buffer->calls) < calls + 2;)
        realtime_sleep(0.002);
}

static void device_close(sink *s)
{
    device_sink *d = (device_sink *)s;
    const portaudio_api *api = d->api;
    if (s->buffer && api->is_active(d->stream) == 1) {
        fade_out(d);
        api->stop(d->stream);
    }
    portaudio_close(api, d->stream);
    lts_free(d);
}

static const sink_kind device_kind = {device_start, device_alive, device_close};

/* Two channels and the wanted rate when the device can; else all its channels, or its own rate. */
static PaError open_stream(device_sink *d, PaDeviceIndex device, double wanted, size_t block)
{
    const PaDeviceInfo *info = d->api->info(device);
    const int few = info->maxOutputChannels < 2 ? info->maxOutputChannels : 2;
    PaError code = paNoError;
    for (int attempt = 0; attempt < 4; attempt++) {
        d->channels = attempt & 2 ? info->maxOutputChannels : few;
        d->base.sample_rate = attempt & 1 ? info->defaultSampleRate : wanted;
        PaStreamParameters out = {.device = device,
                                  .channelCount = d->channels,
                                  .sampleFormat = paFloat32,
                                  .suggestedLatency = fmax(info->defaultLowOutputLatency,
                                                           (double)block / d->base.sample_rate)};
        code = d->api->open(&d->stream, NULL, &out, d->base.sample_rate,
                            paFramesPerBufferUnspecified, paClipOff | paDitherOff, callback, d);
        if (code != paInvalidSampleRate && code != paInvalidChannelCount)
            break;
    }
    if (code != paNoError)
        d->stream = NULL;
    return code;
}

lts_status sink_open_device(const portaudio_api *api, int id, double sample_rate, size_t block,
                            sink **out, lts_error *err)
{
    *out = NULL;
    device_sink *d;
    const PaDeviceIndex device = portaudio_output(api, id);
    lts_status status = lts_alloc_checked(&d, 1, sizeof *d, "the player", err);
    if (status != LTS_OK)
        return status;
    d->base = (sink){.kind = &device_kind, .id = id};
    d->api = api;
    portaudio_name(api, id, d->base.name, sizeof d->base.name);
    PaError code = open_stream(d, device, sample_rate, block);
    if (code == paNoError)
        code = api->initialize(); /* kept up for as long as the stream */
    if (code != paNoError) {
        if (d->stream)
            api->close(d->stream);
        status = lts_fail(err, LTS_ERR_IO,
                          "%s: cannot be opened: %s: close what else uses it, or choose another "
                          "device, null or file:OUT.wav",
                          d->base.name, Pa_GetErrorText(code));
        lts_free(d);
        return status;
    }
    const PaStreamInfo *info = api->stream_info(d->stream);
    d->base.latency = info ? info->outputLatency : 0;
    *out = &d->base;
    return LTS_OK;
}
