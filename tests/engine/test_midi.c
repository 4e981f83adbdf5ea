#include "testing.h"

#include "engine/midi/midi_source.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST = 4096 };

/* PortMidi itself forgets some hundred bytes whenever it starts. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libportmidi";
}

/* What a handler was given. */
typedef struct heard {
    midi_event event[MOST];
    atomic_int count;
} heard;

static void hear(void *user, const midi_event *event)
{
    heard *h = user;
    int count = atomic_load(&h->count);
    if (count < MOST)
        h->event[count] = *event;
    atomic_store(&h->count, count + 1);
}

static bool wait_for(heard *h, int count)
{
    for (double end = lts_now() + 5; atomic_load(&h->count) < count && lts_now() < end;)
        usleep(1000);
    return atomic_load(&h->count) >= count;
}

static void assert_event(const midi_event *e, midi_kind kind, int channel, int number, int value)
{
    assert_int_equal(e->kind, kind);
    assert_int_equal(e->channel, channel);
    assert_int_equal(e->number, number);
    assert_int_equal(e->value, value);
}

/* --- Bytes ------------------------------------------------------------------------------------ */

static void bytes_become_events(void **state)
{
    (void)state;
    static const struct {
        const char *what, *bytes;
        size_t size;
        midi_event events[4];
        size_t count;
    } cases[] = {
#define BYTES(text) text, sizeof text - 1
        {"note on", BYTES("\x90\x3c\x40"), {{MIDI_NOTE_ON, 0, 60, 64}}, 1},
        {"note off", BYTES("\x8f\x00\x7f"), {{MIDI_NOTE_OFF, 15, 0, 127}}, 1},
        {"velocity 0", BYTES("\x91\x3c\x00"), {{MIDI_NOTE_OFF, 1, 60, 0}}, 1},
        {"controller", BYTES("\xb2\x07\x7f"), {{MIDI_CONTROLLER, 2, 7, 127}}, 1},
        {"bend, centre", BYTES("\xe0\x00\x40"), {{MIDI_BEND, 0, 0, 0}}, 1},
        {"bend, ends",
         BYTES("\xe1\x00\x00\x7f\x7f"),
         {{MIDI_BEND, 1, 0, -8192}, {MIDI_BEND, 1, 0, 8191}},
         2},
        {"running status",
         BYTES("\x90\x3c\x40\x3e\x41\x3c\x00"),
         {{MIDI_NOTE_ON, 0, 60, 64}, {MIDI_NOTE_ON, 0, 62, 65}, {MIDI_NOTE_OFF, 0, 60, 0}},
         3},
        {"real-time bytes between",
         BYTES("\xf8\xb0\xfe\x01\xfa\x40\xff\x02\xf8\x41"),
         {{MIDI_CONTROLLER, 0, 1, 64}, {MIDI_CONTROLLER, 0, 2, 65}},
         2},
        {"system exclusive",
         BYTES("\xf0\x7e\x7f\x09\x01\xf7\x90\x3c\x40"),
         {{MIDI_NOTE_ON, 0, 60, 64}},
         1},
        {"real-time inside system exclusive", BYTES("\xf0\x01\xf8\x02\x03\xf7"), {{0}}, 0},
        {"system exclusive without its end",
         BYTES("\xf0\x01\x02\x80\x3c\x40"),
         {{MIDI_NOTE_OFF, 0, 60, 64}},
         1},
        {"system exclusive ends running status",
         BYTES("\x90\x3c\x40\xf0\x01\xf7\x3c\x40"),
         {{MIDI_NOTE_ON, 0, 60, 64}},
         1},
        {"system common ends running status",
         BYTES("\x90\x3c\x40\xf2\x01\x02\x3c\x40\xf6\x3c\x41"),
         {{MIDI_NOTE_ON, 0, 60, 64}},
         1},
        {"other kinds",
         BYTES("\xc0\x05\x06\xd0\x07\xa0\x3c\x40\xb0\x01\x02"),
         {{MIDI_CONTROLLER, 0, 1, 2}},
         1},
        {"data first", BYTES("\x3c\x40\x00\x90\x3c\x40"), {{MIDI_NOTE_ON, 0, 60, 64}}, 1},
        {"cut short by the next", BYTES("\x90\x3c\xb0\x01\x02"), {{MIDI_CONTROLLER, 0, 1, 2}}, 1},
        {"not yet whole", BYTES("\x90\x3c"), {{0}}, 0},
#undef BYTES
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        midi_parser parser = {0};
        midi_event event;
        size_t count = 0;
        for (size_t b = 0; b < cases[c].size; b++)
            if (midi_parse(&parser, (uint8_t)cases[c].bytes[b], &event)) {
                if (count == cases[c].count)
                    fail_msg("%s: an event too many", cases[c].what);
                const midi_event *e = &cases[c].events[count++];
                assert_event(&event, e->kind, e->channel, e->number, e->value);
            }
        if (count != cases[c].count)
            fail_msg("%s: %zu events, expected %zu", cases[c].what, count, cases[c].count);
    }
}

