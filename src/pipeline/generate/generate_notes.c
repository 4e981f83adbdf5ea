#include "lts/generate.h"

#include "pipeline/generate/note_run.h"

#include <math.h>
#include <string.h>

enum { MOST_NOTES = 10000 };

char *lts_run_arrays(const char *run, const char *dataset, const lts_config *config)
{
    char *arrays = NULL, *audio = lts_run_audio(run, dataset, config);
    if (!audio)
        return NULL;
    char *beside = lts_path_join(audio, "..");
    if (beside)
        arrays = lts_path_join(beside, config->dataset.cqt_dataset);
    lts_free(beside);
    lts_free(audio);
    return arrays;
}

static lts_status check(const lts_generate *g, lts_error *err)
{
    if (g->parts < 1 || g->parts > LTS_GENERATE_PARTS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%zu descriptors: 1 to %d", g->parts,
                        LTS_GENERATE_PARTS);
    for (size_t p = 0; p < g->parts; p++)
        if (!(g->part[p].magnitude >= 0 && g->part[p].magnitude <= 1e6))
            return lts_fail(err, LTS_ERR_ARGUMENT, "the magnitude of %s = %g: must be 0 to 1e6",
                            g->part[p].descriptor, g->part[p].magnitude);
    if (g->key < 0 || g->key > 127)
        return lts_fail(err, LTS_ERR_ARGUMENT, "key %d: must be 0 to 127", g->key);
    if (!(g->spread >= 0 && g->spread <= 100))
        return lts_fail(err, LTS_ERR_ARGUMENT, "spread = %g: must be 0 to 100", g->spread);
    if (g->count < 1 || g->count > MOST_NOTES)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%zu notes: must be 1 to %d", g->count, MOST_NOTES);
    if (g->from_data && (g->parts > 1 || g->count > 1))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "a note of the data set has one descriptor and is made once");
    return LTS_OK;
}

/* FOLDER/NAMEend.wav, without the slashes of a name. */
static char *file_path(const char *folder, const char *name, const char *end)
{
    char *file = lts_format("%s%s.wav", name, end);
    for (char *c = file; c && *c; c++)
        if (*c == '/')
            *c = '_';
    char *path = file ? lts_path_join(folder, file) : NULL;
    lts_free(file);
    return path;
}

static lts_status write_note(note_run *run, const lts_generate *g, const note_output *how,
                             const note_point *point, size_t index, float *z, const char *folder,
                             lts_error *err)
{
    char end[LTS_NUMBER_TEXT] = "";
    lts_rng rng;
    lts_rng_seed(&rng, g->seed, index);
    lts_rng_fill_normal(&rng, z, run->latent);
    for (size_t d = 0; d < run->latent; d++)
        z[d] = point->mean[d] + (float)g->spread * point->deviation[d] * z[d];
    if (g->count > 1)
        snprintf(end, sizeof end, "-%zu", index + 1);
    char *path = file_path(folder, g->name, end);
    char *what = lts_format("%s, seed %llu", g->name, (unsigned long long)g->seed);
    lts_status status =
        path && what ? note_write(run, z, point, how, path, what, err) : lts_no_memory(folder, err);
    lts_free(what);
    lts_free(path);
    return status;
}

/* The labelled note as it is, and as the model makes it. */
static lts_status write_from_data(note_run *run, const lts_generate *g, const note_output *how,
                                  note_point *point, const char *folder, lts_error *err)
{
    size_t index;
    if (!run->labels)
        return lts_fail(err, LTS_ERR_NOT_FOUND,
                        "%s: no notes there: name the data set that the note is to come from",
                        g->arrays ? g->arrays : "the data set");
    lts_status status = lts_labels_find(run->labels, g->part[0].descriptor, g->part[0].magnitude,
                                        g->key, &index, err);
    if (status != LTS_OK)
        return status;
    const lts_note *note = lts_labels_at(run->labels, index);
    char *source = file_path(folder, g->name, "_source"), *made = file_path(folder, g->name, "");
    if (!source || !made) {
        status = lts_no_memory(folder, err);
        goto done;
    }
    status = note_encode_row(run, index, point, err);
    if (status != LTS_OK)
        goto done;
    status = lts_make_folder(folder, err);
    if (status != LTS_OK)
        goto done;
    status = note_write_example(run, (lts_note_range){note->min, note->max}, how, source,
                                note->file, err);
    if (status != LTS_OK)
        goto done;
    status = note_write(run, point->mean, point, how, made, note->file, err);
done:
    lts_free(source);
    lts_free(made);
    return status;
}

lts_status lts_generate_notes(const lts_model *model, const lts_generate *g, const char *folder,
                              const lts_reporter *reporter, lts_error *err)
{
    const note_output how = {&g->phase, &g->output, reporter};
    note_run run = {0};
    note_point point = {0};
    float *z = NULL;
    lts_status status = check(g, err);
    if (status != LTS_OK)
        return status;
    status = note_run_open(model, g->arrays, g->threads, &run, err);
    if (status != LTS_OK)
        goto done;
    status = note_run_prior(&run, g->prior, err);
    if (status != LTS_OK)
        goto done;
    status = note_point_create(&run, &point, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&z, run.latent, sizeof *z, "a note", err);
    if (status != LTS_OK)
        goto done;
    if (!g->from_data) {
        const bool prior =
            g->latent == LTS_GENERATE_PRIOR || (g->latent == LTS_GENERATE_AUTO && !run.labels);
        if (!prior && !run.labels) {
            status = lts_fail(err, LTS_ERR_ARGUMENT, "no notes are known: name their data set");
            goto done;
        }
        status = note_of_labels(&run, g->part, g->parts, g->key, prior, &point, err);
        if (status != LTS_OK)
            goto done;
        if (!run.labels && !run.prior)
            lts_message(reporter, LTS_LEVEL_NOTE, "no data set is known: levels span %g to %g dB",
                        point.min, point.max);
    }
    status = g->from_data ? write_from_data(&run, g, &how, &point, folder, err)
                          : lts_make_folder(folder, err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; !g->from_data && i < g->count; i++) {
        status = lts_cancelled(reporter)
                     ? lts_fail(err, LTS_ERR_CANCELLED, "%s: interrupted: %zu notes are there",
                                folder, i)
                     : write_note(&run, g, &how, &point, i, z, folder, err);
        if (status != LTS_OK)
            goto done;
    }
done:
    lts_free(z);
    note_point_free(&point);
    note_run_close(&run);
    return status;
}
