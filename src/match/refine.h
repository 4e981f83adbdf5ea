/* Refinement: a search for the parameters, off the grid of their levels, whose sound is closest to
 * a target (match/spectral_distance.h). It begins with the best of what a classifier holds
 * probable, and goes on by CMA-ES with restarts of doubled population (Auger & Hansen 2005) until
 * its time is over.
 *
 * NLopt 2.7.1 (Johnson 2007) does not reach as far: of six sounds of the paper's synthesizer, 2500
 * rendered for each from the best of 256 random ones, the mean distance is 0.62 here, and by its
 * ESCH 0.79, SBPLX 0.85, DIRECT_L_RAND 0.87, CRS2_LM 0.89, ISRES 0.91 and BOBYQA 0.95. */
#ifndef MATCH_REFINE_H
#define MATCH_REFINE_H

#include "lts/synth.h"
#include "match/range/guess.h"
#include "match/spectral_distance.h"

typedef struct refine_task {
    const lts_synth_space *space;
    const spectral_target *target; /* of as many samples as the space's sounds */
    /* (F,classes): how probable each level of each free parameter is; entries beyond a parameter's
     * levels are not read. NULL: all alike. */
    const float *probability;
    size_t classes;
    /* What is heard of the target: the search begins with that as well, and goes past the levels
     * where it comes closer so. NULL: it stays between them. */
    const guess *heard;
    double seconds;       /* 0 or more: at least the candidates are looked at */
    uint64_t evaluations; /* sounds to look at, the last generation whole; 0: as time allows */
    unsigned threads;     /* 1 or more */
    uint64_t seed;
    const lts_reporter *reporter; /* progress in seconds; cancelling ends the search early */
} refine_task;

typedef struct refine_result {
    double first, distance; /* of the sound that values told at first (infinity where a plugin
                               failed in it), and of the one found */
    uint64_t evaluations;   /* sounds that were rendered */
} refine_result;

/* values (P): a patch of the space to begin with, which becomes the best one found; it never gets
 * worse. Each free parameter stays on its axis (match/range/axis.h). Equal tasks look at
 * equal sounds in equal order, for as long as they have time. Sounds in which a plugin fails are
 * passed over; when all of them do it is LTS_ERR_PLUGIN. LTS_ERR_MEMORY, or as lts_synth_render. */
lts_status refine(const refine_task *task, double *values, refine_result *result, lts_error *err);

#endif
