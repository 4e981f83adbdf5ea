#include "pipeline/match/evaluation.h"

#include "pipeline/match/published.h"

#include <math.h>

enum { BATCH = 64 };

/* --- Opening -----------------------------------------------------------------------------------
 */

static lts_status open_folder(evaluation *e, const char *path, lts_error *err)
{
    const lts_matcher *m = e->m;
    lts_synth_space *space = NULL;
    char *its = lts_path_join(path, SYNTH_PARAMETERS),
         *own = lts_path_join(m->run, SYNTH_PARAMETERS);
    lts_status status =
        its && own ? lts_synth_space_load(its, &space, err) : lts_no_memory(path, err);
    if (status != LTS_OK)
        goto done;
    status = lts_synth_space_compare(space, its, m->space, own, err);
    if (status != LTS_OK)
        goto done;
    const double rate = lts_synth_space_settings(space)->sample_rate;
    const double wanted = lts_synth_space_settings(m->space)->sample_rate;
    if (lts_synth_space_samples(space) != m->samples || rate != wanted) {
        status = lts_fail(err, LTS_ERR_SHAPE, "%s: %zu samples at %g Hz, but %s has %zu at %g Hz",
                          its, lts_synth_space_samples(space), rate, own, m->samples, wanted);
        goto done;
    }
    status = synth_folder_open(path, m->space, &e->folder, err);
done:
    lts_synth_space_destroy(space);
    lts_free(its);
    lts_free(own);
    return status;
}

static lts_status create(evaluation *e, lts_error *err)
{
    static const char what[] = "an evaluation";
    const lts_matcher *m = e->m;
    e->inputs = lts_model_settings(m->model)->bins;
    const struct {
        void *at;
        size_t count, size;
    } array[] = {{&e->examples, BATCH * e->inputs, sizeof *e->examples},
                 {&e->probabilities, BATCH * m->free * m->classes, sizeof *e->probabilities},
                 {&e->labels, BATCH * m->free, sizeof *e->labels},
                 {&e->published, m->free + 1, sizeof *e->published}};
    for (size_t i = 0; i < sizeof array / sizeof *array; i++) {
        lts_status status =
            lts_alloc_checked(array[i].at, array[i].count, array[i].size, what, err);
        if (status != LTS_OK)
            return status;
    }
    lts_status status = sound_makers_create(m->transform, m->samples, m->threads, &e->maker, err);
    if (status != LTS_OK)
        return status;
    return match_tally_create(m->space, m->classes, &e->tally, err);
}

static void release(evaluation *e)
{
    sound_makers_destroy(e->maker, e->m->threads);
    lts_free(e->examples);
    lts_free(e->probabilities);
    lts_free(e->labels);
    lts_free(e->published);
    match_tally_free(&e->tally);
    synth_folder_close(&e->folder);
}

/* --- Classes -----------------------------------------------------------------------------------
 */

static void make_example(void *context, size_t item, unsigned worker)
{
    evaluation *e = context;
    sound_maker *one = &e->maker[worker];
    if (one->status != LTS_OK)
        return;
    const size_t row = spread(e->first + item, e->count, e->folder.rows);
    one->status =
        synth_folder_read(&e->folder, row, one->x, e->labels + item * e->m->free, &one->err);
    if (one->status == LTS_OK)
        transform_analyse(one->work, one->x, e->m->samples, e->examples + item * e->inputs);
}

static lts_status classify(evaluation *e, const lts_reporter *reporter, lts_error *err)
{
    const lts_matcher *m = e->m;
    for (e->first = 0; e->first < e->count; e->first += BATCH) {
        const size_t left = e->count - e->first, count = left < BATCH ? left : BATCH;
        if (lts_cancelled(reporter))
            return lts_fail(err, LTS_ERR_CANCELLED, "stopped after evaluating %zu of %zu sounds",
                            e->first, e->count);
        sound_makers_begin(e->maker, m->threads);
        lts_parallel_for(count, m->threads, make_example, e);
        const lts_status status = sound_makers_end(e->maker, m->threads, err);
        if (status != LTS_OK)
            return status;
        lts_npy_release(e->folder.array);
        lts_classifier_run(m->classifier, e->examples, count, e->probabilities);
        match_tally_add(&e->tally, e->probabilities, e->labels, count);
        lts_progress(reporter, "sounds evaluated", (double)(e->first + count), (double)e->count, 0);
    }
    return LTS_OK;
}

