#include "pipeline/train/train_job.h"

#include "pipeline/train/data/train_notes.h"
#include "pipeline/train/data/train_sounds.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <strings.h>

static bool is_endless(const lts_config *config)
{
    return strcasecmp(config->inversynth.source, "endless") == 0;
}

static bool is_of_notes(const lts_config *config)
{
    return strcasecmp(config->inversynth.source, "notes") == 0;
}

bool train_classifies(const train_job *job)
{
    return job->data.label_count > 0;
}

/* --- A classifier's space -------------------------------------------------------------------- */

/* Where the sounds of a data set are. */
static const char *sounds_folder(const lts_config *config)
{
    const char *source = config->inversynth.source;
    return source[0] ? source : config->dataset.datapath;
}

static lts_status load_space(const train_job *job, lts_synth_space **space, lts_error *err)
{
    const lts_config *config = job->config;
    const char *wanted = config->inversynth.parameters;
    if (job->options->resume) {
        char *path = lts_path_join(job->options->resume, SYNTH_PARAMETERS);
        const bool there = path && lts_is_file(path);
        lts_status status = there ? lts_synth_space_load(path, space, err) : LTS_OK;
        lts_free(path);
        if (there || status != LTS_OK)
            return status;
    }
    if (!is_endless(config)) {
        char *path = lts_path_join(sounds_folder(config), SYNTH_PARAMETERS);
        lts_status status =
            path ? lts_synth_space_load(path, space, err) : lts_no_memory(wanted, err);
        lts_free(path);
        return status;
    }
    return lts_is_file(wanted) ? lts_synth_space_load(wanted, space, err)
                               : lts_synth_space_builtin(wanted, space, err);
}

static size_t most_levels(const lts_synth_space *space)
{
    size_t most = 2;
    for (size_t f = 0; f < lts_synth_space_free(space); f++) {
        const size_t levels = lts_synth_space_at(space, lts_synth_space_free_at(space, f)).levels;
        most = levels > most ? levels : most;
    }
    return most;
}

static lts_status open_space(train_job *job, lts_error *err)
{
    lts_config *config = job->config;
    lts_status status = load_space(job, &job->space, err);
    if (status != LTS_OK)
        return status;
    if (lts_synth_space_free(job->space) == 0)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: every parameter is fixed: there is nothing to learn",
                        SYNTH_PARAMETERS);
    const lts_inversynth network = config->model.architecture;
    if (network == LTS_INVERSYNTH_CE2E || network == LTS_INVERSYNTH_CE2E_2D)
        config->audio.features = LTS_FEATURE_SAMPLES;
    config->audio.sample_rate = lts_synth_space_settings(job->space)->sample_rate;
    config->audio.segment_samples = (int64_t)lts_synth_space_samples(job->space);
    config->model.parameters = lts_synth_space_free(job->space);
    config->model.classes = most_levels(job->space);
    return LTS_OK;
}

/* Opens the frames of the data set, a part of them held out. */
static lts_status load_frames(train_job *job, lts_frames **frames, lts_error *err)
{
    const lts_config *config = job->config;
    char *folder = lts_path_join(config->dataset.datapath, config->dataset.cqt_dataset);
    *frames = NULL;
    if (!folder)
        return lts_no_memory(config->dataset.datapath, err);
    lts_status status = train_check_data(folder, &job->feature, job->originals, err);
    if (status != LTS_OK)
        goto done;
    if ((status = lts_frames_open(folder, &job->feature, frames, err)) != LTS_OK)
        goto done;
    lts_frames_hold_out(*frames, config->dataset.validation, (uint64_t)config->training.seed);
done:
    lts_free(folder);
    return status;
}

lts_status train_open_classes(train_job *job, lts_error *err)
{
    lts_config *config = job->config;
    lts_frames *frames;
    if (!is_of_notes(config))
        return open_space(job, err);
    if (config->audio.features != LTS_FEATURE_STFT)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s%s[inversynth] source = notes needs notes: set [audio] features to stft",
                        config->path, config->path[0] ? ": " : "");
    lts_status status = lts_config_feature(config, &job->feature, err);
    if (status != LTS_OK)
        goto done;
    if ((status = load_frames(job, &frames, err)) != LTS_OK)
        goto done;
    status = train_notes_open(frames, &job->data, &config->model.classes, &job->descriptors, err);
