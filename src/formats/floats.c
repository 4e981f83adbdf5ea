#include "formats/floats.h"

#include "formats/bytes.h"

enum { SWAP_BLOCK = 256 };

bool write_words(FILE *stream, const void *x, size_t n)
{
    if (host_is_little_endian())
        return fwrite(x, 4, n, stream) == n;
    for (size_t done = 0; done < n; done += SWAP_BLOCK) {
        unsigned char block[4 * SWAP_BLOCK];
        size_t part = n - done < SWAP_BLOCK ? n - done : SWAP_BLOCK;
        for (size_t i = 0; i < part; i++) {
            uint32_t bits;
            memcpy(&bits, (const unsigned char *)x + 4 * (done + i), sizeof bits);
            store_little(block + 4 * i, bits, 4);
        }
        if (fwrite(block, 4, part, stream) != part)
            return false;
    }
    return true;
}

bool write_floats(FILE *stream, const float *x, size_t n)
{
    return write_words(stream, x, n);
}
