/* The alignment of two sounds' pitch and their morphs, on harmonic notes and on noise. One JSON
 * object a line. usage: bench_align [SECONDS] */
#include "dsp_bench.h"

#include "lts/align.h"

#include <math.h>

enum { BINS = 384, OCTAVE = 48 };
static const double rate = 44100.0 / 128;

/* Lobes of eight partials over noise `floor`. */
static void fill(float *m, size_t frames, double pitch, double floor, uint64_t seed)
{
    lts_rng rng;
    lts_rng_seed(&rng, seed, 0);
    for (size_t t = 0; t < frames; t++)
        for (int k = 0; k < BINS; k++) {
            double sum = floor * lts_rng_uniform(&rng);
            for (int h = 1; h <= 8; h++) {
                const double v = k - pitch - OCTAVE * log2(h) - sin((double)t / 20);
                sum += fabs(v) < 2 ? (0.5 + 0.5 * cos(1.5707963 * v)) / h : 0;
            }
            m[t * BINS + k] = (float)sum;
        }
}

static void measure(const char *sounds, const float *a, const float *b, size_t frames)
{
    lts_error err;
    lts_align_work *work;
    lts_align_report report;
    const lts_align_config config = lts_align_defaults(BINS, OCTAVE, rate);
    float *shift = must(lts_alloc(frames, sizeof *shift)), out[BINS];
    double took[3], start = lts_now();
    must_succeed(lts_align_pitch(&config, a, b, frames, shift, &report, &err), &err);
    took[0] = lts_now() - start;
    must_succeed(lts_align_work_create(BINS, OCTAVE, rate, &work, &err), &err);
    start = lts_now();
    for (size_t t = 0; t < frames; t++)
        lts_align_mix(work, a + t * BINS, b + t * BINS, 11.3, 0.4, out);
    took[1] = lts_now() - start;
    start = lts_now();
    for (size_t t = 0; t < frames; t++)
        lts_align_transport(work, a + t * BINS, b + t * BINS, 0.4, out);
    took[2] = lts_now() - start;
    static const char *const what[] = {"pitch", "mix", "transport"};
    for (int i = 0; i < 3; i++)
        printf("{\"bench\":\"align_%s\",\"sounds\":\"%s\",\"seconds\":%.3g,\"us_a_frame\":%.3g,"
               "\"times_real_time\":%.0f,\"aligned\":%.2f}\n",
               what[i], sounds, took[i], 1e6 * took[i] / (double)frames,
               (double)frames / rate / took[i], report.aligned);
    lts_align_work_destroy(work);
    lts_free(shift);
}

int main(int argc, char **argv)
{
    const double seconds = argc > 1 ? atof(argv[1]) : 60;
    const size_t frames = (size_t)(seconds * rate);
    float *a = must(lts_alloc(frames * BINS, sizeof *a));
    float *b = must(lts_alloc(frames * BINS, sizeof *b));
    fill(a, frames, 100, 0.001, 1);
    fill(b, frames, 128, 0.001, 2);
    measure("notes", a, b, frames);
    fill(a, frames, 1e4, 1, 1);
    fill(b, frames, 1e4, 1, 2);
    measure("noise", a, b, frames);
    lts_free(a);
    lts_free(b);
    return 0;
}
