#include "dsp/cqt/cqt.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

/* |G_k| falls as 1 / (pi v^3) of its peak, v = (F - f_k) l_k / sample_rate (Harris 1978, the Hann
 * window's side lobes): where it has fallen to `threshold`. */
static double reach(double threshold)
{
    return cbrt(1 / (pi * threshold));
}

static const double forward_threshold = 1e-4, narrow_threshold = 1e-3;

/* Spectrum indices within v = +-reach of f_k and within the octave's rate. */
static void bin_range(const lts_cqt *cqt, const cqt_bin *bin, double rate, double threshold,
                      size_t *lo, size_t *count)
{
    double per_hz = (double)cqt->samples / cqt->config.sample_rate;
    double width = reach(threshold) * cqt->config.sample_rate / bin->length;
    double first = ceil((bin->frequency - width) * per_hz);
    double last = floor(fmin(bin->frequency + width, rate / 2) * per_hz);
    double nyquist = (double)(cqt->samples / 2) - 1;
    first = fmin(fmax(first, 1), nyquist);
    last = fmax(fmin(last, nyquist), first);
    *lo = (size_t)first;
    *count = (size_t)(last - first) + 1;
}

static void set_bins(lts_cqt *cqt)
{
    const lts_cqt_config *config = &cqt->config;
    size_t b = (size_t)config->bins_per_octave;
    for (size_t k = 0; k < cqt->bins; k++) {
        cqt_bin *bin = &cqt->bin[k];
        double rate = ldexp(config->sample_rate, -(int)((cqt->bins - 1 - k) / b));
        bin->frequency = config->fmin * exp2((double)k / (double)b);
        bin->length = cqt_quality(config) * config->sample_rate / bin->frequency;
        bin_range(cqt, bin, rate, forward_threshold, &bin->lo, &bin->count);
        bin_range(cqt, bin, rate, narrow_threshold, &bin->narrow_lo, &bin->narrow_count);
        bin->turn[0] = (float)cos(pi * bin->frequency / rate);
        bin->turn[1] = (float)-sin(pi * bin->frequency / rate);
    }
}

static void set_octaves(lts_cqt *cqt)
{
    size_t b = (size_t)cqt->config.bins_per_octave, band_end = 0;
    cqt->band_lo = cqt->samples;
    for (int o = 0; o < cqt->config.octaves; o++) {
        cqt_octave *octave = &cqt->octave[o];
        octave->first_bin = cqt->bins - (size_t)(o + 1) * b;
        size_t lo = cqt->samples, end = 0;
        for (size_t k = octave->first_bin; k < octave->first_bin + b; k++) {
            const cqt_bin *bin = &cqt->bin[k];
            lo = bin->lo < lo ? bin->lo : lo;
            end = bin->lo + bin->count > end ? bin->lo + bin->count : end;
        }
        octave->lo = lo;
        octave->count = end - lo;
        cqt->band_lo = lo < cqt->band_lo ? lo : cqt->band_lo;
        band_end = end > band_end ? end : band_end;
        if (octave->count > cqt->shifted_size)
            cqt->shifted_size = octave->count;
    }
    cqt->band_count = band_end - cqt->band_lo;
}

/* One value by the library's sines, for the points where the closed form below is 0 / 0. */
static double response_near_pole(double a, double b, double n)
{
    double s = 0;
    for (int d = -1; d <= 1; d++) {
        double u = a + d * b;
        double sine = sin(u);
        double kernel = fabs(sine) < 1e-12 ? n : sin(n * u) / sine;
        s += (d ? 0.25 : 0.5) * kernel * cos(u);
    }
    return 2 / n * s;
}

enum { LANES = 8 };

/* The Hann window's response, the three Dirichlet kernels of its cosines gathered into one
 * fraction: (2/N) sum_n w(n) e^{-i 2 a n} = -sin(N a) cos(a) sin^2(b) / (N sin(a) (sin^2(a) -
 * sin^2(b))), a = pi (F - f_k) / R, b = pi / N, with N odd, centred half a sample late. The sines
 * run by angle addition, LANES apart. */
LTS_CLONES static void fill_response(float *g, size_t count, double first, double step, double b,
                                     double n, double scale)
{
    double sine[LANES], cosine[LANES], n_sine[LANES], n_cosine[LANES];
    for (int i = 0; i < LANES; i++) {
        sine[i] = sin(first + i * step);
        cosine[i] = cos(first + i * step);
        n_sine[i] = sin(n * (first + i * step));
        n_cosine[i] = cos(n * (first + i * step));
    }
    const double s = sin(LANES * step), c = cos(LANES * step);
    const double ns = sin(n * LANES * step), nc = cos(n * LANES * step);
    const double bb = sin(b) * sin(b), factor = -scale * bb / n;
    for (size_t i = 0; i < count; i += LANES) {
        float value[LANES];
#pragma omp simd
        for (int j = 0; j < LANES; j++) {
            double divisor = sine[j] * (sine[j] * sine[j] - bb);
            value[j] = (float)(factor * n_sine[j] * cosine[j] / divisor);
            double next = sine[j] * c + cosine[j] * s;
            cosine[j] = cosine[j] * c - sine[j] * s;
            sine[j] = next;
            next = n_sine[j] * nc + n_cosine[j] * ns;
            n_cosine[j] = n_cosine[j] * nc - n_sine[j] * ns;
            n_sine[j] = next;
        }
        for (size_t j = 0; j < LANES && i + j < count; j++)
            g[i + j] = value[j];
    }
}

