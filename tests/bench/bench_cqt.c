/* The constant-Q transform and its inverse: accuracy on the reference recordings, speed beside
 * FFTW's own time for the same transforms. One JSON object a line. usage: bench_cqt [SECONDS] */
#include "dsp_bench.h"

#include "lts/formats.h"

#include <math.h>

static void accuracy(const char *name)
{
    lts_error err;
    lts_cqt *cqt;
    lts_cqt_work *work;
    char file[64];
    size_t n, rows, columns;
    double error[2];
    lts_cqt_config config = lts_cqt_defaults();
    float *x = recording(name, &n);
    must_succeed(lts_cqt_create(&config, n, &cqt, &err), &err);
    must_succeed(lts_cqt_work_create(cqt, &work, &err), &err);
    size_t cells = lts_cqt_frames(&config, n) * lts_cqt_bins(&config);
    float *magnitudes = must(lts_alloc(cells, sizeof *magnitudes));
    lts_cqt_magnitudes(cqt, work, x, n, magnitudes);
    for (int i = 0; i < 2; i++) {
        float *reference;
        snprintf(file, sizeof file, "cqt/%s.%s.npy", name, i ? "librosa" : "exact");
        must_succeed(lts_npy_load(test_data(file), &reference, &rows, &columns, &err), &err);
        error[i] = relative_error(magnitudes, reference, cells);
        lts_free(reference);
    }
    printf("{\"bench\":\"cqt_accuracy\",\"sound\":\"%s\",\"from_exact\":%.3g,"
           "\"from_librosa\":%.3g}\n",
           name, error[0], error[1]);
    lts_free(magnitudes);
    lts_free(x);
    lts_cqt_work_destroy(work);
    lts_cqt_destroy(cqt);
}

static void report(const char *what, double seconds, double took, double limit)
{
    printf("{\"bench\":\"%s\",\"seconds\":%g,\"times_real_time\":%.0f,"
           "\"fftw_times_real_time\":%.0f,\"ratio\":%.3f}\n",
           what, seconds, seconds / took, seconds / limit, limit / took);
    fflush(stdout);
}

/* FFTW's share of the slices of a signal: `big` a slice, and K small ones. */
static double limit(const lts_cqt *cqt, lts_cqt_work *work, size_t frames, size_t guard, double big)
{
    double small = complex_time(cqt->to_frames, work, cqt->frames, cqt->bins), sum = 0;
    for (size_t begin = 0; begin < frames;) {
        begin += cqt_slice_at(cqt, frames, begin, guard).count;
        sum += big + small;
    }
    return sum;
}

static double best_create(const lts_cqt_config *config, size_t n)
{
    double best = 1e9;
    for (int run = 0; run < 5; run++) {
        lts_error err;
        lts_cqt *cqt;
        double begun = cpu_now();
        must_succeed(lts_cqt_create(config, n, &cqt, &err), &err);
        double took = cpu_now() - begun;
        best = took < best ? took : best;
        lts_cqt_destroy(cqt);
    }
    return best;
}

static void speed(double seconds)
{
    lts_error err;
    lts_cqt *cqt;
    lts_cqt_work *work;
    lts_cqt_config config = lts_cqt_defaults();
    size_t n = (size_t)(seconds * config.sample_rate), frames = lts_cqt_frames(&config, n);
    float *x = long_recording(n);
    printf("{\"bench\":\"cqt_create\",\"seconds\":%g,\"milliseconds\":%.1f}\n", seconds,
           1e3 * best_create(&config, n));
    must_succeed(lts_cqt_create(&config, n, &cqt, &err), &err);
    must_succeed(lts_cqt_work_create(cqt, &work, &err), &err);
    float *c = must(lts_alloc(2 * frames * lts_cqt_bins(&config), sizeof *c));
    float *y = must(lts_alloc(n, sizeof *y));
    double best[3] = {1e9, 1e9, 1e9};
    for (int run = 0; run < 5; run++) {
        double begun = cpu_now();
        lts_cqt_magnitudes(cqt, work, x, n, c);
        double first = cpu_now();
        lts_cqt_forward(cqt, work, x, n, c);
        double second = cpu_now();
        must_succeed(lts_cqt_inverse(cqt, work, c, frames, 1, y, n, &err), &err);
        double took[3] = {first - begun, second - first, cpu_now() - second};
        for (int i = 0; i < 3; i++)
            best[i] = took[i] < best[i] ? took[i] : best[i];
    }
    double there = limit(cqt, work, frames, cqt->guard, rate_time(&cqt->full, work, true, false));
    double back =
        limit(cqt, work, frames, cqt->inverse_guard, rate_time(&cqt->full, work, false, true));
    report("cqt_magnitudes", seconds, best[0], there);
    report("cqt_forward", seconds, best[1], there);
    report("cqt_inverse_pass", seconds, best[2], back);
    lts_free(c);
    lts_free(y);
    lts_free(x);
    lts_cqt_work_destroy(work);
    lts_cqt_destroy(cqt);
}

int main(int argc, char **argv)
{
    for (int i = 0; i < NAMES; i++)
        accuracy(names[i]);
    speed(2);
    speed(argc > 1 ? atof(argv[1]) : 60);
    return 0;
}
