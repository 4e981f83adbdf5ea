#include "sound_files.h"

#include "lts/audio.h"
#include "lts/formats.h"
#include "small_disk.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

static const lts_audio_format plain_format = {.sample_rate = 44100, .bits = LTS_AUDIO_FLOAT};

static char *folder;

static int make_folder(void **state)
{
    (void)state;
    folder = test_folder();
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    test_folder_remove(folder);
    return 0;
}

static void floats_come_back_bit_for_bit(void **state)
{
    (void)state;
    enum { N = 10001 };
    lts_error err;
    lts_rng rng;
    float *x = lts_alloc(N, sizeof *x), *y;
    size_t n;
    char *path = lts_path_join(folder, "float \xc3\xa9.wav");
    lts_rng_seed(&rng, 3, 0);
    lts_rng_fill_normal(&rng, x, N); /* beyond full scale too */
    assert_ok(lts_audio_save(path, x, N, &plain_format, &err));
    assert_ok(lts_audio_load(path, 0, 0, -1, &y, &n, &err));
    assert_int_equal(n, N);
    assert_memory_equal(x, y, N * sizeof *x);
    lts_free(x);
    lts_free(y);
    lts_free(path);
}

static void integers_are_rounded_and_clipped(void **state)
{
    (void)state;
    static const float x[] = {0,  0.25f, -0.25f, 0.3f,  -0.3f,  1,
                              -1, 1.5f,  -1.5f,  1e30f, -1e30f, 1e-9f};
    enum { N = sizeof x / sizeof *x };
    lts_error err;
    char *path = lts_path_join(folder, "integers.wav");
    for (int wide = 0; wide < 2; wide++) {
        const double full = wide ? 8388608 : 32768;
        const lts_audio_format format = {.sample_rate = 48000,
                                         .bits = wide ? LTS_AUDIO_24 : LTS_AUDIO_16};
        float *y;
        size_t n;
        assert_ok(lts_audio_save(path, x, N, &format, &err));
        assert_ok(lts_audio_load(path, 0, 0, -1, &y, &n, &err));
        assert_int_equal(n, N);
        for (size_t i = 0; i < N; i++) {
            double expected = fmax(-full, fmin(full - 1, nearbyint(x[i] * full))) / full;
            assert_true(fabs(y[i] - expected) < 1e-9);
        }
        lts_free(y);
    }
    lts_free(path);
}

static void integer_files_go_round_unchanged(void **state)
{
    (void)state;
    enum { N = 65536 };
    lts_error err;
    lts_audio_format format = {.sample_rate = 44100, .bits = LTS_AUDIO_16};
    float *x = lts_alloc(N, sizeof *x), *y;
    size_t n;
    char *path = lts_path_join(folder, "round.wav");
    for (int i = 0; i < N; i++)
        x[i] = (float)(i - 32768) / 32768;
    assert_ok(lts_audio_save(path, x, N, &format, &err));
    assert_ok(lts_audio_load(path, 0, 0, -1, &y, &n, &err));
    assert_memory_equal(x, y, N * sizeof *x);
    lts_free(x);
    lts_free(y);
    lts_free(path);
}

static uint32_t number_at(const char *bytes)
{
    const unsigned char *b = (const unsigned char *)bytes;
    return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

/* Walks the RIFF chunks: their names in order, and the text of LIST/INFO ICMT. */
static void read_chunks(const char *path, char names[64], char *comment, size_t limit)
{
    lts_error err;
    char *bytes;
    size_t size;
    assert_ok(lts_read_file(path, 1 << 24, &bytes, &size, &err));
    assert_memory_equal(bytes, "RIFF", 4);
    assert_int_equal(number_at(bytes + 4), size - 8);
    assert_memory_equal(bytes + 8, "WAVE", 4);
    names[0] = comment[0] = '\0';
    for (size_t at = 12; at < size;) {
        assert_true(at + 8 <= size);
        size_t length = number_at(bytes + at + 4);
        if (memcmp(bytes + at, "PAD ", 4) != 0) /* room libsndfile leaves in some headers */
            strncat(names, bytes + at, 4);
        if (memcmp(bytes + at, "LIST", 4) == 0) {
            assert_memory_equal(bytes + at + 8, "INFOICMT", 8);
            size_t text = number_at(bytes + at + 16);
            assert_in_range(text, 1, limit - 1);
            assert_in_range(text + 12, length - 1, length); /* nothing but the comment */
            memcpy(comment, bytes + at + 20, text);
            comment[text] = '\0';
        }
        at += 8 + length + length % 2;
        assert_true(at <= size);
    }
    lts_free(bytes);
}

static void the_comment_is_the_only_extra(void **state)
{
    (void)state;
    static const struct {
        const char *comment, *names;
    } cases[] = {{NULL, "fmt factdata"},
                 {"", "fmt factdata"},
                 {"x", "fmt factLISTdata"},
                 {"model 1f, a = \"so\xc3\xa9.wav\"; seed 3\nsecond line", "fmt factLISTdata"}};
    lts_error err;
    char names[64], comment[256], *path = lts_path_join(folder, "comment.wav");
    float *x = make_sine(440, 44100, 1001, 1);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        lts_audio_format format = plain_format;
        format.comment = cases[c].comment;
        assert_ok(lts_audio_save(path, x, 1001, &format, &err));
        read_chunks(path, names, comment, sizeof comment);
        assert_string_equal(names, cases[c].names);
        assert_string_equal(comment, cases[c].comment ? cases[c].comment : "");
    }
    lts_free(x);
    lts_free(path);
}

