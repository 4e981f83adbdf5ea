/* The levels of live voices, by a small model that keeps gain and shape apart. Both sounds of a
 * loop have one steady shape, so that only their levels differ. */
#include "engine/live/live_parts.h"
#include "testing.h"

#include <math.h>
#include <string.h>

enum { LATENT = 4, COLUMNS = LATENT + 1, FRAMES = 100, N = 16384 };

typedef struct scene {
    lts_feature feature;
    lts_model *model;
    float path[2][FRAMES * COLUMNS];
    const float *mean[2];
    float level[2][FRAMES];
    const float *levels[2];
    live *live;
} scene;

/* The level of sound `which` from frame `first` on. */
static void set_level(scene *s, size_t which, size_t first, float level)
{
    for (size_t t = first; t < FRAMES; t++)
        s->path[which][t * COLUMNS + LATENT] = level;
}

static int set_up(void **state)
{
    lts_error err;
    scene *s = lts_alloc(1, sizeof *s);
    lts_model_config config = lts_model_defaults();
    config.latent = LATENT;
    config.units = 16;
    s->feature = lts_feature_defaults(LTS_FEATURE_CQT);
    assert_ok(lts_model_create(&config, 2, &s->model, &err));
    for (size_t which = 0; which < 2; which++) {
        s->mean[which] = s->path[which];
        for (size_t i = 0; i < (size_t)FRAMES * COLUMNS; i++)
            s->path[which][i] = i % COLUMNS == 0 ? 1 : 0;
    }
    assert_ok(live_create(&s->feature, &s->live, &err));
    *state = s;
    return 0;
}

static int tear_down(void **state)
{
    scene *s = *state;
    live_destroy(s->live);
    lts_model_destroy(s->model);
    lts_free(s);
    return 0;
}

static live_start_config both(scene *s, const float weight[2])
{
    return (live_start_config){.loop = {.model = s->model,
                                        .sounds = 2,
                                        .frames = FRAMES,
                                        .latent = COLUMNS,
                                        .mean = s->mean},
                               .weight = weight,
                               .gain = 1};
}

/* The level of what a new voice sounds like, dB. */
static double heard(scene *s, float alpha, lts_level_law law)
{
    lts_error err;
    live *l;
    const float weight[] = {alpha, 1 - alpha};
    const live_start_config config = both(s, weight);
    float *x = lts_alloc(N, sizeof *x);
    double sum = 0;
    assert_ok(live_create(&s->feature, &l, &err));
    live_levels(l, law);
    assert_ok(live_start(l, 0, &config, &err));
    live_fill(l, x, N);
    for (size_t i = N / 2; i < N; i++)
        sum += (double)x[i] * (double)x[i];
    live_destroy(l);
    lts_free(x);
    return 10 * log10(sum / (N / 2) + 1e-30);
}

static double between(double a, double b, double weight)
{
    return 20 / 0.6 * log10(weight * pow(10, 0.6 * a / 20) + (1 - weight) * pow(10, 0.6 * b / 20));
}

static void a_voice_follows_the_path_of_loudness(void **state)
{
    scene *s = *state;
    set_level(s, 0, 0, -20);
    set_level(s, 1, 0, -50);
    const double first = heard(s, 1, LTS_LAW_LOUDNESS), second = heard(s, 0, LTS_LAW_LOUDNESS);
    assert_true(fabs(first - second - 30) < 0.5);
    for (float alpha = 0.25f; alpha < 1; alpha += 0.25f) {
        const double weight = (double)alpha;
        assert_true(fabs(heard(s, alpha, LTS_LAW_LOUDNESS) - between(first, second, weight)) < 0.5);
        assert_true(fabs(heard(s, alpha, LTS_LAW_NONE) - (weight * first + (1 - weight) * second)) <
                    0.5);
    }
}

static void beyond_the_ends_a_voice_is_no_louder_than_they_are(void **state)
{
    scene *s = *state;
    set_level(s, 0, 0, -20);
    set_level(s, 1, 0, -50);
    /* Twice the shape's latent is another shape: what sounds is bounded, not the same. */
    assert_true(heard(s, 4, LTS_LAW_LOUDNESS) < heard(s, 1, LTS_LAW_LOUDNESS) + 1);
    assert_true(heard(s, -3, LTS_LAW_LOUDNESS) < heard(s, 0, LTS_LAW_LOUDNESS) + 1);
    set_level(s, 0, 0, -160);
    set_level(s, 1, 0, -160);
    for (float alpha = -3; alpha <= 4; alpha += 0.5f)
        assert_true(heard(s, alpha, LTS_LAW_LOUDNESS) < -150);
}

