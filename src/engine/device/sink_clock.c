#include "engine/device/sink.h"
#include "engine/realtime/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <sndfile.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const double nap = 0.02;    /* s slept at a time, so that a stop is prompt */
static const double refresh = 0.5; /* s of sound between two updates of the file's header */

/* What a WAV header can count, with a margin for the header. */
static const uint64_t wav_limit = (UINT32_MAX - (1 << 16)) / sizeof(float);

typedef struct clock_sink {
    sink base;
    SNDFILE *file;  /* NULL: the samples are dropped */
    int descriptor; /* of it */
    char *path;     /* of it */
    struct stat made;
    uint64_t written;
    double uncounted; /* s of sound that the header does not count yet */
    size_t block;
    float *x;
    pthread_t thread;
    bool running;
    atomic_bool stop, failed;
    char why[256]; /* constant once `failed` is set */
} clock_sink;

static bool fail_file(clock_sink *c, const char *why)
{
    snprintf(c->why, sizeof c->why, "%s", why);
    atomic_store(&c->failed, true);
    return false;
}

/* What is written to a file without a name is lost. */
static bool was_removed(const clock_sink *c)
{
    struct stat info;
    return fstat(c->descriptor, &info) == 0 && info.st_nlink == 0;
}

static bool write_block(clock_sink *c)
{
    const sf_count_t n = (sf_count_t)c->block;
    if (c->written + c->block > wav_limit)
        return fail_file(c, "it has reached the 4 GiB a WAV file holds");
    errno = 0;
    if (sf_write_float(c->file, c->x, n) != n)
        return fail_file(c, errno ? strerror(errno) : "could not be written");
    c->written += c->block;
    c->uncounted += (double)c->block / c->base.sample_rate;
    if (c->uncounted >= refresh) {
        sf_command(c->file, SFC_UPDATE_HEADER_NOW, NULL, 0);
        c->uncounted = 0;
        return !was_removed(c) || fail_file(c, "its file was removed");
    }
    return true;
}

static void sleep_until(clock_sink *c, double time)
{
    for (double rest; (rest = time - lts_now()) > 0 && !atomic_load(&c->stop);)
        realtime_sleep(rest < nap ? rest : nap);
}

/* A block each period. When the machine was too busy to be in time, the clock catches up at twice
 * its pace, so that the feeder can follow; a sleep of the whole machine is not made up for. */
static void *clock_main(void *argument)
{
    clock_sink *c = argument;
    const double period = (double)c->block / c->base.sample_rate;
    realtime_raise_priority();
    while (!device_buffer_ready(c->base.buffer) && !atomic_load(&c->stop))
        realtime_sleep(0.001);
    for (double next = lts_now(); !atomic_load(&c->stop);) {
        device_buffer_read(c->base.buffer, c->x, c->block);
        if (c->file && !write_block(c))
            break;
        const double now = lts_now();
        next += period;
        if (now - next > 1 + period)
            next = now;
        sleep_until(c, fmax(next, now + period / 2));
    }
    return NULL;
}

static lts_status clock_start(sink *s, lts_error *err)
{
    clock_sink *c = (clock_sink *)s;
    int code = pthread_create(&c->thread, NULL, clock_main, c);
    if (code != 0)
        return lts_fail(err, LTS_ERR_IO, "%s: no thread to play: %s", s->name, strerror(code));
    c->running = true;
    return LTS_OK;
}

static bool clock_alive(sink *s, double elapsed, char *why, size_t room)
{
    clock_sink *c = (clock_sink *)s;
    (void)elapsed;
    if (!atomic_load(&c->failed))
        return true;
    snprintf(why, room, "%s", c->why);
    return false;
}

static void clock_close(sink *s)
{
    clock_sink *c = (clock_sink *)s;
    atomic_store(&c->stop, true);
    if (c->running)
        pthread_join(c->thread, NULL);
    if (c->file)
        sf_close(c->file);
    /* A recording that never began does not keep the next one from its name. */
    struct stat info;
    if (c->path && !c->running && lstat(c->path, &info) == 0 && info.st_dev == c->made.st_dev &&
        info.st_ino == c->made.st_ino)
        unlink(c->path);
    lts_free(c->path);
    lts_free(c->x);
    lts_free(c);
}

static const sink_kind clock_kind = {clock_start, clock_alive, clock_close};

/* O_EXCL: no recording takes the place of another file, nor of a device or pipe. */
static lts_status open_recording(const char *path, const int *folder, int *descriptor,
                                 lts_error *err)
{
    const char *slash = strrchr(path, '/');
    if (!path[0])
        return lts_fail(err, LTS_ERR_ARGUMENT, "file:: names no file: give file:OUT.wav");
    *descriptor = openat(folder ? *folder : AT_FDCWD, folder && slash ? slash + 1 : path,
                         O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (*descriptor < 0 && errno == EEXIST)
        return lts_fail(err, LTS_ERR_EXISTS, "%s: is there already: name another file", path);
    if (*descriptor < 0)
        return lts_fail(err, LTS_ERR_IO, "%s: cannot be recorded to: %s", path, strerror(errno));
    return LTS_OK;
}

static lts_status open_file(clock_sink *c, const char *path, const int *folder, lts_error *err)
{
    const double rate = c->base.sample_rate;
    if (rate != floor(rate))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: sample rate %g Hz: WAV takes whole numbers",
                        path, rate);
    char *kept = lts_strdup(path);
    if (!kept)
        return lts_no_memory(path, err);
    lts_status status = open_recording(path, folder, &c->descriptor, err);
    if (status != LTS_OK) {
        lts_free(kept);
        return status;
    }
    c->path = kept;
    fstat(c->descriptor, &c->made);
    SF_INFO info = {
        .samplerate = (int)rate, .channels = 1, .format = SF_FORMAT_WAV | SF_FORMAT_FLOAT};
    c->file = sf_open_fd(c->descriptor, SFM_WRITE, &info, SF_TRUE);
    if (!c->file)
        return lts_fail(err, LTS_ERR_IO, "%s: libsndfile cannot write to it", path);
    /* The PEAK chunk of float files carries the time of writing. */
    sf_command(c->file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    sf_command(c->file, SFC_UPDATE_HEADER_NOW, NULL, 0);
    return LTS_OK;
}

lts_status sink_open_clock(const char *path, const int *folder, double sample_rate, size_t block,
                           sink **out, lts_error *err)
{
    *out = NULL;
    clock_sink *c;
    lts_status status = lts_alloc_checked(&c, 1, sizeof *c, "the player", err);
    if (status != LTS_OK)
        return status;
    c->base = (sink){.kind = &clock_kind, .sample_rate = sample_rate, .id = -1};
    snprintf(c->base.name, sizeof c->base.name, "%s%s", path ? "file:" : "null", path ? path : "");
    c->block = block;
    status = lts_alloc_checked(&c->x, block, sizeof *c->x, "the player", err);
    if (status != LTS_OK)
        goto done;
    if (path)
        status = open_file(c, path, folder, err);
    if (status != LTS_OK)
        goto done;
    *out = &c->base;
    c = NULL;
done:
    if (c)
        clock_close(&c->base);
    return status;
}
