/* Rendering in blocks beside phase recovery of the whole sound at once: spectral convergence, the
 * waveform's difference, how the blocks' borders stand out, time and memory; and retakes. Of
 * recordings' own magnitudes, or of a trained decoder's along a path between two sounds. One JSON
 * object a line.
 *
 *     bench_blocks SOUND...
 *     bench_blocks --run RUN SOUND SOUND...    neighbours are interpolated
 *     bench_blocks --time SECONDS [whole]      of one long sound, whole or in blocks */
#include "lts/audio.h"
#include "lts/interp.h"

#include "dsp_bench.h"

#include <math.h>

enum { MARKS = 4, BORDERS = 256, BIN = 64 };
static const int marks[MARKS] = {0, 1, 4, 16};

typedef struct heard {
    const float *magnitudes;
    size_t bins;
    size_t border[BORDERS], count;
} heard;

static lts_status given_rows(void *user, size_t first, size_t count, float *magnitudes,
                             lts_error *err)
{
    heard *h = user;
    (void)err;
    memcpy(magnitudes, h->magnitudes + first * h->bins, count * h->bins * sizeof *magnitudes);
    return LTS_OK;
}

static void on_ready(void *user, size_t ready)
{
    heard *h = user;
    if (h->count < BORDERS)
        h->border[h->count++] = ready;
}

