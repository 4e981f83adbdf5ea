#include "render/envelope.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

static const double silence = 1e-16; /* power: -160 dB */

/* Section `which` of a Butterworth filter of 2 `count` poles, by the bilinear transform: a low-pass
 * or a high-pass at hz. */
static void design(envelope_meter *m, size_t at, size_t which, size_t count, double hz, double rate,
                   bool low)
{
    const double w = tan(pi * hz / rate), order = 2 * (double)count;
    const double damping = 2 * sin(pi * (2 * (double)which + 1) / (2 * order));
    const double norm = 1 / (1 + damping * w + w * w), gain = low ? w * w * norm : norm;
    m->section[at].b0 = m->section[at].b2 = gain;
    m->section[at].b1 = low ? 2 * gain : -2 * gain;
    m->section[at].a1 = 2 * (w * w - 1) * norm;
    m->section[at].a2 = (1 - damping * w + w * w) * norm;
}

void envelope_begin(envelope_meter *m, const lts_feature *feature, float *power, size_t frames)
{
    enum { UPPER = 8, LOWER = ENVELOPE_SECTIONS - UPPER };
    const lts_cqt_config *cqt = &feature->cqt;
    const double half_bin = exp2(0.5 / cqt->bins_per_octave);
    const double top = cqt->fmin * exp2(cqt->octaves) / half_bin;
    *m = (envelope_meter){.hop = (size_t)cqt->hop, .frames = frames, .power = power};
    /* A filter at half the sample rate is none. */
    for (size_t i = 0; i < UPPER; i++)
        design(m, i, i, UPPER, fmin(top, 0.499 * cqt->sample_rate), cqt->sample_rate, true);
    for (size_t i = 0; i < LOWER; i++)
        design(m, UPPER + i, i, LOWER, cqt->fmin / half_bin, cqt->sample_rate, false);
}

static double pass(envelope_meter *m, double x)
{
    for (size_t i = 0; i < ENVELOPE_SECTIONS; i++) {
        const double y = m->section[i].b0 * x + m->section[i].z1;
        m->section[i].z1 = m->section[i].b1 * x - m->section[i].a1 * y + m->section[i].z2;
        m->section[i].z2 = m->section[i].b2 * x - m->section[i].a2 * y;
        x = y;
    }
    return x;
}

void envelope_feed(envelope_meter *m, const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++, m->at++) {
        const double y = pass(m, (double)x[i]);
        const size_t nearest = (m->at + m->hop / 2) / m->hop;
        m->power[nearest < m->frames ? nearest : m->frames - 1] += (float)(y * y / (double)m->hop);
    }
}

/* Of values p(j): sum p, sum p cos(turn j), sum p sin(turn j). */
typedef struct running_sum {
    double plain, cosine, sine;
} running_sum;

static void add(running_sum *sum, double turn, size_t j, double value)
{
    sum->plain += value;
    sum->cosine += value * cos(turn * (double)j);
    sum->sine += value * sin(turn * (double)j);
}

/* sum p(j) (1 + cos(turn (j - t))) / 2 */
static double window_sum(const running_sum *sum, double turn, size_t t)
{
    const double angle = turn * (double)t;
    return (sum->plain + cos(angle) * sum->cosine + sin(angle) * sum->sine) / 2;
}

void envelope_smooth(const lts_feature *feature, double seconds, const float *power, size_t frames,
                     float *smooth)
{
    const double rate = lts_feature_sample_rate(feature) / (double)lts_feature_hop(feature);
    const size_t reach = (size_t)(seconds * rate / 2);
    const double turn = pi / (double)(reach + 1);
    running_sum sum = {0}, weights = {0};
    for (size_t t = 0, next = 0; t < frames; t++) {
        for (; next < frames && next <= t + reach; next++) {
            add(&sum, turn, next, (double)power[next]);
            add(&weights, turn, next, 1);
        }
        if (t > reach) {
            add(&sum, turn, t - reach - 1, -(double)power[t - reach - 1]);
            add(&weights, turn, t - reach - 1, -1);
        }
        smooth[t] = (float)(fmax(window_sum(&sum, turn, t), 0) / window_sum(&weights, turn, t));
    }
}

void envelope_to_levels(float *power, size_t frames)
{
    for (size_t t = 0; t < frames; t++)
        power[t] = (float)(10 * log10(fmax((double)power[t], silence)));
}

void envelope_to_powers(float *level, size_t frames)
{
    for (size_t t = 0; t < frames; t++)
        level[t] = (float)pow(10, (double)level[t] / 10);
}
