/* The pitch of tones, of a rich note with a weak fundamental, and of what has none. */
#include "match/pitch.h"
#include "testing.h"

#include <math.h>

enum { N = 8000 };
static const double rate = 16384;

static void tones_have_their_frequency(void **state)
{
    (void)state;
    float x[N];
    for (double hz = 40; hz < 1000; hz *= 1.31) {
        for (int i = 0; i < N; i++) {
            double y = 0;
            for (int h = 1; h <= 6; h++)
                y += sin(2 * acos(-1.0) * h * hz * i / rate + h) / (h == 1 ? 4 : h);
            x[i] = (float)(0.1 * y);
        }
        const double found = match_pitch(x, N, rate);
        assert_true(fabs(1200 * log2(found / hz)) < 10);
    }
}

static void noise_and_silence_have_none(void **state)
{
    (void)state;
    float x[N];
    lts_rng rng;
    lts_rng_seed(&rng, 1, 0);
    lts_rng_fill_normal(&rng, x, N);
    assert_true(isnan(match_pitch(x, N, rate)));
    for (int i = 0; i < N; i++)
        x[i] = 0;
    assert_true(isnan(match_pitch(x, N, rate)));
    assert_true(isnan(match_pitch(x, 100, rate)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tones_have_their_frequency),
        cmocka_unit_test(noise_and_silence_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
