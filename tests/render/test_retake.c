/* Retakes: rendering again only what a change of the weights reaches. */
#include "testing.h"

#include "lts/render.h"
#include "tiny_run.h"

#include <math.h>
#include <string.h>

enum { BINS = 384, HOP = 128, SECONDS = 8, N = SECONDS * 44100, FRAMES = N / HOP + 1 };

typedef struct fixture {
    char *folder;
    lts_model *model;
    lts_renderer *renderer;
    float *mean[2], *spread[2], *weight, *before;
    lts_mixture mixture;
    float *old, *x, *all; /* as it was, retaken, and rendered anew */
    size_t first, count;
} fixture;

static float *floats(size_t count)
{
    float *x = lts_alloc(count, sizeof *x);
    assert_non_null(x);
    return x;
}

/* Paths that change slowly, as sounds' do. */
static int set_up(void **state)
{
    lts_error err = {0};
    fixture *f = lts_alloc(1, sizeof *f);
    f->folder = test_folder();
    f->model = tiny_run(f->folder);
    assert_ok(lts_renderer_create(f->model, N, 1, &f->renderer, &err));
    for (int s = 0; s < 2; s++) {
        f->mean[s] = floats(FRAMES * TINY_LATENT);
        f->spread[s] = floats(FRAMES * TINY_LATENT);
        for (size_t i = 0; i < FRAMES * TINY_LATENT; i++)
            f->mean[s][i] =
                (float)(5 * sin(0.01 * (double)(i / TINY_LATENT) * (double)(i % TINY_LATENT + 1) +
                                (double)i + s));
    }
    f->weight = floats(2 * FRAMES);
    f->before = floats(2 * FRAMES);
    f->mixture = (lts_mixture){.sounds = 2,
                               .frames = FRAMES,
                               .mean = (const float *const *)f->mean,
                               .log_variance = (const float *const *)f->spread,
                               .weight = f->weight};
    f->old = floats(N);
    f->x = floats(N);
    f->all = floats(N);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    float *const arrays[] = {f->mean[0], f->mean[1], f->spread[0], f->spread[1], f->weight,
                             f->before,  f->old,     f->x,         f->all};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        lts_free(arrays[i]);
    lts_renderer_destroy(f->renderer);
    lts_model_destroy(f->model);
    test_folder_remove(f->folder);
    lts_free(f);
    return 0;
}

static void set_weights(fixture *f)
{
    for (size_t t = 0; t < 2 * FRAMES; t++)
        f->before[t] = f->weight[t] = 0.5f;
}

static void change(fixture *f, size_t from, size_t to)
{
    for (size_t t = from; t < to; t++) {
        f->weight[t] = 0.9f;
        f->weight[FRAMES + t] = 0.1f;
    }
}

/* old, of the weights before, and x, its retake. */
static void retake(fixture *f, const lts_render_config *config)
{
    lts_error err;
    f->mixture.weight = f->before;
    assert_ok(lts_render(f->renderer, &f->mixture, config, N, &(lts_render_output){.x = f->old},
                         NULL, &err));
    memcpy(f->x, f->old, N * sizeof *f->x);
    f->mixture.weight = f->weight;
    assert_ok(lts_render_retake(f->renderer, &f->mixture, f->before, config, f->x, N, &f->first,
                                &f->count, NULL, &err));
}

static void assert_kept(const fixture *f, size_t from, size_t to)
{
    assert_memory_equal(f->x + from, f->old + from, (to - from) * sizeof(float));
}

/* The largest second difference of x in `count` samples from `at` on. */
static float jump(const float *x, size_t at, size_t count)
{
    float most = 0;
    for (size_t i = at; i < at + count; i++)
        most = fmaxf(most, fabsf(x[i - 1] - 2 * x[i] + x[i + 1]));
    return most;
}

static void assert_no_click(const fixture *f, size_t at)
{
    const float here = jump(f->x, at - 4, 8);
    const float near_by = fmaxf(jump(f->x, at - 2000, 1990), jump(f->x, at + 10, 1990));
    if (here > near_by)
        fail_msg("at sample %zu: %g, near by %g", at, (double)here, (double)near_by);
}

