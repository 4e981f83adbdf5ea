#include "render/renderer.h"

#include <math.h>
#include <string.h>

/* A rendering at work: the magnitudes of the frames around the block at hand. */
typedef struct block_run {
    const rendering *job;
    render_sizes sizes;
    size_t hop, bins;
    size_t begin, end;  /* frames whose samples change */
    float *magnitudes;  /* (most, K) */
    size_t at, have;    /* the first of its frames, and how many it holds */
    float *window;      /* samples around the block, of a job without x */
    size_t window_at;   /* the first of them */
    size_t written;     /* samples of the sound that have contents */
    double began;       /* s */
    size_t from, count; /* the block's frames, for reports */
} block_run;

/* Frames around and after a block that ends before the stretch does. */
static size_t frames_before(const block_run *s, size_t begin)
{
    return begin < s->sizes.context ? begin : s->sizes.context;
}

static size_t frames_after(const block_run *s, size_t end)
{
    const size_t left = (end < s->end ? s->end : s->job->frames) - end;
    const size_t most = end < s->end ? s->sizes.ahead : s->sizes.context;
    return left < most ? left : most;
}

/* The end of the block that begins at `begin`: a whole short sound, a first block, or an even part
 * of what is left, such that a block and what surrounds it fill a slice of the transform. */
static size_t block_end(const block_run *s, size_t begin)
{
    const size_t slice = lts_cqt_slice_frames(s->job->renderer->plan[0].cqt);
    const size_t left = s->end - begin, before = frames_before(s, begin);
    const size_t least = s->sizes.first > 2 * s->sizes.ahead ? s->sizes.first : 2 * s->sizes.ahead;
    if (begin == 0 && s->end == s->job->frames)
        return left <= 2 * least ? s->end : least;
    if (left <= 2 * least || before + left + frames_after(s, s->end) <= slice)
        return s->end;
    const size_t around = before + s->sizes.ahead;
    size_t most = slice > around ? slice - around : 0;
    most = most > least ? most : least;
    const size_t blocks = (left + most - 1) / most;
    return begin + (left + blocks - 1) / blocks;
}

/* Makes the magnitudes at hand those of frames from .. to-1, decoding what is not there. */
static lts_status load(block_run *s, size_t from, size_t to, lts_error *err)
{
    const rendering *job = s->job;
    const size_t held = s->at + s->have;
    lts_status status = LTS_OK;
    if (from >= s->at && from < held) {
        s->have = held - from;
        memmove(s->magnitudes, s->magnitudes + (from - s->at) * s->bins,
                s->have * s->bins * sizeof(float));
    } else {
        s->have = 0;
    }
    s->at = from;
    while (status == LTS_OK && s->have < to - from) {
        size_t left = to - from - s->have;
        size_t count = left < LTS_RENDER_ROWS ? left : LTS_RENDER_ROWS;
        if (lts_cancelled(job->reporter))
            return lts_fail(err, LTS_ERR_CANCELLED, "cancelled before the phase");
        status = job->rows(job->rows_user, from + s->have, count, s->magnitudes + s->have * s->bins,
                           err);
        s->have += count;
    }
    return status;
}

static void report_progress(const block_run *s, double part)
{
    const double second =
        lts_feature_sample_rate(&s->job->renderer->feature) / (double)s->hop; /* frames */
    const double done = ((double)(s->from - s->begin) + part * (double)s->count) / second;
    lts_progress(s->job->reporter, "rendering", done, (double)(s->end - s->begin) / second,
                 done / fmax(lts_now() - s->began, 1e-9));
}

/* The phase recovery's progress as a part of the whole. */
static void on_progress(void *user, const char *what, double done, double total, double rate)
{
    (void)what, (void)rate;
    if (done < total)
        report_progress(user, done / total);
}

static bool on_cancelled(void *user)
{
    return lts_cancelled(((const block_run *)user)->job->reporter);
}

/* Samples of a sound cut after frame to-1. */
static size_t last_sample(const block_run *s, size_t to)
{
    return to == s->job->frames ? s->job->n : (to - 1) * s->hop;
}

/* What is known of the sound around the block in frames from .. to-1. */
static lts_phase_known known_around(const block_run *s, size_t begin, size_t end, size_t from,
                                    size_t to)
{
    const rendering *job = s->job;
    lts_phase_known known = {.more_before = from > 0 || job->ends.more_before,
                             .more_after = to < job->frames || job->ends.more_after};
    size_t before = begin == s->begin ? job->changed_from : begin + s->sizes.trusted;
    size_t after = end == s->end ? job->changed_to : to;
    before = before < to ? before : to;
    after = after > before ? after : before;
    known.frames_before = before - from;
    known.frames_after = to - after;
    known.samples_before = (begin - from) * s->hop;
    if (end == s->end && end < job->frames)
        known.samples_after = last_sample(s, to) - end * s->hop;
    return known;
}

