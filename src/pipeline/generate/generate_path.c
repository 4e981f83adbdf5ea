/* Notes between two. */
#include "pipeline/generate/note_end.h"

enum { MOST_STEPS = 10000 };

typedef struct path {
    const lts_generate_between *between;
    note_run run;
    note_point end[2], at;
} path;

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
    status = note_run_prior(&p.run, b->prior, err);
    if (status != LTS_OK)
        goto done;
    status = note_point_create(&p.run, &p.at, err);
    if (status != LTS_OK)
        goto done;
    for (int end = 0; end < 2; end++)
        if ((status = note_end_open(&p.run, b->ends[end], b->audio, b->pattern, &p.end[end],
                                    reporter, err)) != LTS_OK)
            goto done;
    status = lts_make_folder(folder, err);
    if (status != LTS_OK)
        goto done;
    for (size_t step = 0; step < b->steps; step++) {
        status = lts_cancelled(reporter)
                     ? lts_fail(err, LTS_ERR_CANCELLED, "%s: interrupted: %zu notes are there",
                                folder, step)
                     : write_step(&p, step, &how, folder, err);
        if (status != LTS_OK)
            goto done;
    }
done:
    note_point_free(&p.at);
    note_point_free(&p.end[0]);
    note_point_free(&p.end[1]);
    note_run_close(&p.run);
    return status;
}
