/* The parts of a training that need no training: schedule, watch, history, state, run folder. */
#include "testing.h"

#include "pipeline/train/run/run_folder.h"
#include "pipeline/train/train_job.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void the_schedule_falls_in_stairs_of_steps(void **state)
{
    (void)state;
    /* tf.keras ExponentialDecay(1e-6 * 100, decay_steps=1600, decay_rate=0.96, staircase=True) */
    assert_int_equal(train_decay_steps(2000), 1600);
    assert_true(fabs(train_scheduled_rate(1e-6, 1600, 0) - 1e-4) < 1e-12);
    assert_true(fabs(train_scheduled_rate(1e-6, 1600, 1599) - 1e-4) < 1e-12);
    assert_true(fabs(train_scheduled_rate(1e-6, 1600, 1600) - 9.6e-5) < 1e-12);
    assert_true(fabs(train_scheduled_rate(1e-6, 1600, 16000) - 1e-4 * pow(0.96, 10)) < 1e-12);
    /* Never so high that the outputs die, and the same stairs afterwards. */
    assert_true(train_scheduled_rate(1e-4, 1600, 0) == 3e-4);
    assert_true(train_scheduled_rate(1e-4, 1600, 85 * 1600) == 3e-4);
    assert_true(fabs(train_scheduled_rate(1e-4, 1600, 86 * 1600) - 0.01 * pow(0.96, 86)) < 1e-12);
    assert_true(train_scheduled_rate(5e-3, 1600, 0) == 5e-3);
    const uint64_t end = train_scheduled_end(1600);
    assert_true(train_scheduled_rate(1e-4, 1600, end) < 1e-7);
    assert_true(train_scheduled_rate(1e-4, 1600, end - 1) >= 1e-7);
    assert_int_equal(train_decay_steps(1), 1);
    assert_int_equal(train_decay_steps(9), 7);
}

static void the_budget_ends_by_epochs_or_by_minutes(void **state)
{
    (void)state;
    char text[TRAIN_BUDGET_TEXT];
    lts_config config = {0};
    train_job job = {.config = &config};
    job.state.frames = 1000;
    config.training.epochs = 4;
    assert_true(train_progress(&job) == 0 && !train_is_over(&job));
    train_budget_text(&job, text);
    assert_string_equal(text, "4 epochs");
    job.state.epoch = 1;
    job.state.position = 500;
    assert_true(fabs(train_progress(&job) - 0.375) < 1e-12);
    job.state.epoch = 3;
    job.state.position = 1000;
    assert_true(train_progress(&job) == 1 && !train_is_over(&job)); /* its end is to come */
    job.state.epoch = 4;
    job.state.position = 0;
    assert_true(train_is_over(&job));
    config.training.epochs = 0;
    config.training.minutes = 2;
    job.state.seconds = 30;
    assert_true(fabs(train_progress(&job) - 0.25) < 1e-12);
    train_budget_text(&job, text);
    assert_string_equal(text, "2 min");
    job.state.seconds = 500;
    assert_true(train_progress(&job) == 1 && train_is_over(&job));
    config.training.epochs = 40; /* whichever ends first */
    job.state.seconds = 30;
    assert_true(fabs(train_progress(&job) - 0.25) < 1e-12);
    job.state.epoch = 20;
    assert_true(fabs(train_progress(&job) - 0.5) < 1e-12);
    train_budget_text(&job, text);
    assert_string_equal(text, "40 epochs, at most 2 min");
}

static void the_cosine_rises_for_a_while_and_falls_to_nothing(void **state)
{
    (void)state;
    lts_config config = {0};
    train_job job = {.config = &config};
    job.state.frames = 1000;
    config.training.epochs = 10;
    config.training.learning_rate = 0.002;
    assert_true(train_rate(&job, 0) == 0.002); /* constant */
    config.training.schedule = 1;
    assert_true(fabs(train_rate(&job, 0) - 0.00002) < 1e-9);
    double largest = 0, last = 1;
    for (uint64_t p = 0; p < 10000; p += 10) {
        job.state.epoch = p / 1000;
        job.state.position = p % 1000;
        const double rate = train_rate(&job, p / 10), done = (double)p / 10000;
        const double expected = 0.002 * fmin(1, done / 0.03 + 0.01) * 0.5 * (1 + cos(M_PI * done));
        assert_true(fabs(rate - expected) < 1e-12);
        assert_true(done < 0.031 || rate <= last);
        largest = fmax(largest, rate);
        last = rate;
    }
    assert_true(largest > 0.0019 && last < 1e-8);
    config.training.warmup_steps = 4;
    job.state.epoch = job.state.position = 0;
    for (uint64_t s = 0; s < 6; s++)
        assert_true(fabs(train_rate(&job, s) - 0.0005 * fmin((double)s + 1, 4)) < 1e-12);
}

