/* Files that libsndfile cannot read: by FFmpeg in a build that has it, else counted by their kind.
 */
#include "sound_files.h"

#include "lts/audio.h"

#include <string.h>
#include <unistd.h>

/* Each holds make_sine(220.5, 22050, N, 1). */
enum { N = 11025, RATE = 22050 };
static const struct {
    const char *name, *kind;
    double snr;         /* of the encoding, dB */
    size_t least, lost; /* samples that come; at the beginning those that wma's encoder drops */
    double seeked;      /* how far a sample may differ when decoding begins in the middle */
} sounds[] = {
    {"audio/swell_aac.m4a", "m4a", 25, N, 0, 1e-4},
    {"audio/swell_alac.m4a", "m4a", 80, N, 0, 0},
    {"audio/swell_wma.wma", "wma", 25, 10240, 1024, 0},
    {"audio/swell_wv.wv", "wv", 80, N, 0, 0},
};
enum { SOUNDS = sizeof sounds / sizeof *sounds };

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

static void need_ffmpeg(void)
{
    if (!lts_audio_ffmpeg())
        skip();
}

static void a_build_without_says_what_it_cannot_read(void **state)
{
    (void)state;
    lts_error err;
    lts_audio_info info;
    assert_null(lts_audio_unreadable_kind("a/b.wav"));
    assert_null(lts_audio_unreadable_kind("a/b.txt"));
    assert_null(lts_audio_unreadable_kind("a.m4a/b"));
    assert_null(lts_audio_unreadable_kind("m4a"));
    for (size_t s = 0; s < SOUNDS; s++) {
        const char *kind = lts_audio_unreadable_kind(sounds[s].name);
        if (lts_audio_ffmpeg()) {
            assert_null(kind);
            assert_ok(lts_audio_probe(test_data(sounds[s].name), &info, &err));
        } else {
            assert_string_equal(kind, sounds[s].kind);
            assert_status(lts_audio_probe(test_data(sounds[s].name), &info, &err), LTS_ERR_FORMAT);
            assert_non_null(strstr(err.text, "Format not recognised"));
        }
    }
    if (!lts_audio_ffmpeg())
        assert_string_equal(lts_audio_unreadable_kind("X/Y Z.M4A"), "m4a");
}

static void the_walk_finds_what_can_be_read(void **state)
{
    (void)state;
    lts_error err;
    lts_paths found, others;
    char *inside = lts_path_join(folder, "walk"), *path = lts_path_join(inside, "x.M4A");
    assert_ok(lts_make_folder(inside, &err));
    test_write(path, "", 0);
    assert_ok(lts_audio_walk(inside, &found, &others, &err));
    assert_int_equal(found.count, lts_audio_ffmpeg() ? 1 : 0);
    assert_int_equal(others.count, lts_audio_ffmpeg() ? 0 : 1);
    lts_paths_free(&found);
    lts_paths_free(&others);
    lts_free(path);
    lts_free(inside);
}

static void decoded_samples_are_those_encoded(void **state)
{
    (void)state;
    need_ffmpeg();
    lts_error err;
    float *x = make_sine(220.5, RATE, N, 1);
    for (size_t s = 0; s < SOUNDS; s++) {
        const char *path = test_data(sounds[s].name);
        lts_audio_info info;
        float *y;
        size_t n;
        assert_ok(lts_audio_probe(path, &info, &err));
        assert_true(info.sample_rate == RATE);
        assert_int_equal(info.channels, 1);
        assert_in_range(info.frames, N, N + RATE / 20);
        assert_ok(lts_audio_load(path, 0, 0, -1, &y, &n, &err));
        assert_in_range(n, sounds[s].least, N);
        const size_t lost = sounds[s].lost;
        double snr = signal_to_noise(y, x + lost, n < N - lost ? n : N - lost);
        if (!(snr > sounds[s].snr))
            fail_msg("%s: %.1f dB", sounds[s].name, snr);
        lts_free(y);
        assert_ok(lts_audio_load(path, 44100, 0, -1, &y, &n, &err));
        assert_in_range(n, 2 * sounds[s].least - 2, 2 * N + 2);
        lts_free(y);
    }
    lts_free(x);
}

static void excerpts_are_cut_to_the_sample(void **state)
{
    (void)state;
    need_ffmpeg();
    lts_error err;
    for (size_t s = 0; s < SOUNDS; s++) {
        const char *path = test_data(sounds[s].name);
        float *whole, *y;
        size_t total, n;
        assert_ok(lts_audio_load(path, 0, 0, -1, &whole, &total, &err));
        for (size_t first = 1; first + 500 < total; first += 1733) {
            assert_ok(lts_audio_load(path, 0, (double)first / RATE, 500.0 / RATE, &y, &n, &err));
            assert_int_equal(n, 500);
            for (size_t i = 0; i < n; i++)
                if (fabs((double)y[i] - whole[first + i]) > sounds[s].seeked)
                    fail_msg("%s: sample %zu: %g, not %g", sounds[s].name, first + i, y[i],
                             whole[first + i]);
            lts_free(y);
        }
        lts_free(whole);
        assert_status(lts_audio_load(path, 0, 0.6, 0.1, &y, &n, &err), LTS_ERR_ARGUMENT);
    }
}

