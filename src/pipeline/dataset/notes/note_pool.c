#include "pipeline/dataset/notes/note_pool.h"

lts_status note_pool_open(note_pool *p, void (*committed)(void *user, void *tag), lts_error *err)
{
    dataset_job *job = p->job;
    const lts_feature *feature = &job->feature;
    const size_t floats = lts_feature_floats(feature);
    char *stale = lts_path_join(job->arrays, "notes");
    if (!stale)
        return lts_no_memory(job->arrays, err);
    lts_remove_stale_temporaries(stale);
    lts_free(stale);
    lts_status status = note_names_open(job->root, job->config->labels.pattern, &p->names, err);
    if (status != LTS_OK)
        return status;
    status = note_tables_open(job->arrays, floats, job->config->dataset.check_dataset, &p->tables,
                              job->reporter, err);
    if (status != LTS_OK)
        return status;
    status = note_tables_relabel(&p->tables, &p->names, err);
    if (status != LTS_OK)
        return status;
    const note_shards_options options = {.folder = job->arrays,
                                         .rows = lts_feature_rows(feature),
                                         .columns = lts_feature_columns(feature),
                                         .number = p->tables.number,
                                         .part = job->options->shard,
                                         .committed = committed,
                                         .user = p};
    status = note_shards_create(&options, &p->shards, err);
    if (status != LTS_OK)
        return status;
    p->samples = lts_feature_hop(feature);
    status = transform_create(feature, p->samples, &p->plan, err);
    if (status != LTS_OK)
        return status;
    status =
        lts_alloc_checked(&p->scratch, job->options->jobs, sizeof *p->scratch, "the workers", err);
    if (status != LTS_OK)
        return status;
    for (unsigned w = 0; w < job->options->jobs; w++) {
        note_scratch *s = &p->scratch[w];
        if ((status = transform_work_create(p->plan, &s->work, err)) != LTS_OK)
            return status;
        status = lts_alloc_checked(&s->x, p->samples, sizeof *s->x, "a note", err);
        if (status != LTS_OK)
            return status;
        status = lts_alloc_checked(&s->example, floats, sizeof *s->example, "a note", err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

void note_pool_close(note_pool *p)
{
    for (unsigned w = 0; p->scratch && w < p->job->options->jobs; w++) {
        transform_work_destroy(p->scratch[w].work);
        lts_free(p->scratch[w].x);
        lts_free(p->scratch[w].example);
    }
    lts_free(p->scratch);
    transform_destroy(p->plan);
    note_shards_destroy(p->shards);
    note_tables_close(&p->tables);
    note_names_close(&p->names);
    pthread_mutex_destroy(&p->lock);
}

bool note_pool_is_stopped(note_pool *p)
{
    pthread_mutex_lock(&p->lock);
    if (p->status == LTS_OK && lts_cancelled(p->job->reporter))
        p->status = LTS_ERR_CANCELLED;
    const bool stopped = p->status != LTS_OK;
    pthread_mutex_unlock(&p->lock);
    return stopped;
}

void note_pool_stop(note_pool *p, lts_status status, const lts_error *err)
{
    pthread_mutex_lock(&p->lock);
    if (p->status == LTS_OK || p->status == LTS_ERR_CANCELLED) {
        p->status = status;
        p->err = *err;
    }
    pthread_mutex_unlock(&p->lock);
}
