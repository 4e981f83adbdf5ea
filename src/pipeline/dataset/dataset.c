#include "pipeline/dataset/dataset_job.h"

#include <string.h>

static void sum_up(dataset_job *job, double start)
{
    lts_dataset_report *report = job->report;
    for (size_t f = 0; f < report->count; f++) {
        const lts_dataset_file *file = &report->file[f];
        report->done += file->outcome == LTS_DATASET_DONE;
        report->skipped += file->outcome == LTS_DATASET_SKIPPED;
        report->failed += file->outcome == LTS_DATASET_FAILED;
        if (file->outcome == LTS_DATASET_DONE)
            report->seconds += file->seconds;
    }
    report->elapsed = lts_now() - start;
    const lts_field fields[] = {
        {"done", NULL, (double)report->done},
        {"skipped", NULL, (double)report->skipped},
        {"failed", NULL, (double)report->failed},
        {"seconds", NULL, report->seconds},
        {"elapsed", NULL, report->elapsed},
        {"folder", job->arrays, 0},
        {"unreadable", NULL, (double)report->unreadable},
        {"unreadable_kinds", report->unreadable_kinds ? report->unreadable_kinds : "", 0}};
    lts_record(job->reporter, "dataset", fields, sizeof fields / sizeof *fields);
}

static lts_status open_job(dataset_job *job, lts_config *config, lts_error *err)
{
    const lts_dataset_options *options = job->options;
    const char *folder = options->folder ? options->folder : config->dataset.datapath;
    if (options->jobs < 1)
        return lts_fail(err, LTS_ERR_ARGUMENT, "0 jobs: must be 1 at least");
    if (options->shard < 1 || options->shard > options->shards)
        return lts_fail(err, LTS_ERR_ARGUMENT, "shard %zu of %zu: must be 1 to %zu", options->shard,
                        options->shards, options->shards);
    if (!folder[0])
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "no data set: name its folder, or set [dataset] datapath");
    job->force = options->force || config->dataset.overwrite_cqt;
    job->root = lts_strdup(folder);
    job->audio = lts_path_join(folder, "audio");
    job->arrays = lts_path_join(folder, config->dataset.cqt_dataset);
    job->states = job->arrays ? lts_path_join(job->arrays, ".lts") : NULL;
    if (!job->root || !job->audio || !job->states)
        return lts_no_memory(folder, err);
    bool originals;
    lts_status status = LTS_OK;
    /* Beside arrays of the originals' more are made as those were. */
    if (!job->force && dataset_has_arrays(job->arrays))
        status = lts_config_arrays(config, job->arrays, &originals, job->reporter, err);
    if (status != LTS_OK)
        return status;
    status = lts_config_feature(config, &job->feature, err);
    if (status != LTS_OK)
        return status;
    job->notes = lts_feature_is_note(&job->feature);
    if (job->notes && job->force && options->shards > 1)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: notes cannot be made anew in parts: remove the folder, then start "
                        "the parts without --force",
                        job->arrays);
    lts_feature_describe(&job->feature, job->settings);
    return lts_config_set(config, "dataset.datapath", job->root, err);
}

static lts_status save_total(lts_config *config, const dataset_job *job, const lts_paths *names,
                             lts_error *err)
{
    char *path = lts_path_join(job->arrays, "config.ini");
    lts_status status =
        path ? lts_config_set_number(
                   config, "dataset.total_frames",
                   (double)(job->notes ? job->examples : dataset_frames(job, names)), err)
             : lts_no_memory(job->arrays, err);
    if (status != LTS_OK)
        goto done;
    status = lts_config_save(config, path, err);
done:
    lts_free(path);
    return status;
}

lts_status lts_dataset_make(lts_config *config, const lts_dataset_options *options,
                            lts_dataset_report *report, const lts_reporter *reporter,
                            lts_error *err)
{
    dataset_job job = {
        .config = config, .options = options, .report = report, .reporter = reporter};
    lts_paths names = {0};
    double start = lts_now();
    memset(report, 0, sizeof *report);
    lts_status status = open_job(&job, config, err);
    if (status != LTS_OK)
        goto done;
    status = dataset_list(&job, &names, err);
    if (status != LTS_OK)
        goto done;
    status = dataset_open_folder(&job, err);
    if (status != LTS_OK)
        goto done;
    if (!job.notes)
        dataset_tidy(&job, &names);
    status = job.notes ? dataset_notes(&job, &names, err) : dataset_work(&job, err);
    sum_up(&job, start);
    if (status != LTS_OK)
        goto done;
    status = save_total(config, &job, &names, err);
done:
    lts_paths_free(&names);
    lts_free(job.root);
    lts_free(job.audio);
    lts_free(job.arrays);
    lts_free(job.states);
    return status;
}

void lts_dataset_report_free(lts_dataset_report *report)
{
    for (size_t f = 0; f < report->count; f++) {
        lts_free(report->file[f].name);
        lts_free(report->file[f].sound);
        lts_free(report->file[f].reason);
    }
    lts_free(report->file);
    lts_free(report->unreadable_kinds);
    memset(report, 0, sizeof *report);
}
