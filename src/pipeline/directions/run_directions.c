#include "lts/directions_file.h"

#include "lts/source.h"
#include "pipeline/directions/labelled_points.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { KEYS = 128, LEAST_PITCHES = 3 };

static int by_name(const void *a, const void *b)
{
    const lts_direction *x = a, *y = b;
    const int order = strcasecmp(x->name, y->name);
    return order != 0 ? order : strcmp(x->name, y->name);
}

/* The descriptors of the points, each once, in any case. */
static lts_status list_descriptors(const labelled_points *p, lts_directions *out, lts_error *err)
{
    lts_direction *found = NULL;
    size_t count = 0;
    lts_status status = lts_alloc_checked(&found, p->n, sizeof *found, "descriptors", err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < p->n; i++)
        snprintf(found[i].name, sizeof found[i].name, "%s", p->label[i].descriptor);
    qsort(found, p->n, sizeof *found, by_name);
    for (size_t i = 0; i < p->n; i++)
        if (count == 0 || strcasecmp(found[count - 1].name, found[i].name) != 0)
            found[count++] = found[i];
    status = lts_directions_alloc(p->latent, count, out, err);
    if (status != LTS_OK)
        goto done;
    memcpy(out->direction, found, count * sizeof *found);
done:
    lts_free(found);
    return status;
}

/* Magnitudes are in per cent, unless none is above 1. */
static double find_unit(const labelled_points *p)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->label[i].magnitude > 1)
            return 100;
    return 1;
}

/* The points of one descriptor. */
typedef struct selection {
    float *point;      /* (n,Z) */
    double *magnitude; /* (n) */
    size_t *group;     /* (n) */
    size_t n;
} selection;

static bool belongs(const lts_label *label, const char *descriptor)
{
    return label->magnitude == 0 || strcasecmp(label->descriptor, descriptor) == 0;
}

/* Pitches that have sounds of several magnitudes. */
static size_t count_pitches(const labelled_points *p, const char *descriptor)
{
    double first[KEYS] = {0};
    bool known[KEYS] = {false}, several[KEYS] = {false};
    size_t pitches = 0;
    for (size_t i = 0; i < p->n; i++) {
        const int key = p->label[i].key;
        if (key < 0 || key >= KEYS || !belongs(&p->label[i], descriptor))
            continue;
        if (!known[key])
            first[key] = p->label[i].magnitude;
        known[key] = true;
        pitches += !several[key] && p->label[i].magnitude != first[key];
        several[key] = several[key] || p->label[i].magnitude != first[key];
    }
    return pitches;
}

/* Sounds whose pitch is not known share one when others' are compared by pitch. */
static lts_status select_points(const labelled_points *p, const float *point,
                                const char *descriptor, double unit, selection *s, lts_error *err)
{
    const bool by_pitch = count_pitches(p, descriptor) >= LEAST_PITCHES;
    s->n = 0;
    for (size_t i = 0; i < p->n; i++) {
        const lts_label *label = &p->label[i];
        if (!belongs(label, descriptor))
            continue;
        memcpy(s->point + s->n * p->latent, point + i * p->latent, p->latent * sizeof *point);
        s->magnitude[s->n] = label->magnitude / unit;
        s->group[s->n++] = !by_pitch ? i : label->key >= 0 ? (size_t)label->key : KEYS;
    }
    if (!by_pitch)
        return LTS_OK;
    return lts_direction_centre(s->point, s->magnitude, s->group, s->n, p->latent, err);
}

static lts_status learn(const labelled_points *p, unsigned threads, lts_directions *out,
                        const lts_reporter *reporter, lts_error *err)
{
    const double unit = find_unit(p);
    selection s = {0};
    float *point = NULL;
    lts_status status = list_descriptors(p, out, err);
    if (status != LTS_OK)
        return status;
    const struct {
        void *array;
        size_t size;
    } arrays[] = {{&point, p->latent * sizeof *point},
                  {&s.point, p->latent * sizeof *s.point},
                  {&s.magnitude, sizeof *s.magnitude},
                  {&s.group, sizeof *s.group}};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        status = lts_alloc_checked(arrays[i].array, p->n, arrays[i].size, "directions", err);
        if (status != LTS_OK)
            goto done;
    }
    if ((status = labelled_points_encode(p, threads, point, reporter, err)) != LTS_OK)
        goto done;
    for (size_t d = 0; d < out->count; d++) {
        lts_direction *direction = &out->direction[d];
        if (lts_cancelled(reporter)) {
            status = lts_fail(err, LTS_ERR_CANCELLED, "cancelled before the directions");
            goto done;
        }
        status = select_points(p, point, direction->name, unit, &s, err);
        if (status != LTS_OK)
            goto done;
        status = lts_direction_learn(s.point, s.magnitude, s.group, s.n, p->latent, &direction->fit,
                                     out->move + d * p->latent, err);
        if (status != LTS_OK)
            goto done;
    }
done:
    lts_free(s.group);
    lts_free(s.magnitude);
    lts_free(s.point);
    lts_free(point);
    if (status != LTS_OK)
        lts_directions_free(out);
    return status;
}

/* The data set's folder, of the one that holds its sounds. */
static char *dataset_of(const char *run, const char *dataset, const lts_config *config)
{
    char *audio = lts_run_audio(run, dataset, config);
    if (audio)
        audio[strlen(audio) - strlen("/audio")] = '\0';
    return audio;
}

lts_status lts_run_directions(const char *run, const char *dataset, const lts_config *config,
                              const lts_model *model, unsigned threads, lts_directions *out,
                              const lts_reporter *reporter, lts_error *err)
{
    char *path = lts_run_beside(run, "directions.safetensors"),
         *folder = dataset_of(run, dataset, config);
    char *arrays = folder ? lts_path_join(folder, config->dataset.cqt_dataset) : NULL;
    labelled_points points = {0};
    lts_error why = {0};
    *out = (lts_directions){0};
    lts_status status =
        path && arrays ? lts_model_check_latent(model, err) : lts_no_memory(run, err);
    if (status != LTS_OK)
        goto done;
    const lts_status opened = labelled_points_open(folder, config, model, &points, &why);
    if (opened == LTS_ERR_MEMORY || (opened != LTS_OK && lts_is_folder(arrays))) {
        status = lts_fail(err, opened, "%s", why.text);
        goto done;
    }
    status = lts_directions_load(path, model, opened == LTS_OK ? points.hash : NULL, out, &why);
    if (status == LTS_ERR_MEMORY)
        lts_fail(err, status, "%s", why.text);
    if (status == LTS_OK || status == LTS_ERR_MEMORY)
        goto done;
    if (opened != LTS_OK) {
        status = lts_fail(err, LTS_ERR_NOT_FOUND,
                          "%s: no directions, and no arrays in %s to learn them from: name it "
                          "with --dataset",
                          run, arrays);
        goto done;
    }
    if (status != LTS_ERR_NOT_FOUND)
        lts_message(reporter, LTS_LEVEL_NOTE, "%s; learned anew", why.text);
    status = learn(&points, threads, out, reporter, err);
    if (status != LTS_OK)
        goto done;
    if (lts_directions_save(out, model, points.hash, path, &why) != LTS_OK)
        lts_message(reporter, LTS_LEVEL_WARNING, "%s; directions are learned again next time",
                    why.text);
done:
    labelled_points_close(&points);
    lts_free(arrays);
    lts_free(folder);
    lts_free(path);
    return status;
}
