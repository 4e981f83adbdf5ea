/* Phase recovery: spectral convergence on the reference recordings, speed of the start and of an
 * iteration beside FFTW's own time for the same transforms, and time and memory of a long file. One
 * JSON object a line. usage: bench_phase [SECONDS [LONG_SECONDS]] */
#include "dsp_bench.h"

#include "lts/formats.h"

#include <math.h>

static void convergence(const char *name, const char *kind, float error)
{
    static const int marks[] = {0, 1, 4, 16, 64};
    lts_error err;
    lts_cqt *cqt;
    lts_cqt_work *work;
    char file[64];
    size_t n, frames, bins;
    lts_cqt_config config = lts_cqt_defaults();
    float *magnitudes;
    lts_free(recording(name, &n));
    snprintf(file, sizeof file, "cqt/%s.%s.npy", name, kind);
    must_succeed(lts_npy_load(test_data(file), &magnitudes, &frames, &bins, &err), &err);
    must_succeed(lts_cqt_create(&config, n, &cqt, &err), &err);
    must_succeed(lts_cqt_work_create(cqt, &work, &err), &err);
    size_t cells = frames * bins;
    float *asked = must(lts_alloc(cells, sizeof *asked)), *x = must(lts_alloc(n, sizeof *x));
    float *found = must(lts_alloc(cells, sizeof *found));
    lts_rng rng;
    lts_rng_seed(&rng, 3, 0);
    lts_rng_fill_normal(&rng, asked, cells);
    for (size_t i = 0; i < cells; i++)
        asked[i] = magnitudes[i] * expf(error * asked[i]);
    printf("{\"bench\":\"phase_convergence\",\"sound\":\"%s\",\"magnitudes\":\"%s\",\"error\":%g",
           name, kind, (double)error);
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        lts_phase_config phase = lts_phase_defaults();
        phase.iterations = marks[i];
        must_succeed(lts_phase_recover(cqt, work, asked, frames, NULL, &phase, x, n, NULL, &err),
                     &err);
        lts_cqt_magnitudes(cqt, work, x, n, found);
        printf(",\"%d\":%.4f", marks[i], lts_spectral_convergence(found, asked, frames, bins));
        if (error > 0)
            printf(",\"%d_from_truth\":%.4f", marks[i],
                   lts_spectral_convergence(found, magnitudes, frames, bins));
    }
    printf("}\n");
    fflush(stdout);
    lts_free(asked);
    lts_free(found);
    lts_free(magnitudes);
    lts_free(x);
    lts_cqt_work_destroy(work);
    lts_cqt_destroy(cqt);
}

/* FFTW's time for the transforms of an iteration in every slice: of all frames or the kept ones. */
static double limit(const lts_cqt *cqt, lts_cqt_work *work, size_t frames, bool every_frame)
{
    double slice = rate_time(&cqt->reduced, work, true, true), sum = 0;
    size_t b = (size_t)cqt->config.bins_per_octave;
    for (int o = 0; o < cqt->config.octaves; o++) {
        const cqt_octave *octave = &cqt->octave[o];
        size_t step = every_frame ? 1 : octave->step;
        slice += complex_time(step > 1 ? octave->to_frames : cqt->to_frames, work,
                              cqt->frames / step, b);
        slice += complex_time(step > 1 ? octave->to_spectrum : cqt->to_spectrum, work,
                              cqt->frames / step, b);
    }
    for (size_t begin = 0; begin < frames;) {
        begin += cqt_slice_at(cqt, frames, begin, cqt->inverse_guard).count;
        sum += slice;
    }
    return sum;
}

typedef struct job {
    lts_cqt *cqt;
    lts_cqt_work *work;
    float *magnitudes, *x;
    size_t frames, n;
} job;

static job make_job(double seconds)
{
    lts_error err;
    lts_cqt_config config = lts_cqt_defaults();
    job j = {.n = (size_t)(seconds * config.sample_rate)};
    j.frames = lts_cqt_frames(&config, j.n);
    must_succeed(lts_cqt_create(&config, j.n, &j.cqt, &err), &err);
    must_succeed(lts_cqt_work_create(j.cqt, &j.work, &err), &err);
    j.magnitudes = must(lts_alloc(j.frames * lts_cqt_bins(&config), sizeof *j.magnitudes));
    j.x = long_recording(j.n);
    lts_cqt_magnitudes(j.cqt, j.work, j.x, j.n, j.magnitudes);
    return j;
}

static void free_job(job *j)
{
    lts_free(j->magnitudes);
    lts_free(j->x);
    lts_cqt_work_destroy(j->work);
    lts_cqt_destroy(j->cqt);
}

static double recover(const job *j, int iterations, int runs)
{
    double best = 1e9;
    for (int run = 0; run < runs; run++) {
        lts_error err;
        lts_phase_config config = lts_phase_defaults();
        config.iterations = iterations;
        double begun = cpu_now();
        must_succeed(lts_phase_recover(j->cqt, j->work, j->magnitudes, j->frames, NULL, &config,
                                       j->x, j->n, NULL, &err),
                     &err);
        double took = cpu_now() - begun;
        best = took < best ? took : best;
    }
    return best;
}

static void speed(double seconds)
{
    job j = make_job(seconds);
    double start = recover(&j, 0, 5), all = (recover(&j, 16, 3) - start) / 16;
    double kept = limit(j.cqt, j.work, j.frames, false);
    double every = limit(j.cqt, j.work, j.frames, true), mean = 0.75 * kept + 0.25 * every;
    printf("{\"bench\":\"phase_start\",\"seconds\":%g,\"times_real_time\":%.0f}\n", seconds,
           seconds / start);
    printf("{\"bench\":\"phase_iteration\",\"seconds\":%g,\"times_real_time\":%.0f,"
           "\"fftw_times_real_time\":%.0f,\"ratio\":%.3f}\n",
           seconds, seconds / all, seconds / mean, mean / all);
    fflush(stdout);
    free_job(&j);
}

static void long_file(double seconds)
{
    double before = lts_now();
    job j = make_job(seconds);
    double begun = lts_now(), took = recover(&j, 16, 1);
    printf("{\"bench\":\"phase_long\",\"seconds\":%g,\"processor_seconds\":%.2f,"
           "\"wall_seconds\":%.2f,\"analysis_wall_seconds\":%.2f,\"peak_megabytes\":%.0f}\n",
           seconds, took, lts_now() - begun, begun - before, peak_megabytes());
    free_job(&j);
}

int main(int argc, char **argv)
{
    for (int i = 0; i < NAMES; i++) {
        convergence(names[i], "exact", 0);
        convergence(names[i], "librosa", 0);
        convergence(names[i], "exact", 0.2f);
    }
    speed(2);
    speed(argc > 1 ? atof(argv[1]) : 60);
    long_file(argc > 2 ? atof(argv[2]) : 600);
    return 0;
}
