#include "features/transform.h"
#include "lts/formats.h"
#include "pipeline/plot/plot_figure.h"

#include <math.h>
#include <string.h>

enum { MOST_CELLS = 4096, BLOCK_SAMPLES = 1 << 15, BLOCK_ROWS = 256 };

/* Rows on their way into a panel: each cell keeps the largest of `every` rows. */
typedef struct thinning {
    const char *path;
    float *cells;                        /* (capacity,K) */
    size_t bins;                         /* K */
    size_t capacity;                     /* cells */
    uint64_t every, skip, wanted, taken; /* rows; `skip` of them come before the first */
} thinning;

static lts_status open_thinning(thinning *thin, uint64_t wanted, lts_error *err)
{
    thin->wanted = wanted;
    thin->every = (wanted + MOST_CELLS - 1) / MOST_CELLS;
    thin->capacity = (size_t)((wanted + thin->every - 1) / thin->every);
    return lts_alloc_checked(&thin->cells, thin->capacity, thin->bins * sizeof *thin->cells,
                             "magnitudes", err);
}

static lts_status add_rows(thinning *thin, const float *rows, size_t count, lts_error *err)
{
    for (size_t r = 0; r < count && thin->taken < thin->wanted; r++) {
        const float *row = rows + r * thin->bins;
        if (thin->skip > 0) {
            thin->skip--;
            continue;
        }
        float *cell = thin->cells + thin->taken / thin->every * thin->bins;
        const size_t bad = lts_first_nonfinite(row, thin->bins);
        if (bad < thin->bins)
            return lts_fail(err, LTS_ERR_NONFINITE, "%s: frame %llu, bin %zu is not finite",
                            thin->path, (unsigned long long)thin->taken, bad);
        for (size_t k = 0; k < thin->bins; k++)
            cell[k] = fmaxf(cell[k], row[k]);
        thin->taken++;
    }
    return LTS_OK;
}

static lts_status add_array(const lts_source *source, double duration, const lts_feature *feature,
                            thinning *thin, lts_error *err)
{
    lts_npy *npy;
    char shape[LTS_FEATURE_SHAPE_TEXT];
    float *rows = NULL;
    double rate = lts_feature_sample_rate(feature) / (double)lts_feature_hop(feature);
    lts_status status = lts_npy_open(source->path, &npy, err);
    if (status != LTS_OK)
        return status;
    lts_feature_shape_text(feature, shape);
    size_t count = lts_npy_rows(npy), first = (size_t)fmin(source->offset * rate, (double)count);
    size_t left = count - first;
    size_t wanted = duration > 0 ? (size_t)fmin(1 + floor(duration * rate), (double)left) : left;
    if (lts_npy_columns(npy) != thin->bins) {
        status = lts_fail(err, LTS_ERR_SHAPE,
                          "%s: %zu bins, expected %zu (%s): set [audio] to what it was "
                          "made with",
                          source->path, lts_npy_columns(npy), thin->bins, shape);
        goto done;
    }
    if (left == 0) {
        status = lts_fail(err, LTS_ERR_ARGUMENT, "%s: no frame from %g s on: it holds %zu, %.3f s",
                          source->path, source->offset, count, (double)count / rate);
        goto done;
    }
    status = open_thinning(thin, wanted, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&rows, BLOCK_ROWS, thin->bins * sizeof *rows, "rows", err);
    if (status != LTS_OK)
        goto done;
    for (size_t row = 0; row < wanted; row += BLOCK_ROWS) {
        size_t block = wanted - row < BLOCK_ROWS ? wanted - row : BLOCK_ROWS;
        status = lts_npy_read(npy, first + row, block, rows, err);
        if (status != LTS_OK)
            goto done;
        status = add_rows(thin, rows, block, err);
        if (status != LTS_OK)
            goto done;
    }
done:
    lts_free(rows);
    lts_npy_close(npy);
    return status;
}

static lts_status add_ready_rows(transform_stream *stream, thinning *thin, lts_error *err)
{
    const float *rows;
    lts_status status = LTS_OK;
    for (size_t count; (count = transform_stream_take(stream, &rows)) > 0;)
        if ((status = add_rows(thin, rows, count, err)) != LTS_OK)
            return status;
    return status;
}

static lts_status analyse(lts_audio_reader *reader, transform_stream *stream, thinning *thin,
                          lts_error *err)
{
    float *x;
    size_t got = BLOCK_SAMPLES;
    lts_status status = lts_alloc_checked(&x, BLOCK_SAMPLES, sizeof *x, "samples", err);
    if (status != LTS_OK)
        return status;
    while (got == BLOCK_SAMPLES && thin->taken < thin->wanted) {
        status = lts_audio_reader_read(reader, x, BLOCK_SAMPLES, &got, err);
        if (status != LTS_OK)
            goto done;
        for (size_t fed = 0; fed < got;) {
            fed += transform_stream_feed(stream, x + fed, got - fed);
            status = add_ready_rows(stream, thin, err);
            if (status != LTS_OK)
                goto done;
        }
    }
    transform_stream_finish(stream);
    status = add_ready_rows(stream, thin, err);
done:
    lts_free(x);
    return status;
}

