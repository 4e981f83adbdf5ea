#include "engine/play/rendered.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

enum { MOST_FILES = 100000 };

lts_status take_create(size_t samples, double sample_rate, bool normalize, take **out,
                       lts_error *err)
{
    take *t;
    *out = NULL;
    lts_status status = lts_alloc_checked(&t, 1, sizeof *t, "a take", err);
    if (status != LTS_OK)
        return status;
    t->n = samples;
    t->sample_rate = sample_rate;
    t->normalize = normalize;
    t->scale = 1;
    atomic_init(&t->ready, 0);
    atomic_init(&t->abandoned, false);
    atomic_init(&t->holders, 1);
    status = lts_alloc_checked(&t->x, samples, sizeof *t->x, "a take's samples", err);
    if (status == LTS_OK)
        *out = t;
    else
        take_drop(t);
    return status;
}

take *take_hold(take *t)
{
    atomic_fetch_add(&t->holders, 1);
    return t;
}

void take_drop(take *t)
{
    if (!t || atomic_fetch_sub(&t->holders, 1) != 1)
        return;
    lts_free(t->comment);
    lts_free(t->x);
    lts_free(t);
}

void take_extend(take *t, size_t ready)
{
    atomic_store_explicit(&t->ready, ready, memory_order_release);
}

void take_finish(take *t, char *comment)
{
    float peak = 0;
    for (size_t i = 0; t->normalize && i < t->n; i++)
        peak = fmaxf(peak, fabsf(t->x[i]));
    if (peak > 0)
        t->scale = peak;
    t->comment = comment;
    take_extend(t, t->n);
}

static lts_status save_as(take *t, int folder, const char *path, lts_audio_bits bits,
                          lts_error *err)
{
    float *scaled = NULL;
    const lts_audio_format format = {
        .sample_rate = t->sample_rate, .bits = bits, .comment = t->comment, .anew = true};
    if (!t->normalize)
        return lts_audio_save_in(folder, path, t->x, t->n, &format, err);
    lts_status status = lts_alloc_checked(&scaled, t->n, sizeof *scaled, "a normalised sound", err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < t->n; i++)
        scaled[i] = t->x[i] / t->scale;
    status = lts_audio_save_in(folder, path, scaled, t->n, &format, err);
    lts_free(scaled);
    return status;
}

/* LTS_ERR_EXISTS, without a text, when the name is taken. */
static lts_status save_number(take *t, int at, const char *folder, int number, lts_audio_bits bits,
                              char **path, lts_error *err)
{
    char name[64];
    snprintf(name, sizeof name, "generated_audio-%05d.wav", number);
    if (faccessat(at, name, F_OK, 0) == 0)
        return LTS_ERR_EXISTS;
    *path = lts_path_join(folder, name);
    if (!*path)
        return lts_no_memory(folder, err);
    lts_status status = save_as(t, at, *path, bits, err);
    if (status != LTS_OK) {
        lts_free(*path);
        *path = NULL;
    }
    return status;
}

lts_status take_save(take *t, const path_rules *rules, const char *folder, lts_audio_bits bits,
                     char **path, lts_error *err)
{
    int at;
    *path = NULL;
    lts_status status = path_open_folder(rules, folder, &at, err);
    if (status != LTS_OK)
        return status;
    status = LTS_ERR_EXISTS;
    for (int number = 0; status == LTS_ERR_EXISTS && number < MOST_FILES; number++)
        status = save_number(t, at, folder, number, bits, path, err);
    close(at);
    if (status != LTS_ERR_EXISTS)
        return status;
    return lts_fail(err, LTS_ERR_EXISTS, "%s: holds %d sounds already: name another folder", folder,
                    MOST_FILES);
}
