#include "pipeline/sound/sound.h"

#include <math.h>
#include <string.h>

enum { COMMENT_LIMIT = 16384 }; /* bytes, of lts_audio_save */

lts_status lts_sound_excerpt(const lts_source *sources, size_t count, double duration, double rate,
                             size_t hop, size_t *samples, lts_error *err)
{
    const double one_hop = (double)hop / rate;
    double longest = INFINITY;
    if (duration >= 0 && duration < one_hop)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "duration %g s: shorter than one hop (%.4f s): lengthen it", duration,
                        one_hop);
    for (size_t s = 0; s < count; s++) {
        lts_audio_info info;
        lts_status status = lts_audio_probe(sources[s].path, &info, err);
        if (status != LTS_OK)
            return status;
        double left = info.seconds - sources[s].offset;
        if (left < one_hop && sources[s].offset > 0)
            return lts_fail(err, LTS_ERR_ARGUMENT,
                            "%s: an excerpt from %g s on: the sound is %.3f s long: begin earlier",
                            sources[s].path, sources[s].offset, info.seconds);
        if (left < one_hop)
            return lts_fail(err, LTS_ERR_ARGUMENT,
                            "%s: %.4f s long, shorter than one hop (%.4f s): take a longer sound",
                            sources[s].path, info.seconds, one_hop);
        if (duration > left + one_hop)
            return lts_fail(err, LTS_ERR_ARGUMENT,
                            "%s: %g s from %g s on: the sound is %.3f s long: at most %.3f s fit",
                            sources[s].path, duration, sources[s].offset, info.seconds, left);
        longest = fmin(longest, left);
    }
    *samples = (size_t)llround((duration >= 0 ? fmin(duration, longest) : longest) * rate);
    return LTS_OK;
}

lts_status lts_output_check(const char *path, const lts_source *inputs, size_t count,
                            lts_error *err)
{
    lts_outfile *file;
    lts_status status = LTS_OK;
    for (size_t s = 0; s < count; s++)
        if ((status = lts_check_distinct(path, inputs[s].path, err)) != LTS_OK)
            return status;
    status = lts_outfile_open(path, &file, err);
    if (status != LTS_OK)
        return status;
    lts_outfile_abort(file);
    return LTS_OK;
}

static const char *init_name(lts_phase_init init)
{
    return init == LTS_PHASE_PGHI ? "pghi" : init == LTS_PHASE_RANDOM ? "random" : "zero";
}

char *lts_sound_comment(const char *origin, const lts_phase_config *phase)
{
    char *text = phase ? lts_format("latent-timbre %s, phase %s, %d iterations, seed %llu, %s",
                                    lts_version(), init_name(phase->init), phase->iterations,
                                    (unsigned long long)phase->seed, origin)
                       : lts_format("latent-timbre %s, %s", lts_version(), origin);
    /* Hundreds of sounds with long names are cut, before a character of UTF-8. */
    size_t length = text ? strlen(text) : 0;
    if (length > COMMENT_LIMIT) {
        for (length = COMMENT_LIMIT; length > 0 && (text[length] & 0xc0) == 0x80;)
            length--;
        text[length] = '\0';
    }
    return text;
}
