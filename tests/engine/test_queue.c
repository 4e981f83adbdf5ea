/* The way from the receiver to the control thread, and the table of addresses. */
#include "testing.h"

#include "engine/control/address.h"
#include "engine/live/live.h"
#include "engine/server/queue.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

static lts_error err;

/* liblo's types for a test's arguments: numbers, or a text where there is one. */
static control_arg number(double value)
{
    return (control_arg){.type = 'f', .number = value};
}

static control_arg text(const char *value)
{
    return (control_arg){.type = 's', .text = value};
}

static void messages_come_out_whole_and_in_order(void **state)
{
    (void)state;
    queue *q;
    assert_ok(queue_create(&q, &err));
    for (int i = 0; i < 100; i++) {
        char word[16];
        snprintf(word, sizeof word, "word %d", i);
        const control_arg args[] = {number(i), text(word), text("")};
        const control_message message = {"/a/b", args, 3};
        assert_true(queue_push(q, &message, i % 2 == 1, (unsigned)i));
    }
    for (int i = 0; i < 100; i++) {
        char word[16];
        snprintf(word, sizeof word, "word %d", i);
        queued *item = queue_pop(q, 0);
        assert_non_null(item);
        assert_string_equal(item->message.address, "/a/b");
        assert_int_equal(item->message.count, 3);
        assert_true(item->message.args[0].number == i);
        assert_string_equal(item->message.args[1].text, word);
        assert_string_equal(item->message.args[2].text, "");
        assert_int_equal(item->acted, i % 2 == 1);
        assert_int_equal(item->stops, i);
        queue_free(item);
    }
    assert_null(queue_pop(q, 0));
    queue_destroy(q);
}

static void a_full_queue_refuses(void **state)
{
    (void)state;
    enum { SIZE = 1 << 20 };
    queue *q;
    char *large = lts_alloc(SIZE, 1);
    size_t taken = 0;
    memset(large, 'x', SIZE - 1);
    const control_arg args[] = {text(large)};
    const control_message message = {"/large", args, 1};
    assert_ok(queue_create(&q, &err));
    while (queue_push(q, &message, false, 0))
        taken++;
    assert_in_range(taken, QUEUE_BYTES / SIZE - 1, QUEUE_BYTES / SIZE);
    queue_free(queue_pop(q, 0));
    assert_true(queue_push(q, &message, false, 0));
    queue_destroy(q);
    lts_free(large);
}

enum { MESSAGES = 20000 };

static void *push_many(void *argument)
{
    for (int i = 0; i < MESSAGES; i++) {
        const control_arg args[] = {number(i)};
        const control_message message = {"/n", args, 1};
        if (!queue_push(argument, &message, false, 0))
            return argument;
    }
    return NULL;
}

static void nothing_is_lost_between_threads(void **state)
{
    (void)state;
    queue *q;
    pthread_t thread;
    void *failed;
    assert_ok(queue_create(&q, &err));
    assert_int_equal(pthread_create(&thread, NULL, push_many, q), 0);
    for (int i = 0; i < MESSAGES; i++) {
        queued *item = queue_pop(q, 10);
        assert_non_null(item);
        assert_true(item->message.args[0].number == i);
        queue_free(item);
    }
    pthread_join(thread, &failed);
    assert_null(failed);
    queue_destroy(q);
}

static void a_waiter_can_be_woken(void **state)
{
    (void)state;
    queue *q;
    assert_ok(queue_create(&q, &err));
    queue_wake(q);
    double before = lts_now();
    assert_null(queue_pop(q, 60));
    assert_true(lts_now() - before < 30);
    queue_destroy(q);
}

static bool accepts(const char *path, const control_arg *args, size_t count)
{
    unsigned voice;
    const address *a = address_find(path, &voice);
    assert_non_null(a);
    const control_message message = {path, args, count};
    return address_accepts(a, &message);
}

