/* An excerpt of a sound file as frames or samples, read as they are asked for: memory grows with
 * the transform's slice, not with the excerpt. */
#ifndef PIPELINE_SOUND_EXCERPT_H
#define PIPELINE_SOUND_EXCERPT_H

#include "features/transform.h"
#include "lts/features.h"
#include "lts/render.h"

/* Samples at the transform's rate. The excerpt begins on a hop, as the originals cut it; what its
 * first and last frames reach of the sound around it is read as well. */
typedef struct excerpt_span {
    size_t start;   /* of the excerpt in the file */
    size_t before;  /* read in front of it: as far as the longest filter reaches */
    size_t samples; /* of the excerpt; SIZE_MAX: up to the file's end */
} excerpt_span;

excerpt_span excerpt_span_of(const lts_feature *feature, double offset, size_t samples);

/* How many samples will be read: what a plan for it should expect. */
lts_status excerpt_expect(const lts_feature *feature, const char *path, excerpt_span span,
                          uint64_t *samples, lts_error *err);

typedef struct excerpt excerpt;

/* `by` must outlive it; the path is copied. LTS_ERR_* of lts_audio_reader_open. */
lts_status excerpt_open(const transform *by, const char *path, excerpt_span span, excerpt **out,
                        lts_error *err);
void excerpt_close(excerpt *e); /* NULL is allowed */

size_t excerpt_bins(const excerpt *e); /* K */

/* The excerpt's next frames, at most `most` of them: *rows (*count,K), valid
 * until the next call. *count is 0 after the last: they are 1 + samples / hop, also where
 * the file was read to its end. A file that ends up
 * to a hop early is followed by silence. LTS_ERR_FORMAT for one that is cut short,
 * LTS_ERR_NONFINITE for samples whose magnitudes are no finite numbers, with their time in the
 * file. */
lts_status excerpt_rows(excerpt *e, size_t most, const float **rows, size_t *count, lts_error *err);

/* The excerpt's next `count` frames, no fewer: rows (count,K). LTS_ERR_FORMAT where it has not that
 * many left, else as excerpt_rows. */
lts_status excerpt_read(excerpt *e, size_t count, float *rows, lts_error *err);

/* Seconds read and to be read; these are exact unless the file is cut short. */
void excerpt_progress(const excerpt *e, double *done, double *total);

/* LTS_ERR_NONFINITE, with the time in the file, unless values (count,columns) of the excerpt's
 * frames first .. first+count-1 are finite. `what` names them: "magnitudes". */
lts_status excerpt_check(const excerpt *e, const float *values, size_t first, size_t count,
                         size_t columns, const char *what, lts_error *err);

/* The excerpt's own samples into a sink. */
lts_status excerpt_samples(const lts_feature *feature, const char *path, excerpt_span span,
                           lts_render_sink *sink, void *user, lts_error *err);

#endif