static void the_watch_keeps_the_best_and_gives_up(void **state)
{
    (void)state;
    const train_watch_rule rule = {.best_after = 1, .patience = 3, .delta = 0.1};
    const double loss[] = {5, 4, 3.95, 4.5, 3.92, 1};
    const bool best[] = {false, true, true, false, true, true};
    const uint64_t waited[] = {0, 0, 1, 2, 3, 0};
    train_state s;
    train_state_start(&s);
    for (size_t e = 0; e < 6; e++) {
        assert_int_equal(train_watch(&s, loss[e], e + 1, &rule), best[e]);
        assert_int_equal(s.waited, waited[e]);
        assert_int_equal(train_gave_up(&s, &rule), waited[e] == 3);
    }
    assert_int_equal(s.best_epoch, 6);
    assert_true(s.best_loss == 1);
    const train_watch_rule patient = {.patience = 0};
    s.waited = 1000;
    assert_false(train_gave_up(&s, &patient));
}

static train_epoch some_epoch(uint64_t epoch, bool validated)
{
    double x = (double)epoch / 7;
    train_epoch row = {.epoch = epoch,
                       .train = {x, 2 * x, 3e-9 * x},
                       .validated = validated,
                       .learning_rate = 1e-4,
                       .frames_per_second = 7860.123456,
                       .seconds = 14.25};
    if (validated)
        row.validation = (lts_losses){4 * x, 5 * x, 1e20 * x};
    return row;
}

static void a_history_reads_back_as_it_was_written(void **state)
{
    (void)state;
    lts_error err;
    train_history history = {0}, again = {0};
    char *folder = test_folder();
    test_comma_locale(folder); /* which must not show */
    for (uint64_t e = 1; e <= 150; e++) {
        train_epoch row = some_epoch(e, e % 2);
        assert_ok(train_history_add(&history, &row, &err));
    }
    char *text = train_history_text(&history);
    assert_non_null(text);
    assert_non_null(strstr(text, "epoch,loss,reconstruction,kl,validation_loss,"
                                 "validation_reconstruction,validation_kl,learning_rate,"
                                 "frames_per_second,seconds\n1,0.142857142857"));
    assert_non_null(strstr(text, ",,,,0.0001,7860.123456,14.25\n3,0.428571428571"));
    assert_ok(train_history_parse(text, &again, &err));
    test_plain_locale();
    test_folder_remove(folder);
    assert_int_equal(again.count, 150);
    char *same = train_history_text(&again);
    assert_string_equal(same, text);
    lts_free(same);
    lts_free(text);
    train_history_free(&history);
    train_history_free(&again);
}

static void a_damaged_history_is_refused(void **state)
{
    (void)state;
    lts_error err;
    train_history history = {0};
    train_epoch row = some_epoch(1, false);
    assert_ok(train_history_add(&history, &row, &err));
    char *good = train_history_text(&history);
    train_history_free(&history);
    size_t length = strlen(good), body = strcspn(good, "\n") + 1;
    for (size_t cut = 0; cut < length; cut++) {
        char *bad = lts_strdup(good);
        bad[cut] = '\0';
        if (cut != body)
            assert_status(train_history_parse(bad, &history, &err), LTS_ERR_FORMAT);
        train_history_free(&history);
        lts_free(bad);
    }
    const char *const rows[] = {"-1,1,1,1,,,,1,1,1\n",    "1,,1,1,,,,1,1,1\n",
                                "1,1,1,1,,,,1,1,x\n",     "1,1,1,1,,,,1,1,1,1\n",
                                "1e300,1,1,1,,,,1,1,1\n", "\n"};
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        char *bad = lts_format("%.*s%s", (int)body, good, rows[r]);
        assert_status(train_history_parse(bad, &history, &err), LTS_ERR_FORMAT);
        train_history_free(&history);
        lts_free(bad);
    }
    lts_free(good);
}