static void addresses_take_what_they_say(void **state)
{
    (void)state;
    const control_arg n = number(1), s = text("a"), bad = number(NAN), nil = {.type = 'N'};
    const struct {
        const char *path;
        control_arg args[8];
        size_t count;
        bool good;
    } cases[] = {
        {"/test/connection", {n}, 0, true},
        {"/test/connection", {s}, 1, true},
        {"/test/connection", {n}, 1, false},
        {"/load/dataset", {s}, 1, true},
        {"/load/dataset", {s, s, s}, 3, true},
        {"/load/dataset", {n}, 1, false},
        {"/load/dataset", {n}, 0, false},
        {"/set_alfa", {n}, 1, true},
        {"/set_alfa", {n, n, n}, 3, true},
        {"/set_alfa", {n, bad, n}, 3, false},
        {"/set_alfa", {n, s, n}, 3, false},
        {"/set_alfa", {n}, 0, false},
        {"/curve/points", {n, n, n, n}, 4, true},
        {"/curve/points", {n, n, n}, 3, false},
        {"/curve/chunk", {n}, 1, false},
        {"/curve/chunk", {n, n, n}, 3, true},
        {"/interpolate_two/generate", {n}, 0, true},
        {"/interpolate_two/generate", {n, n, n}, 3, true},
        {"/interpolate_two/generate", {n, n}, 2, false},
        {"/interpolate_two/generate", {n, n, n, n}, 4, false},
        {"/interpolate_two/generate", {n, n, nil}, 3, false},
        {"/mix", {n, s, n, n}, 4, true},
        {"/mix", {n, s, s, n, n, s, n, n}, 8, true},
        {"/mix", {n, s, n}, 3, false},
        {"/mix", {n}, 1, false},
        {"/sound/stop", {s}, 1, true},
        {"/sound/stop", {s}, 0, true},
        {"/sound/stop", {n}, 1, false},
        {"/seed", {n}, 0, true},
        {"/seed", {n}, 1, true},
        {"/audio/device/out", {n}, 1, true},
        {"/audio/device/out", {s}, 1, true},
        {"/audio/device/out", {n}, 0, false},
        {"/audio/device/out", {nil}, 1, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (accepts(cases[i].path, cases[i].args, cases[i].count) != cases[i].good)
            fail_msg("case %zu, %s with %zu arguments: expected %d", i, cases[i].path,
                     cases[i].count, cases[i].good);
}

static void keep_text(void *user, const control_message *message)
{
    snprintf(user, 256, "%s", message->args[0].text);
}

static void refusals_are_those_of_the_table(void **state)
{
    (void)state;
    const control_arg n = number(1), s = text("a");
    const struct {
        const char *path;
        control_arg args[3];
        size_t count;
        const char *says;
    } cases[] = {
        {"/seed", {s}, 1, "/seed: give a whole number, or nothing for a new one each time."},
        {"/live/3/speed", {s}, 1, "/live/3/speed: give a speed, -8 to 8; 1 is the sounds' own."},
        {"/set_alfa", {s}, 1, "Could not update the alfa vector: give one or more numbers, -1 for"},
        {"/interpolate_two/generate",
         {n, n},
         2,
         "Error: Generate sound function did not receive enough arguments (2). Required number"},
        {"/interpolate_two/generate",
         {n, s, n},
         3,
         "Error: Generate sound function expects duration, offset 1 and offset 2, seconds."},
    };
    char told[256];
    reply r = {.transport = {{keep_text, told}}, .count = 1};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned voice;
        const control_message message = {cases[i].path, cases[i].args, cases[i].count};
        address_refuse(address_find(cases[i].path, &voice), &message, &r);
        assert_memory_equal(told, cases[i].says, strlen(cases[i].says));
    }
    for (size_t i = 0; address_at(i); i++)
        assert_true(address_at(i)->handle && address_at(i)->refusal.text[0]);
}

static void voices_are_part_of_the_address(void **state)
{
    (void)state;
    unsigned voice = 99;
    const address *plain = address_find("/live/alpha", &voice);
    assert_non_null(plain);
    assert_int_equal(voice, 0);
    for (unsigned v = 0; v < LIVE_VOICES; v++) {
        char path[32];
        snprintf(path, sizeof path, "/live/%u/alpha", v + 1);
        assert_ptr_equal(address_find(path, &voice), plain);
        assert_int_equal(voice, v);
    }
    static const char *const wrong[] = {
        "/live/0/alpha", "/live/9/alpha",   "/live/10/alpha", "/live//alpha",
        "/live/1",       "/live/1/nothing", "/live",          "/",
        "/mix/1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_null(address_find(wrong[i], &voice));
}

static void texts_are_joined_and_numbers_found(void **state)
{
    (void)state;
    const control_arg args[] = {number(2), text("01"), text("Now.wav"), number(3)};
    const control_message message = {"/mix", args, 4};
    const request r = {.message = &message};
    char *joined = request_text(&r, 1);
    assert_string_equal(joined, "01 Now.wav");
    assert_true(request_number(&r, 3) == 3);
    lts_free(joined);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_come_out_whole_and_in_order),
        cmocka_unit_test(a_full_queue_refuses),
        cmocka_unit_test(nothing_is_lost_between_threads),
        cmocka_unit_test(a_waiter_can_be_woken),
        cmocka_unit_test(addresses_take_what_they_say),
        cmocka_unit_test(refusals_are_those_of_the_table),
        cmocka_unit_test(voices_are_part_of_the_address),
        cmocka_unit_test(texts_are_joined_and_numbers_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
