#include "testing.h"

#include "formats/tensorboard/crc32c.h"
#include "lts/formats.h"
#include "small_disk.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static void the_checksum_is_that_of_rfc_3720(void **state)
{
    (void)state;
    unsigned char zeros[32] = {0}, ones[32], rising[32], falling[32];
    crc32c_table table;
    crc32c_prepare(&table);
    for (int i = 0; i < 32; i++) {
        ones[i] = 255;
        rising[i] = (unsigned char)i;
        falling[i] = (unsigned char)(31 - i);
    }
    assert_int_equal(crc32c(&table, "123456789", 9), 0xe3069283u);
    assert_int_equal(crc32c(&table, zeros, 32), 0x8a9136aau);
    assert_int_equal(crc32c(&table, ones, 32), 0x62a8ab43u);
    assert_int_equal(crc32c(&table, rising, 32), 0x46dd794eu);
    assert_int_equal(crc32c(&table, falling, 32), 0x113fdb5cu);
    assert_int_equal(crc32c(&table, zeros, 0), 0);
}

/* A reader of its own, from the descriptions of TFRecord and protocol buffers: bytes are taken
 * from the front, and every field is asked for by number. */
typedef struct span {
    const unsigned char *at;
    size_t size;
} span;

static uint64_t take_little(span *s, size_t bytes)
{
    uint64_t value = 0;
    assert_true(s->size >= bytes);
    for (size_t i = bytes; i-- > 0;)
        value = value << 8 | s->at[i];
    s->at += bytes;
    s->size -= bytes;
    return value;
}

static uint64_t take_varint(span *s)
{
    uint64_t value = 0, byte;
    int shift = 0;
    do {
        byte = take_little(s, 1);
        value |= (byte & 127) << shift;
        shift += 7;
    } while (byte & 128);
    return value;
}

/* The value of field `wanted`, which must be there once: its number, or its bytes in *part. */
static uint64_t field(span message, unsigned wanted, unsigned wire, span *part)
{
    uint64_t found = 0;
    int times = 0;
    while (message.size > 0) {
        uint64_t key = take_varint(&message), value = 0;
        span bytes = {NULL, 0};
        if ((key & 7) == 0)
            value = take_varint(&message);
        else if ((key & 7) == 2) {
            bytes.size = take_varint(&message);
            assert_true(bytes.size <= message.size);
            bytes.at = message.at;
            message.at += bytes.size;
            message.size -= bytes.size;
        } else {
            assert_true((key & 7) == 1 || (key & 7) == 5);
            value = take_little(&message, (key & 7) == 1 ? 8 : 4);
        }
        if (key >> 3 == wanted) {
            assert_int_equal(key & 7, wire);
            times++;
            found = value;
            if (part)
                *part = bytes;
        }
    }
    assert_int_equal(times, 1);
    return found;
}

static float as_float(uint64_t bits)
{
    uint32_t word = (uint32_t)bits;
    float value;
    memcpy(&value, &word, sizeof value);
    return value;
}

