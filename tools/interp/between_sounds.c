/* Mixtures of the excerpts of sounds, along the weights of --alpha, --curve or --mix. */
#include "between.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* The sounds and, for --mix, the text of each weight: SOUND[@TIME]=WEIGHT. */
static lts_status parse_sources(const interp_options *o, const char *audio, lts_source *sources,
                                const char **weights, lts_error *err)
{
    lts_status status;
    int inputs = 0;
    if (!o->mix.count) {
        status = lts_source_find(o->a, audio, &sources[0], err);
        if (status != LTS_OK)
            return status;
        return o->b ? lts_source_find(o->b, audio, &sources[1], err) : LTS_OK;
    }
    for (size_t s = 0; s < o->mix.count; s++) {
        const char *text = o->mix.item[s], *equals = strrchr(text, '=');
        if (!equals || equals == text || !equals[1])
            return lts_fail(err, LTS_ERR_ARGUMENT, "--mix %s: give FILE=WEIGHT", text);
        char *name = lts_format("%.*s", (int)(equals - text), text);
        status = name ? lts_source_find(name, audio, &sources[s], err) : lts_no_memory(text, err);
        lts_free(name);
        if (status != LTS_OK)
            return status;
        weights[s] = equals + 1;
        status = lts_check_distinct(o->out, weights[s], err);
        if (status != LTS_OK)
            return status;
        inputs += (strcmp(sources[s].path, "-") == 0) + (strcmp(weights[s], "-") == 0);
    }
    if (inputs > 1)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "- is named for two files to read: standard input can be one of them");
    return LTS_OK;
}

static lts_status load_curve(const char *path, double seconds, size_t frames, float *weight,
                             lts_error *err)
{
    lts_curve curve;
    lts_status status = lts_curve_load(path, seconds, &curve, err);
    if (status != LTS_OK)
        return status;
    lts_curve_resample(&curve, frames, weight);
    lts_curve_free(&curve);
    return LTS_OK;
}

/* The weight of a sound of --mix, a number or a curve file -> T values. */
static lts_status load_weight(const char *text, double seconds, size_t frames, float *weight,
                              lts_error *err)
{
    double value;
    if (!lts_parse_double(text, &value)) {
        lts_status status = load_curve(text, seconds, frames, weight, err);
        return status != LTS_ERR_NOT_FOUND
                   ? status
                   : lts_fail(err, status,
                              "--mix ...=%s: neither a number nor a curve file that is there",
                              text);
    }
    if (fabs(value) > FLT_MAX)
        return lts_fail(err, LTS_ERR_ARGUMENT, "--mix ...=%s: too large a weight", text);
    for (size_t t = 0; t < frames; t++)
        weight[t] = (float)value;
    return LTS_OK;
}

static lts_status make_weights(const interp_options *o, lts_interp *interp,
                               const char *const *texts, float *weight, lts_error *err)
{
    const lts_feature *feature = lts_renderer_feature(lts_interp_renderer(interp));
    const double seconds = (double)lts_interp_samples(interp) / lts_feature_sample_rate(feature);
    const size_t frames = lts_interp_frames(interp);
    lts_status status = LTS_OK;
    if (o->mix.count) {
        for (size_t s = 0; s < o->mix.count; s++) {
            status = load_weight(texts[s], seconds, frames, weight + s * frames, err);
            if (status != LTS_OK)
                return status;
        }
        return LTS_OK;
    }
    if (o->curve)
        status = load_curve(o->curve, seconds, frames, weight, err);
    for (size_t t = 0; t < frames; t++) {
        if (!o->b) {
            weight[t] = 1;
            continue;
        }
        if (!o->curve)
            weight[t] = (float)o->alpha.from;
        weight[frames + t] = 1 - weight[t];
    }
    return status;
}

