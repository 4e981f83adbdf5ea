/* One reply to several transports: every one of them gets every message, in order. */
#include "testing.h"

#include "osc_bytes.h"

#include "engine/control/control.h"
#include "engine/osc/osc_parse.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEARD = 1 << 16, THREADS = 4, LINES = 500 };

/* A transport that writes down what it is to send, one message a line. */
typedef struct notebook {
    pthread_mutex_t lock;
    char text[HEARD];
    size_t used;
} notebook;

static void write_down(void *user, const control_message *message)
{
    notebook *n = user;
    pthread_mutex_lock(&n->lock);
    n->used += (size_t)snprintf(n->text + n->used, HEARD - n->used, "%s", message->address);
    for (size_t i = 0; i < message->count; i++) {
        const control_arg *arg = &message->args[i];
        n->used += (size_t)snprintf(n->text + n->used, HEARD - n->used, " %c:", arg->type);
        if (arg_is_text(arg))
            n->used += (size_t)snprintf(n->text + n->used, HEARD - n->used, "%s", arg->text);
        else if (arg->type == 'h')
            n->used += (size_t)snprintf(n->text + n->used, HEARD - n->used, "%lld",
                                        (long long)arg->integer);
        else
            n->used += (size_t)snprintf(n->text + n->used, HEARD - n->used, "%g", arg->number);
    }
    n->used += (size_t)snprintf(n->text + n->used, HEARD - n->used, "\n");
    pthread_mutex_unlock(&n->lock);
}

static notebook *new_notebook(void)
{
    notebook *n = lts_alloc(1, sizeof *n);
    assert_non_null(n);
    pthread_mutex_init(&n->lock, NULL);
    return n;
}

static void free_notebook(notebook *n)
{
    pthread_mutex_destroy(&n->lock);
    lts_free(n);
}

/* What came to a socket in so many datagrams of OSC, as a notebook has it. */
static void read_socket(int socket_in, size_t datagrams, notebook *n)
{
    static uint8_t packet[OSC_MAX_DATAGRAM];
    lts_error err;
    for (size_t i = 0; i < datagrams; i++) {
        ssize_t got = recv(socket_in, packet, sizeof packet, 0);
        assert_true(got > 0);
        assert_ok(osc_parse(packet, (size_t)got, write_down, n, &err));
    }
}

static int open_ear(char *where, size_t room)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    const struct timeval patience = {.tv_sec = 10};
    int ear = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(bind(ear, (struct sockaddr *)&at, size), 0);
    assert_int_equal(getsockname(ear, (struct sockaddr *)&at, &size), 0);
    setsockopt(ear, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    snprintf(where, room, "127.0.0.1:%d", ntohs(at.sin_port));
    return ear;
}

static void every_reply_reaches_both_transports_in_order(void **state)
{
    (void)state;
    lts_error err;
    char where[32];
    osc *o;
    reply r = {0};
    int ear = open_ear(where, sizeof where);
    notebook *over_osc = new_notebook(), *other = new_notebook();
    assert_ok(osc_open(NULL, 0, where, &o, &err));
    assert_ok(reply_add(&r, osc_send, o, &err));
    assert_ok(reply_add(&r, write_down, other, &err));
    reply_report(&r, "%d of %s", 1, "many");
    reply_send(&r, "/all", "ihfdsTFs", -1, (int64_t)9007199254740993, 0.25, 0.5, "text", NULL);
    reply_send(&r, "/none", "");
    reply_report(&r, "the last");
    static const char expected[] = "/report s:1 of many\n"
                                   "/all i:-1 h:9007199254740993 f:0.25 d:0.5 s:text T:1 F:0 s:\n"
                                   "/none\n"
                                   "/report s:the last\n";
    assert_string_equal(other->text, expected);
    read_socket(ear, 4, over_osc);
    assert_string_equal(over_osc->text, expected);
    close(ear);
    osc_close(o);
    free_notebook(over_osc);
    free_notebook(other);
}

static void a_server_answers_over_every_transport(void **state)
{
    (void)state;
    lts_error err;
    char where[32];
    lts_server *s;
    int ear = open_ear(where, sizeof where);
    notebook *over_osc = new_notebook(), *other = new_notebook();
    lts_server_config config = lts_server_defaults();
    config.port = 0;
    config.reply = where;
    config.device = "null";
    config.state = "";
    assert_ok(server_create(&config, NULL, &s, &err));
    while (recv(ear, over_osc->text, HEARD, MSG_DONTWAIT) > 0)
        ; /* what it said at its start */
    memset(over_osc->text, 0, HEARD);
    assert_ok(reply_add(&s->reply, write_down, other, &err));
    const control_arg on = {.type = 'i', .number = 1};
    const control_message messages[] = {
        {"/test/connection", NULL, 0},  {"/meters", &on, 1},        {"/output/normalize", &on, 1},
        {"/output/normalize", NULL, 0}, {"/live/9/start", NULL, 0}, {"/nowhere", NULL, 0}};
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        receive_message(s, &messages[i]);
        for (queued *item; (item = queue_pop(s->queue, 0)); queue_free(item))
            handle_message(s, item);
    }
    static const char expected[] = "/report s: Connection works. #1\n"
                                   "/meters i:1\n"
                                   "/output/normalize i:1\n"
                                   "/report s:Output normalization is on.\n"
                                   "/report s:/output/normalize: give 0 or 1.\n"
                                   "/report s:/live/9/start: no such voice: choose 1 to 8\n"
                                   "/report s:/nowhere: no such address: see lts-osc(7)\n";
    assert_string_equal(other->text, expected);
    read_socket(ear, 7, over_osc);
    assert_string_equal(over_osc->text, expected);
    lts_server_close(s);
    close(ear);
    free_notebook(over_osc);
    free_notebook(other);
}

static void *report_lines(void *user)
{
    for (int i = 0; i < LINES; i++)
        reply_report(user, "%d", i);
    return NULL;
}

static void replies_of_several_threads_all_arrive(void **state)
{
    (void)state;
    lts_error err;
    reply r = {0};
    pthread_t thread[THREADS];
    notebook *n[2] = {new_notebook(), new_notebook()};
    for (size_t i = 0; i < 2; i++)
        assert_ok(reply_add(&r, write_down, n[i], &err));
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, report_lines, &r), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    for (size_t i = 0; i < 2; i++) {
        size_t lines = 0;
        for (const char *c = n[i]->text; *c; c++)
            lines += *c == '\n';
        assert_int_equal(lines, THREADS * LINES);
        free_notebook(n[i]);
    }
}

static void what_no_transport_can_carry_is_dropped(void **state)
{
    (void)state;
    lts_error err;
    reply r = {0};
    notebook *n = new_notebook();
    reply_report(&r, "to nobody");
    assert_ok(reply_add(&r, write_down, n, &err));
    reply_send(&r, "/odd", "q", 1);
    reply_send(&r, "/many", "TTTTTTTTTTTTTTTTT");
    assert_string_equal(n->text, "");
    reply_send(&r, "/most", "TTTTTTTTTTTTTTTT");
    assert_non_null(strstr(n->text, "/most T:1"));
    while (r.count < REPLY_TRANSPORTS)
        assert_ok(reply_add(&r, write_down, n, &err));
    assert_status(reply_add(&r, write_down, n, &err), LTS_ERR_ARGUMENT);
    free_notebook(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reply_reaches_both_transports_in_order),
        cmocka_unit_test(a_server_answers_over_every_transport),
        cmocka_unit_test(replies_of_several_threads_all_arrive),
        cmocka_unit_test(what_no_transport_can_carry_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