static double as_double(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint32_t unmask(uint64_t masked)
{
    uint32_t rotated = (uint32_t)masked - 0xa282ead8u;
    return rotated >> 17 | rotated << 15;
}

/* The next record's message, its frame checked. */
static span take_record(span *file)
{
    crc32c_table table;
    crc32c_prepare(&table);
    const unsigned char *head = file->at;
    uint64_t length = take_little(file, 8);
    assert_int_equal(unmask(take_little(file, 4)), crc32c(&table, head, 8));
    assert_true(length <= file->size);
    span message = {file->at, length};
    file->at += length;
    file->size -= length;
    assert_int_equal(unmask(take_little(file, 4)), crc32c(&table, message.at, length));
    return message;
}

static void assert_text(span s, const char *expected)
{
    assert_int_equal(s.size, strlen(expected));
    assert_memory_equal(s.at, expected, s.size);
}

/* The one Summary.Value of an event, its step and its time checked. */
static span value_of(span event, int64_t step)
{
    span summary, value;
    double age = (double)time(NULL) - as_double(field(event, 1, 1, NULL));
    assert_true(age > -2 && age < 600);
    assert_int_equal((int64_t)field(event, 2, 0, NULL), step);
    field(event, 5, 2, &summary);
    field(summary, 1, 2, &value);
    return value;
}

/* The only file in `folder`, read whole; free the bytes with lts_free. */
static char *read_only_file(const char *folder, span *file)
{
    lts_error err;
    char *bytes = NULL;
    DIR *stream = opendir(folder);
    assert_non_null(stream);
    for (struct dirent *entry; (entry = readdir(stream));)
        if (entry->d_name[0] != '.') {
            assert_null(bytes);
            assert_memory_equal(entry->d_name, "events.out.tfevents.", 20);
            char *path = lts_path_join(folder, entry->d_name);
            assert_ok(lts_read_file(path, 1 << 26, &bytes, &file->size, &err));
            lts_free(path);
        }
    closedir(stream);
    assert_non_null(bytes);
    file->at = (const unsigned char *)bytes;
    return bytes;
}

static void scalars_read_back(void **state)
{
    (void)state;
    static const struct {
        const char *tag, *stored;
        int64_t step;
        double value;
    } cases[] = {{"loss/train", "loss/train", 0, 6.48},
                 {"loss", "loss", 1, -1e-30},
                 {"caf\xc3\xa9 \"x\"", "caf\xc3\xa9 \"x\"", INT64_MAX, 0},
                 {"latin \xe9", "latin \xef\xbf\xbd", -1, 1e30},
                 {"", "", 300, NAN}};
    lts_error err;
    lts_events *events;
    span file, part;
    char *folder = test_folder();
    assert_ok(lts_events_open(folder, &events, &err));
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        assert_ok(lts_events_scalar(events, cases[c].tag, cases[c].step, cases[c].value, &err));
    char *bytes = read_only_file(folder, &file); /* all is there before it is closed */
    span version = take_record(&file);
    field(version, 3, 2, &part);
    assert_text(part, "brain.Event:2");
    assert_true(as_double(field(version, 1, 1, NULL)) > 1e9);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        span value = value_of(take_record(&file), cases[c].step);
        field(value, 1, 2, &part);
        assert_text(part, cases[c].stored);
        float expected = (float)cases[c].value, stored = as_float(field(value, 2, 5, NULL));
        assert_true(isnan(expected) ? isnan(stored) : stored == expected);
    }
    assert_int_equal(file.size, 0);
    lts_events_close(events);
    lts_events_close(NULL);
    lts_free(bytes);
    test_folder_remove(folder);
}

static void a_restart_voids_a_step_and_those_after_it(void **state)
{
    (void)state;
    lts_error err;
    lts_events *events;
    span file, session;
    char *folder = test_folder();
    assert_ok(lts_events_open(folder, &events, &err));
    assert_ok(lts_events_restart(events, 300, &err));
    assert_ok(lts_events_scalar(events, "loss", 300, 1, &err));
    lts_events_close(events);
    char *bytes = read_only_file(folder, &file);
    take_record(&file);
    span event = take_record(&file);
    assert_int_equal((int64_t)field(event, 2, 0, NULL), 300);
    assert_true(as_double(field(event, 1, 1, NULL)) > 1e9);
    field(event, 7, 2, &session);
    assert_int_equal(field(session, 1, 0, NULL), 1); /* SessionLog.START */
    value_of(take_record(&file), 300);
    assert_int_equal(file.size, 0);
    lts_free(bytes);
    test_folder_remove(folder);
}

static void audio_is_a_wav_inside(void **state)
{
    (void)state;
    enum { N = 50000 };
    lts_error err;
    lts_events *events;
    span file, audio, part, wav;
    char *folder = test_folder();
    float *x = lts_alloc(N, sizeof *x);
    for (int i = 0; i < N; i++)
        x[i] = sinf(0.01f * (float)i) * 1.2f; /* clipped at its peaks */
    assert_ok(lts_events_open(folder, &events, &err));
    assert_ok(lts_events_audio(events, "preview/a.wav", 7, x, N, 44100, &err));
    lts_events_close(events);
    char *bytes = read_only_file(folder, &file);
    take_record(&file);
    span value = value_of(take_record(&file), 7);
    assert_int_equal(file.size, 0);
    field(value, 1, 2, &part);
    assert_text(part, "preview/a.wav");
    field(value, 6, 2, &audio);
    assert_true(as_float(field(audio, 1, 5, NULL)) == 44100);
    assert_int_equal(field(audio, 2, 0, NULL), 1);
    assert_int_equal(field(audio, 3, 0, NULL), N);
    field(audio, 5, 2, &part);
    assert_text(part, "audio/wav");
    field(audio, 4, 2, &wav);
    assert_int_equal(wav.size, 44 + 2 * N);
    assert_memory_equal(wav.at, "RIFF", 4);
    assert_memory_equal(wav.at + 8, "WAVEfmt ", 8);
    assert_memory_equal(wav.at + 36, "data", 4);
    static const struct {
        size_t at, bytes;
        uint64_t expected;
    } numbers[] = {{4, 4, 36 + 2 * N}, {16, 4, 16}, {20, 2, 1},  {22, 2, 1},    {24, 4, 44100},
                   {28, 4, 88200},     {32, 2, 2},  {34, 2, 16}, {40, 4, 2 * N}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        span s = {wav.at + numbers[i].at, numbers[i].bytes};
        assert_int_equal(take_little(&s, numbers[i].bytes), numbers[i].expected);
    }
    span samples = {wav.at + 44, 2 * N};
    for (int i = 0; i < N; i++) {
        double expected = fmax(-32768, fmin(32767, rint(x[i] * 32768.0)));
        assert_true(fabs((int16_t)take_little(&samples, 2) - expected) <= 1);
    }
    lts_free(x);
    lts_free(bytes);
    test_folder_remove(folder);
}

