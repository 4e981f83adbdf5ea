#include "formats/bytes.h"
#include "formats/tensorboard/events.h"

#include <math.h>

/* Fields of Summary.Value and Summary.Audio. */
enum { VALUE_AUDIO = 6 };
enum { AUDIO_RATE = 1, AUDIO_CHANNELS = 2, AUDIO_LENGTH = 3, AUDIO_BYTES = 4, AUDIO_TYPE = 5 };

enum { WAV_HEADER = 44, MAX_RATE = 10000000 };
/* Readers of protocol buffers stop at 2 GiB. */
static const size_t sample_limit = (size_t)1 << 29;

static void put_wav(record *r, const float *samples, size_t n, uint32_t rate)
{
    const uint32_t bytes = (uint32_t)(2 * n);
    unsigned char *to = record_put(r, NULL, 2 * n);
    for (size_t i = 0; i < n; i++) {
        float value = rintf(samples[i] * 32768.0f);
        value = value > 32767.0f ? 32767.0f : value < -32768.0f ? -32768.0f : value;
        store_little(to + 2 * i, (uint64_t)(int64_t)value, 2);
    }
    record_put_little(r, bytes, 4);
    record_put(r, "data", 4);
    record_put_little(r, 16, 2);       /* bits a sample */
    record_put_little(r, 2, 2);        /* bytes a frame */
    record_put_little(r, 2 * rate, 4); /* bytes a second */
    record_put_little(r, rate, 4);
    record_put_little(r, 1, 2);  /* channels */
    record_put_little(r, 1, 2);  /* PCM */
    record_put_little(r, 16, 4); /* bytes in this chunk */
    record_put(r, "WAVEfmt ", 8);
    record_put_little(r, WAV_HEADER - 8 + bytes, 4);
    record_put(r, "RIFF", 4);
}

static lts_status check_audio(const lts_events *events, const char *tag, const float *samples,
                              size_t n, double sample_rate, lts_error *err)
{
    if (!(sample_rate >= 1 && sample_rate <= MAX_RATE))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: '%s': sample rate %g Hz: expected 1 to %d",
                        events->path, tag, sample_rate, MAX_RATE);
    if (n == 0 || n > sample_limit)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: '%s': %zu samples: expected 1 to %zu",
                        events->path, tag, n, sample_limit);
    const size_t bad = lts_first_nonfinite(samples, n);
    if (bad < n)
        return lts_fail(err, LTS_ERR_NONFINITE, "%s: '%s': sample %zu: not a finite number",
                        events->path, tag, bad);
    return LTS_OK;
}

lts_status lts_events_audio(lts_events *events, const char *tag, int64_t step, const float *samples,
                            size_t n, double sample_rate, lts_error *err)
{
    record r = {0};
    char *clean;
    lts_status status = check_audio(events, tag, samples, n, sample_rate, err);
    if (status != LTS_OK)
        return status;
    status = events_begin(events, tag, WAV_HEADER + 2 * n, &r, &clean, err);
    if (status != LTS_OK)
        return status;
    const double rate = round(sample_rate);
    record_put_text(&r, AUDIO_TYPE, "audio/wav");
    size_t end = r.start;
    put_wav(&r, samples, n, (uint32_t)rate);
    record_close(&r, AUDIO_BYTES, end);
    record_put_number(&r, AUDIO_LENGTH, (int64_t)n);
    record_put_number(&r, AUDIO_CHANNELS, 1);
    record_put_float(&r, AUDIO_RATE, (float)rate);
    record_close(&r, VALUE_AUDIO, r.end);
    return events_finish(events, &r, clean, step, err);
}
