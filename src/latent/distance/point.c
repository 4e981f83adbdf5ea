#include "latent/distance/distance_parts.h"

#include <math.h>

enum { ROWS = 4 }; /* at a time, so that their sums run beside each other */

/* product = rows (z - mean), rows (ROWS,Z) */
LTS_CLONES static void multiply_rows(const float *restrict rows, const float *restrict mean,
                                     const float *restrict z, size_t latent, float product[ROWS])
{
    float a = 0, b = 0, c = 0, d = 0;
#pragma omp simd reduction(+ : a, b, c, d)
    for (size_t i = 0; i < latent; i++) {
        float offset = z[i] - mean[i];
        a += rows[i] * offset;
        b += rows[latent + i] * offset;
        c += rows[2 * latent + i] * offset;
        d += rows[3 * latent + i] * offset;
    }
    product[0] = a, product[1] = b, product[2] = c, product[3] = d;
}

LTS_CLONES static float multiply_row(const float *restrict row, const float *restrict mean,
                                     const float *restrict z, size_t latent)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < latent; i++)
        sum += row[i] * (z[i] - mean[i]);
    return sum;
}

/* The products of rows first .. and z - mean; how many, at most ROWS. */
static size_t multiply_some(const lts_distance *distance, const float *matrix, size_t rows,
                            size_t first, const float *z, float product[ROWS])
{
    const size_t latent = distance->latent;
    const float *row = matrix + first * latent;
    if (rows - first >= ROWS) {
        multiply_rows(row, distance->mean, z, latent, product);
        return ROWS;
    }
    product[0] = multiply_row(row, distance->mean, z, latent);
    return 1;
}

/* |y|^2 */
static double find_length2(const lts_distance *distance, const float *z)
{
    double sum = 0;
    float product[ROWS];
    for (size_t i = 0; i < distance->latent;) {
        size_t count = multiply_some(distance, distance->axes, distance->latent, i, z, product);
        for (size_t j = 0; j < count; j++)
            sum += (double)product[j] * product[j];
        i += count;
    }
    return sum;
}

/* |y|^2 - min over t in 0..1 of |y - t l|^2, of p = y'l and |l|^2: the best t is p / |l|^2.
 * Infinity when p has overflowed. */
static double find_gain(double p, double landmark2)
{
    if (!isfinite(p))
        return INFINITY;
    if (p <= 0)
        return 0;
    return p < landmark2 ? p * p / landmark2 : 2 * p - landmark2;
}

double distance_raw(const lts_distance *distance, const float *z)
{
    double length2 = find_length2(distance, z), gain = 0;
    float product[ROWS];
    for (size_t k = 0; k < distance->landmarks;) {
        size_t count =
            multiply_some(distance, distance->projection, distance->landmarks, k, z, product);
        for (size_t j = 0; j < count; j++)
            gain = fmax(gain, find_gain(product[j], distance->length2[k + j]));
        k += count;
    }
    double raw = sqrt(fmax(length2 - gain, 0));
    return isfinite(length2) && isfinite(gain) ? raw : INFINITY;
}

float lts_distance_point(const lts_distance *distance, const float *z)
{
    double near = distance->near, far = distance->far;
    return (float)fmax((distance_raw(distance, z) - near) / (far - near), 0);
}

/* The s >= 0 at which s y leaves the capsule of radius^2 around the segment from 0 to l. Beside the
 * segment it leaves the cylinder, s^2 (|y|^2 - p^2 / |l|^2) = radius^2; past its end the ball,
 * |s y - l|^2 = radius^2. */
static double find_exit(double length2, double p, double landmark2, double radius2)
{
    if (p <= 0 || landmark2 <= 0)
        return sqrt(radius2 / length2);
    double across = length2 - p * p / landmark2;
    if (across > 0 && p * sqrt(radius2 / across) <= landmark2)
        return sqrt(radius2 / across);
    return (p + sqrt(fmax(p * p - length2 * (landmark2 - radius2), 0))) / length2;
}

static float keep_share(const lts_distance *distance, double share, float *z)
{
    for (size_t i = 0; i < distance->latent; i++)
        z[i] = share > 0 ? (float)(distance->mean[i] + share * ((double)z[i] - distance->mean[i]))
                         : distance->mean[i];
    return (float)share;
}

float lts_distance_limit(const lts_distance *distance, double limit, float *z)
{
    const double near = distance->near, far = distance->far;
    const double radius = near + fmax(limit, 0) * (far - near); /* fmax passes over NaN */
    const double radius2 = radius * radius;
    const double length2 = find_length2(distance, z);
    float product[ROWS];
    if (!isfinite(length2))
        return keep_share(distance, 0, z);
    if (length2 <= radius2)
        return 1;
    double share = 0;
    for (size_t k = 0; k < distance->landmarks;) {
        size_t count =
            multiply_some(distance, distance->projection, distance->landmarks, k, z, product);
        for (size_t j = 0; j < count; j++, k++) {
            if (!isfinite(product[j]))
                return keep_share(distance, 0, z);
            share = fmax(share, find_exit(length2, product[j], distance->length2[k], radius2));
        }
    }
    return share >= 1 ? 1 : keep_share(distance, share, z);
}
