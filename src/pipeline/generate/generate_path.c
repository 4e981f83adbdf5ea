/* Notes between two. */
#include "pipeline/generate/note_run.h"

#include <math.h>
#include <string.h>

enum { MOST_STEPS = 10000, END_TEXT = 1024 };

typedef struct path {
    const lts_generate_between *between;
    note_run run;
    note_point end[2], at;
} path;

/* "DESCRIPTORS/MAGNITUDE/PITCH" in its three parts; false for a text that is not so. */
static bool split(char *text, char **descriptors, double *magnitude, int *key)
{
    char *pitch = strrchr(text, '/');
    if (!pitch || pitch == text)
        return false;
    *pitch++ = '\0';
    char *number = strrchr(text, '/');
    if (!number || number == text || strchr(text, '/') != number)
        return false;
    *number++ = '\0';
    *descriptors = text;
    return lts_label_parse_key(pitch, key) && lts_parse_double(number, magnitude) &&
           *magnitude >= 0 && *magnitude <= 1e6;
}

bool lts_generate_is_label(const char *text)
{
    char copy[END_TEXT], *descriptors;
    double magnitude;
    int key;
    return (size_t)snprintf(copy, sizeof copy, "%s", text) < sizeof copy &&
           split(copy, &descriptors, &magnitude, &key);
}

/* The data set's own note of these labels, where there is one, or else what they say. */
static lts_status open_label(path *p, char *text, note_point *point, lts_error *err)
{
    lts_condition_part part[LTS_GENERATE_PARTS];
    char *descriptors = text;
    double magnitude = 0;
    size_t parts, index;
    int key = 0;
    lts_error ignored = {0};
    split(text, &descriptors, &magnitude, &key);
    lts_status status =
        lts_generate_parse(descriptors, magnitude, part, LTS_GENERATE_PARTS, &parts, err);
    if (status != LTS_OK)
        return status;
    if (parts == 1 && p->run.labels &&
        lts_labels_find(p->run.labels, part->descriptor, magnitude, key, &index, &ignored) ==
            LTS_OK)
        return note_encode_row(&p->run, index, point, err);
    return note_of_labels(&p->run, part, parts, key, !p->run.labels && p->run.conditions, point,
                          err);
}

static lts_status open_end(path *p, int end, const lts_reporter *reporter, lts_error *err)
{
    const char *text = p->between->ends[end];
    char copy[END_TEXT];
    lts_source source = {0};
    lts_status status = note_point_create(&p->run, &p->end[end], err);
    if (status != LTS_OK)
        return status;
    if (lts_generate_is_label(text) && !lts_is_file(text)) {
        snprintf(copy, sizeof copy, "%s", text);
        return open_label(p, copy, &p->end[end], err);
    }
    status = lts_source_find(text, p->between->audio, &source, err);
    if (status == LTS_OK)
        status =
            note_encode_sound(&p->run, &source, p->between->pattern, &p->end[end], reporter, err);
    lts_free(source.path);
    return status;
}

static float between(float a, float b, double share)
{
    return (float)((1 - share) * (double)a + share * (double)b);
}

static lts_status write_step(path *p, size_t step, const note_output *how, const char *folder,
                             lts_error *err)
{
    const lts_generate_between *b = p->between;
    const note_point *first = &p->end[0], *last = &p->end[1];
    const double share = (double)step / (double)(b->steps - 1);
    for (size_t d = 0; d < p->run.latent; d++)
        p->at.mean[d] = between(first->mean[d], last->mean[d], share);
    for (size_t c = 0; c < p->run.told; c++)
        p->at.condition[c] = between(first->condition[c], last->condition[c], share);
    p->at.min = (1 - share) * first->min + share * last->min;
    p->at.max = (1 - share) * first->max + share * last->max;
    const int digits = snprintf(NULL, 0, "%zu", b->steps);
    char *name = lts_format("%0*zu.wav", digits, step + 1);
    char *file = name ? lts_path_join(folder, name) : NULL;
    char *what = lts_format("%zu of %zu from %s to %s", step + 1, b->steps, b->ends[0], b->ends[1]);
    lts_status status = file && what ? note_write(&p->run, p->at.mean, &p->at, how, file, what, err)
                                     : lts_no_memory(folder, err);
    lts_free(what);
    lts_free(file);
    lts_free(name);
    return status;
}

lts_status lts_generate_path(const lts_model *model, const lts_generate_between *b,
                             const char *folder, const lts_reporter *reporter, lts_error *err)
{
    const note_output how = {&b->phase, &b->output, reporter};
    path p = {.between = b};
    lts_status status = LTS_OK;
    if (b->steps < 2 || b->steps > MOST_STEPS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%zu steps: must be 2 to %d", b->steps, MOST_STEPS);
    status = note_run_open(model, b->arrays, b->threads, &p.run, err);
    if (status != LTS_OK)
        goto done;
    status = note_point_create(&p.run, &p.at, err);
    for (int end = 0; status == LTS_OK && end < 2; end++)
        status = open_end(&p, end, reporter, err);
    if (status != LTS_OK)
        goto done;
    status = lts_make_folder(folder, err);
    for (size_t step = 0; status == LTS_OK && step < b->steps; step++)
        status = lts_cancelled(reporter)
                     ? lts_fail(err, LTS_ERR_CANCELLED, "%s: interrupted: %zu notes are there",
                                folder, step)
                     : write_step(&p, step, &how, folder, err);
done:
    note_point_free(&p.at);
    note_point_free(&p.end[0]);
    note_point_free(&p.end[1]);
    note_run_close(&p.run);
    return status;
}
