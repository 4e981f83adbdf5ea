/* What the kinds of events share. */
#ifndef FORMATS_TENSORBOARD_EVENTS_H
#define FORMATS_TENSORBOARD_EVENTS_H

#include "formats/tensorboard/crc32c.h"
#include "formats/tensorboard/record.h"
#include "lts/formats.h"

struct lts_events {
    char *path;
    int descriptor;
    off_t size;
    crc32c_table table;
};

/* Room for a Summary.Value of `payload` bytes and its tag. On success `clean` is the tag as UTF-8,
 * and events_finish must follow. */
lts_status events_begin(const lts_events *events, const char *tag, size_t payload, record *r,
                        char **clean, lts_error *err);

/* The rest of an event around the value that has been put into the record, and out with it. Frees
 * the record and `clean`. */
lts_status events_finish(lts_events *events, record *r, char *clean, int64_t step, lts_error *err);

#endif
