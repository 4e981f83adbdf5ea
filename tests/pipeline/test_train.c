#include "testing.h"

#include "lts/audio.h"
#include "lts/frames.h"
#include "lts/render.h"
#include "lts/train.h"
#include "small_disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BINS = 12, FILES = 6, FRAMES = 40, MAX_SETS = 24 };

static const char *const tiny[] = {"audio.bins_per_octave=12",
                                   "audio.num_octaves=1",
                                   "audio.cqt_fmin=440",
                                   "VAE.latent_dim=3",
                                   "VAE.n_units=16",
                                   "training.batch_size=16",
                                   "training.epochs=3",
                                   "training.learning_rate=3e-3",
                                   "training.seed=5",
                                   "dataset.validation=0.2",
                                   "training.checkpoint_interval=1000"};
enum { TINY = sizeof tiny / sizeof *tiny };

/* Files of frames with a moving peak, so that there is something to learn. */
static void write_frames(const char *dataset, int file, size_t rows, float spoil)
{
    lts_error err;
    char *path = lts_format("%s/npy/sound %d.npy", dataset, file);
    float *x = lts_alloc(rows * BINS, sizeof *x);
    for (size_t t = 0; t < rows; t++)
        for (size_t k = 0; k < BINS; k++) {
            double d = (double)k - 6 - 5 * sin(0.1 * (double)t + file);
            x[t * BINS + k] = (float)exp(-d * d / 4);
        }
    if (rows > 30)
        x[30 * BINS + 2] += spoil;
    assert_ok(lts_npy_save(path, x, rows, BINS, &err));
    lts_free(x);
    lts_free(path);
}

static char *make_dataset(void)
{
    lts_error err;
    char *dataset = test_folder(), *npy = lts_path_join(dataset, "npy/.lts");
    assert_ok(lts_make_folder(npy, &err));
    for (int f = 0; f < FILES; f++)
        write_frames(dataset, f, FRAMES + (size_t)f, 0);
    lts_free(npy);
    return dataset;
}

/* What a training said, and how many questions until it is asked to stop. */
typedef struct witness {
    char text[1 << 14];
    size_t epochs, asked, stop_at;
    double first_loss, last_loss, relative_error, silent_bins, best_epoch;
} witness;

static void hear(void *user, lts_level level, const char *text)
{
    witness *w = user;
    size_t used = strlen(w->text);
    (void)level;
    snprintf(w->text + used, sizeof w->text - used, "%s\n", text);
}

static void note_record(void *user, const char *event, const lts_field *field, size_t count)
{
    witness *w = user;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(event, "epoch") == 0 && strcmp(field[i].name, "loss") == 0) {
            w->last_loss = field[i].number;
            if (w->epochs++ == 0)
                w->first_loss = field[i].number;
        }
        if (strcmp(event, "done") == 0 && strcmp(field[i].name, "relative_error") == 0)
            w->relative_error = field[i].number;
        if (strcmp(event, "done") == 0 && strcmp(field[i].name, "silent_bins") == 0)
            w->silent_bins = field[i].number;
        if (strcmp(event, "done") == 0 && strcmp(field[i].name, "best_epoch") == 0)
            w->best_epoch = field[i].number;
    }
}

static bool ask(void *user)
{
    witness *w = user;
    return ++w->asked == w->stop_at;
}

/* What the next resumptions go on from, as --from. */
static const char *train_from;
/* What all runs get as their number of threads. */
static unsigned train_threads = 1;

/* One call of the tool: `more` ends in NULL; resume is NULL or a run's folder. */
static lts_status train(const char *dataset, const char *resume, const char *const *more,
                        double checkpoint_seconds, witness *w, lts_error *err)
{
    const char *set[MAX_SETS];
    size_t count = 0;
    lts_config config = {0};
    char *run = NULL;
    lts_reporter reporter = {.user = w, .message = hear, .record = note_record, .cancelled = ask};
    for (; !resume && count < TINY; count++)
        set[count] = tiny[count];
    for (; more && *more; more++)
        set[count++] = *more;
    lts_train_options options = {.threads = train_threads,
                                 .checkpoint_seconds = checkpoint_seconds};
    const lts_reporter *listener = w ? &reporter : NULL;
    lts_status status = resume ? LTS_OK : lts_config_load(NULL, set, count, &config, listener, err);
    if (status == LTS_OK)
        status = lts_train_config(&config, resume, dataset, set, count, &run, listener, err);
    options.resume = run;
    options.from = train_from;
    if (status == LTS_OK)
        status = lts_train(&config, &options, listener, err);
    lts_config_free(&config);
    lts_free(run);
    return status;
}

static char *run_path(const char *dataset, int run, const char *name)
{
    return lts_format("%s/timbre/run-%03d%s%s", dataset, run, name[0] ? "/" : "", name);
}

static bool run_has(const char *dataset, int run, const char *name)
{
    char *path = run_path(dataset, run, name);
    bool there = lts_is_file(path);
    lts_free(path);
    return there;
}

static void assert_same_file(const char *dataset, int a, int b, const char *name)
{
    lts_error err;
    char *bytes[2];
    size_t size[2];
    const int run[2] = {a, b};
    for (int i = 0; i < 2; i++) {
        char *path = run_path(dataset, run[i], name);
        assert_ok(lts_read_file(path, 1 << 24, &bytes[i], &size[i], &err));
        lts_free(path);
    }
    if (size[0] != size[1] || memcmp(bytes[0], bytes[1], size[0]) != 0)
        fail_msg("%s of runs %d and %d differ", name, a, b);
    lts_free(bytes[0]);
    lts_free(bytes[1]);
}

static char *read_run(const char *dataset, int run, const char *name)
{
    lts_error err;
    char *bytes, *path = run_path(dataset, run, name);
    size_t size;
    assert_ok(lts_read_file(path, 1 << 24, &bytes, &size, &err));
    lts_free(path);
    return bytes;
}

