#include "testing.h"

#include "osc_bytes.h"

#include "engine/osc/osc_parse.h"
#include "engine/osc/osc_transport.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* A client: what it sends to, and where it hears the answers. */
typedef struct client {
    int socket, port;
    osc *osc;
    reply reply; /* to osc alone */
    struct sockaddr_in engine;
    uint8_t got[OSC_MAX_DATAGRAM];
    size_t size;
} client;

static struct sockaddr_in loopback(int port)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return a;
}

static int bound_socket(int *port)
{
    struct sockaddr_in here = loopback(*port);
    socklen_t size = sizeof here;
    int descriptor = socket(AF_INET, SOCK_DGRAM, 0);
    assert_true(descriptor >= 0);
    assert_int_equal(bind(descriptor, (struct sockaddr *)&here, size), 0);
    assert_int_equal(getsockname(descriptor, (struct sockaddr *)&here, &size), 0);
    *port = ntohs(here.sin_port);
    return descriptor;
}

static const char *at_port(int port)
{
    static char text[32];
    snprintf(text, sizeof text, "127.0.0.1:%d", port);
    return text;
}

static int open_client(void **state)
{
    lts_error err;
    client *c = calloc(1, sizeof *c);
    c->socket = bound_socket(&c->port);
    assert_ok(osc_open(NULL, 0, at_port(c->port), &c->osc, &err));
    assert_ok(reply_add(&c->reply, osc_send, c->osc, &err));
    c->engine = loopback(osc_port(c->osc));
    *state = c;
    return 0;
}

static int close_client(void **state)
{
    client *c = *state;
    osc_close(c->osc);
    if (c->socket >= 0)
        close(c->socket);
    free(c);
    return 0;
}

static void send_bytes(client *c, const bytes *b)
{
    ssize_t sent =
        sendto(c->socket, b->data, b->size, 0, (struct sockaddr *)&c->engine, sizeof c->engine);
    assert_int_equal(sent, b->size);
}

/* The next answer, or false. */
static bool get(client *c, int milliseconds)
{
    struct pollfd ready = {.fd = c->socket, .events = POLLIN};
    if (poll(&ready, 1, milliseconds) != 1)
        return false;
    ssize_t size = recv(c->socket, c->got, sizeof c->got, 0);
    c->size = size > 0 ? (size_t)size : 0;
    return size >= 0;
}

static void answers(client *c, const bytes *expected)
{
    assert_true(get(c, 5000));
    assert_int_equal(c->size, expected->size);
    assert_memory_equal(c->got, expected->data, expected->size);
}

static void answers_report(client *c, const char *line)
{
    bytes b = begin("/report");
    put_text(&b, ",s");
    put_text(&b, line);
    answers(c, &b);
}

/* The text of the report that comes next. */
static const char *next_report(client *c)
{
    assert_true(get(c, 5000));
    assert_true(c->size > 12);
    assert_memory_equal(c->got, "/report\0,s\0", 12);
    return (const char *)c->got + 12;
}

static void keep_path(void *user, const control_message *message)
{
    snprintf(user, 64, "%s %zu", message->address, message->count);
}

static void a_datagram_is_received(void **state)
{
    client *c = *state;
    char heard[64] = "";
    bytes b = begin("/load/dataset");
    put_text(&b, ",s");
    put_text(&b, "a folder");
    send_bytes(c, &b);
    assert_true(osc_receive(c->osc, 5, keep_path, heard, &c->reply));
    assert_string_equal(heard, "/load/dataset 1");
    double begun = lts_now();
    assert_false(osc_receive(c->osc, 0.05, keep_path, heard, &c->reply));
    assert_true(lts_now() - begun >= 0.05);
    assert_false(osc_receive(c->osc, 0, keep_path, heard, &c->reply));
}

