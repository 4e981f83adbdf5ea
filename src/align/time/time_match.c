#include "align/time/time.h"

#include <math.h>

/* The limit of |d'(m)| between knots: speeds differ by a factor of 2. The spline's own slope may be
 * 3/2 of it, see time_spline.c. */
#define MOST_SLOPE   (1.0 / 3)
#define NEAR_SECONDS 0.05

/* What the matching works with: for each onset of a, where the path puts it in b. */
typedef struct matching {
    const time_profile *a, *b;
    double *mapped; /* (a->onsets) not falling */
    time_knot *knot;
    double *total;  /* (knots) strength of the strongest chain that ends there */
    size_t *before; /* (knots) the knot before in that chain, its own index for none */
} matching;

/* The frame of a sound at the middle of a step. */
static double middle(const time_profile *profile, size_t step)
{
    return ((double)step + 0.5) * (double)profile->decimation - 0.5;
}

/* Both run on at one speed before and after the path. */
static void map_onsets(matching *m, const time_cell *path, size_t count)
{
    size_t next = 0; /* first cell of the path after the onset */
    for (size_t n = 0; n < m->a->onsets; n++) {
        const double at = m->a->onset[n];
        while (next < count && middle(m->a, path[next].a) <= at)
            next++;
        const time_cell left = path[next > 0 ? next - 1 : 0];
        const time_cell right = path[next < count ? next : count - 1];
        double slope = 1;
        if (right.a > left.a)
            slope = (double)(right.b - left.b) / (double)(right.a - left.a);
        m->mapped[n] = middle(m->b, left.b) + slope * (at - middle(m->a, left.a));
    }
}

/* The index in x (count), which does not fall, of what is nearest to `to`. */
static size_t nearest(const double *x, size_t count, double to)
{
    size_t low = 0, high = count;
    while (low < high) {
        const size_t half = low + (high - low) / 2;
        if (x[half] < to)
            low = half + 1;
        else
            high = half;
    }
    if (low == count || (low > 0 && to - x[low - 1] <= x[low] - to))
        return low - 1;
    return low;
}

/* Pairs that are each other's nearest, as knots; the weaker one's strength waits in `tangent`. */
static size_t pair_onsets(matching *m, double near)
{
    const time_profile *a = m->a, *b = m->b;
    size_t count = 0;
    for (size_t n = 0; n < a->onsets; n++) {
        const size_t other = nearest(b->onset, b->onsets, m->mapped[n]);
        const double to = b->onset[other];
        if (fabs(to - m->mapped[n]) > near || nearest(m->mapped, a->onsets, to) != n)
            continue;
        m->knot[count++] = (time_knot){
            .m = (a->onset[n] + to) / 2,
            .d = (a->onset[n] - to) / 2,
            .tangent = fminf(a->strength[n], b->strength[other]),
        };
    }
    return count;
}

/* Knots within the limit of slope follow one another in any number, so that the strongest chain of
 * them ends with a knot and the strongest chain that it can follow. */
static size_t keep_chain(matching *m, size_t count)
{
    size_t last = 0, kept = 0;
    for (size_t n = 0; n < count; n++) {
        const time_knot *knot = &m->knot[n];
        m->before[n] = n;
        m->total[n] = 0;
        for (size_t i = 0; i < n; i++)
            if (m->total[i] > m->total[n] && knot->m > m->knot[i].m &&
                fabs(knot->d - m->knot[i].d) <= MOST_SLOPE * (knot->m - m->knot[i].m)) {
                m->total[n] = m->total[i];
                m->before[n] = i;
            }
        m->total[n] += knot->tangent;
        if (m->total[n] > m->total[last])
            last = n;
    }
    if (count == 0)
        return 0;
    /* The chain is marked from its end, then gathered. */
    for (size_t n = last;; n = m->before[n]) {
        m->total[n] = -1;
        if (m->before[n] == n)
            break;
    }
    for (size_t n = 0; n <= last; n++)
        if (m->total[n] == -1)
            m->knot[kept++] = m->knot[n];
    return kept;
}

/* The ends of both sounds, as knots, where the speeds to get there allow it. */
static void join_ends(lts_align_time *alignment)
{
    const time_knot begin = {0};
    const double last_a = (double)(alignment->frames_a - 1);
    const double last_b = (double)(alignment->frames_b - 1);
    const time_knot end = {.m = (last_a + last_b) / 2, .d = (last_a - last_b) / 2};
    time_knot *knot = alignment->knot;
    const size_t count = alignment->knots;
    const time_knot tail = knot[count - 1];
    if (end.m > tail.m && fabs(end.d - tail.d) <= MOST_SLOPE * (end.m - tail.m))
        knot[alignment->knots++] = end;
    if (knot[0].m > 0 && fabs(knot[0].d) <= MOST_SLOPE * knot[0].m) {
        for (size_t n = alignment->knots++; n > 0; n--)
            knot[n] = knot[n - 1];
        knot[0] = begin;
        alignment->first = 1;
    }
}

lts_status time_match(const time_profile *a, const time_profile *b, double frame_rate,
                      const time_cell *path, size_t count, lts_align_time *alignment,
                      lts_error *err)
{
    const char *what = "matched onsets";
    matching m = {.a = a, .b = b};
    lts_status status = lts_alloc_checked(&m.mapped, a->onsets, sizeof *m.mapped, what, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&m.total, a->onsets, sizeof *m.total, what, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&m.before, a->onsets, sizeof *m.before, what, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&alignment->knot, a->onsets + 2, sizeof *m.knot, what, err);
    if (status != LTS_OK)
        goto done;
    m.knot = alignment->knot;
    map_onsets(&m, path, count);
    alignment->knots = keep_chain(&m, pair_onsets(&m, NEAR_SECONDS * frame_rate));
    alignment->gain.matched = alignment->knots;
    if (alignment->knots > 0)
        join_ends(alignment);
done:
    lts_free(m.mapped);
    lts_free(m.total);
    lts_free(m.before);
    return status;
}
