#include "render/renderer.h"

#include <string.h>

/* Frames around and after a block that ends before the stretch does. */
static size_t frames_before(const render_blocks *b, size_t begin)
{
    return begin < b->sizes.context ? begin : b->sizes.context;
}

static size_t frames_after(const render_blocks *b, size_t end)
{
    const size_t left = (end < b->last ? b->last : b->frames) - end;
    const size_t most = end < b->last ? b->sizes.ahead : b->sizes.context;
    return left < most ? left : most;
}

/* The end of the block that begins at `begin`: a whole short sound, a first block, or an even part
 * of what is left, such that a block and what surrounds it fill a slice of the transform. */
static size_t block_end(const render_blocks *b, size_t begin)
{
    const size_t left = b->last - begin, before = frames_before(b, begin);
    const size_t least = b->sizes.first > 2 * b->sizes.ahead ? b->sizes.first : 2 * b->sizes.ahead;
    if (begin == 0 && b->last == b->frames)
        return left <= 2 * least ? b->last : least;
    if (left <= 2 * least || before + left + frames_after(b, b->last) <= b->slice)
        return b->last;
    const size_t around = before + b->sizes.ahead;
    size_t most = b->slice > around ? b->slice - around : 0;
    most = most > least ? most : least;
    const size_t blocks = (left + most - 1) / most;
    return begin + (left + blocks - 1) / blocks;
}

lts_status render_check_frames(const lts_feature *feature, size_t frames, size_t n, lts_error *err)
{
    const size_t expected = n / lts_feature_hop(feature) + 1;
    return frames == expected
               ? LTS_OK
               : lts_fail(err, LTS_ERR_SHAPE, "render: %zu samples make %zu frames, not %zu", n,
                          expected, frames);
}

/* The frames whose samples change: those within a window of the changed ones. */
static void find_reach(size_t context, size_t frames, size_t from, size_t to, size_t *first,
                       size_t *last)
{
    *first = from > context ? from - context : 0;
    *last = to + context < frames ? to + context : frames;
}

void render_reach(const lts_feature *feature, size_t frames, size_t n, size_t from, size_t to,
                  size_t *first, size_t *count)
{
    const size_t hop = lts_feature_hop(feature);
    size_t last;
    find_reach(render_sizes_of(feature).context, frames, from, to, first, &last);
    *first *= hop;
    *count = (last == frames ? n : last * hop) - *first;
}

lts_status render_blocks_open(const lts_renderer *renderer, const lts_mixture *mixture, size_t n,
                              const lts_render_output *out, render_blocks *b, lts_error *err)
{
    const lts_feature *feature = &renderer->feature;
    const bool all =
        out->changed_to == 0 || (out->changed_from == 0 && out->changed_to == mixture->frames);
    *b = (render_blocks){.frames = mixture->frames,
                         .n = n,
                         .hop = lts_feature_hop(feature),
                         .bins = lts_feature_floats(feature),
                         .slice = transform_slice(renderer->plan[0].transform),
                         .sizes = render_sizes_of(feature),
                         .ends = mixture->ends,
                         .changed_from = all ? 0 : out->changed_from,
                         .changed_to = all ? mixture->frames : out->changed_to,
                         .x = out->x,
                         .written = all ? 0 : n};
    lts_status status = render_check_frames(feature, mixture->frames, n, err);
    if (status != LTS_OK)
        return status;
    find_reach(b->sizes.context, b->frames, b->changed_from, b->changed_to, &b->first, &b->last);
    for (size_t begin = b->first, end; begin < b->last; begin = end) {
        end = block_end(b, begin);
        size_t around = frames_before(b, begin) + end - begin + frames_after(b, end);
        b->most = around > b->most ? around : b->most;
    }
    b->begin = b->end = b->from = b->to = b->first;
    status = lts_alloc_checked(&b->magnitudes, b->most, b->bins * sizeof *b->magnitudes,
                               "magnitudes", err);
    if (status != LTS_OK || b->x)
        return status;
    /* A sound has less than a hop beyond its last frame. */
    return lts_alloc_checked(&b->window, b->most + 1, b->hop * sizeof *b->window, "samples", err);
}

void render_blocks_close(render_blocks *b)
{
    lts_free(b->magnitudes);
    lts_free(b->window);
}

bool render_blocks_next(render_blocks *b)
{
    if (b->end == b->last)
        return false;
    const size_t held_from = b->from, held_to = b->to;
    b->begin = b->end;
    b->end = block_end(b, b->begin);
    b->from = b->begin - frames_before(b, b->begin);
    b->to = b->end + frames_after(b, b->end);
    b->have = 0;
    if (b->from >= held_from && b->from < held_to) {
        b->have = held_to - b->from;
        memmove(b->magnitudes, b->magnitudes + (b->from - held_from) * b->bins,
                b->have * b->bins * sizeof(float));
    }
    return true;
}

/* Samples of a sound cut after frame to-1. */
static size_t last_sample(const render_blocks *b)
{
    return b->to == b->frames ? b->n : (b->to - 1) * b->hop;
}

float *render_blocks_samples(render_blocks *b, size_t *count)
{
    const size_t first = b->from * b->hop, last = last_sample(b);
    float *x = b->x ? b->x + first : b->window;
    if (!b->x && b->written > first)
        memmove(x, x + (first - b->window_at), (b->written - first) * sizeof *x);
    b->window_at = first;
    if (last > b->written) {
        memset(x + (b->written - first), 0, (last - b->written) * sizeof *x);
        b->written = last;
    }
    *count = last - first;
    return x;
}

lts_phase_known render_blocks_known(const render_blocks *b)
{
    lts_phase_known known = {.more_before = b->from > 0 || b->ends.more_before,
                             .more_after = b->to < b->frames || b->ends.more_after};
    size_t before = b->begin == b->first ? b->changed_from : b->begin + b->sizes.trusted;
    size_t after = b->end == b->last ? b->changed_to : b->to;
    before = before < b->to ? before : b->to;
    after = after > before ? after : before;
    known.frames_before = before - b->from;
    known.frames_after = b->to - after;
    known.samples_before = (b->begin - b->from) * b->hop;
    if (b->end == b->last && b->end < b->frames)
        known.samples_after = last_sample(b) - b->end * b->hop;
    return known;
}

void render_blocks_own(const render_blocks *b, size_t *first, size_t *last)
{
    *first = b->begin * b->hop;
    *last = b->end == b->frames ? b->n : b->end * b->hop;
}
