/* Live sound: how near the vocoder's sound comes to the magnitudes it was given, beside the offline
 * start without iterations; what share of a core the vocoder and one and eight voices take, aligned
 * ones too, and the longest block; with a trained model how true the pitch of aligned voices is.
 * One JSON object a line. usage: bench_live [MODEL.safetensors] */
#include "dsp_bench.h"

#include "../engine/live_sound.h"
#include "engine/live/live.h"
#include "lts/align.h"

enum { BLOCK = 256 };

typedef struct bench {
    lts_cqt_config config;
    size_t bins;
    lts_cqt *cqt;
    lts_cqt_work *work;
    const lts_model *model;
    lts_model_work *model_work;
} bench;

/* n samples from frames magnitudes, as lts_phase_recover would give them. */
static double vocode(const bench *b, const float *magnitudes, size_t frames, float *x, size_t n)
{
    lts_error err;
    lts_vocoder *vocoder;
    const size_t hop = (size_t)b->config.hop;
    must_succeed(lts_vocoder_create(&b->config, 1, &vocoder, &err), &err);
    const size_t delay = lts_vocoder_delay(vocoder), all = frames + delay;
    float *sound = must(lts_alloc(all * hop, sizeof *sound));
    const double begun = cpu_now();
    for (size_t t = 0; t < all; t++)
        lts_vocoder_frame(vocoder, magnitudes + (t < frames ? t : frames - 1) * b->bins, 0,
                          sound + t * hop);
    const double took = cpu_now() - begun;
    memcpy(x, sound + delay * hop, n * sizeof *x);
    lts_free(sound);
    lts_vocoder_destroy(vocoder);
    return took / ((double)(all * hop) / b->config.sample_rate);
}

static void convergence(const bench *b, const char *name, const char *kind, const float *magnitudes,
                        size_t n)
{
    lts_error err;
    const size_t frames = lts_cqt_frames(&b->config, n);
    float *x = must(lts_alloc(n, sizeof *x));
    float *found = must(lts_alloc(frames * b->bins, sizeof *found));
    lts_phase_config phase = lts_phase_defaults();
    phase.iterations = 0;
    const double share = vocode(b, magnitudes, frames, x, n);
    lts_cqt_magnitudes(b->cqt, b->work, x, n, found);
    const double achieved = lts_spectral_convergence(found, magnitudes, frames, b->bins);
    must_succeed(
        lts_phase_recover(b->cqt, b->work, magnitudes, frames, NULL, &phase, x, n, NULL, &err),
        &err);
    lts_cqt_magnitudes(b->cqt, b->work, x, n, found);
    printf("{\"bench\":\"vocoder\",\"sound\":\"%s\",\"magnitudes\":\"%s\",\"convergence\":%.4f,"
           "\"offline_start\":%.4f,\"core_percent\":%.2f}\n",
           name, kind, achieved, lts_spectral_convergence(found, magnitudes, frames, b->bins),
           100 * share);
    lts_free(found);
    lts_free(x);
}

static float *encode(const bench *b, const float *magnitudes, size_t frames)
{
    float *z = must(lts_alloc(frames * lts_model_columns(b->model), sizeof *z));
    lts_model_encode(b->model, b->model_work, magnitudes, frames, z, NULL);
    return z;
}

static void vocoders(const bench *b)
{
    for (size_t i = 0; i < NAMES; i++) {
        size_t n;
        float *x = recording(names[i], &n);
        const size_t frames = lts_cqt_frames(&b->config, n);
        float *magnitudes = must(lts_alloc(frames * b->bins, sizeof *magnitudes));
        lts_cqt_magnitudes(b->cqt, b->work, x, n, magnitudes);
        convergence(b, names[i], "exact", magnitudes, n);
        float *z = encode(b, magnitudes, frames);
        lts_model_decode(b->model, b->model_work, z, frames, magnitudes);
        convergence(b, names[i], "decoder", magnitudes, n);
        lts_free(z);
        lts_free(magnitudes);
        lts_free(x);
    }
}

