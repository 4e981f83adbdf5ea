/* The transform against its defining sum, its properties, and every setting it refuses. */
#include "golden.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

static const lts_cqt_config configs[] = {
    {.sample_rate = 44100, .hop = 128, .bins_per_octave = 48, .octaves = 8, .fmin = 32.70319566},
    {.sample_rate = 22050, .hop = 256, .bins_per_octave = 12, .octaves = 7, .fmin = 32.70319566},
    {.sample_rate = 48000, .hop = 150, .bins_per_octave = 24, .octaves = 7, .fmin = 55},
    {.sample_rate = 16000, .hop = 333, .bins_per_octave = 5, .octaves = 3, .fmin = 440},
    {.sample_rate = 8000, .hop = 7, .bins_per_octave = 17, .octaves = 4, .fmin = 200},
};
/* dB of the largest error; the fourth has so few bins that its filters reach beyond 0 Hz. */
static const double error_limits[] = {-75, -85, -80, -65, -78};
enum { CONFIGS = sizeof configs / sizeof *configs };

/* A chord of sinusoids around an octave's bins, faded in and out over the whole length. It lies
 * below half that octave's rate, so that the sum below may skip samples. */
static float *chord(const lts_cqt_config *config, int octave, size_t n)
{
    float *x = lts_alloc(n, sizeof *x);
    double top = config->fmin * exp2(config->octaves - octave);
    const double ratios[] = {0.413, 0.531, 0.668, 0.887};
    for (size_t i = 0; i < n; i++) {
        double fade = sin(pi * (double)i / (double)n), sum = 0;
        for (int s = 0; s < 4; s++)
            sum += cos(2 * pi * top * ratios[s] / config->sample_rate * (double)i + s);
        x[i] = (float)(fade * fade * fade * fade * sum / 4);
    }
    return x;
}

/* C_k(t) = sqrt(l) sum_n w(n) / (N/2) e^{2 pi i f n / R} x(t hop - n 2^o), w the periodic Hann
 * window of N = 2 floor(l / 2^(o+1)) + 1 samples at the octave's rate R. */
static void defining_sum(const lts_cqt_config *config, const float *x, size_t n, size_t t, size_t k,
                         double c[2])
{
    int b = config->bins_per_octave, o = config->octaves - 1 - (int)k / b;
    double quality = (exp2(2.0 / b) + 1) / (exp2(2.0 / b) - 1);
    double f = config->fmin * exp2((double)k / b), l = quality * config->sample_rate / f;
    double rate = ldexp(config->sample_rate, -o);
    long half = (long)floor(ldexp(l, -o) / 2), window = 2 * half + 1;
    c[0] = c[1] = 0;
    for (long i = 0; i < window; i++) {
        long m = i - half - 1, at = (long)t * config->hop - m * (1L << o);
        if (at < 0 || at >= (long)n)
            continue;
        double w = (0.5 - 0.5 * cos(2 * pi * (double)i / (double)window)) * 2 / (double)window;
        double angle = 2 * pi * f * (double)m / rate;
        c[0] += sqrt(l) * w * cos(angle) * x[at];
        c[1] += sqrt(l) * w * sin(angle) * x[at];
    }
}

/* dB of the largest error among sampled cells of an octave below the largest coefficient. */
static double octave_error(const lts_cqt_config *config, int octave, bool one_slice)
{
    double longest =
        1.2 * config->sample_rate / config->fmin / (exp2(1.0 / config->bins_per_octave) - 1);
    size_t n = (size_t)(1.5 * longest) + 4 * (size_t)config->hop;
    fixture f = open_fixture(*config, one_slice ? n : 0);
    size_t frames = lts_cqt_frames(config, n), b = (size_t)config->bins_per_octave;
    float *x = chord(config, octave, n), *c = lts_alloc(2 * frames * f.bins, sizeof *c);
    double worst = 0, loudest = 0;
    lts_cqt_forward(f.cqt, f.work, x, n, c);
    for (size_t j = 0; j<b; j += b> 6 ? b / 6 : 1)
        for (size_t t = 0; t < frames; t += 1 + frames / 7) {
            size_t k = f.bins - (size_t)(octave + 1) * b + j;
            const float *found = c + 2 * (t * f.bins + k);
            double sum[2];
            defining_sum(config, x, n, t, k, sum);
            worst = fmax(worst, hypot(found[0] - sum[0], found[1] - sum[1]));
            loudest = fmax(loudest, hypot(sum[0], sum[1]));
        }
    lts_free(x);
    lts_free(c);
    close_fixture(&f);
    return 20 * log10(worst / loudest);
}

