#include "latent/tsne.h"

#include <math.h>
#include <string.h>

enum {
    LEAF = 16,   /* points of a group */
    BLOCK = 8,   /* groups a thread takes at a time */
    LEVELS = 32, /* of the tree, at most */
    DIGIT = 11,  /* bits of a pass of the sort; three passes sort 32 */
    PASSES = 3
};

static const float theta = 0.5f;

/* A range of the sorted points: their box, their centre and how many they are. */
typedef struct node {
    float low[2], high[2];
    float centre[2];
    float mass;
} node;

/* What acts on a group, nodes and single points. */
typedef struct sources {
    float *x, *y, *mass;
    size_t count;
} sources;

struct tsne_tree {
    size_t n;
    unsigned threads;
    uint32_t *key, *order; /* (2 n): Morton codes and points, and room to sort them */
    float *x, *y;          /* (n rounded up to LEAF): the sorted points */
    node *nodes;           /* the leaves, then their pairs, up to the root */
    size_t level[LEVELS];  /* where each begins in nodes */
    size_t size[LEVELS];
    size_t levels;
    float *memory;         /* behind the sources */
    sources *of_worker;    /* (threads) */
    tsne_picture *picture; /* at work */
};

lts_status lts_tsne_tree_create(size_t n, unsigned threads, tsne_tree **out, lts_error *err)
{
    static const char what[] = "t-SNE";
    const size_t leaves = (n + LEAF - 1) / LEAF, padded = leaves * LEAF;
    tsne_tree *tree = NULL;
    *out = NULL;
    lts_status status = lts_alloc_checked(&tree, 1, sizeof *tree, what, err);
    if (status != LTS_OK)
        return status;
    *tree = (tsne_tree){.n = n, .threads = threads};
    size_t total = 0;
    for (size_t size = leaves;; size = (size + 1) / 2) {
        tree->level[tree->levels] = total;
        tree->size[tree->levels++] = size;
        total += size;
        if (size <= 1)
            break;
    }
    const struct {
        void *array;
        size_t count, size;
    } arrays[] = {
        {&tree->key, n, 2 * sizeof *tree->key},
        {&tree->order, n, 2 * sizeof *tree->order},
        {&tree->x, padded, sizeof *tree->x},
        {&tree->y, padded, sizeof *tree->y},
        {&tree->nodes, total, sizeof(node)},
        {&tree->of_worker, threads, sizeof(sources)},
        {&tree->memory, n, 3 * threads * sizeof(float)},
    };
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        status = lts_alloc_checked(arrays[i].array, arrays[i].count, arrays[i].size, what, err);
        if (status != LTS_OK)
            goto done;
    }
    for (unsigned w = 0; w < threads; w++)
        tree->of_worker[w] = (sources){.x = tree->memory + 3 * w * n,
                                       .y = tree->memory + (3 * w + 1) * n,
                                       .mass = tree->memory + (3 * w + 2) * n};
    *out = tree;
    tree = NULL;
done:
    lts_tsne_tree_destroy(tree);
    return status;
}

void lts_tsne_tree_destroy(tsne_tree *tree)
{
    if (!tree)
        return;
    lts_free(tree->key);
    lts_free(tree->order);
    lts_free(tree->x);
    lts_free(tree->y);
    lts_free(tree->nodes);
    lts_free(tree->of_worker);
    lts_free(tree->memory);
    lts_free(tree);
}

/* Bits 0 .. 15 to the even places. */
static uint32_t spread_bits(uint32_t v)
{
    v = (v | v << 8) & 0x00ff00ffu;
    v = (v | v << 4) & 0x0f0f0f0fu;
    v = (v | v << 2) & 0x33333333u;
    return (v | v << 1) & 0x55555555u;
}

/* A coordinate that is not finite, of a picture that flies apart, has a place too. */
static uint32_t quantised(float x, float low, float scale)
{
    const float v = (x - low) * scale;
    return v > 0 ? v < 65535 ? (uint32_t)v : 65535 : 0;
}