static void a_long_comment_is_kept_whole(void **state)
{
    (void)state;
    enum { LENGTH = 16000 };
    lts_error err;
    static char text[20000], comment[20000];
    char names[64], *path = lts_path_join(folder, "long.wav");
    lts_audio_format format = plain_format;
    float x = 0.5f;
    memset(text, 'c', LENGTH);
    format.comment = text;
    assert_ok(lts_audio_save(path, &x, 1, &format, &err));
    read_chunks(path, names, comment, sizeof comment);
    assert_string_equal(comment, text);
    memset(text, 'c', sizeof text - 1);
    assert_status(lts_audio_save(path, &x, 1, &format, &err), LTS_ERR_ARGUMENT);
    lts_free(path);
}

static void the_same_sound_gives_the_same_bytes(void **state)
{
    (void)state;
    enum { N = 5000 };
    lts_error err;
    char first[LTS_HASH_TEXT], second[LTS_HASH_TEXT];
    char *path = lts_path_join(folder, "same.wav");
    float *x = make_sine(440, 44100, N, 1);
    for (unsigned bits = LTS_AUDIO_16; bits <= LTS_AUDIO_FLOAT; bits++) {
        lts_audio_format format = {44100, (lts_audio_bits)bits, "why", false};
        time_t start = time(NULL);
        assert_ok(lts_audio_save(path, x, N, &format, &err));
        assert_ok(lts_hash_file(path, first, &err));
        while (bits == LTS_AUDIO_FLOAT && time(NULL) == start) /* no time of writing in it */
            usleep(20000);
        assert_ok(lts_audio_save(path, x, N, &format, &err));
        assert_ok(lts_hash_file(path, second, &err));
        assert_string_equal(first, second);
    }
    lts_free(x);
    lts_free(path);
}

static void what_cannot_be_saved_leaves_nothing(void **state)
{
    (void)state;
    static const double rates[] = {0, -1, 44100.5, 1e9, NAN};
    lts_error err;
    size_t before = test_folder_count(folder);
    char *path = lts_path_join(folder, "refused.wav");
    float x[100] = {0};
    lts_audio_format format = plain_format;
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
        format.sample_rate = rates[r];
        assert_status(lts_audio_save(path, x, 100, &format, &err), LTS_ERR_ARGUMENT);
    }
    assert_status(lts_audio_save(path, x, 0, &plain_format, &err), LTS_ERR_ARGUMENT);
    assert_status(lts_audio_save(path, x, (size_t)1 << 31, &plain_format, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "4 GiB"));
    format = plain_format;
    format.bits = (lts_audio_bits)7;
    assert_status(lts_audio_save(path, x, 100, &format, &err), LTS_ERR_ARGUMENT);
    x[44] = NAN;
    assert_status(lts_audio_save(path, x, 100, &plain_format, &err), LTS_ERR_NONFINITE);
    assert_non_null(strstr(err.text, "sample 44 (0.000998 s)"));
    x[44] = 0;
    assert_status(lts_audio_save(folder, x, 100, &plain_format, &err), LTS_ERR_IO);
    assert_int_equal(test_folder_count(folder), before);
    lts_free(path);
    path = lts_path_join(folder, "missing/refused.wav");
    assert_status(lts_audio_save(path, x, 100, &plain_format, &err), LTS_ERR_IO);
    assert_non_null(strstr(err.text, path));
    lts_free(path);
}

static void a_full_disk_leaves_nothing(void **state)
{
    (void)state;
    enum { N = 100000 };
    lts_error err;
    size_t before = test_folder_count(folder);
    char *path = lts_path_join(folder, "full.wav");
    float *x = make_sine(440, 44100, N, 1);
    for (unsigned bits = LTS_AUDIO_16; bits <= LTS_AUDIO_FLOAT; bits++)
        for (size_t size = 10; size < 2 * N; size *= 10) {
            lts_audio_format format = {44100, (lts_audio_bits)bits, "a comment", false};
            test_limit_files(size);
            lts_status status = lts_audio_save(path, x, N, &format, &err);
            test_limit_files(0);
            assert_status(status, LTS_ERR_IO);
            assert_memory_equal(err.text, path, strlen(path));
            assert_int_equal(test_folder_count(folder), before);
        }
    lts_free(x);
    lts_free(path);
}

static void widths_have_names(void **state)
{
    (void)state;
    lts_audio_bits bits;
    assert_true(lts_audio_parse_bits("16", &bits) && bits == LTS_AUDIO_16);
    assert_true(lts_audio_parse_bits("24", &bits) && bits == LTS_AUDIO_24);
    assert_true(lts_audio_parse_bits("32f", &bits) && bits == LTS_AUDIO_FLOAT);
    assert_false(lts_audio_parse_bits("", &bits));
    assert_false(lts_audio_parse_bits("32", &bits));
    assert_false(lts_audio_parse_bits("16 ", &bits));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(floats_come_back_bit_for_bit),
        cmocka_unit_test(integers_are_rounded_and_clipped),
        cmocka_unit_test(integer_files_go_round_unchanged),
        cmocka_unit_test(the_comment_is_the_only_extra),
        cmocka_unit_test(a_long_comment_is_kept_whole),
        cmocka_unit_test(the_same_sound_gives_the_same_bytes),
        cmocka_unit_test(what_cannot_be_saved_leaves_nothing),
        cmocka_unit_test(a_full_disk_leaves_nothing),
        cmocka_unit_test(widths_have_names),
    };
    return cmocka_run_group_tests_name("audio save", tests, make_folder, remove_folder);
}