static void a_faulty_datagram_is_reported_in_one_line(void **state)
{
    client *c = *state;
    char heard[64] = "";
    bytes b = begin("/set_alfa");
    put_text(&b, ",ff");
    put_float(&b, 1);
    send_bytes(c, &b);
    assert_true(osc_receive(c->osc, 5, keep_path, heard, &c->reply));
    answers_report(c, "/set_alfa: argument 2 of 2 is cut short or badly padded");
    b.size = 0;
    send_bytes(c, &b);
    assert_true(osc_receive(c->osc, 5, keep_path, heard, &c->reply));
    answers_report(c, "not an OSC message: 0 bytes, not a multiple of 4");
    assert_string_equal(heard, "");
}

static void the_largest_datagram_is_received(void **state)
{
    enum { LARGEST = 65504 }; /* of whole words over IPv4 */
    client *c = *state;
    char heard[64] = "";
    bytes *b = malloc(sizeof *b);
    *b = begin("/blob");
    put_text(b, ",b");
    put_32(b, LARGEST - 16);
    memset(b->data + b->size, 'x', LARGEST - b->size);
    b->size = LARGEST;
    setsockopt(c->socket, SOL_SOCKET, SO_SNDBUF, &(int){1 << 20}, sizeof(int));
    send_bytes(c, b);
    assert_true(osc_receive(c->osc, 5, keep_path, heard, &c->reply));
    assert_string_equal(heard, "/blob 1");
    free(b);
}

static void every_type_is_sent(void **state)
{
    client *c = *state;
    reply_send(&c->reply, "/all", "ihfdsTFss", -1, (int64_t)1 << 40, 0.25, 0.1, "t\xc3\xa9xt", "",
               NULL);
    bytes b = begin("/all");
    put_text(&b, ",ihfdsTFss");
    put_32(&b, (uint32_t)-1);
    put_64(&b, (uint64_t)1 << 40);
    put_float(&b, 0.25f);
    put_double(&b, 0.1);
    put_text(&b, "t\xc3\xa9xt");
    put_text(&b, "");
    put_text(&b, "");
    answers(c, &b);
    reply_send(&c->reply, "/none", "");
    b = begin("/none");
    put_text(&b, ",");
    answers(c, &b);
}

static void what_does_not_fit_is_dropped(void **state)
{
    client *c = *state;
    char *text = malloc(70001);
    memset(text, 'x', 70000);
    text[70000] = '\0';
    reply_send(&c->reply, "/long", "s", text);
    reply_send(&c->reply, "/odd", "q", 1);
    text[60000] = '\0';
    setsockopt(c->socket, SOL_SOCKET, SO_RCVBUF, &(int){1 << 20}, sizeof(int));
    reply_send(&c->reply, "/long", "s", text);
    bytes *b = malloc(sizeof *b);
    *b = begin("/long");
    put_text(b, ",s");
    put_text(b, text);
    answers(c, b);
    free(b);
    free(text);
}

static void a_report_is_one_line_of_119_bytes(void **state)
{
    client *c = *state;
    char text[400], expected[400];
    reply_report(&c->reply, "Sets \"%s\" to %d\n\tdone\x7f.", "\xc3\xa9\xff\xf0\x9f\x8e\xb5", 5);
    answers_report(c, "Sets \"\xc3\xa9?\xf0\x9f\x8e\xb5\" to 5  done .");
    memset(text, 'x', sizeof text);
    text[REPORT_TEXT] = '\0';
    reply_report(&c->reply, "%s", text);
    answers_report(c, text);
    text[REPORT_TEXT] = 'x';
    text[REPORT_TEXT + 1] = '\0';
    memset(expected, 'x', sizeof expected);
    memcpy(expected + REPORT_TEXT - 3, "...", 4);
    reply_report(&c->reply, "%s", text);
    answers_report(c, expected);
    /* However a character lies on the edge. */
    for (int before = 0; before < 8; before++) {
        snprintf(text, sizeof text, "%.*s", before, "aaaaaaaa");
        for (int i = 0; i < 60; i++)
            memcpy(text + before + 3 * i, "\xe2\x82\xac", 4);
        reply_report(&c->reply, "%s", text);
        const char *line = next_report(c);
        size_t length = strlen(line);
        assert_in_range(length, REPORT_TEXT - 2, REPORT_TEXT);
        assert_string_equal(line + length - 3, "...");
        assert_int_equal((length - 3 - (size_t)before) % 3, 0);
        assert_memory_equal(line, text, length - 3);
    }
}

