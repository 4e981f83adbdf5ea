#include "pipeline/examples.h"

#include "lts/audio.h"
#include "lts/render.h"

#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

/* One thread's scratch. */
typedef struct example_worker {
    lts_cqt_work *cqt;
    lts_model_work *model;
} example_worker;

typedef struct example_job {
    const example_set *set;
    const lts_reporter *reporter;
    lts_events *events; /* NULL: examples, otherwise previews */
    uint64_t epoch;
    lts_paths sounds;
    const char *hash; /* of the model */
    lts_cqt *cqt;
    example_worker *worker;
    pthread_mutex_t lock; /* of all below, of the events and of the reporter */
    size_t made, seen;
    lts_status status; /* the first that ends the job */
    lts_error error;
} example_job;

/* A sound on its way; x, own and model are N samples. */
typedef struct example {
    char *name, *folder;
    double offset;
    size_t n, frames;
    float *x, *own, *model;
    float *magnitudes; /* (T,K) */
    float *mean;       /* (T,Z) */
} example;

static void free_example(example *e)
{
    lts_free(e->name);
    lts_free(e->folder);
    lts_free(e->x);
    lts_free(e->own);
    lts_free(e->model);
    lts_free(e->magnitudes);
    lts_free(e->mean);
}

static lts_status load(const example_job *job, size_t item, example *e, lts_error *err)
{
    const example_set *set = job->set;
    const char *path = job->sounds.item[item];
    lts_audio_info info;
    lts_status status = lts_audio_probe(path, &info, err);
    if (status != LTS_OK)
        return status;
    if (info.seconds > set->seconds) {
        lts_rng rng;
        lts_rng_seed(&rng, set->seed, item);
        e->offset = lts_rng_uniform(&rng) * (info.seconds - set->seconds);
    }
    status =
        lts_audio_load(path, set->audio.sample_rate, e->offset, set->seconds, &e->x, &e->n, err);
    if (status != LTS_OK)
        return status;
    e->frames = lts_cqt_frames(&set->audio, e->n);
    e->name = lts_path_stem(path);
    e->folder = e->name ? lts_path_join(set->output, e->name) : NULL;
    if (!e->folder)
        return lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory", path);
    const lts_model_config *model = lts_model_settings(set->model);
    const struct {
        float **array;
        size_t rows, columns;
    } wanted[] = {{&e->magnitudes, e->frames, model->bins},
                  {&e->mean, e->frames, model->latent},
                  {&e->own, e->n, 1},
                  {&e->model, e->n, 1}};
    for (size_t i = 0; status == LTS_OK && i < sizeof wanted / sizeof *wanted; i++)
        status = lts_alloc_checked(wanted[i].array, wanted[i].rows * wanted[i].columns,
                                   sizeof(float), path, err);
    return status;
}

static lts_status reconstruct(example_job *job, const example_worker *worker, example *e,
                              lts_error *err)
{
    const example_set *set = job->set;
    lts_status status = LTS_OK;
    lts_phase_config phase = lts_phase_defaults();
    phase.iterations = set->iterations;
    phase.seed = set->seed;
    lts_cqt_magnitudes(job->cqt, worker->cqt, e->x, e->n, e->magnitudes);
    if (!job->events)
        status = lts_phase_recover(job->cqt, worker->cqt, e->magnitudes, e->frames, &phase, e->own,
                                   e->n, NULL, err);
    if (status != LTS_OK)
        return status;
    lts_model_encode(set->model, worker->model, e->magnitudes, e->frames, e->mean, NULL);
    lts_model_decode(set->model, worker->model, e->mean, e->frames, e->magnitudes);
    /* A linear output may fall below zero, where no magnitude is. */
    for (size_t i = 0; i < e->frames * lts_cqt_bins(&set->audio); i++)
        e->magnitudes[i] = e->magnitudes[i] < 0 ? 0 : e->magnitudes[i];
    status = lts_phase_recover(job->cqt, worker->cqt, e->magnitudes, e->frames, &phase, e->model,
                               e->n, NULL, err);
    if (status == LTS_OK && set->normalize)
        lts_normalize(e->model, e->n);
    return status;
}