static size_t lines_of(const char *dataset, int run, const char *name)
{
    char *text = read_run(dataset, run, name);
    size_t lines = 0;
    for (char *c = text; *c; c++)
        lines += *c == '\n';
    lts_free(text);
    return lines;
}

static void remove_from_run(const char *dataset, int run, const char *name)
{
    char *path = run_path(dataset, run, name);
    assert_int_equal(unlink(path), 0);
    lts_free(path);
}

static void a_training_leaves_a_whole_run(void **state)
{
    (void)state;
    lts_error err;
    static witness w;
    w = (witness){.stop_at = 0};
    char *dataset = make_dataset();
    const char *const more[] = {"training.epochs=30", "audio.hop_length=64", NULL};
    assert_ok(train(dataset, NULL, more, 60, &w, &err));
    assert_int_equal(w.epochs, 30);
    assert_true(w.last_loss < 0.5 * w.first_loss);
    assert_true(w.relative_error > 0 && w.relative_error < 0.9);
    assert_non_null(strstr(w.text, "(files: 5), held out "));

    const char *const expected[] = {"config.ini",
                                    "history.csv",
                                    "report.csv",
                                    "model/best.safetensors",
                                    "model/last.safetensors",
                                    "model/checkpoint.safetensors"};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        if (!run_has(dataset, 0, expected[i]))
            fail_msg("%s is not there", expected[i]);

    lts_model *model;
    const lts_feature *feature;
    char *path = run_path(dataset, 0, "model/best.safetensors");
    assert_ok(lts_model_load(path, &model, &err));
    assert_ok(lts_model_feature(model, &feature, &err));
    assert_int_equal(feature->cqt.hop, 64);
    assert_true(feature->cqt.fmin == 440 && feature->cqt.sample_rate == 44100);
    assert_int_equal(strlen(lts_model_note_get(model, "dataset.fingerprint")), 32);
    lts_model_destroy(model);
    lts_free(path);

    char *history = read_run(dataset, 0, "history.csv");
    size_t lines = 0;
    for (char *c = history; *c; c++)
        lines += *c == '\n';
    assert_int_equal(lines, 31);
    lts_free(history);
    char *report = read_run(dataset, 0, "report.csv");
    assert_int_equal(strncmp(report, "name,part,frames,relative_error\n\"sound 0\",", 42), 0);
    assert_non_null(strstr(report, ",validation,"));
    lts_free(report);

    lts_config config;
    path = run_path(dataset, 0, "config.ini");
    assert_ok(lts_config_load(path, NULL, 0, &config, NULL, &err));
    assert_string_equal(config.dataset.total_frames, "255");
    assert_string_equal(config.extra.total_epochs, "30");
    assert_int_equal(strlen(config.extra.start), 24);
    assert_int_equal(strlen(config.extra.end), 24);
    double elapsed;
    assert_true(lts_parse_double(config.extra.time_elapsed, &elapsed) && elapsed > 0);
    assert_int_equal(config.dataset.workspace[0], '/');
    lts_config_free(&config);
    lts_free(path);
    test_folder_remove(dataset);
}

/* sqrt( sum (y-x)^2 / sum x^2 ) of one file, as its definition says. */
static double plain_error(const lts_model *model, const char *npy)
{
    lts_error err;
    lts_model_work *work;
    float *x;
    size_t rows, bins;
    double difference = 0, signal = 0;
    assert_ok(lts_npy_load(npy, &x, &rows, &bins, &err));
    float *z = lts_alloc(rows * 3, sizeof *z), *y = lts_alloc(rows * bins, sizeof *y);
    assert_ok(lts_model_work_create(model, 1, &work, &err));
    lts_model_encode(model, work, x, rows, z, NULL);
    lts_model_decode(model, work, z, rows, y);
    for (size_t i = 0; i < rows * bins; i++) {
        difference += pow((double)y[i] - x[i], 2);
        signal += pow(x[i], 2);
    }
    lts_model_work_destroy(work);
    lts_free(y);
    lts_free(z);
    lts_free(x);
    return sqrt(difference / signal);
}

static void the_report_gives_every_files_error(void **state)
{
    (void)state;
    lts_error err;
    static witness w;
    w = (witness){.stop_at = 0};
    char *dataset = make_dataset();
    /* A step too far, after which the ReLU leaves bins silent. */
    const char *const more[] = {"model.preset=original-tensorflow", "training.learning_rate=0.3",
                                NULL};
    assert_ok(train(dataset, NULL, more, 60, &w, &err));
    assert_non_null(strstr(w.text, "bins, with "));
    assert_non_null(strstr(w.text, "stay silent"));
    lts_model *model;
    char *path = run_path(dataset, 0, "model/best.safetensors");
    assert_ok(lts_model_load(path, &model, &err));
    lts_free(path);
    char *report = read_run(dataset, 0, "report.csv"), *line = report;
    for (int f = 0; f < FILES; f++) {
        char name[32];
        double error;
        line = strchr(line, '\n') + 1;
        snprintf(name, sizeof name, "\"sound %d\",", f);
        assert_int_equal(strncmp(line, name, strlen(name)), 0);
        char *end = strchr(line, '\n'), *number = end;
        *end = '\0';
        while (number[-1] != ',')
            number--;
        assert_true(lts_parse_double(number, &error));
        *end = '\n';
        path = lts_format("%s/npy/sound %d.npy", dataset, f);
        double wanted = plain_error(model, path);
        lts_free(path);
        assert_true(fabs(error - wanted) < 1e-6 * wanted);
    }
    lts_free(report);
    lts_model_destroy(model);
    test_folder_remove(dataset);
}

