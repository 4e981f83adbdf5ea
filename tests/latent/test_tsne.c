#include "testing.h"

#include "latent/tsne/tsne.h"

#include <math.h>
#include <string.h>

enum { SMALL = 40, Z = 10, CLUSTER = 60, CLUSTERED = 3 * CLUSTER };

static void fill_normal(float *x, size_t n, uint64_t seed)
{
    lts_rng rng;
    lts_rng_seed(&rng, seed, 0);
    lts_rng_fill_normal(&rng, x, n);
}

/* Three clouds, eight standard deviations apart along three axes. */
static void draw_clusters(float *x)
{
    fill_normal(x, (size_t)CLUSTERED * Z, 4);
    for (size_t i = 0; i < CLUSTERED; i++)
        x[i * Z + i / CLUSTER] += 8;
}

static void affinities_have_the_wanted_perplexity(void **state)
{
    (void)state;
    float x[SMALL * Z], *p = lts_alloc(SMALL * SMALL, sizeof *p);
    double sum = 0;
    fill_normal(x, SMALL * Z, 1);
    lts_tsne_affinities(x, SMALL, Z, 8, 1, p);
    for (size_t i = 0; i < SMALL; i++) {
        assert_true(p[i * SMALL + i] == 0);
        for (size_t j = 0; j < SMALL; j++) {
            assert_true(p[i * SMALL + j] >= 0 && p[i * SMALL + j] == p[j * SMALL + i]);
            sum += p[i * SMALL + j];
        }
    }
    assert_true(fabs(sum - 1) < 1e-5);

    /* Equidistant points: every conditional distribution is uniform, whatever its width. */
    memset(x, 0, sizeof x);
    for (size_t i = 0; i < Z; i++)
        x[i * Z + i] = 3;
    lts_tsne_affinities(x, Z, Z, 5, 1, p);
    for (size_t i = 0; i < Z * Z; i++)
        assert_true(fabsf(p[i] - (i % (Z + 1) ? 1.0f / (Z * (Z - 1)) : 0)) < 1e-6f);
    lts_free(p);
}

/* The definition, in double: each row's width by bisection, then symmetrised. */
static void oracle_affinities(const float *x, size_t n, double perplexity, double *p)
{
    double row[SMALL];
    memset(p, 0, n * n * sizeof *p);
    for (size_t i = 0; i < n; i++) {
        double low = 0, high = 1e6;
        for (int step = 0; step < 200; step++) {
            double beta = 0.5 * (low + high), sum = 0, entropy = 0;
            for (size_t j = 0; j < n; j++) {
                double distance = 0;
                for (size_t z = 0; z < Z; z++)
                    distance += pow((double)x[i * Z + z] - x[j * Z + z], 2);
                row[j] = i == j ? 0 : exp(-beta * distance);
                sum += row[j];
            }
            for (size_t j = 0; j < n; j++) {
                row[j] /= sum;
                entropy -= row[j] > 0 ? row[j] * log(row[j]) : 0;
            }
            if (entropy > log(perplexity))
                low = beta;
            else
                high = beta;
        }
        for (size_t j = 0; j < n; j++) {
            p[i * n + j] += row[j] / (2 * (double)n);
            p[j * n + i] += row[j] / (2 * (double)n);
        }
    }
}

static void affinities_agree_with_their_definition(void **state)
{
    (void)state;
    float x[SMALL * Z], p[SMALL * SMALL], expected[SMALL * SMALL];
    double oracle[SMALL * SMALL];
    fill_normal(x, SMALL * Z, 2);
    oracle_affinities(x, SMALL, 7, oracle);
    for (size_t i = 0; i < SMALL * SMALL; i++)
        expected[i] = (float)oracle[i];
    lts_tsne_affinities(x, SMALL, Z, 7, 2, p);
    assert_true(relative_error(p, expected, SMALL * SMALL) < 1e-4);
}

/* KL(P || Q) of a picture, in double. */
static double divergence(const float *p, size_t n, double exaggeration, const double *x,
                         const double *y)
{
    double sum = 0, cost = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (i != j)
                sum += 1 / (1 + pow(x[i] - x[j], 2) + pow(y[i] - y[j], 2));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            if (i != j) {
                double w = 1 / (1 + pow(x[i] - x[j], 2) + pow(y[i] - y[j], 2));
                /* Exaggeration multiplies the attraction alone: -e P ln w + ln sum. */
                cost -= exaggeration * p[i * n + j] * log(w);
            }
    return cost + log(sum);
}