static void coefficients_are_their_defining_sum(void **state)
{
    (void)state;
    for (size_t i = 0; i < CONFIGS; i++)
        for (int o = 0; o < configs[i].octaves; o++) {
            double error = octave_error(&configs[i], o, true);
            print_message("config %zu, octave %d: %.1f dB\n", i, o, error);
            assert_true(error < error_limits[i]);
        }
}

static void large_slices_give_the_defining_sum_too(void **state)
{
    (void)state;
    for (size_t i = 1; i < CONFIGS; i++)
        assert_true(octave_error(&configs[i], 1, false) < error_limits[i]);
}

static void magnitudes_are_those_of_the_coefficients(void **state)
{
    (void)state;
    enum { N = 30000 };
    fixture f = open_fixture(configs[1], N);
    size_t cells = lts_cqt_frames(&f.config, N) * f.bins;
    float *x = normal_noise(N, 5), *c = lts_alloc(2 * cells, sizeof *c);
    float *magnitudes = lts_alloc(cells, sizeof *magnitudes);
    lts_cqt_forward(f.cqt, f.work, x, N, c);
    lts_cqt_magnitudes(f.cqt, f.work, x, N, magnitudes);
    for (size_t i = 0; i < cells; i++)
        c[i] = hypotf(c[2 * i], c[2 * i + 1]);
    assert_true(relative_error(magnitudes, c, cells) < 1e-6);
    lts_free(x);
    lts_free(c);
    lts_free(magnitudes);
    close_fixture(&f);
}

static void the_transform_is_linear(void **state)
{
    (void)state;
    enum { N = 20000 };
    for (size_t i = 1; i < CONFIGS; i++) {
        fixture f = open_fixture(configs[i], N);
        size_t size = 2 * lts_cqt_frames(&f.config, N) * f.bins;
        float *x = normal_noise(N, 1), *y = normal_noise(N, 2);
        float *cx = lts_alloc(size, sizeof *cx), *cy = lts_alloc(size, sizeof *cy);
        float *cz = lts_alloc(size, sizeof *cz);
        lts_cqt_forward(f.cqt, f.work, x, N, cx);
        lts_cqt_forward(f.cqt, f.work, y, N, cy);
        for (size_t j = 0; j < N; j++)
            x[j] = 0.7f * x[j] - 2.5f * y[j];
        lts_cqt_forward(f.cqt, f.work, x, N, cz);
        for (size_t j = 0; j < size; j++)
            cx[j] = 0.7f * cx[j] - 2.5f * cy[j];
        assert_true(relative_error(cz, cx, size) < 2e-6);
        float *const all[] = {x, y, cx, cy, cz};
        for (int j = 0; j < 5; j++)
            lts_free(all[j]);
        close_fixture(&f);
    }
}

static void a_shift_by_one_hop_moves_one_frame(void **state)
{
    (void)state;
    enum { N = 40000 };
    for (size_t i = 1; i < CONFIGS; i++) {
        fixture f = open_fixture(configs[i], N);
        size_t hop = (size_t)f.config.hop, frames = lts_cqt_frames(&f.config, N);
        float *x = lts_alloc(N + hop, sizeof *x), *noise = normal_noise(N, 7);
        float *there = lts_alloc(frames * f.bins, sizeof *there);
        float *later = lts_alloc(frames * f.bins, sizeof *later);
        memcpy(x + hop, noise, (N / 2) * sizeof *x);
        lts_cqt_magnitudes(f.cqt, f.work, x + hop, N, there);
        lts_cqt_magnitudes(f.cqt, f.work, x, N, later);
        assert_true(relative_error(later + f.bins, there, (frames - 1) * f.bins) < 2e-5);
        lts_free(x);
        lts_free(noise);
        lts_free(there);
        lts_free(later);
        close_fixture(&f);
    }
}

/* The loudest bin of the middle frame of a steady sinusoid. */
static size_t peak(fixture *f, double frequency, size_t n)
{
    size_t frames = lts_cqt_frames(&f->config, n), best = 0;
    float *x = lts_alloc(n, sizeof *x), *c = lts_alloc(frames * f->bins, sizeof *c);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)sin(2 * pi * frequency / f->config.sample_rate * (double)i);
    lts_cqt_magnitudes(f->cqt, f->work, x, n, c);
    const float *middle = c + frames / 2 * f->bins;
    for (size_t k = 1; k < f->bins; k++)
        if (middle[k] > middle[best])
            best = k;
    lts_free(x);
    lts_free(c);
    return best;
}

