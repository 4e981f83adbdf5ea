/* The reference recordings and arrays of tests/data/cqt, and a plan with its workspace. */
#ifndef TESTS_DSP_GOLDEN_H
#define TESTS_DSP_GOLDEN_H

#include "testing.h"

#include "lts/dsp.h"

#include <sndfile.h>
#include <stdio.h>

enum { NAMES = 4 };
static const char *const names[NAMES] = {"chirp_noise", "guitar", "breakbeat", "silent_edges"};

static inline float *golden_sound(const char *name, size_t *n)
{
    char file[64];
    SF_INFO info = {0};
    snprintf(file, sizeof file, "cqt/%s.wav", name);
    SNDFILE *stream = sf_open(test_data(file), SFM_READ, &info);
    assert_non_null(stream);
    float *x = lts_alloc((size_t)info.frames, sizeof *x);
    assert_int_equal(sf_readf_float(stream, x, info.frames), info.frames);
    sf_close(stream);
    *n = (size_t)info.frames;
    return x;
}

/* tests/data/cqt/NAME.KIND.npy, (frames,384) */
static inline float *golden_magnitudes(const char *name, const char *kind, size_t frames)
{
    char file[64];
    size_t rows, columns;
    snprintf(file, sizeof file, "cqt/%s.%s.npy", name, kind);
    float *array = test_array(file, &rows, &columns);
    assert_int_equal(rows, frames);
    assert_int_equal(columns, 384);
    return array;
}

typedef struct fixture {
    lts_cqt_config config;
    lts_cqt *cqt;
    lts_cqt_work *work;
    size_t bins;
} fixture;

/* A plan for signals of `samples`, 0 when not known; close_fixture frees it. */
static inline fixture open_fixture(lts_cqt_config config, size_t samples)
{
    lts_error err = {0};
    fixture f = {.config = config, .bins = lts_cqt_bins(&config)};
    assert_ok(lts_cqt_create(&config, samples, &f.cqt, &err));
    assert_ok(lts_cqt_work_create(f.cqt, &f.work, &err));
    return f;
}

static inline void close_fixture(fixture *f)
{
    lts_cqt_work_destroy(f->work);
    lts_cqt_destroy(f->cqt);
}

static inline float *normal_noise(size_t n, uint64_t seed)
{
    lts_rng rng;
    float *x = lts_alloc(n, sizeof *x);
    assert_non_null(x);
    lts_rng_seed(&rng, seed, 0);
    lts_rng_fill_normal(&rng, x, n);
    return x;
}

#endif
