#include "lts/interp.h"

#include "pipeline/interp/interp_sounds.h"

/* Writes the pair's originals and their phase-only versions, then the range of alpha. */
static lts_status run_set(const lts_model *model, const char *name, const lts_source sources[2],
                          double length, const lts_interp_batch *batch,
                          const lts_reporter *reporter, lts_error *err)
{
    const struct {
        const char *name;
        lts_interp_made made;
    } own[] = {
        {"original_1.wav", {.path = "original", .sound = 0}},
        {"original-icqt+gL_1.wav", {.path = "phase only", .sound = 0, .config = &batch->render}},
        {"original_2.wav", {.path = "original", .sound = 1}},
        {"original-icqt+gL_2.wav", {.path = "phase only", .sound = 1, .config = &batch->render}}};
    lts_interp *interp = NULL;
    lts_status status = LTS_OK;
    char *folder = lts_format("%s/audio_examples_interpolations/%s", batch->run, name);
    lts_message(reporter, LTS_LEVEL_NOTE, "%s: %s@%g and %s@%g, %g s", name, sources[0].path,
                sources[0].offset, sources[1].path, sources[1].offset, length);
    if (!folder) {
        status = lts_no_memory(name, err);
        goto done;
    }
    status = lts_interp_open_stream(model, sources, 2, length, batch->threads, LTS_INTERP_KEPT,
                                    &interp, reporter, err);
    if (status != LTS_OK)
        goto done;
    if (batch->align != LTS_ALIGNED_NONE) {
        status = lts_interp_align(interp, batch->align, LTS_INTERP_MODEL, reporter, err);
        if (status != LTS_OK)
            goto done;
        lts_message(reporter, LTS_LEVEL_NOTE, "%s: %s", name, lts_interp_alignment(interp));
    }
    status = lts_make_folder(folder, err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        char *file = lts_path_join(folder, own[i].name);
        status = file ? lts_interp_save(interp, file, &own[i].made, &batch->output, reporter, err)
                      : lts_no_memory(folder, err);
        lts_free(file);
        if (status == LTS_ERR_CANCELLED)
            lts_fail(err, status, "%s: interrupted: what is there is whole", folder);
        if (status != LTS_OK)
            goto done;
    }
    status = lts_interp_save_range(interp, folder, batch->from, batch->to, batch->step,
                                   &batch->render, &batch->output, reporter, err);
done:
    lts_interp_close(interp);
    lts_free(folder);
    return status;
}

static lts_status run_random_sets(const lts_model *model, const lts_interp_batch *batch,
                                  const lts_reporter *reporter, lts_error *err)
{
    lts_rng rng;
    lts_paths sounds = {0};
    const lts_feature *feature;
    lts_status status = lts_model_feature(model, &feature, err);
    if (status != LTS_OK)
        return status;
    status = lts_audio_walk(batch->audio_folder, &sounds, NULL, err);
    if (status != LTS_OK)
        goto done;
    if (sounds.count == 0) {
        status = lts_fail(err, LTS_ERR_NOT_FOUND, "%s: no sound files to draw pairs from",
                          batch->audio_folder);
        goto done;
    }
    lts_rng_seed(&rng, batch->seed, 0);
    for (size_t i = 0; i < batch->random; i++) {
        lts_source pair[2];
        double length = batch->length;
        char name[32];
        snprintf(name, sizeof name, "random-%2zu", i);
        status = interp_draw_pair(&sounds, feature, &rng, pair, &length, reporter, err);
        if (status != LTS_OK)
            goto done;
        status = run_set(model, name, pair, length, batch, reporter, err);
        if (status != LTS_OK)
            goto done;
    }
done:
    lts_paths_free(&sounds);
    return status;
}

lts_status lts_interp_run_batch(const lts_model *model, const lts_interp_batch *batch,
                                const lts_reporter *reporter, lts_error *err)
{
    lts_status status = LTS_OK;
    if (!batch->fixed && batch->random == 0)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: [extra] names no fixed pair (interpolations_audio_1, "
                        "interpolations_audio_2) and num_random_interpolations is 0",
                        batch->run);
    if (!(batch->length > 0))
        return lts_fail(err, LTS_ERR_ARGUMENT, "example_length %g s: must be above 0",
                        batch->length);
    if (batch->fixed)
        status = run_set(model, "fixed", batch->fixed, batch->length, batch, reporter, err);
    if (status != LTS_OK || batch->random == 0)
        return status;
    return run_random_sets(model, batch, reporter, err);
}

/* A sound of [extra]: as it stands, or else in the data set's audio folder. */
static lts_status find_sound(const char *name, double offset, const char *audio_folder,
                             lts_source *source, lts_error *err)
{
    bool here = lts_is_file(name);
    source->path = here ? lts_strdup(name) : lts_path_join(audio_folder, name);
    source->offset = offset;
    if (!source->path)
        return lts_no_memory(name, err);
    if (!lts_is_file(source->path))
        return lts_fail(err, LTS_ERR_NOT_FOUND,
                        "%s: no such sound: correct interpolations_audio_1 and _2 in [extra]",
                        source->path);
    return LTS_OK;
}

lts_status lts_interp_batch_of(const char *run, const char *dataset, const lts_config *config,
                               const lts_model *model, const lts_render_config *render,
                               const lts_sound_output *output, lts_alignment align,
                               unsigned threads, const lts_reporter *reporter, lts_error *err)
{
    const char *first = config->extra.interpolations_audio_1;
    const char *second = config->extra.interpolations_audio_2;
    char *audio = lts_run_audio(run, dataset, config);
    lts_source fixed[2] = {{0}};
    lts_status status = audio ? LTS_OK : lts_no_memory(run, err);
    if (status != LTS_OK)
        goto done;
    if (!lts_is_folder(run))
        status = lts_fail(err, LTS_ERR_ARGUMENT,
                          "%s: is no folder to write the sets to: name the run's folder", run);
    if (status != LTS_OK)
        goto done;
    if (!first[0] != !second[0])
        status = lts_fail(err, LTS_ERR_ARGUMENT,
                          "%s: [extra] names one of interpolations_audio_1 and _2: name both", run);
    if (status != LTS_OK)
        goto done;
    if (first[0])
        status = find_sound(first, config->extra.audio_1_offset, audio, &fixed[0], err);
    if (status != LTS_OK)
        goto done;
    if (first[0])
        status = find_sound(second, config->extra.audio_2_offset, audio, &fixed[1], err);
    lts_interp_batch batch = {
        .run = run,
        .audio_folder = audio,
        .fixed = first[0] ? fixed : NULL,
        .random = (size_t)config->extra.num_random_interpolations,
        .length = config->extra.example_length,
        .from = config->extra.alpha_min,
        .to = config->extra.alpha_max,
        .step = config->extra.alpha_step,
        .threads = threads,
        .seed = render->seed,
        .render = *render,
        .output = *output,
        .align = align,
    };
    batch.output.normalize = batch.output.normalize || config->extra.normalize_examples;
    if (status != LTS_OK)
        goto done;
    status = lts_interp_run_batch(model, &batch, reporter, err);
done:
    lts_free(fixed[0].path);
    lts_free(fixed[1].path);
    lts_free(audio);
    return status;
}