static lts_status save(const example_job *job, const example *e, const char *file, const float *x,
                       lts_error *err)
{
    char *path = lts_path_join(e->folder, file);
    char *comment = lts_format("latent-timbre %s, model %s, %s@%.3f", LTS_VERSION, job->hash,
                               e->name, e->offset);
    lts_audio_format format = {
        .sample_rate = job->set->audio.sample_rate, .bits = LTS_AUDIO_FLOAT, .comment = comment};
    lts_status status = path && comment
                            ? lts_audio_save(path, x, e->n, &format, err)
                            : lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory", e->folder);
    lts_free(comment);
    lts_free(path);
    return status;
}

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
                                         job->set->audio.sample_rate, err);
    pthread_mutex_unlock(&job->lock);
    return status;
}

static lts_status write_preview(example_job *job, example *e, lts_error *err)
{
    char *file = lts_format("test_reconst_%05" PRIu64 ".wav", job->epoch);
    char *tag = lts_format("%s/original", e->name),
         *first = lts_path_join(e->folder, "original.wav");
    lts_status status = file && tag && first
                            ? save(job, e, file, e->model, err)
                            : lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory", e->folder);
    if (status == LTS_OK)
        status = record(job, e->name, e, e->model, err);
    if (status == LTS_OK && !lts_is_file(first)) {
        status = save(job, e, "original.wav", e->x, err);
        if (status == LTS_OK)
            status = record(job, tag, e, e->x, err);
    }
    lts_free(first);
    lts_free(tag);
    lts_free(file);
    return status;
}

static lts_status write_sounds(example_job *job, example *e, lts_error *err)
{
    lts_status status = lts_make_folder(e->folder, err);
    if (status == LTS_OK && job->events)
        return write_preview(job, e, err);
    if (status == LTS_OK)
        status = save(job, e, "original.wav", e->x, err);
    if (status == LTS_OK)
        status = save(job, e, "original-icqt+gL.wav", e->own, err);
    if (status == LTS_OK)
        status = save(job, e, "VAE-output+gL.wav", e->model, err);
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

static void one_sound(void *context, size_t item, unsigned thread)
{
    example_job *job = context;
    example e = {0};
    lts_error err;
    if (stopped(job))
        return;
    bool readable = false;
    lts_status status = load(job, item, &e, &err);
    if (status == LTS_OK)
        status = reconstruct(job, &job->worker[thread], &e, &err);
    if (status == LTS_OK) {
        readable = true;
        status = write_sounds(job, &e, &err);
    }
    free_example(&e);
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

static lts_status make_workers(example_job *job, unsigned count, lts_error *err)
{
    const example_set *set = job->set;
    size_t samples = (size_t)(set->seconds * set->audio.sample_rate) + 1;
    lts_status status = lts_cqt_create(&set->audio, samples, &job->cqt, err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&job->worker, count, sizeof *job->worker, "workers", err);
    for (unsigned i = 0; status == LTS_OK && i < count; i++) {
        status = lts_cqt_work_create(job->cqt, &job->worker[i].cqt, err);
        if (status == LTS_OK)
            status = lts_model_work_create(set->model, 1, &job->worker[i].model, err);
    }
    return status;
}

static lts_status run(example_job *job, lts_error *err)
{
    const example_set *set = job->set;
    lts_status status = lts_audio_walk(set->sounds, &job->sounds, NULL, err);
    unsigned workers = set->threads ? set->threads : 1;
    if (workers > job->sounds.count)
        workers = (unsigned)job->sounds.count;
    job->hash = lts_model_hash(set->model);
    if (status == LTS_OK && workers > 0) {
        status = make_workers(job, workers, err);
        if (status == LTS_OK) {
            pthread_mutex_init(&job->lock, NULL);
            lts_parallel_for(job->sounds.count, workers, one_sound, job);
            pthread_mutex_destroy(&job->lock);
            status = job->status;
            if (status != LTS_OK && err)
                *err = job->error;
        }
    }
    for (unsigned i = 0; job->worker && i < workers; i++) {
        lts_model_work_destroy(job->worker[i].model);
        lts_cqt_work_destroy(job->worker[i].cqt);
    }
    lts_free(job->worker);
    lts_cqt_destroy(job->cqt);
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