/* Of the frames that `count` samples from `first` on touch. */
static double convergence(const fixture *f, const float *x, const float *magnitudes, size_t first,
                          size_t count)
{
    float *found = floats(FRAMES * BINS);
    const size_t from = first / HOP * BINS, frames = count / HOP;
    lts_renderer_analyse(f->renderer, x, N, found);
    double convergence = lts_spectral_convergence(found + from, magnitudes + from, frames, BINS);
    lts_free(found);
    return convergence;
}

static void equal_weights_change_nothing(void **state)
{
    fixture *f = *state;
    lts_render_config config = lts_render_defaults();
    config.phase.iterations = 0;
    set_weights(f);
    retake(f, &config);
    assert_int_equal(f->count, 0);
    assert_kept(f, 0, N);
}

/* Where it begins and how many frames it is long, and whether its samples reach the ends. */
static void a_change_reaches_its_windows_and_no_further(void **state)
{
    fixture *f = *state;
    static const struct {
        size_t from, to;
    } cases[] = {{1300, 1310}, {900, 1700}, {0, 5}, {FRAMES - 1, FRAMES}, {100, 101}, {2000, 2100}};
    const size_t context = lts_feature_context(lts_renderer_feature(f->renderer));
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        lts_render_config config = lts_render_defaults();
        config.phase.iterations = c == 0 ? 4 : 1;
        set_weights(f);
        change(f, cases[c].from, cases[c].to);
        retake(f, &config);
        const size_t begin = cases[c].from * HOP, end = cases[c].to * HOP;
        assert_int_equal(f->first, begin > context ? begin - context : 0);
        assert_int_equal(f->first + f->count, end + context < N ? end + context : N);
        assert_kept(f, 0, f->first);
        assert_kept(f, f->first + f->count, N);
        assert_memory_not_equal(f->x + begin, f->old + begin, (c == 3 ? 10 : 256) * sizeof(float));
        if (f->first > 0)
            assert_no_click(f, f->first);
        if (f->first + f->count < N)
            assert_no_click(f, f->first + f->count);
    }
}

static void a_retake_converges_as_a_rendering(void **state)
{
    fixture *f = *state;
    lts_error err;
    float *magnitudes = floats(FRAMES * BINS);
    for (int iterations = 0; iterations <= 4; iterations += 4) {
        lts_render_config config = lts_render_defaults();
        config.phase.iterations = iterations;
        set_weights(f);
        change(f, 1000, 1400);
        retake(f, &config);
        assert_ok(lts_renderer_magnitudes(f->renderer, &f->mixture, &config, magnitudes, &err));
        assert_ok(lts_render(f->renderer, &f->mixture, &config, N,
                             &(lts_render_output){.x = f->all}, NULL, &err));
        double anew = convergence(f, f->all, magnitudes, f->first, f->count);
        double retaken = convergence(f, f->x, magnitudes, f->first, f->count);
        double old = convergence(f, f->old, magnitudes, f->first, f->count);
        print_message("%d iterations: retaken %.4f, rendered %.4f, left as it was %.4f\n",
                      iterations, retaken, anew, old);
        assert_true(retaken < 1.05 * anew);
        assert_true(retaken < old);
    }
    lts_free(magnitudes);
}

static void a_retake_of_everything_is_a_rendering(void **state)
{
    fixture *f = *state;
    lts_error err;
    lts_render_config config = lts_render_defaults();
    config.phase.iterations = 1;
    set_weights(f);
    change(f, 0, FRAMES);
    retake(f, &config);
    assert_true(f->first == 0 && f->count == N);
    assert_ok(lts_render(f->renderer, &f->mixture, &config, N, &(lts_render_output){.x = f->all},
                         NULL, &err));
    assert_memory_equal(f->x, f->all, N * sizeof *f->x);
}

static void what_lies_between_far_changes_is_kept(void **state)
{
    fixture *f = *state;
    const size_t context = lts_feature_context(lts_renderer_feature(f->renderer));
    lts_render_config config = lts_render_defaults();
    config.phase.iterations = 1;
    set_weights(f);
    change(f, 30, 40);
    change(f, FRAMES - 50, FRAMES - 40);
    retake(f, &config);
    assert_true(f->first == 0 && f->count == N);
    assert_kept(f, 40 * HOP + context, (FRAMES - 50) * HOP - context);
    assert_no_click(f, 40 * HOP + context);
    assert_no_click(f, (FRAMES - 50) * HOP - context);
}