static char *describe_path(const interp_options *o, const char *const *texts)
{
    if (o->curve)
        return lts_format("curve %s", o->curve);
    if (!o->mix.count && !o->b)
        return lts_strdup("one sound");
    if (!o->mix.count)
        return lts_format("alpha %g", o->alpha.from);
    char *text = lts_strdup("weights");
    for (size_t s = 0; text && s < o->mix.count; s++) {
        char *longer = lts_format("%s %s", text, texts[s]);
        lts_free(text);
        text = longer;
    }
    return text;
}

/* Aligns the two sounds, and says what it came to. */
static lts_status align(cli_session *cli, const interp_options *o, const lts_config *config,
                        lts_interp *interp, lts_error *err)
{
    const bool two = lts_interp_count(interp) == 2;
    lts_alignment how = align_wanted(&o->align, config, two ? LTS_ALIGNED_AUTO : LTS_ALIGNED_NONE);
    if (!two && (!o->align.given || how == LTS_ALIGNED_AUTO))
        how = LTS_ALIGNED_NONE;
    lts_status status =
        lts_interp_align(interp, how, (lts_interp_method)o->method, cli_reporter(cli), err);
    if (status != LTS_OK)
        return status;
    if (lts_interp_alignment(interp)[0])
        lts_message(cli_reporter(cli), LTS_LEVEL_NOTE, "%s", lts_interp_alignment(interp));
    return status;
}

lts_status interp_sounds(cli_session *cli, const interp_options *o, const lts_model *model,
                         const lts_config *config, const char *audio,
                         const lts_render_config *render, lts_error *err)
{
    const size_t count = o->mix.count ? o->mix.count : o->b ? 2 : 1;
    const lts_reporter *reporter = cli_reporter(cli);
    lts_interp *interp = NULL;
    lts_source *sources = NULL;
    const char **texts = NULL;
    float *weight = NULL;
    char *path = NULL;
    lts_status status = lts_alloc_checked(&sources, count, sizeof *sources, "sources", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&texts, count, sizeof *texts, "weights", err);
    if (status != LTS_OK)
        goto done;
    status = parse_sources(o, audio, sources, texts, err);
    if (status != LTS_OK)
        goto done;
    if (!o->alpha.range)
        status = lts_output_check(o->out, sources, count, err);
    if (status != LTS_OK)
        goto done;
    if (o->magnitudes)
        status = lts_output_check(o->magnitudes, sources, count, err);
    if (status != LTS_OK)
        goto done;
    status = lts_interp_open_stream(model, sources, count, o->duration, cli_threads(cli),
                                    LTS_INTERP_KEPT, &interp, reporter, err);
    if (status != LTS_OK)
        goto done;
    status = align(cli, o, config, interp, err);
    if (status != LTS_OK)
        goto done;
    if (o->alpha.range) {
        status = lts_interp_save_range(interp, o->out, o->alpha.from, o->alpha.to, o->alpha.step,
                                       render, &o->sound.output, reporter, err);
        goto done;
    }
    status = lts_alloc_checked(&weight, lts_interp_frames(interp), count * sizeof *weight,
                               "weights", err);
    if (status != LTS_OK)
        goto done;
    status = make_weights(o, interp, texts, weight, err);
    if (status != LTS_OK)
        goto done;
    path = describe_path(o, texts);
    if (!path) {
        status = lts_no_memory(o->out, err);
        goto done;
    }
    const lts_interp_made made = {
        .path = path, .weight = weight, .config = render, .magnitudes = o->magnitudes};
    status = lts_interp_save(interp, o->out, &made, &o->sound.output, reporter, err);
done:
    if (status == LTS_ERR_CANCELLED && !o->alpha.range)
        lts_fail(err, status, "%s: interrupted: nothing was written", o->out);
    lts_free(path);
    lts_free(weight);
    lts_interp_close(interp);
    for (size_t s = 0; sources && s < count; s++)
        lts_free(sources[s].path);
    lts_free(sources);
    lts_free(texts);
    return status;
}