/* Sockets of this process that UDP would hand any stranger's datagram to, being bound and connected
 * to nobody: the last one's address, port and how many there are. */
static size_t listening(unsigned *address, unsigned *port)
{
    size_t count = 0;
    for (int fd = 0; fd < 1024; fd++) {
        struct sockaddr_in name, peer;
        socklen_t size = sizeof name, peer_size = sizeof peer, type_size = sizeof(int);
        int type;
        if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &type_size) != 0 || type != SOCK_DGRAM ||
            getsockname(fd, (struct sockaddr *)&name, &size) != 0 || name.sin_family != AF_INET ||
            name.sin_port == 0 || getpeername(fd, (struct sockaddr *)&peer, &peer_size) == 0)
            continue;
        *address = name.sin_addr.s_addr;
        *port = ntohs(name.sin_port);
        count++;
    }
    return count;
}

static void only_the_loopback_address_is_listened_on(void **state)
{
    (void)state;
    lts_error err;
    osc *o;
    unsigned address = 0, port = 0;
    size_t before = listening(&address, &port);
    assert_ok(osc_open(NULL, 0, "127.0.0.1:7021", &o, &err));
    reply to = {.transport = {{osc_send, o}}, .count = 1};
    reply_report(&to, "whoever listens");
    size_t found = listening(&address, &port);
    assert_int_equal(found, before + 1);
    assert_int_equal(address, htonl(INADDR_LOOPBACK));
    assert_int_equal(port, osc_port(o));
    osc_close(o);
    assert_ok(osc_open("0.0.0.0", 0, "127.0.0.1:7021", &o, &err));
    assert_int_equal(listening(&address, &port), before + 1);
    assert_int_equal(address, htonl(INADDR_ANY));
    osc_close(o);
    assert_int_equal(listening(&address, &port), before);
}

static void a_taken_port_is_said_to_be(void **state)
{
    client *c = *state;
    lts_error err;
    osc *o;
    assert_status(osc_open("127.0.0.1", osc_port(c->osc), "127.0.0.1:7021", &o, &err),
                  LTS_ERR_EXISTS);
    assert_null(o);
    assert_non_null(strstr(err.text, "another program listens there"));
    assert_status(osc_open("0.0.0.0", osc_port(c->osc), "127.0.0.1:7021", &o, &err),
                  LTS_ERR_EXISTS);
}

static void bad_addresses_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *address;
        int port;
        const char *reply;
        lts_status status;
    } bad[] = {
        {NULL, -1, "127.0.0.1:7021", LTS_ERR_ARGUMENT},
        {NULL, 65536, "127.0.0.1:7021", LTS_ERR_ARGUMENT},
        {"no such host!", 0, "127.0.0.1:7021", LTS_ERR_NOT_FOUND},
        {"192.0.2.1", 0, "127.0.0.1:7021", LTS_ERR_IO}, /* a test network: never this machine */
        {NULL, 0, "", LTS_ERR_ARGUMENT},
        {NULL, 0, "127.0.0.1", LTS_ERR_ARGUMENT},
        {NULL, 0, "127.0.0.1:", LTS_ERR_ARGUMENT},
        {NULL, 0, "127.0.0.1:0", LTS_ERR_ARGUMENT},
        {NULL, 0, "127.0.0.1:65536", LTS_ERR_ARGUMENT},
        {NULL, 0, "127.0.0.1:7021x", LTS_ERR_ARGUMENT},
        {NULL, 0, ":7021", LTS_ERR_ARGUMENT},
        {NULL, 0, "[]:7021", LTS_ERR_ARGUMENT},
        {NULL, 0, "::1:7021", LTS_ERR_ARGUMENT},
        {NULL, 0, "no such host!:7021", LTS_ERR_NOT_FOUND},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        osc *o;
        lts_error err = {0};
        lts_status status = osc_open(bad[i].address, bad[i].port, bad[i].reply, &o, &err);
        if (status != bad[i].status)
            fail_msg("%zu: '%s': %s (%s)", i, bad[i].reply, lts_strerror(status), err.text);
        assert_null(o);
        assert_true(err.text[0]);
    }
}

