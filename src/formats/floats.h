#ifndef LTS_FORMATS_FLOATS_H
#define LTS_FORMATS_FLOATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* x, n numbers, as little-endian float32; false when the stream does not take them all. */
bool write_floats(FILE *stream, const float *x, size_t n);
/* The same of any numbers of 4 bytes, such as int32. */
bool write_words(FILE *stream, const void *x, size_t n);

#endif