/* The samples first .. last-1: silence where nothing was rendered before. */
static float *samples_around(block_run *s, size_t first, size_t last)
{
    float *x = s->job->out.x ? s->job->out.x + first : s->window;
    if (!s->job->out.x && s->written > first)
        memmove(x, x + (first - s->window_at), (s->written - first) * sizeof *x);
    s->window_at = first;
    if (last > s->written) {
        memset(x + (s->written - first), 0, (last - s->written) * sizeof *x);
        s->written = last;
    }
    return x;
}

/* Hands the block's own samples to the sink, or reports them as ready. */
static lts_status give_block(const block_run *s, const float *x, size_t begin, size_t end,
                             lts_error *err)
{
    const rendering *job = s->job;
    const size_t first = begin * s->hop, last = end == job->frames ? job->n : end * s->hop;
    if (job->out.sink)
        return job->out.sink(job->out.user, x + (first - s->window_at), last - first, err);
    if (job->out.ready)
        job->out.ready(job->out.user, last);
    return LTS_OK;
}

static lts_status render_block(block_run *s, size_t begin, size_t end, lts_error *err)
{
    const rendering *job = s->job;
    const size_t from = begin - frames_before(s, begin), to = end + frames_after(s, end);
    const size_t first = from * s->hop, last = last_sample(s, to);
    const lts_phase_known known = known_around(s, begin, end, from, to);
    const lts_reporter reporter = {.user = s, .progress = on_progress, .cancelled = on_cancelled};
    const render_plan *plan;
    s->from = begin;
    s->count = end - begin;
    float *x = samples_around(s, first, last);
    lts_status status = load(s, from, to, err);
    if (status == LTS_OK)
        status = render_plan_for(job->renderer, to - from, &plan, err);
    if (status == LTS_OK && lts_cancelled(job->reporter))
        status = lts_fail(err, LTS_ERR_CANCELLED, "cancelled before the phase");
    if (status == LTS_OK)
        status = lts_phase_recover(plan->cqt, plan->work, s->magnitudes, to - from, &known,
                                   job->phase, x, last - first, &reporter, err);
    if (status != LTS_OK)
        return status;
    report_progress(s, 1);
    return give_block(s, x, begin, end, err);
}

/* The frames whose samples change: those within a window of the changed ones. */
static void find_reach(const rendering *job, size_t *begin, size_t *end)
{
    const size_t context = render_sizes_of(&job->renderer->feature).context;
    *begin = job->changed_from > context ? job->changed_from - context : 0;
    *end = job->changed_to + context < job->frames ? job->changed_to + context : job->frames;
}

void render_reach(const rendering *job, size_t *first, size_t *count)
{
    const size_t hop = lts_feature_hop(&job->renderer->feature);
    size_t begin, end;
    find_reach(job, &begin, &end);
    *first = begin * hop;
    *count = (end == job->frames ? job->n : end * hop) - *first;
}

lts_status render_blocks(const rendering *job, lts_error *err)
{
    const lts_feature *feature = &job->renderer->feature;
    const bool all = job->changed_from == 0 && job->changed_to == job->frames;
    block_run s = {.job = job,
                   .sizes = render_sizes_of(feature),
                   .hop = lts_feature_hop(feature),
                   .bins = lts_feature_floats(feature),
                   .written = all ? 0 : job->n,
                   .began = lts_now()};
    size_t most = 0;
    find_reach(job, &s.begin, &s.end);
    for (size_t begin = s.begin, end; begin < s.end; begin = end) {
        end = block_end(&s, begin);
        size_t around = frames_before(&s, begin) + end - begin + frames_after(&s, end);
        most = around > most ? around : most;
    }
    lts_status status =
        lts_alloc_checked(&s.magnitudes, most, s.bins * sizeof *s.magnitudes, "magnitudes", err);
    /* A sound has less than a hop beyond its last frame. */
    if (status == LTS_OK && !job->out.x)
        status = lts_alloc_checked(&s.window, most + 1, s.hop * sizeof *s.window, "samples", err);
    for (size_t begin = s.begin, end; status == LTS_OK && begin < s.end; begin = end) {
        end = block_end(&s, begin);
        status = render_block(&s, begin, end, err);
    }
    lts_free(s.magnitudes);
    lts_free(s.window);
    return status;
}
