/* Where a search may go: the values of one free parameter as a line. A step of 0.1 is to be heard
 * about alike on all of them. */
#ifndef MATCH_RANGE_AXIS_H
#define MATCH_RANGE_AXIS_H

#include "lts/synth.h"

typedef enum range_scale {
    RANGE_LEVELS, /* between neighbouring levels, which stand evenly, in straight lines */
    RANGE_LOG,    /* least (most / least)^p of the place p = u / span */
    RANGE_POWER   /* least + (most - least) p^power */
} range_scale;

typedef struct range_axis {
    size_t parameter; /* its index in the space */
    range_scale scale;
    double least, most, power;
    double span; /* u goes from 0 to it; 1 of RANGE_LEVELS */
} range_axis;

/* The axis of free parameter `free`. `wide`: as far as the built-in synthesizer makes sense for any
 * sound, by the parameter's name, but at least from its lowest to its highest level and only to
 * what the synthesizer takes; else, and of other synthesizers, between its levels. */
range_axis range_axis_of(const lts_synth_space *space, size_t free, bool wide);

/* Any u: it is mirrored at 0 and at the span until it lies between. */
double range_value(const lts_synth_space *space, const range_axis *axis, double u);
/* The inverse; the nearer end for values beyond. */
double range_place(const lts_synth_space *space, const range_axis *axis, double value);

/* Whether a parameter is of one name, or, where `end` begins with _, any oscillator's of that end.
 */
bool range_is_named(const char *name, const char *end);

#endif
