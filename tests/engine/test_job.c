/* A render as it was asked for: its copy, its weights, its words. */
#include "testing.h"

#include "engine/jobs/job.h"
#include "engine/live/loop_ref.h"
#include "tiny_run.h"

#include "lts/audio.h"

#include <math.h>
#include <string.h>

enum { RATE = 44100, SAMPLES = RATE };

typedef struct fixture {
    char *folder, *sound[2];
    model_ref *model;
    lts_source source[2];
} fixture;

static lts_error err;

static int set_up(void **state)
{
    fixture *f = lts_alloc(1, sizeof *f);
    float *x = lts_alloc(SAMPLES, sizeof *x);
    const lts_audio_format format = {.sample_rate = RATE, .bits = LTS_AUDIO_16};
    f->folder = test_folder();
    lts_model_destroy(tiny_run(f->folder));
    for (int s = 0; s < 2; s++) {
        f->sound[s] = lts_path_join(f->folder, s ? "b.wav" : "a.wav");
        for (int i = 0; i < SAMPLES; i++)
            x[i] = 0.5f * sinf((float)i * (s ? 0.03f : 0.1f));
        assert_ok(lts_audio_save(f->sound[s], x, SAMPLES, &format, &err));
        f->source[s] = (lts_source){f->sound[s], 0.25 * s};
    }
    assert_ok(model_ref_open(&(path_rules){0}, f->folder, &f->model, &err));
    lts_free(x);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    model_ref_drop(f->model);
    test_folder_remove(f->folder);
    for (int s = 0; s < 2; s++)
        lts_free(f->sound[s]);
    lts_free(f);
    return 0;
}

static job asked_job(fixture *f)
{
    return (job){.model = f->model, .sources = f->source, .count = 2, .duration = 0.5};
}

static job *copy(const job *from)
{
    job *j;
    assert_ok(job_create(from, &j, &err));
    return j;
}

static void a_copy_outlives_what_it_was_made_of(void **state)
{
    fixture *f = *state;
    lts_curve curve;
    job asked = asked_job(f);
    assert_ok(lts_curve_constant(0.75, &curve, &err));
    asked.curve = curve;
    job *j = copy(&asked);
    lts_curve_free(&curve);
    assert_ptr_not_equal(j->sources[0].path, f->sound[0]);
    assert_string_equal(j->sources[1].path, f->sound[1]);
    assert_true(j->sources[1].offset == 0.25);
    assert_int_equal(j->curve.count, 1);
    assert_true(j->curve.value[0] == 0.75f);
    assert_int_equal(atomic_load(&f->model->holders), 2);
    job_free(j);
    assert_int_equal(atomic_load(&f->model->holders), 1);
}

static void the_same_sounds_are_told_from_others(void **state)
{
    fixture *f = *state;
    job asked = asked_job(f);
    job *j = copy(&asked);
    assert_true(job_same_sounds(j, &asked));
    asked.duration = 0.4;
    assert_false(job_same_sounds(j, &asked));
    asked = asked_job(f);
    asked.count = 1;
    assert_false(job_same_sounds(j, &asked));
    asked = asked_job(f);
    f->source[1].offset = 0.3;
    assert_false(job_same_sounds(j, &asked));
    f->source[1] = (lts_source){f->sound[0], 0.25};
    assert_false(job_same_sounds(j, &asked));
    f->source[1] = (lts_source){f->sound[1], 0.25};
    job_free(j);
}

static void weights_are_those_of_the_tool(void **state)
{
    fixture *f = *state;
    enum { FRAMES = 173 };
    static const char text[] = "0 1\n0.125 0.25\n0.3 -0.5\n0.5 1.5\n";
    const double length = 0.5;
    char *path = lts_path_join(f->folder, "curve.txt");
    lts_curve there, here;
    float expected[FRAMES], weight[2 * FRAMES];
    test_write(path, text, sizeof text - 1);
    assert_ok(lts_curve_load(path, length, &there, &err));
    lts_curve_resample(&there, FRAMES, expected);
    /* As the engine keeps it: in seconds, read for a length that is a power of two. */
    assert_ok(lts_curve_load(path, 131072, &here, &err));
    for (size_t i = 0; i < here.count; i++)
        here.time[i] *= 131072;
    job asked = asked_job(f);
    asked.curve = here;
    asked.curve_seconds = true;
    assert_ok(job_weights(&asked, FRAMES, length, weight, &err));
    assert_memory_equal(weight, expected, sizeof expected);
    for (size_t t = 0; t < FRAMES; t++)
        assert_true(weight[FRAMES + t] == 1 - weight[t]);
    lts_curve_free(&there);
    lts_curve_free(&here);
    lts_free(path);
}

