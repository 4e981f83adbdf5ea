/* CRC-32C (Castagnoli, Brauer & Herrmann 1993), reflected polynomial 0x82f63b78, as in RFC 3720. */
#ifndef FORMATS_TENSORBOARD_CRC32C_H
#define FORMATS_TENSORBOARD_CRC32C_H

#include <stddef.h>
#include <stdint.h>

typedef struct crc32c_table {
    uint32_t item[256];
} crc32c_table;

void crc32c_prepare(crc32c_table *table);
uint32_t crc32c(const crc32c_table *table, const void *bytes, size_t size);

#endif