/* Whether the run is of the paper's own synthesizer, so that its authors' figures may stand beside.
 */
static bool is_paper(const lts_matcher *m)
{
    lts_synth_space *paper = NULL;
    lts_error unlike;
    const bool same = lts_synth_space_builtin("paper", &paper, &unlike) == LTS_OK &&
                      lts_synth_space_compare(m->space, "run", paper, "paper", &unlike) == LTS_OK;
    lts_synth_space_destroy(paper);
    return same;
}

/* known: what the paper found for the same, or NaN. */
static void record_scores(const char *name, const match_scores *scores, double known,
                          const lts_reporter *reporter)
{
    const lts_field fields[] = {{"parameter", name, 0},
                                {"mean_percentile_rank", NULL, scores->percentile},
                                {"top_1", NULL, scores->top[0]},
                                {"top_2", NULL, scores->top[1]},
                                {"top_3", NULL, scores->top[2]},
                                {"top_4", NULL, scores->top[3]},
                                {"top_5", NULL, scores->top[4]},
                                {"classes_off", NULL, scores->off},
                                {"published_percentile_rank", NULL, known}};
    const size_t count = sizeof fields / sizeof *fields;
    lts_record(reporter, "scores", fields, isnan(known) ? count - 1 : count);
}

/* Of free parameter `index`, or of the mean, the one after the last. */
static const char *score_name(const evaluation *e, size_t index)
{
    const lts_synth_space *space = e->m->space;
    return index < e->m->free
               ? lts_synth_space_at(space, lts_synth_space_free_at(space, index)).name
               : "mean";
}

/* Networks that the paper does not have are unknown to its table. */
static void find_published(evaluation *e)
{
    const lts_inversynth network =
        is_paper(e->m) ? lts_model_settings(e->m->model)->architecture : LTS_INVERSYNTH_OWN;
    for (size_t f = 0; f <= e->m->free; f++)
        e->published[f] = published_percentile(network, score_name(e, f));
}

static void record_all(const evaluation *e, const char *folder, const lts_reporter *reporter)
{
    const lts_field fields[] = {{"dataset", folder, 0}, {"examples", NULL, (double)e->count}};
    lts_record(reporter, "evaluation", fields, 2);
    for (size_t f = 0; f <= e->m->free; f++) {
        const match_scores scores =
            f < e->m->free ? match_tally_of(&e->tally, f) : match_tally_mean(&e->tally);
        record_scores(score_name(e, f), &scores, e->published[f], reporter);
    }
}

lts_status lts_match_evaluate(lts_matcher *m, const char *folder,
                              const lts_match_evaluation *options, const char *report_path,
                              const lts_reporter *reporter, lts_error *err)
{
    evaluation e = {.m = m};
    lts_outfile *report = NULL, *sounds = NULL;
    lts_status status = report_path ? lts_outfile_open(report_path, &report, err) : LTS_OK;
    if (status != LTS_OK)
        goto done;
    if (options->sounds_path)
        status = lts_outfile_open(options->sounds_path, &sounds, err);
    if (status != LTS_OK)
        goto done;
    status = open_folder(&e, folder, err);
    if (status != LTS_OK)
        goto done;
    status = create(&e, err);
    if (status != LTS_OK)
        goto done;
    e.count = options->examples > 0 && options->examples < e.folder.rows ? (size_t)options->examples
                                                                         : e.folder.rows;
    status = classify(&e, reporter, err);
    if (status != LTS_OK)
        goto done;
    find_published(&e);
    record_all(&e, folder, reporter);
    if (options->resyntheses > 0)
        status = evaluation_resynthesize(&e, options, sounds ? lts_outfile_stream(sounds) : NULL,
                                         reporter, err);
    if (status != LTS_OK)
        goto done;
    if (report) {
        match_tally_print(&e.tally, e.published, lts_outfile_stream(report));
        status = lts_outfile_commit(report, err);
        report = NULL;
    }
    if (status != LTS_OK)
        goto done;
    if (sounds) {
        status = lts_outfile_commit(sounds, err);
        sounds = NULL;
    }
done:
    lts_outfile_abort(report);
    lts_outfile_abort(sounds);
    release(&e);
    return status;
}
