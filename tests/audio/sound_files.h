/* Sound files for the tests of this room, written by libsndfile itself. */
#ifndef LTS_TESTS_SOUND_FILES_H
#define LTS_TESTS_SOUND_FILES_H

#include "testing.h"

#include <math.h>
#include <sndfile.h>

/* FOLDER/NAME with `n` samples of `channels` interleaved channels; false when this libsndfile does
 * not write the format. The path is freed with lts_free. */
static inline bool write_sound(const char *path, int format, int rate, int channels, const float *x,
                               size_t n)
{
    SF_INFO info = {.samplerate = rate, .channels = channels, .format = format};
    SNDFILE *file = sf_open(path, SFM_WRITE, &info);
    if (!file)
        return false;
    assert_int_equal(sf_writef_float(file, x, (sf_count_t)n), n);
    assert_int_equal(sf_close(file), 0);
    return true;
}

/* n samples of a sine that swells and fades, `channels` times the same, scaled by the channel's
 * weight. Free with lts_free. */
static inline float *make_sine(double hz, double rate, size_t n, int channels)
{
    float *x = lts_alloc(n * (size_t)channels, sizeof *x);
    assert_non_null(x);
    for (size_t i = 0; i < n; i++)
        for (int c = 0; c < channels; c++)
            x[i * (size_t)channels + (size_t)c] =
                (float)(0.5 * sin(3.14159265358979 * (double)i / (double)n) *
                        sin(2 * 3.14159265358979 * hz * (double)i / rate));
    return x;
}

#endif