static void a_longer_curve_is_cut_where_the_sound_ends(void **state)
{
    fixture *f = *state;
    double time[] = {0, 2};
    float value[] = {0, 1}, weight[2 * 11];
    job asked = asked_job(f);
    asked.curve = (lts_curve){time, value, 2};
    asked.curve_seconds = true;
    assert_ok(job_weights(&asked, 11, 0.5, weight, &err));
    assert_float_equal(weight[10], 0.25, 1e-6);
    assert_float_equal(weight[5], 0.125, 1e-6);
}

static void constant_weights_hold_throughout(void **state)
{
    fixture *f = *state;
    float weight[2] = {0.25f, 0.5f}, weights[2 * 3];
    const float expected[] = {0.25f, 0.25f, 0.25f, 0.5f, 0.5f, 0.5f};
    job asked = asked_job(f);
    asked.weight = weight;
    assert_ok(job_weights(&asked, 3, 0.5, weights, &err));
    assert_memory_equal(weights, expected, sizeof expected);
}

static void a_curve_goes_between_two_sounds(void **state)
{
    fixture *f = *state;
    double time = 0;
    float value = 1, weight[8];
    job asked = asked_job(f);
    asked.count = 1;
    asked.curve = (lts_curve){&time, &value, 1};
    assert_status(job_weights(&asked, 4, 0.5, weight, &err), LTS_ERR_SHAPE);
}

static void words_name_every_value(void **state)
{
    fixture *f = *state;
    double time[] = {0, 0.5, 1};
    float value[] = {0, 0.5f, 1.25f}, weight[] = {0.1f, 0.9f};
    job asked = asked_job(f);
    asked.curve = (lts_curve){time, value, 3};
    char *words = job_describe(&asked, false);
    assert_string_equal(words, "alpha 0 0.5 1.25");
    lts_free(words);
    asked.curve_seconds = true;
    words = job_describe(&asked, false);
    assert_string_equal(words, "alpha 0@0s 0.5@0.5s 1.25@1s");
    lts_free(words);
    asked.curve = (lts_curve){0};
    asked.weight = weight;
    words = job_describe(&asked, false);
    assert_string_equal(words, "weights 0.1 0.9");
    lts_free(words);
}

static void a_loop_holds_its_model_until_it_goes(void **state)
{
    fixture *f = *state;
    loop_ref *l;
    job asked = asked_job(f);
    assert_ok(loop_ref_open(&asked, 1, &l, NULL, &err));
    assert_int_equal(l->loop.sounds, 2);
    assert_int_equal(l->loop.latent, TINY_LATENT);
    assert_int_equal(l->loop.frames, 1 + RATE / 2 / 128);
    assert_ptr_equal(l->loop.mean[1], lts_interp_mean(l->interp, 1));
    loop_ref_drop(loop_ref_hold(l));
    assert_int_equal(atomic_load(&f->model->holders), 2);
    loop_ref_drop(l);
    assert_int_equal(atomic_load(&f->model->holders), 1);
    asked.duration = 5;
    assert_status(loop_ref_open(&asked, 1, &l, NULL, &err), LTS_ERR_ARGUMENT);
    assert_null(l);
}

static void short_memory_leaves_nothing_behind(void **state)
{
    fixture *f = *state;
    lts_curve curve;
    float weight[2] = {1, 0};
    assert_ok(lts_curve_constant(0.5, &curve, &err));
    job asked = asked_job(f);
    asked.curve = curve;
    asked.weight = weight;
    job *j = NULL;
    size_t failed = 0;
    for (size_t n = 1; !j; n++, failed++) {
        test_fail_allocation(n);
        lts_status status = job_create(&asked, &j, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_ERR_MEMORY || (status == LTS_OK && j));
        assert_int_equal(atomic_load(&f->model->holders), status == LTS_OK ? 2 : 1);
    }
    assert_true(failed >= 6);
    job_free(j);
    lts_curve_free(&curve);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_copy_outlives_what_it_was_made_of),
        TEST(the_same_sounds_are_told_from_others),
        TEST(weights_are_those_of_the_tool),
        TEST(a_longer_curve_is_cut_where_the_sound_ends),
        TEST(constant_weights_hold_throughout),
        TEST(a_curve_goes_between_two_sounds),
        TEST(words_name_every_value),
        TEST(a_loop_holds_its_model_until_it_goes),
        TEST(short_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