static void the_gradient_is_that_of_the_divergence(void **state)
{
    (void)state;
    float points[SMALL * Z], p[SMALL * SMALL], array[7][SMALL];
    double x[SMALL], y[SMALL];
    tsne_picture picture = {SMALL,    array[0], array[1], array[2],
                            array[3], array[4], array[5], array[6]};
    fill_normal(points, SMALL * Z, 3);
    lts_tsne_affinities(points, SMALL, Z, 6, 1, p);
    fill_normal(array[0], SMALL, 5);
    fill_normal(array[1], SMALL, 6);
    for (size_t i = 0; i < SMALL; i++) {
        x[i] = picture.x[i];
        y[i] = picture.y[i];
    }
    const float exaggerations[] = {1, 12};
    for (size_t e = 0; e < 2; e++) {
        lts_tsne_gradient(p, exaggerations[e], 2, &picture);
        float expected[2 * SMALL], got[2 * SMALL];
        for (size_t i = 0; i < 2 * SMALL; i++) {
            double *coordinate = i < SMALL ? &x[i] : &y[i - SMALL], kept = *coordinate;
            const double step = 1e-5;
            *coordinate = kept + step;
            double above = divergence(p, SMALL, exaggerations[e], x, y);
            *coordinate = kept - step;
            double below = divergence(p, SMALL, exaggerations[e], x, y);
            *coordinate = kept;
            expected[i] = (float)((above - below) / (2 * step));
            got[i] = i < SMALL ? picture.gx[i] : picture.gy[i - SMALL];
        }
        assert_true(relative_error(got, expected, 2 * SMALL) < 1e-5);
    }
}

static void three_clusters_come_apart(void **state)
{
    (void)state;
    lts_error err = {0};
    float *x = lts_alloc((size_t)CLUSTERED * Z, sizeof *x), y[2 * CLUSTERED];
    lts_tsne_config config = lts_tsne_defaults();
    config.iterations = 400;
    draw_clusters(x);
    assert_ok(lts_tsne(x, CLUSTERED, Z, &config, y, NULL, &err));
    double centre[3][2] = {{0}}, radius = 0, apart = INFINITY;
    for (size_t i = 0; i < 2 * CLUSTERED; i++)
        centre[i / 2 / CLUSTER][i % 2] += y[i] / CLUSTER;
    for (size_t i = 0; i < CLUSTERED; i++)
        radius = fmax(radius, hypot(y[2 * i] - centre[i / CLUSTER][0],
                                    y[2 * i + 1] - centre[i / CLUSTER][1]));
    for (size_t a = 0; a < 3; a++)
        for (size_t b = 0; b < a; b++)
            apart = fmin(apart, hypot(centre[a][0] - centre[b][0], centre[a][1] - centre[b][1]));
    if (!(apart > 2 * radius))
        fail_msg("clusters of radius %g lie %g apart", radius, apart);
    assert_true(radius > 0.5); /* and each is a cloud, not a point */
    lts_free(x);
}

static void equal_input_gives_equal_pictures(void **state)
{
    (void)state;
    lts_error err = {0};
    float *x = lts_alloc((size_t)CLUSTERED * Z, sizeof *x), a[2 * CLUSTERED], b[2 * CLUSTERED];
    lts_tsne_config config = lts_tsne_defaults();
    config.iterations = 60;
    draw_clusters(x);
    assert_ok(lts_tsne(x, CLUSTERED, Z, &config, a, NULL, &err));
    for (unsigned threads = 1; threads <= 3; threads++) {
        config.threads = threads;
        assert_ok(lts_tsne(x, CLUSTERED, Z, &config, b, NULL, &err));
        assert_memory_equal(a, b, sizeof a);
    }
    lts_free(x);
}

static void points_in_one_place_or_on_a_line_do_no_harm(void **state)
{
    (void)state;
    lts_error err = {0};
    float x[SMALL * Z], y[2 * SMALL];
    lts_tsne_config config = {.perplexity = 5, .iterations = 100, .threads = 1};
    memset(x, 0, sizeof x);
    assert_ok(lts_tsne(x, SMALL, Z, &config, y, NULL, &err));
    for (size_t i = 20; i < SMALL; i++)
        x[i * Z] = 1e-30f * (float)i;
    assert_ok(lts_tsne(x, SMALL, Z, &config, y, NULL, &err));
    assert_ok(lts_tsne(x, SMALL, 1, &config, y, NULL, &err));
    double spread = 0;
    for (size_t i = 0; i < SMALL; i++)
        spread = fmax(spread, fabsf(y[2 * i + 1]));
    assert_true(spread > 1e-3); /* off the line it started on */
}

