#include "engine/midi/midi_source.h"
#include "engine/realtime/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const double nap = 0.05;   /* s waited at a time */
static const double retry = 0.25; /* s between attempts to open what went away */

typedef struct path_source {
    midi_source base;
    char *path;
    int descriptor; /* -1 while it is away */
    int writer;     /* keeps a pipe from ending when its last writer goes; -1 without */
    double again;   /* when to open it again */
} path_source;

static void release(path_source *s)
{
    if (s->writer >= 0)
        close(s->writer);
    if (s->descriptor >= 0)
        close(s->descriptor);
    s->writer = s->descriptor = -1;
}

static lts_status open_path(path_source *s, lts_error *err)
{
    struct stat info;
    s->descriptor = open(s->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (s->descriptor < 0)
        return lts_fail(err, errno == ENOENT ? LTS_ERR_NOT_FOUND : LTS_ERR_IO,
                        "%s: no MIDI can be read from it: %s", s->path, strerror(errno));
    if (fstat(s->descriptor, &info) == 0 && (S_ISFIFO(info.st_mode) || S_ISCHR(info.st_mode))) {
        if (S_ISFIFO(info.st_mode))
            s->writer = open(s->path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
        return LTS_OK;
    }
    release(s);
    return lts_fail(err, LTS_ERR_IO,
                    "%s: is neither a pipe nor a device; name one that carries raw MIDI", s->path);
}

/* Whether the path has come to mean something else: a pipe that was removed and made anew. */
static bool replaced(const path_source *s)
{
    struct stat open_one, named;
    return fstat(s->descriptor, &open_one) == 0 && stat(s->path, &named) == 0 &&
           (open_one.st_ino != named.st_ino || open_one.st_dev != named.st_dev);
}

/* What went away is looked for now and then. */
static bool reopen(path_source *s)
{
    if (lts_now() < s->again) {
        realtime_sleep(nap);
        return false;
    }
    s->again = lts_now() + retry;
    return open_path(s, NULL) == LTS_OK;
}

static size_t path_read(midi_source *source, uint8_t *bytes, size_t room)
{
    path_source *s = (path_source *)source;
    if (s->descriptor < 0 && !reopen(s))
        return 0;
    struct pollfd wait = {.fd = s->descriptor, .events = POLLIN};
    if (poll(&wait, 1, (int)(1000 * nap)) <= 0) {
        if (replaced(s))
            release(s);
        return 0;
    }
    ssize_t got = read(s->descriptor, bytes, room);
    if (got > 0)
        return (size_t)got;
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    release(s);
    s->again = lts_now() + retry;
    return 0;
}

static void path_close(midi_source *source)
{
    path_source *s = (path_source *)source;
    release(s);
    lts_free(s->path);
    lts_free(s);
}

lts_status midi_open_path(const char *path, midi_source **out, lts_error *err)
{
    *out = NULL;
    path_source *s;
    lts_status status = lts_alloc_checked(&s, 1, sizeof *s, path, err);
    if (status != LTS_OK)
        return status;
    *s = (path_source){.base = {path_read, path_close}, .descriptor = -1, .writer = -1};
    s->path = lts_strdup(path);
    if (!s->path)
        status = lts_no_memory(path, err);
    else
        status = open_path(s, err);
    if (status != LTS_OK)
        path_close(&s->base);
    else
        *out = &s->base;
    return status;
}