static void a_stopped_training_resumes_to_the_same_bits(void **state)
{
    (void)state;
    lts_error err;
    char *dataset = make_dataset();
    const char *const vae2[] = {"model.type=vae2",
                                "VAE.num_layers=1",
                                "VAE.batch_norm=True",
                                "training.loss=sum",
                                "training.compression=log",
                                "training.learning_schedule=True",
                                "training.learning_rate=1e-5",
                                NULL};
    const char *const vae[] = {NULL};
    int run = 0;
    for (int model = 0; model < 2; model++) {
        const char *const *more = model ? vae2 : vae;
        const int whole = run++;
        assert_ok(train(dataset, NULL, more, 1e9, NULL, &err));
        /* Asked after each of the 14 steps and 3 validation batches of an epoch. */
        const size_t stops[] = {1, 7, 13, 14, 15, 17, 18, 40, 51};
        for (size_t s = 0; s < sizeof stops / sizeof *stops; s++) {
            static witness w;
            w = (witness){.stop_at = stops[s]};
            assert_status(train(dataset, NULL, more, 1e9, &w, &err), LTS_ERR_CANCELLED);
            assert_non_null(strstr(err.text, "--resume"));
            assert_false(run_has(dataset, run, "model/last.safetensors"));
            char *folder = run_path(dataset, run, "");
            /* Stopped once more on the way, and with a checkpoint after every step. */
            w = (witness){.stop_at = 5};
            assert_status(train(NULL, folder, NULL, 0, &w, &err), LTS_ERR_CANCELLED);
            assert_ok(train(NULL, folder, NULL, 1e9, NULL, &err));
            lts_free(folder);
            assert_same_file(dataset, whole, run, "model/best.safetensors");
            assert_same_file(dataset, whole, run, "model/last.safetensors");
            run++;
        }
    }
    test_folder_remove(dataset);
}

/* With the originals' learning_rate, and a network as wide as theirs is for 12 bins. */
static void the_schedule_leaves_bins_live(void **state)
{
    (void)state;
    lts_error err;
    static witness w;
    w = (witness){.stop_at = 0};
    char *dataset = make_dataset();
    const char *const more[] = {"training.learning_schedule=True",
                                "training.learning_rate=1e-4",
                                "training.epochs=60",
                                "VAE.n_units=512",
                                "VAE.latent_dim=16",
                                NULL};
    assert_ok(train(dataset, NULL, more, 60, &w, &err));
    assert_true(w.last_loss < 0.2 * w.first_loss);
    assert_true(w.relative_error < 0.5);
    assert_int_equal(w.silent_bins, 0);
    assert_non_null(strstr(w.text, "learning_schedule: the rate begins at 0.0003"));
    test_folder_remove(dataset);
}

static void a_longer_run_equals_one_that_was_extended(void **state)
{
    (void)state;
    lts_error err;
    static witness w;
    char *dataset = make_dataset(), *folder = run_path(dataset, 1, "");
    const char *const six[] = {"training.epochs=6", "training.schedule=constant", NULL};
    const char *const three[] = {"training.schedule=constant", NULL};
    assert_ok(train(dataset, NULL, six, 60, NULL, &err));
    assert_ok(train(dataset, NULL, three, 60, NULL, &err));
    w = (witness){.stop_at = 0};
    assert_ok(train(NULL, folder, NULL, 60, &w, &err));
    assert_non_null(strstr(w.text, "nothing left to train: it has 3 epochs already"));
    assert_int_equal(w.epochs, 0);
    assert_ok(train(NULL, folder, six, 60, NULL, &err));
    assert_same_file(dataset, 0, 1, "model/last.safetensors");
    assert_same_file(dataset, 0, 1, "model/best.safetensors");
    lts_free(folder);
    test_folder_remove(dataset);
}

static void a_run_goes_on_with_any_number_of_threads(void **state)
{
    (void)state;
    lts_error err;
    static witness w;
    char *dataset = make_dataset(), *folder = run_path(dataset, 1, "");
    const char *const wide[] = {"VAE.n_units=512", "VAE.latent_dim=16", NULL};
    assert_ok(train(dataset, NULL, wide, 1e9, NULL, &err));
    train_threads = 3;
    w = (witness){.stop_at = 9};
    lts_status status = train(dataset, NULL, wide, 1e9, &w, &err);
    train_threads = 2;
    w = (witness){.stop_at = 18};
    if (status == LTS_ERR_CANCELLED)
        status = train(NULL, folder, NULL, 1e9, &w, &err);
    assert_null(strstr(w.text, "last bits"));
    assert_non_null(strstr(w.text, "threads: 2"));
    train_threads = 0; /* as before */
    w = (witness){.stop_at = 0};
    if (status == LTS_ERR_CANCELLED)
        status = train(NULL, folder, NULL, 1e9, &w, &err);
    train_threads = 1;
    assert_ok(status);
    assert_non_null(strstr(w.text, lts_processor_count() > 1 ? "threads: 2" : "threads: 1"));
    assert_same_file(dataset, 0, 1, "model/last.safetensors");
    assert_same_file(dataset, 0, 1, "model/best.safetensors");
    lts_free(folder);
    test_folder_remove(dataset);
}

/* By the clock: the last epoch ends where the time does, and the run counts as finished. */
static void a_training_ends_with_its_minutes(void **state)
{
    (void)state;
    lts_error err;
    static witness w;
    char *dataset = make_dataset(), *folder = run_path(dataset, 0, "");
    const char *const minutes[] = {"training.epochs=0", "training.minutes=0.01", NULL};
    w = (witness){.stop_at = 0};
    const double began = lts_now();
    assert_ok(train(dataset, NULL, minutes, 1e9, &w, &err));
    assert_true(lts_now() - began >= 0.6);
    assert_true(w.epochs >= 1);
    w = (witness){.stop_at = 0};
    assert_ok(train(NULL, folder, NULL, 1e9, &w, &err));
    assert_int_equal(w.epochs, 0);
    assert_non_null(strstr(w.text, "nothing left to train"));
    const char *const longer[] = {"training.minutes=0.02", NULL};
    assert_ok(train(NULL, folder, longer, 1e9, &w, &err));
    assert_true(w.epochs >= 1);
    lts_free(folder);
    test_folder_remove(dataset);
}