/* Stable passes over the digits of the keys, from the lowest. */
static void sort_by_key(tsne_tree *tree)
{
    uint32_t *key = tree->key, *order = tree->order;
    uint32_t *next_key = key + tree->n, *next_order = order + tree->n;
    for (int pass = 0; pass < PASSES; pass++) {
        uint32_t place[1 << DIGIT] = {0}, sum = 0;
        const int shift = pass * DIGIT;
        for (size_t i = 0; i < tree->n; i++)
            place[key[i] >> shift & ((1 << DIGIT) - 1)]++;
        for (size_t d = 0; d < 1 << DIGIT; d++) {
            const uint32_t count = place[d];
            place[d] = sum;
            sum += count;
        }
        for (size_t i = 0; i < tree->n; i++) {
            const uint32_t at = place[key[i] >> shift & ((1 << DIGIT) - 1)]++;
            next_key[at] = key[i];
            next_order[at] = order[i];
        }
        uint32_t *swap = key;
        key = next_key;
        next_key = swap;
        swap = order;
        order = next_order;
        next_order = swap;
    }
    /* An odd number of passes ends in the second half. */
    memcpy(tree->order, order, tree->n * sizeof *order);
}

static void sort_points(tsne_tree *tree, const float *x, const float *y)
{
    float low[2] = {INFINITY, INFINITY}, high[2] = {-INFINITY, -INFINITY};
    for (size_t i = 0; i < tree->n; i++) {
        low[0] = fminf(low[0], x[i]);
        low[1] = fminf(low[1], y[i]);
        high[0] = fmaxf(high[0], x[i]);
        high[1] = fmaxf(high[1], y[i]);
    }
    const float side = fmaxf(high[0] - low[0], high[1] - low[1]);
    const float scale = side > 0 ? 65535 / side : 0;
    for (size_t i = 0; i < tree->n; i++) {
        tree->key[i] = spread_bits(quantised(x[i], low[0], scale)) |
                       spread_bits(quantised(y[i], low[1], scale)) << 1;
        tree->order[i] = (uint32_t)i;
    }
    sort_by_key(tree);
    for (size_t i = 0; i < tree->size[0] * LEAF; i++) {
        const size_t at = tree->order[i < tree->n ? i : tree->n - 1];
        tree->x[i] = x[at];
        tree->y[i] = y[at];
    }
}

static size_t points_of(const tsne_tree *tree, size_t leaf)
{
    const size_t left = tree->n - leaf * LEAF;
    return left < LEAF ? left : LEAF;
}

static node leaf_of(const tsne_tree *tree, size_t leaf)
{
    node made = {{INFINITY, INFINITY}, {-INFINITY, -INFINITY}, {0, 0}, 0};
    const size_t count = points_of(tree, leaf);
    for (size_t i = leaf * LEAF; i < leaf * LEAF + count; i++) {
        const float point[2] = {tree->x[i], tree->y[i]};
        for (int d = 0; d < 2; d++) {
            made.low[d] = fminf(made.low[d], point[d]);
            made.high[d] = fmaxf(made.high[d], point[d]);
            made.centre[d] += point[d] / (float)count;
        }
    }
    made.mass = (float)count;
    return made;
}

static node pair_of(const node *a, const node *b)
{
    node made = {.mass = a->mass + b->mass};
    for (int d = 0; d < 2; d++) {
        made.low[d] = fminf(a->low[d], b->low[d]);
        made.high[d] = fmaxf(a->high[d], b->high[d]);
        made.centre[d] = (a->mass * a->centre[d] + b->mass * b->centre[d]) / made.mass;
    }
    return made;
}

static void build(tsne_tree *tree)
{
    for (size_t leaf = 0; leaf < tree->size[0]; leaf++)
        tree->nodes[leaf] = leaf_of(tree, leaf);
    for (size_t l = 1; l < tree->levels; l++)
        for (size_t i = 0; i < tree->size[l]; i++) {
            const node *child = tree->nodes + tree->level[l - 1] + 2 * i;
            const bool alone = 2 * i + 1 == tree->size[l - 1];
            tree->nodes[tree->level[l] + i] = alone ? *child : pair_of(child, child + 1);
        }
}

