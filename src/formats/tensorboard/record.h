/* A protocol-buffer message built from its end to its beginning: what is put last stands first, and
 * so the length of a part is known by the time it must be written before it. */
#ifndef FORMATS_TENSORBOARD_RECORD_H
#define FORMATS_TENSORBOARD_RECORD_H

#include "lts/base.h"

typedef struct record {
    unsigned char *bytes;
    size_t start, end; /* the message so far is bytes[start .. end-1] */
} record;

/* The caller sees to it that there is room before `start`. */
unsigned char *record_put(record *r, const void *bytes, size_t size); /* bytes NULL: left to fill */
void record_put_little(record *r, uint64_t value, unsigned bytes);
/* Fields: a 64-bit and a 32-bit float, a whole number, text, and the message or bytes that have
 * been put since `end` was the start. */
void record_put_double(record *r, unsigned field, double value);
void record_put_float(record *r, unsigned field, float value);
void record_put_number(record *r, unsigned field, int64_t value);
void record_put_text(record *r, unsigned field, const char *text);
void record_close(record *r, unsigned field, size_t end);

/* More than the fields around a text or a block of samples ever take. */
enum { RECORD_OVERHEAD = 256 };

#endif
