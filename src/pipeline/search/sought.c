#include "pipeline/search/sought.h"

#include "lts/search.h"
#include "pipeline/sound/excerpt.h"
#include "pipeline/sound/sound.h"

#include <math.h>
#include <string.h>

/* Frames that are kept while the sound is read; of more, every second one, and so on. */
enum { KEPT = 4096, BLOCK = 512 };

static const double heard_db = 60;

typedef struct reading {
    const lts_model *model;
    const lts_feature *feature;
    lts_model_work *work;
    transform *transform;
    excerpt *sound;
    float *columns;           /* (BLOCK,C) */
    float *points;            /* (KEPT,Z) */
    double *power;            /* (KEPT): mean square of a frame's magnitudes */
    size_t kept, step, frame; /* every step-th frame is kept; the next one */
} reading;

static lts_status open_sound(reading *r, const lts_source *source, double duration,
                             unsigned threads, lts_error *err)
{
    size_t samples = SIZE_MAX;
    uint64_t expected;
    lts_status status = LTS_OK;
    if (duration >= 0 || source->offset > 0)
        status = lts_sound_excerpt(source, 1, duration, lts_feature_sample_rate(r->feature),
                                   lts_feature_hop(r->feature), &samples, err);
    if (status != LTS_OK)
        return status;
    const excerpt_span span =
        excerpt_span_of(r->feature, source->offset, duration < 0 ? SIZE_MAX : samples);
    if ((status = excerpt_expect(r->feature, source->path, span, &expected, err)) != LTS_OK)
        return status;
    if ((status = transform_create(r->feature, expected, &r->transform, err)) != LTS_OK)
        return status;
    if ((status = excerpt_open(r->transform, source->path, span, &r->sound, err)) != LTS_OK)
        return status;
    return lts_model_work_create(r->model, threads, &r->work, err);
}

static lts_status alloc_rows(reading *r, lts_error *err)
{
    static const char what[] = "the sound's latents";
    const size_t latent = lts_model_settings(r->model)->latent;
    lts_status status = lts_alloc_checked(&r->columns, BLOCK,
                                          lts_model_columns(r->model) * sizeof(float), what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&r->points, KEPT, latent * sizeof(float), what, err);
    if (status != LTS_OK)
        return status;
    return lts_alloc_checked(&r->power, KEPT, sizeof(double), what, err);
}

static double mean_square(const float *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * x[i];
    return sum / (double)n;
}

/* Every second one of the frames kept stays. */
static void thin(reading *r)
{
    const size_t latent = lts_model_settings(r->model)->latent;
    for (size_t i = 0; 2 * i < r->kept; i++) {
        memmove(r->points + i * latent, r->points + 2 * i * latent, latent * sizeof *r->points);
        r->power[i] = r->power[2 * i];
    }
    r->kept = (r->kept + 1) / 2;
    r->step *= 2;
}

static lts_status take_block(reading *r, const float *rows, size_t count, lts_error *err)
{
    const size_t latent = lts_model_settings(r->model)->latent;
    const size_t columns = lts_model_columns(r->model), bins = excerpt_bins(r->sound);
    lts_model_encode(r->model, r->work, rows, count, r->columns, NULL);
    lts_status status =
        excerpt_check(r->sound, r->columns, r->frame, count, columns, "latents", err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < count; i++, r->frame++) {
        if (r->frame % r->step != 0)
            continue;
        if (r->kept == KEPT)
            thin(r);
        if (r->frame % r->step != 0)
            continue;
        memcpy(r->points + r->kept * latent, r->columns + i * columns, latent * sizeof(float));
        r->power[r->kept++] = mean_square(rows + i * bins, bins);
    }
    return LTS_OK;
}

static lts_status read_sound(reading *r, const char *path, const lts_reporter *reporter,
                             lts_error *err)
{
    const float *rows;
    for (size_t count = 1; count > 0;) {
        if (lts_cancelled(reporter))
            return lts_fail(err, LTS_ERR_CANCELLED, "%s: interrupted while it was read", path);
        lts_status status = excerpt_rows(r->sound, BLOCK, &rows, &count, err);
        if (status != LTS_OK)
            return status;
        if (count > 0 && (status = take_block(r, rows, count, err)) != LTS_OK)
            return status;
    }
    return LTS_OK;
}

/* The frames within heard_db of the loudest, to the front; magnitudes alone have a loudness. */
static size_t keep_heard(reading *r, size_t *index)
{
    double least = 0;
    size_t heard = 0;
    for (size_t i = 0; i < r->kept; i++)
        least = fmax(least, r->power[i]);
    least = lts_feature_is_magnitude(r->feature) ? least * pow(10, -heard_db / 10) : 0;
    for (size_t i = 0; i < r->kept; i++)
        if (r->power[i] >= least)
            index[heard++] = i;
    return heard;
}

static lts_status choose(reading *r, double offset, sought *out, lts_error *err)
{
    static const char what[] = "the sound's points";
    const size_t latent = lts_model_settings(r->model)->latent;
    const double hop = (double)lts_feature_hop(r->feature) / lts_feature_sample_rate(r->feature);
    size_t *index = NULL;
    lts_status status = lts_alloc_checked(&index, r->kept, sizeof *index, what, err);
    if (status != LTS_OK)
        return status;
    const size_t heard = keep_heard(r, index);
    out->count = heard < LTS_SEARCH_QUERIES ? heard : LTS_SEARCH_QUERIES;
    status = lts_alloc_checked(&out->points, out->count, latent * sizeof(float), what, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&out->time, out->count, sizeof(double), what, err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < out->count; i++) {
        const size_t from = index[i * heard / out->count];
        memcpy(out->points + i * latent, r->points + from * latent, latent * sizeof(float));
        out->time[i] = offset + (double)(from * r->step) * hop;
    }
done:
    lts_free(index);
    return status;
}

lts_status sought_load(const lts_model *model, const lts_source *source, double duration,
                       unsigned threads, const lts_reporter *reporter, sought *out, lts_error *err)
{
    reading r = {.model = model, .step = 1};
    *out = (sought){0};
    lts_status status = lts_model_feature(model, &r.feature, err);
    if (status != LTS_OK)
        goto done;
    status = open_sound(&r, source, duration, threads, err);
    if (status != LTS_OK)
        goto done;
    status = alloc_rows(&r, err);
    if (status != LTS_OK)
        goto done;
    status = read_sound(&r, source->path, reporter, err);
    if (status != LTS_OK)
        goto done;
    status = choose(&r, source->offset, out, err);
done:
    if (status != LTS_OK)
        sought_free(out);
    lts_free(r.power);
    lts_free(r.points);
    lts_free(r.columns);
    lts_model_work_destroy(r.work);
    excerpt_close(r.sound);
    transform_destroy(r.transform);
    return status;
}

void sought_free(sought *s)
{
    lts_free(s->points);
    lts_free(s->time);
    *s = (sought){0};
}
