#include "formats/tensorboard/record.h"

#include "formats/bytes.h"

/* Protocol-buffer wire types. */
enum { VARINT = 0, FIXED_64 = 1, LENGTH = 2, FIXED_32 = 5 };

unsigned char *record_put(record *r, const void *bytes, size_t size)
{
    r->start -= size;
    if (bytes && size)
        memcpy(r->bytes + r->start, bytes, size);
    return r->bytes + r->start;
}

void record_put_little(record *r, uint64_t value, unsigned bytes)
{
    store_little(record_put(r, NULL, bytes), value, bytes);
}

static void put_varint(record *r, uint64_t value)
{
    unsigned char bytes[10];
    size_t size = 0;
    do {
        bytes[size++] = (unsigned char)(value & 127) | (value > 127 ? 128 : 0);
        value >>= 7;
    } while (value);
    record_put(r, bytes, size);
}

static void put_key(record *r, unsigned field, unsigned wire)
{
    put_varint(r, field << 3 | wire);
}

void record_put_double(record *r, unsigned field, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    record_put_little(r, bits, 8);
    put_key(r, field, FIXED_64);
}

void record_put_float(record *r, unsigned field, float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    record_put_little(r, bits, 4);
    put_key(r, field, FIXED_32);
}

void record_put_number(record *r, unsigned field, int64_t value)
{
    put_varint(r, (uint64_t)value);
    put_key(r, field, VARINT);
}

void record_close(record *r, unsigned field, size_t end)
{
    put_varint(r, end - r->start);
    put_key(r, field, LENGTH);
}

void record_put_text(record *r, unsigned field, const char *text)
{
    size_t end = r->start;
    record_put(r, text, strlen(text));
    record_close(r, field, end);
}
