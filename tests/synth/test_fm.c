/* Sounds of the synthesizer, held against the reference and against their spectra. */
#include "spaces.h"

#include "lts/formats.h"

#include <fftw3.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static float *render_values(const lts_synth_space *space, const double *values, size_t *n)
{
    lts_error err;
    lts_synth *synth;
    assert_ok(lts_synth_create(space, &synth, &err));
    *n = lts_synth_samples(synth);
    float *x = lts_alloc(*n, sizeof *x);
    assert_non_null(x);
    assert_ok(lts_synth_render(synth, values, x, &err));
    lts_synth_destroy(synth);
    return x;
}

/* The sound of a space in which all is fixed. */
static float *render_fixed(const lts_synth_space *space, size_t *n)
{
    double values[64];
    lts_synth_space_values(space, values);
    return render_values(space, values, n);
}

static double largest_difference(const float *a, const float *b, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs((double)a[i] - b[i]));
    return most;
}

static void naive_waves_agree_with_the_reference(void **state)
{
    (void)state;
    enum { STRIDE = 16 };
    lts_error err;
    int32_t *classes;
    size_t count, free, rows, columns;
    lts_synth *synth;
    lts_synth_space *space = builtin_space("paper");
    assert_ok(lts_npy_load_integers(test_data("synth/classes.npy"), &classes, &count, &free, &err));
    assert_int_equal(free, lts_synth_space_free(space));
    float *expected = test_array("synth/every_16th.npy", &rows, &columns), x[16384];
    assert_int_equal(rows, count);
    assert_ok(lts_synth_create(space, &synth, &err));
    assert_int_equal(lts_synth_samples(synth), columns * STRIDE);
    for (size_t i = 0; i < count; i++) {
        assert_ok(lts_synth_render_classes(synth, classes + i * free, x, &err));
        for (size_t c = 0; c < columns; c++)
            if (!(fabs((double)x[c * STRIDE] - expected[i * columns + c]) < 2e-6))
                fail_msg("sound %zu, sample %zu: %g, expected %g", i, c * STRIDE, x[c * STRIDE],
                         expected[i * columns + c]);
    }
    lts_free(classes);
    lts_free(expected);
    lts_synth_destroy(synth);
    lts_synth_space_destroy(space);
}

/* The header's equations, sample by sample, with the filter as its transfer function's recurrence.
 */
static double wave_by_definition(lts_synth_wave wave, double p)
{
    const double u = p - floor(p);
    return wave == LTS_SYNTH_SINE       ? sin(2 * M_PI * u)
           : wave == LTS_SYNTH_SAW      ? 2 * u - 1
           : wave == LTS_SYNTH_TRIANGLE ? 1 - 4 * fabs(u - 0.5)
           : u < 0.5                    ? 1
                                        : -1;
}

static double value_of(const lts_synth_space *space, const double *values, const char *name)
{
    size_t at = lts_synth_space_find(space, name);
    if (at == lts_synth_space_count(space))
        fail_msg("%s: no such parameter", name);
    return values[at];
}