static lts_model *tiny_model(void)
{
    lts_error err;
    lts_model *model;
    lts_model_config config = original_model();
    config.bins = 3;
    config.latent = 2;
    config.units = 4;
    assert_ok(lts_model_create(&config, 1, &model, &err));
    return model;
}

static void a_state_survives_a_checkpoint_bit_for_bit(void **state)
{
    (void)state;
    lts_error err;
    char *folder = test_folder(), *path = lts_path_join(folder, "checkpoint.safetensors");
    train_state s, again;
    train_state_start(&s);
    s.seed = UINT64_MAX;
    s.frames = 111640;
    s.threads = 2;
    s.decay_steps = 8;
    s.epoch = 3;
    s.position = 64;
    s.steps = 5235;
    s.sum = (lts_losses){1.0 / 3, 2.0 / 3, 0x1p-1074};
    s.step_seconds = 0.1;
    s.epoch_seconds = 0.2;
    s.seconds = 1e9 / 7;
    s.watched_loss = -0.0;
    s.waited = 4;
    for (uint64_t e = 1; e <= 3; e++) {
        train_epoch row = some_epoch(e, true);
        assert_ok(train_history_add(&s.history, &row, &err));
    }
    lts_model *model = tiny_model(), *loaded;
    lts_model_note notes[TRAIN_STATE_NOTES];
    train_state_text text;
    assert_ok(train_state_notes(&s, &text, notes, &err));
    assert_ok(lts_model_save(model, path, notes, TRAIN_STATE_NOTES, &err));
    assert_ok(lts_model_load(path, &loaded, &err));
    assert_ok(train_state_read(loaded, path, &again, &err));
    assert_memory_equal(&s, &again, offsetof(train_state, history));
    assert_true(isinf(again.best_loss) && again.best_epoch == 0);
    assert_int_equal(again.history.count, 3);
    char *was = text.history, *is = train_history_text(&again.history);
    assert_string_equal(is, was);
    lts_free(is);
    train_state_free(&again);
    lts_model_destroy(loaded);

    /* Any note missing or damaged is told. */
    for (size_t missing = 0; missing < TRAIN_STATE_NOTES; missing++)
        for (int damaged = 0; damaged < 2; damaged++) {
            lts_model_note bad[TRAIN_STATE_NOTES];
            memcpy(bad, notes, sizeof bad);
            bad[missing] = damaged ? (lts_model_note){notes[missing].key, "xyz"}
                                   : (lts_model_note){"other", "0"};
            assert_ok(lts_model_save(model, path, bad, TRAIN_STATE_NOTES, &err));
            assert_ok(lts_model_load(path, &loaded, &err));
            assert_status(train_state_read(loaded, path, &again, &err), LTS_ERR_FORMAT);
            assert_non_null(strstr(err.text, "checkpoint.safetensors"));
            train_state_free(&again);
            lts_model_destroy(loaded);
        }
    lts_free(was);
    lts_model_destroy(model);
    train_state_free(&s);
    lts_free(path);
    test_folder_remove(folder);
}

static void runs_are_numbered_from_the_first_free(void **state)
{
    (void)state;
    lts_error err;
    char *folder = test_folder(), *parent = lts_path_join(folder, "deep/my runs \xc3\xa9");
    const char *const name[] = {"/run-007", "/run-008", "/run-010"};
    char *run;
    for (size_t i = 0; i < 3; i++) {
        assert_ok(run_folder_create(parent, i < 2 ? 7 : 10, &run, &err));
        assert_true(lts_is_folder(run) && run[0] == '/');
        assert_string_equal(run + strlen(run) - 8, name[i]);
        lts_free(run);
    }
    assert_ok(run_folder_create(parent, 7, &run, &err));
    assert_string_equal(run + strlen(run) - 8, "/run-009");
    lts_free(run);
    assert_ok(run_folder_create(parent, 12345, &run, &err));
    assert_string_equal(run + strlen(run) - 10, "/run-12345");
    lts_free(run);
    lts_free(parent);
    test_folder_remove(folder);
}

