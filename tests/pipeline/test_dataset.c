#include "testing.h"

#include "disk_watch.h"
#include "lts/audio.h"
#include "lts/dataset.h"
#include "small_disk.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static lts_error err; /* of the call that failed last */

/* Small arrays, so that the tests are quick. */
static const char *const small[] = {"audio.sample_rate=8000", "audio.bins_per_octave=12",
                                    "audio.num_octaves=3", "audio.cqt_fmin=A4",
                                    "audio.hop_length=64"};
enum { SMALL = sizeof small / sizeof *small, RATE = 8000, BINS = 36, HOP = 64 };

typedef struct ear {
    char text[4096];
    size_t warnings, records;
    double cancel_after; /* seconds of sound; 0: never */
    double done;
} ear;

typedef struct fixture {
    char *folder;
    ear ear;
    lts_reporter reporter;
    lts_dataset_options options;
    lts_dataset_report report;
} fixture;

static void hear(void *user, lts_level level, const char *text)
{
    ear *e = user;
    size_t used = strlen(e->text);
    e->warnings += level == LTS_LEVEL_WARNING;
    snprintf(e->text + used, sizeof e->text - used, "%s\n", text);
}

static void take_record(void *user, const char *event, const lts_field *fields, size_t count)
{
    ear *e = user;
    (void)fields;
    assert_true(count > 0);
    e->records += strcmp(event, "sound") == 0;
}

static void take_progress(void *user, const char *what, double done, double total, double rate)
{
    ear *e = user;
    (void)total, (void)rate;
    if (strcmp(what, "seconds of sound") == 0)
        e->done = done;
}

static bool is_cancelled(void *user)
{
    ear *e = user;
    return e->cancel_after > 0 && e->done >= e->cancel_after;
}

static int set_up(void **state)
{
    fixture *f = lts_alloc(1, sizeof *f);
    char *audio;
    f->folder = test_folder();
    f->reporter = (lts_reporter){.user = &f->ear,
                                 .message = hear,
                                 .progress = take_progress,
                                 .record = take_record,
                                 .cancelled = is_cancelled};
    f->options = (lts_dataset_options){.folder = f->folder, .jobs = 1, .shard = 1, .shards = 1};
    audio = lts_path_join(f->folder, "audio");
    assert_ok(lts_make_folder(audio, &err));
    lts_free(audio);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    lts_dataset_report_free(&f->report);
    test_folder_remove(f->folder);
    lts_free(f);
    return 0;
}

static char *inside(const fixture *f, const char *name)
{
    return lts_path_join(f->folder, name);
}

static void remove_inside(const fixture *f, const char *name)
{
    char *path = inside(f, name);
    assert_int_equal(unlink(path), 0);
    lts_free(path);
}

static void write_inside(const fixture *f, const char *name, const char *text)
{
    char *path = inside(f, name);
    test_write(path, text, strlen(text));
    lts_free(path);
}

/* A decaying tone of `n` samples under audio/. */
static void write_tone(const fixture *f, const char *name, size_t n, double hz, float level)
{
    float *x = lts_alloc(n, sizeof *x);
    for (size_t i = 0; i < n; i++)
        x[i] = level *
               (float)(exp(-3.0 * (double)i / RATE) * sin(6.283185307 * hz * (double)i / RATE));
    char *path = lts_format("%s/audio/%s", f->folder, name);
    lts_audio_format format = {.sample_rate = RATE, .bits = LTS_AUDIO_FLOAT};
    assert_ok(lts_audio_save(path, x, n, &format, &err));
    lts_free(path);
    lts_free(x);
}

static lts_status make_with(fixture *f, const char *const *sets, size_t count)
{
    lts_config config;
    lts_dataset_report_free(&f->report);
    memset(f->ear.text, 0, sizeof f->ear.text);
    f->ear.warnings = f->ear.records = 0;
    assert_ok(lts_config_load(NULL, sets, count, &config, NULL, &err));
    lts_status status = lts_dataset_make(&config, &f->options, &f->report, &f->reporter, &err);
    lts_config_free(&config);
    return status;
}