static void define(const lts_synth_space *space, const double *values, float *x, size_t n)
{
    const lts_synth_settings *s = lts_synth_space_settings(space);
    const double rate = s->sample_rate;
    const double a = value_of(space, values, "attack"), d = value_of(space, values, "decay");
    const double level = value_of(space, values, "sustain");
    const double r = value_of(space, values, "release");
    double x1 = 0, x2 = 0, y1 = 0, y2 = 0;
    for (size_t i = 0; i < n; i++) {
        const double t = (double)i / rate;
        double y = 0;
        for (size_t o = 0; o < s->fm.oscillators; o++) {
            const lts_synth_oscillator *w = &s->fm.oscillator[o];
            char name[32];
            double v[4];
            for (int k = 0; k < 4; k++) {
                snprintf(name, sizeof name, "%s_%c", w->name, "fvAB"[k]);
                v[k] = value_of(space, values, name);
            }
            const double b = s->fm.relative ? v[3] * v[0] : v[3];
            const double phase =
                v[0] * t + b / (2 * M_PI * v[1]) * (1 - cos(2 * M_PI * v[1] * t)) + w->phase;
            y += v[2] * wave_by_definition(w->wave, phase + 1e-9);
        }
        const double held = t < s->gate ? t : s->gate;
        const double reached = held < a       ? held / a
                               : held < a + d ? 1 - (1 - level) * (held - a) / d
                                              : level;
        y *= t < s->gate ? reached : r > 0 ? reached * fmax(0, 1 - (t - s->gate) / r) : 0;
        if (s->fm.filter) {
            const double w0 = 2 * M_PI * value_of(space, values, "f_cut") / rate;
            const double alpha = sin(w0) / (2 * value_of(space, values, "q")), c = cos(w0);
            const double out =
                ((1 - c) / 2 * (y + 2 * x1 + x2) + 2 * c * y1 - (1 - alpha) * y2) / (1 + alpha);
            x2 = x1;
            x1 = y;
            y2 = y1;
            y1 = out;
            y = out;
        }
        if (s->fm.gater)
            y *= (1 + sin(2 * M_PI * value_of(space, values, "f_gate") * t)) / 2;
        x[i] = (float)y;
    }
}

static void every_space_follows_its_equations(void **state)
{
    (void)state;
    lts_error err;
    for (size_t s = 0; lts_synth_space_name(s); s++) {
        lts_synth_space *space = builtin_space(lts_synth_space_name(s));
        double values[64];
        int32_t classes[64];
        for (uint64_t i = 0; i < 6; i++) {
            size_t n;
            lts_synth_draw(space, 11, i, classes);
            assert_ok(lts_synth_values(space, classes, values, &err));
            float *x = render_values(space, values, &n), *y = lts_alloc(n, sizeof *y);
            define(space, values, y, n);
            const double far = largest_difference(x, y, n);
            if (!(far < 2e-6))
                fail_msg("%s, sound %d of seed 11: %g apart", lts_synth_space_name(s), (int)i, far);
            lts_free(x);
            lts_free(y);
        }
        lts_synth_space_destroy(space);
    }
}

/* 0.1 s at other rates, off the grid of levels, with stages of no time at all. At 48 kHz the key is
 * let go on a sample, and the attack ends on one. */
static void values_off_the_grid_and_ends_of_ranges_follow_too(void **state)
{
    (void)state;
    static const struct {
        double rate, attack;
    } cases[] = {{22050, 0}, {48000, 0.017}};
    static const char text[] =
        "[synth]\nsample_rate = %g\nduration = 0.1\ngate = 0.05\noscillators = naive\n"
        "waves = sqr saw1 saw2\nphases = 0.3 0 1\n"
        "[parameters]\nsqr_f = 100.5\nsqr_v = 7\nsqr_A = 1\nsqr_B = 90\n"
        "saw1_f = 0\nsaw1_v = 0.001\nsaw1_A = 0.5\nsaw1_B = 2000\n"
        "saw2_f = 20000\nsaw2_v = 1000\nsaw2_A = 0\nsaw2_B = 0\n"
        "attack = %g\ndecay = 0\nsustain = 0.7\nrelease = 0\n"
        "f_cut = 10000\nq = 0.6\nf_gate = 0\n";
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char filled[sizeof text + 32];
        snprintf(filled, sizeof filled, text, cases[c].rate, cases[c].attack);
        lts_synth_space *space = space_of(filled);
        double values[64];
        size_t n;
        lts_synth_space_values(space, values);
        float *x = render_values(space, values, &n), *y = lts_alloc(n, sizeof *y);
        assert_int_equal(n, (size_t)(cases[c].rate / 10));
        define(space, values, y, n);
        assert_true(largest_difference(x, y, n) < 2e-6);
        assert_true(fabsf(x[1000]) > 0.01f);
        lts_free(x);
        lts_free(y);
        lts_synth_space_destroy(space);
    }
}

/* What lies between the harmonics of a wave of `f` Hz, a whole number, in a second at `rate`: its
 * largest part in dB of the fundamental. */