done:
    config->model.parameters = 1;
    return status;
}

lts_status train_save_space(const train_job *job, lts_error *err)
{
    if (!job->space)
        return LTS_OK;
    char *path = train_path(job, SYNTH_PARAMETERS);
    lts_status status =
        path ? lts_synth_space_save(job->space, path, err) : lts_no_memory(job->run, err);
    lts_free(path);
    return status;
}

/* --- Data ------------------------------------------------------------------------------------ */

static lts_status open_frames(train_job *job, lts_error *err)
{
    const lts_config *config = job->config;
    lts_frames *frames;
    lts_status status = load_frames(job, &frames, err);
    if (status != LTS_OK)
        return status;
    job->frames = frames;
    job->data = train_data_of_frames(frames);
    uint64_t train = train_data_count(&job->data, LTS_FRAMES_TRAIN);
    size_t held = 0;
    for (size_t f = 0; f < lts_frames_files(frames); f++)
        held += lts_frames_held_out(frames, f);
    if (job->training.batch > train)
        job->training.batch = (size_t)train;
    lts_message(job->reporter, LTS_LEVEL_NOTE,
                "training on %" PRIu64 " frames (files: %zu), held out %" PRIu64 " (files: %zu)",
                train, lts_frames_files(frames) - held,
                train_data_count(&job->data, LTS_FRAMES_VALIDATION), held);
    if (held == 0 && config->dataset.validation > 0)
        lts_message(job->reporter, LTS_LEVEL_NOTE,
                    "a single file cannot be held out from itself: the training loss is watched");
    return LTS_OK;
}

static lts_status open_sounds(train_job *job, lts_error *err)
{
    const lts_config *config = job->config;
    const train_sounds_options options = {.space = job->space,
                                          .feature = &job->feature,
                                          .threads = job->training.threads ? job->training.threads
                                                                           : lts_processor_count(),
                                          .reporter = job->reporter,
                                          .seed = job->training.seed,
                                          .held_out_share = config->dataset.validation,
                                          .examples = (uint64_t)config->inversynth.examples,
                                          .held_out_count = (uint64_t)config->inversynth.held_out};
    lts_status status = is_endless(config)
                            ? train_sounds_endless(&options, &job->data, err)
                            : train_sounds_open(sounds_folder(config), &options, &job->data, err);
    if (status != LTS_OK)
        return status;
    const uint64_t train = train_data_count(&job->data, LTS_FRAMES_TRAIN);
    if (job->training.batch > train)
        job->training.batch = (size_t)train;
    lts_message(job->reporter, LTS_LEVEL_NOTE,
                "training on %" PRIu64 "%s examples%s, held out %" PRIu64 "; parameters: %zu",
                train, is_endless(config) ? " fresh" : "", is_endless(config) ? " an epoch" : "",
                train_data_count(&job->data, LTS_FRAMES_VALIDATION), job->data.label_count);
    return match_tally_create(job->space, job->architecture.classes, &job->tally, err);
}

/* Of notes that train_open_classes has opened. */
static lts_status open_notes(train_job *job, lts_error *err)
{
    const uint64_t train = train_data_count(&job->data, LTS_FRAMES_TRAIN);
    if (job->training.batch > train)
        job->training.batch = (size_t)train;
    lts_message(job->reporter, LTS_LEVEL_NOTE,
                "training on %" PRIu64 " notes, held out %" PRIu64 "; descriptors: %zu", train,
                train_data_count(&job->data, LTS_FRAMES_VALIDATION), job->architecture.classes);
    return match_tally_create_one("descriptor", job->architecture.classes, &job->tally, err);
}

lts_status train_open_data(train_job *job, lts_error *err)
{
    lts_status status = job->descriptors ? open_notes(job, err)
                        : job->space     ? open_sounds(job, err)
                                         : open_frames(job, err);
    const size_t labels = job->training.batch * job->data.label_count;
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&job->rows, job->training.batch * job->data.inputs,
                               sizeof *job->rows, "a batch of frames", err);
    if (status != LTS_OK || labels == 0)
        return status;
    status = lts_alloc_checked(&job->labels, labels, sizeof *job->labels, "a batch's classes", err);
    if (status != LTS_OK)
        return status;
    return lts_alloc_checked(&job->probabilities, labels * job->architecture.classes,
                             sizeof *job->probabilities, "a batch's classes", err);
}
