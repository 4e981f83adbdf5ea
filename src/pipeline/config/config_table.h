/* The table of settings and what is done with one of its rows. It has the rows of config_table.c
 * and those that models bring (lts_model_setting_at): a new setting of a model, architecture or
 * loss is a row in the model's tables and nothing here. */
#ifndef PIPELINE_CONFIG_CONFIG_TABLE_H
#define PIPELINE_CONFIG_CONFIG_TABLE_H

#include "lts/config.h"

typedef enum config_kind {
    CONFIG_INT,    /* int64_t */
    CONFIG_SIZE,   /* size_t */
    CONFIG_REAL,   /* double */
    CONFIG_FLAG,   /* bool */
    CONFIG_CHOICE, /* int, an index of `choices` */
    CONFIG_TEXT,   /* char * */
    CONFIG_CHARS,  /* char[LTS_MODEL_TEXT] */
    CONFIG_PITCH,  /* char *, what lts_parse_pitch reads */
    CONFIG_NAME,   /* char *, a folder's name: not empty, without slash */
    CONFIG_KEPT,   /* known, not used: no place in lts_config, kept as it was read */
    CONFIG_MODEL   /* only in config_static: the place of the model's settings of this section */
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
    unsigned types;             /* bit 1 << t: architecture t reads it; 0: not a model's setting */
} config_row;

enum { CONFIG_STATIC_ROWS = 128, CONFIG_NAMES = 64 };
extern const config_row config_static[];
extern const size_t config_static_count;
/* The names of [model] type, "auto" the first and then those of lts_model_type, of [training] loss,
 * of [audio] features, of [model] preset, "auto" the first, and of [render] align, "default" the
 * first and then those of lts_alignment; NULL ends each. Filled by the first call of config_row_at.
 */
extern const char *config_types[CONFIG_NAMES + 1];
extern const char *config_losses[CONFIG_NAMES + 1];
extern const char *config_features[CONFIG_NAMES + 1];
extern const char *config_presets[CONFIG_NAMES + 1];
extern const char *config_levels[CONFIG_NAMES + 1];
extern const char *config_alignments[CONFIG_NAMES + 1];

/* Row `index` of the whole table, in default.ini's order; NULL past the last. Safe to call from
 * several threads. */
const config_row *config_row_at(size_t index);

/* The row of a key in either spelling, without regard to case; NULL when there is none. */
const config_row *config_find(const char *section, const char *key);
/* The same by "section.key", of which "=value" may follow. */
const config_row *config_find_name(const char *name);
/* "section.key" or "section.key = value" taken apart; false when it has no such form. */
typedef struct config_word {
    const char *text;
    size_t length;
} config_word;
bool config_split(const char *name, config_word *section, config_word *key);
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
/* "a, b or c" of at most `count` names, which NULL ends. */
void config_names(const char *const *names, size_t count, char *text, size_t size);

/* Where in lts_config the lts_model_config is that a model's setting is read into: its section's
 * own, so that sections may have settings in common. */
size_t config_store(const lts_model_setting *setting);

/* The value as it was given, NULL when it was not. */
const char *config_given(const lts_config *config, const config_row *row);
/* The architecture's number in lts_model_type. */
int config_architecture(const lts_config *config);
/* Whether the architecture reads it. True of settings that are no model's. */
bool config_applies(const config_row *row, int architecture);
/* The program whose keys these are. */
lts_config_origin config_origin(const lts_ini *ini);
/* Sets what the preset says, over the table's defaults; "auto" is the one that the file means. */
lts_status config_apply_preset(lts_config *config, const char *name, const lts_reporter *reporter,
                               lts_error *err);
/* The values of the preset that config->preset names, over whatever was there; and whether a row is
 * among them. */
lts_status config_preset_values(lts_config *config, lts_error *err);
bool config_preset_has(const lts_config *config, const config_row *row);
/* Decides the model's type and the loss where the file leaves them open, and says what was given
 * but has no effect. */
lts_status config_resolve(lts_config *config, const lts_reporter *reporter, lts_error *err);

#endif
