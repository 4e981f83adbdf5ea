/* From a sound to its note. */
#include "pipeline/dataset/notes/note_pool.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

static const float silence = 1e-6f;

bool note_take_stamp(const char *path, char stamp[NOTE_STAMP_TEXT])
{
    struct stat info;
    if (stat(path, &info) != 0)
        return false;
#ifdef __APPLE__
    const long nanoseconds = info.st_mtimespec.tv_nsec;
#else
    const long nanoseconds = info.st_mtim.tv_nsec;
#endif
    snprintf(stamp, NOTE_STAMP_TEXT, "%lld-%lld.%09ld", (long long)info.st_size,
             (long long)info.st_mtime, nanoseconds);
    return true;
}

static lts_status read_note(const note_pool *p, const char *sound, float *x, size_t *n,
                            lts_error *err)
{
    const lts_note_config *note = &p->job->feature.note;
    lts_audio_reader *reader;
    lts_status status =
        lts_audio_reader_open(sound, note->sample_rate, 0, note->duration, &reader, err);
    if (status != LTS_OK)
        return status;
    status = lts_audio_reader_read(reader, x, p->samples, n, err);
    lts_audio_reader_close(reader);
    if (status != LTS_OK)
        return status;
    if (*n == 0)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: too short to be resampled to %g Hz", sound,
                        note->sample_rate);
    return LTS_OK;
}

static lts_status make_row(const note_pool *p, const lts_dataset_file *file, note_scratch *s,
                           size_t n, note_row *row, lts_error *err)
{
    row->file = file->name;
    transform_analyse_note(s->work, s->x, n, s->example, &row->range);
    if (!isfinite(row->range.max) || !isfinite(row->range.min))
        return lts_fail(err, LTS_ERR_NONFINITE,
                        "%s: its levels are no finite numbers: the sound is too loud: scale it to "
                        "-1 .. 1",
                        file->sound);
    note_names_find(&p->names, file->name, &row->label);
    if (!note_take_stamp(file->sound, row->stamp))
        return lts_fail(err, LTS_ERR_IO, "%s: it is gone", file->sound);
    return lts_hash_file(file->sound, row->hash, err);
}

/* With the lock held. */
static void count_rate(note_pool *p, double rate, const char *sound)
{
    size_t r = 0;
    while (r < RATES && p->rate[r].count > 0 && p->rate[r].rate != rate)
        r++;
    if (r == RATES)
        return;
    if (p->rate[r].count++ == 0)
        p->rate[r] = (rate_tally){rate, 1, sound};
}

static bool is_silent(const float *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fabsf(x[i]) >= silence)
            return false;
    return true;
}

static void remark(note_pool *p, const lts_dataset_file *file, const lts_audio_info *info,
                   const note_scratch *s, size_t n)
{
    const lts_note_config *note = &p->job->feature.note;
    pthread_mutex_lock(&p->lock);
    count_rate(p, info->sample_rate, file->sound);
    if (n < p->samples && p->shorter++ < MOST_SAID)
        lts_message(p->job->reporter, LTS_LEVEL_WARNING,
                    "%s: %.3g s long: filled up with silence to %g s", file->sound,
                    (double)n / note->sample_rate, note->duration);
    if (is_silent(s->x, n))
        lts_message(p->job->reporter, LTS_LEVEL_WARNING, "%s: silent from end to end", file->sound);
    pthread_mutex_unlock(&p->lock);
}

lts_status note_analyse_sound(note_pool *p, const lts_dataset_file *file, note_scratch *s,
                              note_row *row, lts_error *err)
{
    lts_audio_info info = {0};
    size_t n = 0;
    lts_status status = lts_audio_probe(file->sound, &info, err);
    if (status != LTS_OK)
        return status;
    if ((status = read_note(p, file->sound, s->x, &n, err)) != LTS_OK)
        return status;
    if ((status = make_row(p, file, s, n, row, err)) != LTS_OK)
        return status;
    remark(p, file, &info, s, n);
    return LTS_OK;
}
