/* The Python dictionary of a .npy header, which npy_header.c then makes sense of. */
#ifndef FORMATS_NPY_NPY_DICTIONARY_H
#define FORMATS_NPY_NPY_DICTIONARY_H

#include "formats/npy/npy.h"

enum { NPY_MAX_RANK = 3, NPY_QUOTED = 48 };

typedef struct npy_cursor {
    const char *path;
    const char *text; /* the whole file */
    size_t at, end;   /* of the dictionary */
    lts_error *err;
} npy_cursor;

typedef struct npy_fields {
    bool has_descr, has_order, has_shape, fortran;
    char descr[NPY_QUOTED];
    size_t shape[NPY_MAX_RANK];
    unsigned rank;
} npy_fields;

/* From the cursor, which must end at the dictionary's end, to *f. LTS_ERR_FORMAT, in c->err, names
 * the byte where it is wrong, or the key that is missing. */
lts_status npy_dictionary_parse(npy_cursor *c, npy_fields *f);

#endif
