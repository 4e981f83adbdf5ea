/* The search for parameters off the grid: it finds those of a known sound, and never loses ground.
 */
#include "match/refine.h"
#include "testing.h"

#include <math.h>
#include <string.h>

static lts_error err;

/* One sine of three free parameters, an eighth of a second. */
static const char text[] = "[synth]\nduration = 0.125\ngate = 0.125\nwaves = sin\n"
                           "filter = no\ngater = no\n"
                           "[parameters]\nsin_f = semitones 440 13\nsin_v = 1\nsin_B = 0\n"
                           "sin_A = linear 0.1 1 4\nattack = 0\ndecay = linear 0.01 0.12 4\n"
                           "sustain = 0.2\nrelease = 0\n";

enum { P = 8, MOST = 4096 };

typedef struct fixture {
    lts_synth_space *space;
    lts_synth *synth;
    float *x;
    double wanted[P], values[P];
    spectral_target *target;
    refine_task task;
} fixture;

/* A target between the levels, and the patch that a search begins with. */
static void set_up(fixture *f)
{
    assert_ok(lts_synth_space_parse(text, sizeof text - 1, "a space", &f->space, &err));
    assert_int_equal(lts_synth_space_count(f->space), P);
    assert_ok(lts_synth_create(f->space, &f->synth, &err));
    f->x = lts_alloc(lts_synth_samples(f->synth), sizeof *f->x);
    assert_non_null(f->x);
    lts_synth_space_values(f->space, f->wanted);
    memcpy(f->values, f->wanted, sizeof f->values);
    f->wanted[lts_synth_space_find(f->space, "sin_f")] = 570.3;
    f->wanted[lts_synth_space_find(f->space, "sin_A")] = 0.62;
    f->wanted[lts_synth_space_find(f->space, "decay")] = 0.071;
    assert_ok(lts_synth_render(f->synth, f->wanted, f->x, &err));
    assert_ok(spectral_target_create(f->x, lts_synth_samples(f->synth), &f->target, &err));
    f->task = (refine_task){
        .space = f->space, .target = f->target, .seconds = 600, .evaluations = MOST, .threads = 1};
}

static void tear_down(fixture *f)
{
    spectral_target_destroy(f->target);
    lts_free(f->x);
    lts_synth_destroy(f->synth);
    lts_synth_space_destroy(f->space);
}

static void finds_a_known_sound(void **state)
{
    fixture f;
    refine_result result;
    (void)state;
    set_up(&f);
    assert_ok(refine(&f.task, f.values, &result, &err));
    assert_true(result.first > 0.5);
    assert_true(result.distance < 0.01);
    for (size_t p = 0; p < P; p++)
        assert_true(fabs(f.values[p] - f.wanted[p]) <= 0.02 * fabs(f.wanted[p]));
    tear_down(&f);
}

/* The limit holds to a generation; what it has found is told truly. */
static void ends_after_its_evaluations(void **state)
{
    fixture f;
    refine_result result;
    spectral_work *work;
    (void)state;
    set_up(&f);
    f.task.evaluations = 1000;
    assert_ok(refine(&f.task, f.values, &result, &err));
    assert_true(result.evaluations >= 1000 && result.evaluations < 1000 + 400);
    assert_ok(spectral_work_create(f.target, &work, &err));
    assert_ok(lts_synth_render(f.synth, f.values, f.x, &err));
    assert_true(spectral_distance(work, f.x) == result.distance);
    spectral_work_destroy(work);
    tear_down(&f);
}

static void equal_seeds_find_equal_values(void **state)
{
    (void)state;
    fixture f;
    refine_result first, second, other;
    double start[P], values[P];
    set_up(&f);
    f.task.evaluations = 600;
    f.task.seed = 7;
    memcpy(start, f.values, sizeof start);
    assert_ok(refine(&f.task, f.values, &first, &err));
    memcpy(values, start, sizeof values);
    f.task.threads = 3;
    assert_ok(refine(&f.task, values, &second, &err));
    assert_memory_equal(values, f.values, sizeof values);
    assert_true(first.distance == second.distance && first.evaluations == second.evaluations);
    memcpy(values, start, sizeof values);
    f.task.seed = 8;
    assert_ok(refine(&f.task, values, &other, &err));
    assert_memory_not_equal(values, f.values, sizeof values);
    tear_down(&f);
}

static bool always(void *user)
{
    (void)user;
    return true;
}

