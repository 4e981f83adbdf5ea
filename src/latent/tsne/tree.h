/* The binary tree of groups of a picture's points, sorted along Morton's curve. */
#ifndef LATENT_TSNE_TREE_H
#define LATENT_TSNE_TREE_H

#include "latent/tsne/tsne.h"

enum {
    TREE_LEAF = 16,  /* points of a group */
    TREE_LEVELS = 32 /* at most */
};

/* A range of the sorted points: their box, their centre and how many they are. */
typedef struct tree_node {
    float low[2], high[2];
    float centre[2];
    float mass;
} tree_node;

/* What acts on a group, nodes and single points. */
typedef struct tree_sources {
    float *x, *y, *mass;
    size_t count;
} tree_sources;

struct tsne_tree {
    size_t n;
    unsigned threads;
    uint32_t *key, *order;     /* (2 n): Morton codes and points, and room to sort them */
    float *x, *y;              /* (n rounded up to TREE_LEAF): the sorted points */
    tree_node *nodes;          /* the leaves, then their pairs, up to the root */
    size_t level[TREE_LEVELS]; /* where each begins in nodes */
    size_t size[TREE_LEVELS];
    size_t levels;
    float *memory;           /* behind the sources */
    tree_sources *of_worker; /* (threads) */
    tsne_picture *picture;   /* at work */
};

/* Sorts the points anew, without an allocation. */
void tsne_tree_build(tsne_tree *tree, const float *x, const float *y);

/* Of a leaf: TREE_LEAF but for the last. */
size_t tsne_tree_points(const tsne_tree *tree, size_t leaf);

#endif
