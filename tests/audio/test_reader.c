#include "sound_files.h"

#include "lts/audio.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Formats that libsndfile names since 1.1; an older one refuses to write them. */
enum { LAYER_III = 0x230082, OPUS = 0x200064 };

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

static void every_common_format_reads_as_the_same_sound(void **state)
{
    (void)state;
    /* SNR of the encoding itself, dB; the lossy ones are only asked to be that sound, in place. */
    static const struct {
        const char *name;
        int format, rate, channels;
        double snr;
    } cases[] = {
        {"a.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 1, 80},
        {"8bit.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_U8, 8000, 1, 30},
        {"24bit.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_24, 96000, 2, 120},
        {"float.wav", SF_FORMAT_WAV | SF_FORMAT_FLOAT, 192000, 8, 200},
        {"double.wav", SF_FORMAT_WAV | SF_FORMAT_DOUBLE, 44100, 1, 200},
        {"wavex.wav", SF_FORMAT_WAVEX | SF_FORMAT_PCM_32, 48000, 6, 140},
        {"rf64.wav", SF_FORMAT_RF64 | SF_FORMAT_PCM_24, 48000, 2, 120},
        {"a.w64", SF_FORMAT_W64 | SF_FORMAT_PCM_16, 22050, 2, 80},
        {"a.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_24, 44100, 2, 120},
        {"a.aifc", SF_FORMAT_AIFF | SF_FORMAT_FLOAT, 44100, 1, 140},
        {"a.au", SF_FORMAT_AU | SF_FORMAT_PCM_16, 44100, 1, 80},
        {"a.caf", SF_FORMAT_CAF | SF_FORMAT_PCM_24, 44100, 2, 120},
        {"adpcm.wav", SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, 44100, 1, 30},
        {"a.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_24, 44100, 2, 120},
        {"a.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 44100, 2, 15},
        {"a.mp3", LAYER_III, 44100, 2, 15},
        {"a.opus", OPUS, 48000, 2, 15},
    };
    enum { N = 20000 };
    lts_error err;
    size_t met = 0;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const int rate = cases[c].rate, channels = cases[c].channels;
        float *x = make_sine(rate / 100.0, rate, N, channels), *mono, *y;
        size_t n;
        lts_audio_info info;
        char *path = lts_path_join(folder, cases[c].name);
        if (write_sound(path, cases[c].format, rate, channels, x, N)) {
            met++;
            assert_ok(lts_audio_probe(path, &info, &err));
            assert_true(info.sample_rate == rate);
            assert_int_equal(info.channels, channels);
            assert_true(fabs(info.seconds - (double)info.frames / rate) < 1e-9);
            assert_ok(lts_audio_load(path, 0, 0, -1, &y, &n, &err));
            assert_in_range(n, N, N + (cases[c].snr < 50 ? 1100 : 0)); /* whole blocks */
            assert_int_equal(n, info.frames);
            mono = make_sine(rate / 100.0, rate, N, 1);
            double snr = signal_to_noise(y, mono, N);
            if (!(snr > cases[c].snr))
                fail_msg("%s: %.1f dB", cases[c].name, snr);
            lts_free(mono);
            lts_free(y);
        }
        lts_free(x);
        lts_free(path);
    }
    assert_in_range(met, 14, 17); /* MP3 and Opus need a newer libsndfile */
}

static void channels_are_averaged(void **state)
{
    (void)state;
    const float x[] = {1, 0, 0.5f, 0.25f, -1, 1, 0.5f, -0.25f};
    lts_error err;
    float *y;
    size_t n;
    char *path = lts_path_join(folder, "stereo.wav");
    assert_true(write_sound(path, SF_FORMAT_WAV | SF_FORMAT_FLOAT, 44100, 2, x, 4));
    assert_ok(lts_audio_load(path, 0, 0, -1, &y, &n, &err));
    assert_int_equal(n, 4);
    const float expected[] = {0.5f, 0.375f, 0, 0.125f};
    assert_memory_equal(y, expected, sizeof expected);
    lts_free(y);
    lts_free(path);
}

/* A sine resampled is the same sine: in place, at the level it had. The ends, where the filter sees
 * the silence outside, are left out. */
static void a_resampled_sine_stays_in_place(void **state)
{
    (void)state;
    static const int rates[][2] = {{48000, 44100}, {44100, 48000},  {96000, 44100}, {192000, 44100},
                                   {22050, 44100}, {11025, 44100},  {8000, 44100},  {44100, 22050},
                                   {44056, 44100}, {44100, 192000}, {44100, 44100}};
    enum { N = 48000, MARGIN = 2000 };
    lts_error err;
    char *path = lts_path_join(folder, "sine.wav");
    for (size_t c = 0; c < sizeof rates / sizeof *rates; c++) {
        const double hz = 1000, from = rates[c][0], to = rates[c][1];
        float *x = lts_alloc(N, sizeof *x), *y;
        size_t n;
        for (size_t i = 0; i < N; i++)
            x[i] = (float)sin(2 * 3.14159265358979 * hz * (double)i / from);
        assert_true(write_sound(path, SF_FORMAT_WAV | SF_FORMAT_FLOAT, rates[c][0], 1, x, N));
        assert_ok(lts_audio_load(path, to, 0, -1, &y, &n, &err));
        double length = N * to / from;
        assert_true(fabs((double)n - length) <= 1);
        float *expected = lts_alloc(n, sizeof *expected);
        for (size_t i = 0; i < n; i++)
            expected[i] = (float)sin(2 * 3.14159265358979 * hz * (double)i / to);
        double snr = signal_to_noise(y + MARGIN, expected + MARGIN, n - 2 * MARGIN);
        if (!(snr > 100))
            fail_msg("%g to %g Hz: %.1f dB", from, to, snr);
        lts_free(expected);
        lts_free(x);
        lts_free(y);
    }
    lts_free(path);
}

/* An impulse comes out where it went in, its largest sample at the nearest place. */
static void a_resampled_impulse_stays_in_place(void **state)
{
    (void)state;
    enum { N = 9600, AT = 4800 };
    lts_error err;
    float *x = lts_alloc(N, sizeof *x), *y;
    size_t n, peak = 0;
    char *path = lts_path_join(folder, "impulse.wav");
    x[AT] = 1;
    assert_true(write_sound(path, SF_FORMAT_WAV | SF_FORMAT_FLOAT, 48000, 1, x, N));
    assert_ok(lts_audio_load(path, 44100, 0, -1, &y, &n, &err));
    assert_int_equal(n, 8820);
    for (size_t i = 0; i < n; i++)
        if (fabsf(y[i]) > fabsf(y[peak]))
            peak = i;
    assert_int_equal(peak, 4410);
    for (size_t i = 1; i < 400; i++)
        assert_true(fabsf(y[peak - i] - y[peak + i]) < 1e-5f);
    lts_free(x);
    lts_free(y);
    lts_free(path);
}

static void excerpts_are_cut_to_the_sample(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int format;
        double tolerance; /* of a lossy decoder that starts in the middle */
    } cases[] = {
        {"cut.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16, 0},
        {"cut.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 0},
        {"cut_adpcm.wav", SF_FORMAT_WAV | SF_FORMAT_IMA_ADPCM, 0},
        {"cut_gsm.wav", SF_FORMAT_WAV | SF_FORMAT_GSM610, 0},
        {"cut_dwvw.aiff", SF_FORMAT_AIFF | SF_FORMAT_DWVW_16, 0}, /* only goes forward */
        {"cut.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS, 1e-5},
        {"cut.mp3", LAYER_III, 0},
    };
    static const double excerpts[][2] = {
        {0, 0.1}, {0.25, 0.1}, {0.25, -1}, {0.9, 5.0}, {12345.0 / 44100, 777.0 / 44100}};
    enum { N = 44100 };
    lts_error err;
    float *x = make_sine(700, 44100, N, 1);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        float *whole, *y;
        size_t total, n;
        char *path = lts_path_join(folder, cases[c].name);
        if (write_sound(path, cases[c].format, 44100, 1, x, N)) {
            assert_ok(lts_audio_load(path, 0, 0, -1, &whole, &total, &err));
            for (size_t e = 0; e < sizeof excerpts / sizeof *excerpts; e++) {
                size_t first = (size_t)llround(excerpts[e][0] * 44100);
                size_t count = total - first;
                if (excerpts[e][1] >= 0 && (size_t)llround(excerpts[e][1] * 44100) < count)
                    count = (size_t)llround(excerpts[e][1] * 44100);
                assert_ok(lts_audio_load(path, 0, excerpts[e][0], excerpts[e][1], &y, &n, &err));
                assert_int_equal(n, count);
                for (size_t i = 0; i < n; i++)
                    if (fabs((double)y[i] - whole[first + i]) > cases[c].tolerance)
                        fail_msg("%s: excerpt %zu, sample %zu: %g, not %g", cases[c].name, e, i,
                                 y[i], whole[first + i]);
                lts_free(y);
            }
            lts_free(whole);
        }
        lts_free(path);
    }
    lts_free(x);
}

static void blocks_of_any_size_give_the_same_samples(void **state)
{
    (void)state;
    static const size_t blocks[] = {1, 7, 1000, 5000, 100000};
    enum { N = 20000 };
    lts_error err;
    float *x = make_sine(700, 48000, N, 2);
    char *path = lts_path_join(folder, "blocks.wav");
    assert_true(write_sound(path, SF_FORMAT_WAV | SF_FORMAT_FLOAT, 48000, 2, x, N));
    for (int rate = 44100; rate <= 48000; rate += 3900) {
        float *whole, *y;
        size_t n, got;
        assert_ok(lts_audio_load(path, rate, 0, -1, &whole, &n, &err));
        y = lts_alloc(n + 1, sizeof *y);
        for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
            lts_audio_reader *reader;
            size_t done = 0;
            assert_ok(lts_audio_reader_open(path, rate, 0, -1, &reader, &err));
            assert_true(lts_audio_reader_rate(reader) == rate);
            assert_true(fabs((double)lts_audio_reader_expected(reader) - (double)n) <= 2);
            do {
                size_t wanted = n + 1 - done < blocks[b] ? n + 1 - done : blocks[b];
                assert_ok(lts_audio_reader_read(reader, y + done, wanted, &got, &err));
                done += got;
                assert_true(got == wanted || done == n);
            } while (done < n);
            assert_ok(lts_audio_reader_read(reader, y + n, 1, &got, &err));
            assert_int_equal(got, 0);
            assert_memory_equal(y, whole, n * sizeof *y);
            lts_audio_reader_close(reader);
        }
        lts_free(y);
        lts_free(whole);
    }
    lts_free(x);
    lts_free(path);
}

static size_t open_descriptors(void)
{
    return lts_is_folder("/dev/fd") ? test_folder_count("/dev/fd") : 0;
}

/* One line: the file first, then `says`. */
static void assert_refused(const char *path, lts_status expected, const char *says)
{
    lts_error err;
    float *x;
    size_t n, descriptors = open_descriptors();
    assert_status(lts_audio_load(path, 44100, 0, -1, &x, &n, &err), expected);
    assert_null(x);
    assert_memory_equal(err.text, path, strlen(path));
    assert_null(strchr(err.text, '\n'));
    if (!strstr(err.text, says))
        fail_msg("'%s' does not say \"%s\"", err.text, says);
    assert_int_equal(open_descriptors(), descriptors);
}

static void what_is_no_sound_is_refused_with_one_line(void **state)
{
    (void)state;
    static const char text[] = "This is a letter, and it goes on for quite a while, to no avail.\n";
    static const char *const names[] = {"text.wav", "text.au", "text.mp3", "text.flac", "text.ogg"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = lts_path_join(folder, names[i]);
        test_write(path, text, sizeof text - 1);
        assert_refused(path, LTS_ERR_FORMAT, "Format not recognised");
        test_write(path, text, 0);
        assert_refused(path, LTS_ERR_FORMAT, "empty");
        lts_free(path);
    }
    char *path = lts_path_join(folder, "missing.wav");
    assert_refused(path, LTS_ERR_NOT_FOUND, "No such file");
    assert_refused(folder, LTS_ERR_IO, "is a folder");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_refused(path, LTS_ERR_IO, "is a pipe, expected a file: give a pipe as -");
    lts_free(path);
    path = lts_path_join(folder, "locked.wav");
    test_write(path, text, sizeof text - 1);
    assert_int_equal(chmod(path, 0), 0);
    if (geteuid() != 0)
        assert_refused(path, LTS_ERR_IO, "Permission denied");
    lts_free(path);
}

static void a_sound_without_samples_is_refused(void **state)
{
    (void)state;
    const float x[1] = {0};
    char *path = lts_path_join(folder, "nothing.wav");
    assert_true(write_sound(path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 1, x, 0));
    assert_refused(path, LTS_ERR_FORMAT, "holds no samples");
    lts_free(path);
}

/* Every cut of a file is refused, and most cuts with how much of it is there. */
static void a_file_cut_short_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int format;
    } cases[] = {{"whole.wav", SF_FORMAT_WAV | SF_FORMAT_PCM_16},
                 {"whole.rf64", SF_FORMAT_RF64 | SF_FORMAT_PCM_16},
                 {"whole.w64", SF_FORMAT_W64 | SF_FORMAT_PCM_16},
                 {"whole.aiff", SF_FORMAT_AIFF | SF_FORMAT_PCM_16},
                 {"whole.au", SF_FORMAT_AU | SF_FORMAT_PCM_16},
                 {"whole.caf", SF_FORMAT_CAF | SF_FORMAT_PCM_16},
                 {"whole.flac", SF_FORMAT_FLAC | SF_FORMAT_PCM_16},
                 {"whole.ogg", SF_FORMAT_OGG | SF_FORMAT_VORBIS},
                 {"whole.mp3", LAYER_III}};
    enum { N = 30000 };
    lts_error err;
    lts_audio_info info;
    float *x = make_sine(440, 44100, N, 1);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *bytes, *path = lts_path_join(folder, cases[c].name);
        size_t size, told = 0, cuts = 0;
        if (!write_sound(path, cases[c].format, 44100, 1, x, N)) {
            lts_free(path);
            continue;
        }
        assert_ok(lts_read_file(path, 1 << 24, &bytes, &size, &err));
        /* In the first bytes of an MP3 its decoder complains aloud. */
        for (size_t cut = cases[c].format == LAYER_III ? 300 : 0; cut < size;
             cut += cut < 100 ? 1 : size / 17) {
            test_write(path, bytes, cut);
            assert_refused(path, LTS_ERR_FORMAT, "");
            if (lts_audio_probe(path, &info, &err) != LTS_ERR_FORMAT)
                fail_msg("%s: %zu of %zu bytes pass for whole", cases[c].name, cut, size);
            cuts += cut >= 100;
            told += cut >= 100 && strstr(err.text, "cut short") && strstr(err.text, "promises");
        }
        if (cases[c].format != (SF_FORMAT_OGG | SF_FORMAT_VORBIS) && told + 2 < cuts)
            fail_msg("%s: %zu of %zu cuts told", cases[c].name, told, cuts);
        lts_free(bytes);
        lts_free(path);
    }
    lts_free(x);
}

/* A header that is off by one is no cut. */
static void a_wav_eight_bytes_short_is_whole(void **state)
{
    (void)state;
    static const int formats[] = {SF_FORMAT_PCM_16, SF_FORMAT_PCM_24, SF_FORMAT_FLOAT};
    static const size_t width[] = {2, 3, 4};
    enum { N = 1000 };
    lts_error err;
    float *x = make_sine(440, 44100, N, 1), *y;
    char *path = lts_path_join(folder, "short.wav");
    for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
        char *bytes;
        size_t size, n;
        assert_true(write_sound(path, SF_FORMAT_WAV | formats[f], 44100, 1, x, N));
        assert_ok(lts_read_file(path, 1 << 24, &bytes, &size, &err));
        for (size_t missing = 1; missing <= 9; missing++) {
            test_write(path, bytes, size - missing);
            if (missing > 8) {
                assert_refused(path, LTS_ERR_FORMAT, "cut short");
                continue;
            }
            assert_ok(lts_audio_load(path, 0, 0, -1, &y, &n, &err));
            assert_int_equal(n, N - (missing + width[f] - 1) / width[f]);
            lts_free(y);
        }
        lts_free(bytes);
    }
    lts_free(path);
    lts_free(x);
}

static void how_much_is_left_is_told(void **state)
{
    (void)state;
    enum { N = 44100 };
    lts_error err;
    float *x = make_sine(440, 44100, N, 1);
    char *bytes, *path = lts_path_join(folder, "part.wav");
    size_t size;
    assert_true(write_sound(path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 1, x, N));
    assert_ok(lts_read_file(path, 1 << 24, &bytes, &size, &err));
    test_write(path, bytes, size - N);
    assert_refused(path, LTS_ERR_FORMAT, "44100 of the 88200 bytes of sound");
    assert_refused(path, LTS_ERR_FORMAT, "copy it anew");
    lts_free(bytes);
    lts_free(path);
    path = lts_path_join(folder, "part.flac");
    assert_true(write_sound(path, SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 44100, 1, x, N));
    assert_ok(lts_read_file(path, 1 << 24, &bytes, &size, &err));
    test_write(path, bytes, size / 2);
    assert_refused(path, LTS_ERR_FORMAT, " s of the 1.000 s that its header promises can be read");
    lts_free(bytes);
    lts_free(path);
    lts_free(x);
}

/* A frame of zeros amid the others: what lies before it is good, what is asked for across it not.
 */
static void damage_inside_a_flac_is_found(void **state)
{
    (void)state;
    enum { N = 88200 };
    lts_error err;
    lts_rng rng;
    float *x = lts_alloc(N, sizeof *x), *y;
    char *bytes, *path = lts_path_join(folder, "damaged.flac");
    size_t size, n;
    lts_rng_seed(&rng, 1, 0);
    for (size_t i = 0; i < N; i++)
        x[i] = (float)(lts_rng_uniform(&rng) - 0.5);
    assert_true(write_sound(path, SF_FORMAT_FLAC | SF_FORMAT_PCM_16, 44100, 1, x, N));
    assert_ok(lts_read_file(path, 1 << 24, &bytes, &size, &err));
    memset(bytes + size / 2, 0, 50);
    test_write(path, bytes, size);
    assert_refused(path, LTS_ERR_FORMAT, "cut short or damaged: ");
    lts_status status = lts_audio_load(path, 0, 0.9, 0.3, &y, &n, &err);
    assert_status(status, LTS_ERR_FORMAT);
    lts_free(bytes);
    lts_free(path);
    lts_free(x);
}

/* What writes into a pipe cannot go back to the header and leaves a placeholder there. */
static void a_streamed_file_is_read_to_its_end(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        int format;
        size_t place; /* of the size in the header */
        bool big_endian;
        uint32_t sizes[5];
    } cases[] = {{"streamed.wav",
                  SF_FORMAT_WAV | SF_FORMAT_PCM_16,
                  40,
                  false,
                  {0, 0, 0xffffffff, 0x7ffff000, 0x80000000}},
                 {"streamed.au",
                  SF_FORMAT_AU | SF_FORMAT_PCM_16 | SF_ENDIAN_BIG,
                  8,
                  true,
                  {0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}},
                 {"streamed.aiff",
                  SF_FORMAT_AIFF | SF_FORMAT_PCM_16,
                  0,
                  true,
                  {0x7f000008, 0x7f000008, 0x7f000008, 0x7f000008, 0x7f000008}}};
    enum { N = 5000 };
    lts_error err;
    float *x = make_sine(440, 44100, N, 1), *whole, *y;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (size_t s = 0; s < 5; s++) {
            char *bytes, *path = lts_path_join(folder, cases[c].name);
            size_t size, n, total, place = cases[c].place;
            assert_true(write_sound(path, cases[c].format, 44100, 1, x, N));
            assert_ok(lts_audio_load(path, 0, 0, -1, &whole, &total, &err));
            assert_ok(lts_read_file(path, 1 << 24, &bytes, &size, &err));
            for (size_t i = 0; place == 0 && i + 8 < size; i++)
                place = memcmp(bytes + i, "SSND", 4) == 0 ? i + 4 : 0;
            /* An unclosed WAV says the same, or the size of its header, of the whole file. */
            for (unsigned b = 0; b < 4 && bytes[0] == 'R'; b++)
                bytes[4 + b] = (char)(s == 0 ? 36 * (b == 0) : cases[c].sizes[s] >> (8 * b));
            for (unsigned b = 0; b < 4; b++)
                bytes[place + (cases[c].big_endian ? 3 - b : b)] =
                    (char)(cases[c].sizes[s] >> (8 * b));
            test_write(path, bytes, size);
            if (lts_audio_load(path, 0, 0, -1, &y, &n, &err) != LTS_OK)
                fail_msg("%s, size %08x: %s", cases[c].name, cases[c].sizes[s], err.text);
            assert_int_equal(n, total);
            assert_memory_equal(y, whole, n * sizeof *y);
            lts_free(y);
            lts_free(whole);
            lts_free(bytes);
            lts_free(path);
        }
    lts_free(x);
}

