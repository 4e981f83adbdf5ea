/* Phase recovery: how close the CQT of the result comes to the magnitudes asked for. The limits are
 * the prototype's figures in tests/data/cqt/cases.json. */
#include "golden.h"

#include <math.h>
#include <string.h>

enum { MARKS = 4 };
static const int marks[MARKS] = {0, 1, 4, 16};

static const double clean[NAMES][MARKS] = {
    {0.160868, 0.088542, 0.036686, 0.011452},
    {0.088335, 0.062693, 0.034433, 0.026181},
    {0.143799, 0.105206, 0.081365, 0.049604},
    {0.048549, 0.014832, 0.008475, 0.004373},
};
static const double noisy[NAMES][MARKS] = {
    {0.331743, 0.230819, 0.202873, 0.192655},
    {0.222511, 0.204041, 0.194249, 0.190852},
    {0.309415, 0.241546, 0.217857, 0.207310},
    {0.252087, 0.214067, 0.207090, 0.205215},
};

static double convergence(fixture *f, const float *magnitudes, size_t frames, size_t n,
                          const lts_phase_config *config)
{
    lts_error err;
    float *x = lts_alloc(n, sizeof *x), *found = lts_alloc(frames * f->bins, sizeof *found);
    assert_ok(
        lts_phase_recover(f->cqt, f->work, magnitudes, frames, NULL, config, x, n, NULL, &err));
    lts_cqt_magnitudes(f->cqt, f->work, x, n, found);
    double convergence = lts_spectral_convergence(found, magnitudes, frames, f->bins);
    lts_free(x);
    lts_free(found);
    return convergence;
}

/* M -> M exp(error * normal) */
static void disturb(float *magnitudes, size_t count, float error)
{
    float *noise = normal_noise(count, 3);
    for (size_t i = 0; i < count; i++)
        magnitudes[i] *= expf(error * noise[i]);
    lts_free(noise);
}

static void check(int name, const char *kind, float error, const double limits[MARKS], double slack)
{
    size_t n;
    lts_free(golden_sound(names[name], &n));
    fixture f = open_fixture(lts_cqt_defaults(), n);
    size_t frames = lts_cqt_frames(&f.config, n);
    float *magnitudes = golden_magnitudes(names[name], kind, frames);
    if (error > 0)
        disturb(magnitudes, frames * f.bins, error);
    for (int i = 0; i < MARKS; i++) {
        lts_phase_config config = lts_phase_defaults();
        config.iterations = marks[i];
        double found = convergence(&f, magnitudes, frames, n, &config);
        print_message("%s.%s, %g %% error, %d iterations: %.4f, %.3f of the prototype's\n",
                      names[name], kind, 100 * (double)error, marks[i], found, found / limits[i]);
        assert_true(found <= slack * limits[i]);
    }
    lts_free(magnitudes);
    close_fixture(&f);
}

static void true_magnitudes_converge_as_the_prototype(void **state)
{
    (void)state;
    for (int i = 0; i < NAMES; i++)
        check(i, "exact", 0, clean[i], 1.05);
}

static void magnitudes_with_errors_converge_as_the_prototype(void **state)
{
    (void)state;
    for (int i = 0; i < NAMES; i++)
        check(i, "exact", 0.2f, noisy[i], 1.1);
}

/* A small plan whose slices are small too, and magnitudes of a sound. */
typedef struct small {
    fixture f;
    size_t n, frames;
    float *magnitudes, *x;
} small;

static small open_small_as(lts_cqt_config config, size_t n)
{
    small s = {.f = open_fixture(config, 1), .n = n};
    s.frames = lts_cqt_frames(&s.f.config, n);
    s.magnitudes = lts_alloc(s.frames * s.f.bins, sizeof *s.magnitudes);
    s.x = lts_alloc(n, sizeof *s.x);
    for (size_t i = 0; i < n; i++) {
        double t = (double)i / 22050;
        s.x[i] = (float)(sin(2765 * t) + 0.3 * sin(2765 * 3.01 * t) * exp(-fmod(t, 0.7) * 5));
    }
    lts_cqt_magnitudes(s.f.cqt, s.f.work, s.x, n, s.magnitudes);
    return s;
}

static small open_small(size_t n)
{
    return open_small_as((lts_cqt_config){22050, 64, 12, 5, 65.4}, n);
}

static void close_small(small *s)
{
    lts_free(s->magnitudes);
    lts_free(s->x);
    close_fixture(&s->f);
}