/* From the sound itself there is nowhere better to go, and no time only looks at the candidates. */
static void never_gets_worse(void **state)
{
    fixture f;
    refine_result result;
    double start[P];
    (void)state;
    set_up(&f);
    memcpy(start, f.values, sizeof start);
    memcpy(f.values, f.wanted, sizeof f.values);
    assert_ok(refine(&f.task, f.values, &result, &err));
    assert_true(result.first < 1e-9 && result.distance <= result.first);
    assert_memory_equal(f.values, f.wanted, sizeof f.values);
    const lts_reporter cancels = {.cancelled = always};
    for (int way = 0; way < 3; way++) {
        f.task.seconds = way == 0 ? 0 : 600;
        f.task.reporter = way == 1 ? &cancels : NULL;
        f.task.evaluations = way == 2 ? 1 : MOST;
        memcpy(f.values, start, sizeof start);
        assert_ok(refine(&f.task, f.values, &result, &err));
        assert_true(result.distance <= result.first);
        assert_true(result.evaluations < 300);
    }
    tear_down(&f);
}

/* What a classifier holds probable is looked at first: with certainty about the nearest levels the
 * candidates are those, and nothing else. */
static void begins_with_what_is_probable(void **state)
{
    fixture f;
    refine_result result;
    float probability[3 * 13] = {0};
    (void)state;
    set_up(&f);
    probability[5] = 1;          /* 587 Hz */
    probability[13 + 2] = 1;     /* 0.7 */
    probability[2 * 13 + 2] = 1; /* 0.083 s */
    f.task.probability = probability;
    f.task.classes = 13;
    f.task.seconds = 0;
    assert_ok(refine(&f.task, f.values, &result, &err));
    assert_true(result.distance < result.first);
    assert_true(fabs(f.values[lts_synth_space_find(f.space, "sin_f")] - 587.33) < 0.01);
    assert_true(fabs(f.values[lts_synth_space_find(f.space, "sin_A")] - 0.7) < 1e-9);
    tear_down(&f);
}

/* A carrier two octaves below the lowest level: found past the levels, and not within them. */
static void goes_past_the_levels(void **state)
{
    fixture f;
    refine_result within, wide;
    guess heard;
    double start[P];
    (void)state;
    set_up(&f);
    const size_t n = lts_synth_samples(f.synth), carrier = lts_synth_space_find(f.space, "sin_f");
    memcpy(start, f.values, sizeof start);
    f.wanted[carrier] = 107.4;
    assert_ok(lts_synth_render(f.synth, f.wanted, f.x, &err));
    spectral_target_destroy(f.target);
    assert_ok(spectral_target_create(f.x, n, &f.target, &err));
    assert_ok(guess_listen(f.x, n, lts_synth_space_settings(f.space), 107, &heard, &err));
    f.task.target = f.target;
    assert_ok(refine(&f.task, f.values, &within, &err));
    assert_true(f.values[carrier] >= 440);
    f.task.heard = &heard;
    memcpy(f.values, start, sizeof start);
    assert_ok(refine(&f.task, f.values, &wide, &err));
    assert_true(fabs(f.values[carrier] - 107.4) < 1);
    assert_true(wide.distance < 0.05 && wide.distance < within.distance / 4);
    tear_down(&f);
}

static void a_value_that_is_none_is_told(void **state)
{
    fixture f;
    refine_result result;
    (void)state;
    set_up(&f);
    f.values[lts_synth_space_find(f.space, "sin_f")] = -1;
    assert_status(refine(&f.task, f.values, &result, &err), LTS_ERR_ARGUMENT);
    tear_down(&f);
}

static void every_allocation_may_fail(void **state)
{
    fixture f;
    refine_result result;
    lts_status status = LTS_ERR_MEMORY;
    size_t i = 0;
    (void)state;
    set_up(&f);
    f.task.evaluations = 300;
    while (status == LTS_ERR_MEMORY && ++i < 1000) {
        test_fail_allocation(i);
        status = refine(&f.task, f.values, &result, &err);
    }
    test_fail_allocation(0);
    assert_ok(status);
    assert_true(i > 8);
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_a_known_sound),
        cmocka_unit_test(ends_after_its_evaluations),
        cmocka_unit_test(equal_seeds_find_equal_values),
        cmocka_unit_test(never_gets_worse),
        cmocka_unit_test(begins_with_what_is_probable),
        cmocka_unit_test(goes_past_the_levels),
        cmocka_unit_test(a_value_that_is_none_is_told),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
