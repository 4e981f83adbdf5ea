/* Numbers as they lie in files, whatever the machine's own byte order. */
#ifndef LTS_FORMATS_BYTES_H
#define LTS_FORMATS_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline bool host_is_little_endian(void)
{
    const uint16_t one = 1;
    unsigned char first;
    memcpy(&first, &one, 1);
    return first == 1;
}

static inline uint64_t load_little(const unsigned char *from, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value |= (uint64_t)from[i] << (8 * i);
    return value;
}

static inline void store_little(unsigned char *to, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        to[i] = (unsigned char)(value >> (8 * i));
}

#endif
