/* The head of a .npy file, understood and checked against the size of the file. */
#ifndef FORMATS_NPY_NPY_H
#define FORMATS_NPY_NPY_H

#include "formats/map.h"

typedef struct npy_header {
    size_t rows, columns;
    size_t channels; /* rows of one sound; 1 unless `sounds` */
    bool sounds;     /* three dimensions, (sounds, channels, columns), may be there */
    size_t data;     /* byte at which the array begins */
    unsigned item;   /* bytes a number: 4 or 8 */
    bool integers;   /* signed; else floating point */
    bool big_endian; /* byte order of a number */
    bool fortran;    /* column by column instead of row by row */
} npy_header;

/* What follows the array is ignored, as NumPy ignores it. header->integers and
 * header->sounds say what is wanted. */
lts_status npy_header_parse(const char *path, const file_map *map, npy_header *header,
                            lts_error *err);

#endif