static lts_status recover(small *s, const lts_phase_config *config, lts_error *err)
{
    return lts_phase_recover(s->f.cqt, s->f.work, s->magnitudes, s->frames, NULL, config, s->x,
                             s->n, NULL, err);
}

static void long_sounds_converge_across_slices(void **state)
{
    (void)state;
    lts_error err;
    small s = open_small(200017);
    lts_phase_config config = lts_phase_defaults();
    float *found = lts_alloc(s.frames * s.f.bins, sizeof *found);
    double last = 1;
    for (int i = 0; i < 3; i++) {
        config.iterations = 4 * i;
        assert_ok(recover(&s, &config, &err));
        lts_cqt_magnitudes(s.f.cqt, s.f.work, s.x, s.n, found);
        double error = lts_spectral_convergence(found, s.magnitudes, s.frames, s.f.bins);
        print_message("several slices, %d iterations: %.4f\n", config.iterations, error);
        assert_true(error < last);
        last = error;
    }
    assert_true(last < 0.05);
    lts_free(found);
    close_small(&s);
}

/* Where the hop is longer than the upper filters, iterations still bring the sound closer. */
static void sparse_frames_never_diverge(void **state)
{
    (void)state;
    lts_error err;
    small s = open_small_as((lts_cqt_config){22050, 512, 12, 7, 32.7}, 60000);
    float *found = lts_alloc(s.frames * s.f.bins, sizeof *found);
    double last = 1;
    for (int i = 0; i <= 32; i += 8) {
        lts_phase_config config = lts_phase_defaults();
        config.iterations = i;
        assert_ok(recover(&s, &config, &err));
        lts_cqt_magnitudes(s.f.cqt, s.f.work, s.x, s.n, found);
        double error = lts_spectral_convergence(found, s.magnitudes, s.frames, s.f.bins);
        print_message("sparse frames, %d iterations: %.4f\n", i, error);
        assert_true(error < last);
        last = error;
    }
    lts_free(found);
    close_small(&s);
}

static void random_and_zero_phases_start_further_away(void **state)
{
    (void)state;
    lts_error err;
    small s = open_small(30000);
    float *found = lts_alloc(s.frames * s.f.bins, sizeof *found);
    double error[3];
    const lts_phase_init inits[] = {LTS_PHASE_PGHI, LTS_PHASE_RANDOM, LTS_PHASE_ZERO};
    for (int i = 0; i < 3; i++) {
        lts_phase_config config = lts_phase_defaults();
        config.init = inits[i];
        config.iterations = 0;
        assert_ok(recover(&s, &config, &err));
        lts_cqt_magnitudes(s.f.cqt, s.f.work, s.x, s.n, found);
        error[i] = lts_spectral_convergence(found, s.magnitudes, s.frames, s.f.bins);
        print_message("start %d: %.3f\n", i, error[i]);
    }
    assert_true(error[0] < 0.5 * error[1] && error[0] < 0.5 * error[2]);
    lts_free(found);
    close_small(&s);
}

static void one_seed_gives_one_sound(void **state)
{
    (void)state;
    lts_error err;
    small s = open_small(30000);
    float *first = lts_alloc(s.n, sizeof *first);
    for (int init = LTS_PHASE_PGHI; init <= LTS_PHASE_RANDOM; init++) {
        lts_phase_config config = lts_phase_defaults();
        config.init = (lts_phase_init)init;
        config.iterations = 2;
        config.seed = 5;
        assert_ok(recover(&s, &config, &err));
        memcpy(first, s.x, s.n * sizeof *first);
        assert_ok(recover(&s, &config, &err));
        assert_memory_equal(first, s.x, s.n * sizeof *first);
        config.seed = 6;
        assert_ok(recover(&s, &config, &err));
        assert_memory_not_equal(first, s.x, s.n * sizeof *first);
    }
    lts_free(first);
    close_small(&s);
}

/* Loudness is a factor and nothing else, down to the smallest numbers and up to the largest. */
static void loudness_is_only_a_factor(void **state)
{
    (void)state;
    lts_error err;
    small s = open_small(9000);
    lts_phase_config config = lts_phase_defaults();
    config.iterations = 2;
    float *first = lts_alloc(s.n, sizeof *first);
    assert_ok(recover(&s, &config, &err));
    memcpy(first, s.x, s.n * sizeof *first);
    const int exponents[] = {-110, 110};
    for (int e = 0; e < 2; e++) {
        small other = open_small(9000);
        for (size_t i = 0; i < s.frames * s.f.bins; i++)
            other.magnitudes[i] = ldexpf(other.magnitudes[i], exponents[e]);
        assert_ok(recover(&other, &config, &err));
        for (size_t i = 0; i < s.n; i++)
            other.x[i] = ldexpf(other.x[i], -exponents[e]);
        assert_true(relative_error(other.x, first, s.n) < 1e-6);
        close_small(&other);
    }
    lts_free(first);
    close_small(&s);
}

