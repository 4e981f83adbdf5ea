/* The transform of a feature's settings: sounds to examples, and examples back to sounds where the
 * kind can. A transform is constant once made, and any number of threads may share it, each with a
 * workspace or a stream of its own. */
#ifndef FEATURES_TRANSFORM_H
#define FEATURES_TRANSFORM_H

#include "lts/features.h"

typedef struct transform transform;

/* `samples` is the length of the longest sound expected, 0 when not known; it only decides speed.
 * LTS_ERR_ARGUMENT as lts_feature_check, or LTS_ERR_MEMORY. */
lts_status transform_create(const lts_feature *feature, size_t samples, transform **out,
                            lts_error *err);
/* The same for analysis alone, of sounds that never have more than `most` samples: for short ones
 * it may be faster. */
lts_status transform_create_brief(const lts_feature *feature, size_t most, transform **out,
                                  lts_error *err);
void transform_destroy(transform *t); /* NULL is allowed; no workspace or stream may outlive it */
const lts_feature *transform_feature(const transform *t); /* lives as long as it */
/* Examples of the longest sound that is taken at once, which is quickest. */
size_t transform_slice(const transform *t);

/* One thread's scratch. */
typedef struct transform_work transform_work;
lts_status transform_work_create(const transform *t, transform_work **out, lts_error *err);
void transform_work_destroy(transform_work *work); /* NULL is allowed */

/* x, N samples -> examples (T,rows,columns), T = lts_feature_count. No allocation. */
void transform_analyse(transform_work *work, const float *x, size_t n, float *examples);

/* The same of a note (lts_feature_is_note), whose one example is (rows,columns), and of what it was
 * scaled by. */
void transform_analyse_note(transform_work *work, const float *x, size_t n, float *example,
                            lts_note_range *range);

/* Examples (T,rows,columns) -> x, N samples, as lts_phase_recover says of constant-Q frames. Of a
 * note, one example and nothing known: lts_stft_note_render of lts_note_span, any N.
 * LTS_ERR_ARGUMENT of a kind that lts_feature_is_invertible says has no way back. */
typedef lts_status feature_recover(const void *plan, void *work, const float *examples,
                                   size_t count, const lts_phase_known *known,
                                   const lts_phase_config *config, float *x, size_t n,
                                   const lts_reporter *reporter, lts_error *err);
lts_status transform_recover(transform_work *work, const float *examples, size_t count,
                             const lts_phase_known *known, const lts_phase_config *config, float *x,
                             size_t n, const lts_reporter *reporter, lts_error *err);

/* The same examples as transform_analyse gives, bit for bit, of a sound that comes in pieces: see
 * lts_cqt_stream. A stream belongs to one thread at a time. */
typedef struct transform_stream transform_stream;
lts_status transform_stream_create(const transform *t, transform_stream **out, lts_error *err);
void transform_stream_destroy(transform_stream *stream); /* NULL is allowed */
void transform_stream_restart(transform_stream *stream); /* as new, for another sound */
/* Takes up to n samples, returns how many; fewer only when examples are waiting to be taken. */
size_t transform_stream_feed(transform_stream *stream, const float *x, size_t n);
void transform_stream_finish(transform_stream *stream);
/* The examples that are ready, valid until the next call on the stream; 0 when more samples are
 * needed, or after finish when all were taken. */
size_t transform_stream_take(transform_stream *stream, const float **examples);

#endif