static void a_retake_repeats_and_undoes(void **state)
{
    fixture *f = *state;
    lts_error err;
    lts_render_config config = lts_render_defaults();
    config.phase.iterations = 1;
    config.sample = true;
    set_weights(f);
    change(f, 1300, 1350);
    retake(f, &config);
    memcpy(f->all, f->old, N * sizeof *f->all);
    assert_ok(lts_render_retake(f->renderer, &f->mixture, f->before, &config, f->all, N, &f->first,
                                &f->count, NULL, &err));
    assert_memory_equal(f->x, f->all, N * sizeof *f->x);
    /* Back again: the old weights, the kept samples as ever. */
    f->mixture.weight = f->before;
    assert_ok(lts_render_retake(f->renderer, &f->mixture, f->weight, &config, f->x, N, &f->first,
                                &f->count, NULL, &err));
    assert_kept(f, 0, f->first);
    assert_kept(f, f->first + f->count, N);
}

static bool stop(void *user)
{
    int *left = user;
    return --*left == 0;
}

static void it_stops_when_asked(void **state)
{
    fixture *f = *state;
    lts_render_config config = lts_render_defaults();
    lts_status status = LTS_ERR_CANCELLED;
    int asked = 1;
    config.phase.iterations = 2;
    set_weights(f);
    change(f, 1300, 1310);
    retake(f, &config);
    for (; status != LTS_OK; asked += 3) {
        lts_error err;
        int left = asked;
        const lts_reporter reporter = {.user = &left, .cancelled = stop};
        status = lts_render_retake(f->renderer, &f->mixture, f->before, &config, f->x, N, &f->first,
                                   &f->count, &reporter, &err);
        assert_true(status == LTS_OK || status == LTS_ERR_CANCELLED);
    }
    assert_true(asked > 10);
}

static void what_is_wrong_is_said(void **state)
{
    fixture *f = *state;
    lts_error err;
    lts_render_config config = lts_render_defaults();
    set_weights(f);
    change(f, 1300, 1310);
    assert_status(lts_render_retake(f->renderer, &f->mixture, f->before, &config, f->x, N + HOP,
                                    &f->first, &f->count, NULL, &err),
                  LTS_ERR_SHAPE);
    config.phase.iterations = 2000;
    assert_status(lts_render_retake(f->renderer, &f->mixture, f->before, &config, f->x, N,
                                    &f->first, &f->count, NULL, &err),
                  LTS_ERR_ARGUMENT);
    config = lts_render_defaults();
    config.sample = true;
    f->mixture.log_variance = NULL;
    assert_status(lts_render_retake(f->renderer, &f->mixture, f->before, &config, f->x, N,
                                    &f->first, &f->count, NULL, &err),
                  LTS_ERR_ARGUMENT);
    f->mixture.log_variance = (const float *const *)f->spread;
}

static void every_allocation_may_fail(void **state)
{
    fixture *f = *state;
    lts_error err;
    lts_status status = LTS_ERR_MEMORY;
    lts_render_config config = lts_render_defaults();
    config.phase.iterations = 0;
    config.sample = true;
    set_weights(f);
    change(f, 0, 10);
    for (size_t i = 1; status != LTS_OK; i++) {
        test_fail_allocation(i);
        status = lts_render_retake(f->renderer, &f->mixture, f->before, &config, f->x, N, &f->first,
                                   &f->count, NULL, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK || status == LTS_ERR_MEMORY);
        assert_true(i < 200);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_weights_change_nothing),
        cmocka_unit_test(a_change_reaches_its_windows_and_no_further),
        cmocka_unit_test(a_retake_converges_as_a_rendering),
        cmocka_unit_test(a_retake_of_everything_is_a_rendering),
        cmocka_unit_test(what_lies_between_far_changes_is_kept),
        cmocka_unit_test(a_retake_repeats_and_undoes),
        cmocka_unit_test(it_stops_when_asked),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("retake", tests, set_up, tear_down);
}
