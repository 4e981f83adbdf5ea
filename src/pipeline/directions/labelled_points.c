#include "pipeline/directions/labelled_points.h"

#include "lts/audio.h"
#include "pipeline/notes/note_names.h"

#include <math.h>
#include <string.h>

/* Frames of a sound that are encoded at most. */
enum { MOST_FRAMES = 256 };

/* --- Labels ---------------------------------------------------------------------------------- */

/* The array of that name; false: none. They are sorted by name. */
static bool find_array(const lts_frames *frames, const char *name, size_t *file)
{
    size_t low = 0, high = lts_frames_files(frames);
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(lts_frames_name(frames, middle), name);
        if (order == 0) {
            *file = middle;
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* label (files) of every array, by its own name or, where its sound is there, by the sound's path
 * below audio/. */
static lts_status label_arrays(const lts_frames *frames, const char *dataset, const char *pattern,
                               lts_label *label, lts_error *err)
{
    char *audio = lts_path_join(dataset, "audio");
    lts_paths sounds = {0};
    note_names names = {0};
    lts_status status =
        audio ? note_names_open(dataset, pattern, &names, err) : lts_no_memory(dataset, err);
    if (status != LTS_OK)
        goto done;
    for (size_t f = 0; f < lts_frames_files(frames); f++)
        note_names_find(&names, lts_frames_name(frames, f), &label[f]);
    if (lts_is_folder(audio))
        status = lts_audio_walk(audio, &sounds, NULL, err);
    if (status != LTS_OK)
        goto done;
    for (size_t s = 0; s < sounds.count; s++) {
        char *stem = lts_path_stem(sounds.item[s]);
        size_t file;
        if (!stem) {
            status = lts_no_memory(dataset, err);
            goto done;
        }
        if (find_array(frames, stem, &file))
            note_names_find(&names, sounds.item[s] + strlen(audio) + 1, &label[file]);
        lts_free(stem);
    }
done:
    lts_paths_free(&sounds);
    note_names_close(&names);
    lts_free(audio);
    return status;
}

/* The labels of notes stand in the tables beside their arrays. */
static void label_notes(const lts_labels *labels, lts_label *label)
{
    for (size_t n = 0; n < lts_labels_count(labels); n++) {
        const lts_note *note = lts_labels_at(labels, n);
        label[n] = (lts_label){.magnitude = note->magnitude, .key = note->key};
        snprintf(label[n].descriptor, sizeof label[n].descriptor, "%s", note->descriptor);
    }
}

/* Keeps what has a descriptor and a magnitude. */
static void keep_labelled(labelled_points *p, size_t files)
{
    for (size_t f = 0; f < files; f++)
        if (p->label[f].descriptor[0] && isfinite(p->label[f].magnitude)) {
            p->label[p->n] = p->label[f];
            p->file[p->n++] = f;
        }
}

static lts_status hash_labels(labelled_points *p, lts_error *err)
{
    typedef struct row {
        char hash[2][LTS_HASH_TEXT];
        double magnitude;
        int64_t key;
    } row;
    row *rows = NULL;
    lts_status status = lts_alloc_checked(&rows, p->n + 1, sizeof *rows, "labels", err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < p->n; i++) {
        const char *name = lts_frames_name(p->frames, p->file[i]);
        lts_hash_bytes(name, strlen(name), rows[i].hash[0]);
        lts_hash_bytes(p->label[i].descriptor, strlen(p->label[i].descriptor), rows[i].hash[1]);
        rows[i].magnitude = p->label[i].magnitude;
        rows[i].key = p->label[i].key;
    }
    snprintf(rows[p->n].hash[0], LTS_HASH_TEXT, "%s", lts_frames_fingerprint(p->frames));
    lts_hash_bytes(rows, (p->n + 1) * sizeof *rows, p->hash);
    lts_free(rows);
    return LTS_OK;
}

lts_status labelled_points_open(const char *dataset, const lts_config *config,
                                const lts_model *model, labelled_points *p, lts_error *err)
{
    const lts_feature *feature;
    char *folder = lts_path_join(dataset, config->dataset.cqt_dataset);
    *p = (labelled_points){.model = model, .latent = lts_model_settings(model)->latent};
    lts_status status =
        folder ? lts_model_feature(model, &feature, err) : lts_no_memory(dataset, err);
    if (status != LTS_OK)
        goto done;
    status = lts_frames_open(folder, feature, &p->frames, err);
    if (status != LTS_OK)
        goto done;
    const size_t files = lts_frames_files(p->frames);
    status = lts_alloc_checked(&p->label, files, sizeof *p->label, "labels", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&p->file, files, sizeof *p->file, "labels", err);
    if (status != LTS_OK)
        goto done;
    if (lts_frames_labels(p->frames))
        label_notes(lts_frames_labels(p->frames), p->label);
    else
        status = label_arrays(p->frames, dataset, config->labels.pattern, p->label, err);
    if (status != LTS_OK)
        goto done;
    keep_labelled(p, files);
    if (p->n == 0)
        status = lts_fail(err, LTS_ERR_NOT_FOUND,
                          "%s: no sound has a descriptor and a magnitude: write " NOTE_TABLE
                          " in it, or set [labels] pattern (%s)",
                          dataset, config->labels.pattern);
    else
        status = hash_labels(p, err);
done:
    lts_free(folder);
    return status;
}

void labelled_points_close(labelled_points *p)
{
    lts_frames_close(p->frames);
    lts_free(p->label);
    lts_free(p->file);
    *p = (labelled_points){0};
}

/* --- Latents --------------------------------------------------------------------------------- */

typedef struct encoder {
    lts_model_work *work;
    float *x;       /* (MOST_FRAMES,K) */
    float *mean;    /* (MOST_FRAMES,C) */
    double *weight; /* (MOST_FRAMES) */
} encoder;

static lts_status open_encoder(const labelled_points *p, unsigned threads, encoder *e,
                               lts_error *err)
{
    *e = (encoder){0};
    lts_status status = lts_model_work_create(p->model, threads, &e->work, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&e->x, MOST_FRAMES, lts_frames_bins(p->frames) * sizeof *e->x,
                               "frames", err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&e->mean, MOST_FRAMES, lts_model_columns(p->model) * sizeof *e->mean,
                               "latents", err);
    if (status != LTS_OK)
        return status;
    return lts_alloc_checked(&e->weight, MOST_FRAMES, sizeof *e->weight, "weights", err);
}

static void close_encoder(encoder *e)
{
    lts_model_work_destroy(e->work);
    lts_free(e->x);
    lts_free(e->mean);
    lts_free(e->weight);
}

/* The loudness of a frame of magnitudes; of all frames of other features it is the same. */
static double loudness(const lts_feature *feature, const float *x, size_t bins)
{
    double energy = 0;
    if (!lts_feature_is_magnitude(feature))
        return 1;
    for (size_t k = 0; k < bins; k++)
        energy += (double)x[k] * (double)x[k];
    return pow(energy, 0.3);
}

static lts_status encode_sound(const labelled_points *p, encoder *e, size_t file, float *point,
                               lts_error *err)
{
    const size_t bins = lts_frames_bins(p->frames), columns = lts_model_columns(p->model);
    const size_t rows = lts_frames_rows(p->frames, file);
    const size_t count = rows < MOST_FRAMES ? rows : MOST_FRAMES;
    const lts_feature *feature;
    double sum = 0;
    lts_status status = lts_model_feature(p->model, &feature, err);
    if (status != LTS_OK)
        return status;
    for (size_t t = 0; t < count; t++) {
        float *x = e->x + t * bins;
        status = lts_frames_read(p->frames, file, t * rows / count, 1, x, err);
        if (status != LTS_OK)
            return status;
        sum += e->weight[t] = loudness(feature, x, bins);
    }
    lts_model_encode(p->model, e->work, e->x, count, e->mean, NULL);
    for (size_t z = 0; z < p->latent; z++) {
        double mean = 0;
        for (size_t t = 0; t < count; t++)
            mean += (double)e->mean[t * columns + z] *
                    (sum > 0 ? e->weight[t] / sum : 1 / (double)count);
        point[z] = (float)mean;
    }
    return LTS_OK;
}

lts_status labelled_points_encode(const labelled_points *p, unsigned threads, float *point,
                                  const lts_reporter *reporter, lts_error *err)
{
    const double start = lts_now();
    encoder e;
    lts_status status = open_encoder(p, threads, &e, err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < p->n; i++) {
        status = lts_cancelled(reporter)
                     ? lts_fail(err, LTS_ERR_CANCELLED, "cancelled before the directions")
                     : encode_sound(p, &e, p->file[i], point + i * p->latent, err);
        lts_progress(reporter, "labelled sounds", (double)(i + 1), (double)p->n,
                     (double)(i + 1) / fmax(lts_now() - start, 1e-9));
        if (status != LTS_OK)
            goto done;
    }
done:
    close_encoder(&e);
    return status;
}
