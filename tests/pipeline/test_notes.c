/* Data sets of notes: what is made, what is kept, what happens to them, and how they are read. */
#include "testing.h"

#include "lts/audio.h"
#include "lts/dataset.h"
#include "lts/frames.h"

#include <dirent.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

static lts_error err;

/* Small spectra: 8 bins x 9 frames. */
static const char *const small[] = {"audio.features=stft", "stft.sample_rate=8000",
                                    "stft.duration=0.032", "stft.n_fft=16", "stft.hop=32"};
enum { SMALL = sizeof small / sizeof *small, RATE = 8000, SAMPLES = 256, FLOATS = 8 * 9 };

typedef struct fixture {
    char *folder, *arrays, text[8192];
    size_t warnings;
    size_t cancel_after, looked; /* notes; 0: never */
    lts_reporter reporter;
    lts_dataset_options options;
    lts_dataset_report report;
    lts_feature feature;
} fixture;

static void hear(void *user, lts_level level, const char *text)
{
    fixture *f = user;
    const size_t used = strlen(f->text);
    f->warnings += level == LTS_LEVEL_WARNING;
    snprintf(f->text + used, sizeof f->text - used, "%s\n", text);
}

static void take_progress(void *user, const char *what, double done, double total, double rate)
{
    fixture *f = user;
    (void)total, (void)rate;
    f->looked = strcmp(what, "notes") == 0 ? (size_t)done : 0;
}

static bool is_cancelled(void *user)
{
    fixture *f = user;
    return f->cancel_after > 0 && f->looked >= f->cancel_after;
}

static int set_up(void **state)
{
    fixture *f = lts_alloc(1, sizeof *f);
    f->folder = test_folder();
    f->arrays = lts_path_join(f->folder, "npy");
    f->reporter = (lts_reporter){
        .user = f, .message = hear, .progress = take_progress, .cancelled = is_cancelled};
    f->options = (lts_dataset_options){.folder = f->folder, .jobs = 2, .shard = 1, .shards = 1};
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    lts_dataset_report_free(&f->report);
    test_folder_remove(f->folder);
    lts_free(f->arrays);
    lts_free(f);
    return 0;
}

static char *inside(const fixture *f, const char *name)
{
    return lts_path_join(f->folder, name);
}

static void put(const fixture *f, const char *name, const void *bytes, size_t size)
{
    char *path = inside(f, name), *folder = lts_strdup(path);
    *strrchr(folder, '/') = '\0';
    assert_ok(lts_make_folder(folder, &err));
    test_write(path, bytes, size);
    lts_free(folder);
    lts_free(path);
}

/* audio/NAME: a note of a pitch that `step` tells, `n` samples. */
static void sound_of(const fixture *f, const char *name, int step, size_t n, double rate)
{
    static float x[4 * SAMPLES];
    const lts_audio_format format = {.sample_rate = rate, .bits = LTS_AUDIO_FLOAT};
    char *below = lts_format("audio/%s", name), *path = inside(f, below);
    for (size_t i = 0; i < n; i++)
        x[i] = 0.5f * sinf((float)i * (0.2f + 0.01f * (float)step));
    put(f, below, "", 0);
    assert_ok(lts_audio_save(path, x, n, &format, &err));
    lts_free(path);
    lts_free(below);
}

static void sound(const fixture *f, const char *name, int step)
{
    sound_of(f, name, step, SAMPLES, RATE);
}

static void sounds(const fixture *f, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char *name = lts_format("Tone/Dark/%zu/1-%zu.wav", 25 * (i / 23), i % 23);
        sound(f, name, (int)i);
        lts_free(name);
    }
}

static lts_status make(fixture *f, const char *const *sets, size_t count)
{
    lts_config config = {0};
    f->text[0] = '\0';
    f->warnings = 0;
    lts_dataset_report_free(&f->report);
    lts_status status = lts_config_load(NULL, sets, count, &config, NULL, &err);
    if (status == LTS_OK)
        status = lts_config_feature(&config, &f->feature, &err);
    if (status == LTS_OK)
        status = lts_dataset_make(&config, &f->options, &f->report, &f->reporter, &err);
    lts_config_free(&config);
    return status;
}

