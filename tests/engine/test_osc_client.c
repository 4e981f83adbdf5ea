#include "testing.h"

#include "osc_bytes.h"

#include "engine/osc/osc_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static lts_osc_request request(const char *path, const char *types, const char *const *values)
{
    lts_osc_request r = {.to = "127.0.0.1:9", .path = path, .types = types, .values = values};
    while (values && values[r.count])
        r.count++;
    return r;
}

static void becomes(const lts_osc_request *r, const bytes *expected)
{
    lts_error err;
    void *data;
    size_t size;
    assert_ok(osc_client_bytes(r, &data, &size, &err));
    assert_int_equal(size, expected->size);
    assert_memory_equal(data, expected->data, size);
    free(data);
}

static void values_are_typed_by_their_looks(void **state)
{
    (void)state;
    const char *const values[] = {"-1",  "2147483648", "0.5",        "1e30", "1e39", "",
                                  "nan", "1,5",        "01 Now.wav", "-",    NULL};
    lts_osc_request r = request("/a", NULL, values);
    bytes b = begin("/a");
    put_text(&b, ",ihffssssss");
    put_32(&b, (uint32_t)-1);
    put_64(&b, 2147483648);
    put_float(&b, 0.5f);
    put_float(&b, 1e30f);
    for (int i = 4; i < 10; i++)
        put_text(&b, values[i]);
    becomes(&r, &b);
    r = request("/none", NULL, NULL);
    b = begin("/none");
    put_text(&b, ",");
    becomes(&r, &b);
}

static void values_take_the_types_they_are_given(void **state)
{
    (void)state;
    const char *const values[] = {"1", "-9007199254740993", "2", "0.1", "3", NULL};
    lts_osc_request r = request("/a", "iThfdFs", values);
    bytes b = begin("/a");
    put_text(&b, ",iThfdFs");
    put_32(&b, 1);
    put_64(&b, (uint64_t)-9007199254740993);
    put_float(&b, 2);
    put_double(&b, 0.1);
    put_text(&b, "3");
    becomes(&r, &b);
}

static void what_cannot_be_sent_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *path, *types, *values[3], *why;
    } bad[] = {
        {"a", NULL, {NULL}, "no OSC address"},
        {"", NULL, {NULL}, "no OSC address"},
        {"/a\n", NULL, {NULL}, "no OSC address"},
        {"#bundle", NULL, {"1"}, "no OSC address"},
        {"/a", "i", {"1.5"}, "1.5: cannot be sent as type 'i'"},
        {"/a", "i", {"2147483648"}, "type 'i'"},
        {"/a", "h", {"9223372036854775808"}, "type 'h'"},
        {"/a", "f", {"1e39"}, "type 'f'"},
        {"/a", "d", {"inf"}, "type 'd'"},
        {"/a", "b", {"x"}, "none of"},
        {"/a", "ii", {"1"}, "not enough"},
        {"/a", "", {"1"}, "more than types"},
        {"/a", "T", {"1"}, "more than types"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        void *data;
        size_t size;
        lts_error err = {0};
        lts_osc_request r = request(bad[i].path, bad[i].types, bad[i].values);
        assert_status(osc_client_bytes(&r, &data, &size, &err), LTS_ERR_ARGUMENT);
        assert_null(data);
        if (!strstr(err.text, bad[i].why))
            fail_msg("'%s' does not say '%s'", err.text, bad[i].why);
    }
}

static void answers_are_put_in_words(void **state)
{
    (void)state;
    char text[64];
    const control_arg args[] = {
        {'s', 0, "a\tb", 0}, {'i', -3, NULL, 0}, {'f', (double)0.1f, NULL, 0}, {'d', 0.5, NULL, 0},
        {'T', 1, NULL, 0},   {'F', 0, NULL, 0},  {'h', 0x1p53, NULL, 0},       {'N', 0, NULL, 0}};
    control_message message = {"/x", args, sizeof args / sizeof *args};
    osc_client_values(&message, text, sizeof text);
    assert_string_equal(text, "a b -3 0.1 0.5 true false 9007199254740992 N");
    for (size_t room = 1; room < 45; room++) {
        osc_client_values(&message, text, room);
        assert_in_range(strlen(text), 0, room - 1);
    }
    message.count = 0;
    osc_client_values(&message, text, sizeof text);
    assert_string_equal(text, "");
}

