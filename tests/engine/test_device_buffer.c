#include "testing.h"

#include "engine/device/device_buffer.h"
#include "engine/play/limiter.h"

#include <math.h>
#include <string.h>

static void gaps_are_bridged_without_a_step(void **state)
{
    (void)state;
    enum { N = 4000 };
    lts_error err;
    lts_rng rng;
    device_buffer *o;
    float x[N], y[500], last = 0.8f;
    lts_rng_seed(&rng, 5, 0);
    assert_ok(device_buffer_create(&o, 1 << 10, &err));
    for (int i = 0; i < N; i++)
        x[i] = 0.8f;
    ring_write(o->ring, x, 100);
    device_buffer_read(o, y, 100);
    assert_true(y[0] == 0 && y[99] == 0); /* nothing is taken before the feeder is ready */
    assert_int_equal(ring_used(o->ring), 100);
    atomic_store(&o->primed, true);
    uint64_t gaps = 0;
    for (int round = 0; round < 300; round++) {
        size_t n = 1 + lts_rng_below(&rng, 500);
        gaps += ring_used(o->ring) < n;
        device_buffer_read(o, y, n);
        for (size_t i = 0; i < n; last = y[i++]) {
            assert_true(fabsf(y[i] - last) <= 0.8f / DEVICE_BUFFER_FADE + 1e-6f);
            assert_true(y[i] >= 0 && y[i] <= 0.8f + 1e-6f);
        }
        ring_write(o->ring, x, lts_rng_below(&rng, 450));
    }
    assert_true(gaps > 50);
    assert_int_equal(o->underruns, gaps);
    device_buffer_destroy(o);
}

static void the_limiter_leaves_what_is_within_scale(void **state)
{
    (void)state;
    enum { N = 100001 };
    float *x = lts_alloc(N, sizeof *x), *y = lts_alloc(N, sizeof *y), last = -2;
    for (int i = 0; i < N; i++)
        x[i] = y[i] = (float)(i - N / 2) * (4.0f / N);
    size_t beyond = 0;
    for (int i = 0; i < N; i++)
        beyond += fabsf(x[i]) > 1;
    assert_int_equal(limiter_apply(y, N), beyond);
    for (int i = 0; i < N; i++) {
        if (fabsf(x[i]) <= 0.99f)
            assert_memory_equal(&x[i], &y[i], sizeof *x);
        assert_true(y[i] >= last && fabsf(y[i]) <= 1 && (y[i] < 0) == (x[i] < 0));
        last = y[i];
    }
    static const float odd[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f, -0.0f, 1, -1};
    float z[8];
    memcpy(z, odd, sizeof z);
    assert_int_equal(limiter_apply(z, 8), 5);
    assert_true(z[0] == 0 && z[1] == 1 && z[2] == -1 && z[3] > 0.999f && z[4] < -0.999f);
    assert_true(signbit(z[5]) && z[6] > 0.99f && z[6] < 1 && z[7] == -z[6]);
    lts_free(x);
    lts_free(y);
}

static void the_meter_keeps_peak_and_energy_apart_from_the_reader(void **state)
{
    (void)state;
    static const float first[] = {0.5f, -0.75f, 0.25f}, second[] = {-0.125f, 0, 0.0625f};
    meter m = {0};
    assert_true(meter_take_peak(&m) == 0);
    meter_add(&m, first, 3);
    meter_add(&m, second, 3);
    assert_true(meter_take_peak(&m) == 0.75f);
    assert_true(meter_take_peak(&m) == 0);
    meter_add(&m, second, 3);
    assert_true(meter_take_peak(&m) == 0.125f);
    assert_int_equal(m.count, 9);
    const double energy = 0.25 + 0.5625 + 0.0625 + 2 * (0.015625 + 0.00390625);
    assert_true(fabs(ldexp((double)m.energy, -32) - energy) < 1e-8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gaps_are_bridged_without_a_step),
        cmocka_unit_test(the_limiter_leaves_what_is_within_scale),
        cmocka_unit_test(the_meter_keeps_peak_and_energy_apart_from_the_reader),
    };
    return cmocka_run_group_tests_name("device buffer", tests, NULL, NULL);
}
