/* Products of a convolution whose windows are short, as those of a first layer with one channel: a
 * general product spends most of its time there on loading and storing. */
#ifndef NN_WINDOWS_SHORT_WINDOWS_H
#define NN_WINDOWS_SHORT_WINDOWS_H

#include <stddef.h>

enum { SHORT_WINDOW = 48 }; /* floats, at most */

/* y (count,outputs) = windows (count,floats) W (floats,outputs) + bias, or without where it is NULL
 */
void short_windows_product(const float *windows, size_t floats, const float *w, const float *bias,
                           size_t outputs, float *y, size_t count);

/* g (floats,outputs) += windows' gy, with gy (count,outputs) */
void short_windows_gradient(const float *windows, size_t floats, const float *gy, size_t outputs,
                            float *g, size_t count);

#endif
