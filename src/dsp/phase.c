#include "lts/dsp.h"

#include <math.h>
#include <string.h>

#include "dsp/recovery.h"

lts_phase_config lts_phase_defaults(void)
{
    return (lts_phase_config){
        .init = LTS_PHASE_PGHI, .iterations = 16, .momentum = 0.95, .relaxation = 1.1, .seed = 0};
}

bool lts_parse_phase_init(const char *text, lts_phase_init *init)
{
    static const char *const names[] = {
        [LTS_PHASE_PGHI] = "pghi", [LTS_PHASE_RANDOM] = "random", [LTS_PHASE_ZERO] = "zero"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(text, names[i]) == 0) {
            *init = (lts_phase_init)i;
            return true;
        }
    return false;
}

static lts_status check_config(const lts_phase_config *config, lts_error *err)
{
    if ((int)config->init < LTS_PHASE_PGHI || config->init > LTS_PHASE_ZERO)
        return lts_fail(err, LTS_ERR_ARGUMENT, "phase: init: %d: choose pghi, random or zero",
                        (int)config->init);
    if (config->iterations < 0 || config->iterations > 1000)
        return lts_fail(err, LTS_ERR_ARGUMENT, "phase: iterations: %d: choose 0 to 1000",
                        config->iterations);
    if (!(config->momentum >= 0 && config->momentum <= 1))
        return lts_fail(err, LTS_ERR_ARGUMENT, "phase: momentum: %g: choose 0 to 1",
                        config->momentum);
    if (!(config->relaxation > 0 && config->relaxation < 1.5))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "phase: relaxation: %g: choose above 0 and below 1.5", config->relaxation);
    return LTS_OK;
}

/* The largest magnitude, or -1 when one is negative, infinite or no number. */
LTS_CLONES static float largest(const float *magnitudes, size_t count)
{
    float most = 0;
    int bad = 0;
    for (size_t i = 0; i < count; i++) {
        most = magnitudes[i] > most ? magnitudes[i] : most;
        bad |= !(magnitudes[i] >= 0 && magnitudes[i] <= 3.40282347e38f);
    }
    return bad ? -1 : most;
}

static lts_status check_magnitudes(const float *magnitudes, size_t frames, size_t bins, float *most,
                                   lts_error *err)
{
    *most = 0;
    for (size_t t = 0; t < frames; t++) {
        const float *row = magnitudes + t * bins;
        float found = largest(row, bins);
        *most = found > *most ? found : *most;
        for (size_t k = 0; found < 0 && k < bins; k++)
            if (!(row[k] >= 0 && isfinite(row[k])))
                return lts_fail(err, LTS_ERR_NONFINITE,
                                "phase: frame %zu, bin %zu: magnitude %g: must be finite and not "
                                "negative",
                                t, k, (double)row[k]);
    }
    return LTS_OK;
}

static lts_status run(recovery *r, const lts_reporter *reporter, lts_error *err)
{
    size_t most = r->cqt->frames < r->frames ? r->cqt->frames : r->frames, kept = 0;
    for (size_t begin = 0; begin < r->frames;) {
        cqt_slice slice = recovery_slice(r, begin);
        kept += recovery_kept(r->cqt, slice.count);
        begin += slice.count;
    }
    lts_status status = lts_alloc_checked(&r->kept, kept, sizeof *r->kept, "magnitudes", err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&r->phase, recovery_kept(r->cqt, most), sizeof *r->phase,
                                   "starting phases", err);
    if (status == LTS_OK && r->config.iterations > 0)
        status = lts_alloc_checked(&r->v, r->n, sizeof *r->v, "a signal", err);
    if (status == LTS_OK)
        status = recovery_start(r, reporter, err);
    double begun = lts_now();
    for (int i = 0; status == LTS_OK && i < r->config.iterations; i++) {
        if (!recovery_iterate(r, reporter))
            status = lts_fail(err, LTS_ERR_CANCELLED, "phase: cancelled in iteration %d", i + 1);
        else
            lts_progress(reporter, "iterations", i + 1, r->config.iterations,
                         (i + 1) / (lts_now() - begun));
    }
    for (size_t i = 0; status == LTS_OK && i < r->n; i++)
        r->x[i] /= r->scale;
    lts_free(r->kept);
    lts_free(r->phase);
    lts_free(r->v);
    return status;
}

lts_status lts_phase_recover(const lts_cqt *cqt, lts_cqt_work *work, const float *magnitudes,
                             size_t frames, const lts_phase_config *config, float *x, size_t n,
                             const lts_reporter *reporter, lts_error *err)
{
    float most;
    lts_status status = check_config(config, err);
    if (status == LTS_OK)
        status = cqt_check_length(cqt, "phase", frames, n, err);
    if (status == LTS_OK)
        status = check_magnitudes(magnitudes, frames, cqt->bins, &most, err);
    if (status != LTS_OK)
        return status;
    if (most == 0) {
        memset(x, 0, n * sizeof *x);
        return LTS_OK;
    }
    int exponent;
    frexpf(most, &exponent);
    recovery r = {.cqt = cqt,
                  .work = work,
                  .magnitudes = magnitudes,
                  .frames = frames,
                  .n = n,
                  .config = *config,
                  .scale = ldexpf(1, exponent > -126 ? -exponent : 126),
                  .x = x};
    return run(&r, reporter, err);
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
