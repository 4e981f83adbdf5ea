#include "match/resemblance.h"

#include "dsp/stft/logarithms.h"
#include "lts/dsp.h"
#include "match/measures.h"

#include <math.h>

enum { LARGEST = 1 << 20 };
static const float floor_magnitude = 1e-3f;

/* A transform and both sounds' magnitudes. */
typedef struct view {
    lts_stft *stft;
    lts_stft_work *work;
    size_t bins, frames;
    float *x, *y; /* (frames,bins) */
} view;

struct resemblance {
    size_t samples;
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

lts_status resemblance_create(size_t samples, resemblance **out, lts_error *err)
{
    resemblance *r = NULL;
    const lts_stft_config brief = lts_stft_defaults();
    *out = NULL;
    lts_status status = lts_alloc_checked(&r, 1, sizeof *r, "spectra to compare", err);
    if (status != LTS_OK)
        return status;
    *r = (resemblance){.samples = samples, .size = 2};
    while (r->size < LARGEST && (size_t)r->size < 4 * samples)
        r->size *= 2;
    /* Frame 1 is centred on the middle of the sound. */
    const size_t middle = samples < 2 ? 1 : samples / 2;
    const lts_stft_config whole = {.size = r->size,
                                   .hop = (int)(middle < LARGEST ? middle : LARGEST)};
    status = create_view(&brief, 1 + samples / (size_t)brief.hop, &r->brief, err);
    if (status != LTS_OK)
        goto done;
    status = create_view(&whole, 2, &r->whole, err);
    if (status != LTS_OK)
        goto done;
    *out = r;
    r = NULL;
done:
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

/* |x - y| of natural logarithms, in dB. */
static double distance_of(const float *x, const float *y, size_t n)
{
    double squares = 0;
    for (size_t i = 0; i < n; i++) {
        const double step = (double)x[i] - (double)y[i];
        squares += step * step;
    }
    return 20 / log(10) * sqrt(squares);
}

resemblance_scores resemblance_of(resemblance *r, const float *x, const float *y)
{
    const size_t bins = r->whole.bins, cells = r->brief.frames * r->brief.bins;
    look(&r->brief, x, y, r->samples);
    look(&r->whole, x, y, r->samples);
    stft_logarithms(r->brief.x, floor_magnitude, r->brief.x, cells);
    stft_logarithms(r->brief.y, floor_magnitude, r->brief.y, cells);
    return (resemblance_scores){.stft = measure_correlation(r->brief.x, r->brief.y, cells),
                                .ft =
                                    measure_correlation(r->whole.x + bins, r->whole.y + bins, bins),
                                .log_distance = distance_of(r->brief.x, r->brief.y, cells)};
}