static void silence_stays_silent(void **state)
{
    (void)state;
    lts_error err;
    small s = open_small(9000);
    memset(s.magnitudes, 0, s.frames * s.f.bins * sizeof *s.magnitudes);
    for (int init = LTS_PHASE_PGHI; init <= LTS_PHASE_ZERO; init++) {
        lts_phase_config config = lts_phase_defaults();
        config.init = (lts_phase_init)init;
        assert_ok(recover(&s, &config, &err));
        for (size_t i = 0; i < s.n; i++)
            assert_true(s.x[i] == 0);
        s.x[7] = 1;
    }
    close_small(&s);
}

/* Cells of exactly 0, as rectified outputs have them, and one lone cell that is not. */
static void zeros_between_magnitudes_are_legal(void **state)
{
    (void)state;
    lts_error err;
    small s = open_small(9000);
    lts_phase_config config = lts_phase_defaults();
    for (size_t i = 0; i < s.frames * s.f.bins; i++)
        s.magnitudes[i] = s.magnitudes[i] > 0.5f ? s.magnitudes[i] - 0.5f : -0.0f;
    assert_ok(recover(&s, &config, &err));
    for (size_t i = 0; i < s.n; i++)
        assert_true(isfinite(s.x[i]));
    memset(s.magnitudes, 0, s.frames * s.f.bins * sizeof *s.magnitudes);
    s.magnitudes[s.frames / 2 * s.f.bins + 30] = 1;
    assert_ok(recover(&s, &config, &err));
    double energy = 0;
    for (size_t i = 0; i < s.n; i++)
        energy += (double)s.x[i] * s.x[i];
    assert_true(isfinite(energy) && energy > 0);
    close_small(&s);
}

static void the_shortest_sounds_are_legal(void **state)
{
    (void)state;
    const size_t lengths[] = {0, 1, 63, 64, 150, 275, 325};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        lts_error err;
        small s = open_small(lengths[i]);
        for (size_t j = 0; j < s.frames * s.f.bins; j++)
            s.magnitudes[j] = 1 + (float)(j % 7);
        for (int init = LTS_PHASE_PGHI; init <= LTS_PHASE_ZERO; init++) {
            lts_phase_config config = lts_phase_defaults();
            config.init = (lts_phase_init)init;
            config.iterations = 5;
            assert_ok(recover(&s, &config, &err));
            for (size_t j = 0; j < s.n; j++)
                assert_true(isfinite(s.x[j]));
        }
        close_small(&s);
    }
}

static void what_is_no_magnitude_is_refused_with_its_place(void **state)
{
    (void)state;
    const float bad[] = {NAN, INFINITY, -INFINITY, -1e-30f};
    lts_error err;
    small s = open_small(9000);
    lts_phase_config config = lts_phase_defaults();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        float *cell = s.magnitudes + 11 * s.f.bins + 13, good = *cell;
        *cell = bad[i];
        assert_status(recover(&s, &config, &err), LTS_ERR_NONFINITE);
        assert_non_null(strstr(err.text, "frame 11, bin 13"));
        *cell = good;
    }
    assert_ok(recover(&s, &config, &err));
    close_small(&s);
}