static lts_status make(fixture *f)
{
    return make_with(f, small, SMALL);
}

static void assert_counts(const fixture *f, size_t done, size_t skipped, size_t failed)
{
    assert_int_equal(f->report.done, done);
    assert_int_equal(f->report.skipped, skipped);
    assert_int_equal(f->report.failed, failed);
}

static const char *reason_of(const fixture *f, const char *name)
{
    for (size_t i = 0; i < f->report.count; i++)
        if (strcmp(f->report.file[i].name, name) == 0)
            return f->report.file[i].reason;
    fail_msg("%s is not in the report", name);
    return NULL;
}

/* No unfinished file anywhere among the arrays. */
static void assert_tidy(const fixture *f)
{
    char *command = lts_format("test -z \"$(find '%s' -name '*.tmp-*')\"", f->folder);
    assert_int_equal(system(command), 0);
    lts_free(command);
}

static void arrays_are_the_transforms_of_the_golden_sounds(void **state)
{
    fixture *f = *state;
    const char *const names[] = {"guitar", "breakbeat", "chirp_noise", "silent_edges"};
    f->options.jobs = 2;
    for (size_t i = 0; i < 4; i++) {
        char *bytes, from[64], *to = lts_format("%s/audio/%s.wav", f->folder, names[i]);
        size_t size;
        snprintf(from, sizeof from, "cqt/%s.wav", names[i]);
        assert_ok(lts_read_file(test_data(from), 1 << 24, &bytes, &size, &err));
        test_write(to, bytes, size);
        lts_free(bytes);
        lts_free(to);
    }
    assert_ok(make_with(f, NULL, 0));
    assert_counts(f, 4, 0, 0);
    assert_int_equal(f->ear.records, 4);
    for (size_t i = 0; i < 4; i++) {
        size_t rows, columns, exact_rows, exact_columns;
        float *c, *exact;
        char name[64], *path = lts_format("%s/npy/%s.npy", f->folder, names[i]);
        snprintf(name, sizeof name, "cqt/%s.exact.npy", names[i]);
        assert_ok(lts_npy_load(path, &c, &rows, &columns, &err));
        exact = test_array(name, &exact_rows, &exact_columns);
        assert_int_equal(rows, exact_rows);
        assert_int_equal(columns, exact_columns);
        assert_true(relative_error(c, exact, rows * columns) < 1.5e-4);
        lts_free(exact);
        lts_free(c);
        lts_free(path);
    }
    /* The settings are with them. */
    lts_config config;
    char *path = inside(f, "npy/config.ini");
    assert_ok(lts_config_load(path, NULL, 0, &config, NULL, &err));
    assert_string_equal(config.dataset.datapath, f->folder);
    assert_true(strtoull(config.dataset.total_frames, NULL, 10) > 1500);
    lts_config_free(&config);
    lts_free(path);
}

static void sounds_shorter_than_a_filter_or_a_hop_are_padded(void **state)
{
    fixture *f = *state;
    const size_t lengths[] = {1, 63, 64, 65, 1000, 70000, 140000, 300000};
    for (size_t i = 0; i < 8; i++) {
        char name[32];
        snprintf(name, sizeof name, "n%zu.wav", lengths[i]);
        write_tone(f, name, lengths[i], 880, 0.5f);
    }
    assert_ok(make(f));
    assert_counts(f, 8, 0, 0);
    for (size_t i = 0; i < 8; i++) {
        size_t rows, columns;
        float *c;
        char *path = lts_format("%s/npy/n%zu.npy", f->folder, lengths[i]);
        assert_ok(lts_npy_load(path, &c, &rows, &columns, &err));
        assert_int_equal(rows, 1 + lengths[i] / HOP);
        assert_int_equal(columns, BINS);
        lts_free(c);
        lts_free(path);
    }
}