static live_walk *walk(scene *s, const float weight[2], double position)
{
    lts_error err;
    live_walk *w;
    live_start_config config = both(s, weight);
    config.position = position;
    assert_ok(live_walk_create(s->live, &config, &w, &err));
    return w;
}

/* The level of the walk's next frame. */
static double step(scene *s, live_walk *w)
{
    live_walk_step(w, 0, s->live->fade);
    return (double)w->z[LATENT];
}

static void jumps_and_seams_fade_in_loudness(void **state)
{
    static const float only_first[] = {1, 0};
    scene *s = *state;
    const double fade = (double)(s->live->fade + 1);
    set_level(s, 0, 0, -20);
    set_level(s, 0, FRAMES / 2, -160);
    live_walk *w = walk(s, only_first, 0.25);
    live_controls controls = {.speed = 1};
    live_walk_control(w, &controls, s->live);
    assert_true(step(s, w) == -20);
    controls.jumps = 1;
    controls.jump = 0.75;
    live_walk_control(w, &controls, s->live);
    for (double left = fade - 1; left >= 0; left--)
        assert_true(fabs(step(s, w) - between(-20, -160, left / fade)) < 1e-3);
    assert_true(step(s, w) == -160);
    live_walk_destroy(w);
    /* Over the seam, from silence to sound. */
    w = walk(s, only_first, 1 - 1.0 / (FRAMES - 1));
    live_walk_control(w, &(live_controls){.speed = 1}, s->live);
    assert_true(step(s, w) == -160);
    assert_true(step(s, w) == -160);
    for (double left = fade - 1; left >= 0; left--)
        assert_true(fabs(step(s, w) - between(-160, -20, left / fade)) < 1e-3);
    live_walk_destroy(w);
}

static void between_frames_loudness_runs_straight(void **state)
{
    static const float only_first[] = {1, 0};
    scene *s = *state;
    set_level(s, 0, 0, -160);
    set_level(s, 0, 1, -20);
    live_walk *w = walk(s, only_first, 0);
    live_walk_control(w, &(live_controls){.speed = 0.25}, s->live);
    for (double part = 0; part <= 1; part += 0.25)
        assert_true(fabs(step(s, w) - between(-20, -160, part)) < 1e-3);
    live_walk_destroy(w);
}

static void another_law_is_taken_up_without_a_step(void **state)
{
    static const float half[] = {0.5f, 0.5f};
    scene *s = *state;
    const double fade = (double)(s->live->fade + 1);
    set_level(s, 0, 0, -20);
    set_level(s, 1, 0, -60);
    live_walk *w = walk(s, half, 0);
    const live_controls controls = {.speed = 1};
    live_walk_control(w, &controls, s->live);
    const double before = step(s, w);
    assert_true(fabs(before - between(-20, -60, 0.5)) < 1e-3);
    live_levels(s->live, LTS_LAW_NONE);
    live_walk_control(w, &controls, s->live);
    for (double left = fade - 1; left >= 0; left--)
        assert_true(fabs(step(s, w) - between(before, -40, left / fade)) < 1e-3);
    live_walk_destroy(w);
}

/* The loop with levels of its own. */
static live_start_config with_levels(scene *s, const float weight[2])
{
    live_start_config config = both(s, weight);
    for (size_t which = 0; which < 2; which++)
        s->levels[which] = s->level[which];
    config.loop.level = s->levels;
    return config;
}

static void any_count_of_samples_gives_the_same_sound(void **state)
{
    static const size_t counts[] = {1, 17, 128, 999, 256, 3};
    static const float half[] = {0.5f, 0.5f};
    lts_error err;
    scene *s = *state;
    float *x = lts_alloc(N, sizeof *x), *y = lts_alloc(N, sizeof *y);
    live *other;
    for (size_t t = 0; t < FRAMES; t++)
        s->path[0][t * COLUMNS + LATENT] = -20 - (float)(t % 7);
    set_level(s, 1, 0, -90);
    assert_ok(live_create(&s->feature, &other, &err));
    const live_start_config config = with_levels(s, half);
    assert_ok(live_start(s->live, 0, &config, &err));
    assert_ok(live_start(other, 0, &config, &err));
    test_fail_allocation(0);
    live_fill(s->live, x, N);
    for (size_t at = 0, i = 0; at < N; i++) {
        const size_t count = counts[i % 6] < N - at ? counts[i % 6] : N - at;
        live_fill(other, y + at, count);
        at += count;
    }
    assert_int_equal(test_fail_allocation(0), 0);
    assert_memory_equal(x, y, N * sizeof *x);
    live_destroy(other);
    lts_free(x);
    lts_free(y);
}

