#include "pipeline/train/train_job.h"

#include "lts/prior_file.h"

#include <math.h>

/* Notes that are encoded at most, evenly spread: a hundred for each of the numbers that a condition
 * commonly has. */
enum { MOST = 8192 };

typedef struct encoded {
    lts_model_work *work;
    float *example;                                 /* (K) */
    float *conditions, *means, *variances, *levels; /* (n,C), (n,Z), (n,Z), (n,2) */
} encoded;

static lts_status open_encoded(const train_job *job, const lts_model *model, size_t n, encoded *e,
                               lts_error *err)
{
    const lts_model_config *settings = lts_model_settings(model);
    const struct {
        float **array;
        size_t rows, columns;
    } arrays[] = {{&e->example, 1, settings->bins},
                  {&e->conditions, n, settings->conditions},
                  {&e->means, n, settings->latent},
                  {&e->variances, n, settings->latent},
                  {&e->levels, n, LTS_PRIOR_LEVELS}};
    lts_status status = lts_model_work_create(model, job->training.threads, &e->work, err);
    if (status != LTS_OK)
        return status;
    for (size_t a = 0; a < sizeof arrays / sizeof *arrays; a++) {
        status = lts_alloc_checked(arrays[a].array, arrays[a].rows,
                                   arrays[a].columns * sizeof(float), "a prior", err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

static void close_encoded(encoded *e)
{
    lts_model_work_destroy(e->work);
    lts_free(e->example);
    lts_free(e->conditions);
    lts_free(e->means);
    lts_free(e->variances);
    lts_free(e->levels);
}

/* Note `at` of those trained on, as number i. */
static lts_status encode(const train_job *job, const lts_model *model, uint64_t at, size_t i,
                         encoded *e, lts_error *err)
{
    const size_t latent = lts_model_settings(model)->latent;
    const size_t told = lts_model_settings(model)->conditions;
    const size_t file = lts_frames_file_of(job->frames, LTS_FRAMES_TRAIN, at);
    const lts_note *note = lts_labels_at(lts_frames_labels(job->frames), file);
    const lts_note_range span =
        isnan(note->min) ? lts_note_span(&job->feature) : (lts_note_range){note->min, note->max};
    float *row = e->conditions + i * told;
    lts_status status = lts_frames_read(job->frames, file, 0, 1, e->example, err);
    if (status != LTS_OK)
        return status;
    for (size_t c = 0; c < told; c++)
        row[c] = train_condition_of(job, file)[c];
    lts_model_work_condition(e->work, row);
    lts_model_encode(model, e->work, e->example, 1, e->means + i * latent,
                     e->variances + i * latent);
    for (size_t z = 0; z < latent; z++)
        e->variances[i * latent + z] = expf(e->variances[i * latent + z]);
    e->levels[i * LTS_PRIOR_LEVELS] = (float)span.min;
    e->levels[i * LTS_PRIOR_LEVELS + 1] = (float)span.max;
    return LTS_OK;
}

lts_status train_prior(const train_job *job, const lts_model *model, lts_error *err)
{
    if (!job->conditions)
        return LTS_OK;
    const uint64_t total = lts_frames_count(job->frames, LTS_FRAMES_TRAIN);
    const size_t n = total < MOST ? (size_t)total : MOST;
    char *path = train_path(job, TRAIN_PRIOR);
    lts_prior prior = {0};
    encoded e = {0};
    double share;
    lts_status status = path ? open_encoded(job, model, n, &e, err) : lts_no_memory(job->run, err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < n; i++) {
        status =
            lts_cancelled(job->reporter)
                ? lts_fail(err, LTS_ERR_CANCELLED, "stopped before the prior")
                : encode(job, model, (uint64_t)((double)i * (double)total / (double)n), i, &e, err);
        if (status != LTS_OK)
            goto done;
    }
    status = lts_prior_fit(e.conditions, e.means, e.variances, e.levels, n,
                           lts_model_settings(model)->conditions, lts_model_settings(model)->latent,
                           &prior, &share, err);
    if (status != LTS_OK)
        goto done;
    status = lts_prior_save(&prior, model, path, err);
    if (status != LTS_OK)
        goto done;
    const lts_field field[] = {{.name = "file", .text = path}, {.name = "share", .number = share}};
    lts_record(job->reporter, "prior", field, sizeof field / sizeof *field);
    lts_message(job->reporter, LTS_LEVEL_NOTE,
                "%s: conditions tell %.0f %% of the variance of latent points", path, 100 * share);
done:
    lts_prior_free(&prior);
    close_encoded(&e);
    lts_free(path);
    return status;
}