static void a_number_that_is_none_is_reported_with_its_place(void **state)
{
    (void)state;
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    enum { N = 10000, AT = 4410 };
    float *x = lts_alloc(2 * N, sizeof *x);
    char *path = lts_path_join(folder, "nan.wav");
    for (size_t b = 0; b < 3; b++) {
        x[2 * AT + 1] = bad[b];
        assert_true(write_sound(path, SF_FORMAT_WAV | SF_FORMAT_FLOAT, 44100, 2, x, N));
        assert_refused(path, LTS_ERR_NONFINITE, "sample 4410 (0.100000 s)");
    }
    lts_free(x);
    lts_free(path);
}

static void settings_outside_their_range_are_refused(void **state)
{
    (void)state;
    static const double cases[][3] = {
        {-1, 0, -1},   {99, 0, -1},  {1e7, 0, -1}, {NAN, 0, -1},      {INFINITY, 0, -1},
        {0, -0.1, -1}, {0, NAN, -1}, {0, 0.5, -1}, {0, INFINITY, -1}, {0, 1e300, -1},
        {0, 0, 0},     {0, 0, 1e-9}, {0, 0, NAN},
    };
    enum { N = 22050 };
    lts_error err;
    lts_audio_reader *reader;
    float *x = make_sine(440, 44100, N, 1);
    char *path = lts_path_join(folder, "half_second.wav");
    assert_true(write_sound(path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 44100, 1, x, N));
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const double *s = cases[c];
        if (lts_audio_reader_open(path, s[0], s[1], s[2], &reader, &err) != LTS_ERR_ARGUMENT)
            fail_msg("rate %g, offset %g, duration %g", s[0], s[1], s[2]);
        assert_null(reader);
        assert_memory_equal(err.text, path, strlen(path));
    }
    assert_ok(lts_audio_reader_open(path, 0, 22049.0 / 44100, INFINITY, &reader, &err));
    assert_int_equal(lts_audio_reader_expected(reader), 1);
    lts_audio_reader_close(reader);
    lts_audio_reader_close(NULL);
    lts_free(x);
    lts_free(path);
}

