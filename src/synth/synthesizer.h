/* What a kind of synthesizer must tell of itself, and a space in memory. */
#ifndef SYNTH_SYNTHESIZER_H
#define SYNTH_SYNTHESIZER_H

#include "lts/synth.h"

#include <stdio.h>

/* A parameter that a synthesizer takes, in its own order. */
typedef struct synth_slot {
    char name[LTS_SYNTH_NAME];
    const char *unit;
    double least, most; /* legal */
} synth_slot;

/* One kind of synthesizer: a row of the table in synthesizers.c. What it is told beside its
 * parameters stands in lts_synth_settings and, in files, under [synth]. */
typedef struct synth_kind {
    const char *name;
    /* The keys of [synth] that are its own, in the order to be read in; ends in NULL. */
    const char *const *keys;
    /* One of them from its text; LTS_ERR_ARGUMENT with what is legal. */
    lts_status (*read)(lts_synth_settings *settings, const char *key, const char *value,
                       lts_error *reason);
    /* All of them as lines. */
    void (*write)(const lts_synth_settings *settings, FILE *text);
    /* LTS_ERR_ARGUMENT with what is wrong. */
    lts_status (*check)(const lts_synth_settings *settings, lts_error *err);
    void (*defaults)(lts_synth_settings *settings);
    /* Whether values mean the same in both; else LTS_ERR_SHAPE with the difference. */
    lts_status (*compare)(const lts_synth_settings *a, const lts_synth_settings *b,
                          lts_error *reason);
    /* At most LTS_SYNTH_PARAMETERS. NULL: the space's own parameters are the slots, in its order,
     * and the file says what they take. */
    size_t (*slots)(const lts_synth_settings *settings);
    void (*slot)(const lts_synth_settings *settings, size_t index, synth_slot *slot);
    /* Rendering: `slot_values` has a legal value for each slot, x takes N samples. */
    lts_status (*create)(const lts_synth_space *space, size_t samples, void **renderer,
                         lts_error *err);
    lts_status (*render)(void *renderer, const double *slot_values, float *x, lts_error *err);
    void (*destroy)(void *renderer);
} synth_kind;

/* NULL outside the enum. */
const synth_kind *synth_kind_of(lts_synth_source source);
/* NULL: there is none of that name. */
const synth_kind *synth_kind_named(const char *name, lts_synth_source *source);
/* The names, for messages. */
const char *synth_kind_names(void);

extern const synth_kind synth_fm;
extern const synth_kind synth_lv2;

/* What a parameter takes of which nothing is said. */
#define SYNTH_ANY 1e30

typedef struct synth_parameter {
    char name[LTS_SYNTH_NAME];
    size_t slot;   /* of the synthesizer */
    size_t levels; /* 0: fixed */
    double *level;
    double value;
    synth_slot legal;
    size_t line;    /* of the file, 0: none */
    char note[512]; /* a comment for whoever edits the file, or "" */
} synth_parameter;

struct lts_synth_space {
    lts_synth_settings settings;
    synth_parameter *parameter;
    size_t count, capacity, free;
    bool patch; /* read from a patch, for messages */
};

lts_synth_settings synth_settings_defaults(void);
/* `place` begins the message, such as "file: [synth]". */
lts_status synth_settings_check(const lts_synth_settings *settings, const char *place,
                                lts_error *err);
size_t synth_settings_samples(const lts_synth_settings *settings);

/* A parameter at the end with `count` rising levels, or one value. */
lts_status synth_space_add(lts_synth_space *space, const char *name, const double *level,
                           size_t count, lts_error *err);
/* LTS_ERR_ARGUMENT for a level that is not legal, or not above the one before; `place` begins the
 * message. */
lts_status synth_levels_check(const synth_parameter *parameter, const char *place, lts_error *err);
/* Finds every parameter's slot and checks its values; messages say `file`, when not NULL, and the
 * section. */
lts_status synth_space_bind(lts_synth_space *space, const char *file, lts_error *err);
/* "parameters" or "patch". */
const char *synth_section(bool patch);
/* LTS_ERR_ARGUMENT names a value (P) that the synthesizer does not take. */
lts_status synth_values_check(const lts_synth_space *space, const double *values, lts_error *err);

#endif