static void refuse_bytes(const char *name, const void *bytes, size_t size)
{
    lts_error err;
    float *y;
    size_t n;
    char *path = lts_path_join(folder, name);
    test_write(path, bytes, size);
    if (lts_audio_load(path, 0, 0, -1, &y, &n, &err) != LTS_ERR_FORMAT)
        fail_msg("%s: %zu bytes: not refused", name, size);
    assert_memory_equal(err.text, path, strlen(path));
    assert_null(strchr(err.text, '\n'));
    assert_null(y);
    lts_free(path);
}

static void a_file_cut_short_is_refused(void **state)
{
    (void)state;
    need_ffmpeg();
    for (size_t s = 0; s < SOUNDS; s++) {
        size_t size;
        char *bytes = test_read(test_data(sounds[s].name), &size);
        for (size_t cut = 1; cut < size * 9 / 10; cut += size / 29)
            refuse_bytes("cut", bytes, cut);
        lts_free(bytes);
    }
}

/* Whatever stands in a file, it is refused in one line or read; nothing is printed. */
static void damage_does_no_harm(void **state)
{
    (void)state;
    need_ffmpeg();
    lts_error err;
    lts_rng rng;
    lts_rng_seed(&rng, 3, 0);
    char *path = lts_path_join(folder, "damaged");
    size_t refused = 0;
    for (int round = 0; round < 200; round++) {
        size_t size, n;
        float *y;
        char *bytes = test_read(test_data(sounds[round % SOUNDS].name), &size);
        for (int i = 0; i < 20; i++)
            bytes[lts_rng_next(&rng) % size] = (char)lts_rng_next(&rng);
        test_write(path, bytes, size);
        lts_status status = lts_audio_load(path, 0, 0, -1, &y, &n, &err);
        if (status != LTS_OK) {
            assert_memory_equal(err.text, path, strlen(path));
            assert_null(strchr(err.text, '\n'));
            refused++;
        }
        lts_free(y);
        lts_free(bytes);
    }
    assert_in_range(refused, 100, 200);
    lts_free(path);
}

/* A playlist would make FFmpeg open whatever it names. */
static void a_file_that_names_others_is_refused(void **state)
{
    (void)state;
    need_ffmpeg();
    char *target = lts_path_join(folder, "target.m4a"), *text;
    size_t size;
    char *bytes = test_read(test_data("audio/swell_aac.m4a"), &size);
    test_write(target, bytes, size);
    static const char *const forms[] = {
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n%s\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '%s'\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\na=%s\n",
    };
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
        const char *mark = strstr(forms[f], "%s");
        text = lts_format("%.*s%s%s", (int)(mark - forms[f]), forms[f], target, mark + 2);
        refuse_bytes("list.m4a", text, strlen(text));
        lts_free(text);
    }
    lts_free(bytes);
    lts_free(target);
}

static void read_one(void *context, size_t item, unsigned worker)
{
    bool *wrong = context;
    lts_error err;
    float *y;
    size_t n;
    (void)worker;
    const size_t s = item % SOUNDS;
    lts_status status = lts_audio_load(test_data(sounds[s].name), 0, 0, -1, &y, &n, &err);
    wrong[item] = status != LTS_OK || n < sounds[s].least;
    lts_free(y);
}

static void threads_read_side_by_side(void **state)
{
    (void)state;
    need_ffmpeg();
    bool wrong[32] = {false};
    lts_parallel_for(32, 8, read_one, wrong);
    for (size_t i = 0; i < 32; i++)
        assert_false(wrong[i]);
}

static void a_shortage_of_memory_is_reported(void **state)
{
    (void)state;
    need_ffmpeg();
    lts_error err;
    lts_status status = LTS_ERR_MEMORY;
    float *y;
    size_t n;
    for (size_t fuse = 1; status != LTS_OK; fuse++) {
        test_fail_allocation(fuse);
        status = lts_audio_load(test_data("audio/swell_aac.m4a"), 44100, 0, -1, &y, &n, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK ? fuse > 5 : status == LTS_ERR_MEMORY);
    }
    lts_free(y);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_build_without_says_what_it_cannot_read),
        cmocka_unit_test(the_walk_finds_what_can_be_read),
        cmocka_unit_test(decoded_samples_are_those_encoded),
        cmocka_unit_test(excerpts_are_cut_to_the_sample),
        cmocka_unit_test(a_file_cut_short_is_refused),
        cmocka_unit_test(damage_does_no_harm),
        cmocka_unit_test(a_file_that_names_others_is_refused),
        cmocka_unit_test(threads_read_side_by_side),
        cmocka_unit_test(a_shortage_of_memory_is_reported),
    };
    return cmocka_run_group_tests_name("audio ffmpeg", tests, make_folder, remove_folder);
}