static void a_sample_rate_that_cannot_be_is_refused(void **state)
{
    (void)state;
    static const int rates[] = {1, 99, 1000001, 2147483647};
    float *x = make_sine(440, 44100, 100, 1);
    char *path = lts_path_join(folder, "rate.wav");
    for (size_t r = 0; r < sizeof rates / sizeof *rates; r++) {
        assert_true(write_sound(path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, rates[r], 1, x, 100));
        assert_refused(path, LTS_ERR_FORMAT, "expected 100 to 1000000");
    }
    assert_true(write_sound(path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 192000, 1, x, 1));
    assert_refused(path, LTS_ERR_FORMAT, "too short to be resampled");
    lts_free(x);
    lts_free(path);
}

/* A quarter each: a sound, a text, an empty file, none at all. */
typedef struct crowd {
    char *path[4];
    lts_status expected[4];
    bool wrong[64];
} crowd;

static void load_one(void *context, size_t item, unsigned worker)
{
    static const char *const says[] = {"", "Format not recognised", "empty", "No such file"};
    crowd *c = context;
    lts_error err = {0};
    float *x;
    size_t n;
    (void)worker;
    lts_status status = lts_audio_load(c->path[item % 4], 44100, 0, -1, &x, &n, &err);
    c->wrong[item] = status != c->expected[item % 4] || !strstr(err.text, says[item % 4]) ||
                     (status != LTS_OK && !strstr(err.text, c->path[item % 4]));
    lts_free(x);
}

