/* The latent means of a data set's examples, kept as an array beside the run. */
#ifndef PIPELINE_SEARCH_LATENT_INDEX_H
#define PIPELINE_SEARCH_LATENT_INDEX_H

#include "lts/frames.h"
#include "lts/model.h"

typedef struct latent_index {
    size_t latent; /* Z */
    lts_npy *file; /* (n,Z), mapped; NULL when they are in `rows` */
    float *rows;
} latent_index;

/* Opens the index of a run's data set, or makes it first. `arrays` is the folder that `frames` are
 * of. Free with latent_index_close. */
lts_status latent_index_open(const char *run, const lts_model *model, const char *arrays,
                             const lts_frames *frames, unsigned threads,
                             const lts_reporter *reporter, latent_index *out, lts_error *err);
void latent_index_close(latent_index *index); /* a zeroed one is allowed */

/* Points first .. first+count-1: a lts_points_read of a latent_index. */
lts_status latent_index_read(void *index, size_t first, size_t count, float *rows, lts_error *err);

#endif