/* An engine of one answer. */
static void *answer_once(void *user)
{
    const int *engine = user;
    char buffer[256];
    bytes b = begin("/report");
    put_text(&b, ",s");
    put_text(&b, "Here.");
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)engine[1])};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (recv(engine[0], buffer, sizeof buffer, 0) > 0)
        sendto(engine[0], b.data, b.size, 0, (struct sockaddr *)&to, sizeof to);
    return NULL;
}

static int bound_socket(int *port)
{
    struct sockaddr_in here = {.sin_family = AF_INET};
    socklen_t size = sizeof here;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int descriptor = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(bind(descriptor, (struct sockaddr *)&here, size), 0);
    assert_int_equal(getsockname(descriptor, (struct sockaddr *)&here, &size), 0);
    *port = ntohs(here.sin_port);
    return descriptor;
}

static void an_answer_ends_the_wait(void **state)
{
    (void)state;
    lts_error err;
    int port, engine[2];
    char to[32];
    engine[0] = bound_socket(&port);
    close(bound_socket(&engine[1]));
    snprintf(to, sizeof to, "127.0.0.1:%d", port);
    lts_osc_request r = request("/a", NULL, NULL);
    r.to = to;
    r.listen = engine[1];
    r.timeout = 30;
    const struct {
        const char *until, *fail;
        lts_status status;
    } table[] = {{"^/report Here[.]$", NULL, LTS_OK},
                 {"Here", "There", LTS_OK},
                 {"Here", "Her", LTS_ERR_IO}};
    for (size_t t = 0; t < sizeof table / sizeof *table; t++) {
        pthread_t thread;
        r.until = table[t].until;
        r.fail = table[t].fail;
        assert_int_equal(pthread_create(&thread, NULL, answer_once, engine), 0);
        assert_status(lts_osc_send(&r, NULL, &err), table[t].status);
        pthread_join(thread, NULL);
    }
    r.timeout = 0.05;
    assert_status(lts_osc_send(&r, NULL, &err), LTS_ERR_NOT_FOUND);
    r.until = NULL;
    r.tell = true;
    assert_ok(lts_osc_send(&r, NULL, &err));
    r.timeout = -1;
    assert_status(lts_osc_send(&r, NULL, &err), LTS_ERR_ARGUMENT);
    close(engine[0]);
    r.timeout = 30;
    assert_status(lts_osc_send(&r, NULL, &err), LTS_ERR_NOT_FOUND);
}

static bool always(void *user)
{
    (void)user;
    return true;
}

static void a_wait_can_be_cancelled(void **state)
{
    (void)state;
    lts_error err;
    int port;
    char to[32];
    int engine = bound_socket(&port);
    const lts_reporter reporter = {.cancelled = always};
    snprintf(to, sizeof to, "127.0.0.1:%d", port);
    lts_osc_request r = request("/a", NULL, NULL);
    r.to = to;
    r.until = "never";
    r.timeout = 1000;
    assert_status(lts_osc_send(&r, &reporter, &err), LTS_ERR_CANCELLED);
    close(engine);
}

static void short_memory_is_an_error_and_no_leak(void **state)
{
    (void)state;
    lts_error err;
    int port;
    char to[32];
    int engine = bound_socket(&port);
    snprintf(to, sizeof to, "127.0.0.1:%d", port);
    lts_osc_request r = request("/a", NULL, NULL);
    r.to = to;
    r.tell = true;
    lts_status status = LTS_ERR_MEMORY;
    size_t n = 0;
    while (status == LTS_ERR_MEMORY) {
        test_fail_allocation(++n);
        status = lts_osc_send(&r, NULL, &err);
    }
    test_fail_allocation(0);
    assert_status(status, LTS_OK);
    assert_int_equal(n, 4);
    close(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_typed_by_their_looks),
        cmocka_unit_test(values_take_the_types_they_are_given),
        cmocka_unit_test(what_cannot_be_sent_is_refused),
        cmocka_unit_test(answers_are_put_in_words),
        cmocka_unit_test(an_answer_ends_the_wait),
        cmocka_unit_test(a_wait_can_be_cancelled),
        cmocka_unit_test(short_memory_is_an_error_and_no_leak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
