#include "latent/tsne/tree.h"

#include <math.h>
#include <string.h>

enum { DIGIT = 11, PASSES = 3 }; /* bits of a pass of the sort; three passes sort 32 */

lts_status lts_tsne_tree_create(size_t n, unsigned threads, tsne_tree **out, lts_error *err)
{
    static const char what[] = "t-SNE";
    const size_t leaves = (n + TREE_LEAF - 1) / TREE_LEAF, padded = leaves * TREE_LEAF;
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
        {&tree->nodes, total, sizeof(tree_node)},
        {&tree->of_worker, threads, sizeof(tree_sources)},
        {&tree->memory, n, 3 * threads * sizeof(float)},
    };
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        status = lts_alloc_checked(arrays[i].array, arrays[i].count, arrays[i].size, what, err);
        if (status != LTS_OK)
            goto done;
    }
    for (unsigned w = 0; w < threads; w++)
        tree->of_worker[w] = (tree_sources){.x = tree->memory + 3 * w * n,
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
    for (size_t i = 0; i < tree->size[0] * TREE_LEAF; i++) {
        const size_t at = tree->order[i < tree->n ? i : tree->n - 1];
        tree->x[i] = x[at];
        tree->y[i] = y[at];
    }
}

size_t tsne_tree_points(const tsne_tree *tree, size_t leaf)
{
    const size_t left = tree->n - leaf * TREE_LEAF;
    return left < TREE_LEAF ? left : TREE_LEAF;
}

static tree_node leaf_of(const tsne_tree *tree, size_t leaf)
{
    tree_node made = {{INFINITY, INFINITY}, {-INFINITY, -INFINITY}, {0, 0}, 0};
    const size_t count = tsne_tree_points(tree, leaf);
    for (size_t i = leaf * TREE_LEAF; i < leaf * TREE_LEAF + count; i++) {
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

static tree_node pair_of(const tree_node *a, const tree_node *b)
{
    tree_node made = {.mass = a->mass + b->mass};
    for (int d = 0; d < 2; d++) {
        made.low[d] = fminf(a->low[d], b->low[d]);
        made.high[d] = fmaxf(a->high[d], b->high[d]);
        made.centre[d] = (a->mass * a->centre[d] + b->mass * b->centre[d]) / made.mass;
    }
    return made;
}

void tsne_tree_build(tsne_tree *tree, const float *x, const float *y)
{
    sort_points(tree, x, y);
    for (size_t leaf = 0; leaf < tree->size[0]; leaf++)
        tree->nodes[leaf] = leaf_of(tree, leaf);
    for (size_t l = 1; l < tree->levels; l++)
        for (size_t i = 0; i < tree->size[l]; i++) {
            const tree_node *child = tree->nodes + tree->level[l - 1] + 2 * i;
            const bool alone = 2 * i + 1 == tree->size[l - 1];
            tree->nodes[tree->level[l] + i] = alone ? *child : pair_of(child, child + 1);
        }
}
