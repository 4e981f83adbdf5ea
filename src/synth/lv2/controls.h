/* What the host tells of a plugin's control inputs. */
#ifndef SYNTH_LV2_CONTROLS_H
#define SYNTH_LV2_CONTROLS_H

#include "lts/base.h"

typedef struct lv2_control {
    const char *symbol, *name; /* of the text */
    double least, most, standard;
    const char *kind;   /* see protocol.h */
    const char *points; /* numbers with blanks between, or "" */
} lv2_control;

typedef struct lv2_controls {
    lv2_control *item;
    size_t count;
    char *text;
} lv2_controls;

/* Reads the host's text, which belongs to `controls` then, whatever is returned. `place` begins
 * messages. */
lts_status lv2_controls_read(lv2_controls *controls, char *text, const char *place, lts_error *err);
void lv2_controls_free(lv2_controls *controls);

/* The next field of a line, cut out of *text; "" past the last. */
const char *lv2_next_field(char **text);

#endif