static int compare(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* A click is a jump: the largest second difference of a hop around a border, beside the median and
 * the largest of the 41 hops around it, border aside. Above 1 it stands out of them all. */
static double click(const float *x, size_t n, size_t border)
{
    float jump[41];
    for (size_t j = 0; j < 41; j++) {
        jump[j] = 0;
        for (size_t i = 0; i < BIN; i++) {
            size_t at = border + (j - 20) * BIN + i - BIN / 2;
            if (at >= 1 && at + 1 < n)
                jump[j] = fmaxf(jump[j], fabsf(x[at - 1] - 2 * x[at] + x[at + 1]));
        }
    }
    float here = jump[20];
    jump[20] = 0;
    qsort(jump, 41, sizeof *jump, compare);
    return here / fmax(jump[40], 1e-9);
}

static double difference(const float *a, const float *b, size_t n)
{
    double d = 0, e = 1e-30;
    for (size_t i = 0; i < n; i++) {
        d += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        e += (double)b[i] * b[i];
    }
    return 10 * log10(e / (d + 1e-30));
}

static void compare_blocks(lts_renderer *renderer, const char *name, const float *magnitudes,
                           size_t frames, size_t n)
{
    lts_error err;
    const size_t bins = lts_feature_columns(lts_renderer_feature(renderer));
    float *whole = must(lts_alloc(n, sizeof *whole)), *x = must(lts_alloc(n, sizeof *x));
    float *found = must(lts_alloc(frames * bins, sizeof *found));
    for (size_t i = 0; i < MARKS; i++) {
        heard h = {.magnitudes = magnitudes, .bins = bins};
        lts_phase_config phase = lts_phase_defaults();
        phase.iterations = marks[i];
        double begun = cpu_now();
        must_succeed(lts_renderer_phase(renderer, magnitudes, frames, &phase, whole, n, NULL, &err),
                     &err);
        double took = cpu_now() - begun;
        lts_renderer_analyse(renderer, whole, n, found);
        double apart = lts_spectral_convergence(found, magnitudes, frames, bins);
        must_succeed(
            lts_render(renderer,
                       &(lts_mixture){.frames = frames, .rows = given_rows, .rows_user = &h},
                       &(lts_render_config){.phase = phase}, n,
                       &(lts_render_output){.x = x, .ready = on_ready, .user = &h}, NULL, &err),
            &err);
        h.count = 0;
        begun = cpu_now();
        must_succeed(
            lts_render(renderer,
                       &(lts_mixture){.frames = frames, .rows = given_rows, .rows_user = &h},
                       &(lts_render_config){.phase = phase}, n,
                       &(lts_render_output){.x = x, .ready = on_ready, .user = &h}, NULL, &err),
            &err);
        double block_took = cpu_now() - begun;
        lts_renderer_analyse(renderer, x, n, found);
        double with_blocks = lts_spectral_convergence(found, magnitudes, frames, bins);
        double worst = 0;
        for (size_t b = 0; b + 1 < h.count; b++)
            worst = fmax(worst, click(x, n, h.border[b]));
        printf("{\"bench\":\"blocks\",\"sound\":\"%s\",\"seconds\":%.2f,\"iterations\":%d,"
               "\"blocks\":%zu,\"whole\":%.4f,\"in_blocks\":%.4f,\"ratio\":%.3f,"
               "\"waveform_db\":%.1f,\"worst_border\":%.2f,\"time_ratio\":%.2f}\n",
               name, (double)n / 44100, marks[i], h.count, apart, with_blocks,
               with_blocks / fmax(apart, 1e-9), difference(x, whole, n), worst, block_took / took);
        fflush(stdout);
    }
    lts_free(whole);
    lts_free(x);
    lts_free(found);
}

static void recording_blocks(const char *path)
{
    lts_error err;
    lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    lts_renderer *renderer;
    float *x;
    size_t n;
    must_succeed(lts_audio_load(path, feature.cqt.sample_rate, 0, 60, &x, &n, &err), &err);
    must_succeed(lts_renderer_create_plain(&feature, n, &renderer, &err), &err);
    size_t frames = lts_feature_count(&feature, n);
    float *magnitudes = must(lts_alloc(frames * lts_feature_columns(&feature), sizeof *magnitudes));
    lts_renderer_analyse(renderer, x, n, magnitudes);
    compare_blocks(renderer, path, magnitudes, frames, n);
    lts_free(magnitudes);
    lts_free(x);
    lts_renderer_destroy(renderer);
}

/* x as a retake of `old`: convergence of the part that changed, and whether its ends click. */
static void retake(lts_interp *interp, const char *name, double at, double length)
{
    lts_error err;
    lts_renderer *renderer = lts_interp_renderer(interp);
    const size_t frames = lts_interp_frames(interp), n = lts_interp_samples(interp);
    const size_t bins = lts_feature_columns(lts_renderer_feature(renderer)), hop = 128;
    float *before = must(lts_alloc(2 * frames, sizeof *before));
    float *after = must(lts_alloc(2 * frames, sizeof *after));
    float *x = must(lts_alloc(n, sizeof *x)), *all = must(lts_alloc(n, sizeof *x));
    float *found = must(lts_alloc(frames * bins, sizeof *found));
    float *magnitudes = must(lts_alloc(frames * bins, sizeof *found));
    lts_render_config config = lts_render_defaults();
    for (size_t t = 0; t < frames; t++) {
        double second = (double)(t * hop) / 44100;
        before[t] = 0.5f;
        after[t] = second >= at && second < at + length ? 0.9f : 0.5f;
        before[frames + t] = 1 - before[t];
        after[frames + t] = 1 - after[t];
    }
    const float *means[2] = {lts_interp_mean(interp, 0), lts_interp_mean(interp, 1)};
    lts_mixture mixture = {.sounds = 2, .frames = frames, .mean = means, .weight = after};
    size_t first, count;
    must_succeed(lts_renderer_magnitudes(renderer, &mixture, &config, magnitudes, &err), &err);
    must_succeed(
        lts_interp_render(interp, after, &config, &(lts_render_output){.x = all}, NULL, &err),
        &err);
    for (int run = 0; run < 2; run++) {
        must_succeed(
            lts_interp_render(interp, before, &config, &(lts_render_output){.x = x}, NULL, &err),
            &err);
        double begun = cpu_now();
        must_succeed(
            lts_interp_retake(interp, after, before, &config, x, &first, &count, NULL, &err), &err);
        if (run == 0)
            continue;
        double took = cpu_now() - begun, again = cpu_now();
        must_succeed(
            lts_interp_render(interp, after, &config, &(lts_render_output){.x = found}, NULL, &err),
            &err);
        again = cpu_now() - again;
        size_t from = first / hop, to = (first + count) / hop + 1;
        to = to < frames ? to : frames;
        lts_renderer_analyse(renderer, all, n, found);
        double whole = lts_spectral_convergence(found + from * bins, magnitudes + from * bins,
                                                to - from, bins);
        lts_renderer_analyse(renderer, x, n, found);
        double apart = lts_spectral_convergence(found + from * bins, magnitudes + from * bins,
                                                to - from, bins);
        double head = first > 0 ? click(x, n, first) : 0;
        double tail = first + count < n ? click(x, n, first + count) : 0;
        printf("{\"bench\":\"retake\",\"sound\":\"%s\",\"at\":%g,\"length\":%g,\"changed\":%.2f,"
               "\"of\":%.2f,\"whole\":%.4f,\"retaken\":%.4f,\"ratio\":%.3f,\"border\":%.2f,"
               "\"seconds\":%.3f,\"render_seconds\":%.3f}\n",
               name, at, length, (double)count / 44100, (double)n / 44100, whole, apart,
               apart / whole, fmax(head, tail), took, again);
    }
    lts_free(before);
    lts_free(after);
    lts_free(x);
    lts_free(all);
    lts_free(found);
    lts_free(magnitudes);
}

/* Decoding and phases together, the best of three. */
static void render_time(lts_interp *interp, const char *name, const lts_mixture *mixture,
                        float *magnitudes)
{
    lts_error err;
    lts_renderer *renderer = lts_interp_renderer(interp);
    const size_t frames = lts_interp_frames(interp), n = lts_interp_samples(interp);
    const lts_render_config config = lts_render_defaults();
    double whole = 1e9, blocks = 1e9;
    float *x = must(lts_alloc(n, sizeof *x));
    for (int run = 0; run < 3; run++) {
        double begun = cpu_now();
        must_succeed(lts_renderer_magnitudes(renderer, mixture, &config, magnitudes, &err), &err);
        must_succeed(
            lts_renderer_phase(renderer, magnitudes, frames, &config.phase, x, n, NULL, &err),
            &err);
        whole = fmin(whole, cpu_now() - begun);
        begun = cpu_now();
        must_succeed(
            lts_render(renderer, mixture, &config, n, &(lts_render_output){.x = x}, NULL, &err),
            &err);
        blocks = fmin(blocks, cpu_now() - begun);
    }
    printf("{\"bench\":\"blocks_render\",\"sound\":\"%s\",\"seconds\":%.2f,\"whole_seconds\":%.3f,"
           "\"blocks_seconds\":%.3f,\"ratio\":%.2f}\n",
           name, (double)n / 44100, whole, blocks, blocks / whole);
    lts_free(x);
}

static void pair_blocks(const lts_model *model, char *a, char *b)
{
    lts_error err;
    lts_interp *interp;
    const lts_source sources[2] = {{a, 0}, {b, 0}};
    must_succeed(lts_interp_open(model, sources, 2, -1, 1, &interp, NULL, &err), &err);
    lts_renderer *renderer = lts_interp_renderer(interp);
    const size_t frames = lts_interp_frames(interp), n = lts_interp_samples(interp);
    const size_t bins = lts_feature_columns(lts_renderer_feature(renderer));
    float *magnitudes = must(lts_alloc(frames * bins, sizeof *magnitudes));
    float *weight = must(lts_alloc(2 * frames, sizeof *weight));
    for (size_t t = 0; t < frames; t++) {
        weight[t] = frames > 1 ? (float)t / (float)(frames - 1) : 0;
        weight[frames + t] = 1 - weight[t];
    }
    const float *means[2] = {lts_interp_mean(interp, 0), lts_interp_mean(interp, 1)};
    lts_mixture mixture = {.sounds = 2, .frames = frames, .mean = means, .weight = weight};
    lts_render_config config = lts_render_defaults();
    must_succeed(lts_renderer_magnitudes(renderer, &mixture, &config, magnitudes, &err), &err);
    compare_blocks(renderer, a, magnitudes, frames, n);
    render_time(interp, a, &mixture, magnitudes);
    const double seconds = (double)n / 44100;
    retake(interp, a, seconds / 2, 0.1);
    retake(interp, a, seconds / 3, 2);
    retake(interp, a, 0, 0.5);
    retake(interp, a, seconds - 0.5, 1);
    lts_free(magnitudes);
    lts_free(weight);
    lts_interp_close(interp);
}

static lts_status looped_rows(void *user, size_t first, size_t count, float *magnitudes,
                              lts_error *err)
{
    heard *h = user;
    (void)err;
    for (size_t t = 0; t < count; t++)
        memcpy(magnitudes + t * h->bins, h->magnitudes + (first + t) % h->count * h->bins,
               h->bins * sizeof *magnitudes);
    return LTS_OK;
}

static void long_sound(double seconds, bool whole)
{
    lts_error err;
    lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    lts_phase_config phase = lts_phase_defaults();
    lts_renderer *renderer;
    size_t n = (size_t)(seconds * feature.cqt.sample_rate), frames = lts_feature_count(&feature, n);
    size_t part = n < 1000000 ? n : 1000000;
    float *x = long_recording(part);
    heard h = {.bins = lts_feature_columns(&feature), .count = lts_feature_count(&feature, part)};
    float *magnitudes = must(lts_alloc(h.count * h.bins, sizeof *magnitudes));
    must_succeed(lts_renderer_create_plain(&feature, n, &renderer, &err), &err);
    lts_renderer_analyse(renderer, x, part, magnitudes);
    lts_free(x);
    h.magnitudes = magnitudes;
    x = must(lts_alloc(n, sizeof *x));
    double begun = cpu_now();
    if (whole) {
        float *all = must(lts_alloc(frames * h.bins, sizeof *all));
        looped_rows(&h, 0, frames, all, &err);
        begun = cpu_now();
        must_succeed(lts_renderer_phase(renderer, all, frames, &phase, x, n, NULL, &err), &err);
        lts_free(all);
    } else {
        must_succeed(
            lts_render(
                renderer, &(lts_mixture){.frames = frames, .rows = looped_rows, .rows_user = &h},
                &(lts_render_config){.phase = phase}, n, &(lts_render_output){.x = x}, NULL, &err),
            &err);
    }
    printf("{\"bench\":\"blocks_time\",\"seconds\":%g,\"whole\":%s,\"processor_seconds\":%.3f,"
           "\"peak_megabytes\":%.0f}\n",
           seconds, whole ? "true" : "false", cpu_now() - begun, peak_megabytes());
    lts_free(x);
    lts_free(magnitudes);
    lts_renderer_destroy(renderer);
}

int main(int argc, char **argv)
{
    lts_error err;
    lts_model *model;
    if (argc > 2 && strcmp(argv[1], "--time") == 0) {
        long_sound(atof(argv[2]), argc > 3);
    } else if (argc > 4 && strcmp(argv[1], "--run") == 0) {
        must_succeed(lts_run_model(argv[2], &model, &err), &err);
        for (int i = 3; i + 1 < argc; i++)
            pair_blocks(model, argv[i], argv[i + 1]);
        lts_model_destroy(model);
    } else {
        for (int i = 1; i < argc; i++)
            recording_blocks(argv[i]);
    }
    return 0;
}
