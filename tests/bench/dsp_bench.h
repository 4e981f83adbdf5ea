/* What the two DSP benchmarks share: sound, time and JSON. Times are the thread's own processor
 * time, the best of several runs, so that they mean one core even on a busy machine. */
#ifndef TESTS_BENCH_DSP_BENCH_H
#define TESTS_BENCH_DSP_BENCH_H

#include "dsp/cqt/cqt.h"
#include "testing.h"

#include <sndfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { NAMES = 4 };
static const char *const names[NAMES] = {"chirp_noise", "guitar", "breakbeat", "silent_edges"};

static inline double cpu_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static inline double peak_megabytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
#if defined(__APPLE__)
    return (double)usage.ru_maxrss / 1e6;
#else
    return (double)usage.ru_maxrss / 1e3;
#endif
}

static inline void *must(void *memory)
{
    if (!memory) {
        fputs("out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

static inline void must_succeed(lts_status status, const lts_error *err)
{
    if (status != LTS_OK) {
        fprintf(stderr, "%s\n", err->text);
        exit(1);
    }
}

static inline float *recording(const char *name, size_t *n)
{
    char file[64];
    SF_INFO info = {0};
    snprintf(file, sizeof file, "cqt/%s.wav", name);
    SNDFILE *stream = sf_open(test_data(file), SFM_READ, &info);
    if (!stream) {
        fprintf(stderr, "%s: %s\n", test_data(file), sf_strerror(NULL));
        exit(1);
    }
    float *x = must(lts_alloc((size_t)info.frames, sizeof *x));
    *n = (size_t)sf_readf_float(stream, x, info.frames);
    sf_close(stream);
    return x;
}

/* n samples: the reference recordings, one after the other, again and again. */
static inline float *long_recording(size_t n)
{
    float *x = must(lts_alloc(n, sizeof *x));
    for (size_t at = 0, i = 0; at < n; i++) {
        size_t have;
        float *part = recording(names[i % NAMES], &have);
        size_t count = have < n - at ? have : n - at;
        memcpy(x + at, part, count * sizeof *x);
        at += count;
        lts_free(part);
    }
    return x;
}

/* FFTW's own time for `times` complex transforms of one length, as the room makes them. */
static inline double complex_time(fftwf_plan plan, lts_cqt_work *work, size_t length, size_t times)
{
    double best = 1e9;
    for (int run = 0; run < 5; run++) {
        memset(work->folded, 0, 2 * length * sizeof(float));
        double begun = cpu_now();
        for (size_t i = 0; i < times; i++)
            fftwf_execute_dft(plan, (fftwf_complex *)work->folded, (fftwf_complex *)work->line);
        double took = cpu_now() - begun;
        best = took < best ? took : best;
    }
    return best;
}

static inline double rate_time(const cqt_rate *rate, lts_cqt_work *work, bool analyse,
                               bool synthesise)
{
    double best = 1e9;
    for (int run = 0; run < 5; run++) {
        memset(work->samples, 0, rate->samples * sizeof(float));
        memset(work->spectrum, 0, (rate->samples + 2) * sizeof(float));
        double begun = cpu_now();
        if (analyse)
            fftwf_execute_dft_r2c(rate->analyse, work->samples, (fftwf_complex *)work->spectrum);
        if (synthesise)
            fftwf_execute_dft_c2r(rate->synthesise, (fftwf_complex *)work->spectrum, work->samples);
        double took = cpu_now() - begun;
        best = took < best ? took : best;
    }
    return best;
}

#endif
