#include "lts/codec.h"

#include "lts/formats.h"
#include "lts/render.h"
#include "pipeline/codec/codec_notes.h"
#include "pipeline/sound/sound_writer.h"
#include "render/renderer.h"

static lts_status check_rows(const char *path, const float *rows, size_t first, size_t count,
                             size_t columns, lts_error *err)
{
    const size_t bad = lts_first_nonfinite(rows, count * columns);
    if (bad < count * columns)
        return lts_fail(err, LTS_ERR_NONFINITE,
                        "%s: row %zu, column %zu is not a finite number: mend the array", path,
                        first + bad / columns, bad % columns);
    return LTS_OK;
}

/* (T-1) hop samples, as the transform centres its frames; a single frame still sounds for a hop. */
static size_t sample_count(size_t frames, size_t hop)
{
    return frames > 1 ? (frames - 1) * hop : hop - 1;
}

/* The array's rows as magnitudes: through the decoder, or without a model as they are. */
typedef struct played {
    const lts_npy *npy;
    const lts_model *model;
    lts_renderer *renderer;
    lts_render_config config;
    float *rows;             /* (LTS_RENDER_ROWS,C), with a model */
    lts_npy_writer *written; /* gets what is decoded, or NULL */
    size_t negative;         /* magnitudes found below 0 */
} played;

static lts_status decode_rows(played *p, size_t count, float *magnitudes, lts_error *err)
{
    lts_status status = lts_renderer_decode(p->renderer, p->rows, count, magnitudes, err);
    if (status != LTS_OK || !p->written)
        return status;
    return lts_npy_writer_append(p->written, magnitudes, count, err);
}

static lts_status read_magnitudes(void *user, size_t first, size_t count, float *magnitudes,
                                  lts_error *err)
{
    played *p = user;
    const size_t columns = lts_npy_columns(p->npy);
    float *rows = p->model ? p->rows : magnitudes;
    lts_status status = lts_npy_read(p->npy, first, count, rows, err);
    if (status != LTS_OK)
        return status;
    status = check_rows(lts_npy_path(p->npy), rows, first, count, columns, err);
    if (status != LTS_OK)
        return status;
    if (p->model)
        render_measure(&p->config, NULL, NULL, NULL, count, columns, rows);
    if (p->model)
        return decode_rows(p, count, magnitudes, err);
    if (!lts_feature_is_magnitude(lts_renderer_feature(p->renderer)))
        return LTS_OK;
    for (size_t i = 0; i < count * columns; i++) {
        p->negative += magnitudes[i] < 0;
        magnitudes[i] = magnitudes[i] > 0 ? magnitudes[i] : 0;
    }
    return status;
}

/* The array, refused unless its rows are what the model decodes, or without one magnitudes. */
static lts_status open_array(const char *path, const lts_model *model, const lts_feature *feature,
                             lts_npy **npy, lts_error *err)
{
    size_t columns = model ? lts_model_columns(model) : lts_feature_floats(feature);
    char shape[LTS_FEATURE_SHAPE_TEXT];
    lts_status status = lts_npy_open(path, npy, err);
    if (status != LTS_OK)
        return status;
    lts_feature_shape_text(feature, shape);
    if (lts_npy_columns(*npy) != columns)
        return lts_fail(err, LTS_ERR_SHAPE, "%s: %zu columns, expected %zu (%s: %s)", path,
                        lts_npy_columns(*npy), columns,
                        !model                       ? shape
                        : lts_model_has_level(model) ? "the model's latent dimensions and a level"
                                                     : "the model's latent dimensions",
                        model ? "encode with the same run" : "name the settings with --config");
    if (lts_npy_rows(*npy) == 0)
        return lts_fail(err, LTS_ERR_SHAPE, "%s: holds no rows: nothing to play", path);
    return status;
}

/* Renders the array into a file. */
static lts_status write_sound(played *from, const lts_feature *feature,
                              const lts_sound_output *output, const char *file,
                              const lts_reporter *reporter, lts_error *err)
{
    const char *npy_path = lts_npy_path(from->npy);
    const lts_mixture mixture = {
        .frames = lts_npy_rows(from->npy), .rows = read_magnitudes, .rows_user = from};
    char *origin =
        from->model ? lts_format("latent path %s, model %s", npy_path, lts_model_hash(from->model))
                    : lts_format("magnitudes %s", npy_path);
    const lts_sound sound = {.file = file,
                             .path = npy_path,
                             .origin = origin,
                             .phase = &from->config.phase,
                             .distance = from->config.measured,
                             .n = sample_count(mixture.frames, lts_feature_hop(feature)),
                             .sample_rate = lts_feature_sample_rate(feature)};
    sound_writer *writer = NULL;
    lts_status status =
        origin ? sound_writer_open(&sound, output, &writer, err) : lts_no_memory(file, err);
    if (status != LTS_OK)
        goto done;
    status = lts_render(from->renderer, &mixture, &from->config, sound.n,
                        &(lts_render_output){.sink = sound_writer_append, .user = writer}, reporter,
                        err);
    if (from->negative)
        lts_message(reporter, LTS_LEVEL_WARNING, "%s: %zu magnitudes below 0 were taken as 0",
                    npy_path, from->negative);
    if (status != LTS_OK)
        goto done;
    status = sound_writer_commit(writer, reporter, err);
    writer = NULL;
done:
    sound_writer_abort(writer);
    lts_free(origin);
    return status;
}