/* --- Paths ------------------------------------------------------------------------------------ */

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

static void send_bytes(const char *path, const char *bytes, size_t size)
{
    int descriptor = open(path, O_WRONLY);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, bytes, size), size);
    close(descriptor);
}

static void a_pipe_is_read_writer_after_writer(void **state)
{
    (void)state;
    static heard h;
    lts_error err;
    midi *m;
    char *path = lts_path_join(folder, "midi \xc3\xa9");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_ok(midi_open(path, hear, &h, &m, &err));
    for (int writer = 0; writer < 5; writer++) {
        const char bytes[] = {(char)0xb0, 1, (char)(10 * writer), 2, 3};
        send_bytes(path, bytes, sizeof bytes);
        assert_true(wait_for(&h, 2 * writer + 2));
        assert_event(&h.event[2 * writer], MIDI_CONTROLLER, 0, 1, 10 * writer);
        assert_event(&h.event[2 * writer + 1], MIDI_CONTROLLER, 0, 2, 3);
        usleep(20000);
    }
    double start = lts_now();
    midi_close(m);
    assert_true(lts_now() - start < 0.5);
    assert_int_equal(atomic_load(&h.count), 10);
    lts_free(path);
}

static void a_pipe_made_anew_is_found_again(void **state)
{
    (void)state;
    static heard h;
    lts_error err;
    midi *m;
    char *path = lts_path_join(folder, "midi");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_ok(midi_open(path, hear, &h, &m, &err));
    for (int made = 0; made < 3; made++) {
        send_bytes(path, "\x90\x3c\x40", 3);
        assert_true(wait_for(&h, made + 1));
        unlink(path);
        if (made == 1)
            usleep(100000);
        assert_int_equal(mkfifo(path, 0600), 0);
    }
    midi_close(m);
    lts_free(path);
}

static void many_events_come_in_order(void **state)
{
    (void)state;
    enum { N = 3000 };
    static heard h;
    lts_error err;
    midi *m;
    char *path = lts_path_join(folder, "midi"), bytes[3 * N];
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_ok(midi_open(path, hear, &h, &m, &err));
    for (int i = 0; i < N; i++)
        memcpy(bytes + 3 * i, (const char[]){(char)0xe0, (char)(i & 127), (char)(i >> 7)}, 3);
    send_bytes(path, bytes, sizeof bytes);
    assert_true(wait_for(&h, N));
    for (int i = 0; i < N; i++)
        assert_event(&h.event[i], MIDI_BEND, 0, 0, i - 8192);
    midi_close(m);
    lts_free(path);
}

static void an_event_is_heard_at_once(void **state)
{
    (void)state;
    static heard h;
    lts_error err;
    midi *m;
    double worst = 0;
    char *path = lts_path_join(folder, "midi");
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_ok(midi_open(path, hear, &h, &m, &err));
    int descriptor = open(path, O_WRONLY);
    for (int i = 1; i <= 20; i++) {
        double start = lts_now();
        assert_int_equal(write(descriptor, "\x90\x40\x40", 3), 3);
        while (atomic_load(&h.count) < i && lts_now() < start + 5)
            usleep(100);
        worst = lts_now() - start > worst ? lts_now() - start : worst;
    }
    print_message("worst of 20: %.2f ms from write to handler\n", 1e3 * worst);
    assert_true(worst < 1);
    close(descriptor);
    midi_close(m);
    lts_free(path);
}