static void wrong_settings_are_refused(void **state)
{
    (void)state;
    float x[SMALL * Z], y[2 * SMALL];
    const lts_tsne_config good = {.perplexity = 6, .iterations = 2, .threads = 1};
    lts_tsne_config bad[9];
    fill_normal(x, SMALL * Z, 1);
    for (size_t b = 0; b < 9; b++)
        bad[b] = good;
    bad[0].perplexity = 4.9;
    bad[1].perplexity = 51;
    bad[2].perplexity = NAN;
    bad[3].perplexity = 14; /* of 40 points */
    bad[4].iterations = 0;
    bad[5].iterations = 100001;
    bad[6].learning_rate = -1;
    bad[7].learning_rate = INFINITY;
    bad[8].threads = 0;
    lts_error err = {0};
    for (size_t b = 0; b < 9; b++) {
        assert_status(lts_tsne(x, SMALL, Z, &bad[b], y, NULL, &err), LTS_ERR_ARGUMENT);
        assert_non_null(strstr(err.text, "t-SNE: "));
    }
    assert_ok(lts_tsne(x, SMALL, Z, &good, y, NULL, &err));
    lts_tsne_config wild = good;
    wild.learning_rate = 1e38;
    wild.iterations = 100;
    assert_status(lts_tsne(x, SMALL, Z, &wild, y, NULL, &err), LTS_ERR_NONFINITE);
    assert_non_null(strstr(err.text, "lower it"));
    x[17] = NAN;
    assert_status(lts_tsne(x, SMALL, Z, &good, y, NULL, &err), LTS_ERR_NONFINITE);
    assert_non_null(strstr(err.text, "point 1, coordinate 7"));
}

typedef struct watcher {
    int progressed, stop_after;
} watcher;

static void note_progress(void *user, const char *what, double done, double total, double rate)
{
    watcher *w = user;
    (void)what, (void)rate;
    assert_true(done <= total);
    w->progressed++;
}

static bool stop(void *user)
{
    watcher *w = user;
    return w->stop_after && w->progressed >= w->stop_after;
}

static void progress_is_told_and_a_stop_obeyed(void **state)
{
    (void)state;
    lts_error err = {0};
    float x[SMALL * Z], y[2 * SMALL];
    watcher w = {0};
    const lts_reporter reporter = {.user = &w, .progress = note_progress, .cancelled = stop};
    const lts_tsne_config config = {.perplexity = 6, .iterations = 20, .threads = 1};
    fill_normal(x, SMALL * Z, 1);
    assert_ok(lts_tsne(x, SMALL, Z, &config, y, &reporter, &err));
    assert_int_equal(w.progressed, 20);
    w = (watcher){.stop_after = 7};
    assert_status(lts_tsne(x, SMALL, Z, &config, y, &reporter, &err), LTS_ERR_CANCELLED);
    assert_int_equal(w.progressed, 7);
}

/* More points than exact gradients are for, on a wavy line. */
enum { MANY = 4100, MANY_Z = 3 };

static void draw_many(float *x)
{
    fill_normal(x, (size_t)MANY * MANY_Z, 11);
    for (size_t i = 0; i < MANY; i++) {
        x[i * MANY_Z] = 0.05f * x[i * MANY_Z] + 0.01f * (float)i;
        x[i * MANY_Z + 1] = 0.05f * x[i * MANY_Z + 1] + sinf(0.01f * (float)i);
        x[i * MANY_Z + 2] *= 0.05f;
    }
}