static void continue_training_is_another_way_to_resume(void **state)
{
    (void)state;
    lts_error err;
    static witness w;
    char *dataset = make_dataset();
    assert_ok(train(dataset, NULL, NULL, 60, NULL, &err));
    w = (witness){.stop_at = 20};
    assert_status(train(dataset, NULL, NULL, 60, &w, &err), LTS_ERR_CANCELLED);
    char *workspace = lts_format("dataset.workspace=%s/timbre/run-001", dataset);
    const char *const more[] = {"training.continue_training=True", workspace, NULL};
    assert_ok(train(dataset, NULL, more, 60, NULL, &err));
    assert_same_file(dataset, 0, 1, "model/last.safetensors");
    const char *const nowhere[] = {"training.continue_training=True", NULL};
    assert_status(train(dataset, NULL, nowhere, 60, NULL, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "workspace"));
    lts_free(workspace);
    test_folder_remove(dataset);
}

/* Killed before its first checkpoint, a run has config.ini and nothing else. */
static void a_run_that_has_not_trained_begins_again(void **state)
{
    (void)state;
    lts_error err;
    static witness w;
    char *dataset = make_dataset(), *folder = run_path(dataset, 1, "");
    assert_ok(train(dataset, NULL, NULL, 60, NULL, &err));
    w = (witness){.stop_at = 1};
    assert_status(train(dataset, NULL, NULL, 60, &w, &err), LTS_ERR_CANCELLED);
    remove_from_run(dataset, 1, "model/checkpoint.safetensors");
    w = (witness){.stop_at = 0};
    assert_ok(train(NULL, folder, NULL, 60, &w, &err));
    assert_non_null(strstr(w.text, "no checkpoint yet"));
    assert_int_equal(w.epochs, 3);
    assert_same_file(dataset, 0, 1, "model/last.safetensors");
    lts_free(folder);
    test_folder_remove(dataset);
}

static void a_lost_checkpoint_is_refused_and_weights_go_on(void **state)
{
    (void)state;
    lts_error err;
    static witness w, first;
    first = (witness){.stop_at = 0};
    char *dataset = make_dataset(), *folder = run_path(dataset, 0, "");
    const char *const more[] = {"training.epochs=9", NULL};
    assert_ok(train(dataset, NULL, NULL, 60, &first, &err));
    char *last = read_run(dataset, 0, "model/last.safetensors");
    remove_from_run(dataset, 0, "model/checkpoint.safetensors");
    assert_status(train(NULL, folder, more, 60, NULL, &err), LTS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "model/checkpoint.safetensors is gone"));
    assert_non_null(strstr(err.text, "--from last"));
    char *after = read_run(dataset, 0, "model/last.safetensors");
    assert_string_equal(after, last);
    lts_free(after);
    lts_free(last);

    train_from = "nothing";
    assert_status(train(NULL, folder, more, 60, NULL, &err), LTS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "model/nothing.safetensors: not there: --from takes last"));
    train_from = "../model/last";
    assert_status(train(NULL, folder, more, 60, NULL, &err), LTS_ERR_NOT_FOUND);
    train_from = "last";
    w = (witness){.stop_at = 0};
    assert_ok(train(NULL, folder, more, 60, &w, &err));
    train_from = NULL;
    assert_non_null(strstr(w.text, "after 3 epochs, with a fresh optimiser"));
    assert_int_equal(w.epochs, 6);
    assert_int_equal(lines_of(dataset, 0, "history.csv"), 10);
    assert_true(w.first_loss < first.first_loss); /* of the epochs 4 and 1 */
    /* From there on as any run. */
    const char *const longer[] = {"training.epochs=10", NULL};
    assert_ok(train(NULL, folder, longer, 60, NULL, &err));
    assert_int_equal(lines_of(dataset, 0, "history.csv"), 11);
    lts_free(folder);
    test_folder_remove(dataset);
}

static void a_numbered_checkpoint_goes_on_bit_for_bit(void **state)
{
    (void)state;
    lts_error err;
    char *dataset = make_dataset(), *folder = run_path(dataset, 1, "");
    const char *const six[] = {"training.epochs=6", "training.checkpoint_interval=2",
                               "training.max_ckpts_to_keep=2", NULL};
    for (int run = 0; run < 2; run++)
        assert_ok(train(dataset, NULL, six, 60, NULL, &err));
    remove_from_run(dataset, 1, "model/checkpoint.safetensors");
    remove_from_run(dataset, 1, "report.csv");
    remove_from_run(dataset, 1, "model/last.safetensors");
    train_from = "checkpoint-00004";
    lts_status status = train(NULL, folder, NULL, 60, NULL, &err);
    train_from = NULL;
    assert_ok(status);
    assert_same_file(dataset, 0, 1, "model/last.safetensors");
    assert_int_equal(lines_of(dataset, 1, "history.csv"), 7);
    lts_free(folder);
    test_folder_remove(dataset);
}

/* How often the folder's event files hold these bytes. */
static size_t count_in_logs(const char *dataset, int run, const void *wanted, size_t length)
{
    lts_error err;
    size_t found = 0, size = 0;
    char *folder = run_path(dataset, run, "logs"), *bytes = NULL;
    DIR *stream = opendir(folder);
    assert_non_null(stream);
    for (struct dirent *entry; (entry = readdir(stream));) {
        if (entry->d_name[0] == '.')
            continue;
        char *path = lts_path_join(folder, entry->d_name);
        assert_ok(lts_read_file(path, 1 << 24, &bytes, &size, &err));
        for (size_t i = 0; i + length <= size; i++)
            found += memcmp(bytes + i, wanted, length) == 0;
        lts_free(bytes);
        lts_free(path);
    }
    closedir(stream);
    lts_free(folder);
    return found;
}