/* Aligned: every frame of both sounds is moved, the most that alignment costs. */
static void voices(const bench *b, size_t count, bool aligned, bool levels, double seconds)
{
    lts_error err;
    live *l;
    const size_t n = 2 * 44100, frames = lts_cqt_frames(&b->config, n);
    const float weight[] = {0.7f, 0.3f};
    float *x = long_recording(2 * n), *path[2], block[BLOCK], peak = 0;
    float *magnitudes[2], *shift = must(lts_alloc(frames, sizeof *shift));
    float *level = must(lts_alloc(frames, sizeof *level));
    const float *const both[] = {level, level};
    for (size_t t = 0; t < frames; t++) {
        shift[t] = 28;
        level[t] = t % 100 < 50 ? -20 : -40;
    }
    for (size_t s = 0; s < 2; s++) {
        magnitudes[s] = must(lts_alloc(frames * b->bins, sizeof **magnitudes));
        lts_cqt_magnitudes(b->cqt, b->work, x + s * n, n, magnitudes[s]);
        path[s] = encode(b, magnitudes[s], frames);
    }
    const loop_alignment alignment = {.magnitudes = {magnitudes[0], magnitudes[1]}, .shift = shift};
    const lts_feature feature = {.kind = LTS_FEATURE_CQT, .cqt = b->config};
    must_succeed(live_create(&feature, &l, &err), &err);
    for (unsigned v = 0; v < count; v++) {
        const live_start_config start = {.loop = {.model = b->model,
                                                  .sounds = 2,
                                                  .frames = frames,
                                                  .latent = lts_model_columns(b->model),
                                                  .mean = (const float *const *)path,
                                                  .level = levels ? both : NULL},
                                         .weight = weight,
                                         .position = v / 8.0,
                                         .gain = 0.5,
                                         .alignment = aligned ? &alignment : NULL};
        must_succeed(live_start(l, v, &start, &err), &err);
    }
    const size_t blocks = (size_t)(seconds * b->config.sample_rate / BLOCK);
    double longest = 0, begun = cpu_now();
    for (size_t i = 0; i < blocks; i++) {
        memset(block, 0, sizeof block);
        const double before = cpu_now();
        live_fill(l, block, BLOCK);
        const double took = cpu_now() - before;
        longest = i > 4 && took > longest ? took : longest;
        for (size_t j = 0; j < BLOCK; j++)
            peak = block[j] > peak ? block[j] : peak;
    }
    const double share = (cpu_now() - begun) / ((double)(blocks * BLOCK) / b->config.sample_rate);
    printf("{\"bench\":\"live\",\"voices\":%zu,\"aligned\":%s,\"levels\":%s,\"core_percent\":%.2f,"
           "\"percent_a_voice\":%.2f,\"longest_block_ms\":%.2f,\"block_ms\":%.2f,\"peak\":%.3f}\n",
           count, aligned ? "true" : "false", levels ? "true" : "false", 100 * share,
           100 * share / (double)count, 1e3 * longest, 1e3 * BLOCK / b->config.sample_rate,
           (double)peak);
    live_destroy(l);
    for (size_t s = 0; s < 2; s++) {
        lts_free(magnitudes[s]);
        lts_free(path[s]);
    }
    lts_free(shift);
    lts_free(level);
    lts_free(x);
}

/* The loudest frequency of the second half of x (n) within a semitone of hz. */
static double loudest(const float *x, size_t n, double hz)
{
    double best = 0, most = 0;
    for (int step = -1000; step <= 1000; step++) {
        const double f = hz * exp2(step / 12000.0), a = amplitude(x, 3 * n / 4, n / 2, f);
        if (a > most) {
            most = a;
            best = f;
        }
    }
    return best;
}