/* The excerpt is read with the samples around it that the longest filter reaches, and begins on a
 * hop, so that its frames are those of the whole sound. */
static lts_status add_sound(const lts_source *source, double duration, const lts_feature *feature,
                            thinning *thin, lts_error *err)
{
    lts_audio_info info;
    lts_audio_reader *reader = NULL;
    transform *plan = NULL;
    transform_stream *stream = NULL;
    double rate = lts_feature_sample_rate(feature);
    size_t hop = lts_feature_hop(feature), context = lts_feature_context(feature);
    lts_status status = lts_audio_probe(source->path, &info, err);
    if (status != LTS_OK)
        return status;
    if (!(source->offset < info.seconds))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: an excerpt from %g s on: the sound is %.3f s long: begin earlier",
                        source->path, source->offset, info.seconds);
    uint64_t start = (uint64_t)(source->offset * rate + 1e-6) / hop * hop;
    uint64_t before = start < context ? start : context;
    double longest = info.seconds * rate - (double)start;
    double excerpt = fmax(duration > 0 ? fmin(duration * rate, longest) : longest, 0);
    thin->skip = before / hop;
    status = open_thinning(thin, 1 + (uint64_t)(excerpt + 0.5) / hop, err);
    if (status != LTS_OK)
        goto done;
    status =
        lts_audio_reader_open(source->path, rate, (double)(start - before) / rate,
                              ((double)before + excerpt + (double)context) / rate, &reader, err);
    if (status != LTS_OK)
        goto done;
    status = transform_create(feature, lts_audio_reader_expected(reader), &plan, err);
    if (status != LTS_OK)
        goto done;
    status = transform_stream_create(plan, &stream, err);
    if (status != LTS_OK)
        goto done;
    status = analyse(reader, stream, thin, err);
done:
    transform_stream_destroy(stream);
    transform_destroy(plan);
    lts_audio_reader_close(reader);
    return status;
}

/* The file's name, and where the excerpt begins when that is not its start. */
static char *name_panel(const lts_source *source)
{
    char *name = lts_path_name(source->path);
    if (!name || source->offset == 0)
        return name;
    plot_locale locale = {0};
    plot_locale_enter(&locale);
    char *longer = lts_format("%s from %.6g s on", name, source->offset);
    plot_locale_leave(&locale);
    lts_free(name);
    return longer;
}

lts_status lts_plot_panel_load(const lts_source *source, double duration,
                               const lts_feature *feature, lts_plot_panel *panel, lts_error *err)
{
    *panel = (lts_plot_panel){0};
    lts_status status = lts_feature_check(feature, err);
    if (status != LTS_OK)
        return status;
    thinning thin = {.path = source->path, .bins = lts_feature_floats(feature)};
    status = lts_npy_is(source->path) ? add_array(source, duration, feature, &thin, err)
                                      : add_sound(source, duration, feature, &thin, err);
    if (status != LTS_OK)
        goto done;
    if (!(panel->title = name_panel(source))) {
        status = lts_no_memory(source->path, err);
        goto done;
    }
    const double hop = (double)lts_feature_hop(feature) / lts_feature_sample_rate(feature);
    panel->magnitudes = thin.cells;
    thin.cells = NULL;
    panel->frames = thin.taken > 0 ? (size_t)((thin.taken - 1) / thin.every + 1) : 1;
    panel->start = floor(source->offset / hop + 1e-6) * hop;
    panel->seconds_per_frame = (double)thin.every * hop;
done:
    lts_free(thin.cells);
    return status;
}

lts_status lts_plot_panel_measure(lts_plot_panel *panel, const lts_feature *feature,
                                  const lts_model *model, const lts_distance *map, unsigned threads,
                                  lts_error *err)
{
    const size_t bins = lts_feature_floats(feature), columns = lts_model_columns(model);
    lts_model_work *work = NULL;
    float *mean = NULL, *distance = NULL;
    if (lts_model_settings(model)->bins != bins)
        return lts_fail(err, LTS_ERR_SHAPE,
                        "%s: %zu bins, the model has %zu: give the run's [audio]", panel->title,
                        bins, lts_model_settings(model)->bins);
    lts_status status = lts_model_work_create(model, threads, &work, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&distance, panel->frames, sizeof *distance, "distances", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&mean, BLOCK_ROWS, columns * sizeof *mean, "latents", err);
    if (status != LTS_OK)
        goto done;
    for (size_t t = 0; t < panel->frames; t += BLOCK_ROWS) {
        const size_t left = panel->frames - t, count = left < BLOCK_ROWS ? left : BLOCK_ROWS;
        lts_model_encode(model, work, panel->magnitudes + t * bins, count, mean, NULL);
        for (size_t i = 0; i < count; i++)
            distance[t + i] = lts_distance_point(map, mean + i * columns);
    }
    panel->distance = distance;
    distance = NULL;
done:
    lts_free(distance);
    lts_free(mean);
    lts_model_work_destroy(work);
    return status;
}

void lts_plot_panel_free(lts_plot_panel *panel)
{
    lts_free((char *)panel->title);
    lts_free((float *)panel->magnitudes);
    lts_free((float *)panel->distance);
    *panel = (lts_plot_panel){0};
}
