/* Revision: a sound of which some frames have new magnitudes. */
#include "golden.h"

#include <math.h>
#include <string.h>

enum { HOP = 64 };

/* Two sounds of one length and their magnitudes; `mixed` are those of the second from frame `from`
 * to `to`, and of the first elsewhere. */
typedef struct pair {
    fixture f;
    size_t n, frames, from, to;
    float *x[2], *magnitudes[2], *mixed, *before, *result;
} pair;

static const lts_cqt_config small_config = {22050, HOP, 12, 5, 65.4};

static float *floats(size_t count)
{
    float *x = lts_alloc(count, sizeof *x);
    assert_non_null(x);
    return x;
}

static pair open_pair_as(lts_cqt_config config, size_t samples, size_t n, size_t from, size_t to)
{
    pair p = {.f = open_fixture(config, samples), .n = n, .from = from, .to = to};
    p.frames = lts_cqt_frames(&config, n);
    size_t cells = p.frames * p.f.bins;
    for (int s = 0; s < 2; s++) {
        p.x[s] = floats(n);
        p.magnitudes[s] = floats(cells);
        double w = s == 0 ? 2765 : 1960;
        for (size_t i = 0; i < n; i++) {
            double t = (double)i / config.sample_rate;
            p.x[s][i] =
                (float)(0.4 * sin(w * t) + 0.2 * sin(w * 3.01 * t) * exp(-fmod(t, 0.7) * 5) +
                        0.1 * sin(w * 0.4 * t + 3 * sin(5 * t)));
        }
        lts_cqt_magnitudes(p.f.cqt, p.f.work, p.x[s], n, p.magnitudes[s]);
    }
    p.mixed = floats(cells);
    p.before = floats(n);
    p.result = floats(n);
    for (size_t i = 0; i < cells; i++) {
        size_t t = i / p.f.bins;
        p.mixed[i] = p.magnitudes[t >= from && t < to][i];
    }
    return p;
}

static pair open_pair(size_t n, size_t from, size_t to)
{
    return open_pair_as(small_config, n, n, from, to);
}

static void close_pair(pair *p)
{
    for (int s = 0; s < 2; s++) {
        lts_free(p->x[s]);
        lts_free(p->magnitudes[s]);
    }
    lts_free(p->mixed);
    lts_free(p->before);
    lts_free(p->result);
    close_fixture(&p->f);
}

/* Half the longest filter, frames. */
static size_t reach(const pair *p)
{
    const lts_cqt_config *config = &p->f.config;
    double ratio = pow(2, 2.0 / config->bins_per_octave);
    double longest = (ratio + 1) / (ratio - 1) * config->sample_rate / config->fmin;
    return (size_t)(longest / 2) / (size_t)config->hop + 2;
}

/* All frames but the changed ones known, and all samples kept that no changed frame hears. */
static lts_phase_known around(const pair *p)
{
    const size_t context = reach(p), hop = (size_t)p->f.config.hop;
    lts_phase_known known = {.frames_before = p->from, .frames_after = p->frames - p->to};
    if (p->from > context)
        known.samples_before = (p->from - context) * hop;
    if (p->to + context < p->frames)
        known.samples_after = p->n - (p->to + context) * hop;
    return known;
}

static lts_status revise(const pair *p, const lts_phase_known *known,
                         const lts_phase_config *config, float *x, lts_error *err)
{
    return lts_phase_recover(p->f.cqt, p->f.work, p->mixed, p->frames, known, config, x, p->n, NULL,
                             err);
}

/* before = the first sound, recovered; result = that, revised. */
static void recover_and_revise(pair *p, const lts_phase_known *known,
                               const lts_phase_config *config)
{
    lts_error err;
    assert_ok(lts_phase_recover(p->f.cqt, p->f.work, p->magnitudes[0], p->frames, NULL, config,
                                p->before, p->n, NULL, &err));
    memcpy(p->result, p->before, p->n * sizeof *p->before);
    assert_ok(revise(p, known, config, p->result, &err));
}

static double convergence(const pair *p, const float *x)
{
    float *found = floats(p->frames * p->f.bins);
    lts_cqt_magnitudes(p->f.cqt, p->f.work, x, p->n, found);
    double convergence = lts_spectral_convergence(found, p->mixed, p->frames, p->f.bins);
    lts_free(found);
    return convergence;
}

