/* The fields are those of TensorFlow's event.proto and summary.proto. */
#include "formats/tensorboard/events.h"

#include "formats/bytes.h"
#include "formats/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>
#include <unistd.h>

enum {
    EVENT_WALL_TIME = 1,
    EVENT_STEP = 2,
    EVENT_VERSION = 3,
    EVENT_SUMMARY = 5,
    EVENT_SESSION = 7
};
enum { SESSION_STATUS = 1, SESSION_START = 1 };
enum { SUMMARY_VALUE = 1 };
enum { VALUE_TAG = 1, VALUE_SIMPLE = 2 };

/* A frame: the record's length, its CRC, the record, its CRC. */
enum { FRAME_HEAD = 12, FRAME_TAIL = 4 };

static double wall_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* FOLDER/events.out.tfevents.SECONDS.HOST, with a number behind it when a run that was resumed
 * within the second has it already. */
static lts_status create_file(lts_events *events, const char *folder, lts_error *err)
{
    char host[256] = "";
    if (gethostname(host, sizeof host - 1) != 0 || !host[0])
        strcpy(host, "localhost");
    for (char *c = host; *c; c++)
        if (*c == '/')
            *c = '_';
    for (int attempt = 0; attempt < 1000; attempt++) {
        char suffix[16] = "";
        if (attempt > 0)
            snprintf(suffix, sizeof suffix, ".%d", attempt);
        lts_free(events->path);
        events->path = lts_format("%s/events.out.tfevents.%010lld.%s%s", folder,
                                  (long long)time(NULL), host, suffix);
        if (!events->path)
            return lts_no_memory(folder, err);
        events->descriptor =
            open(events->path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0666);
        if (events->descriptor >= 0)
            return LTS_OK;
        if (errno != EEXIST)
            break;
    }
    return lts_fail(err, LTS_ERR_IO, "%s: cannot be written: %s", events->path, strerror(errno));
}

/* Room for `payload` bytes and the fields around them, the frame's tail kept free. */
static lts_status begin(const lts_events *events, record *r, size_t payload, lts_error *err)
{
    size_t size = payload + RECORD_OVERHEAD + FRAME_TAIL;
    lts_status status = lts_alloc_checked(&r->bytes, size, 1, events->path, err);
    r->start = r->end = size - FRAME_TAIL;
    return status;
}

static uint32_t masked_crc(const lts_events *events, const void *bytes, size_t size)
{
    uint32_t crc = crc32c(&events->table, bytes, size);
    return (crc >> 15 | crc << 17) + 0xa282ead8u;
}

/* Writes the frame whole or takes back what was written of it. Frees the record. */
static lts_status append(lts_events *events, record *r, lts_error *err)
{
    size_t length = r->end - r->start;
    store_little(r->bytes + r->end, masked_crc(events, r->bytes + r->start, length), FRAME_TAIL);
    unsigned char *head = record_put(r, NULL, FRAME_HEAD);
    store_little(head, length, 8);
    store_little(head + 8, masked_crc(events, head, 8), 4);
    size_t total = FRAME_HEAD + length + FRAME_TAIL, done = 0;
    lts_status status = LTS_OK;
    while (status == LTS_OK && done < total) {
        ssize_t written = write(events->descriptor, head + done, total - done);
        if (written > 0)
            done += (size_t)written;
        else if (written == 0 || errno != EINTR)
            status = lts_fail(err, LTS_ERR_IO, "%s: could not be written: %s", events->path,
                              written < 0 ? strerror(errno) : "no space");
    }
    if (status == LTS_OK)
        events->size += (off_t)total;
    else if (done > 0 && ftruncate(events->descriptor, events->size) != 0)
        status = lts_fail(err, LTS_ERR_IO, "%s: ends in half a record: %s", events->path,
                          strerror(errno));
    lts_free(r->bytes);
    return status;
}

/* The step and time of an event, and out with it. Frees the record. */
static lts_status finish_event(lts_events *events, record *r, int64_t step, lts_error *err)
{
    record_put_number(r, EVENT_STEP, step);
    record_put_double(r, EVENT_WALL_TIME, wall_time());
    return append(events, r, err);
}

static lts_status write_version(lts_events *events, lts_error *err)
{
    record r = {0};
    lts_status status = begin(events, &r, 0, err);
    if (status != LTS_OK)
        return status;
    record_put_text(&r, EVENT_VERSION, "brain.Event:2");
    record_put_double(&r, EVENT_WALL_TIME, wall_time());
    return append(events, &r, err);
}

lts_status lts_events_open(const char *folder, lts_events **out, lts_error *err)
{
    *out = NULL;
    lts_events *events = NULL;
    lts_status status = lts_alloc_checked(&events, 1, sizeof *events, folder, err);
    if (status != LTS_OK)
        return status;
    events->descriptor = -1;
    crc32c_prepare(&events->table);
    status = create_file(events, folder, err);
    if (status != LTS_OK)
        goto done;
    status = write_version(events, err);
done:
    if (status != LTS_OK) {
        if (events->descriptor >= 0)
            unlink(events->path);
        lts_events_close(events);
        return status;
    }
    *out = events;
    return LTS_OK;
}

lts_status lts_events_restart(lts_events *events, int64_t step, lts_error *err)
{
    record r = {0};
    lts_status status = begin(events, &r, 0, err);
    if (status != LTS_OK)
        return status;
    record_put_number(&r, SESSION_STATUS, SESSION_START);
    record_close(&r, EVENT_SESSION, r.end);
    return finish_event(events, &r, step, err);
}

void lts_events_close(lts_events *events)
{
    if (!events)
        return;
    if (events->descriptor >= 0)
        close(events->descriptor);
    lts_free(events->path);
    lts_free(events);
}

lts_status events_begin(const lts_events *events, const char *tag, size_t payload, record *r,
                        char **clean, lts_error *err)
{
    *clean = to_utf8(tag);
    if (!*clean)
        return lts_no_memory(events->path, err);
    lts_status status = begin(events, r, payload + strlen(*clean), err);
    if (status != LTS_OK)
        lts_free(*clean);
    return status;
}

lts_status events_finish(lts_events *events, record *r, char *clean, int64_t step, lts_error *err)
{
    record_put_text(r, VALUE_TAG, clean);
    record_close(r, SUMMARY_VALUE, r->end);
    record_close(r, EVENT_SUMMARY, r->end);
    lts_free(clean);
    return finish_event(events, r, step, err);
}

lts_status lts_events_scalar(lts_events *events, const char *tag, int64_t step, double value,
                             lts_error *err)
{
    record r = {0};
    char *clean;
    lts_status status = events_begin(events, tag, 0, &r, &clean, err);
    if (status != LTS_OK)
        return status;
    record_put_float(&r, VALUE_SIMPLE, (float)value);
    return events_finish(events, &r, clean, step, err);
}
