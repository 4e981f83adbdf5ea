#include "engine/control/server.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TWO "/sound/interpolate_two"

enum { PLAIN = ADDRESS_PLAIN, SLOW = ADDRESS_SLOW, SOUNDS = ADDRESS_SOUNDS };

static const address table[] = {
    {"/test/connection", "", PLAIN, test_connection, "nothing"},
    {"/load/dataset", "s", SLOW, set_dataset, "a folder"},
    {"/load/model", "s", SLOW, set_model, "a run folder"},
    {TWO "/first/audio_path", "s", PLAIN, set_first, "a sound file"},
    {TWO "/second/audio_path", "s", PLAIN, set_second, "a sound file"},
    {"/set_alfa", "(n)", PLAIN, set_alfa,
     "one or more numbers, -1 for all of the second sound to 1 for all of the first"},
    {"/curve/points", "(nn)", PLAIN, set_points, "pairs of a time, 0 to 1, and an alpha"},
    {"/curve/begin", "n", PLAIN, begin_curve, "the number of values to come"},
    {"/curve/chunk", "n(n)", PLAIN, add_chunk, "the index of the first value, and values"},
    {"/curve/end", "", PLAIN, end_curve, "nothing"},
    {"/curve/load", "s", PLAIN, load_curve, "a curve file"},
    {"/interpolate_two/select", "nnn", PLAIN, select_excerpts,
     "duration, offset 1 and offset 2, seconds"},
    {"/interpolate_two/generate", "(nnn)?", SOUNDS, generate,
     "duration, offset 1 and offset 2, seconds"},
    {"/interpolate_two/retake", "(nnn)?", SOUNDS, retake,
     "duration, offset 1 and offset 2, seconds"},
    {"/interpolate_two/cancel", "", PLAIN, cancel, "nothing"},
    {"/mix", "n(snn)", SOUNDS, mix, "duration, then path, offset and weight of each sound"},
    {"/sound/stop", "s?", PLAIN, stop, "nothing"},
    {TWO "/play_again", "s?", SOUNDS, play_again, "nothing"},
    {TWO "/save_folder", "s", PLAIN, set_folder, "a folder"},
    {TWO "/save", "s?", SLOW, save_take, "nothing"},
    {"/output/normalize", "n", PLAIN, set_normalize, "0 or 1"},
    {"/output/sample", "n", PLAIN, set_sample, "0 or 1"},
    {"/output/gf_iter", "n", PLAIN, set_gf_iterations, "a number of iterations, 0 to 64"},
    {"/sound/set_phase_iter", "n", PLAIN, set_iterations, "a number of iterations, 0 to 64"},
    {"/batch_size/set", "n", PLAIN, set_batch_size, "a number of frames"},
    {"/seed", "(n)?", PLAIN, set_seed, "a whole number, or nothing for a new one each time"},
    {"/dataset/list", "", SLOW, list_dataset, "nothing"},
    {"/sound/features", "s", SLOW, make_features, "a sound file of the data set"},
    {"/audio/devicelist", "", PLAIN, list_devices, "nothing"},
    {"/audio/device/in", "n", PLAIN, set_input, "a device's number"},
    {"/audio/device/out", "n|s", PLAIN, set_device, "a device's number or name"},
    {"/live/start", "(nnn)?", SLOW | SOUNDS, live_begin,
     "duration, offset 1 and offset 2, seconds"},
    {"/live/mix", "n(snn)", SLOW | SOUNDS, live_begin_mix,
     "duration, then path, offset and weight of each sound"},
    {"/live/alpha", "(n)", PLAIN, live_set_alpha,
     "alpha, -3 to 4, or a weight for each sound, -4 to 4"},
    {"/live/position", "n", PLAIN, live_set_position, "a place in the loop, 0 to 1"},
    {"/live/freeze", "n", PLAIN, live_set_freeze, "0 or 1"},
    {"/live/speed", "n", PLAIN, live_set_speed, "a speed, -8 to 8; 1 is the sounds' own"},
    {"/live/gain", "n", PLAIN, live_set_gain, "a factor, 0 to 4"},
    {"/live/transpose", "n", PLAIN, live_set_transpose, "semitones, -48 to 48"},
    {"/live/stop", "", PLAIN, live_end, "nothing"},
    {"/meters", "n", PLAIN, set_meters, "0 or 1"},
    {"/state/send", "", PLAIN, send_state, "nothing"},
    {"/midi", "nnnn", PLAIN, midi_message, "kind, channel, number and value"},
};