static void assert_kept(const pair *p, const lts_phase_known *known)
{
    const size_t after = p->n - known->samples_after;
    assert_memory_equal(p->result, p->before, known->samples_before * sizeof(float));
    assert_memory_equal(p->result + after, p->before + after, known->samples_after * sizeof(float));
}

/* The largest second difference of x in `count` samples from `at` on. */
static float jump(const float *x, size_t n, size_t at, size_t count)
{
    float most = 0;
    for (size_t i = at > 0 ? at : 1; i < at + count && i + 1 < n; i++)
        most = fmaxf(most, fabsf(x[i - 1] - 2 * x[i] + x[i + 1]));
    return most;
}

static void assert_no_click(const pair *p, size_t at)
{
    const float here = jump(p->result, p->n, at - 4, 8);
    const float near_by =
        fmaxf(jump(p->result, p->n, at - 1000, 990), jump(p->result, p->n, at + 1000, 990));
    if (here > near_by)
        fail_msg("at sample %zu: %g, near by %g", at, (double)here, (double)near_by);
}

static void with_nothing_known_it_is_recovery(void **state)
{
    (void)state;
    lts_error err;
    pair p = open_pair(20000, 0, 1000);
    lts_phase_config config = lts_phase_defaults();
    const lts_phase_known nothing = {0};
    for (config.iterations = 0; config.iterations < 3; config.iterations += 2) {
        assert_ok(lts_phase_recover(p.f.cqt, p.f.work, p.mixed, p.frames, NULL, &config, p.before,
                                    p.n, NULL, &err));
        for (size_t i = 0; i < p.n; i++)
            p.result[i] = NAN;
        assert_ok(revise(&p, &nothing, &config, p.result, &err));
        assert_memory_equal(p.before, p.result, p.n * sizeof *p.before);
    }
    close_pair(&p);
}

static void with_everything_kept_nothing_changes(void **state)
{
    (void)state;
    lts_error err;
    pair p = open_pair(20000, 100, 200);
    lts_phase_config config = lts_phase_defaults();
    memcpy(p.result, p.x[0], p.n * sizeof *p.result);
    const lts_phase_known all = {.samples_before = 15000, .samples_after = 5000};
    assert_ok(revise(&p, &all, &config, p.result, &err));
    assert_memory_equal(p.result, p.x[0], p.n * sizeof *p.result);
    close_pair(&p);
}

static void new_frames_converge_between_kept_samples(void **state)
{
    (void)state;
    static const int marks[] = {0, 1, 4, 16};
    pair p = open_pair(110250, 700, 1000);
    const lts_phase_known known = around(&p);
    assert_true(known.samples_before > 20000 && known.samples_after > 20000);
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        lts_error err;
        lts_phase_config config = lts_phase_defaults();
        config.iterations = marks[i];
        recover_and_revise(&p, &known, &config);
        assert_kept(&p, &known);
        assert_no_click(&p, known.samples_before);
        assert_no_click(&p, p.n - known.samples_after);
        double revised = convergence(&p, p.result);
        assert_ok(lts_phase_recover(p.f.cqt, p.f.work, p.mixed, p.frames, NULL, &config, p.before,
                                    p.n, NULL, &err));
        double recovered = convergence(&p, p.before);
        print_message("%d iterations: %.4f, all recovered %.4f\n", marks[i], revised, recovered);
        assert_true(revised < 1.1 * recovered);
    }
    close_pair(&p);
}

static void either_end_may_change(void **state)
{
    (void)state;
    lts_phase_config config = lts_phase_defaults();
    const size_t n = 66150, frames = n / HOP + 1;
    for (int end = 0; end < 2; end++) {
        pair p = open_pair(n, end ? frames - 200 : 0, end ? frames : 200);
        const lts_phase_known known = around(&p);
        recover_and_revise(&p, &known, &config);
        assert_kept(&p, &known);
        assert_no_click(&p, end ? known.samples_before : p.n - known.samples_after);
        assert_true(convergence(&p, p.result) < 0.12);
        close_pair(&p);
    }
}

