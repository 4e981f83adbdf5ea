#include "render/renderer.h"

#include <math.h>

/* Length of the first block, s: short, so that playing begins at once, and long enough to make the
 * next block meanwhile. */
static const double first_seconds = 1.8;

render_sizes render_sizes_of(const lts_feature *feature)
{
    const size_t hop = lts_feature_hop(feature), context = lts_feature_context(feature) / hop;
    const double first = ceil(first_seconds * lts_feature_sample_rate(feature) / (double)hop);
    return (render_sizes){.first = first > 1 ? (size_t)first : 1,
                          .context = context,
                          .ahead = context * 3 / 4 + 1,
                          .trusted = context * 3 / 8};
}