static void every_opening_makes_a_new_file(void **state)
{
    (void)state;
    lts_error err;
    lts_events *events;
    char *folder = test_folder();
    for (size_t i = 1; i <= 5; i++) {
        assert_ok(lts_events_open(folder, &events, &err));
        lts_events_close(events);
        assert_int_equal(test_folder_count(folder), i);
    }
    test_folder_remove(folder);
}

static void what_cannot_be_stored_is_refused(void **state)
{
    (void)state;
    static const double rates[] = {0, -44100, NAN, INFINITY, 1e9};
    lts_error err;
    lts_events *events;
    float x[10] = {0};
    char *folder = test_folder(), *missing = lts_path_join(folder, "missing");
    assert_status(lts_events_open(missing, &events, &err), LTS_ERR_IO);
    assert_null(events);
    assert_non_null(strstr(err.text, missing));
    assert_ok(lts_events_open(folder, &events, &err));
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++)
        assert_status(lts_events_audio(events, "a", 0, x, 10, rates[r], &err), LTS_ERR_ARGUMENT);
    assert_status(lts_events_audio(events, "a", 0, x, 0, 44100, &err), LTS_ERR_ARGUMENT);
    assert_status(lts_events_audio(events, "a", 0, x, SIZE_MAX / 2, 44100, &err), LTS_ERR_ARGUMENT);
    x[4] = NAN;
    assert_status(lts_events_audio(events, "a", 0, x, 10, 44100, &err), LTS_ERR_NONFINITE);
    assert_non_null(strstr(err.text, "sample 4"));
    lts_events_close(events);
    lts_free(missing);
    test_folder_remove(folder);
}

/* What was written before stays readable, and writing goes on when there is room again. */
static void a_full_disk_leaves_whole_records(void **state)
{
    (void)state;
    enum { N = 20000 };
    lts_error err;
    lts_events *events;
    span file;
    char *folder = test_folder();
    float *x = lts_alloc(N, sizeof *x);
    assert_ok(lts_events_open(folder, &events, &err));
    assert_ok(lts_events_scalar(events, "loss", 1, 1, &err));
    test_limit_files(8192);
    lts_status status = lts_events_audio(events, "audio", 2, x, N, 44100, &err);
    test_limit_files(0);
    assert_status(status, LTS_ERR_IO);
    assert_ok(lts_events_scalar(events, "loss", 3, 1, &err));
    lts_events_close(events);
    char *bytes = read_only_file(folder, &file);
    take_record(&file);
    value_of(take_record(&file), 1);
    value_of(take_record(&file), 3);
    assert_int_equal(file.size, 0);
    lts_free(bytes);
    lts_free(x);
    test_folder_remove(folder);
}

static void a_shortage_of_memory_is_reported(void **state)
{
    (void)state;
    lts_error err;
    lts_events *events = NULL;
    const float x[4] = {0};
    char *folder = test_folder();
    lts_status status = LTS_ERR_MEMORY;
    for (size_t fuse = 1; status != LTS_OK; fuse++) {
        test_fail_allocation(fuse);
        status = lts_events_open(folder, &events, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK ? fuse > 3 : status == LTS_ERR_MEMORY);
        assert_int_equal(test_folder_count(folder), status == LTS_OK);
    }
    for (size_t fuse = 1; fuse <= 2; fuse++) {
        test_fail_allocation(fuse);
        assert_status(lts_events_scalar(events, "a", 0, 1, &err), LTS_ERR_MEMORY);
        test_fail_allocation(fuse);
        assert_status(lts_events_audio(events, "a", 0, x, 4, 44100, &err), LTS_ERR_MEMORY);
    }
    test_fail_allocation(0);
    lts_events_close(events);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_checksum_is_that_of_rfc_3720),
        cmocka_unit_test(scalars_read_back),
        cmocka_unit_test(a_restart_voids_a_step_and_those_after_it),
        cmocka_unit_test(audio_is_a_wav_inside),
        cmocka_unit_test(every_opening_makes_a_new_file),
        cmocka_unit_test(what_cannot_be_stored_is_refused),
        cmocka_unit_test(a_full_disk_leaves_whole_records),
        cmocka_unit_test(a_shortage_of_memory_is_reported),
    };
    return cmocka_run_group_tests_name("events", tests, NULL, NULL);
}
