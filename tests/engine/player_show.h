/* What the tests of the player have in common: a sound to play, and what was said about it. */
#ifndef LTS_TESTS_PLAYER_SHOW_H
#define LTS_TESTS_PLAYER_SHOW_H

#include "testing.h"

#include "engine/play/player_parts.h"
#include "fake_portaudio.h"

#include <math.h>

/* A machine that lets threads wait spoils what is timed: a check of time is repeated, and must hold
 * in one of ATTEMPTS. */
enum { RATE = 44100, LINES = 32, ATTEMPTS = 20 };

/* What a player asked for and said. */
typedef struct show {
    atomic_size_t given; /* samples */
    double frequency;    /* Hz of a sine of amplitude 0.5; 0: noise */
    float level;         /* instead, when not 0 */
    double slow;         /* s a block takes */
    atomic_int lines;
    char line[LINES][256];
    double at[LINES];
    double *stamps; /* of each block, when not NULL */
    size_t blocks;
} show;

static char *folder; /* of the test that runs */

static inline int make_folder(void **state)
{
    (void)state;
    folder = test_folder();
    fake_reset();
    return 0;
}

static inline int remove_folder(void **state)
{
    (void)state;
    test_folder_remove(folder);
    free(fake.heard);
    fake.heard = NULL;
    return 0;
}

/* The n-th sample of noise within -0.5..0.5, the same whoever asks. */
static inline float noise(size_t n)
{
    uint64_t bits = ((uint64_t)n + 1) * 0x9e3779b97f4a7c15u;
    bits = (bits ^ (bits >> 29)) * 0xbf58476d1ce4e5b9u;
    return (float)((double)(bits >> 40) / (1 << 24) - 0.5);
}

static inline void fill(void *user, float *x, size_t count)
{
    show *s = user;
    size_t start = atomic_load(&s->given);
    if (s->slow > 0)
        usleep((useconds_t)(1e6 * s->slow));
    if (s->stamps && start / count < s->blocks)
        s->stamps[start / count] = lts_now();
    for (size_t i = 0; i < count; i++) {
        double phase = 2 * M_PI * s->frequency * (double)(start + i) / RATE;
        x[i] = s->level != 0      ? s->level
               : s->frequency > 0 ? (float)(0.5 * sin(phase))
                                  : noise(start + i);
    }
    atomic_store(&s->given, start + count);
}

static inline void report(void *user, const char *text)
{
    show *s = user;
    int n = atomic_load(&s->lines);
    if (n == LINES)
        return;
    snprintf(s->line[n], sizeof s->line[n], "%s", text);
    s->at[n] = lts_now();
    atomic_store(&s->lines, n + 1);
}

static inline player_config config_of(show *s, const char *device)
{
    return (player_config){.device = device,
                           .sample_rate = RATE,
                           .block = 256,
                           .ahead = 3,
                           .fill = fill,
                           .report = report,
                           .user = s};
}

static inline void rest(double seconds)
{
    usleep((useconds_t)(1e6 * seconds));
}

static inline bool is_pace(uint64_t samples, double seconds)
{
    return (double)samples > 0.5 * seconds * RATE && (double)samples < (seconds + 0.1) * RATE;
}

/* The samples given keep the clock's pace for this long. */
static inline void assert_pace(show *s, double seconds)
{
    bool kept = false;
    for (int attempt = 0; attempt < ATTEMPTS && !kept; attempt++) {
        const size_t given = atomic_load(&s->given);
        const double start = lts_now();
        rest(seconds);
        kept = is_pace(atomic_load(&s->given) - given, lts_now() - start);
    }
    assert_true(kept);
}

/* As cmocka_unit_test, in a folder of its own, with the fake hardware as new. */
#define PLAYS(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

#endif
