#include "align/pitch/tracker.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double pi = 3.14159265358979;

/* Seconds over which a shift begins and ends. */
static const double fade_time = 0.05;

/* What finishing needs, for the pairs that were compared. */
typedef struct finish {
    lts_align_tracker *tracker;
    size_t none;   /* the state without a shift */
    float *weight; /* (count) */
    float *bins;   /* (count): the shift there */
    int16_t *from; /* (count, none + 1): the best state before each */
    int16_t *path; /* (count) */
} finish;

static const float *pair_at(const finish *f, size_t s)
{
    return f->tracker->pairs + s * align_pair_size(&f->tracker->scale);
}

static bool has_shift(const finish *f, size_t s)
{
    return f->path[s] != (int16_t)f->none;
}

static void weigh(finish *f)
{
    float loudest[2] = {0, 0};
    for (size_t s = 0; s < f->tracker->count; s++)
        for (int i = 0; i < 2; i++)
            if (pair_at(f, s)[i] > loudest[i])
                loudest[i] = pair_at(f, s)[i];
    for (size_t s = 0; s < f->tracker->count; s++)
        f->weight[s] = (float)align_weight(pair_at(f, s), loudest);
}

static void find_path(finish *f)
{
    lts_align_tracker *tracker = f->tracker;
    const size_t states = f->none + 1;
    size_t at = f->none;
    memset(tracker->value, 0, states * sizeof *tracker->value);
    for (size_t s = 0; s < tracker->count; s++)
        align_advance(&tracker->scale, pair_at(f, s) + 2, f->weight[s], tracker->config.threshold,
                      tracker->value, tracker->next, f->from + s * states);
    for (size_t k = 0; k < f->none; k++)
        if (tracker->value[k] > tracker->value[at])
            at = k;
    for (size_t s = tracker->count; s-- > 0;) {
        f->path[s] = (int16_t)at;
        at = (size_t)f->from[s * states + at];
    }
}

static void make_report(const finish *f, lts_align_report *report)
{
    const size_t range = f->tracker->scale.range;
    double all = 0, shifted = 0;
    *report = (lts_align_report){0};
    for (size_t s = 0; s < f->tracker->count; s++) {
        const float *score = pair_at(f, s) + 2;
        const double weight = f->weight[s];
        all += weight;
        report->before += weight * score[range];
        report->after += weight * score[has_shift(f, s) ? (size_t)f->path[s] : range];
        if (has_shift(f, s)) {
            shifted += weight;
            report->shift += weight * align_refine(score, range, (size_t)f->path[s]);
        }
    }
    if (all > 0) {
        report->before /= all;
        report->after /= all;
        report->aligned = shifted / all;
    }
    if (shifted > 0)
        report->shift /= shifted;
}

static void drop_path(finish *f, lts_align_report *report)
{
    for (size_t s = 0; s < f->tracker->count; s++)
        f->path[s] = (int16_t)f->none;
    *report = (lts_align_report){.before = report->before, .after = report->before};
}

/* How far the shift at pair s is from that at `other`, 0 where the path jumps or ends between. */
static double step_to(const finish *f, size_t s, size_t other)
{
    const size_t range = f->tracker->scale.range;
    if (!has_shift(f, s) || !has_shift(f, other) ||
        abs(f->path[s] - f->path[other]) > (int)f->tracker->scale.reach)
        return 0;
    return align_refine(pair_at(f, other) + 2, range, (size_t)f->path[other]) -
           align_refine(pair_at(f, s) + 2, range, (size_t)f->path[s]);
}

/* Shifts in bins, smoothed by 1/4 1/2 1/4. */
static void set_bins(finish *f)
{
    const size_t count = f->tracker->count, range = f->tracker->scale.range;
    for (size_t s = 0; s < count; s++) {
        f->bins[s] = 0;
        if (!has_shift(f, s))
            continue;
        double d = align_refine(pair_at(f, s) + 2, range, (size_t)f->path[s]);
        d += s > 0 ? step_to(f, s, s - 1) / 4 : 0;
        d += s + 1 < count ? step_to(f, s, s + 1) / 4 : 0;
        f->bins[s] = (float)d;
    }
}

/* Where there is no shift, the nearest ones before and after fade, over fade_time. */
static void fade(finish *f)
{
    const size_t count = f->tracker->count;
    const double dt = f->tracker->scale.dt;
    for (size_t begin = 0, end; begin < count; begin = end + 1) {
        for (end = begin; end < count && !has_shift(f, end);)
            end++;
        for (size_t s = begin; s < end; s++) {
            const double since = dt * (double)(s - begin + 1), until = dt * (double)(end - s);
            const double before =
                begin > 0 && since < fade_time ? 0.5 + 0.5 * cos(pi * since / fade_time) : 0;
            const double after =
                end < count && until < fade_time ? 0.5 + 0.5 * cos(pi * until / fade_time) : 0;
            const double sum = (before > 0 ? before * f->bins[begin - 1] : 0) +
                               (after > 0 ? after * f->bins[end] : 0);
            f->bins[s] = (float)(sum / fmax(1, before + after));
        }
    }
}

/* From the pairs compared to all frames. */
static void spread(const finish *f, float *shift)
{
    const size_t step = f->tracker->scale.step, count = f->tracker->count;
    for (size_t t = 0; t < f->tracker->frames; t++) {
        const size_t s = t / step;
        const float part = (float)(t % step) / (float)step;
        const float next = s + 1 < count ? f->bins[s + 1] : f->bins[s];
        shift[t] = f->bins[s] + part * (next - f->bins[s]);
    }
}

lts_status lts_align_tracker_finish(lts_align_tracker *tracker, float *shift,
                                    lts_align_report *report, lts_error *err)
{
    static const char *const what = "aligning two sounds";
    const size_t count = tracker->count, states = 2 * tracker->scale.range + 2;
    finish f = {.tracker = tracker, .none = states - 1};
    lts_align_report found;
    lts_status status = lts_alloc_checked(&f.weight, count, sizeof *f.weight, what, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&f.bins, count, sizeof *f.bins, what, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&f.from, count * states, sizeof *f.from, what, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&f.path, count, sizeof *f.path, what, err);
    if (status != LTS_OK)
        goto done;
    weigh(&f);
    find_path(&f);
    make_report(&f, &found);
    if (found.aligned < LTS_ALIGN_SHARE)
        drop_path(&f, &found);
    set_bins(&f);
    fade(&f);
    spread(&f, shift);
    if (report)
        *report = found;
done:
    lts_free(f.weight);
    lts_free(f.bins);
    lts_free(f.from);
    lts_free(f.path);
    return status;
}
