/* An INI file in memory: iniparser's dictionary holds the values under "section:key" in lower case;
 * beside it, what iniparser does not keep: spelling, order and line numbers.
 *
 * iniparser's own reader is not used. The files are written by Python's configparser, and the two
 * dialects differ: iniparser ends a value at the first ';' or '#', joins lines that end in a
 * backslash (as D:\sounds\ does), undoes quotes and escapes, and refuses lines of more than 1023
 * bytes, byte order marks and keys without a value. */
#ifndef FORMATS_INI_INI_H
#define FORMATS_INI_INI_H

#include "lts/formats.h"

#include <dictionary.h>

/* Names longer than this, and larger files, are no configuration. Both also bound the time spent on
 * a hostile file, as the dictionary is searched from end to end. */
enum { INI_NAME_LIMIT = 250, INI_ENTRY_LIMIT = 10000, INI_FILE_LIMIT = 1 << 20 };

typedef struct ini_entry {
    size_t section;
    char *key;
    size_t line;
} ini_entry;

struct lts_ini {
    dictionary *values;
    char **sections;
    size_t section_count, section_capacity;
    ini_entry *entries;
    size_t entry_count, entry_capacity;
};

/* `name` must be legal as a section or key that a file could hold; errors name it. */
lts_status ini_add_section(lts_ini *ini, const char *name, size_t *index, lts_error *err);
/* The entry's index among ini->entries, or SIZE_MAX. */
size_t ini_find(const lts_ini *ini, const char *section, const char *key);
/* A new entry, or a new value for an old one, whose spelling and line stay. */
lts_status ini_put(lts_ini *ini, size_t section, const char *key, const char *value, size_t line,
                   lts_error *err);

/* Reads `text` (size bytes and a final 0; it is changed) into `ini`; `name` is for messages. */
lts_status ini_parse(char *text, size_t size, const char *name, lts_ini *ini, lts_error *err);

#endif