static void what_carries_no_midi_is_refused(void **state)
{
    (void)state;
    lts_error err;
    midi *m;
    char *file = lts_path_join(folder, "file.mid"), *nothing = lts_path_join(folder, "nothing");
    test_write(file, "MThd", 4);
    assert_status(midi_open(file, hear, NULL, &m, &err), LTS_ERR_IO);
    assert_null(m);
    assert_non_null(strstr(err.text, "neither a pipe nor a device"));
    assert_status(midi_open(folder, hear, NULL, &m, &err), LTS_ERR_IO);
    assert_status(midi_open(nothing, hear, NULL, &m, &err), LTS_ERR_NOT_FOUND);
    midi_close(NULL);
    lts_free(file);
    lts_free(nothing);
}

static void a_port_this_machine_does_not_have_is_an_error(void **state)
{
    (void)state;
    lts_error err;
    midi *m;
    char names[4][128];
    size_t count = midi_list(names, 4);
    assert_in_range(count, 0, 1000);
    lts_status status = midi_open("No such keyboard 1234", hear, NULL, &m, &err);
    assert_true(status == LTS_ERR_NOT_FOUND || status == LTS_ERR_IO);
    assert_null(m);
    assert_null(strchr(err.text, '\n'));
    assert_status(midi_open("100000", hear, NULL, &m, &err), status);
}

/* --- Ports, of hardware that the test is -------------------------------------------------------
 */

enum { FAKE_PORTS = 4 };

static PmDeviceInfo fake_ports[FAKE_PORTS] = {
    {.name = "Synth", .output = 1},
    {.name = "Keys; \"1,2\"", .input = 1},
    {.name = "Pads", .input = 1},
    {.name = "Lights", .output = 1},
};

static struct {
    int initialized, opened;
    bool dead; /* PortMidi does not start */
    PmDeviceID port;
    pthread_mutex_t lock;
    PmEvent waiting[16];
    int count;
} fake = {.lock = PTHREAD_MUTEX_INITIALIZER};

static PmError fake_initialize(void)
{
    if (fake.dead)
        return pmHostError;
    fake.initialized++;
    return pmNoError;
}

static PmError fake_terminate(void)
{
    fake.initialized--;
    return pmNoError;
}

static int fake_count(void)
{
    return FAKE_PORTS;
}

static PmDeviceID fake_standard(void)
{
    return 2;
}

static const PmDeviceInfo *fake_info(PmDeviceID id)
{
    return &fake_ports[id];
}

static PmError fake_open(PortMidiStream **stream, PmDeviceID id, void *driver, int32_t room,
                         PmTimeProcPtr time, void *user)
{
    (void)driver, (void)room, (void)user;
    if (fake.opened > 0)
        return pmInvalidDeviceId;
    assert_true(time(NULL) >= 0);
    fake.opened++;
    fake.port = id;
    *stream = &fake;
    return pmNoError;
}

static PmError fake_filter(PortMidiStream *stream, int32_t filters)
{
    (void)stream;
    return filters & PM_FILT_CLOCK ? pmNoError : pmBadData;
}

static int fake_read(PortMidiStream *stream, PmEvent *events, int32_t room)
{
    (void)stream;
    pthread_mutex_lock(&fake.lock);
    int count = fake.count < room ? fake.count : room;
    memcpy(events, fake.waiting, (size_t)count * sizeof *events);
    fake.count = 0;
    pthread_mutex_unlock(&fake.lock);
    return count;
}

static PmError fake_close(PortMidiStream *stream)
{
    (void)stream;
    fake.opened--;
    return pmNoError;
}

static const portmidi_api fake_api = {fake_initialize, fake_terminate, fake_count,
                                      fake_standard,   fake_info,      fake_open,
                                      fake_filter,     fake_read,      fake_close};

static void ports_are_those_that_give(void **state)
{
    (void)state;
    char names[4][128] = {"", "", "", ""};
    assert_int_equal(midi_list_on(&fake_api, names, 4), 2);
    assert_string_equal(names[0], "Keys 12");
    assert_string_equal(names[1], "Pads");
    memset(names, 0, sizeof names);
    assert_int_equal(midi_list_on(&fake_api, names, 1), 2);
    assert_string_equal(names[1], "");
    assert_int_equal(fake.initialized, 0);
}

