#include "testing.h"

#include "engine/realtime/ring.h"

#include <pthread.h>

static void capacity_is_rounded_up_to_a_power_of_two(void **state)
{
    (void)state;
    lts_error err;
    ring *r;
    static const size_t cases[][2] = {{1, 1}, {2, 2}, {3, 4}, {64, 64}, {65, 128}, {9000, 16384}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        assert_ok(ring_create(&r, cases[c][0], &err));
        assert_int_equal(ring_capacity(r), cases[c][1]);
        ring_destroy(r);
    }
}

static void impossible_sizes_are_refused(void **state)
{
    (void)state;
    lts_error err;
    ring *r;
    assert_status(ring_create(&r, 0, &err), LTS_ERR_ARGUMENT);
    assert_null(r);
    assert_status(ring_create(&r, ((size_t)1 << 30) + 1, &err), LTS_ERR_ARGUMENT);
    ring_destroy(NULL);
}

static void samples_come_out_in_order_whatever_the_parts(void **state)
{
    (void)state;
    enum { CAPACITY = 64, ROUNDS = 5000 };
    lts_error err;
    lts_rng rng;
    ring *r;
    float x[2 * CAPACITY], y[2 * CAPACITY];
    size_t written = 0, read = 0;
    lts_rng_seed(&rng, 11, 0);
    assert_ok(ring_create(&r, CAPACITY, &err));
    for (int round = 0; round < ROUNDS; round++) {
        size_t n = lts_rng_below(&rng, 2 * CAPACITY);
        size_t room = CAPACITY - ring_used(r);
        for (size_t i = 0; i < n; i++)
            x[i] = (float)(written + i);
        size_t done = ring_write(r, x, n);
        assert_int_equal(done, n < room ? n : room);
        written += done;
        assert_int_equal(ring_used(r), written - read);
        n = lts_rng_below(&rng, 2 * CAPACITY);
        done = ring_read(r, y, n);
        assert_int_equal(done, n < written - read ? n : written - read);
        for (size_t i = 0; i < done; i++)
            assert_true(y[i] == (float)(read + i));
        read += done;
    }
    assert_true(written > 10 * CAPACITY);
    ring_destroy(r);
}

enum { TOTAL = 3000000 };

static void *write_all(void *argument)
{
    ring *r = argument;
    lts_rng rng;
    float x[100];
    lts_rng_seed(&rng, 12, 0);
    for (size_t written = 0; written < TOTAL;) {
        size_t n = 1 + lts_rng_below(&rng, 100);
        n = n < TOTAL - written ? n : TOTAL - written;
        for (size_t i = 0; i < n; i++)
            x[i] = (float)(written + i); /* below 2^24: exact */
        written += ring_write(r, x, n);
    }
    return NULL;
}

static void two_threads_lose_nothing(void **state)
{
    (void)state;
    lts_error err;
    lts_rng rng;
    ring *r;
    pthread_t writer;
    float y[100];
    size_t wrong = 0;
    lts_rng_seed(&rng, 13, 0);
    assert_ok(ring_create(&r, 256, &err));
    assert_int_equal(pthread_create(&writer, NULL, write_all, r), 0);
    for (size_t read = 0; read < TOTAL;) {
        size_t n = ring_read(r, y, 1 + lts_rng_below(&rng, 100));
        for (size_t i = 0; i < n; i++)
            wrong += y[i] != (float)(read + i);
        read += n;
    }
    pthread_join(writer, NULL);
    assert_int_equal(wrong, 0);
    assert_int_equal(ring_used(r), 0);
    ring_destroy(r);
}

static void nothing_leaks_when_memory_is_short(void **state)
{
    (void)state;
    lts_status status = LTS_ERR_MEMORY;
    for (size_t n = 1; status != LTS_OK; n++) {
        lts_error err;
        ring *r;
        test_fail_allocation(n);
        status = ring_create(&r, 100, &err);
        test_fail_allocation(0);
        if (status != LTS_OK)
            assert_status(status, LTS_ERR_MEMORY);
        ring_destroy(r);
        assert_in_range(n, 1, 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(capacity_is_rounded_up_to_a_power_of_two),
        cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(samples_come_out_in_order_whatever_the_parts),
        cmocka_unit_test(two_threads_lose_nothing),
        cmocka_unit_test(nothing_leaks_when_memory_is_short),
    };
    return cmocka_run_group_tests_name("ring", tests, NULL, NULL);
}