static void made(fixture *f, size_t done, size_t skipped, size_t failed)
{
    assert_ok(make(f, small, SMALL));
    assert_int_equal(f->report.done, done);
    assert_int_equal(f->report.skipped, skipped);
    assert_int_equal(f->report.failed, failed);
}

static void assert_said(const fixture *f, const char *text)
{
    if (!strstr(f->text, text))
        fail_msg("\"%s\" was not said, but: %s", text, f->text);
}

static lts_frames *open_frames(const fixture *f)
{
    lts_frames *frames;
    assert_ok(lts_frames_open(f->arrays, &f->feature, &frames, &err));
    return frames;
}

/* Files of the folder whose names end so; one of them to `name`. */
static size_t shards(const fixture *f, const char *ending, char name[300])
{
    size_t count = 0;
    DIR *folder = opendir(f->arrays);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));)
        if (strstr(entry->d_name, ending)) {
            snprintf(name, 300, "npy/%s", entry->d_name);
            count++;
        }
    closedir(folder);
    return count;
}

/* --- What is made ---------------------------------------------------------------------------- */

static void a_real_note_is_as_librosa_has_it(void **state)
{
    fixture *f = *state;
    static const char *const sets[] = {"audio.features=stft"};
    size_t size, index, rows, columns;
    char *bytes = test_read(test_data("stft/note.wav"), &size);
    put(f, "audio/Tone/Bright/75/1-5.wav", bytes, size);
    lts_free(bytes);
    assert_ok(make(f, sets, 1));
    assert_int_equal(f->report.done, 1);
    lts_frames *frames = open_frames(f);
    const lts_labels *labels = lts_frames_labels(frames);
    assert_int_equal(lts_frames_bins(frames), 512 * 64);
    assert_ok(lts_labels_find(labels, "bright", 75, 69, &index, &err));
    const lts_note *note = lts_labels_at(labels, index);
    assert_string_equal(note->file, "Tone/Bright/75/1-5.wav");
    assert_string_equal(note->group, "Tone");
    assert_true(fabs((double)note->min + 50.85885238647461) < 1e-3);
    assert_true(fabs((double)note->max - 29.14114761352539) < 1e-3);
    float *expected = test_array("stft/note.normalised.npy", &rows, &columns);
    float *example = lts_alloc(512 * 64, sizeof *example);
    assert_ok(lts_frames_read(frames, 0, 0, 1, example, &err));
    for (size_t i = 0; i < 512 * 64; i++)
        assert_true(fabsf(example[i] - expected[i]) < 1e-4f);
    lts_free(example);
    lts_free(expected);
    lts_frames_close(frames);
}

static void every_note_is_a_file_of_its_own(void **state)
{
    fixture *f = *state;
    enum { COUNT = 300 }; /* more than a shard */
    float all[FLOATS];
    char name[300];
    sounds(f, COUNT);
    made(f, COUNT, 0, 0);
    assert_int_equal(shards(f, ".npy", name), 2);
    assert_int_equal(shards(f, ".csv", name), 2);
    lts_frames *frames = open_frames(f);
    const lts_labels *labels = lts_frames_labels(frames);
    assert_int_equal(lts_frames_files(frames), COUNT);
    assert_int_equal(lts_labels_count(labels), COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        assert_string_equal(lts_frames_name(frames, i), lts_labels_at(labels, i)->file);
        assert_int_equal(lts_frames_rows(frames, i), 1);
        assert_ok(lts_frames_read(frames, i, 0, 1, all, &err));
        if (i > 0)
            assert_true(strcmp(lts_frames_name(frames, i - 1), lts_frames_name(frames, i)) < 0);
    }
    assert_int_equal(lts_frames_hold_out(frames, 0.1, 1), COUNT / 10);
    assert_int_equal(lts_frames_count(frames, LTS_FRAMES_TRAIN), COUNT - COUNT / 10);
    lts_frames_close(frames);
    made(f, 0, COUNT, 0);
}