static void ports_are_found_by_number_name_and_default(void **state)
{
    (void)state;
    static const struct {
        const char *port;
        PmDeviceID id;
    } cases[] = {{"default", 2}, {"0", 1}, {"1", 2}, {"Pads", 2}, {"Keys 12", 1}};
    static const char *const wrong[] = {"2", "-1", "Synth", "Lights", "", "pad"};
    static heard h;
    lts_error err;
    midi *m;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        assert_ok(midi_open_on(&fake_api, cases[c].port, hear, &h, &m, &err));
        assert_int_equal(fake.port, cases[c].id);
        assert_int_equal(midi_list_on(&fake_api, NULL, 0), 2);
        assert_int_equal(fake.initialized, 1);
        midi *second;
        assert_status(midi_open_on(&fake_api, "0", hear, &h, &second, &err), LTS_ERR_IO);
        midi_close(m);
        assert_int_equal(fake.initialized, 0);
    }
    for (size_t c = 0; c < sizeof wrong / sizeof *wrong; c++) {
        assert_status(midi_open_on(&fake_api, wrong[c], hear, &h, &m, &err), LTS_ERR_NOT_FOUND);
        assert_null(m);
    }
    assert_int_equal(fake.initialized, 0);
}

static void a_ports_messages_become_events(void **state)
{
    (void)state;
    static heard h;
    lts_error err;
    midi *m;
    assert_ok(midi_open_on(&fake_api, "Keys 12", hear, &h, &m, &err));
    static const PmMessage messages[] = {0x403c90, 0xf8,     0x05c0,  0x01027ef0,
                                         0xf7,     0x4001b0, 0x7f7fe1};
    pthread_mutex_lock(&fake.lock);
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++)
        fake.waiting[i].message = messages[i];
    fake.count = sizeof messages / sizeof *messages;
    pthread_mutex_unlock(&fake.lock);
    assert_true(wait_for(&h, 3));
    usleep(10000);
    midi_close(m);
    assert_int_equal(atomic_load(&h.count), 3);
    assert_event(&h.event[0], MIDI_NOTE_ON, 0, 60, 64);
    assert_event(&h.event[1], MIDI_CONTROLLER, 0, 1, 64);
    assert_event(&h.event[2], MIDI_BEND, 1, 0, 8191);
}

static void a_system_without_midi_says_so(void **state)
{
    (void)state;
    lts_error err;
    midi *m;
    fake.dead = true;
    assert_int_equal(midi_list_on(&fake_api, NULL, 0), 0);
    assert_status(midi_open_on(&fake_api, "default", hear, NULL, &m, &err), LTS_ERR_IO);
    assert_non_null(strstr(err.text, "PortMidi"));
    fake.dead = false;
}

static void nothing_leaks_when_memory_is_short(void **state)
{
    (void)state;
    static heard h;
    char *path = lts_path_join(folder, "midi");
    assert_int_equal(mkfifo(path, 0600), 0);
    for (int kind = 0; kind < 2; kind++) {
        lts_status status = LTS_ERR_MEMORY;
        for (size_t n = 1; status != LTS_OK; n++) {
            lts_error err;
            midi *m;
            test_fail_allocation(n);
            status = midi_open_on(&fake_api, kind == 0 ? path : "default", hear, &h, &m, &err);
            test_fail_allocation(0);
            if (status != LTS_OK)
                assert_status(status, LTS_ERR_MEMORY);
            midi_close(m);
            assert_int_equal(fake.initialized, 0);
            assert_in_range(n, 1, 10);
        }
    }
    lts_free(path);
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_become_events),
        IN_FOLDER(a_pipe_is_read_writer_after_writer),
        IN_FOLDER(a_pipe_made_anew_is_found_again),
        IN_FOLDER(many_events_come_in_order),
        IN_FOLDER(an_event_is_heard_at_once),
        IN_FOLDER(what_carries_no_midi_is_refused),
        cmocka_unit_test(a_port_this_machine_does_not_have_is_an_error),
        cmocka_unit_test(ports_are_those_that_give),
        cmocka_unit_test(ports_are_found_by_number_name_and_default),
        cmocka_unit_test(a_ports_messages_become_events),
        cmocka_unit_test(a_system_without_midi_says_so),
        IN_FOLDER(nothing_leaks_when_memory_is_short),
    };
    return cmocka_run_group_tests_name("midi", tests, NULL, NULL);
}