/* Whether the node is small, seen from the box. */
static bool is_far(const node *of, const node *box)
{
    float distance[2], side = 0;
    for (int d = 0; d < 2; d++) {
        distance[d] = fmaxf(fmaxf(box->low[d] - of->centre[d], of->centre[d] - box->high[d]), 0);
        side = fmaxf(side, of->high[d] - of->low[d]);
    }
    return side * side < theta * theta * (distance[0] * distance[0] + distance[1] * distance[1]);
}

static void add_leaf(const tsne_tree *tree, size_t leaf, sources *s)
{
    const size_t count = points_of(tree, leaf);
    for (size_t i = 0; i < count; i++) {
        s->x[s->count] = tree->x[leaf * LEAF + i];
        s->y[s->count] = tree->y[leaf * LEAF + i];
        s->mass[s->count++] = 1;
    }
}

static void gather(const tsne_tree *tree, const node *box, sources *s)
{
    struct {
        size_t level, index;
    } stack[2 * LEVELS], at;
    size_t depth = 0;
    s->count = 0;
    stack[depth].level = tree->levels - 1;
    stack[depth++].index = 0;
    while (depth > 0) {
        at = stack[--depth];
        const node *of = tree->nodes + tree->level[at.level] + at.index;
        if (is_far(of, box)) {
            s->x[s->count] = of->centre[0];
            s->y[s->count] = of->centre[1];
            s->mass[s->count++] = of->mass;
        } else if (at.level == 0) {
            add_leaf(tree, at.index, s);
        } else {
            for (size_t c = 0; c < 2; c++)
                if (2 * at.index + c < tree->size[at.level - 1]) {
                    stack[depth].level = at.level - 1;
                    stack[depth++].index = 2 * at.index + c;
                }
        }
    }
}

/* sum_j m_j w_j, and sum_j m_j w_j^2 (y_i - y_j), w = 1 / (1 + |y_i - y_j|^2), of a group. */
LTS_CLONES static void repel(const float *restrict x, const float *restrict y,
                             const float *restrict sx, const float *restrict sy,
                             const float *restrict mass, size_t count, float *restrict sum,
                             float *restrict rx, float *restrict ry)
{
    float w_sum[LEAF] = {0}, x_sum[LEAF] = {0}, y_sum[LEAF] = {0};
    for (size_t j = 0; j < count; j++) {
        const float px = sx[j], py = sy[j], m = mass[j];
#pragma omp simd
        for (int i = 0; i < LEAF; i++) {
            const float dx = x[i] - px, dy = y[i] - py, w = 1 / (1 + dx * dx + dy * dy);
            const float push = m * w * w;
            w_sum[i] += m * w;
            x_sum[i] += push * dx;
            y_sum[i] += push * dy;
        }
    }
    memcpy(sum, w_sum, sizeof w_sum);
    memcpy(rx, x_sum, sizeof x_sum);
    memcpy(ry, y_sum, sizeof y_sum);
}

static void repel_groups(void *context, size_t block, unsigned worker)
{
    const tsne_tree *tree = context;
    tsne_picture *picture = tree->picture;
    sources *s = &tree->of_worker[worker];
    for (size_t leaf = block * BLOCK; leaf < tree->size[0] && leaf < (block + 1) * BLOCK; leaf++) {
        float sum[LEAF], rx[LEAF], ry[LEAF];
        const size_t first = leaf * LEAF, count = points_of(tree, leaf);
        gather(tree, &tree->nodes[leaf], s);
        repel(tree->x + first, tree->y + first, s->x, s->y, s->mass, s->count, sum, rx, ry);
        for (size_t i = 0; i < count; i++) {
            const size_t at = tree->order[first + i];
            picture->row_sum[at] = sum[i] - 1; /* less the point itself */
            picture->rx[at] = rx[i];
            picture->ry[at] = ry[i];
        }
    }
}

void lts_tsne_repulsion(tsne_tree *tree, tsne_picture *picture)
{
    tree->picture = picture;
    sort_points(tree, picture->x, picture->y);
    build(tree);
    lts_parallel_for((tree->size[0] + BLOCK - 1) / BLOCK, tree->threads, repel_groups, tree);
}