/* As after kill -9: history and logs have epochs that the checkpoint has not. */
static void epochs_trained_again_stand_once_in_history_and_logs(void **state)
{
    (void)state;
    lts_error err;
    size_t size;
    char *dataset = make_dataset(), *folder = run_path(dataset, 0, ""), *bytes;
    const char *const five[] = {"training.epochs=5", NULL};
    assert_ok(train(dataset, NULL, NULL, 60, NULL, &err));
    char *path = run_path(dataset, 0, "model/checkpoint.safetensors");
    assert_ok(lts_read_file(path, 1 << 24, &bytes, &size, &err));
    assert_ok(train(NULL, folder, five, 60, NULL, &err));
    unlink(path);
    test_write(path, bytes, size);
    assert_ok(train(NULL, folder, five, 60, NULL, &err));
    assert_int_equal(lines_of(dataset, 0, "history.csv"), 6);
    /* Event: step 4, session_log { status: START }, in the file of either resumption. */
    assert_int_equal(count_in_logs(dataset, 0, "\x10\x04\x3a\x02\x08\x01", 6), 2);
    lts_free(bytes);
    lts_free(path);
    lts_free(folder);
    test_folder_remove(dataset);
}

static time_t changed(const char *dataset, int run, const char *name)
{
    struct stat info;
    char *path = run_path(dataset, run, name);
    assert_int_equal(stat(path, &info), 0);
    lts_free(path);
    return info.st_mtime;
}

static void a_finished_run_is_left_as_it_is(void **state)
{
    (void)state;
    lts_error err;
    static witness w;
    static const char *const files[] = {"config.ini", "history.csv", "report.csv",
                                        "model/best.safetensors", "model/checkpoint.safetensors"};
    char *dataset = make_dataset(), *folder = run_path(dataset, 0, "");
    assert_ok(train(dataset, NULL, NULL, 60, NULL, &err));
    const struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        char *path = run_path(dataset, 0, files[f]);
        assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
        lts_free(path);
    }
    w = (witness){.stop_at = 0};
    assert_ok(train(NULL, folder, NULL, 60, &w, &err));
    assert_non_null(strstr(w.text, "finished: nothing left to train"));
    assert_true(w.best_epoch > 0);
    for (size_t f = 0; f < sizeof files / sizeof *files; f++)
        assert_int_equal(changed(dataset, 0, files[f]), 1000);
    /* What is not whole is made whole. */
    remove_from_run(dataset, 0, "report.csv");
    assert_ok(train(NULL, folder, NULL, 60, &w, &err));
    assert_true(run_has(dataset, 0, "report.csv"));
    lts_free(folder);
    test_folder_remove(dataset);
}

static ino_t file_number(const char *dataset, int run, const char *name)
{
    struct stat info;
    char *path = run_path(dataset, run, name);
    assert_int_equal(stat(path, &info), 0);
    lts_free(path);
    return info.st_ino;
}

static void what_is_the_same_is_stored_once(void **state)
{
    (void)state;
    lts_error err;
    char *dataset = make_dataset();
    const char *const more[] = {"training.checkpoint_interval=1", "dataset.validation=0", NULL};
    assert_ok(train(dataset, NULL, more, 60, NULL, &err));
    assert_int_equal(file_number(dataset, 0, "model/checkpoint.safetensors"),
                     file_number(dataset, 0, "model/checkpoint-00003.safetensors"));
    assert_false(run_has(dataset, 0, "model/checkpoint-00002.safetensors"));
    assert_int_equal(file_number(dataset, 0, "model/best.safetensors"),
                     file_number(dataset, 0, "model/last.safetensors"));
    test_folder_remove(dataset);
}

static void what_cannot_change_within_a_run_is_refused(void **state)
{
    (void)state;
    lts_error err;
    char *dataset = make_dataset(), *folder = run_path(dataset, 0, "");
    assert_ok(train(dataset, NULL, NULL, 60, NULL, &err));
    const struct {
        const char *set, *says;
    } cases[] = {{"training.seed=6", "seed"},
                 {"dataset.validation=0.5", "validation"},
                 {"VAE.n_units=17", "[VAE] n_units cannot change"},
                 {"VAE.output_activation=relu", "[VAE] output_activation"},
                 {"training.compression=log", "[training] compression"},
                 {"audio.hop_length=32", "[audio]"}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const char *const more[] = {cases[c].set, NULL};
        assert_status(train(NULL, folder, more, 60, NULL, &err), LTS_ERR_ARGUMENT);
        assert_non_null(strstr(err.text, cases[c].says));
    }
    write_frames(dataset, 2, FRAMES + 3, 0);
    assert_status(train(NULL, folder, NULL, 60, NULL, &err), LTS_ERR_SHAPE);
    assert_non_null(strstr(err.text, "data set has changed"));
    write_frames(dataset, 2, FRAMES + 2, 0);
    assert_ok(train(NULL, folder, NULL, 60, NULL, &err));
    assert_status(train(NULL, dataset, NULL, 60, NULL, &err), LTS_ERR_NOT_FOUND);
    lts_free(folder);
    test_folder_remove(dataset);
}

