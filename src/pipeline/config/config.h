/* The table of settings and what is done with one of its rows. */
#ifndef PIPELINE_CONFIG_CONFIG_H
#define PIPELINE_CONFIG_CONFIG_H

#include "lts/config.h"

typedef enum config_kind {
    CONFIG_INT,    /* int64_t */
    CONFIG_REAL,   /* double */
    CONFIG_FLAG,   /* bool */
    CONFIG_CHOICE, /* int, an index of `choices` */
    CONFIG_TEXT,   /* char * */
    CONFIG_PITCH,  /* char *, what lts_parse_pitch reads */
    CONFIG_NAME,   /* char *, a folder's name: not empty, without slash */
    CONFIG_KEPT    /* known, not used: no place in lts_config, kept as it was read */
} config_kind;

typedef struct config_row {
    const char *section, *key, *alias; /* alias: the other original's spelling, or NULL */
    config_kind kind;
    size_t offset; /* in lts_config */
    const char *standard;
    double minimum, maximum;
    const char *const *choices; /* ends in NULL */
    const char *help;           /* NULL: not in default.ini */
    const char *note;           /* said once when the setting is given: why it has no effect */
    bool vae2;                  /* of the model vae2 alone */
} config_row;

enum { CONFIG_NUMBER = 40 };

extern const config_row config_table[];
extern const size_t config_count;

/* The row of a key in either spelling, without regard to case; NULL when there is none. */
const config_row *config_find(const char *section, const char *key);
/* The same by "section.key", of which "=value" may follow. */
const config_row *config_find_name(const char *name);
/* The row that is spelt most nearly so, NULL when none is near. */
const config_row *config_guess(const char *section, const char *key);

/* lts_ini_load for settings: a line that cannot be is as wrong as a value that cannot be, and both
 * are LTS_ERR_ARGUMENT. */
lts_status config_read_file(const char *path, lts_ini **ini, lts_error *err);

/* Text to value. LTS_ERR_ARGUMENT gives only what is legal, LTS_ERR_MEMORY leaves the old value. */
lts_status config_read(const config_row *row, const char *text, lts_config *config, lts_error *err);
/* Value to text, a new string; NULL when memory is short. */
char *config_write(const config_row *row, const lts_config *config);
/* What a row accepts, in words. */
void config_legal(const config_row *row, char *text, size_t size);
/* The shortest decimal that reads back as the same number, with a point in every locale. */
void config_number(char text[CONFIG_NUMBER], double value);

/* The value as it was given, NULL when it was not. */
const char *config_given(const lts_config *config, const config_row *row);
/* The program whose keys these are. */
lts_config_origin config_origin(const lts_ini *ini);
/* Settles the model's type and the loss, and says what was given but has no effect. */
lts_status config_resolve(lts_config *config, const lts_reporter *reporter, lts_error *err);

#endif