static void neighbours_are_the_nearest(void **state)
{
    (void)state;
    enum { POINTS = 150, COUNT = 9 };
    static float x[POINTS * Z], distance[POINTS * COUNT];
    static uint32_t index[POINTS * COUNT];
    fill_normal(x, POINTS * Z, 12);
    memcpy(x + 20 * Z, x + 10 * Z, Z * sizeof *x); /* two in one place */
    lts_tsne_neighbours(x, POINTS, Z, COUNT, 3, index, distance);
    for (size_t i = 0; i < POINTS; i++) {
        const float *d = distance + i * COUNT;
        for (size_t r = 0; r < COUNT; r++) {
            const size_t j = index[i * COUNT + r];
            double sum = 0;
            for (size_t z = 0; z < Z; z++)
                sum += pow(x[i * Z + z] - x[j * Z + z], 2);
            assert_true(j != i && fabs(d[r] - sum) <= 1e-5 * sum);
            assert_true(r == 0 || d[r] >= d[r - 1]);
        }
        size_t nearer = 0;
        for (size_t j = 0; j < POINTS; j++) {
            float sum = 0;
            for (size_t z = 0; z < Z; z++)
                sum += (x[i * Z + z] - x[j * Z + z]) * (x[i * Z + z] - x[j * Z + z]);
            nearer += j != i && sum < d[COUNT - 1] * 0.99999f;
        }
        assert_true(nearer < COUNT);
    }
    assert_int_equal(index[10 * COUNT], 20);
    assert_int_equal(index[20 * COUNT], 10);
}

/* With neighbours enough for all points the edges are the whole matrix. */
static void the_graph_is_the_matrix(void **state)
{
    (void)state;
    lts_error err = {0};
    float x[SMALL * Z], p[SMALL * SMALL];
    tsne_graph graph;
    fill_normal(x, SMALL * Z, 13);
    lts_tsne_affinities(x, SMALL, Z, 13, 1, p);
    assert_ok(lts_tsne_graph_create(x, SMALL, Z, 13, 2, &graph, &err));
    for (size_t i = 0; i < SMALL; i++) {
        assert_int_equal(graph.end[i] - graph.start[i], SMALL - 1);
        for (size_t e = graph.start[i]; e < graph.end[i]; e++) {
            const float expected = p[i * SMALL + graph.to[e]];
            assert_true(e == graph.start[i] || graph.to[e] > graph.to[e - 1]);
            assert_true(fabsf(graph.p[e] - expected) <= 1e-6f + 1e-4f * expected);
        }
    }
    lts_tsne_graph_free(&graph);
    /* And with fewer it is symmetric all the same, and sums to 1. */
    assert_ok(lts_tsne_graph_create(x, SMALL, Z, 5, 2, &graph, &err));
    double sum = 0;
    for (size_t i = 0; i < SMALL; i++)
        for (size_t e = graph.start[i]; e < graph.end[i]; e++) {
            const size_t j = graph.to[e];
            size_t back = graph.start[j];
            while (back < graph.end[j] && graph.to[back] != i)
                back++;
            assert_true(back < graph.end[j] && graph.p[back] == graph.p[e]);
            sum += graph.p[e];
        }
    assert_true(fabs(sum - 1) < 1e-5);
    lts_tsne_graph_free(&graph);
}

static void far_points_repel_as_one(void **state)
{
    (void)state;
    enum { POINTS = 1500 };
    lts_error err = {0};
    float *array = lts_alloc(POINTS, 14 * sizeof *array);
    float *p = lts_alloc(POINTS, POINTS * sizeof *p);
    assert_non_null(array);
    assert_non_null(p);
    tsne_picture exact = {.n = POINTS}, near = {.n = POINTS};
    tsne_picture *const pictures[] = {&exact, &near};
    for (size_t i = 0; i < 2; i++) {
        float **const part[] = {&pictures[i]->x,      &pictures[i]->y,  &pictures[i]->gx,
                                &pictures[i]->gy,     &pictures[i]->rx, &pictures[i]->ry,
                                &pictures[i]->row_sum};
        for (size_t a = 0; a < 7; a++)
            *part[a] = array + (7 * i + a) * POINTS;
        fill_normal(pictures[i]->x, POINTS, 14);
        fill_normal(pictures[i]->y, POINTS, 15);
        for (size_t at = 0; at < POINTS; at++) {
            pictures[i]->x[at] *= 20;
            pictures[i]->y[at] *= 20;
        }
    }
    tsne_tree *tree;
    assert_ok(lts_tsne_tree_create(POINTS, 2, &tree, &err));
    lts_tsne_gradient(p, 1, 2, &exact);
    lts_tsne_repulsion(tree, &near);
    assert_true(relative_error(near.rx, exact.rx, POINTS) < 0.01);
    assert_true(relative_error(near.ry, exact.ry, POINTS) < 0.01);
    assert_true(relative_error(near.row_sum, exact.row_sum, POINTS) < 0.01);
    lts_tsne_tree_destroy(tree);
    lts_free(array);
    lts_free(p);
}

