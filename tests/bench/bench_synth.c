/* Sounds of the paper's space a second of one core: naive and band-limited, at its rate and at 44.1
 * kHz, and voices whose parameters move. Times are the thread's own processor time. Beside them,
 * how many times faster that is than a plain loop over four modulated sines by libm, of as many
 * samples. One JSON object a line.
 *
 *     bench_synth [SOUNDS] */
#include "lts/synth.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double cpu_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void must(lts_status status, const lts_error *err)
{
    if (status == LTS_OK)
        return;
    fprintf(stderr, "%s\n", err->text);
    exit(1);
}

/* Seconds for the sines of four oscillators and their modulators over n samples. */
static double plain_loop(size_t n)
{
    double best = 1e9;
    volatile double sink = 0;
    for (int run = 0; run < 3; run++) {
        const double begun = cpu_now();
        double sum = 0;
        for (size_t i = 0; i < n; i++)
            for (int o = 0; o < 4; o++) {
                const double t = (double)i / 16384;
                sum += sin(6.28 * (440 + o) * t + 10 * cos(6.28 * (o + 1) * t));
            }
        sink = sink + sum;
        const double took = cpu_now() - begun;
        best = took < best ? took : best;
    }
    return best;
}

static lts_synth_space *space_at(double rate, lts_synth_quality quality)
{
    lts_error err;
    lts_synth_space *space;
    must(lts_synth_space_builtin("paper", &space, &err), &err);
    lts_synth_settings settings = *lts_synth_space_settings(space);
    settings.sample_rate = rate;
    settings.fm.quality = quality;
    must(lts_synth_space_set_settings(space, &settings, &err), &err);
    return space;
}

static void print(const char *name, double rate, size_t n, double took)
{
    printf(
        "{\"bench\":\"synth\",\"what\":\"%s\",\"sample_rate\":%g,\"sounds_per_second_a_core\":%.0f,"
        "\"times_real_time\":%.0f,\"times_plain_loop\":%.1f}\n",
        name, rate, 1 / took, (double)n / rate / took, plain_loop(n) / took);
    fflush(stdout);
}

static void whole(const char *name, double rate, lts_synth_quality quality, uint64_t sounds)
{
    lts_error err;
    int32_t classes[64];
    lts_synth *synth;
    lts_synth_space *space = space_at(rate, quality);
    must(lts_synth_create(space, &synth, &err), &err);
    const size_t n = lts_synth_samples(synth);
    float *x = lts_alloc(n, sizeof *x);
    double best = 1e9;
    for (int run = 0; run < 5; run++) {
        const double begun = cpu_now();
        for (uint64_t i = 0; i < sounds; i++) {
            lts_synth_draw(space, 1, i, classes);
            must(lts_synth_render_classes(synth, classes, x, &err), &err);
        }
        const double took = (cpu_now() - begun) / (double)sounds;
        best = took < best ? took : best;
    }
    print(name, rate, n, best);
    lts_free(x);
    lts_synth_destroy(synth);
    lts_synth_space_destroy(space);
}

/* A second of a voice in blocks of 256, of which each goes to another patch. */
static void moving(double rate, uint64_t sounds)
{
    enum { BLOCK = 256 };
    lts_error err;
    int32_t classes[64];
    double values[64];
    float x[BLOCK];
    lts_synth_voice *voice;
    lts_synth_space *space = space_at(rate, LTS_SYNTH_AUTO);
    must(lts_synth_voice_create(space, 0, &voice, &err), &err);
    const size_t blocks = (size_t)rate / BLOCK;
    lts_synth_voice_key(voice, true);
    const double begun = cpu_now();
    for (uint64_t i = 0; i < sounds; i++)
        for (size_t b = 0; b < blocks; b++) {
            lts_synth_draw(space, i, b, classes);
            must(lts_synth_values(space, classes, values, &err), &err);
            lts_synth_voice_process(voice, values, x, BLOCK);
        }
    print("voice", rate, blocks * BLOCK, (cpu_now() - begun) / (double)sounds);
    lts_synth_voice_destroy(voice);
    lts_synth_space_destroy(space);
}

int main(int argc, char **argv)
{
    const uint64_t sounds = argc > 1 ? strtoull(argv[1], NULL, 10) : 500;
    whole("naive", 16384, LTS_SYNTH_NAIVE, sounds);
    whole("bandlimited", 16384, LTS_SYNTH_BANDLIMITED, sounds / 10 + 1);
    whole("naive", 44100, LTS_SYNTH_NAIVE, sounds);
    whole("bandlimited", 44100, LTS_SYNTH_BANDLIMITED, sounds / 10 + 1);
    moving(16384, sounds / 10 + 1);
    moving(44100, sounds / 10 + 1);
    return 0;
}
