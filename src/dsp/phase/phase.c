#include "lts/dsp.h"

#include <math.h>
#include <string.h>

#include "dsp/phase/recovery.h"
#include "dsp/phase_settings.h"

/* The bits of finite floats >= 0 order as the floats do, and those of all others, read without a
 * sign, are larger: one maximum finds the loudest and whatever is not a magnitude. */
LTS_CLONES static void keep_largest(uint32_t *restrict most, const float *restrict row, size_t bins)
{
    for (size_t k = 0; k < bins; k++) {
        uint32_t bits;
        memcpy(&bits, row + k, sizeof bits);
        bits = bits == 0x80000000u ? 0 : bits; /* -0 */
        most[k] = bits > most[k] ? bits : most[k];
    }
}

/* loudest (K) = the largest magnitude of each bin. */
static lts_status check_magnitudes(const float *magnitudes, size_t frames, size_t bins,
                                   float *loudest, lts_error *err)
{
    const uint32_t infinite = 0x7f800000u;
    uint32_t *most = (uint32_t *)loudest;
    for (size_t t = 0; t < frames; t++)
        keep_largest(most, magnitudes + t * bins, bins);
    for (size_t k = 0; k < bins; k++) {
        float value;
        for (size_t t = 0; most[k] >= infinite; t++) {
            value = magnitudes[t * bins + k];
            if (!(value >= 0 && isfinite(value)))
                return lts_fail(err, LTS_ERR_NONFINITE,
                                "phase: frame %zu, bin %zu: magnitude %g: must be finite and not "
                                "negative",
                                t, k, (double)value);
        }
        memcpy(&value, &most[k], sizeof value);
        loudest[k] = value;
    }
    return LTS_OK;
}

/* A power of two, so that scaling there and back changes nothing. */
static float scale_of(const float *loudest, size_t bins)
{
    float most = 0;
    int exponent;
    for (size_t k = 0; k < bins; k++)
        most = fmaxf(most, loudest[k]);
    frexpf(most, &exponent);
    return most > 0 ? ldexpf(1, exponent > -126 ? -exponent : 126) : 0;
}

/* Makes room for the recovery's signals and starting phases. */
static lts_status allocate(recovery *r, lts_error *err)
{
    const lts_cqt *cqt = r->cqt;
    size_t phases = 0, b = (size_t)cqt->config.bins_per_octave;
    size_t longest = cqt->frames < r->frames ? cqt->frames : r->frames;
    for (int o = 0; o < cqt->config.octaves; o++)
        phases += b * recovery_rows(&cqt->octave[o], longest);
    r->reduced = (r->n + cqt->reduced.reduction - 1) / cqt->reduced.reduction;
    const struct {
        float **signal;
        bool wanted;
    } signals[] = {{&r->x, true},
                   {&r->v, r->config.iterations > 0},
                   {&r->old, r->keeps},
                   {&r->hold, r->keeps}};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        lts_status status = LTS_OK;
        if (signals[i].wanted)
            status =
                lts_alloc_checked(signals[i].signal, r->reduced, sizeof(float), "a signal", err);
        if (status != LTS_OK)
            return status;
    }
    return lts_alloc_checked(&r->phase, phases, sizeof *r->phase, "starting phases", err);
}

static lts_status check_known(const lts_phase_known *known, size_t frames, size_t n, lts_error *err)
{
    if (known->frames_before > frames || known->frames_after > frames - known->frames_before)
        return lts_fail(err, LTS_ERR_ARGUMENT, "phase: %zu and %zu known frames of %zu",
                        known->frames_before, known->frames_after, frames);
    if (known->samples_before > n || known->samples_after > n - known->samples_before)
        return lts_fail(err, LTS_ERR_ARGUMENT, "phase: %zu and %zu kept samples of %zu",
                        known->samples_before, known->samples_after, n);
    return LTS_OK;
}

lts_status lts_phase_recover(const lts_cqt *cqt, lts_cqt_work *work, const float *magnitudes,
                             size_t frames, const lts_phase_known *known,
                             const lts_phase_config *config, float *x, size_t n,
                             const lts_reporter *reporter, lts_error *err)
{
    recovery r = {.cqt = cqt,
                  .work = work,
                  .magnitudes = magnitudes,
                  .frames = frames,
                  .n = n,
                  .config = *config,
                  .known = known ? *known : (lts_phase_known){0},
                  .reporter = reporter};
    lts_status status = check_known(&r.known, frames, n, err);
    if (status != LTS_OK)
        return status;
    const size_t kept = r.known.samples_before + r.known.samples_after;
    r.keeps = r.known.frames_before + r.known.frames_after + kept > 0;
    if (n > 0 && kept == n)
        return LTS_OK;
    status = phase_check_settings(config, err);
    if (status != LTS_OK)
        return status;
    status = cqt_check_length(cqt, "phase", frames, n, err);
    if (status != LTS_OK)
        return status;
    status =
        lts_alloc_checked(&r.loudest, cqt->bins, sizeof *r.loudest, "the loudest magnitudes", err);
    if (status != LTS_OK)
        return status;
    status = check_magnitudes(magnitudes, frames, cqt->bins, r.loudest, err);
    if (status != LTS_OK)
        goto done;
    r.scale = scale_of(r.loudest, cqt->bins);
    if (r.scale <= 0) {
        recovery_join(&r, NULL, 0, x, 0, n);
        goto done;
    }
    status = allocate(&r, err);
    if (status != LTS_OK)
        goto done;
    if (config->init == LTS_PHASE_PGHI)
        status =
            pghi_create(cqt, magnitudes, frames, r.loudest, r.scale, config->seed, &r.pghi, err);
    if (status != LTS_OK)
        goto done;
    if (r.keeps)
        recovery_keep(&r, x);
    status = recovery_cancelled(&r, err);
    if (status != LTS_OK)
        goto done;
    if ((status = recovery_start(&r, err)) != LTS_OK)
        goto done;
    pghi_destroy(r.pghi);
    lts_free(r.phase);
    r.pghi = NULL;
    r.phase = NULL;
    status = recovery_iterate(&r, err);
    if (status != LTS_OK)
        goto done;
    recovery_finish(&r, x);
done:
    pghi_destroy(r.pghi);
    lts_free(r.phase);
    lts_free(r.x);
    lts_free(r.v);
    lts_free(r.old);
    lts_free(r.hold);
    lts_free(r.loudest);
    return status;
}

double lts_spectral_convergence(const float *a, const float *m, size_t frames, size_t bins)
{
    double difference = 0, norm = 0;
    for (size_t i = 0; i < frames * bins; i++) {
        double d = (double)a[i] - m[i];
        difference += d * d;
        norm += (double)m[i] * m[i];
    }
    return norm > 0 ? sqrt(difference / norm) : difference > 0 ? INFINITY : 0;
}