static void many_points_are_drawn_the_same_by_any_threads(void **state)
{
    (void)state;
    lts_error err = {0};
    float *x = lts_alloc((size_t)MANY * MANY_Z, sizeof *x);
    float *a = lts_alloc(2 * MANY, sizeof *a), *b = lts_alloc(2 * MANY, sizeof *b);
    assert_non_null(x);
    assert_non_null(a);
    assert_non_null(b);
    lts_tsne_config config = lts_tsne_defaults();
    config.iterations = 12;
    draw_many(x);
    assert_ok(lts_tsne(x, MANY, MANY_Z, &config, a, NULL, &err));
    config.threads = 3;
    assert_ok(lts_tsne(x, MANY, MANY_Z, &config, b, NULL, &err));
    assert_memory_equal(a, b, 2 * MANY * sizeof *a);
    memset(x, 0, (size_t)MANY * MANY_Z * sizeof *x);
    assert_ok(lts_tsne(x, MANY, MANY_Z, &config, b, NULL, &err));
    assert_int_equal(lts_first_nonfinite(b, 2 * MANY), 2 * MANY);
    size_t n = 1;
    config.iterations = 1;
    draw_many(x);
    for (lts_status status = LTS_ERR_MEMORY; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = lts_tsne(x, MANY, MANY_Z, &config, b, NULL, &err);
        test_fail_allocation(0);
        if (status != LTS_OK)
            assert_status(status, LTS_ERR_MEMORY);
        assert_true(n < 60);
    }
    assert_true(n > 15);
    lts_free(x);
    lts_free(a);
    lts_free(b);
}

/* Neighbours on the line stay neighbours in the picture. */
static void many_points_keep_their_neighbours(void **state)
{
    (void)state;
    lts_error err = {0};
    float *x = lts_alloc((size_t)MANY * MANY_Z, sizeof *x), *y = lts_alloc(2 * MANY, sizeof *y);
    assert_non_null(x);
    assert_non_null(y);
    lts_tsne_config config = lts_tsne_defaults();
    config.iterations = 150;
    config.threads = 2;
    draw_many(x);
    assert_ok(lts_tsne(x, MANY, MANY_Z, &config, y, NULL, &err));
    double close = 0, apart = 0;
    for (size_t i = 0; i + 2000 < MANY; i++) {
        close += hypot(y[2 * i] - y[2 * i + 2], y[2 * i + 1] - y[2 * i + 3]);
        apart += hypot(y[2 * i] - y[2 * i + 4000], y[2 * i + 1] - y[2 * i + 4001]);
    }
    assert_true(apart > 20 * close);
    lts_free(x);
    lts_free(y);
}

static void short_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    lts_error err = {0};
    float x[SMALL * Z], y[2 * SMALL];
    const lts_tsne_config config = {.perplexity = 6, .iterations = 2, .threads = 1};
    fill_normal(x, SMALL * Z, 1);
    size_t n = 1;
    for (lts_status status = LTS_ERR_MEMORY; status != LTS_OK; n++) {
        test_fail_allocation(n);
        status = lts_tsne(x, SMALL, Z, &config, y, NULL, &err);
        test_fail_allocation(0);
        if (status != LTS_OK)
            assert_status(status, LTS_ERR_MEMORY);
        assert_true(n < 30);
    }
    assert_true(n > 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(affinities_have_the_wanted_perplexity),
        cmocka_unit_test(affinities_agree_with_their_definition),
        cmocka_unit_test(the_gradient_is_that_of_the_divergence),
        cmocka_unit_test(three_clusters_come_apart),
        cmocka_unit_test(equal_input_gives_equal_pictures),
        cmocka_unit_test(points_in_one_place_or_on_a_line_do_no_harm),
        cmocka_unit_test(wrong_settings_are_refused),
        cmocka_unit_test(progress_is_told_and_a_stop_obeyed),
        cmocka_unit_test(neighbours_are_the_nearest),
        cmocka_unit_test(the_graph_is_the_matrix),
        cmocka_unit_test(far_points_repel_as_one),
        cmocka_unit_test(many_points_are_drawn_the_same_by_any_threads),
        cmocka_unit_test(many_points_keep_their_neighbours),
        cmocka_unit_test(short_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests_name("tsne", tests, NULL, NULL);
}