/* Neither the threads nor how the work was shared out can be told from what training reads. */
static void the_order_does_not_depend_on_who_made_it(void **state)
{
    fixture *f = *state;
    float one[FLOATS], other[FLOATS];
    enum { COUNT = 20 };
    char *elsewhere = inside(f, "first");
    sounds(f, COUNT);
    made(f, COUNT, 0, 0);
    assert_int_equal(rename(f->arrays, elsewhere), 0);
    f->options.jobs = 1;
    f->options.shards = 2;
    f->options.shard = 2;
    made(f, COUNT / 2, 0, 0);
    f->options.shard = 1;
    made(f, COUNT / 2, 0, 0);
    lts_frames *first, *second = open_frames(f);
    assert_ok(lts_frames_open(elsewhere, &f->feature, &first, &err));
    assert_string_equal(lts_frames_fingerprint(first), lts_frames_fingerprint(second));
    for (size_t i = 0; i < COUNT; i++) {
        assert_ok(lts_frames_read(first, i, 0, 1, one, &err));
        assert_ok(lts_frames_read(second, i, 0, 1, other, &err));
        assert_string_equal(lts_frames_name(first, i), lts_frames_name(second, i));
        assert_memory_equal(one, other, sizeof one);
    }
    lts_frames_close(first);
    lts_frames_close(second);
    lts_free(elsewhere);
    f->options.force = true;
    assert_status(make(f, small, SMALL), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "in parts"));
}

static void bad_sounds_are_told_and_the_others_made(void **state)
{
    fixture *f = *state;
    sounds(f, 2 * 23 + 3);
    sound(f, "nobody knows.wav", 1);
    sound_of(f, "Tone/Bright/25/1-0.wav", 2, SAMPLES / 2, RATE);
    sound_of(f, "Tone/Bright/25/1-1.wav", 3, 4 * SAMPLES, 2 * RATE);
    put(f, "audio/Tone/Bright/25/1-2.wav", "RIFF, and then nothing", 22);
    made(f, 2 * 23 + 3 + 3, 0, 1);
    assert_said(f, "nobody knows.wav: a note without labels");
    assert_said(f, "Bright/25/1-0.wav: 0.016 s long: filled up with silence to 0.032 s");
    assert_said(f, "sounds of several rates: ");
    assert_said(f, "Dark of magnitude 50 lacks pitches that most have");
    lts_frames *frames = open_frames(f);
    assert_int_equal(lts_frames_files(frames), 2 * 23 + 3 + 3);
    lts_frames_close(frames);
}

static void sounds_without_any_labels_are_one_note_of_it(void **state)
{
    fixture *f = *state;
    for (int i = 0; i < 30; i++) {
        char *name = lts_format("%d.wav", i);
        sound(f, name, i);
        lts_free(name);
    }
    made(f, 30, 0, 0);
    assert_int_equal(f->warnings, 0);
    assert_said(f, "no sound has labels");
}

static void a_single_note_is_warned_of(void **state)
{
    fixture *f = *state;
    sound(f, "Tone/Dark/25/E4.wav", 0);
    made(f, 1, 0, 0);
    assert_int_equal(f->warnings, 1);
    assert_said(f, "a single note");
}

/* --- What happens to it ---------------------------------------------------------------------- */

