#include "synth/fm/decimator.h"

#include "lts/base.h"

#include <math.h>

/* The modified Bessel function of order 0, by its series. */
static double bessel_i0(double x)
{
    double sum = 1, term = 1;
    for (int k = 1; k < 60; k++) {
        term *= (x / (2 * k)) * (x / (2 * k));
        sum += term;
    }
    return sum;
}

void decimator_design(double *taps)
{
    const double beta = 0.1102 * (80 - 8.7), pi = 3.14159265358979323846;
    const double cutoff = 0.45 / DECIMATOR_TIMES; /* periods a sample */
    double sum = 0;
    for (int i = 0; i < DECIMATOR_TAPS; i++) {
        const int k = i - DECIMATOR_DELAY;
        const double edge = (double)k / (DECIMATOR_DELAY + 1);
        const double sinc = k == 0 ? 2 * cutoff : sin(2 * pi * cutoff * k) / (pi * k);
        taps[i] = sinc * bessel_i0(beta * sqrt(1 - edge * edge));
        sum += taps[i];
    }
    for (int i = 0; i < DECIMATOR_TAPS; i++)
        taps[i] /= sum;
}

LTS_CLONES static void run_cloned(const double *taps, const double *x, double *y, int n)
{
    for (int i = 0; i < n; i++) {
        const double *from = x + DECIMATOR_TIMES * i;
        double sum = 0;
#pragma omp simd reduction(+ : sum)
        for (int k = 0; k < DECIMATOR_TAPS; k++)
            sum += taps[k] * from[k];
        y[i] = sum;
    }
}

void decimator_run(const double *taps, const double *x, double *y, int n)
{
    run_cloned(taps, x, y, n);
}