enum { CALLERS = 40 };
typedef struct race {
    const char *parent;
    char *run[CALLERS];
} race;

static void create_one(void *context, size_t item, unsigned worker)
{
    race *r = context;
    (void)worker;
    run_folder_create(r->parent, 0, &r->run[item], NULL);
}

static void no_two_callers_get_the_same_run(void **state)
{
    (void)state;
    char *folder = test_folder();
    race r = {.parent = folder};
    lts_parallel_for(CALLERS, 4, create_one, &r);
    for (size_t a = 0; a < CALLERS; a++) {
        assert_non_null(r.run[a]);
        for (size_t b = 0; b < a; b++)
            assert_string_not_equal(r.run[a], r.run[b]);
    }
    assert_int_equal(test_folder_count(folder), CALLERS);
    for (size_t a = 0; a < CALLERS; a++)
        lts_free(r.run[a]);
    test_folder_remove(folder);
}

static void a_run_is_locked_and_swept(void **state)
{
    (void)state;
    lts_error err;
    int first, second;
    char *folder = test_folder(), *run, *found;
    assert_status(run_folder_find(folder, &found, &err), LTS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "no run there"));
    assert_ok(run_folder_create(folder, 0, &run, &err));
    char *config = lts_path_join(run, "config.ini"), *model = lts_path_join(run, "model");
    char *half = lts_path_join(model, "last.safetensors.tmp-12-34");
    char *whole = lts_path_join(model, "last.safetensors");
    test_write(config, "", 0);
    assert_ok(lts_make_folder(model, &err));
    test_write(half, "x", 1);
    test_write(whole, "x", 1);
    assert_ok(run_folder_find(run, &found, &err));
    assert_string_equal(found, run);
    lts_free(found);

    assert_ok(run_folder_lock(run, &first, &err));
    assert_status(run_folder_lock(run, &second, &err), LTS_ERR_EXISTS);
    assert_int_equal(second, -1);
    run_folder_unlock(second);
    run_folder_unlock(first);
    assert_ok(run_folder_lock(run, &first, &err));
    run_folder_unlock(first);

    run_folder_sweep(run);
    assert_false(lts_is_file(half));
    assert_true(lts_is_file(whole) && lts_is_file(config));
    lts_free(whole);
    lts_free(half);
    lts_free(model);
    lts_free(config);
    lts_free(run);
    test_folder_remove(folder);
}

static void a_run_that_cannot_be_made_is_told(void **state)
{
    (void)state;
    lts_error err;
    char *folder = test_folder(), *file = lts_path_join(folder, "file"), *run;
    test_write(file, "x", 1);
    assert_status(run_folder_create(file, 0, &run, &err), LTS_ERR_IO);
    assert_null(run);
    if (geteuid() != 0) { /* root may write anywhere */
        chmod(folder, 0500);
        assert_status(run_folder_create(folder, 0, &run, &err), LTS_ERR_IO);
        chmod(folder, 0700);
    }
    lts_free(file);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_schedule_falls_in_stairs_of_steps),
        cmocka_unit_test(the_budget_ends_by_epochs_or_by_minutes),
        cmocka_unit_test(the_cosine_rises_for_a_while_and_falls_to_nothing),
        cmocka_unit_test(the_watch_keeps_the_best_and_gives_up),
        cmocka_unit_test(a_history_reads_back_as_it_was_written),
        cmocka_unit_test(a_damaged_history_is_refused),
        cmocka_unit_test(a_state_survives_a_checkpoint_bit_for_bit),
        cmocka_unit_test(runs_are_numbered_from_the_first_free),
        cmocka_unit_test(no_two_callers_get_the_same_run),
        cmocka_unit_test(a_run_is_locked_and_swept),
        cmocka_unit_test(a_run_that_cannot_be_made_is_told),
    };
    return cmocka_run_group_tests_name("train_state", tests, NULL, NULL);
}