static void the_same_sound_gives_the_same_bytes_in_any_company(void **state)
{
    fixture *f = *state;
    char *bytes[2];
    size_t size[2];
    char *path = inside(f, "npy/a.npy");
    write_tone(f, "a.wav", 20000, 700, 0.5f);
    assert_ok(make(f));
    assert_ok(lts_read_file(path, 1 << 24, &bytes[0], &size[0], &err));
    write_tone(f, "b.wav", 90000, 500, 0.5f);
    write_tone(f, "c.wav", 60000, 900, 0.5f);
    f->options.force = true;
    assert_ok(make(f));
    assert_ok(lts_read_file(path, 1 << 24, &bytes[1], &size[1], &err));
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(bytes[0], bytes[1], size[0]);
    lts_free(bytes[0]);
    lts_free(bytes[1]);
    lts_free(path);
}

static void what_is_up_to_date_is_skipped_and_nothing_else(void **state)
{
    fixture *f = *state;
    lts_npy_writer *writer;
    const float row[BINS] = {0};
    write_tone(f, "a.wav", 3000, 700, 0.5f);
    write_tone(f, "b.wav", 3000, 800, 0.5f);
    assert_ok(make(f));
    assert_counts(f, 2, 0, 0);
    assert_ok(make(f));
    assert_counts(f, 0, 2, 0);
    assert_true(f->report.file[0].frames == 1 + 3000 / HOP && f->report.file[0].seconds > 0.37);

    write_tone(f, "a.wav", 3000, 701, 0.5f); /* of the same size */
    assert_ok(make(f));
    assert_counts(f, 1, 1, 0);

    remove_inside(f, "npy/a.npy");
    assert_ok(make(f));
    assert_counts(f, 1, 1, 0);

    char *path = inside(f, "npy/a.npy");
    assert_int_equal(truncate(path, 200), 0);
    assert_ok(make(f));
    assert_counts(f, 1, 1, 0);

    assert_ok(lts_npy_writer_open(path, BINS, &writer, &err));
    assert_ok(lts_npy_writer_append(writer, row, 1, &err));
    assert_ok(lts_npy_writer_commit(writer, &err));
    assert_ok(make(f));
    assert_counts(f, 1, 1, 0);

    const char *const states[] = {"", "[array]\n", "not an ini", "[array]\nhash = 1\n"};
    for (size_t s = 0; s < 4; s++) {
        write_inside(f, "npy/.lts/a.ini", states[s]);
        assert_ok(make(f));
        assert_counts(f, 1, 1, 0);
    }
    remove_inside(f, "npy/.lts/a.ini");
    assert_ok(make(f));
    assert_counts(f, 1, 1, 0);

    const char *sets[SMALL + 1] = {"dataset.overwrite_cqt=True"};
    memcpy(sets + 1, small, sizeof small);
    assert_ok(make_with(f, sets, SMALL + 1));
    assert_counts(f, 2, 0, 0);
    f->options.force = true;
    assert_ok(make(f));
    assert_counts(f, 2, 0, 0);
    lts_free(path);
}

static void check_dataset_reads_old_arrays_through(void **state)
{
    fixture *f = *state;
    const char *sets[SMALL + 1] = {"dataset.check_dataset=True"};
    memcpy(sets + 1, small, sizeof small);
    write_tone(f, "a.wav", 3000, 700, 0.5f);
    assert_ok(make(f));
    assert_ok(make_with(f, sets, SMALL + 1));
    assert_counts(f, 0, 1, 0);
    char *path = inside(f, "npy/a.npy");
    FILE *stream = fopen(path, "r+b");
    assert_non_null(stream);
    float bad = NAN;
    fseek(stream, -4, SEEK_END);
    fwrite(&bad, sizeof bad, 1, stream);
    fclose(stream);
    lts_free(path);
    assert_ok(make(f));
    assert_counts(f, 0, 1, 0);
    assert_ok(make_with(f, sets, SMALL + 1));
    assert_counts(f, 1, 0, 0);
}