static void the_engine_does_not_talk_to_itself(void **state)
{
    (void)state;
    lts_error err;
    osc *o;
    int port = 0;
    close(bound_socket(&port));
    assert_status(osc_open(NULL, port, at_port(port), &o, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "answer to another port"));
    assert_status(osc_open("0.0.0.0", port, at_port(port), &o, &err), LTS_ERR_ARGUMENT);
    assert_ok(osc_open(NULL, port, at_port(port ^ 1), &o, &err));
    osc_close(o);
}

static void short_memory_opens_nothing(void **state)
{
    (void)state;
    lts_error err;
    osc *o;
    lts_status status = LTS_ERR_MEMORY;
    size_t n = 0;
    unsigned address, port;
    size_t before = listening(&address, &port);
    while (status == LTS_ERR_MEMORY) {
        test_fail_allocation(++n);
        status = osc_open(NULL, 0, "127.0.0.1:7021", &o, &err);
        assert_true(status == LTS_OK || (!o && listening(&address, &port) == before));
    }
    test_fail_allocation(0);
    assert_status(status, LTS_OK);
    assert_true(n > 3);
    osc_close(o);
    osc_close(NULL);
}

static void the_first_report_after_a_reader_came_reaches_it(void **state)
{
    client *c = *state;
    close(c->socket);
    for (int i = 0; i < 5; i++)
        reply_report(&c->reply, "to nobody");
    c->socket = bound_socket(&c->port);
    reply_report(&c->reply, "to somebody");
    answers_report(c, "to somebody");
}

static void a_reader_that_does_not_read_stops_nobody(void **state)
{
    client *c = *state;
    double begun = lts_now();
    for (int i = 0; i < 20000; i++)
        reply_report(&c->reply, "%d", i);
    double took = lts_now() - begun;
    print_message("20,000 reports that nobody reads: %.3f s\n", took);
    assert_true(took < 20); /* waiting even 5 ms for each would take 100 s */
    answers_report(c, "0");
}

/* Threads that report while one reads; nobody runs further ahead of the reader than its socket
 * holds. */
enum { WRITERS = 4, LINES = 1000, AHEAD = 60 };

typedef struct writers {
    const reply *reply;
    atomic_size_t sent, got;
} writers;

static void *write_lines(void *user)
{
    writers *w = user;
    for (int i = 0; i < LINES; i++) {
        while (atomic_load(&w->sent) > atomic_load(&w->got) + AHEAD)
            usleep(100);
        atomic_fetch_add(&w->sent, 1);
        reply_report(w->reply, "line %d of many that several threads write", i);
    }
    return NULL;
}

static void every_report_of_every_thread_arrives(void **state)
{
    client *c = *state;
    writers w = {.reply = &c->reply};
    pthread_t thread[WRITERS];
    size_t met[LINES] = {0};
    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, write_lines, &w), 0);
    for (size_t n = 0; n < (size_t)WRITERS * LINES; n++) {
        int line = -1;
        assert_int_equal(sscanf(next_report(c), "line %d of", &line), 1);
        assert_in_range(line, 0, LINES - 1);
        met[line]++;
        atomic_fetch_add(&w.got, 1);
    }
    for (int i = 0; i < WRITERS; i++)
        pthread_join(thread[i], NULL);
    for (int i = 0; i < LINES; i++)
        assert_int_equal(met[i], WRITERS);
}

