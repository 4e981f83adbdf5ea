/* A sound in pieces, for the kinds whose examples are made of so many samples each, by themselves:
 * the stream gathers an example's samples and holds the example until it is taken. */
#ifndef FEATURES_KINDS_EXAMPLE_STREAM_H
#define FEATURES_KINDS_EXAMPLE_STREAM_H

#include "features/kinds.h"

/* How a kind makes examples, by its plan and its work. */
typedef struct example_maker {
    const void *plan;
    size_t samples, floats; /* of an example */
    bool single;            /* one example a sound: what comes after it is passed over */
    lts_status (*work_create)(const void *plan, void **work, lts_error *err);
    void (*work_destroy)(void *work);
    /* x: n samples, at most those of an example; what lacks is silence. */
    void (*make)(const void *plan, void *work, const float *x, size_t n, float *example);
} example_maker;

lts_status example_stream_create(const example_maker *maker, void **stream, lts_error *err);
/* What feature_kind (features/kinds.h) asks of a stream. */
void example_stream_destroy(void *stream);
void example_stream_restart(void *stream);
size_t example_stream_feed(void *stream, const float *x, size_t n);
void example_stream_finish(void *stream);
size_t example_stream_take(void *stream, const float **examples);

#endif
