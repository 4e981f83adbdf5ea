#include "engine/match/matcher_ref.h"

/* No link in the run, nor where it leads to, takes what is read out of the root. */
static lts_status check_places(const path_rules *rules, const char *run, lts_error *err)
{
    static const char *const inside[] = {"config.ini", "parameters.ini", "model",
                                         "model/best.safetensors", "model/last.safetensors"};
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
        char *path;
        const lts_status status = path_below(rules, run, inside[i], &path, err);
        lts_free(path);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

lts_status matcher_ref_open(const path_rules *rules, const char *run, unsigned threads,
                            matcher_ref **out, lts_error *err)
{
    matcher_ref *m;
    *out = NULL;
    lts_status status = lts_alloc_checked(&m, 1, sizeof *m, "a classifier", err);
    if (status != LTS_OK)
        return status;
    atomic_init(&m->holders, 1);
    status = check_places(rules, run, err);
    if (status != LTS_OK)
        goto done;
    if ((status = lts_matcher_open(run, threads, &m->matcher, err)) != LTS_OK)
        goto done;
    if (!(m->path = lts_strdup(run))) {
        status = lts_no_memory(run, err);
        goto done;
    }
    *out = m;
    m = NULL;
done:
    matcher_ref_drop(m);
    return status;
}

matcher_ref *matcher_ref_hold(matcher_ref *m)
{
    atomic_fetch_add(&m->holders, 1);
    return m;
}

void matcher_ref_drop(matcher_ref *m)
{
    if (!m || atomic_fetch_sub(&m->holders, 1) != 1)
        return;
    lts_matcher_close(m->matcher);
    lts_free(m->path);
    lts_free(m);
}
