#include "pipeline/synth/sound_maker.h"

#include <string.h>

lts_status sound_makers_create(const transform *from, size_t samples, unsigned threads,
                               sound_maker **makers, lts_error *err)
{
    static const char what[] = "a classifier's examples";
    lts_status status = lts_alloc_checked(makers, threads, sizeof **makers, what, err);
    if (status != LTS_OK)
        return status;
    memset(*makers, 0, threads * sizeof **makers);
    for (unsigned t = 0; t < threads; t++) {
        sound_maker *one = &(*makers)[t];
        if ((status = lts_alloc_checked(&one->x, samples, sizeof *one->x, what, err)) != LTS_OK)
            return status;
        if ((status = transform_work_create(from, &one->work, err)) != LTS_OK)
            return status;
    }
    return LTS_OK;
}

void sound_makers_destroy(sound_maker *makers, unsigned threads)
{
    for (unsigned t = 0; makers && t < threads; t++) {
        transform_work_destroy(makers[t].work);
        lts_synth_destroy(makers[t].synth);
        lts_free(makers[t].x);
    }
    lts_free(makers);
}

void sound_makers_begin(sound_maker *makers, unsigned threads)
{
    for (unsigned t = 0; t < threads; t++) {
        makers[t].status = LTS_OK;
        makers[t].dropped.text[0] = '\0';
    }
}

lts_status sound_makers_end(const sound_maker *makers, unsigned threads, lts_error *err)
{
    for (unsigned t = 0; t < threads; t++)
        if (makers[t].status != LTS_OK)
            return lts_fail(err, makers[t].status, "%s", makers[t].err.text);
    return LTS_OK;
}
