#include "match/resemblance.h"

#include "lts/dsp.h"
#include "match/measures.h"

#include <math.h>

enum { LARGEST = 1 << 20 };

/* A transform and both sounds' magnitudes. */
typedef struct view {
    lts_stft *stft;
    lts_stft_work *work;
    size_t bins, frames;
    float *x, *y; /* (frames,bins) */
} view;

struct resemblance {
    size_t samples;
    double rate;
    view brief, whole; /* of `whole` only the second frame is looked at */
    int size;          /* of whole */
};

static lts_status create_view(const lts_stft_config *config, size_t frames, view *v, lts_error *err)
{
    static const char what[] = "spectra to compare";
    v->bins = lts_stft_bins(config);
    v->frames = frames;
    lts_status status = lts_stft_create(config, &v->stft, err);
    if (status != LTS_OK)
        return status;
    status = lts_stft_work_create(v->stft, &v->work, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&v->x, frames * v->bins, sizeof *v->x, what, err);
    if (status != LTS_OK)
        return status;
    return lts_alloc_checked(&v->y, frames * v->bins, sizeof *v->y, what, err);
}

static void free_view(view *v)
{
    lts_stft_work_destroy(v->work);
    lts_stft_destroy(v->stft);
    lts_free(v->x);
    lts_free(v->y);
}

lts_status resemblance_create(size_t samples, double rate, resemblance **out, lts_error *err)
{
    resemblance *r = NULL;
    const lts_stft_config brief = lts_stft_defaults();
    *out = NULL;
    lts_status status = lts_alloc_checked(&r, 1, sizeof *r, "spectra to compare", err);
    if (status != LTS_OK)
        return status;
    *r = (resemblance){.samples = samples, .rate = rate, .size = 2};
    while (r->size < LARGEST && (size_t)r->size < 4 * samples)
        r->size *= 2;
    /* Frame 1 is centred on the middle of the sound. */
    const size_t middle = samples < 2 ? 1 : samples / 2;
    const lts_stft_config whole = {.size = r->size,
                                   .hop = (int)(middle < LARGEST ? middle : LARGEST)};
    status = create_view(&brief, 1 + samples / (size_t)brief.hop, &r->brief, err);
    if (status == LTS_OK)
        status = create_view(&whole, 2, &r->whole, err);
    if (status == LTS_OK)
        *out = r;
    else
        resemblance_destroy(r);
    return status;
}

void resemblance_destroy(resemblance *r)
{
    if (!r)
        return;
    free_view(&r->brief);
    free_view(&r->whole);
    lts_free(r);
}

static void look(view *v, const float *x, const float *y, size_t samples)
{
    lts_stft_magnitudes(v->work, x, samples, v->frames, v->x);
    lts_stft_magnitudes(v->work, y, samples, v->frames, v->y);
}

static size_t strongest(const float *magnitudes, size_t bins)
{
    size_t best = 0;
    for (size_t k = 1; k < bins; k++)
        if (magnitudes[k] > magnitudes[best])
            best = k;
    return best;
}

resemblance_scores resemblance_of(resemblance *r, const float *x, const float *y)
{
    const size_t bins = r->whole.bins;
    look(&r->brief, x, y, r->samples);
    look(&r->whole, x, y, r->samples);
    const float *of_x = r->whole.x + bins, *of_y = r->whole.y + bins;
    const double apart = (double)strongest(of_x, bins) - (double)strongest(of_y, bins);
    return (resemblance_scores){
        .stft = measure_correlation(r->brief.x, r->brief.y, r->brief.frames * r->brief.bins),
        .ft = measure_correlation(of_x, of_y, bins),
        .hertz = fabs(apart) * r->rate / r->size};
}