static void a_changed_sound_replaces_its_note_alone(void **state)
{
    fixture *f = *state;
    float before[FLOATS], after[FLOATS];
    char name[300];
    sounds(f, 10);
    made(f, 10, 0, 0);
    lts_frames *frames = open_frames(f);
    assert_ok(lts_frames_read(frames, 3, 0, 1, before, &err));
    char *changed = lts_strdup(lts_frames_name(frames, 3));
    lts_frames_close(frames);
    sound(f, changed, 100);
    made(f, 1, 9, 0);
    frames = open_frames(f);
    assert_int_equal(lts_frames_files(frames), 10);
    assert_ok(lts_frames_read(frames, 3, 0, 1, after, &err));
    assert_string_equal(lts_frames_name(frames, 3), changed);
    assert_memory_not_equal(before, after, sizeof before);
    lts_frames_close(frames);
    assert_int_equal(shards(f, "notes-000001", name), 0);
    made(f, 0, 10, 0);
    lts_free(changed);
}

static void a_sound_that_was_only_touched_is_current(void **state)
{
    fixture *f = *state;
    sounds(f, 3);
    made(f, 3, 0, 0);
    sounds(f, 3);
    made(f, 0, 3, 0);
}

static void what_is_unfinished_or_damaged_is_made_anew(void **state)
{
    fixture *f = *state;
    char name[300];
    size_t size;
    sounds(f, 5);
    made(f, 5, 0, 0);
    /* A kill between the two names of a shard. */
    assert_int_equal(shards(f, ".npy", name), 1);
    char *path = inside(f, name);
    assert_int_equal(unlink(path), 0);
    lts_free(path);
    made(f, 5, 0, 0);
    assert_int_equal(f->warnings, 0);
    assert_int_equal(shards(f, ".csv", name), 1);
    assert_int_equal(shards(f, ".npy", name), 1);
    path = inside(f, name);
    char *bytes = test_read(path, &size);
    test_write(path, bytes, size - 1);
    lts_free(bytes);
    lts_free(path);
    made(f, 5, 0, 0);
    assert_said(f, "ends within its data");
    made(f, 0, 5, 0);
}

static void what_was_made_before_an_interruption_stays(void **state)
{
    fixture *f = *state;
    sounds(f, 20);
    f->options.jobs = 1;
    f->cancel_after = 7;
    assert_status(make(f, small, SMALL), LTS_ERR_CANCELLED);
    assert_int_equal(f->report.done, 7);
    f->cancel_after = 0;
    made(f, 13, 7, 0);
}

static void new_labels_need_no_new_arrays(void **state)
{
    fixture *f = *state;
    static const char table[] = "pitch,file,descriptor,magnitude\nC5,odd.wav,Odd,12.5\n";
    size_t index;
    sounds(f, 3);
    sound(f, "odd.wav", 9);
    made(f, 4, 0, 0);
    put(f, "labels.csv", table, strlen(table));
    made(f, 0, 4, 0);
    assert_null(strstr(f->text, "without labels"));
    lts_frames *frames = open_frames(f);
    assert_ok(lts_labels_find(lts_frames_labels(frames), "Odd", 12.5, 72, &index, &err));
    lts_frames_close(frames);
    put(f, "labels.csv", "name\nx\n", 7);
    assert_status(make(f, small, SMALL), LTS_ERR_FORMAT);
    assert_non_null(strstr(err.text, "labels.csv: line 1: no column 'file'"));
}

static void a_wrong_pattern_is_refused(void **state)
{
    fixture *f = *state;
    const char *const sets[] = {"audio.features=stft", "labels.pattern={colour}"};
    sounds(f, 1);
    assert_status(make(f, sets, 2), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "[labels] pattern = {colour}"));
}

static void other_arrays_are_not_mixed_in(void **state)
{
    fixture *f = *state;
    const char *const sets[] = {"audio.features=stft", "stft.hop=64"};
    sounds(f, 2);
    made(f, 2, 0, 0);
    assert_status(make(f, sets, 2), LTS_ERR_EXISTS);
    assert_non_null(strstr(err.text, "hop 32, now 64"));
    f->options.force = true;
    assert_ok(make(f, sets, 2));
    assert_int_equal(f->report.done, 2);
    f->options.force = false;
    assert_status(make(f, NULL, 0), LTS_ERR_EXISTS);
    char *path = lts_path_join(f->arrays, "other.npy");
    assert_ok(lts_npy_save(path, (float[4]){0}, 2, 2, &err));
    lts_free(path);
    assert_status(make(f, sets, 2), LTS_ERR_EXISTS);
    assert_non_null(strstr(err.text, "other.npy: not a shard of notes"));
}

