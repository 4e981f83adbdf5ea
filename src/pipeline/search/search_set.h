#ifndef PIPELINE_SEARCH_SEARCH_SET_H
#define PIPELINE_SEARCH_SEARCH_SET_H

#include "lts/nearest.h"
#include "lts/search.h"
#include "pipeline/search/latent_index.h"

/* Frames are searched in stretches of one sound. */
enum { SEARCH_STRETCH = 128 };

struct lts_search {
    lts_model *model;
    const lts_feature *feature;
    lts_frames *frames;
    latent_index index;
    char *sounds;             /* the folder of sound files */
    size_t stretches, *start; /* (stretches + 1): the first point of each */
    size_t *file;             /* (stretches): its sound */
    size_t *begin;            /* (sounds + 1): the first point of each */
};

#endif
