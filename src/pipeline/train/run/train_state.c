#include "pipeline/train/train_job.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char history_key[] = "train.history", threads_key[] = "train.threads";

/* Every field has 8 bytes, kept as hexadecimal digits: exact, and the same in every locale. */
static const struct {
    const char *key;
    size_t offset;
} field[] = {
    {"train.seed", offsetof(train_state, seed)},
    {"train.frames", offsetof(train_state, frames)},
    {threads_key, offsetof(train_state, threads)},
    {"train.decay_steps", offsetof(train_state, decay_steps)},
    {"train.epoch", offsetof(train_state, epoch)},
    {"train.position", offsetof(train_state, position)},
    {"train.steps", offsetof(train_state, steps)},
    {"train.sum_total", offsetof(train_state, sum.total)},
    {"train.sum_reconstruction", offsetof(train_state, sum.reconstruction)},
    {"train.sum_kl", offsetof(train_state, sum.kl)},
    {"train.step_seconds", offsetof(train_state, step_seconds)},
    {"train.epoch_seconds", offsetof(train_state, epoch_seconds)},
    {"train.seconds", offsetof(train_state, seconds)},
    {"train.best_loss", offsetof(train_state, best_loss)},
    {"train.best_epoch", offsetof(train_state, best_epoch)},
    {"train.watched_loss", offsetof(train_state, watched_loss)},
    {"train.waited", offsetof(train_state, waited)},
};
enum { FIELDS = sizeof field / sizeof *field, DIGITS = 17 };
_Static_assert(FIELDS + 1 == TRAIN_STATE_NOTES, "the header gives the number of notes");

void train_state_start(train_state *state)
{
    *state = (train_state){.best_loss = INFINITY, .watched_loss = INFINITY};
}

void train_state_free(train_state *state)
{
    train_history_free(&state->history);
}

lts_status train_state_notes(const train_state *state, train_state_text *text,
                             lts_model_note notes[TRAIN_STATE_NOTES], lts_error *err)
{
    for (size_t i = 0; i < FIELDS; i++) {
        uint64_t bits;
        memcpy(&bits, (const char *)state + field[i].offset, sizeof bits);
        snprintf(text->digits[i], DIGITS, "%016" PRIx64, bits);
        notes[i] = (lts_model_note){field[i].key, text->digits[i]};
    }
    text->history = train_history_text(&state->history);
    if (!text->history)
        return lts_no_memory("the history", err);
    notes[FIELDS] = (lts_model_note){history_key, text->history};
    return LTS_OK;
}

void train_clock(train_job *job)
{
    double now = lts_now();
    job->state.seconds += now - job->clock;
    job->state.epoch_seconds += now - job->clock;
    job->clock = now;
}

/* False for what is no number as train_state_notes writes it. */
static bool read_bits(const char *text, uint64_t *bits)
{
    char *end = NULL;
    *bits = text ? strtoull(text, &end, 16) : 0;
    return text && strlen(text) == DIGITS - 1 && !*end;
}

uint64_t train_state_threads(const char *path)
{
    lts_safetensors *file;
    lts_error ignored;
    uint64_t threads = 0;
    if (lts_safetensors_open(path, &file, &ignored) != LTS_OK)
        return 0;
    if (!read_bits(lts_safetensors_metadata(file, threads_key), &threads))
        threads = 0;
    lts_safetensors_close(file);
    return threads;
}

lts_status train_state_read(const lts_model *checkpoint, const char *path, train_state *state,
                            lts_error *err)
{
    train_state_start(state);
    for (size_t i = 0; i < FIELDS; i++) {
        const char *text = lts_model_note_get(checkpoint, field[i].key);
        uint64_t bits;
        if (!read_bits(text, &bits))
            return lts_fail(err, LTS_ERR_FORMAT, "%s: %s is %s: not a checkpoint of lts-train",
                            path, field[i].key, text ? "damaged" : "missing");
        memcpy((char *)state + field[i].offset, &bits, sizeof bits);
    }
    const char *history = lts_model_note_get(checkpoint, history_key);
    lts_error reason;
    lts_status status = history ? train_history_parse(history, &state->history, &reason)
                                : lts_fail(&reason, LTS_ERR_FORMAT, "the history is missing");
    if (status != LTS_OK)
        return lts_fail(err, status, "%s: %s", path, reason.text);
    return LTS_OK;
}
