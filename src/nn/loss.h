/* The errors of rows, and their gradients. */
#ifndef NN_LOSS_H
#define NN_LOSS_H

#include "nn/pool.h"

/* Rows first .. first+count-1: error[b] = w[b] * sum over O of (y - t)^2, gradient = 2 scale w[b]
 * (y - t). y, t, gradient (B,O); w (B), NULL meaning 1; gradient may be NULL. */
void nn_squared_error(const float *y, const float *t, const float *weight, size_t outputs,
                      nn_range rows, double scale, double *error, float *gradient);

/* The classes that logits are to name: one of each group of O / groups outputs. */
typedef struct nn_classes {
    const int32_t *labels; /* (B,groups) */
    size_t groups;
    double spread; /* s, in classes: t is exp(-d^2 / (2 s^2)) at d classes from a group's; 0: one */
} nn_classes;

/* Rows first .. first+count-1 of logits y (B,O): error[b] = sum over O of log(1 + exp(y)) - t y,
 * with t 1 for a group's class and 0, or less by its distance, for its others, gradient = scale
 * (sigmoid(y) - t). gradient may be NULL. */
void nn_binary_cross_entropy(const float *y, const nn_classes *classes, size_t outputs,
                             nn_range rows, double scale, double *error, float *gradient);

#endif
