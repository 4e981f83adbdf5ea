#include "engine/match/match_result.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

enum { MOST_FILES = 100000 };

lts_status match_result_create(const lts_synth_space *space, const char *name, match_result **out,
                               lts_error *err)
{
    static const char what[] = "a match";
    match_result *m;
    const size_t count = lts_synth_space_count(space);
    *out = NULL;
    lts_status status = lts_alloc_checked(&m, 1, sizeof *m, what, err);
    if (status != LTS_OK)
        return status;
    atomic_init(&m->holders, 1);
    m->name = lts_strdup(name);
    status = m->name ? lts_synth_space_copy(space, &m->space, err) : lts_no_memory(what, err);
    if (status != LTS_OK)
        goto done;
    if ((status = lts_alloc_checked(&m->values, count, sizeof *m->values, what, err)) != LTS_OK)
        goto done;
    status = lts_alloc_checked(&m->confidence, count, sizeof *m->confidence, what, err);
    if (status != LTS_OK)
        goto done;
    *out = m;
    m = NULL;
done:
    match_result_drop(m);
    return status;
}

match_result *match_result_hold(match_result *m)
{
    atomic_fetch_add(&m->holders, 1);
    return m;
}

void match_result_drop(match_result *m)
{
    if (!m || atomic_fetch_sub(&m->holders, 1) != 1)
        return;
    lts_synth_space_destroy(m->space);
    lts_free(m->values);
    lts_free(m->confidence);
    lts_free(m->name);
    rendered_drop(m->sound);
    lts_free(m);
}

double match_result_value(const match_result *m, const char *name)
{
    const size_t p = lts_synth_space_find(m->space, name);
    return p < lts_synth_space_count(m->space) ? m->values[p] : NAN;
}

/* LTS_ERR_EXISTS, without a text, when the name is taken. */
static lts_status save_number(const char *text, int at, const char *folder, int number, char **path,
                              lts_error *err)
{
    char name[64];
    lts_outfile *file;
    snprintf(name, sizeof name, "matched_patch-%05d.ini", number);
    if (faccessat(at, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
        return LTS_ERR_EXISTS;
    *path = lts_path_join(folder, name);
    if (!*path)
        return lts_no_memory(folder, err);
    lts_status status = lts_outfile_open_in(at, *path, &file, err);
    if (status != LTS_OK)
        goto done;
    if (fputs(text, lts_outfile_stream(file)) == EOF) {
        lts_outfile_abort(file);
        status = lts_fail(err, LTS_ERR_IO, "%s: cannot be written", *path);
        goto done;
    }
    status = lts_outfile_commit_new(file, err);
done:
    if (status != LTS_OK) {
        lts_free(*path);
        *path = NULL;
    }
    return status;
}

lts_status match_result_save(const match_result *m, const path_rules *rules, const char *folder,
                             char **path, lts_error *err)
{
    int at;
    *path = NULL;
    lts_status status = path_open_folder(rules, folder, &at, err);
    if (status != LTS_OK)
        return status;
    char *text = lts_synth_patch_text(m->space, m->values);
    status = text ? LTS_ERR_EXISTS : lts_no_memory(folder, err);
    for (int number = 0; status == LTS_ERR_EXISTS && number < MOST_FILES; number++)
        status = save_number(text, at, folder, number, path, err);
    close(at);
    lts_free(text);
    if (status != LTS_ERR_EXISTS)
        return status;
    return lts_fail(err, LTS_ERR_EXISTS, "%s: holds %d patches already: name another folder",
                    folder, MOST_FILES);
}

void match_slots_init(match_slots *slots)
{
    pthread_mutex_init(&slots->lock, NULL);
}

void match_slots_free(match_slots *slots)
{
    for (unsigned slot = 0; slot < MATCH_SLOTS; slot++)
        match_result_drop(slots->result[slot]);
    pthread_mutex_destroy(&slots->lock);
}

void match_slots_put(match_slots *slots, unsigned slot, match_result *m)
{
    pthread_mutex_lock(&slots->lock);
    match_result *before = slots->result[slot];
    slots->result[slot] = m;
    pthread_mutex_unlock(&slots->lock);
    match_result_drop(before);
}

match_result *match_slots_get(match_slots *slots, unsigned slot)
{
    pthread_mutex_lock(&slots->lock);
    match_result *m = slots->result[slot] ? match_result_hold(slots->result[slot]) : NULL;
    pthread_mutex_unlock(&slots->lock);
    return m;
}