/* The second half found from the first, as a block from the block before it. */
static void a_sound_is_continued(void **state)
{
    (void)state;
    lts_error err;
    pair p = open_pair(88200, 0, 0);
    lts_phase_config config = lts_phase_defaults();
    const size_t half = p.frames / 2, guess = half + 2 * reach(&p);
    const lts_phase_known first = {.more_after = true};
    const lts_phase_known second = {.frames_before = half, .samples_before = half * HOP};
    assert_ok(lts_phase_recover(p.f.cqt, p.f.work, p.mixed, p.frames, NULL, &config, p.before, p.n,
                                NULL, &err));
    double whole = convergence(&p, p.before);
    assert_ok(lts_phase_recover(p.f.cqt, p.f.work, p.mixed, guess, &first, &config, p.result,
                                (guess - 1) * HOP, NULL, &err));
    memcpy(p.before, p.result, p.n * sizeof *p.before);
    assert_ok(revise(&p, &second, &config, p.result, &err));
    assert_kept(&p, &second);
    assert_no_click(&p, half * HOP);
    print_message("continued: %.4f, recovered whole %.4f\n", convergence(&p, p.result), whole);
    assert_true(convergence(&p, p.result) < 1.1 * whole);
    close_pair(&p);
}

static void slices_and_rates_make_no_difference(void **state)
{
    (void)state;
    lts_phase_config config = lts_phase_defaults();
    config.iterations = 4;
    /* A plan of small slices, and one whose band needs the full rate. */
    pair p[] = {open_pair_as(small_config, 1, 110250, 700, 1000),
                open_pair_as((lts_cqt_config){22050, HOP, 12, 7, 65.4}, 0, 110250, 700, 1000)};
    for (int i = 0; i < 2; i++) {
        const lts_phase_known known = around(&p[i]);
        recover_and_revise(&p[i], &known, &config);
        assert_kept(&p[i], &known);
        assert_no_click(&p[i], known.samples_before);
        assert_no_click(&p[i], p[i].n - known.samples_after);
        assert_true(convergence(&p[i], p[i].result) < 0.1);
        close_pair(&p[i]);
    }
}

static void known_frames_keep_their_phases(void **state)
{
    (void)state;
    lts_error err;
    pair p = open_pair(66150, 0, 0);
    lts_phase_config config = lts_phase_defaults();
    const lts_phase_init starts[] = {LTS_PHASE_PGHI, LTS_PHASE_RANDOM, LTS_PHASE_ZERO};
    const lts_phase_known all = {.frames_before = p.frames};
    config.iterations = 0;
    for (int i = 0; i < 3; i++) {
        config.init = starts[i];
        memcpy(p.result, p.x[0], p.n * sizeof *p.result);
        assert_ok(revise(&p, &all, &config, p.result, &err));
        double kept = signal_to_noise(p.result + 8000, p.x[0] + 8000, p.n - 16000);
        print_message("start %d: %.1f dB\n", i, kept);
        assert_true(kept > 35);
    }
    close_pair(&p);
}

static void random_starts_join_as_well(void **state)
{
    (void)state;
    pair p = open_pair(110250, 700, 1000);
    lts_phase_config config = lts_phase_defaults();
    config.init = LTS_PHASE_RANDOM;
    const lts_phase_known known = around(&p);
    for (config.iterations = 0; config.iterations < 9; config.iterations += 8) {
        recover_and_revise(&p, &known, &config);
        assert_kept(&p, &known);
        assert_no_click(&p, known.samples_before);
        assert_no_click(&p, p.n - known.samples_after);
    }
    close_pair(&p);
}

static void silence_is_faded_into(void **state)
{
    (void)state;
    pair p = open_pair(66150, 300, 600);
    lts_phase_config config = lts_phase_defaults();
    const lts_phase_known known = {.samples_before = 20000, .samples_after = 20000};
    const size_t join = 9 * (size_t)p.f.config.hop;
    memset(p.mixed, 0, p.frames * p.f.bins * sizeof *p.mixed);
    recover_and_revise(&p, &known, &config);
    assert_kept(&p, &known);
    assert_no_click(&p, 20000);
    for (size_t i = 20000 + join; i < p.n - 20000 - join; i++)
        assert_true(p.result[i] == 0);
    close_pair(&p);
}