/* Decodes the array with no sound. */
static lts_status write_magnitudes(played *from, const char *file, const lts_reporter *reporter,
                                   lts_error *err)
{
    const size_t frames = lts_npy_rows(from->npy);
    float *magnitudes = NULL;
    lts_status status =
        lts_alloc_checked(&magnitudes, LTS_RENDER_ROWS,
                          lts_model_settings(from->model)->bins * sizeof(float), file, err);
    if (status != LTS_OK)
        return status;
    for (size_t t = 0, count; t < frames; t += count) {
        count = frames - t < LTS_RENDER_ROWS ? frames - t : LTS_RENDER_ROWS;
        if ((status = read_magnitudes(from, t, count, magnitudes, err)) != LTS_OK)
            goto done;
        if (lts_cancelled(reporter)) {
            status = LTS_ERR_CANCELLED;
            goto done;
        }
    }
done:
    lts_free(magnitudes);
    return status;
}

/* The files to write may be none of the others. */
static lts_status check_outputs(const char *npy_path, const char *wav_path,
                                const char *magnitudes_path, lts_error *err)
{
    const lts_source input = {.path = (char *)npy_path};
    lts_status status = wav_path ? lts_output_check(wav_path, &input, 1, err) : LTS_OK;
    if (status != LTS_OK || !magnitudes_path)
        return status;
    status = lts_output_check(magnitudes_path, &input, 1, err);
    if (status != LTS_OK || !wav_path)
        return status;
    if (lts_same_file(wav_path, magnitudes_path) ||
        (lts_is_standard_output(wav_path) && lts_is_standard_output(magnitudes_path)))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: named for both the sound and the magnitudes: name two files",
                        magnitudes_path);
    return LTS_OK;
}

/* Both jobs: with a model the array is a latent path, without one it is magnitudes. wav_path or
 * magnitudes_path may be NULL. */
static lts_status play(const lts_model *model, unsigned threads, const lts_feature *feature,
                       const char *npy_path, const lts_render_config *config,
                       const lts_sound_output *output, const char *wav_path,
                       const char *magnitudes_path, const lts_reporter *reporter, lts_error *err)
{
    lts_npy *npy = NULL;
    lts_renderer *renderer = NULL;
    lts_distance_stats distances = {0};
    played from = {.model = model, .config = *config};
    if (lts_feature_is_note(feature)) {
        lts_status checked = check_outputs(npy_path, wav_path, magnitudes_path, err);
        return checked != LTS_OK
                   ? checked
                   : codec_decode_notes(model, feature, npy_path, threads, config, output, wav_path,
                                        magnitudes_path, reporter, err);
    }
    lts_status status = open_array(npy_path, model, feature, &npy, err);
    if (status != LTS_OK)
        goto done;
    status = check_outputs(npy_path, wav_path, magnitudes_path, err);
    if (status != LTS_OK)
        goto done;
    const size_t n = sample_count(lts_npy_rows(npy), lts_feature_hop(feature));
    status = model ? lts_renderer_create(model, n, threads, &renderer, err)
                   : lts_renderer_create_plain(feature, n, &renderer, err);
    if (status != LTS_OK)
        goto done;
    if (model)
        status = lts_alloc_checked(&from.rows, LTS_RENDER_ROWS,
                                   lts_npy_columns(npy) * sizeof *from.rows, "rows", err);
    from.npy = npy;
    from.config.measured = &distances;
    from.renderer = renderer;
    if (status != LTS_OK)
        goto done;
    if (magnitudes_path)
        status =
            lts_npy_writer_open(magnitudes_path, lts_feature_floats(feature), &from.written, err);
    if (status != LTS_OK)
        goto done;
    status = wav_path ? write_sound(&from, feature, output, wav_path, reporter, err)
                      : write_magnitudes(&from, magnitudes_path, reporter, err);
    if (status != LTS_OK || !from.written)
        goto done;
    status = lts_npy_writer_commit(from.written, err);
    from.written = NULL;
done:
    if (status == LTS_ERR_CANCELLED)
        lts_fail(err, status, "%s: interrupted: nothing was written",
                 wav_path ? wav_path : magnitudes_path);
    lts_npy_writer_abort(from.written);
    lts_free(from.rows);
    lts_renderer_destroy(renderer);
    lts_npy_close(npy);
    return status;
}

lts_status lts_decode_latent(const lts_model *model, const char *npy_path, unsigned threads,
                             const lts_render_config *config, const lts_sound_output *output,
                             const char *wav_path, const char *magnitudes_path,
                             const lts_reporter *reporter, lts_error *err)
{
    const lts_feature *feature;
    lts_status status = lts_model_check_latent(model, err);
    if (status != LTS_OK)
        return status;
    status = lts_model_feature(model, &feature, err);
    if (status != LTS_OK)
        return status;
    return play(model, threads, feature, npy_path, config, output, wav_path, magnitudes_path,
                reporter, err);
}

lts_status lts_decode_features(const lts_feature *feature, const char *npy_path,
                               const lts_phase_config *phase, const lts_sound_output *output,
                               const char *wav_path, const lts_reporter *reporter, lts_error *err)
{
    return play(NULL, 1, feature, npy_path, &(lts_render_config){.phase = *phase}, output, wav_path,
                NULL, reporter, err);
}