static double aliases(const char *wave, double f, double rate, const char *quality)
{
    char text[512];
    size_t n;
    snprintf(text, sizeof text,
             "[synth]\nsample_rate = %g\nduration = 1\ngate = 1\noscillators = %s\nwaves = %s\n"
             "filter = no\ngater = no\n[parameters]\n%s_f = %g\n%s_v = 1\n%s_A = 1\n%s_B = 0\n"
             "attack = 0\ndecay = 0\nsustain = 1\nrelease = 0\n",
             rate, quality, wave, wave, f, wave, wave, wave);
    lts_synth_space *space = space_of(text);
    float *x = render_fixed(space, &n);
    fftwf_complex *spectrum = fftwf_alloc_complex(n / 2 + 1);
    fftwf_plan plan = fftwf_plan_dft_r2c_1d((int)n, x, spectrum, FFTW_ESTIMATE);
    fftwf_execute(plan);
    double most = 0;
    const size_t step = (size_t)f;
    for (size_t k = 0; k <= n / 2; k++)
        if (k % step != 0)
            most = fmax(most, hypot(spectrum[k][0], spectrum[k][1]));
    const double dB = 20 * log10(most / hypot(spectrum[step][0], spectrum[step][1]));
    /* The fundamental itself has the wave's level: 2/pi of a saw, 8/pi^2, 4/pi. */
    const double level = 2 * hypot(spectrum[step][0], spectrum[step][1]) / (double)n;
    const double expected = wave[1] == 'a'   ? 2 / M_PI
                            : wave[0] == 't' ? 8 / (M_PI * M_PI)
                                             : 4 / M_PI;
    assert_true(fabs(level / expected - 1) < 0.01);
    fftwf_destroy_plan(plan);
    fftwf_free(spectrum);
    lts_free(x);
    lts_synth_space_destroy(space);
    return dB;
}

static void bandlimited_waves_keep_their_aliases_below_60_dB(void **state)
{
    (void)state;
    static const struct {
        const char *wave;
        double f, rate;
    } cases[] = {{"saw", 1000, 44100}, {"sqr", 1000, 44100}, {"tri", 1000, 44100},
                 {"saw", 440, 44100},  {"saw", 1001, 48000}, {"sqr", 1046, 48000},
                 {"saw", 1001, 32000}, {"saw", 3001, 44100}, {"saw", 1000, 16384}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const double dB = aliases(cases[c].wave, cases[c].f, cases[c].rate, "bandlimited");
        if (!(dB < -60))
            fail_msg("%s of %g Hz at %g Hz: aliases at %.1f dB", cases[c].wave, cases[c].f,
                     cases[c].rate, dB);
    }
    assert_true(aliases("saw", 1000, 44100, "naive") > -40);
    assert_true(aliases("saw", 1000, 44100, "auto") < -60);
    assert_true(aliases("saw", 1000, 16384, "auto") > -40);
}

/* Band-limited waves are the naive ones in what lies far below half the rate: nothing is late. */
static void bandlimited_waves_stand_where_naive_ones_do(void **state)
{
    (void)state;
    double values[64];
    int32_t classes[64];
    size_t n;
    lts_error err;
    lts_synth_space *naive = paper_at(44100, LTS_SYNTH_NAIVE, 0.6);
    lts_synth_space *smooth = paper_at(44100, LTS_SYNTH_AUTO, 0.6);
    lts_synth_draw(naive, 5, 0, classes);
    assert_ok(lts_synth_values(naive, classes, values, &err));
    values[lts_synth_space_find(naive, "f_cut")] = 200;
    values[lts_synth_space_find(naive, "q")] = 0.7;
    float *x = render_values(naive, values, &n), *y = render_values(smooth, values, &n);
    assert_true(signal_to_noise(y, x, n) > 35);
    lts_free(x);
    lts_free(y);
    lts_synth_space_destroy(naive);
    lts_synth_space_destroy(smooth);
}