static void a_data_set_of_other_settings_is_refused(void **state)
{
    (void)state;
    lts_error err;
    char *dataset = make_dataset(), *path = lts_path_join(dataset, "npy/config.ini");
    const char *const bad[] = {"hop_length = 256", "sampling_rate = 22050", "cqt_fmin = A3",
                               "num_octaves = 8", "features = mel"};
    for (size_t b = 0; b < sizeof bad / sizeof *bad; b++) {
        char *ini = lts_format("[audio]\n%s\n", bad[b]);
        test_write(path, ini, strlen(ini));
        assert_status(train(dataset, NULL, NULL, 60, NULL, &err), LTS_ERR_SHAPE);
        assert_non_null(strstr(err.text, "npy/config.ini"));
        lts_free(ini);
    }
    const char good[] =
        "[audio]\nfeatures = CQT\nhop_length = 128\nsample_rate = 44100\ncqt_fmin = A4\n";
    test_write(path, good, sizeof good - 1);
    char *runs = lts_path_join(dataset, "timbre");
    assert_false(lts_is_folder(runs)); /* nothing was begun */
    assert_ok(train(dataset, NULL, NULL, 60, NULL, &err));
    lts_free(runs);
    lts_free(path);
    test_folder_remove(dataset);
}

/* The model must sound at the pitch that the original's arrays have. */
static void the_originals_arrays_train_from_c1(void **state)
{
    (void)state;
    lts_error err;
    static witness w;
    w = (witness){.stop_at = 0};
    char *dataset = make_dataset(), *path = lts_path_join(dataset, "npy/config.ini");
    const char ini[] = "[audio]\nsampling_rate = 44100\ncqt_fmin = A1\n[VAE]\ndevice = cpu\n";
    test_write(path, ini, sizeof ini - 1);
    lts_free(path);
    path = lts_path_join(dataset, "npy/.lts");
    assert_int_equal(rmdir(path), 0);
    lts_free(path);
    const char *const more[] = {"audio.cqt_fmin=A1", NULL};
    assert_ok(train(dataset, NULL, more, 60, &w, &err));
    assert_non_null(strstr(w.text, "cqt_fmin = A1 is not what these arrays begin at"));
    lts_model *model;
    const lts_feature *feature;
    path = run_path(dataset, 0, "model/best.safetensors");
    assert_ok(lts_model_load(path, &model, &err));
    assert_ok(lts_model_feature(model, &feature, &err));
    assert_true(fabs(feature->cqt.fmin - 32.7032) < 1e-3);
    lts_model_destroy(model);
    lts_free(path);
    char *config = read_run(dataset, 0, "config.ini");
    assert_non_null(strstr(config, "cqt_fmin = C1\n"));
    lts_free(config);
    test_folder_remove(dataset);
}

static void data_that_is_no_number_stops_and_keeps_the_checkpoint(void **state)
{
    (void)state;
    lts_error err;
    char *dataset = make_dataset(), *folder = run_path(dataset, 0, "");
    const char *const none[] = {"dataset.validation=0", NULL};
    assert_ok(train(dataset, NULL, none, 60, NULL, &err));
    write_frames(dataset, 4, FRAMES + 4, NAN);
    const char *const more[] = {"training.epochs=9", NULL};
    assert_status(train(NULL, folder, more, 0, NULL, &err), LTS_ERR_NONFINITE);
    assert_non_null(strstr(err.text, "sound 4.npy: frame 30, bin 2"));
    write_frames(dataset, 4, FRAMES + 4, 0);
    assert_ok(train(NULL, folder, more, 1e9, NULL, &err));
    lts_free(folder);
    test_folder_remove(dataset);
}

/* Cut in place by another program, between two epochs or in the midst of one: within its last page,
 * where the system gives zeros, or far before its end, where it gives SIGBUS. */
typedef struct cutter {
    witness w;
    const char *path;
    off_t size;
    size_t steps; /* of the second epoch before the cut; 0: before what is saved of the first */
    size_t seen;
} cutter;

static bool cut_at_step(void *user)
{
    cutter *c = user;
    if (c->w.epochs > 0 && c->steps > 0 && ++c->seen == c->steps)
        assert_int_equal(truncate(c->path, c->size), 0);
    return false;
}

static void cut_at_epoch(void *user, const char *event, const lts_field *field, size_t count)
{
    cutter *c = user;
    note_record(&c->w, event, field, count);
    if (strcmp(event, "epoch") == 0 && c->w.epochs == 1 && c->steps == 0)
        assert_int_equal(truncate(c->path, c->size), 0);
}

static void a_file_that_is_cut_stops_and_keeps_the_checkpoint(void **state)
{
    (void)state;
    lts_error err;
    static cutter c;
    char *dataset = make_dataset(), *path = lts_path_join(dataset, "npy/sound 3.npy");
    write_frames(dataset, 3, 1000, 0);
    const off_t whole = 128 + 4 * BINS * 1000;
    const struct {
        off_t size;
        size_t steps;
    } cuts[] = {{200, 0}, {whole - 500, 0}, {200, 3}, {whole - 500, 3}};
    for (int run = 0; run < 4; run++) {
        const char *set[MAX_SETS];
        memcpy(set, tiny, sizeof tiny);
        set[TINY] = "training.epochs=5";
        set[TINY + 1] = "training.checkpoint_interval=1";
        c = (cutter){.path = path, .size = cuts[run].size, .steps = cuts[run].steps};
        const lts_reporter reporter = {
            .user = &c, .message = hear, .record = cut_at_epoch, .cancelled = cut_at_step};
        const lts_train_options options = {.threads = 1, .checkpoint_seconds = 1e9};
        lts_config config;
        char *folder;
        assert_ok(lts_config_load(NULL, set, TINY + 2, &config, NULL, &err));
        assert_ok(lts_train_config(&config, NULL, dataset, NULL, 0, &folder, NULL, &err));
        assert_status(lts_train(&config, &options, &reporter, &err), LTS_ERR_IO);
        lts_config_free(&config);
        assert_non_null(strstr(err.text, "sound 3.npy: frame "));
        assert_non_null(strstr(err.text, "another program shortened the file"));
        assert_false(run_has(dataset, run, "model/last.safetensors"));
        /* The checkpoint is of before; with the file restored the run goes on. */
        folder = run_path(dataset, run, "");
        write_frames(dataset, 3, 1000, 0);
        assert_ok(train(NULL, folder, NULL, 60, NULL, &err));
        lts_free(folder);
    }
    for (int run = 1; run < 4; run++)
        assert_same_file(dataset, 0, run, "model/last.safetensors");
    lts_free(path);
    test_folder_remove(dataset);
}