const address *address_at(size_t index)
{
    return index < sizeof table / sizeof *table ? &table[index] : NULL;
}

/* "/live/3/alpha" is "/live/alpha" for the third voice, "/live/alpha" for the first. */
static bool same_path(const char *path, const char *sent, unsigned *voice)
{
    static const char prefix[] = "/live/";
    const size_t length = sizeof prefix - 1;
    *voice = 0;
    if (strcmp(path, sent) == 0)
        return true;
    if (strncmp(path, prefix, length) != 0 || strncmp(sent, prefix, length) != 0)
        return false;
    unsigned number = (unsigned)(sent[length] - '0');
    if (number < 1 || number > LIVE_VOICES || sent[length + 1] != '/')
        return false;
    *voice = number - 1;
    return strcmp(path + length, sent + length + 2) == 0;
}

const address *address_find(const char *path, unsigned *voice)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (same_path(table[i].path, path, voice))
            return &table[i];
    return NULL;
}

bool address_lacks_voice(const char *path)
{
    static const char prefix[] = "/live/";
    const size_t length = sizeof prefix - 1;
    char plain[64];
    unsigned voice;
    if (strncmp(path, prefix, length) != 0)
        return false;
    const size_t digits = strspn(path + length, "0123456789");
    if (digits == 0 || path[length + digits] != '/')
        return false;
    snprintf(plain, sizeof plain, "%s%s", prefix, path + length + digits + 1);
    return address_find(plain, &voice) != NULL;
}

static bool take_number(const control_message *message, size_t *i)
{
    if (*i >= message->count || !arg_is_number(&message->args[*i]) ||
        !isfinite(message->args[*i].number))
        return false;
    ++*i;
    return true;
}

static bool take_text(const control_message *message, size_t *i)
{
    size_t from = *i;
    while (*i < message->count && arg_is_text(&message->args[*i]))
        ++*i;
    return *i > from;
}

/* The letters up to `end`, from argument *i on. */
static bool take_letters(const char *letters, const char *end, const control_message *message,
                         size_t *i)
{
    for (; letters < end; letters++)
        if (!(*letters == 'n' ? take_number(message, i) : take_text(message, i)))
            return false;
    return true;
}

bool address_accepts(const address *a, const control_message *message)
{
    size_t i = 0;
    const char *group = strchr(a->args, '(');
    if (strcmp(a->args, "n|s") == 0) {
        bool good = take_number(message, &i) || take_text(message, &i);
        return good && i == message->count;
    }
    if (strcmp(a->args, "s?") == 0)
        return take_text(message, &i), i == message->count;
    if (!take_letters(a->args, group ? group : a->args + strlen(a->args), message, &i))
        return false;
    if (group) {
        const char *end = strchr(group, ')');
        bool once = end[1] == '?';
        if (once && i == message->count)
            return true;
        do
            if (!take_letters(group + 1, end, message, &i))
                return false;
        while (!once && i < message->count);
    }
    /* Texts after all that is needed are left aside, as "bang" and "STOP" are. */
    take_text(message, &i);
    return i == message->count;
}

static bool is_outdated(void *user)
{
    const request *r = user;
    return atomic_load(&r->server->closing) || atomic_load(&r->server->stops) != r->stops ||
           lts_cancelled(r->server->reporter);
}

lts_reporter request_reporter(const request *r)
{
    return (lts_reporter){.user = (void *)r, .cancelled = is_outdated};
}

double request_number(const request *r, size_t i)
{
    return r->message->args[i].number;
}

char *request_text(const request *r, size_t i)
{
    const control_message *message = r->message;
    size_t size = 0, end = i;
    for (; end < message->count && arg_is_text(&message->args[end]); end++)
        size += strlen(message->args[end].text) + 1;
    char *text = lts_alloc(size, 1), *to = text;
    for (; text && i < end; i++) {
        size_t length = strlen(message->args[i].text);
        memcpy(to, message->args[i].text, length);
        to += length;
        *to++ = i + 1 < end ? ' ' : '\0';
    }
    return text;
}