static void sounds_do_not_depend_on_those_before(void **state)
{
    (void)state;
    lts_error err;
    lts_synth *a, *b;
    int32_t classes[64];
    float x[2][16384];
    lts_synth_space *space = builtin_space("paper");
    assert_ok(lts_synth_create(space, &a, &err));
    assert_ok(lts_synth_create(space, &b, &err));
    for (uint64_t i = 0; i < 5; i++) {
        lts_synth_draw(space, 3, i, classes);
        assert_ok(lts_synth_render_classes(a, classes, x[0], &err));
    }
    assert_ok(lts_synth_render_classes(b, classes, x[1], &err));
    assert_memory_equal(x[0], x[1], sizeof x[0]);
    lts_synth_destroy(a);
    lts_synth_destroy(b);
    lts_synth_space_destroy(space);
}

static void what_cannot_be_rendered_is_refused(void **state)
{
    (void)state;
    lts_error err;
    lts_synth *synth;
    double values[64];
    int32_t classes[64] = {0};
    float x[16384];
    lts_synth_space *space = builtin_space("paper");
    assert_ok(lts_synth_create(space, &synth, &err));
    lts_synth_space_values(space, values);
    const size_t cut = lts_synth_space_find(space, "f_cut");
    const double wrong[] = {0, -1, 8192, NAN, INFINITY};
    for (size_t w = 0; w < sizeof wrong / sizeof *wrong; w++) {
        values[cut] = wrong[w];
        assert_status(lts_synth_render(synth, values, x, &err), LTS_ERR_ARGUMENT);
        assert_non_null(strstr(err.text, "f_cut = "));
    }
    classes[4] = 16;
    assert_status(lts_synth_render_classes(synth, classes, x, &err), LTS_ERR_ARGUMENT);
    assert_string_equal(err.text, "saw_f: class 16: must be 0 to 15");
    lts_synth_destroy(synth);
    lts_synth_space_destroy(space);
}

static void a_peak_of_one_when_asked(void **state)
{
    (void)state;
    lts_error err;
    double values[64];
    size_t n;
    lts_synth_space *space = builtin_space("paper");
    lts_synth_settings settings = *lts_synth_space_settings(space);
    settings.normalize = true;
    assert_ok(lts_synth_space_set_settings(space, &settings, &err));
    lts_synth_space_values(space, values);
    float *x = render_values(space, values, &n), peak = 0;
    for (size_t i = 0; i < n; i++)
        peak = fmaxf(peak, fabsf(x[i]));
    assert_true(peak == 1);
    for (const char *const *name = (const char *const[]){"sin_A", "saw_A", "tri_A", "sqr_A", NULL};
         *name; name++)
        values[lts_synth_space_find(space, *name)] = 0;
    lts_free(x);
    x = render_values(space, values, &n);
    for (size_t i = 0; i < n; i++)
        assert_true(x[i] == 0);
    lts_free(x);
    lts_synth_space_destroy(space);
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    lts_error err;
    lts_synth *synth;
    lts_synth_space *space = builtin_space("paper");
    test_fail_allocation(0);
    assert_ok(lts_synth_create(space, &synth, &err));
    const size_t asked = test_fail_allocation(0);
    assert_true(asked > 2);
    lts_synth_destroy(synth);
    for (size_t i = 1; i <= asked; i++) {
        test_fail_allocation(i);
        assert_status(lts_synth_create(space, &synth, &err), LTS_ERR_MEMORY);
        assert_null(synth);
    }
    test_fail_allocation(0);
    lts_synth_space_destroy(space);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(naive_waves_agree_with_the_reference),
        cmocka_unit_test(every_space_follows_its_equations),
        cmocka_unit_test(values_off_the_grid_and_ends_of_ranges_follow_too),
        cmocka_unit_test(bandlimited_waves_keep_their_aliases_below_60_dB),
        cmocka_unit_test(bandlimited_waves_stand_where_naive_ones_do),
        cmocka_unit_test(sounds_do_not_depend_on_those_before),
        cmocka_unit_test(what_cannot_be_rendered_is_refused),
        cmocka_unit_test(a_peak_of_one_when_asked),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