static void a_loss_that_is_no_number_says_where_and_what_to_do(void **state)
{
    (void)state;
    lts_error err;
    char *dataset = make_dataset();
    write_frames(dataset, 1, FRAMES + 1, 1e15f);
    const char *const more[] = {"dataset.validation=0", "training.loss=sum",
                                "training.learning_rate=10", NULL};
    /* Whether the step shows it or the look at the model before a checkpoint. */
    for (int run = 0; run < 2; run++) {
        assert_status(train(dataset, NULL, more, run ? 0 : 1e9, NULL, &err), LTS_ERR_NONFINITE);
        assert_non_null(strstr(err.text, "epoch 1, step "));
        assert_non_null(strstr(err.text, "lower learning rate (now 10): lts-train --resume '"));
        assert_false(run_has(dataset, run, "model/last.safetensors"));
    }
    /* What the message says works. */
    char *folder = run_path(dataset, 1, "");
    write_frames(dataset, 1, FRAMES + 1, 0);
    const char *const lower[] = {"training.learning_rate=1e-4", NULL};
    assert_ok(train(NULL, folder, lower, 1e9, NULL, &err));
    lts_free(folder);
    test_folder_remove(dataset);
}

static void training_stops_early_when_nothing_improves(void **state)
{
    (void)state;
    lts_error err;
    static witness w;
    w = (witness){.stop_at = 0};
    char *dataset = make_dataset(), *folder = run_path(dataset, 0, "");
    const char *const more[] = {"training.epochs=50", "training.early_patience_epoch=4",
                                "training.early_delta=1000", NULL};
    assert_ok(train(dataset, NULL, more, 60, &w, &err));
    assert_int_equal(w.epochs, 5); /* the first improves on nothing at all */
    assert_non_null(strstr(w.text, "stopped early"));
    const char *const on[] = {"training.early_patience_epoch=0", "training.epochs=6", NULL};
    w = (witness){.stop_at = 0};
    assert_ok(train(NULL, folder, on, 60, &w, &err));
    assert_int_equal(w.epochs, 1);
    lts_free(folder);
    test_folder_remove(dataset);
}

static void checkpoints_are_numbered_and_the_oldest_go(void **state)
{
    (void)state;
    lts_error err;
    char *dataset = make_dataset();
    const char *const more[] = {"training.epochs=7",
                                "training.checkpoint_interval=2",
                                "training.max_ckpts_to_keep=2",
                                "training.save_best_model_after=7",
                                "training.save_best_only=True",
                                NULL};
    static witness w;
    w = (witness){.stop_at = 0};
    assert_ok(train(dataset, NULL, more, 60, &w, &err));
    assert_false(run_has(dataset, 0, "model/checkpoint-00002.safetensors"));
    assert_true(run_has(dataset, 0, "model/checkpoint-00004.safetensors"));
    assert_true(run_has(dataset, 0, "model/checkpoint-00006.safetensors"));
    assert_true(run_has(dataset, 0, "model/best.safetensors")); /* none was best: the last is */
    assert_true(w.best_epoch == 7);
    char *config = read_run(dataset, 0, "config.ini");
    assert_non_null(strstr(config, "best_epoch = 7\n"));
    assert_null(strstr(config, "best_loss = inf"));
    lts_free(config);
    assert_false(run_has(dataset, 0, "model/last.safetensors"));
    test_folder_remove(dataset);
}

static void write_sound(const char *folder, const char *name, double seconds)
{
    lts_error err;
    assert_ok(lts_make_folder(folder, &err));
    char *path = lts_path_join(folder, name);
    size_t n = (size_t)(44100 * seconds);
    float *x = lts_alloc(n, sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = 0.5f * sinf(0.08f * (float)i);
    lts_audio_format format = {.sample_rate = 44100, .bits = LTS_AUDIO_FLOAT};
    assert_ok(lts_audio_save(path, x, n, &format, &err));
    lts_free(x);
    lts_free(path);
}

static void examples_and_previews_are_heard(void **state)
{
    (void)state;
    lts_error err;
    static witness w;
    w = (witness){.stop_at = 0};
    char *dataset = make_dataset();
    char *audio = lts_path_join(dataset, "audio"), *test = lts_path_join(dataset, "unseen");
    write_sound(audio, "short one.wav", 0.1);
    write_sound(audio, "long.wav", 0.6);
    write_sound(test, "t.wav", 0.2);
    char *broken = lts_path_join(audio, "broken.wav");
    test_write(broken, "no sound at all", 15);
    const char *const more[] = {
        "training.epochs=5",        "training.checkpoint_interval=2", "dataset.test_dataset=unseen",
        "extra.example_length=0.3", "extra.normalize_examples=True",  NULL};
    assert_ok(train(dataset, NULL, more, 60, &w, &err));
    assert_non_null(strstr(w.text, "examples of 2 sounds"));
    assert_non_null(strstr(w.text, "broken.wav"));
    const struct {
        const char *name;
        double seconds;
    } files[] = {{"audio_examples/short one/original.wav", 0.1},
                 {"audio_examples/short one/original-icqt+gL.wav", 0.1},
                 {"audio_examples/short one/VAE-output+gL.wav", 0.1},
                 {"audio_examples/long/original.wav", 0.3},
                 {"audio_examples/long/VAE-output+gL.wav", 0.3},
                 {"test_audio/t/original.wav", 0.2},
                 {"test_audio/t/test_reconst_00002.wav", 0.2},
                 {"test_audio/t/test_reconst_00004.wav", 0.2},
                 {"test_audio/t/test_reconst_00005.wav", 0.2}};
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        lts_audio_info info;
        char *path = run_path(dataset, 0, files[f].name);
        assert_ok(lts_audio_probe(path, &info, &err));
        assert_true(fabs(info.seconds - files[f].seconds) < 0.01);
        lts_free(path);
    }
    float *x, peak = 0;
    size_t n;
    char *path = run_path(dataset, 0, "audio_examples/long/VAE-output+gL.wav");
    assert_ok(lts_audio_load(path, 0, 0, -1, &x, &n, &err));
    for (size_t i = 0; i < n; i++)
        peak = fmaxf(peak, fabsf(x[i]));
    assert_true(fabsf(peak - 1) < 1e-5f);
    lts_free(x);
    /* Its own magnitudes give the sound back: a phase that works. */
    lts_free(path);
    lts_free(broken);
    lts_free(test);
    lts_free(audio);
    test_folder_remove(dataset);
}