static void every_wrong_setting_is_refused(void **state)
{
    (void)state;
    lts_error err;
    small s = open_small(9000);
    const struct {
        lts_phase_config config;
        const char *says;
    } cases[] = {
        {{LTS_PHASE_PGHI, -1, 0.95, 1.1, 0}, "iterations: -1"},
        {{LTS_PHASE_PGHI, 1001, 0.95, 1.1, 0}, "iterations: 1001"},
        {{LTS_PHASE_PGHI, 1, -0.1, 1.1, 0}, "momentum: -0.1"},
        {{LTS_PHASE_PGHI, 1, 1.01, 1.1, 0}, "momentum: 1.01"},
        {{LTS_PHASE_PGHI, 1, NAN, 1.1, 0}, "momentum: "},
        {{LTS_PHASE_PGHI, 1, 0.95, 0, 0}, "relaxation: 0"},
        {{LTS_PHASE_PGHI, 1, 0.95, 1.5, 0}, "relaxation: 1.5"},
        {{LTS_PHASE_PGHI, 1, 0.95, NAN, 0}, "relaxation: "},
        {{LTS_PHASE_PGHI, 1, 1, 1.34, 0}, "with a momentum of 1, below 1.333"},
        {{LTS_PHASE_PGHI, 1, 0, 2, 0}, "with a momentum of 0, below 2.000"},
        {{(lts_phase_init)7, 1, 0.95, 1.1, 0}, "init: 7"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_status(recover(&s, &cases[i].config, &err), LTS_ERR_ARGUMENT);
        assert_non_null(strstr(err.text, cases[i].says));
    }
    lts_phase_config config = lts_phase_defaults();
    s.n += 64;
    assert_status(recover(&s, &config, &err), LTS_ERR_SHAPE);
    close_small(&s);
}

static void names_of_starts_are_read(void **state)
{
    (void)state;
    lts_phase_init init;
    assert_true(lts_parse_phase_init("pghi", &init) && init == LTS_PHASE_PGHI);
    assert_true(lts_parse_phase_init("random", &init) && init == LTS_PHASE_RANDOM);
    assert_true(lts_parse_phase_init("zero", &init) && init == LTS_PHASE_ZERO);
    assert_false(lts_parse_phase_init("", &init));
    assert_false(lts_parse_phase_init("PGHI ", &init));
}

typedef struct watch {
    int asked, stop_at, reported;
} watch;

static bool stop(void *user)
{
    watch *w = user;
    return ++w->asked == w->stop_at;
}

static void count_progress(void *user, const char *what, double done, double total, double rate)
{
    watch *w = user;
    assert_string_equal(what, "iterations");
    assert_true(done == ++w->reported && total == 3 && rate > 0);
}

static void it_stops_when_asked_and_reports_otherwise(void **state)
{
    (void)state;
    small s = open_small(60000);
    lts_phase_config config = lts_phase_defaults();
    config.iterations = 3;
    lts_status status = LTS_ERR_CANCELLED;
    for (int i = 1; status != LTS_OK; i++) {
        lts_error err;
        watch w = {.stop_at = i};
        lts_reporter reporter = {.user = &w, .cancelled = stop, .progress = count_progress};
        status = lts_phase_recover(s.f.cqt, s.f.work, s.magnitudes, s.frames, NULL, &config, s.x,
                                   s.n, &reporter, &err);
        assert_true(status == LTS_OK || status == LTS_ERR_CANCELLED);
        assert_true(status == LTS_ERR_CANCELLED || (w.reported == 3 && i > 4));
    }
    close_small(&s);
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    lts_error err;
    small s = open_small(3000);
    lts_phase_config config = lts_phase_defaults();
    config.iterations = 1;
    lts_status status = LTS_ERR_MEMORY;
    for (size_t i = 1; status != LTS_OK; i++) {
        test_fail_allocation(i);
        status = recover(&s, &config, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || status == LTS_ERR_MEMORY);
        assert_true(i < 100);
    }
    close_small(&s);
}

static void convergence_is_a_relative_distance(void **state)
{
    (void)state;
    const float m[] = {3, 0, 0, 4}, a[] = {3, 0, 0, 4.5f}, zero[4] = {0};
    assert_true(fabs(lts_spectral_convergence(a, m, 2, 2) - 0.1) < 1e-12);
    assert_true(lts_spectral_convergence(m, m, 2, 2) == 0);
    assert_true(lts_spectral_convergence(zero, m, 1, 4) == 1);
    assert_true(lts_spectral_convergence(zero, zero, 1, 4) == 0);
    assert_true(isinf(lts_spectral_convergence(m, zero, 1, 4)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(true_magnitudes_converge_as_the_prototype),
        cmocka_unit_test(magnitudes_with_errors_converge_as_the_prototype),
        cmocka_unit_test(long_sounds_converge_across_slices),
        cmocka_unit_test(sparse_frames_never_diverge),
        cmocka_unit_test(random_and_zero_phases_start_further_away),
        cmocka_unit_test(one_seed_gives_one_sound),
        cmocka_unit_test(loudness_is_only_a_factor),
        cmocka_unit_test(silence_stays_silent),
        cmocka_unit_test(zeros_between_magnitudes_are_legal),
        cmocka_unit_test(the_shortest_sounds_are_legal),
        cmocka_unit_test(what_is_no_magnitude_is_refused_with_its_place),
        cmocka_unit_test(every_wrong_setting_is_refused),
        cmocka_unit_test(names_of_starts_are_read),
        cmocka_unit_test(it_stops_when_asked_and_reports_otherwise),
        cmocka_unit_test(every_failed_allocation_is_reported),
        cmocka_unit_test(convergence_is_a_relative_distance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