/* How far an aligned voice between steady notes, of these semitones, is from the pitch between. */
static void pitch(const bench *b, double semitones)
{
    enum { SECONDS = 2, HEARD = 96 * BLOCK };
    static const double low = 180;
    lts_error err;
    const size_t n = SECONDS * 44100, all = lts_cqt_frames(&b->config, n), skipped = all / 4;
    const size_t frames = all / 2;
    const double hz[] = {low, low * exp2(semitones / 12)};
    float *x = must(lts_alloc(n, sizeof *x)), *magnitudes[2], *path[2];
    float *shift = must(lts_alloc(frames, sizeof *shift));
    float *heard = must(lts_alloc(HEARD, sizeof *heard));
    lts_align_report report;
    for (size_t s = 0; s < 2; s++) {
        for (size_t i = 0; i < n; i++) {
            x[i] = 0;
            for (int h = 1; h <= 12; h++)
                x[i] += (float)(0.1 / h * sin(2 * sound_pi * h * hz[s] / 44100 * (double)i));
        }
        magnitudes[s] = must(lts_alloc(all * b->bins, sizeof **magnitudes));
        lts_cqt_magnitudes(b->cqt, b->work, x, n, magnitudes[s]);
        path[s] = encode(b, magnitudes[s] + skipped * b->bins, frames);
    }
    const float *const steady[] = {magnitudes[0] + skipped * b->bins,
                                   magnitudes[1] + skipped * b->bins};
    const lts_align_config config = lts_align_defaults(b->bins, b->config.bins_per_octave,
                                                       b->config.sample_rate / b->config.hop);
    must_succeed(lts_align_pitch(&config, steady[0], steady[1], frames, shift, &report, &err),
                 &err);
    const loop_alignment alignment = {.magnitudes = {steady[0], steady[1]}, .shift = shift};
    const lts_feature feature = {.kind = LTS_FEATURE_CQT, .cqt = b->config};
    for (int quarter = 1; quarter < 4; quarter++) {
        live *l;
        const float alpha = (float)quarter / 4, weight[] = {alpha, 1 - alpha};
        const double wanted = hz[0] * exp2((1 - (double)alpha) * semitones / 12);
        const live_start_config start = {.loop = {.model = b->model,
                                                  .sounds = 2,
                                                  .frames = frames,
                                                  .latent = lts_model_columns(b->model),
                                                  .mean = (const float *const *)path},
                                         .weight = weight,
                                         .gain = 0.5,
                                         .alignment = &alignment};
        must_succeed(live_create(&feature, &l, &err), &err);
        must_succeed(live_start(l, 0, &start, &err), &err);
        memset(heard, 0, HEARD * sizeof *heard);
        for (size_t i = 0; i < HEARD; i += BLOCK)
            live_fill(l, heard + i, BLOCK);
        live_destroy(l);
        printf("{\"bench\":\"live_pitch\",\"semitones\":%g,\"alpha\":%g,\"cents\":%.1f}\n",
               semitones, (double)alpha, 1200 * log2(loudest(heard, HEARD, wanted) / wanted));
    }
    for (size_t s = 0; s < 2; s++) {
        lts_free(magnitudes[s]);
        lts_free(path[s]);
    }
    lts_free(shift);
    lts_free(heard);
    lts_free(x);
}

int main(int argc, char **argv)
{
    lts_error err;
    lts_model *model;
    bench b = {.config = lts_cqt_defaults()};
    const lts_model_config settings = lts_model_defaults();
    b.bins = lts_cqt_bins(&b.config);
    if (argc > 1)
        must_succeed(lts_model_load(argv[1], &model, &err), &err);
    else
        must_succeed(lts_model_create(&settings, 1, &model, &err), &err);
    b.model = model;
    must_succeed(lts_cqt_create(&b.config, 0, &b.cqt, &err), &err);
    must_succeed(lts_cqt_work_create(b.cqt, &b.work, &err), &err);
    must_succeed(lts_model_work_create(model, 1, &b.model_work, &err), &err);
    vocoders(&b);
    for (int kind = 0; kind < 4; kind++) {
        voices(&b, 1, kind & 2, kind & 1, 5);
        voices(&b, 8, kind & 2, kind & 1, 5);
    }
    for (int semitones = -10; argc > 1 && semitones <= 10; semitones += 4)
        pitch(&b, semitones);
    lts_model_work_destroy(b.model_work);
    lts_cqt_work_destroy(b.work);
    lts_cqt_destroy(b.cqt);
    lts_model_destroy(model);
    return 0;
}
