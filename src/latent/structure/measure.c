#include "latent/structure/measuring.h"

#include <math.h>
#include <string.h>

double mean_of(running_mean mean)
{
    return mean.count > 0 ? mean.sum / (double)mean.count : NAN;
}

static double from_centre(const measuring *m, size_t point, const double *centre)
{
    double sum = 0;
    for (size_t z = 0; z < m->latent; z++) {
        const double d = m->points[point * m->latent + z] - centre[z];
        sum += d * d;
    }
    return sqrt(sum);
}

/* Sets size, centre and middle of `count` points; returns how many descriptors they have. */
static size_t find_centres(measuring *m, const size_t *point, size_t count)
{
    const size_t width = m->labels->descriptors;
    size_t total = 0, groups = 0;
    memset(m->size, 0, width * sizeof *m->size);
    memset(m->centre, 0, width * m->latent * sizeof *m->centre);
    memset(m->middle, 0, m->latent * sizeof *m->middle);
    for (size_t i = 0; i < count; i++) {
        const size_t d = m->labels->descriptor[point[i]];
        if (d == LTS_NO_DESCRIPTOR)
            continue;
        m->size[d]++;
        total++;
        for (size_t z = 0; z < m->latent; z++) {
            const double x = m->points[point[i] * m->latent + z];
            m->centre[d * m->latent + z] += x;
            m->middle[z] += x;
        }
    }
    for (size_t d = 0; d < width; d++) {
        groups += m->size[d] > 0;
        for (size_t z = 0; m->size[d] > 0 && z < m->latent; z++)
            m->centre[d * m->latent + z] /= (double)m->size[d];
    }
    for (size_t z = 0; total > 0 && z < m->latent; z++)
        m->middle[z] /= (double)total;
    return groups;
}

static void measure_compactness(measuring *m)
{
    running_mean whole = {0};
    find_centres(m, m->order, m->n);
    for (size_t i = 0; i < m->n; i++) {
        const size_t d = m->labels->descriptor[i];
        if (d == LTS_NO_DESCRIPTOR)
            continue;
        mean_add(&whole, from_centre(m, i, m->middle));
        mean_add(&m->of[COMPACTNESS][d], from_centre(m, i, m->centre + d * m->latent));
    }
    for (size_t d = 0; d < m->labels->descriptors; d++) {
        running_mean *own = &m->of[COMPACTNESS][d];
        const double value = mean_of(*own) / mean_of(whole);
        *own = (running_mean){0};
        if (isfinite(value)) {
            mean_add(own, value);
            mean_add(&m->all[COMPACTNESS], value);
        }
    }
}

static double between(const measuring *m, size_t a, size_t b)
{
    double sum = 0;
    for (size_t z = 0; z < m->latent; z++) {
        const double d = m->centre[a * m->latent + z] - m->centre[b * m->latent + z];
        sum += d * d;
    }
    return sqrt(sum);
}

/* With the centres of one pitch. */
static void measure_separation(measuring *m, const size_t *point, size_t count)
{
    const size_t width = m->labels->descriptors;
    running_mean within = {0}, of_pitch = {0};
    for (size_t i = 0; i < count; i++) {
        const size_t d = m->labels->descriptor[point[i]];
        if (d != LTS_NO_DESCRIPTOR)
            mean_add(&within, from_centre(m, point[i], m->centre + d * m->latent));
    }
    if (!(mean_of(within) > 0))
        return;
    for (size_t a = 0; a < width; a++) {
        running_mean apart = {0};
        for (size_t b = 0; m->size[a] > 0 && b < width; b++)
            if (b != a && m->size[b] > 0)
                mean_add(&apart, between(m, a, b));
        if (apart.count == 0)
            continue;
        const double value = mean_of(apart) / mean_of(within);
        mean_add(&m->of[SEPARATION][a], value);
        mean_add(&of_pitch, value);
    }
    mean_add(&m->all[SEPARATION], mean_of(of_pitch));
}