static void a_full_disk_leaves_the_last_checkpoint_whole(void **state)
{
    (void)state;
    lts_error err;
    char *dataset = make_dataset(), *folder = run_path(dataset, 1, "");
    const char *const four[] = {"training.epochs=4", "training.schedule=constant", NULL};
    const char *const three[] = {"training.schedule=constant", NULL};
    assert_ok(train(dataset, NULL, four, 60, NULL, &err));
    assert_ok(train(dataset, NULL, three, 60, NULL, &err));
    char *before = read_run(dataset, 1, "model/checkpoint.safetensors");
    test_limit_files(4000); /* enough for config.ini, not for a model */
    lts_status status = train(NULL, folder, four, 60, NULL, &err);
    test_limit_files(0);
    assert_status(status, LTS_ERR_IO);
    assert_non_null(strstr(err.text, "model/"));
    char *after = read_run(dataset, 1, "model/checkpoint.safetensors");
    assert_string_equal(after, before);
    assert_ok(train(NULL, folder, four, 60, NULL, &err));
    assert_same_file(dataset, 0, 1, "model/last.safetensors");
    lts_free(after);
    lts_free(before);
    lts_free(folder);
    test_folder_remove(dataset);
}

static void a_moved_data_set_is_found_around_its_run(void **state)
{
    (void)state;
    lts_error err;
    static witness w;
    w = (witness){.stop_at = 0};
    char *old = make_dataset(), *new = lts_format("%s moved", old);
    assert_ok(train(old, NULL, NULL, 60, NULL, &err));
    assert_int_equal(rename(old, new), 0);
    char *folder = run_path(new, 0, "");
    assert_ok(train(NULL, folder, NULL, 60, &w, &err));
    assert_non_null(strstr(w.text, "no arrays there any more"));
    lts_free(folder);
    lts_free(old);
    test_folder_remove(new);
}

static void running_out_of_memory_is_reported_and_leaks_nothing(void **state)
{
    (void)state;
    lts_error err;
    char *dataset = make_dataset();
    const char *const more[] = {"training.epochs=1", NULL};
    lts_status status = LTS_ERR_MEMORY;
    for (size_t n = 1; status != LTS_OK; n += 1 + n / 16) {
        test_fail_allocation(n);
        status = train(dataset, NULL, more, 60, NULL, &err);
        test_fail_allocation(0);
        /* A file that cannot be opened for want of memory is told as such. */
        if (status != LTS_OK && !strstr(err.text, "Cannot allocate memory"))
            assert_status(status, LTS_ERR_MEMORY);
    }
    test_folder_remove(dataset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_training_leaves_a_whole_run),
        cmocka_unit_test(the_report_gives_every_files_error),
        cmocka_unit_test(a_stopped_training_resumes_to_the_same_bits),
        cmocka_unit_test(the_schedule_leaves_bins_live),
        cmocka_unit_test(a_longer_run_equals_one_that_was_extended),
        cmocka_unit_test(a_run_goes_on_with_any_number_of_threads),
        cmocka_unit_test(a_training_ends_with_its_minutes),
        cmocka_unit_test(continue_training_is_another_way_to_resume),
        cmocka_unit_test(a_run_that_has_not_trained_begins_again),
        cmocka_unit_test(a_lost_checkpoint_is_refused_and_weights_go_on),
        cmocka_unit_test(a_numbered_checkpoint_goes_on_bit_for_bit),
        cmocka_unit_test(epochs_trained_again_stand_once_in_history_and_logs),
        cmocka_unit_test(a_finished_run_is_left_as_it_is),
        cmocka_unit_test(what_is_the_same_is_stored_once),
        cmocka_unit_test(what_cannot_change_within_a_run_is_refused),
        cmocka_unit_test(a_data_set_of_other_settings_is_refused),
        cmocka_unit_test(the_originals_arrays_train_from_c1),
        cmocka_unit_test(data_that_is_no_number_stops_and_keeps_the_checkpoint),
        cmocka_unit_test(a_file_that_is_cut_stops_and_keeps_the_checkpoint),
        cmocka_unit_test(a_loss_that_is_no_number_says_where_and_what_to_do),
        cmocka_unit_test(training_stops_early_when_nothing_improves),
        cmocka_unit_test(checkpoints_are_numbered_and_the_oldest_go),
        cmocka_unit_test(examples_and_previews_are_heard),
        cmocka_unit_test(a_full_disk_leaves_the_last_checkpoint_whole),
        cmocka_unit_test(a_moved_data_set_is_found_around_its_run),
        cmocka_unit_test(running_out_of_memory_is_reported_and_leaks_nothing),
    };
    return cmocka_run_group_tests_name("train", tests, NULL, NULL);
}
