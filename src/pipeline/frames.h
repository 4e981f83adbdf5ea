/* What an opened data set is made of: frames.c opens it, frames_read.c splits and reads it. */
#ifndef LTS_PIPELINE_FRAMES_H
#define LTS_PIPELINE_FRAMES_H

#include "lts/frames.h"

/* One part's files, and the part's frame at which each begins. */
typedef struct part_index {
    size_t *file;
    uint64_t *start; /* count + 1 values: the last is the number of frames */
    size_t count;
} part_index;

typedef struct frame_file {
    char *name;
    lts_npy *npy;
    bool held_out;
} frame_file;

struct lts_frames {
    char *folder;
    frame_file *file;
    size_t count, bins;
    part_index part[2];
    char fingerprint[LTS_HASH_TEXT];
};

/* Fills `part` from the files' held_out; its arrays have room for all files. */
void frames_index_parts(lts_frames *frames);

#endif