static void a_semitone_moves_the_peak_by_a_twelfth_of_an_octave(void **state)
{
    (void)state;
    enum { N = 60000 };
    for (size_t i = 0; i < 3; i++) {
        fixture f = open_fixture(configs[i], N);
        size_t b = (size_t)f.config.bins_per_octave, first = 2 * b + b / 4;
        double frequency = f.config.fmin * exp2((double)first / (double)b);
        for (size_t semitone = 0; semitone < 24; semitone += 5)
            assert_int_equal(peak(&f, frequency * exp2((double)semitone / 12), N),
                             first + semitone * b / 12);
        close_fixture(&f);
    }
}

static void slices_of_different_size_agree(void **state)
{
    (void)state;
    enum { N = 100000 };
    for (size_t i = 1; i < CONFIGS; i++) {
        fixture tiny = open_fixture(configs[i], 1), large = open_fixture(configs[i], 0);
        size_t cells = lts_cqt_frames(&configs[i], N) * tiny.bins;
        float *x = normal_noise(N, 9);
        float *a = lts_alloc(cells, sizeof *a), *b = lts_alloc(cells, sizeof *b);
        lts_cqt_magnitudes(tiny.cqt, tiny.work, x, N, a);
        lts_cqt_magnitudes(large.cqt, large.work, x, N, b);
        double error = relative_error(a, b, cells);
        print_message("config %zu: slices differ by %.2g\n", i, error);
        assert_true(error < 1e-4);
        lts_free(x);
        lts_free(a);
        lts_free(b);
        close_fixture(&tiny);
        close_fixture(&large);
    }
}

static void short_signals_have_their_frames(void **state)
{
    (void)state;
    fixture f = open_fixture(configs[1], 0);
    float x[300] = {0}, row[2 * 84];
    x[0] = 1;
    lts_cqt_magnitudes(f.cqt, f.work, x, 0, row);
    for (size_t k = 0; k < f.bins; k++)
        assert_true(row[k] == 0);
    lts_cqt_magnitudes(f.cqt, f.work, x, 1, row);
    for (size_t k = 0; k < f.bins; k++)
        assert_true(row[k] > 0 && isfinite(row[k]));
    assert_int_equal(lts_cqt_frames(&f.config, 0), 1);
    assert_int_equal(lts_cqt_frames(&f.config, 255), 1);
    assert_int_equal(lts_cqt_frames(&f.config, 256), 2);
    close_fixture(&f);
}

static void one_bin_an_octave_is_legal(void **state)
{
    (void)state;
    enum { N = 5000 };
    lts_cqt_config config = {8000, 100, 1, 4, 250};
    fixture f = open_fixture(config, N);
    float *x = normal_noise(N, 1), c[51 * 4 * 2], y[N];
    lts_error err;
    lts_cqt_forward(f.cqt, f.work, x, N, c);
    assert_ok(lts_cqt_inverse(f.cqt, f.work, c, 51, 2, y, N, &err));
    for (size_t i = 0; i < N; i++)
        assert_true(isfinite(y[i]));
    lts_free(x);
    close_fixture(&f);
}

static void bins_are_those_of_all_octaves(void **state)
{
    (void)state;
    assert_int_equal(lts_cqt_bins(&configs[2]), 168);
}

static void every_wrong_setting_is_refused(void **state)
{
    (void)state;
    const lts_cqt_config good = lts_cqt_defaults();
    static const struct {
        double sample_rate;
        int hop, bins_per_octave, octaves;
        double fmin;
        const char *says;
    } cases[] = {
        {0, 128, 48, 8, 32.7, "cqt: sample_rate: 0 Hz"},
        {-44100, 128, 48, 8, 32.7, "cqt: sample_rate: -44100 Hz"},
        {NAN, 128, 48, 8, 32.7, "cqt: sample_rate: "},
        {INFINITY, 128, 48, 8, 32.7, "cqt: sample_rate: inf"},
        {44100, 0, 48, 8, 32.7, "cqt: hop: 0 samples"},
        {44100, -1, 48, 8, 32.7, "cqt: hop: -1 samples"},
        {44100, 1 << 21, 48, 8, 32.7, "cqt: hop: 2097152 samples"},
        {44100, 128, 0, 8, 32.7, "cqt: bins_per_octave: 0"},
        {44100, 128, 5000, 8, 32.7, "cqt: bins_per_octave: 5000"},
        {44100, 128, 48, 0, 32.7, "cqt: octaves: 0"},
        {44100, 128, 48, 33, 32.7, "cqt: octaves: 33"},
        {44100, 128, 48, 8, 0, "cqt: fmin: 0 Hz"},
        {44100, 128, 48, 8, -5, "cqt: fmin: -5 Hz"},
        {44100, 128, 48, 8, NAN, "cqt: fmin: "},
        {44100, 128, 48, 8, 1e-6, "cqt: fmin: the filter at 1e-06 Hz"},
        {44100, 128, 48, 10, 32.703, "choose at most 9 octaves"},
        {22050, 128, 48, 9, 32.703, "choose at most 8 octaves"},
        {8000, 128, 12, 8, 32.703, "choose at most 7 octaves"},
        {44100, 128, 48, 1, 22050, "no octave from 22050 Hz fits"},
    };
    lts_error err;
    lts_cqt *cqt;
    assert_ok(lts_cqt_check(&good, &err));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lts_cqt_config bad = {cases[i].sample_rate, cases[i].hop, cases[i].bins_per_octave,
                              cases[i].octaves, cases[i].fmin};
        assert_status(lts_cqt_check(&bad, &err), LTS_ERR_ARGUMENT);
        assert_non_null(strstr(err.text, cases[i].says));
        assert_status(lts_cqt_create(&bad, 0, &cqt, NULL), LTS_ERR_ARGUMENT);
        assert_null(cqt);
    }
}

