/* OSC datagrams made by hand, right and wrong, after the specification: Wright 2002, "Open Sound
 * Control 1.0". */
#ifndef TESTS_OSC_BYTES_H
#define TESTS_OSC_BYTES_H

#include <stdint.h>
#include <string.h>

typedef struct bytes {
    uint8_t data[65536];
    size_t size;
} bytes;

static inline void put(bytes *b, const void *data, size_t size)
{
    assert_true(b->size + size <= sizeof b->data);
    memcpy(b->data + b->size, data, size);
    b->size += size;
}

static inline void put_32(bytes *b, uint32_t x)
{
    const uint8_t big[] = {(uint8_t)(x >> 24), (uint8_t)(x >> 16), (uint8_t)(x >> 8), (uint8_t)x};
    put(b, big, sizeof big);
}

static inline void put_64(bytes *b, uint64_t x)
{
    put_32(b, (uint32_t)(x >> 32));
    put_32(b, (uint32_t)x);
}

static inline void put_float(bytes *b, float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    put_32(b, bits);
}

static inline void put_double(bytes *b, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    put_64(b, bits);
}

static inline void put_text(bytes *b, const char *text)
{
    static const char zeros[4] = "";
    put(b, text, strlen(text));
    put(b, zeros, 4 - b->size % 4);
}

static inline bytes begin(const char *path)
{
    bytes b;
    b.size = 0;
    put_text(&b, path);
    return b;
}

static inline bytes begin_bundle(void)
{
    bytes b;
    b.size = 0;
    put_text(&b, "#bundle");
    put_64(&b, 1);
    return b;
}

static inline void put_element(bytes *b, const bytes *element)
{
    put_32(b, (uint32_t)element->size);
    put(b, element->data, element->size);
}

static inline bytes bundle_of(const bytes *element)
{
    bytes b = begin_bundle();
    put_element(&b, element);
    return b;
}

#endif