static void threads_do_not_mix_up_their_files(void **state)
{
    (void)state;
    crowd c = {.expected = {LTS_OK, LTS_ERR_FORMAT, LTS_ERR_FORMAT, LTS_ERR_NOT_FOUND}};
    float *x = make_sine(440, 48000, 4800, 2);
    for (int i = 0; i < 4; i++) {
        char name[32];
        snprintf(name, sizeof name, "crowd%d.wav", i);
        c.path[i] = lts_path_join(folder, name);
    }
    assert_true(write_sound(c.path[0], SF_FORMAT_WAV | SF_FORMAT_PCM_16, 48000, 2, x, 4800));
    test_write(c.path[1], "a letter, and no sound", 22);
    test_write(c.path[2], "", 0);
    lts_parallel_for(64, 8, load_one, &c);
    for (int i = 0; i < 64; i++)
        assert_false(c.wrong[i]);
    for (int i = 0; i < 4; i++)
        lts_free(c.path[i]);
    lts_free(x);
}

static void a_shortage_of_memory_is_reported(void **state)
{
    (void)state;
    enum { N = 1000 };
    lts_error err;
    float *x = make_sine(440, 48000, N, 1), *y;
    size_t n;
    char *path = lts_path_join(folder, "memory.wav");
    assert_true(write_sound(path, SF_FORMAT_WAV | SF_FORMAT_PCM_16, 48000, 1, x, N));
    lts_status status = LTS_ERR_MEMORY;
    for (size_t fuse = 1; status != LTS_OK; fuse++) {
        test_fail_allocation(fuse);
        status = lts_audio_load(path, 44100, 0, -1, &y, &n, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK ? fuse > 5 : status == LTS_ERR_MEMORY);
    }
    lts_free(y);
    lts_free(x);
    lts_free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_common_format_reads_as_the_same_sound),
        cmocka_unit_test(channels_are_averaged),
        cmocka_unit_test(a_resampled_sine_stays_in_place),
        cmocka_unit_test(a_resampled_impulse_stays_in_place),
        cmocka_unit_test(excerpts_are_cut_to_the_sample),
        cmocka_unit_test(blocks_of_any_size_give_the_same_samples),
        cmocka_unit_test(what_is_no_sound_is_refused_with_one_line),
        cmocka_unit_test(a_sound_without_samples_is_refused),
        cmocka_unit_test(a_file_cut_short_is_refused),
        cmocka_unit_test(a_wav_eight_bytes_short_is_whole),
        cmocka_unit_test(how_much_is_left_is_told),
        cmocka_unit_test(damage_inside_a_flac_is_found),
        cmocka_unit_test(a_streamed_file_is_read_to_its_end),
        cmocka_unit_test(a_number_that_is_none_is_reported_with_its_place),
        cmocka_unit_test(settings_outside_their_range_are_refused),
        cmocka_unit_test(a_sample_rate_that_cannot_be_is_refused),
        cmocka_unit_test(threads_do_not_mix_up_their_files),
        cmocka_unit_test(a_shortage_of_memory_is_reported),
    };
    return cmocka_run_group_tests_name("audio reader", tests, make_folder, remove_folder);
}
