#include "align/time/time.h"

#include <math.h>

/* With tangents t0 and t1 between 0 and the secants S on both sides of their knots, as Fritsch and
 * Butland's are, the slope of a cubic Hermite segment is at most max(|t0|, |t1|, 3/2 |S|); so that
 * secants of 1/3 give |d'| <= 1/2. */
void time_spline_tangents(lts_align_time *alignment)
{
    time_knot *knot = alignment->knot;
    const size_t count = alignment->knots;
    for (size_t n = 0; n < count; n++) {
        alignment->reach = fmax(alignment->reach, fabs(knot[n].d));
        knot[n].tangent = 0;
        if (n == 0 || n + 1 == count)
            continue;
        const double left = knot[n].m - knot[n - 1].m, right = knot[n + 1].m - knot[n].m;
        const double s0 = (knot[n].d - knot[n - 1].d) / left;
        const double s1 = (knot[n + 1].d - knot[n].d) / right;
        const double w0 = 2 * right + left, w1 = right + 2 * left;
        if (s0 * s1 > 0) /* the weighted harmonic mean of both secants */
            knot[n].tangent = (w0 + w1) / (w0 / s0 + w1 / s1);
    }
}

double time_spline_at(const lts_align_time *alignment, double m, double *slope)
{
    const time_knot *knot = alignment->knot;
    size_t low = 0, high = alignment->knots; /* the first knot after m */
    while (low < high) {
        const size_t half = low + (high - low) / 2;
        if (knot[half].m <= m)
            low = half + 1;
        else
            high = half;
    }
    if (low == 0 || low == alignment->knots) {
        if (slope)
            *slope = 0;
        return alignment->knots ? knot[low ? low - 1 : 0].d : 0;
    }
    const time_knot left = knot[low - 1], right = knot[low];
    const double length = right.m - left.m, x = (m - left.m) / length;
    const double rise = right.d - left.d;
    if (slope)
        *slope = 6 * x * (1 - x) * rise / length + (1 - x) * (1 - 3 * x) * left.tangent +
                 x * (3 * x - 2) * right.tangent;
    return left.d + x * x * (3 - 2 * x) * rise +
           x * (1 - x) * length * ((1 - x) * left.tangent - x * right.tangent);
}

/* Newton's method, which halves the bracket where it would leave it. */
double time_spline_solve(const lts_align_time *alignment, double sign, double position)
{
    double low = position - alignment->reach, high = position + alignment->reach;
    double m = position - sign * time_spline_at(alignment, position, NULL);
    for (int i = 0; i < 60; i++) {
        double slope;
        const double excess = m + sign * time_spline_at(alignment, m, &slope) - position;
        if (fabs(excess) <= 1e-9)
            break;
        if (excess > 0)
            high = m;
        else
            low = m;
        m -= excess / (1 + sign * slope);
        if (!(m >= low && m <= high))
            m = (low + high) / 2;
    }
    return m;
}
