/* The repulsion of t-SNE by Barnes & Hut's scheme. */
#include "latent/tsne/tree.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 8 }; /* groups a thread takes at a time */

static const float theta = 0.5f;

/* Whether the node is small, seen from the box. */
static bool is_far(const tree_node *of, const tree_node *box)
{
    float distance[2], side = 0;
    for (int d = 0; d < 2; d++) {
        distance[d] = fmaxf(fmaxf(box->low[d] - of->centre[d], of->centre[d] - box->high[d]), 0);
        side = fmaxf(side, of->high[d] - of->low[d]);
    }
    return side * side < theta * theta * (distance[0] * distance[0] + distance[1] * distance[1]);
}

static void add_leaf(const tsne_tree *tree, size_t leaf, tree_sources *s)
{
    const size_t count = tsne_tree_points(tree, leaf);
    for (size_t i = 0; i < count; i++) {
        s->x[s->count] = tree->x[leaf * TREE_LEAF + i];
        s->y[s->count] = tree->y[leaf * TREE_LEAF + i];
        s->mass[s->count++] = 1;
    }
}

static void gather(const tsne_tree *tree, const tree_node *box, tree_sources *s)
{
    struct {
        size_t level, index;
    } stack[2 * TREE_LEVELS], at;
    size_t depth = 0;
    s->count = 0;
    stack[depth].level = tree->levels - 1;
    stack[depth++].index = 0;
    while (depth > 0) {
        at = stack[--depth];
        const tree_node *of = tree->nodes + tree->level[at.level] + at.index;
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
    float w_sum[TREE_LEAF] = {0}, x_sum[TREE_LEAF] = {0}, y_sum[TREE_LEAF] = {0};
    for (size_t j = 0; j < count; j++) {
        const float px = sx[j], py = sy[j], m = mass[j];
#pragma omp simd
        for (int i = 0; i < TREE_LEAF; i++) {
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
    tree_sources *s = &tree->of_worker[worker];
    for (size_t leaf = block * BLOCK; leaf < tree->size[0] && leaf < (block + 1) * BLOCK; leaf++) {
        float sum[TREE_LEAF], rx[TREE_LEAF], ry[TREE_LEAF];
        const size_t first = leaf * TREE_LEAF, count = tsne_tree_points(tree, leaf);
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
    tsne_tree_build(tree, picture->x, picture->y);
    lts_parallel_for((tree->size[0] + BLOCK - 1) / BLOCK, tree->threads, repel_groups, tree);
}
