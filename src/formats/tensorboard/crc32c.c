#include "formats/tensorboard/crc32c.h"

void crc32c_prepare(crc32c_table *table)
{
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t crc = i;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78u : 0);
        table->item[i] = crc;
    }
}

uint32_t crc32c(const crc32c_table *table, const void *bytes, size_t size)
{
    const unsigned char *b = bytes;
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < size; i++)
        crc = crc >> 8 ^ table->item[(crc ^ b[i]) & 255];
    return ~crc;
}