static void arrays_of_other_settings_are_not_mixed_in(void **state)
{
    fixture *f = *state;
    const char *sets[SMALL + 1];
    memcpy(sets, small, sizeof small);
    write_tone(f, "a.wav", 3000, 700, 0.5f);
    assert_ok(make(f));
    const char *const others[][2] = {{"audio.sample_rate=16000", "sample_rate 8000, now 16000"},
                                     {"audio.hop_length=32", "hop_length 64, now 32"},
                                     {"audio.bins_per_octave=24", "bins_per_octave 12, now 24"},
                                     {"audio.num_octaves=2", "num_octaves 3, now 2"},
                                     {"audio.cqt_fmin=441", "cqt_fmin 440, now 441"}};
    for (size_t i = 0; i < 5; i++) {
        sets[SMALL] = others[i][0];
        assert_status(make_with(f, sets, SMALL + 1), LTS_ERR_EXISTS);
        assert_non_null(strstr(err.text, others[i][1]));
        assert_non_null(strstr(err.text, "--force"));
    }
    assert_ok(make(f));
    assert_counts(f, 0, 1, 0);
    /* Settings of training decide nothing here. */
    sets[SMALL] = "training.epochs=5";
    assert_ok(make_with(f, sets, SMALL + 1));
    assert_counts(f, 0, 1, 0);
    sets[SMALL] = "audio.hop_length=32";
    f->options.force = true;
    assert_ok(make_with(f, sets, SMALL + 1));
    assert_counts(f, 1, 0, 0);
    f->options.force = false;
    assert_ok(make_with(f, sets, SMALL + 1));
    assert_counts(f, 0, 1, 0);
    write_inside(f, "npy/config.ini", "spoilt");
    assert_status(make_with(f, sets, SMALL + 1), LTS_ERR_ARGUMENT);
    /* Without arrays there is nothing to mix. */
    remove_inside(f, "npy/a.npy");
    assert_ok(make(f));
    assert_counts(f, 1, 0, 0);
}

static void bad_sounds_fail_alone(void **state)
{
    fixture *f = *state;
    const float nan_sound[100] = {[50] = NAN};
    lts_audio_format format = {.sample_rate = RATE, .bits = LTS_AUDIO_FLOAT};
    write_tone(f, "good.wav", 3000, 700, 0.5f);
    write_tone(f, "loud.wav", 3000, 700, 3e38f);
    write_tone(f, "silent.wav", 3000, 700, 0);
    write_inside(f, "audio/text.wav", "these are words");
    write_inside(f, "audio/empty.wav", "");
    char *path = inside(f, "audio/nan.wav");
    lts_status saved = lts_audio_save(path, nan_sound, 100, &format, NULL);
    if (saved != LTS_OK)
        write_inside(f, "audio/nan.wav", "no such sound can be saved");
    lts_free(path);
    for (int check = 0; check < 2; check++) {
        const char *sets[SMALL + 1] = {check ? "dataset.check_audio=True"
                                             : "dataset.check_audio=False"};
        memcpy(sets + 1, small, sizeof small);
        f->options.force = true;
        assert_ok(make_with(f, sets, SMALL + 1));
        assert_counts(f, 2, 0, 4);
        assert_int_equal(f->ear.records, 6);
        assert_non_null(strstr(reason_of(f, "text"), "text.wav"));
        assert_non_null(strstr(reason_of(f, "empty"), "empty.wav"));
        assert_non_null(strstr(reason_of(f, "nan"), "nan.wav"));
        assert_non_null(
            strstr(reason_of(f, "loud"), "loud.wav: at 0.000 s its magnitudes are no "));
        assert_null(reason_of(f, "good"));
        assert_non_null(strstr(f->ear.text, "silent.wav: silent from end to end"));
        assert_int_equal(f->ear.warnings, 1);
        assert_tidy(f);
        char *array = inside(f, "npy/loud.npy");
        assert_false(lts_is_file(array));
        lts_free(array);
    }
}

