/* Python's pickles, as far as they hold dictionaries, texts and numbers, NumPy's too. Nothing in
 * them is run. */
#ifndef FORMATS_PICKLE_PICKLE_H
#define FORMATS_PICKLE_PICKLE_H

#include "lts/base.h"

/* Gets every number of a dictionary of dictionaries: {key: {name: value}}. Texts are valid during
 * the call. */
typedef struct pickle_reader {
    lts_status (*take)(void *user, const char *key, const char *name, double value, lts_error *err);
    void *user;
} pickle_reader;

/* Reads a pickle of protocol 3 to 5, at most 1 GiB. LTS_ERR_FORMAT names the byte at which it is
 * damaged or holds anything else. */
lts_status pickle_read(const char *path, const pickle_reader *reader, lts_error *err);

#endif