/* x (N) = what a new voice sounds like, its delay left out. */
static void play(scene *s, const live_start_config *config, lts_level_law law, float *x)
{
    lts_error err;
    live *l;
    float early[3 * 128] = {0};
    assert_ok(live_create(&s->feature, &l, &err));
    live_levels(l, law);
    assert_ok(live_start(l, 0, config, &err));
    assert_true(l->delay * l->hop <= sizeof early / sizeof *early);
    live_fill(l, early, l->delay * l->hop);
    memset(x, 0, N * sizeof *x);
    live_fill(l, x, N);
    live_destroy(l);
}

static double level_of(const float *x, size_t from, size_t to)
{
    double sum = 0;
    for (size_t i = from; i < to; i++)
        sum += (double)x[i] * (double)x[i];
    return 10 * log10(sum / (double)(to - from) + 1e-30);
}

/* Hits of one sound, each 30 ms long, over silence of the other. Half of them is heard at the
 * level between, however much the decoder loses of it, and what lies between them stays silent. */
static void hits_have_the_level_between_their_sounds(void **state)
{
    enum { EVERY = 50, LONG = 10, HOP = 128 };
    static const float half[] = {0.5f, 0.5f}, whole[] = {1, 0};
    scene *s = *state;
    float *lost = lts_alloc(N, sizeof *lost), *x = lts_alloc(N, sizeof *x);
    for (size_t t = 0; t < FRAMES; t++) {
        s->path[0][t * COLUMNS + LATENT] = t % EVERY < LONG ? -20 : -160;
        s->path[1][t * COLUMNS + LATENT] = -160;
    }
    live_start_config config = both(s, whole);
    play(s, &config, LTS_LAW_LOUDNESS, x);
    config = with_levels(s, half);
    for (size_t t = 0; t < FRAMES; t++) {
        const size_t first = t * HOP;
        s->level[0][t] = (float)level_of(x, first, first + HOP);
        s->level[1][t] = -160;
        /* The decoder makes 5 dB less of the mixture than it should. */
        s->path[0][t * COLUMNS + LATENT] -= 5;
    }
    config.weight = half;
    const double hit = level_of(x, 0, EVERY * HOP), wanted = hit + 20 / 0.6 * log10(0.5);
    play(s, &config, LTS_LAW_LOUDNESS, x);
    assert_true(fabs(level_of(x, EVERY * HOP, 2 * EVERY * HOP) - wanted) < 1);
    assert_true(level_of(x, (EVERY - 20) * HOP, (EVERY - 5) * HOP) < hit - 60);
    config.loop.level = NULL;
    play(s, &config, LTS_LAW_LOUDNESS, lost);
    assert_true(level_of(lost, EVERY * HOP, 2 * EVERY * HOP) < wanted - 4);
    lts_free(lost);
    lts_free(x);
}

static void a_steady_pair_keeps_an_even_gain(void **state)
{
    static const float half[] = {0.5f, 0.5f};
    scene *s = *state;
    set_level(s, 0, 0, -20);
    set_level(s, 1, 0, -20);
    live_start_config config = with_levels(s, half);
    float *x = lts_alloc(N, sizeof *x), *y = lts_alloc(N, sizeof *y);
    config.loop.level = NULL;
    play(s, &config, LTS_LAW_LOUDNESS, x);
    config.loop.level = s->levels;
    for (size_t i = 0; i < FRAMES; i++)
        s->level[0][i] = s->level[1][i] = (float)level_of(x, N / 2, N) + 3;
    play(s, &config, LTS_LAW_LOUDNESS, y);
    double least = INFINITY, most = 0;
    for (size_t i = N / 2; i < N; i++)
        if (fabsf(x[i]) > 1e-4f) {
            least = fmin(least, (double)(y[i] / x[i]));
            most = fmax(most, (double)(y[i] / x[i]));
        }
    assert_true(fabs(10 * log10(least * most) - 3) < 0.5);
    assert_true(20 * log10(most / least) < 0.5);
    /* Where levels do not mix in loudness, or are not known, all stays as it is, bit for bit. */
    play(s, &config, LTS_LAW_NONE, y);
    config.loop.level = NULL;
    play(s, &config, LTS_LAW_NONE, x);
    assert_memory_equal(x, y, N * sizeof *x);
    lts_free(x);
    lts_free(y);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_voice_follows_the_path_of_loudness),
        TEST(beyond_the_ends_a_voice_is_no_louder_than_they_are),
        TEST(jumps_and_seams_fade_in_loudness),
        TEST(between_frames_loudness_runs_straight),
        TEST(another_law_is_taken_up_without_a_step),
        TEST(hits_have_the_level_between_their_sounds),
        TEST(a_steady_pair_keeps_an_even_gain),
        TEST(any_count_of_samples_gives_the_same_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