static void a_folder_without_sounds_says_what_was_looked_for(void **state)
{
    fixture *f = *state;
    assert_status(make(f), LTS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "/audio: empty: looked for sound files (.wav"));
    write_inside(f, "audio/notes.txt", "x");
    assert_status(make(f), LTS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "notes.txt"));
    char *npy = inside(f, "npy");
    assert_false(lts_is_folder(npy));
    lts_free(npy);

    f->options.folder = "/no/such folder";
    assert_status(make(f), LTS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "/no/such folder: no such folder"));
    char *audio = inside(f, "audio");
    f->options.folder = audio;
    assert_status(make(f), LTS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "/audio/audio: no such folder: make it"));
    f->options.folder = NULL;
    assert_status(make(f), LTS_ERR_ARGUMENT);
    f->options.folder = f->folder;
    f->options.shard = 3;
    f->options.shards = 2;
    assert_status(make(f), LTS_ERR_ARGUMENT);
    f->options.shard = 0;
    assert_status(make(f), LTS_ERR_ARGUMENT);
    f->options.shard = f->options.shards = 1;
    f->options.jobs = 0;
    assert_status(make(f), LTS_ERR_ARGUMENT);
    lts_free(audio);
}

static void two_sounds_of_one_name_are_refused_before_any_work(void **state)
{
    fixture *f = *state;
    char *below = inside(f, "audio/below");
    assert_ok(lts_make_folder(below, &err));
    write_tone(f, "a.wav", 3000, 700, 0.5f);
    write_tone(f, "below/b.wav", 3000, 700, 0.5f);
    assert_ok(make(f));
    assert_counts(f, 2, 0, 0);
    write_tone(f, "below/a.wav", 3000, 700, 0.5f);
    write_tone(f, "c.wav", 3000, 700, 0.5f);
    for (size_t shard = 1; shard <= 2; shard++) {
        f->options.shard = shard;
        f->options.shards = 2;
        assert_status(make(f), LTS_ERR_EXISTS);
        assert_non_null(strstr(err.text, "audio/a.wav and "));
        assert_non_null(strstr(err.text, "audio/below/a.wav would both become a.npy"));
    }
    char *array = inside(f, "npy/c.npy");
    assert_false(lts_is_file(array));
    lts_free(array);
    lts_free(below);
}

static void shards_make_the_whole_together(void **state)
{
    fixture *f = *state;
    size_t done = 0;
    for (int i = 0; i < 7; i++) {
        char name[32];
        snprintf(name, sizeof name, "%d.wav", i);
        write_tone(f, name, 2000, 400 + 50 * i, 0.5f);
    }
    f->options.shards = 3;
    for (f->options.shard = 1; f->options.shard <= 3; f->options.shard++) {
        assert_ok(make(f));
        assert_true(f->report.done == 2 || f->report.done == 3);
        done += f->report.done;
        assert_int_equal(f->ear.warnings, 0);
    }
    assert_int_equal(done, 7);
    f->options.shard = f->options.shards = 1;
    assert_ok(make(f));
    assert_counts(f, 0, 7, 0);
}

static void one_sound_can_be_made_alone(void **state)
{
    fixture *f = *state;
    write_tone(f, "a.wav", 2000, 400, 0.5f);
    write_tone(f, "b.c.wav", 2000, 500, 0.5f);
    f->options.only = "b.c";
    assert_ok(make(f));
    assert_counts(f, 1, 0, 0);
    char *other = inside(f, "npy/a.npy");
    assert_false(lts_is_file(other));
    lts_free(other);
    f->options.only = "c";
    assert_status(make(f), LTS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "no sound named c"));
    f->options.only = NULL;
    assert_ok(make(f));
    assert_counts(f, 1, 1, 0);
}

static void interrupted_work_leaves_whole_arrays_and_goes_on(void **state)
{
    fixture *f = *state;
    for (int i = 0; i < 6; i++) {
        char name[32];
        snprintf(name, sizeof name, "%d.wav", i);
        write_tone(f, name, 40000, 400 + 50 * i, 0.5f);
    }
    f->ear.cancel_after = 12; /* in the third of them */
    assert_status(make(f), LTS_ERR_CANCELLED);
    assert_counts(f, 2, 0, 0);
    assert_tidy(f);
    f->ear.cancel_after = 0;
    assert_ok(make(f));
    assert_counts(f, 4, 2, 0);
}