static void the_shortest_stretches_are_legal(void **state)
{
    (void)state;
    pair p = open_pair(20000, 100, 101);
    lts_phase_config config = lts_phase_defaults();
    config.iterations = 2;
    for (size_t free = 1; free < 70; free = free * 3 + 1) {
        const lts_phase_known known = {.frames_before = 100,
                                       .frames_after = p.frames - 101,
                                       .samples_before = 6400,
                                       .samples_after = p.n - 6400 - free};
        recover_and_revise(&p, &known, &config);
        assert_kept(&p, &known);
        for (size_t i = 0; i < p.n; i++)
            assert_true(isfinite(p.result[i]));
    }
    close_pair(&p);
}

static void more_than_there_is_cannot_be_known(void **state)
{
    (void)state;
    lts_error err;
    pair p = open_pair(6400, 10, 20);
    lts_phase_config config = lts_phase_defaults();
    const lts_phase_known wrong[] = {
        {.frames_before = 102},
        {.frames_before = 50, .frames_after = 52},
        {.frames_after = 102},
        {.samples_before = 6401},
        {.samples_after = 6401},
        {.samples_before = 6400, .samples_after = 1},
        {.samples_before = SIZE_MAX, .samples_after = 2},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_status(revise(&p, &wrong[i], &config, p.result, &err), LTS_ERR_ARGUMENT);
    const lts_phase_known known = {.samples_before = 10};
    config.iterations = -1;
    assert_status(revise(&p, &known, &config, p.result, &err), LTS_ERR_ARGUMENT);
    config.iterations = 1;
    p.mixed[7] = NAN;
    assert_status(revise(&p, &known, &config, p.result, &err), LTS_ERR_NONFINITE);
    p.mixed[7] = 0;
    p.n += HOP;
    assert_status(revise(&p, &known, &config, p.result, &err), LTS_ERR_SHAPE);
    close_pair(&p);
}

static bool stop(void *user)
{
    int *left = user;
    return --*left == 0;
}

static void it_stops_when_asked(void **state)
{
    (void)state;
    pair p = open_pair(30000, 100, 200);
    lts_phase_config config = lts_phase_defaults();
    const lts_phase_known known = around(&p);
    lts_status status = LTS_ERR_CANCELLED;
    config.iterations = 3;
    int asked = 1;
    for (; status != LTS_OK; asked++) {
        lts_error err;
        int left = asked;
        const lts_reporter reporter = {.user = &left, .cancelled = stop};
        status = lts_phase_recover(p.f.cqt, p.f.work, p.mixed, p.frames, &known, &config, p.result,
                                   p.n, &reporter, &err);
        assert_true(status == LTS_OK || status == LTS_ERR_CANCELLED);
    }
    assert_true(asked > 7);
    close_pair(&p);
}

static void every_failed_allocation_is_reported(void **state)
{
    (void)state;
    lts_error err;
    pair p = open_pair(30000, 100, 200);
    lts_phase_config config = lts_phase_defaults();
    const lts_phase_known known = around(&p);
    lts_status status = LTS_ERR_MEMORY;
    config.iterations = 1;
    for (size_t i = 1; status != LTS_OK; i++) {
        test_fail_allocation(i);
        status = revise(&p, &known, &config, p.result, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || status == LTS_ERR_MEMORY);
        assert_true(i < 100);
    }
    close_pair(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(with_nothing_known_it_is_recovery),
        cmocka_unit_test(with_everything_kept_nothing_changes),
        cmocka_unit_test(new_frames_converge_between_kept_samples),
        cmocka_unit_test(either_end_may_change),
        cmocka_unit_test(a_sound_is_continued),
        cmocka_unit_test(slices_and_rates_make_no_difference),
        cmocka_unit_test(known_frames_keep_their_phases),
        cmocka_unit_test(random_starts_join_as_well),
        cmocka_unit_test(silence_is_faded_into),
        cmocka_unit_test(the_shortest_stretches_are_legal),
        cmocka_unit_test(more_than_there_is_cannot_be_known),
        cmocka_unit_test(it_stops_when_asked),
        cmocka_unit_test(every_failed_allocation_is_reported),
    };
    return cmocka_run_group_tests_name("revise", tests, NULL, NULL);
}
