/* Sound hardware that a test controls, in the place of PortAudio. One stream at a time. */
#ifndef LTS_TESTS_FAKE_PORTAUDIO_H
#define LTS_TESTS_FAKE_PORTAUDIO_H

#include "engine/device/portaudio_api.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FAKE_DEVICES = 7, FAKE_STANDARD = 2, FAKE_REFUSED = -9997 /* paInvalidSampleRate */ };

/* Outputs are all but the first: ids 0 to 5. */
static const PaDeviceInfo fake_devices[FAKE_DEVICES] = {
    {.name = "Microphone", .maxInputChannels = 2, .defaultSampleRate = 48000},
    {.name = "HDMI: \"A\", hw:0,3; $x\\", .maxOutputChannels = 8, .defaultSampleRate = 48000},
    {.name = "Speakers", .maxOutputChannels = 2, .defaultSampleRate = 44100},
    {.name = "Phone", .maxOutputChannels = 1, .defaultSampleRate = 16000},
    {.name = "Rack", .maxOutputChannels = 4, .defaultSampleRate = 44100},
    {.name = "Rack", .maxOutputChannels = 2, .defaultSampleRate = 44100},
    {.name = "Rack;", .maxOutputChannels = 2, .defaultSampleRate = 44100},
};

enum { FAKE_ROOM = 1 << 20 };

static struct fake {
    /* Set by the test. */
    double only_rate;     /* Hz that it takes; 0: all */
    int only_channels;    /* 0: up to the device's */
    unsigned long frames; /* asked for at once */
    PaError start_error;
    atomic_bool stalled, gone, stuck; /* no callbacks; not active; close does not return */
    /* Seen. */
    atomic_int initialized;
    int channels;
    double rate;
    atomic_bool running, closed;
    float *heard; /* FAKE_ROOM values, interleaved */
    atomic_size_t count;
    atomic_ulong asked; /* frames */
    PaStreamCallback *callback;
    void *user;
    pthread_t thread;
    bool started;
    PaStreamInfo info;
} fake;

static PaError fake_initialize(void)
{
    atomic_fetch_add(&fake.initialized, 1);
    return paNoError;
}

static PaError fake_terminate(void)
{
    atomic_fetch_sub(&fake.initialized, 1);
    return paNoError;
}

static PaDeviceIndex fake_count(void)
{
    return FAKE_DEVICES;
}

static PaDeviceIndex fake_standard(void)
{
    return FAKE_STANDARD;
}

static const PaDeviceInfo *fake_info(PaDeviceIndex device)
{
    return &fake_devices[device];
}

static PaError fake_open(PaStream **stream, const PaStreamParameters *in,
                         const PaStreamParameters *out, double rate, unsigned long frames,
                         PaStreamFlags flags, PaStreamCallback *callback, void *user)
{
    (void)in, (void)frames, (void)flags;
    if (fake.only_rate > 0 && rate != fake.only_rate)
        return paInvalidSampleRate;
    if (out->channelCount > fake_devices[out->device].maxOutputChannels ||
        (fake.only_channels && out->channelCount != fake.only_channels))
        return paInvalidChannelCount;
    fake.channels = out->channelCount;
    fake.rate = rate;
    fake.callback = callback;
    fake.user = user;
    fake.info = (PaStreamInfo){.outputLatency = 0.01, .sampleRate = rate};
    *stream = &fake;
    return paNoError;
}

static void *fake_main(void *argument)
{
    (void)argument;
    float *buffer = calloc(fake.frames, (size_t)fake.channels * sizeof *buffer);
    const double start = lts_now();
    double done = 0;
    while (atomic_load(&fake.running)) {
        if (atomic_load(&fake.stalled) || (lts_now() - start) * fake.rate < done) {
            usleep(500);
            continue;
        }
        fake.callback(NULL, buffer, fake.frames, NULL, 0, fake.user);
        size_t n = fake.frames * (size_t)fake.channels, count = atomic_load(&fake.count);
        if (count + n <= FAKE_ROOM) {
            memcpy(fake.heard + count, buffer, n * sizeof *buffer);
            atomic_store(&fake.count, count + n);
        }
        done += (double)fake.frames;
    }
    free(buffer);
    return NULL;
}

static PaError fake_start(PaStream *stream)
{
    (void)stream;
    if (fake.start_error)
        return fake.start_error;
    atomic_store(&fake.running, true);
    fake.started = pthread_create(&fake.thread, NULL, fake_main, NULL) == 0;
    return paNoError;
}

static PaError fake_stop(PaStream *stream)
{
    (void)stream;
    while (atomic_load(&fake.stuck))
        usleep(1000);
    atomic_store(&fake.running, false);
    if (fake.started)
        pthread_join(fake.thread, NULL);
    fake.started = false;
    return paNoError;
}

static PaError fake_close(PaStream *stream)
{
    fake_stop(stream);
    atomic_store(&fake.closed, true);
    return paNoError;
}

static PaError fake_is_active(PaStream *stream)
{
    (void)stream;
    return atomic_load(&fake.running) && !atomic_load(&fake.gone);
}

static const PaStreamInfo *fake_stream_info(PaStream *stream)
{
    (void)stream;
    return &fake.info;
}

static const portaudio_api fake_api = {
    fake_initialize, fake_terminate, fake_count, fake_standard,  fake_info,       fake_open,
    fake_start,      fake_stop,      fake_close, fake_is_active, fake_stream_info};

/* Before and after each test that plays to it. */
static void fake_reset(void)
{
    free(fake.heard);
    memset(&fake, 0, sizeof fake);
    fake.frames = 256;
    fake.heard = calloc(FAKE_ROOM, sizeof *fake.heard);
}

#endif
