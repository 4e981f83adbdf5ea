#include "pipeline/sound/sound_writer.h"

#include "pipeline/sound/sound.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum { BLOCK = 1 << 14 }; /* samples scaled at once */

struct sound_writer {
    const lts_sound *sound;
    lts_sound_output output;
    lts_audio_writer *wav;
    lts_outfile *spool; /* raw samples, of a sound to be normalised; never gets a name */
    float *block;       /* (BLOCK), with a spool */
    float peak;         /* of all samples so far */
    size_t clipped;     /* of those in the WAV */
};

/* A file for the samples until their peak is known. */
static lts_status open_spool(sound_writer *writer, lts_error *err)
{
    lts_status status = lts_outfile_open(writer->sound->file, &writer->spool, err);
    if (status != LTS_OK)
        return status;
    return lts_alloc_checked(&writer->block, BLOCK, sizeof *writer->block, "samples", err);
}

lts_status sound_writer_open(const lts_sound *sound, const lts_sound_output *output,
                             sound_writer **out, lts_error *err)
{
    sound_writer *writer;
    *out = NULL;
    lts_status status = lts_alloc_checked(&writer, 1, sizeof *writer, sound->file, err);
    if (status != LTS_OK)
        return status;
    writer->sound = sound;
    writer->output = *output;
    char *comment = lts_sound_comment(sound->origin, sound->phase);
    lts_audio_format format = {
        .sample_rate = sound->sample_rate, .bits = output->bits, .comment = comment};
    status = comment ? lts_audio_writer_open(sound->file, sound->n, &format, &writer->wav, err)
                     : lts_no_memory(sound->file, err);
    lts_free(comment);
    if (status != LTS_OK)
        goto done;
    if (output->normalize)
        status = open_spool(writer, err);
    if (status != LTS_OK)
        goto done;
    *out = writer;
    writer = NULL;
done:
    sound_writer_abort(writer);
    return status;
}

void sound_writer_abort(sound_writer *writer)
{
    if (!writer)
        return;
    lts_audio_writer_abort(writer->wav);
    lts_outfile_abort(writer->spool);
    lts_free(writer->block);
    lts_free(writer);
}

static lts_status spool_failed(const sound_writer *writer, lts_error *err)
{
    return lts_fail(err, LTS_ERR_IO, "%s: could not be kept until its peak is known: %s",
                    writer->sound->file, errno ? strerror(errno) : "write error");
}

lts_status sound_writer_append(void *user, const float *x, size_t count, lts_error *err)
{
    sound_writer *writer = user;
    for (size_t i = 0; i < count; i++) {
        writer->peak = fmaxf(writer->peak, fabsf(x[i]));
        writer->clipped += fabsf(x[i]) > 1;
    }
    if (!writer->spool)
        return lts_audio_writer_append(writer->wav, x, count, err);
    errno = 0;
    if (fwrite(x, sizeof *x, count, lts_outfile_stream(writer->spool)) != count)
        return spool_failed(writer, err);
    return LTS_OK;
}

/* The spooled samples, scaled to a peak of 1, into the WAV; silence stays silence. */
static lts_status write_normalised(sound_writer *writer, lts_error *err)
{
    FILE *stream = lts_outfile_stream(writer->spool);
    const float peak = writer->peak;
    errno = 0;
    if (fflush(stream) != 0 || fseeko(stream, 0, SEEK_SET) != 0)
        return spool_failed(writer, err);
    for (size_t done = 0, count; done < writer->sound->n; done += count) {
        const size_t left = writer->sound->n - done;
        count = left < BLOCK ? left : BLOCK;
        if (fread(writer->block, sizeof *writer->block, count, stream) != count)
            return spool_failed(writer, err);
        for (size_t i = 0; peak > 0 && i < count; i++)
            writer->block[i] /= peak;
        const lts_status status = lts_audio_writer_append(writer->wav, writer->block, count, err);
        if (status != LTS_OK)
            return status;
    }
    writer->peak = peak > 0 ? 1 : 0;
    writer->clipped = 0;
    return LTS_OK;
}

static void report(const sound_writer *writer, const lts_reporter *reporter)
{
    const lts_sound *sound = writer->sound;
    const double peak = writer->peak;
    if (writer->clipped && writer->output.bits != LTS_AUDIO_FLOAT)
        lts_message(reporter, LTS_LEVEL_WARNING,
                    "%s: %zu samples were clipped (peak %.2f): use --normalize or --bits 32f",
                    sound->file, writer->clipped, peak);
    const lts_distance_stats *d = sound->distance;
    const double points = d ? (double)d->count : 0;
    const lts_field fields[] = {
        {.name = "file", .text = sound->file},
        {.name = "path", .text = sound->path},
        {.name = "seconds", .number = (double)sound->n / sound->sample_rate},
        {.name = "peak", .number = peak},
        {.name = "distance_mean", .number = points > 0 ? d->sum / points : 0},
        {.name = "distance_most", .number = points > 0 ? d->most : 0},
        {.name = "distance_beyond", .number = points > 0 ? (double)d->beyond / points : 0}};
    lts_record(reporter, "sound", fields, points > 0 ? 7 : 4);
    if (points > 0) {
        char text[LTS_DISTANCE_TEXT];
        lts_distance_text(d, text);
        lts_message(reporter, LTS_LEVEL_NOTE, "%s: %s", sound->file, text);
    }
}

lts_status sound_writer_commit(sound_writer *writer, const lts_reporter *reporter, lts_error *err)
{
    lts_status status = writer->spool ? write_normalised(writer, err) : LTS_OK;
    if (status != LTS_OK)
        goto done;
    lts_audio_writer *wav = writer->wav;
    writer->wav = NULL;
    status = lts_audio_writer_commit(wav, err);
    if (status != LTS_OK)
        goto done;
    report(writer, reporter);
done:
    sound_writer_abort(writer);
    return status;
}
