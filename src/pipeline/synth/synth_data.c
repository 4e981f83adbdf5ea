#include "lts/synth_data.h"

#include "pipeline/synth/synth_output.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

/* Floats in work at once, but a sound for each thread at least. */
enum { MOST_FLOATS = 8 << 20, MOST_AT_ONCE = 512 };
/* Of so many examples one must be rendered, else the rest is not tried. */
enum { TRIAL = 16 };

typedef struct job {
    const lts_synth_data *data;
    const lts_reporter *reporter;
    pthread_mutex_t lock; /* of the reporter, while sounds are made */
    size_t samples, free;
    uint64_t count, first; /* sounds; the first of those in work */
    uint64_t dropped;
    lts_synth **synth; /* (threads) */
    unsigned threads;
    float *x;         /* (at_once, samples) */
    int32_t *classes; /* (at_once, free) */
    lts_status *status;
    lts_error *error; /* (at_once) */
    size_t at_once;
} job;

static lts_status write_wav(const job *j, uint64_t index, const float *x, lts_error *err)
{
    char *name = lts_format("%s/audio/%06llu.wav", j->data->folder, (unsigned long long)index);
    char *comment = lts_format("lts-synth: example %llu of seed %llu", (unsigned long long)index,
                               (unsigned long long)j->data->seed);
    const lts_audio_format format = {.sample_rate =
                                         lts_synth_space_settings(j->data->space)->sample_rate,
                                     .bits = j->data->bits,
                                     .comment = j->data->complete ? NULL : comment};
    lts_status status = name && comment ? lts_audio_save(name, x, j->samples, &format, err)
                                        : lts_no_memory(j->data->folder, err);
    lts_free(name);
    lts_free(comment);
    return status;
}

static bool is_stopped(job *j)
{
    pthread_mutex_lock(&j->lock);
    const bool stopped = lts_cancelled(j->reporter);
    pthread_mutex_unlock(&j->lock);
    return stopped;
}

static void make_sound(void *context, size_t item, unsigned worker)
{
    job *j = context;
    int32_t *classes = j->classes + item * j->free;
    float *x = j->x + item * j->samples;
    const uint64_t index = j->first + item;
    lts_error reason = {0};
    if (is_stopped(j)) {
        j->status[item] = lts_fail(&j->error[item], LTS_ERR_CANCELLED,
                                   "%s: interrupted: no array was written", j->data->folder);
        return;
    }
    if (j->data->complete)
        lts_synth_enumerate(j->data->space, index, classes);
    else
        lts_synth_draw(j->data->space, j->data->seed, index, classes);
    lts_status status = lts_synth_render_classes(j->synth[worker], classes, x, &reason);
    if (status != LTS_OK)
        lts_fail(&j->error[item], status, "%s: example %llu: %.900s", j->data->folder,
                 (unsigned long long)index, reason.text);
    else if (j->data->wav)
        status = write_wav(j, index, x, &j->error[item]);
    j->status[item] = status;
}

static lts_status check_job(const lts_synth_data *data, uint64_t *count, lts_error *err)
{
    const double size = lts_synth_space_size(data->space);
    const double rate = lts_synth_space_settings(data->space)->sample_rate;
    *count = data->count;
    if (lts_synth_space_free(data->space) == 0)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: every parameter is fixed: give one of them levels", data->folder);
    if (data->wav && rate != floor(rate))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: a WAV needs a whole sample rate, not %g",
                        data->folder, rate);
    if (!data->complete)
        return *count > 0 ? LTS_OK
                          : lts_fail(err, LTS_ERR_ARGUMENT, "%s: no sounds to make", data->folder);
    if (size > LTS_SYNTH_COMPLETE_MOST)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: the space has %.*g sounds, complete is for at most %d: fix some "
                        "parameters or draw at random",
                        data->folder, size < 1e15 ? 15 : 3, size, LTS_SYNTH_COMPLETE_MOST);
    *count = (uint64_t)size;
    return LTS_OK;
}

static void close_job(job *j)
{
    for (unsigned t = 0; j->synth && t < j->threads; t++)
        lts_synth_destroy(j->synth[t]);
    lts_free(j->synth);
    lts_free(j->x);
    lts_free(j->classes);
    lts_free(j->status);
    lts_free(j->error);
}