/* What a crash leaves is what had reached the disk: the order of syncs and renames decides it. */
static void no_array_counts_as_made_before_it_has_reached_the_disk(void **state)
{
    fixture *f = *state;
    enum { SOUNDS = 40 };
    for (int i = 0; i < SOUNDS; i++) {
        char name[32];
        snprintf(name, sizeof name, "%d.wav", i);
        write_tone(f, name, 500, 400 + i, 0.5f);
    }
    disk_watch_begin(f->folder);
    assert_ok(make(f));
    disk_watch_end();
    size_t arrays = 0, states = 0;
    for (size_t e = 0; e < disk_event_count; e++) {
        char *state_of = strstr(disk_event[e].path, "/npy/.lts/");
        if (disk_event[e].kind != DISK_RENAME)
            continue;
        assert_true(disk_was_synced(e));
        arrays += strstr(disk_event[e].path, ".npy") != NULL;
        if (!state_of)
            continue;
        char array[600], *stem = lts_path_stem(disk_event[e].path);
        snprintf(array, sizeof array, "%s/npy/%s.npy", f->folder, stem);
        lts_free(stem);
        assert_true(disk_is_named(array, e));
        states++;
    }
    assert_int_equal(arrays, SOUNDS);
    assert_int_equal(states, SOUNDS);
    /* Not a sync for each, nor for each but a few. */
    size_t folders = 0;
    for (size_t e = 0; e < disk_event_count; e++)
        folders += disk_event[e].kind == DISK_SYNC_FOLDER;
    assert_in_range(folders, 4, SOUNDS);
    assert_counts(f, SOUNDS, 0, 0);
    assert_tidy(f);
}

static void what_a_killed_process_left_is_swept(void **state)
{
    fixture *f = *state;
    write_tone(f, "a.wav", 3000, 700, 0.5f);
    write_tone(f, "b.wav", 3000, 700, 0.5f);
    assert_ok(make(f));
    /* Process 4194305 is beyond Linux's and every other system's largest number. */
    write_inside(f, "npy/a.npy.tmp-400001-5", "half");
    write_inside(f, "npy/.lts/a.ini.tmp-400001-5", "half");
    write_inside(f, "npy/config.ini.tmp-400001-5", "half");
    write_inside(f, "npy/gone.npy.tmp-400001-5", "half");
    write_inside(f, "npy/b.npy.tmp-400001-5", "of another shard");
    char alive[64];
    snprintf(alive, sizeof alive, "npy/a.npy.tmp-%lx-5", (unsigned long)getpid());
    write_inside(f, alive, "of a process that lives");
    f->options.shards = 2;
    assert_ok(make(f));
    const char *const left[] = {"npy/b.npy.tmp-400001-5", alive};
    const char *const swept[] = {"npy/a.npy.tmp-400001-5", "npy/.lts/a.ini.tmp-400001-5",
                                 "npy/config.ini.tmp-400001-5", "npy/gone.npy.tmp-400001-5"};
    for (size_t i = 0; i < 2; i++)
        remove_inside(f, left[i]);
    for (size_t i = 0; i < 4; i++) {
        char *path = inside(f, swept[i]);
        assert_false(lts_is_file(path));
        lts_free(path);
    }
    assert_tidy(f);
}

static void arrays_without_a_sound_are_reported_and_kept(void **state)
{
    fixture *f = *state;
    write_tone(f, "a.wav", 3000, 700, 0.5f);
    write_tone(f, "b.wav", 3000, 700, 0.5f);
    assert_ok(make(f));
    assert_int_equal(f->ear.warnings, 0);
    remove_inside(f, "audio/b.wav");
    assert_ok(make(f));
    assert_int_equal(f->ear.warnings, 1);
    assert_non_null(strstr(f->ear.text, "npy/b.npy: no sound of that name is left"));
    remove_inside(f, "npy/b.npy");
}

static void names_keep_their_spaces_quotes_and_letters(void **state)
{
    fixture *f = *state;
    const char *const names[] = {"a b",   "it's \"one\"", "\xc3\xa9t\xc3\xa9", "x.y.z", "50%",
                                 "#5;=[", "caf\xe9"};
    for (size_t i = 0; i < 7; i++) {
        char name[64];
        snprintf(name, sizeof name, "%s.wav", names[i]);
        write_tone(f, name, 2000, 700, 0.5f);
    }
    for (int round = 0; round < 2; round++) {
        assert_ok(make(f));
        assert_counts(f, round ? 0 : 7, round ? 7 : 0, 0);
    }
    for (size_t i = 0; i < 7; i++) {
        char *path = lts_format("%s/npy/%s.npy", f->folder, names[i]);
        assert_true(lts_is_file(path));
        lts_free(path);
    }
}

