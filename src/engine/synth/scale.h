/* The scale on which a parameter moves: octaves or steps of its unit. */
#ifndef ENGINE_SYNTH_SCALE_H
#define ENGINE_SYNTH_SCALE_H

#include "lts/synth.h"

typedef struct synth_scale {
    bool octaves;       /* moves by ratios, between values above 0; else by differences */
    double least, most; /* legal */
    double low, high;   /* its lowest and highest level; what is legal of one that is fixed */
} synth_scale;

/* Of parameter `index`. By octaves go frequencies of oscillators and of the low-pass, NAME_f and
 * f_cut, and what has levels of one ratio. */
synth_scale scale_of(const lts_synth_space *space, size_t index);

/* From b, share 0, to a, share 1, and beyond, on the scale, as far as is legal. */
double scale_mix(const synth_scale *s, double a, double b, double share);

#endif