static void count_arguments(void *user, const control_message *message)
{
    size_t *count = user;
    *count += message->count;
}

static void curves_among_other_messages_keep_up_with_ten_thousand_a_second(void **state)
{
    enum { TOTAL = 10000, BURST = 20 };
    client *c = *state;
    size_t count = 0;
    bytes curve = begin("/set_alfa"), other = begin("/live/alpha");
    char tags[1002] = ",";
    memset(tags + 1, 'f', 1000);
    put_text(&curve, tags);
    for (int i = 0; i < 1000; i++)
        put_float(&curve, (float)i);
    put_text(&other, ",f");
    put_float(&other, 0.5f);
    clock_t begun = clock();
    for (int i = 0; i < TOTAL; i += BURST) {
        for (int b = 0; b < BURST; b++)
            send_bytes(c, b % 2 ? &other : &curve);
        for (int b = 0; b < BURST; b++)
            assert_true(osc_receive(c->osc, 5, count_arguments, &count, &c->reply));
    }
    double took = (double)(clock() - begun) / CLOCKS_PER_SEC;
    print_message("10,000 messages, half of them curves: %.3f s of processor time\n", took);
    assert_int_equal(count, TOTAL / 2 * 1001);
#ifndef LTS_SANITIZED
    assert_true(took < 1);
#endif
}

static void version_6_of_the_protocol_works_too(void **state)
{
    (void)state;
    lts_error err;
    osc *o, *other;
    char back[32], heard[64] = "";
    if (osc_open("::1", 0, "127.0.0.1:7021", &o, &err) != LTS_OK)
        skip(); /* a machine without it */
    snprintf(back, sizeof back, "[::1]:%d", osc_port(o));
    assert_ok(osc_open("::1", 0, back, &other, &err));
    assert_string_equal(osc_reply_to(other), back);
    const reply to = {.transport = {{osc_send, other}}, .count = 1};
    reply_report(&to, "from afar");
    assert_true(osc_receive(o, 5, keep_path, heard, &to));
    assert_string_equal(heard, "/report 1");
    int port = osc_port(o);
    osc_close(other);
    osc_close(o);
    assert_status(osc_open("::1", port, back, &o, &err), LTS_ERR_ARGUMENT);
    assert_status(osc_open("::", port, back, &o, &err), LTS_ERR_ARGUMENT);
}

#define WITH_CLIENT(test) cmocka_unit_test_setup_teardown(test, open_client, close_client)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_CLIENT(a_datagram_is_received),
        WITH_CLIENT(a_faulty_datagram_is_reported_in_one_line),
        WITH_CLIENT(the_largest_datagram_is_received),
        WITH_CLIENT(every_type_is_sent),
        WITH_CLIENT(what_does_not_fit_is_dropped),
        WITH_CLIENT(a_report_is_one_line_of_119_bytes),
        cmocka_unit_test(only_the_loopback_address_is_listened_on),
        WITH_CLIENT(a_taken_port_is_said_to_be),
        cmocka_unit_test(bad_addresses_are_refused),
        cmocka_unit_test(the_engine_does_not_talk_to_itself),
        cmocka_unit_test(short_memory_opens_nothing),
        WITH_CLIENT(the_first_report_after_a_reader_came_reaches_it),
        WITH_CLIENT(a_reader_that_does_not_read_stops_nobody),
        WITH_CLIENT(every_report_of_every_thread_arrives),
        WITH_CLIENT(curves_among_other_messages_keep_up_with_ten_thousand_a_second),
        cmocka_unit_test(version_6_of_the_protocol_works_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