static void too_long_a_name_fails_alone(void **state)
{
    fixture *f = *state;
    char name[256];
    memset(name, 'n', 245);
    strcpy(name + 245, ".wav");
    write_tone(f, "a.wav", 2000, 700, 0.5f);
    char *from = inside(f, "audio/a.wav"), *to = lts_format("%s/audio/%s", f->folder, name);
    assert_int_equal(link(from, to), 0);
    assert_ok(make(f));
    assert_counts(f, 1, 0, 1);
    assert_non_null(strstr(f->report.file[1].reason, "too long a name"));
    lts_free(from);
    lts_free(to);
}

static void a_folder_that_cannot_be_written_stops_the_work(void **state)
{
    fixture *f = *state;
    write_tone(f, "a.wav", 20000, 700, 0.5f);
    write_inside(f, "npy", "a file where the folder should be");
    assert_status(make(f), LTS_ERR_IO);
    assert_non_null(strstr(err.text, "/npy"));
    remove_inside(f, "npy");
    /* A disk that holds the configuration but no array. */
    test_limit_files(8192);
    lts_status status = make(f);
    test_limit_files(0);
    assert_status(status, LTS_ERR_IO);
    assert_non_null(strstr(err.text, "npy/a.npy"));
    assert_counts(f, 0, 0, 0);
    assert_tidy(f);
    assert_ok(make(f));
    assert_counts(f, 1, 0, 0);
}

static void running_out_of_memory_leaves_nothing_behind(void **state)
{
    fixture *f = *state;
    lts_config config;
    write_tone(f, "a.wav", 500, 700, 0.5f);
    assert_ok(lts_config_load(NULL, small, SMALL, &config, NULL, &err));
    f->options.force = true;
    lts_status status = LTS_ERR_MEMORY;
    size_t failures = 0;
    for (size_t fuse = 1; fuse < 100000; fuse += 1 + fuse / 16) {
        test_fail_allocation(fuse);
        status = lts_dataset_make(&config, &f->options, &f->report, NULL, &err);
        size_t asked = test_fail_allocation(0);
        failures += status != LTS_OK;
        assert_true(status == LTS_OK || strstr(err.text, "memory"));
        lts_dataset_report_free(&f->report);
        if (status == LTS_OK && asked < fuse)
            break;
    }
    assert_ok(status);
    assert_true(failures > 30);
    assert_tidy(f);
    lts_config_free(&config);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(arrays_are_the_transforms_of_the_golden_sounds),
        TEST(sounds_shorter_than_a_filter_or_a_hop_are_padded),
        TEST(the_same_sound_gives_the_same_bytes_in_any_company),
        TEST(what_is_up_to_date_is_skipped_and_nothing_else),
        TEST(check_dataset_reads_old_arrays_through),
        TEST(arrays_of_other_settings_are_not_mixed_in),
        TEST(bad_sounds_fail_alone),
        TEST(a_folder_without_sounds_says_what_was_looked_for),
        TEST(two_sounds_of_one_name_are_refused_before_any_work),
        TEST(shards_make_the_whole_together),
        TEST(one_sound_can_be_made_alone),
        TEST(interrupted_work_leaves_whole_arrays_and_goes_on),
        TEST(no_array_counts_as_made_before_it_has_reached_the_disk),
        TEST(what_a_killed_process_left_is_swept),
        TEST(arrays_without_a_sound_are_reported_and_kept),
        TEST(names_keep_their_spaces_quotes_and_letters),
        TEST(too_long_a_name_fails_alone),
        TEST(a_folder_that_cannot_be_written_stops_the_work),
        TEST(running_out_of_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests_name("dataset", tests, NULL, NULL);
}