/* Adds the unit vectors of c_dp - c_p. */
static void add_directions(measuring *m)
{
    for (size_t d = 0; d < m->labels->descriptors; d++) {
        const double *centre = m->centre + d * m->latent;
        double square = 0;
        for (size_t z = 0; z < m->latent; z++)
            square += (centre[z] - m->middle[z]) * (centre[z] - m->middle[z]);
        if (m->size[d] == 0 || !(square > 0))
            continue;
        for (size_t z = 0; z < m->latent; z++)
            m->direction[d * m->latent + z] += (centre[z] - m->middle[z]) / sqrt(square);
        m->directions[d]++;
    }
}

static void measure_trajectories(measuring *m, const size_t *point, size_t count)
{
    for (size_t d = 0; d < m->labels->descriptors; d++) {
        size_t found = 0;
        running_mean own[2] = {{0}};
        if (m->size[d] == 0)
            continue;
        for (size_t i = 0; i < count; i++)
            if (m->labels->descriptor[point[i]] == d ||
                m->labels->descriptor[point[i]] == LTS_NO_DESCRIPTOR)
                m->index[found++] = point[i];
        structure_trajectory(m->points, m->latent, m->labels->magnitude, m->index, found,
                             m->scratch, &own[0], &own[1]);
        for (int k = 0; k < 2; k++)
            if (own[k].count > 0) {
                mean_add(&m->of[LINEARITY + k][d], mean_of(own[k]));
                mean_add(&m->all[LINEARITY + k], mean_of(own[k]));
            }
    }
}

/* The mean cosine over pairs of unit vectors u_1 .. u_P: (|sum u|^2 - P) / (P (P - 1)). */
static double consistency_of(const measuring *m, size_t d)
{
    const double count = (double)m->directions[d];
    double square = 0;
    for (size_t z = 0; z < m->latent; z++)
        square += m->direction[d * m->latent + z] * m->direction[d * m->latent + z];
    return count > 1 ? (square - count) / (count * (count - 1)) : NAN;
}

static void conclude(const measuring *m, lts_structure *all, lts_structure *each)
{
    running_mean consistency = {0};
    for (size_t d = 0; d < m->labels->descriptors; d++) {
        const double own = consistency_of(m, d);
        if (isfinite(own))
            mean_add(&consistency, own);
        if (!each)
            continue;
        each[d].compactness = mean_of(m->of[COMPACTNESS][d]);
        each[d].separation = mean_of(m->of[SEPARATION][d]);
        each[d].linearity = mean_of(m->of[LINEARITY][d]);
        each[d].straightness = mean_of(m->of[STRAIGHTNESS][d]);
        each[d].consistency = own;
    }
    all->compactness = mean_of(m->all[COMPACTNESS]);
    all->separation = mean_of(m->all[SEPARATION]);
    all->linearity = mean_of(m->all[LINEARITY]);
    all->straightness = mean_of(m->all[STRAIGHTNESS]);
    all->consistency = mean_of(consistency);
}

lts_status lts_structure_measure(const float *points, size_t n, size_t latent,
                                 const lts_structure_labels *labels, unsigned threads,
                                 lts_structure *all, lts_structure *each,
                                 const lts_reporter *reporter, lts_error *err)
{
    measuring m = {.points = points, .n = n, .latent = latent, .labels = labels};
    lts_status status = measuring_check(&m, threads, err);
    if (status != LTS_OK)
        return status;
    status = measuring_open(&m, err);
    if (status != LTS_OK)
        goto done;
    measure_compactness(&m);
    for (size_t p = 0; p < labels->pitches; p++) {
        const size_t *point = m.order + m.begin[p], count = m.begin[p + 1] - m.begin[p];
        if (find_centres(&m, point, count) > 1) {
            measure_separation(&m, point, count);
            add_directions(&m);
        }
        measure_trajectories(&m, point, count);
    }
    conclude(&m, all, each);
    status = structure_silhouettes(points, n, latent, labels, threads, all, each, reporter, err);
done:
    measuring_close(&m);
    return status;
}
