#include "render/renderer.h"

#include <math.h>

size_t lts_render_context(const lts_cqt_config *config)
{
    double ratio = pow(2, 2.0 / config->bins_per_octave);
    double longest = (ratio + 1) / (ratio - 1) * config->sample_rate / config->fmin;
    return ((size_t)(longest / 2) / (size_t)config->hop + 2) * (size_t)config->hop;
}

/* Length of the first block, s: short, so that playing begins at once, and long enough to make the
 * next block meanwhile. */
static const double first_seconds = 1.8;

render_sizes render_sizes_of(const lts_cqt_config *config)
{
    const size_t hop = (size_t)config->hop, context = lts_render_context(config) / hop;
    const double first = ceil(first_seconds * config->sample_rate / config->hop);
    return (render_sizes){.first = first > 1 ? (size_t)first : 1,
                          .context = context,
                          .ahead = context * 3 / 4 + 1,
                          .trusted = context * 3 / 8};
}
