#include "pipeline/sound/draw_excerpt.h"

#include <math.h>
#include <string.h>

enum { A_SECOND = 100, BLOCK = 4096 }; /* peaks; samples read at once */

static const float silence = 1e-6f, quiet = 0.01f;

static lts_status keep(sound_levels *levels, float peak, const char *path, lts_error *err)
{
    if (levels->count == levels->room) {
        float *more;
        const size_t room = levels->room ? 2 * levels->room : 1024;
        lts_status status = lts_alloc_checked(&more, room, sizeof *more, path, err);
        if (status != LTS_OK)
            return status;
        if (levels->count)
            memcpy(more, levels->peak, levels->count * sizeof *more);
        lts_free(levels->peak);
        levels->peak = more;
        levels->room = room;
    }
    levels->peak[levels->count++] = peak;
    levels->loudest = fmaxf(levels->loudest, peak);
    return LTS_OK;
}

lts_status sound_levels_read(const char *path, sound_levels *levels, lts_error *err)
{
    float x[BLOCK], peak = 0;
    lts_audio_reader *reader;
    uint64_t samples = 0;
    *levels = (sound_levels){0};
    lts_status status = lts_audio_reader_open(path, 0, 0, -1, &reader, err);
    if (status != LTS_OK)
        return status;
    const double rate = lts_audio_reader_rate(reader);
    for (size_t got = BLOCK; got == BLOCK;) {
        status = lts_audio_reader_read(reader, x, BLOCK, &got, err);
        if (status != LTS_OK)
            goto done;
        for (size_t i = 0; i < got; i++) {
            peak = fmaxf(peak, fabsf(x[i]));
            if ((double)++samples < (double)(levels->count + 1) * rate / A_SECOND)
                continue;
            status = keep(levels, peak, path, err);
            if (status != LTS_OK)
                goto done;
            peak = 0;
        }
    }
    status = keep(levels, peak, path, err);
done:
    lts_audio_reader_close(reader);
    return status;
}

void sound_levels_free(sound_levels *levels)
{
    lts_free(levels->peak);
    *levels = (sound_levels){0};
}

bool sound_levels_heard(const sound_levels *levels, double offset, double seconds)
{
    const double from = offset * A_SECOND, to = (offset + seconds) * A_SECOND;
    for (size_t i = (size_t)from; i < levels->count && (double)i < to; i++)
        if (levels->peak[i] > silence && levels->peak[i] > quiet * levels->loudest)
            return true;
    return false;
}

double sound_levels_draw(const sound_levels *levels, uint64_t last, double seconds, lts_rng *rng)
{
    uint64_t heard = 0;
    for (uint64_t s = 0; s <= last; s++)
        heard += sound_levels_heard(levels, (double)s, seconds);
    uint64_t drawn = lts_rng_below(rng, heard > 0 ? heard : last + 1);
    if (heard == 0)
        return (double)drawn;
    for (uint64_t s = 0;; s++)
        if (sound_levels_heard(levels, (double)s, seconds) && drawn-- == 0)
            return (double)s;
}
