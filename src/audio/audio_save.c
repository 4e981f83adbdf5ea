#include "lts/audio.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sndfile.h>
#include <string.h>

enum { BLOCK = 4096, MIN_RATE = 100, MAX_RATE = 1000000, COMMENT_LIMIT = 16384 };

/* The sizes in a WAV header have 32 bits; the rest of the header fits into the margin. */
static const uint64_t wav_limit = UINT32_MAX - (1 << 16);

static const struct {
    const char *name;
    int format;
    unsigned bytes;
} widths[] = {[LTS_AUDIO_16] = {"16", SF_FORMAT_PCM_16, 2},
              [LTS_AUDIO_24] = {"24", SF_FORMAT_PCM_24, 3},
              [LTS_AUDIO_FLOAT] = {"32f", SF_FORMAT_FLOAT, 4}};

enum { WIDTHS = sizeof widths / sizeof *widths };

bool lts_audio_parse_bits(const char *text, lts_audio_bits *bits)
{
    for (unsigned w = 0; w < WIDTHS; w++)
        if (strcmp(text, widths[w].name) == 0) {
            *bits = (lts_audio_bits)w;
            return true;
        }
    return false;
}

/* libsndfile writes through the stream of the unfinished file, so that one place reports its
 * errors and gives it its name. */
static sf_count_t stream_length(void *user)
{
    off_t here = ftello(user);
    fseeko(user, 0, SEEK_END);
    off_t length = ftello(user);
    fseeko(user, here, SEEK_SET);
    return length;
}

static sf_count_t stream_seek(sf_count_t offset, int whence, void *user)
{
    return fseeko(user, (off_t)offset, whence) == 0 ? (sf_count_t)ftello(user) : -1;
}

static sf_count_t stream_read(void *bytes, sf_count_t count, void *user)
{
    return (sf_count_t)fread(bytes, 1, (size_t)count, user);
}

static sf_count_t stream_write(const void *bytes, sf_count_t count, void *user)
{
    return (sf_count_t)fwrite(bytes, 1, (size_t)count, user);
}

static sf_count_t stream_tell(void *user)
{
    return ftello(user);
}

static lts_status check(const char *path, uint64_t n, const lts_audio_format *format,
                        lts_error *err)
{
    const double rate = format->sample_rate;
    if (!(rate >= MIN_RATE && rate <= MAX_RATE) || rate != floor(rate))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: sample rate %g Hz: WAV takes whole numbers, here %d to %d", path, rate,
                        MIN_RATE, MAX_RATE);
    if ((unsigned)format->bits >= WIDTHS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: no such sample width", path);
    if (n == 0)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: no samples to write", path);
    if (n > wav_limit / widths[format->bits].bytes)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: %llu samples of %s bits: more than the 4 GiB a WAV file holds: write "
                        "less, or with fewer bits",
                        path, (unsigned long long)n, widths[format->bits].name);
    if (format->comment && strlen(format->comment) > COMMENT_LIMIT)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: comment longer than %d bytes", path,
                        COMMENT_LIMIT);
    return LTS_OK;
}

/* x times 2^(bits-1), rounded to nearest, clipped, in the upper bits of an int as libsndfile takes
 * it. Reading the file divides by the same power: what came from such a file goes back unchanged.
 */
static void quantise(const float *x, size_t n, int bits, int *integers)
{
    const double full = ldexp(1, bits - 1);
    for (size_t i = 0; i < n; i++) {
        double value = rint(x[i] * full);
        value = value > full - 1 ? full - 1 : value < -full ? -full : value;
        integers[i] = (int)(value * ldexp(1, 32 - bits));
    }
}

static bool write_samples(SNDFILE *file, const float *x, size_t n, lts_audio_bits bits)
{
    int integers[BLOCK];
    if (bits == LTS_AUDIO_FLOAT)
        return sf_writef_float(file, x, (sf_count_t)n) == (sf_count_t)n;
    for (size_t done = 0; done < n; done += BLOCK) {
        size_t part = n - done < BLOCK ? n - done : BLOCK;
        quantise(x + done, part, bits == LTS_AUDIO_16 ? 16 : 24, integers);
        if (sf_writef_int(file, integers, (sf_count_t)part) != (sf_count_t)part)
            return false;
    }
    return true;
}

struct lts_audio_writer {
    lts_outfile *file;
    SNDFILE *sound;
    char *path;
    lts_audio_bits bits;
    double rate;
    bool anew;
    uint64_t expected, written;
};

