#include "dsp/cqt/cqt.h"

#include <math.h>

/* Samples of a slice when nothing asks for more: large enough that the guards are a small part,
 * small enough that a slice's filters and spectrum stay in a processor's shared cache. */
enum { SLICE_SAMPLES = 1 << 19 };

/* The smallest 2^a or 5 2^a that is at least `least` and a multiple of `step`, a power of two: for
 * other sizes between, FFTW's estimated plans take longer than for the next of these. */
static size_t fast_size(size_t least, size_t step)
{
    size_t two = step, five = 5 * step;
    while (two < least)
        two *= 2;
    while (five / 2 >= least && five / 2 % step == 0)
        five /= 2;
    while (five < least)
        five *= 2;
    return two < five ? two : five;
}

/* Phase recovery begins with every step-th frame of an octave: enough that even its shortest filter
 * spans ten of them, so that the kept frames determine the signal with plenty to spare. */
static size_t recovery_step(const lts_cqt_config *config, size_t top_bin)
{
    double shortest = cqt_quality(config) * config->sample_rate /
                      (config->fmin * exp2((double)top_bin / config->bins_per_octave));
    size_t step = 1;
    while ((double)(2 * step) * config->hop * 10 <= shortest)
        step *= 2;
    return step;
}

/* Sets L, m, the guards and the steps. */
static void set_sizes(lts_cqt *cqt, size_t samples, bool brief)
{
    const lts_cqt_config *config = &cqt->config;
    size_t b = (size_t)config->bins_per_octave, step = 1;
    double hop = config->hop;
    for (int o = 0; o < config->octaves; o++) {
        cqt->octave[o].step = recovery_step(config, cqt->bins - 1 - (size_t)o * b);
        if (cqt->octave[o].step > step)
            step = cqt->octave[o].step;
    }
    /* Half the longest filter, its half-sample shift at the lowest octave's rate, and a little of
     * the ringing that cutting the filters' spectra leaves. */
    double longest = cqt_quality(config) * config->sample_rate / config->fmin;
    cqt->guard = (size_t)ceil((longest / 2 + ldexp(0.5, config->octaves - 1)) / hop) + 1;
    /* The dual's spectrum is steeper than the filters', so that synthesis rings for longer. */
    cqt->inverse_guard = (cqt->guard + cqt->guard / 3 + step) / step * step;

    size_t usual = SLICE_SAMPLES / (size_t)config->hop;
    if (usual < 8 * cqt->guard)
        usual = 8 * cqt->guard;
    size_t power = 1;
    while (power < usual || power < 2 * step || power < 4)
        power *= 2;
    cqt->frames = power;
    /* A signal longer than expected, and synthesis, still need slices with useful frames. */
    size_t whole = lts_cqt_frames(config, samples) + cqt->guard;
    if (!brief && whole < 2 * cqt->inverse_guard + step)
        whole = 2 * cqt->inverse_guard + step;
    if (samples && whole < power)
        cqt->frames = fast_size(whole, step > 1 ? step : 2);
    cqt->samples = cqt->frames * (size_t)config->hop;

    size_t blocks = (b + CQT_BLOCK - 1) / CQT_BLOCK;
    cqt->block = (b + blocks - 1) / blocks;
    cqt->row = (2 * cqt->frames + 15) / 16 * 16 + CQT_PAD;
}

/* Phase recovery works at the lowest rate that divides the hop and still holds the band. */
static void set_rates(lts_cqt *cqt)
{
    size_t hop = (size_t)cqt->config.hop, reduction = 1;
    size_t end = cqt->band_lo + cqt->band_count;
    while (hop % (2 * reduction) == 0 && 2 * end < cqt->samples / (2 * reduction))
        reduction *= 2;
    cqt->full = (cqt_rate){.reduction = 1, .hop = hop, .samples = cqt->samples};
    cqt->reduced = (cqt_rate){
        .reduction = reduction, .hop = hop / reduction, .samples = cqt->samples / reduction};
}

static lts_status create(const lts_cqt_config *config, size_t samples, bool brief, lts_cqt **out,
                         lts_error *err)
{
    lts_cqt *cqt = NULL;
    *out = NULL;
    lts_status status = lts_cqt_check(config, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&cqt, 1, sizeof *cqt, "a CQT", err);
    if (status != LTS_OK)
        return status;
    cqt->config = *config;
    cqt->bins = lts_cqt_bins(config);
    status = lts_alloc_checked(&cqt->bin, cqt->bins, sizeof *cqt->bin, "the CQT's bins", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&cqt->octave, (size_t)config->octaves, sizeof *cqt->octave,
                               "the CQT's octaves", err);
    if (status != LTS_OK)
        goto done;
    set_sizes(cqt, samples, brief);
    status = cqt_tables_create(cqt, err);
    if (status != LTS_OK)
        goto done;
    set_rates(cqt);
    if (!cqt_fft_create(cqt)) {
        status = lts_no_memory("FFT plans", err);
        goto done;
    }
    *out = cqt;
    cqt = NULL;
done:
    lts_cqt_destroy(cqt);
    return status;
}

lts_status lts_cqt_create(const lts_cqt_config *config, size_t samples, lts_cqt **out,
                          lts_error *err)
{
    return create(config, samples, false, out, err);
}

lts_status cqt_create_brief(const lts_cqt_config *config, size_t most, lts_cqt **out,
                            lts_error *err)
{
    return create(config, most, true, out, err);
}

void lts_cqt_destroy(lts_cqt *cqt)
{
    if (!cqt)
        return;
    cqt_fft_destroy(cqt);
    lts_free(cqt->table);
    lts_free(cqt->shifts);
    lts_free(cqt->dual);
    lts_free(cqt->narrow_dual);
    lts_free(cqt->bin);
    lts_free(cqt->octave);
    lts_free(cqt);
}

size_t lts_cqt_slice_frames(const lts_cqt *cqt)
{
    return cqt->frames - cqt->guard;
}

lts_status lts_cqt_work_create(const lts_cqt *cqt, lts_cqt_work **out, lts_error *err)
{
    lts_cqt_work *work = NULL;
    *out = NULL;
    lts_status status = lts_alloc_checked(&work, 1, sizeof *work, "a CQT's workspace", err);
    if (status != LTS_OK)
        return status;
    const struct {
        float **array;
        size_t count;
    } arrays[] = {
        {&work->samples, cqt->samples},          {&work->spectrum, cqt->samples + 2},
        {&work->shifted, 2 * cqt->shifted_size}, {&work->unshifted, 2 * cqt->shifted_size},
        {&work->sum, cqt->samples + 2},          {&work->folded, 2 * cqt->frames},
        {&work->line, 2 * cqt->frames},          {&work->rows, cqt->block * cqt->row},
        {&work->overlap, cqt->samples},
    };
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        status = lts_alloc_checked(arrays[i].array, arrays[i].count, sizeof(float),
                                   "a CQT's workspace", err);
        if (status != LTS_OK)
            goto done;
    }
    *out = work;
    work = NULL;
done:
    lts_cqt_work_destroy(work);
    return status;
}

void lts_cqt_work_destroy(lts_cqt_work *work)
{
    if (!work)
        return;
    lts_free(work->samples);
    lts_free(work->spectrum);
    lts_free(work->shifted);
    lts_free(work->unshifted);
    lts_free(work->sum);
    lts_free(work->folded);
    lts_free(work->line);
    lts_free(work->rows);
    lts_free(work->overlap);
    lts_free(work);
}