static void fill_bin(const lts_cqt *cqt, const cqt_bin *bin, double rate, float *g)
{
    double length = bin->length * rate / cqt->config.sample_rate;
    double n = 2 * floor(length / 2) + 1, b = pi / n;
    double step = pi * cqt->config.sample_rate / ((double)cqt->samples * rate);
    double first = (double)bin->lo * step - pi * bin->frequency / rate;
    double scale = sqrt(bin->length) / (double)cqt->samples;
    fill_response(g, bin->count, first, step, b, n, scale);
    for (int pole = -1; pole <= 1; pole++) {
        double at = floor((pole * b - first) / step);
        for (double i = fmax(at, 0); i <= at + 1 && i < (double)bin->count; i++)
            g[(size_t)i] = (float)(scale * response_near_pole(first + i * step, b, n));
    }
}

/* e^{i pi q / (L / 2^o)} for the octave's q. */
static void fill_shift(const lts_cqt *cqt, const cqt_octave *octave, int o)
{
    double step = ldexp(pi / (double)cqt->samples, o);
    for (size_t i = 0; i < octave->count; i++) {
        double angle = step * (double)(octave->lo + i);
        octave->shift[2 * i] = (float)cos(angle);
        octave->shift[2 * i + 1] = (float)sin(angle);
    }
}

LTS_CLONES static void add_squares(double *restrict sum, const float *restrict g, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sum[i] += (double)g[i] * g[i];
}

/* Frames a hop apart weigh a sound, around a frequency whose filters span `spans` hops, by
 * sum_j w^2(u - j hop), w the Hann window: how far that rises above its mean, which D is. From 2.8
 * on it stays within 1.02; where frames lie too far apart for that, an adjoint divided by the mean
 * alone would overshoot, and iterations on it would diverge. */
static double overshoot(double spans)
{
    if (spans >= 2.8)
        return 1;
    double side = spans > 2 ? cos(pi / spans) : 0;
    double peak = (1 + 2 * side * side * side * side) / (0.375 * spans);
    return fmax(peak / 1.02, 1);
}

/* W = (c / (c^2 + e^2)) / p: the inverse of the frame operator's diagonal D = sum |G_k|^2 / hop,
 * tapered where the bins cover little; p = 1.5 l(F) / hop is D inside the band, c = D / p. */
static void fill_dual(const lts_cqt *cqt, bool narrow, double epsilon, double *sum, float *dual)
{
    const lts_cqt_config *config = &cqt->config;
    const double l = (double)cqt->samples, quality = cqt_quality(config);
    const double top = cqt->bin[cqt->bins - 1].frequency;
    for (size_t i = 0; i < cqt->band_count; i++)
        sum[i] = 0;
    for (size_t k = 0; k < cqt->bins; k++) {
        const cqt_bin *bin = &cqt->bin[k];
        size_t lo = narrow ? bin->narrow_lo : bin->lo;
        add_squares(sum + (lo - cqt->band_lo), bin->g + (lo - bin->lo),
                    narrow ? bin->narrow_count : bin->count);
    }
    for (size_t i = 0; i < cqt->band_count; i++) {
        double frequency = (double)(cqt->band_lo + i) * config->sample_rate / l;
        double spans = quality * config->sample_rate / frequency / config->hop;
        double plateau = 1.5 * spans, most = frequency < top ? spans : spans * frequency / top;
        double cover = sum[i] * l * l / config->hop / plateau;
        dual[i] = (float)(cover / (cover * cover + epsilon * epsilon) / plateau / overshoot(most));
    }
}

lts_status cqt_tables_create(lts_cqt *cqt, lts_error *err)
{
    size_t entries = 0, shifts = 0;
    set_bins(cqt);
    set_octaves(cqt);
    for (size_t k = 0; k < cqt->bins; k++)
        entries += cqt->bin[k].count;
    for (int o = 0; o < cqt->config.octaves; o++)
        shifts += cqt->octave[o].count;

    double *sum = NULL;
    lts_status status =
        lts_alloc_checked(&cqt->table, entries, sizeof(float), "the CQT's filters", err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&cqt->shifts, 2 * shifts, sizeof(float), "the CQT's shifts", err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&cqt->dual, cqt->band_count, sizeof(float), "the CQT's dual", err);
    if (status != LTS_OK)
        return status;
    status =
        lts_alloc_checked(&cqt->narrow_dual, cqt->band_count, sizeof(float), "the CQT's dual", err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&sum, cqt->band_count, sizeof *sum, "the CQT's dual", err);
    if (status != LTS_OK)
        return status;

    float *g = cqt->table, *shift = cqt->shifts;
    for (size_t k = 0; k < cqt->bins; k++) {
        cqt_bin *bin = &cqt->bin[k];
        int o = (int)((cqt->bins - 1 - k) / (size_t)cqt->config.bins_per_octave);
        fill_bin(cqt, bin, ldexp(cqt->config.sample_rate, -o), g);
        bin->g = g;
        g += bin->count;
    }
    for (int o = 0; o < cqt->config.octaves; o++) {
        cqt->octave[o].shift = shift;
        fill_shift(cqt, &cqt->octave[o], o);
        shift += 2 * cqt->octave[o].count;
    }
    fill_dual(cqt, false, 0.02, sum, cqt->dual);
    fill_dual(cqt, true, 0.05, sum, cqt->narrow_dual);
    lts_free(sum);
    return LTS_OK;
}