static lts_status open_job(job *j, lts_error *err)
{
    const lts_synth_data *data = j->data;
    j->samples = lts_synth_space_samples(data->space);
    j->free = lts_synth_space_free(data->space);
    j->threads = data->threads;
    j->at_once = MOST_FLOATS / j->samples;
    j->at_once = j->at_once < MOST_AT_ONCE ? j->at_once : MOST_AT_ONCE;
    j->at_once = j->at_once < j->threads ? j->threads : j->at_once;
    if (j->at_once > j->count)
        j->at_once = (size_t)j->count;
    const struct {
        void *at;
        size_t count, size;
    } arrays[] = {{&j->synth, j->threads, sizeof *j->synth},
                  {&j->error, j->at_once, sizeof *j->error},
                  {&j->x, j->at_once * j->samples, sizeof *j->x},
                  {&j->classes, j->at_once * j->free, sizeof *j->classes},
                  {&j->status, j->at_once, sizeof *j->status}};
    lts_status status = LTS_OK;
    for (size_t a = 0; a < sizeof arrays / sizeof *arrays; a++) {
        status =
            lts_alloc_checked(arrays[a].at, arrays[a].count, arrays[a].size, data->folder, err);
        if (status != LTS_OK)
            return status;
    }
    for (unsigned t = 0; t < j->threads; t++)
        if ((status = lts_synth_create(data->space, &j->synth[t], err)) != LTS_OK)
            return status;
    return status;
}

/* Moves the rows of the sounds that were made together, and names the others; how many were. */
static size_t keep_made(job *j, size_t count)
{
    size_t made = 0;
    for (size_t i = 0; i < count; i++) {
        if (j->status[i] == LTS_OK) {
            memmove(j->x + made * j->samples, j->x + i * j->samples, j->samples * sizeof *j->x);
            memmove(j->classes + made * j->free, j->classes + i * j->free,
                    j->free * sizeof *j->classes);
            made++;
            continue;
        }
        const lts_field fields[] = {{"example", NULL, (double)(j->first + i)},
                                    {"text", j->error[i].text, 0}};
        lts_message(j->reporter, LTS_LEVEL_WARNING, "%s: dropped", j->error[i].text);
        lts_record(j->reporter, "dropped", fields, 2);
    }
    return made;
}

/* The next sounds, as many as are in work at once or are left. */
static lts_status make_some(job *j, const synth_output *o, lts_error *err)
{
    const uint64_t left = j->count - j->first;
    const size_t most = j->dropped == j->first && j->at_once > TRIAL ? TRIAL : j->at_once;
    const size_t count = left < most ? (size_t)left : most;
    lts_parallel_for(count, j->threads, make_sound, j);
    for (size_t i = 0; i < count; i++)
        if (j->status[i] != LTS_OK && j->status[i] != LTS_ERR_PLUGIN)
            return lts_fail(err, j->status[i], "%s", j->error[i].text);
    const size_t made = keep_made(j, count);
    j->first += count;
    j->dropped += count - made;
    if (j->dropped == j->first && (j->first >= TRIAL || j->first == j->count))
        return lts_fail(err, LTS_ERR_PLUGIN,
                        "%s: none of the first %llu examples could be rendered", j->data->folder,
                        (unsigned long long)j->first);
    lts_status status = lts_npy_writer_append(o->samples, j->x, made, err);
    if (status != LTS_OK)
        return status;
    return lts_npy_writer_append_integers(o->classes, j->classes, made, err);
}

lts_status lts_synth_data_make(const lts_synth_data *data, const lts_reporter *reporter,
                               lts_error *err)
{
    job j = {.data = data, .reporter = reporter, .lock = PTHREAD_MUTEX_INITIALIZER};
    synth_output o = {0};
    const double began = lts_now();
    lts_status status = check_job(data, &j.count, err);
    if (status != LTS_OK)
        return status;
    status = open_job(&j, err);
    if (status != LTS_OK)
        goto done;
    if ((status = synth_output_open(data, &o, err)) != LTS_OK)
        goto done;
    while (j.first < j.count) {
        status = make_some(&j, &o, err);
        const double took = lts_now() - began;
        lts_progress(reporter, "examples", (double)j.first, (double)j.count,
                     took > 0 ? (double)j.first / took : 0);
        if (status != LTS_OK)
            goto done;
    }
    status = synth_output_commit(data, &o, err);
    if (status != LTS_OK)
        goto done;
    if (data->dropped)
        *data->dropped = j.dropped;
    const lts_field fields[] = {
        {"folder", data->folder, 0},          {"examples", NULL, (double)(j.count - j.dropped)},
        {"samples", NULL, (double)j.samples}, {"parameters", NULL, (double)j.free},
        {"dropped", NULL, (double)j.dropped}, {"seconds", NULL, lts_now() - began}};
    lts_record(reporter, "dataset", fields, sizeof fields / sizeof *fields);
done:
    synth_output_abort(&o);
    close_job(&j);
    return status;
}