/* --- The original's folders ------------------------------------------------------------------ */

static void the_originals_folders_are_read_as_they_are(void **state)
{
    fixture *f = *state;
    static float x[512 * 64];
    size_t size, index;
    float row[512 * 64];
    lts_frames *frames;
    char *folder = inside(f, "spectrograms"),
         *bytes = test_read(test_data("pickle/protocol_4.pkl"), &size);
    put(f, "minmax/min_max_values.pkl", bytes, size);
    put(f, "spectrograms/.hidden", "", 0);
    for (int i = 0; i < 3; i++) {
        char *path = lts_format("%s/BrightX%dX1-%d.wav.npy", folder, 25 * i, i);
        for (size_t j = 0; j < 512 * 64; j++)
            x[j] = (float)(j % 101 + (size_t)i) / 200;
        assert_ok(lts_npy_save(path, x, 512, 64, &err));
        lts_free(path);
    }
    const lts_feature feature = lts_feature_defaults(LTS_FEATURE_STFT);
    assert_ok(lts_frames_open(folder, &feature, &frames, &err));
    assert_int_equal(lts_frames_files(frames), 3);
    assert_ok(lts_labels_find(lts_frames_labels(frames), "Bright", 50, 66, &index, &err));
    assert_int_equal(index, 2);
    const lts_note *note = lts_labels_at(lts_frames_labels(frames), index);
    assert_true(note->min == -52.5f && note->max == 31.25f);
    assert_ok(lts_frames_read(frames, index, 0, 1, row, &err));
    assert_memory_equal(row, x, sizeof row);
    lts_frames_close(frames);
    char *path = lts_path_join(folder, "other.npy");
    assert_ok(lts_npy_save(path, x, 64, 64, &err));
    assert_status(lts_frames_open(folder, &feature, &frames, &err), LTS_ERR_SHAPE);
    assert_non_null(strstr(err.text, "64 x 64 numbers, expected 32768 a note"));
    lts_free(path);
    lts_free(bytes);
    lts_free(folder);
}

static void rows_alone_are_notes_without_labels(void **state)
{
    fixture *f = *state;
    static float x[3 * FLOATS];
    sounds(f, 1);
    made(f, 1, 0, 0);
    char *folder = inside(f, "plain"), *path;
    put(f, "plain/.hidden", "", 0);
    path = lts_path_join(folder, "all.npy");
    assert_ok(lts_npy_save(path, x, 3, FLOATS, &err));
    lts_frames *frames;
    assert_ok(lts_frames_open(folder, &f->feature, &frames, &err));
    assert_int_equal(lts_frames_files(frames), 3);
    assert_string_equal(lts_frames_name(frames, 2), "all[000002]");
    lts_frames_close(frames);
    lts_free(path);
    lts_free(folder);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_real_note_is_as_librosa_has_it),
        TEST(every_note_is_a_file_of_its_own),
        TEST(the_order_does_not_depend_on_who_made_it),
        TEST(bad_sounds_are_told_and_the_others_made),
        TEST(sounds_without_any_labels_are_one_note_of_it),
        TEST(a_single_note_is_warned_of),
        TEST(a_changed_sound_replaces_its_note_alone),
        TEST(a_sound_that_was_only_touched_is_current),
        TEST(what_is_unfinished_or_damaged_is_made_anew),
        TEST(what_was_made_before_an_interruption_stays),
        TEST(new_labels_need_no_new_arrays),
        TEST(a_wrong_pattern_is_refused),
        TEST(other_arrays_are_not_mixed_in),
        TEST(the_originals_folders_are_read_as_they_are),
        TEST(rows_alone_are_notes_without_labels),
    };
    return cmocka_run_group_tests_name("notes", tests, NULL, NULL);
}