/* What the refusal recommends is legal, and one octave more is not. */
static void the_octaves_recommended_are_the_most_that_fit(void **state)
{
    (void)state;
    lts_rng rng;
    lts_rng_seed(&rng, 3, 0);
    for (int i = 0; i < 300; i++) {
        lts_error err;
        lts_cqt_config config = {.sample_rate = 8000 + 88000 * lts_rng_uniform(&rng),
                                 .hop = 128,
                                 .bins_per_octave = 1 + (int)lts_rng_below(&rng, 60),
                                 .octaves = 20,
                                 .fmin = 20 + 200 * lts_rng_uniform(&rng)};
        assert_status(lts_cqt_check(&config, &err), LTS_ERR_ARGUMENT);
        const char *most = strstr(err.text, "at most ");
        assert_non_null(most);
        config.octaves = atoi(most + 8);
        assert_ok(lts_cqt_check(&config, &err));
        config.octaves++;
        assert_status(lts_cqt_check(&config, &err), LTS_ERR_ARGUMENT);
    }
}

static void pitches_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double hz;
    } good[] = {{"A4", 440},         {"C1", 32.7031957},  {"c1", 32.7031957},   {"A#2", 116.540940},
                {"Bb3", 233.081881}, {"b3", 246.941651},  {"C-1", 8.17579892},  {"55", 55},
                {" 32.7 ", 32.7},    {"Cb4", 246.941651}, {"B##1", 69.2956577}, {"A4 ", 440}};
    static const char *const bad[] = {"",   " ", "H2",  "C",   "C#",  "1C",  "A4x", "A1.5",
                                      "-5", "0", "inf", "nan", "A99", "A+4", "A 4"};
    double hz;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(lts_parse_pitch(good[i].text, &hz));
        assert_true(fabs(hz / good[i].hz - 1) < 1e-8);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(lts_parse_pitch(bad[i], &hz));
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    lts_error err;
    lts_cqt *cqt = NULL;
    lts_cqt_work *work = NULL;
    lts_status status = LTS_ERR_MEMORY;
    for (size_t i = 1; status != LTS_OK; i++) {
        test_fail_allocation(i);
        status = lts_cqt_create(&configs[1], 1, &cqt, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || status == LTS_ERR_MEMORY);
        assert_true((status == LTS_OK) == (cqt != NULL));
    }
    status = LTS_ERR_MEMORY;
    for (size_t i = 1; status != LTS_OK; i++) {
        test_fail_allocation(i);
        status = lts_cqt_work_create(cqt, &work, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || status == LTS_ERR_MEMORY);
        assert_true((status == LTS_OK) == (work != NULL));
    }
    lts_cqt_work_destroy(work);
    lts_cqt_destroy(cqt);
    lts_cqt_work_destroy(NULL);
    lts_cqt_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(coefficients_are_their_defining_sum),
        cmocka_unit_test(large_slices_give_the_defining_sum_too),
        cmocka_unit_test(magnitudes_are_those_of_the_coefficients),
        cmocka_unit_test(the_transform_is_linear),
        cmocka_unit_test(a_shift_by_one_hop_moves_one_frame),
        cmocka_unit_test(a_semitone_moves_the_peak_by_a_twelfth_of_an_octave),
        cmocka_unit_test(slices_of_different_size_agree),
        cmocka_unit_test(short_signals_have_their_frames),
        cmocka_unit_test(one_bin_an_octave_is_legal),
        cmocka_unit_test(bins_are_those_of_all_octaves),
        cmocka_unit_test(every_wrong_setting_is_refused),
        cmocka_unit_test(the_octaves_recommended_are_the_most_that_fit),
        cmocka_unit_test(pitches_are_read),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
