#include "pipeline/match/matcher.h"

#include "match/measures.h"
#include "pipeline/synth/synth_folder.h"

#include <math.h>
#include <stdlib.h>

enum { LOUDNESS_EXAMPLES = 15 };

static double rms(const float *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return sqrt(sum / (double)n);
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* How loud sounds of the space are, by a few of them; those in which a plugin fails are left out.
 */
static lts_status measure_loudness(lts_matcher *m, lts_error *err)
{
    double level[LOUDNESS_EXAMPLES];
    size_t count = 0;
    lts_status status = LTS_OK;
    for (uint64_t i = 0; i < LOUDNESS_EXAMPLES; i++) {
        lts_synth_draw(m->space, 0, i, m->label);
        status = lts_synth_render_classes(m->synth, m->label, m->sound, err);
        if (status == LTS_OK)
            level[count++] = rms(m->sound, m->samples);
        else if (status != LTS_ERR_PLUGIN)
            return status;
    }
    if (count == 0)
        return status;
    qsort(level, count, sizeof *level, compare);
    m->quiet = level[0];
    m->usual = level[count / 2];
    m->loud = level[count - 1];
    return LTS_OK;
}

/* The classifier must name the parameters that the file has, and hear the sounds that it makes. */
static lts_status check(const lts_matcher *m, const lts_feature *feature, const char *path,
                        lts_error *err)
{
    const lts_model_config *model = lts_model_settings(m->model);
    const double rate = lts_synth_space_settings(m->space)->sample_rate;
    if (model->parameters != m->free)
        return lts_fail(err, LTS_ERR_SHAPE,
                        "%s: %zu free parameters, but the run's model names %zu", path, m->free,
                        model->parameters);
    for (size_t f = 0; f < m->free; f++) {
        const lts_synth_parameter parameter =
            lts_synth_space_at(m->space, lts_synth_space_free_at(m->space, f));
        if (parameter.levels > model->classes)
            return lts_fail(err, LTS_ERR_SHAPE,
                            "%s: %s has %zu levels, but the run's model tells %zu apart", path,
                            parameter.name, parameter.levels, model->classes);
    }
    if (lts_feature_sample_rate(feature) != rate || (size_t)feature->segment.samples != m->samples)
        return lts_fail(err, LTS_ERR_SHAPE,
                        "%s: sounds of %zu samples at %g Hz, but the run's model hears %d at %g Hz",
                        path, m->samples, rate, feature->segment.samples,
                        lts_feature_sample_rate(feature));
    return LTS_OK;
}

static lts_status allocate(lts_matcher *m, lts_error *err)
{
    static const char what[] = "a matcher";
    const size_t inputs = lts_model_settings(m->model)->bins;
    lts_status status = lts_alloc_checked(&m->example, inputs, sizeof *m->example, what, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&m->sound, m->samples, sizeof *m->sound, what, err);
    if (status != LTS_OK)
        return status;
    return lts_alloc_checked(&m->label, m->free, sizeof *m->label, what, err);
}

static lts_status open_parts(lts_matcher *m, const char *path, lts_error *err)
{
    const lts_feature *feature;
    lts_status status = lts_run_model(m->run, &m->model, err);
    if (status != LTS_OK)
        return status;
    status = lts_model_check_classes(m->model, err);
    if (status != LTS_OK)
        return status;
    status = lts_model_feature(m->model, &feature, err);
    if (status != LTS_OK)
        return status;
    if (lts_feature_is_note(feature))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: the run's model names descriptors of notes, no synthesizer's "
                        "parameters: name a run of lts-synth's sounds",
                        m->run);
    status = lts_synth_space_load(path, &m->space, err);
    if (status != LTS_OK)
        return status;
    m->samples = lts_synth_space_samples(m->space);
    m->parameters = lts_synth_space_count(m->space);
    m->free = lts_synth_space_free(m->space);
    m->classes = lts_model_settings(m->model)->classes;
    status = check(m, feature, path, err);
    if (status != LTS_OK)
        return status;
    status = allocate(m, err);
    if (status != LTS_OK)
        return status;
    status = lts_classifier_create(m->model, m->threads, &m->classifier, err);
    if (status != LTS_OK)
        return status;
    status = transform_create(feature, m->samples, &m->transform, err);
    if (status != LTS_OK)
        return status;
    status = transform_work_create(m->transform, &m->work, err);
    if (status != LTS_OK)
        return status;
    status = lts_synth_create(m->space, &m->synth, err);
    if (status != LTS_OK)
        return status;
    return measure_loudness(m, err);
}

lts_status lts_matcher_open(const char *run, unsigned threads, lts_matcher **out, lts_error *err)
{
    lts_matcher *m = NULL;
    char *path = NULL;
    *out = NULL;
    lts_status status = lts_alloc_checked(&m, 1, sizeof *m, "a matcher", err);
    if (status != LTS_OK)
        return status;
    *m =
        (lts_matcher){.run = lts_strdup(run), .threads = threads ? threads : lts_processor_count()};
    path = lts_path_join(run, SYNTH_PARAMETERS);
    status = m->run && path ? open_parts(m, path, err) : lts_no_memory(run, err);
    if (status != LTS_OK)
        goto done;
    *out = m;
    m = NULL;
done:
    lts_free(path);
    lts_matcher_close(m);
    return status;
}

void lts_matcher_close(lts_matcher *m)
{
    if (!m)
        return;
    lts_synth_destroy(m->synth);
    transform_work_destroy(m->work);
    transform_destroy(m->transform);
    lts_classifier_destroy(m->classifier);
    lts_model_destroy(m->model);
    lts_synth_space_destroy(m->space);
    lts_free(m->example);
    lts_free(m->sound);
    lts_free(m->label);
    lts_free(m->run);
    lts_free(m);
}

const lts_synth_space *lts_matcher_space(const lts_matcher *m)
{
    return m->space;
}

size_t lts_matcher_samples(const lts_matcher *m)
{
    return m->samples;
}

size_t lts_matcher_classes(const lts_matcher *m)
{
    return m->classes;
}

void matcher_label(lts_matcher *m, const float *probability)
{
    for (size_t f = 0; f < m->free; f++) {
        const float *p = probability + f * m->classes;
        const size_t levels =
            lts_synth_space_at(m->space, lts_synth_space_free_at(m->space, f)).levels;
        m->label[f] = (int32_t)measure_most_probable(p, levels);
    }
}