static bool open_wav(lts_audio_writer *writer, const lts_audio_format *format)
{
    SF_VIRTUAL_IO io = {stream_length, stream_seek, stream_read, stream_write, stream_tell};
    SF_INFO info = {.samplerate = (int)format->sample_rate,
                    .channels = 1,
                    .format = SF_FORMAT_WAV | widths[format->bits].format};
    errno = 0;
    writer->sound = sf_open_virtual(&io, SFM_WRITE, &info, lts_outfile_stream(writer->file));
    if (!writer->sound)
        return false;
    /* The PEAK chunk of float files carries the time of writing. */
    sf_command(writer->sound, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    return !format->comment || !format->comment[0] ||
           sf_set_string(writer->sound, SF_STR_COMMENT, format->comment) == 0;
}

static lts_status not_whole(const char *path, lts_error *err)
{
    return lts_fail(err, LTS_ERR_IO, "%s: could not be written whole: %s", path,
                    errno ? strerror(errno) : "write error");
}

/* `path` is in the open folder `folder`, or anywhere when that is AT_FDCWD. */
static lts_status open_writer(int folder, const char *path, uint64_t n,
                              const lts_audio_format *format, lts_audio_writer **out,
                              lts_error *err)
{
    lts_audio_writer *writer;
    *out = NULL;
    lts_status status = check(path, n, format, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&writer, 1, sizeof *writer, path, err);
    if (status != LTS_OK)
        return status;
    writer->bits = format->bits;
    writer->rate = format->sample_rate;
    writer->anew = format->anew;
    writer->expected = n;
    writer->path = lts_strdup(path);
    if (!writer->path) {
        status = lts_no_memory(path, err);
        goto done;
    }
    status = lts_outfile_open_in(folder, path, &writer->file, err);
    if (status != LTS_OK)
        goto done;
    if (!open_wav(writer, format)) {
        status = not_whole(path, err);
        goto done;
    }
    *out = writer;
    writer = NULL;
done:
    lts_audio_writer_abort(writer);
    return status;
}

lts_status lts_audio_writer_open(const char *path, uint64_t n, const lts_audio_format *format,
                                 lts_audio_writer **out, lts_error *err)
{
    return open_writer(AT_FDCWD, path, n, format, out, err);
}

lts_status lts_audio_writer_append(lts_audio_writer *writer, const float *x, size_t n,
                                   lts_error *err)
{
    const size_t bad = lts_first_nonfinite(x, n);
    if (bad < n)
        return lts_fail(err, LTS_ERR_NONFINITE, "%s: sample %llu (%.6f s): not a finite number",
                        writer->path, (unsigned long long)(writer->written + bad),
                        (double)(writer->written + bad) / writer->rate);
    writer->written += n;
    if (writer->written > writer->expected)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: more samples than were announced",
                        writer->path);
    errno = 0;
    return write_samples(writer->sound, x, n, writer->bits) ? LTS_OK : not_whole(writer->path, err);
}

lts_status lts_audio_writer_commit(lts_audio_writer *writer, lts_error *err)
{
    lts_outfile *file = writer->file;
    lts_status status = LTS_OK;
    errno = 0;
    if (sf_close(writer->sound) != 0)
        status = not_whole(writer->path, err);
    writer->sound = NULL;
    if (status != LTS_OK)
        goto done;
    writer->file = NULL;
    status = writer->anew ? lts_outfile_commit_new(file, err) : lts_outfile_commit(file, err);
done:
    lts_audio_writer_abort(writer);
    return status;
}

void lts_audio_writer_abort(lts_audio_writer *writer)
{
    if (!writer)
        return;
    if (writer->sound)
        sf_close(writer->sound);
    lts_outfile_abort(writer->file);
    lts_free(writer->path);
    lts_free(writer);
}

lts_status lts_audio_save_in(int folder, const char *path, const float *x, size_t n,
                             const lts_audio_format *format, lts_error *err)
{
    lts_audio_writer *writer;
    lts_status status = open_writer(folder, path, n, format, &writer, err);
    if (status != LTS_OK)
        return status;
    status = lts_audio_writer_append(writer, x, n, err);
    if (status != LTS_OK) {
        lts_audio_writer_abort(writer);
        return status;
    }
    return lts_audio_writer_commit(writer, err);
}

lts_status lts_audio_save(const char *path, const float *x, size_t n,
                          const lts_audio_format *format, lts_error *err)
{
    return lts_audio_save_in(AT_FDCWD, path, x, n, format, err);
}
