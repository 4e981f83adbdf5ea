#include "engine/play/rendered.h"

#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

enum { MOST_FILES = 100000 };

lts_status rendered_create(size_t samples, double sample_rate, bool normalize, rendered **out,
                           lts_error *err)
{
    rendered *sound;
    *out = NULL;
    lts_status status = lts_alloc_checked(&sound, 1, sizeof *sound, "a sound", err);
    if (status != LTS_OK)
        return status;
    sound->n = samples;
    sound->sample_rate = sample_rate;
    sound->normalize = normalize;
    sound->scale = 1;
    atomic_init(&sound->ready, 0);
    atomic_init(&sound->abandoned, false);
    atomic_init(&sound->holders, 1);
    status = lts_alloc_checked(&sound->x, samples, sizeof *sound->x, "a sound's samples", err);
    if (status != LTS_OK)
        goto done;
    *out = sound;
    sound = NULL;
done:
    rendered_drop(sound);
    return status;
}

rendered *rendered_hold(rendered *sound)
{
    atomic_fetch_add(&sound->holders, 1);
    return sound;
}

void rendered_drop(rendered *sound)
{
    if (!sound || atomic_fetch_sub(&sound->holders, 1) != 1)
        return;
    lts_free(sound->comment);
    lts_free(sound->x);
    lts_free(sound);
}

void rendered_extend(rendered *sound, size_t ready)
{
    atomic_store_explicit(&sound->ready, ready, memory_order_release);
}

void rendered_finish(rendered *sound, char *comment)
{
    float peak = 0;
    for (size_t i = 0; sound->normalize && i < sound->n; i++)
        peak = fmaxf(peak, fabsf(sound->x[i]));
    if (peak > 0)
        sound->scale = peak;
    sound->comment = comment;
    rendered_extend(sound, sound->n);
}

static lts_status save_as(rendered *sound, int folder, const char *path, lts_audio_bits bits,
                          lts_error *err)
{
    float *scaled = NULL;
    const lts_audio_format format = {
        .sample_rate = sound->sample_rate, .bits = bits, .comment = sound->comment, .anew = true};
    if (!sound->normalize)
        return lts_audio_save_in(folder, path, sound->x, sound->n, &format, err);
    lts_status status =
        lts_alloc_checked(&scaled, sound->n, sizeof *scaled, "a normalised sound", err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < sound->n; i++)
        scaled[i] = sound->x[i] / sound->scale;
    status = lts_audio_save_in(folder, path, scaled, sound->n, &format, err);
    lts_free(scaled);
    return status;
}

/* LTS_ERR_EXISTS, without a text, when the name is taken. */
static lts_status save_number(rendered *sound, int at, const char *folder, int number,
                              lts_audio_bits bits, char **path, lts_error *err)
{
    char name[64];
    snprintf(name, sizeof name, "generated_audio-%05d.wav", number);
    if (faccessat(at, name, F_OK, 0) == 0)
        return LTS_ERR_EXISTS;
    *path = lts_path_join(folder, name);
    if (!*path)
        return lts_no_memory(folder, err);
    lts_status status = save_as(sound, at, *path, bits, err);
    if (status != LTS_OK) {
        lts_free(*path);
        *path = NULL;
    }
    return status;
}

lts_status rendered_save(rendered *sound, const path_rules *rules, const char *folder,
                         lts_audio_bits bits, char **path, lts_error *err)
{
    int at;
    *path = NULL;
    lts_status status = path_open_folder(rules, folder, &at, err);
    if (status != LTS_OK)
        return status;
    status = LTS_ERR_EXISTS;
    for (int number = 0; status == LTS_ERR_EXISTS && number < MOST_FILES; number++)
        status = save_number(sound, at, folder, number, bits, path, err);
    close(at);
    if (status != LTS_ERR_EXISTS)
        return status;
    return lts_fail(err, LTS_ERR_EXISTS, "%s: holds %d sounds already: name another folder", folder,
                    MOST_FILES);
}
