#include "pipeline/train/examples/examples.h"

#include "lts/audio.h"
#include "pipeline/train/examples/example_sound.h"

#include <inttypes.h>
#include <math.h>
#include <pthread.h>

typedef struct example_job {
    const example_set *set;
    const lts_reporter *reporter;
    lts_events *events; /* NULL: examples, otherwise previews */
    uint64_t epoch;
    lts_paths sounds;
    const char *hash;        /* of the model */
    lts_renderer **renderer; /* one a thread */
    pthread_mutex_t lock;    /* of all below, of the events and of the reporter */
    size_t made, seen;
    lts_status status; /* the first that ends the job */
    lts_error error;
} example_job;

/* TensorBoard keeps 16 bits: what is louder than full scale is brought down to it. */
static lts_status record(example_job *job, const char *tag, example *e, float *x, lts_error *err)
{
    float peak = 0;
    for (size_t i = 0; i < e->n; i++)
        peak = fmaxf(peak, fabsf(x[i]));
    for (size_t i = 0; peak > 1 && i < e->n; i++)
        x[i] /= peak;
    pthread_mutex_lock(&job->lock);
    lts_status status = lts_events_audio(job->events, tag, (int64_t)job->epoch, x, e->n,
                                         lts_feature_sample_rate(&job->set->feature), err);
    pthread_mutex_unlock(&job->lock);
    return status;
}

static lts_status write_preview(example_job *job, example *e, lts_error *err)
{
    char *file = lts_format("test_reconst_%05" PRIu64 ".wav", job->epoch);
    char *tag = lts_format("%s/original", e->name),
         *first = lts_path_join(e->folder, "original.wav");
    lts_status status = file && tag && first
                            ? example_save(job->set, job->hash, e, file, e->model, err)
                            : lts_no_memory(e->folder, err);
    if (status != LTS_OK)
        goto done;
    status = record(job, e->name, e, e->model, err);
    if (status != LTS_OK || lts_is_file(first))
        goto done;
    status = example_save(job->set, job->hash, e, "original.wav", e->x, err);
    if (status != LTS_OK)
        goto done;
    status = record(job, tag, e, e->x, err);
done:
    lts_free(first);
    lts_free(tag);
    lts_free(file);
    return status;
}

static lts_status write_sounds(example_job *job, example *e, lts_error *err)
{
    lts_status status = lts_make_folder(e->folder, err);
    if (status != LTS_OK)
        return status;
    if (job->events)
        return write_preview(job, e, err);
    if (status != LTS_OK)
        return status;
    status = example_save(job->set, job->hash, e, "original.wav", e->x, err);
    if (status != LTS_OK)
        return status;
    status = example_save(job->set, job->hash, e, "original-icqt+gL.wav", e->own, err);
    if (status != LTS_OK)
        return status;
    status = example_save(job->set, job->hash, e, "VAE-output+gL.wav", e->model, err);
    return status;
}

static bool stopped(example_job *job)
{
    pthread_mutex_lock(&job->lock);
    if (job->status == LTS_OK && lts_cancelled(job->reporter))
        job->status =
            lts_fail(&job->error, LTS_ERR_CANCELLED, "%s: stopped after %zu of %zu sounds",
                     job->set->output, job->made, job->sounds.count);
    bool stop = job->status != LTS_OK;
    pthread_mutex_unlock(&job->lock);
    return stop;
}

static lts_status make_example(example_job *job, size_t item, unsigned thread, bool *readable,
                               lts_error *err)
{
    example e = {0};
    lts_status status = example_load(job->set, job->sounds.item[item], item, &e, err);
    if (status != LTS_OK)
        goto done;
    status = example_reconstruct(job->set, job->renderer[thread], !job->events, &e, err);
    if (status != LTS_OK)
        goto done;
    *readable = true;
    status = write_sounds(job, &e, err);
done:
    example_free(&e);
    return status;
}

static void one_sound(void *context, size_t item, unsigned thread)
{
    example_job *job = context;
    lts_error err;
    if (stopped(job))
        return;
    bool readable = false;
    lts_status status = make_example(job, item, thread, &readable, &err);
    pthread_mutex_lock(&job->lock);
    job->seen++;
    job->made += status == LTS_OK;
    if (status != LTS_OK && !readable && status != LTS_ERR_MEMORY)
        lts_message(job->reporter, LTS_LEVEL_WARNING, "%s", err.text);
    else if (status != LTS_OK && job->status == LTS_OK) {
        job->status = status;
        job->error = err;
    }
    lts_progress(job->reporter, "sounds", (double)job->seen, (double)job->sounds.count, 0);
    pthread_mutex_unlock(&job->lock);
}

static lts_status create_renderers(example_job *job, unsigned count, lts_error *err)
{
    const example_set *set = job->set;
    size_t samples = (size_t)(set->seconds * lts_feature_sample_rate(&set->feature)) + 1;
    lts_status status =
        lts_alloc_checked(&job->renderer, count, sizeof(lts_renderer *), "renderers", err);
    if (status != LTS_OK)
        return status;
    for (unsigned i = 0; i < count; i++) {
        status =
            lts_renderer_create_with(set->model, &set->feature, samples, 1, &job->renderer[i], err);
        if (status != LTS_OK)
            return status;
    }
    return status;
}

static lts_status run(example_job *job, lts_error *err)
{
    const example_set *set = job->set;
    unsigned workers = set->threads ? set->threads : 1;
    job->hash = lts_model_hash(set->model);
    lts_status status = lts_audio_walk(set->sounds, &job->sounds, NULL, err);
    if (workers > job->sounds.count)
        workers = (unsigned)job->sounds.count;
    if (status != LTS_OK || workers == 0)
        goto done;
    status = create_renderers(job, workers, err);
    if (status != LTS_OK)
        goto done;
    pthread_mutex_init(&job->lock, NULL);
    lts_parallel_for(job->sounds.count, workers, one_sound, job);
    pthread_mutex_destroy(&job->lock);
    status = job->status;
    if (status != LTS_OK && err)
        *err = job->error;
done:
    for (unsigned i = 0; job->renderer && i < workers; i++)
        lts_renderer_destroy(job->renderer[i]);
    lts_free(job->renderer);
    lts_paths_free(&job->sounds);
    return status;
}

lts_status examples_write(const example_set *set, const lts_reporter *reporter, size_t *made,
                          lts_error *err)
{
    example_job job = {.set = set, .reporter = reporter};
    lts_status status = run(&job, err);
    *made = job.made;
    return status;
}

lts_status previews_write(const example_set *set, uint64_t epoch, lts_events *events,
                          const lts_reporter *reporter, lts_error *err)
{
    example_job job = {.set = set, .reporter = reporter, .events = events, .epoch = epoch};
    return run(&job, err);
}
