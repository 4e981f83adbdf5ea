#include "engine/handlers/handlers.h"

#include <fcntl.h>
#include <math.h>
#include <unistd.h>

enum { MOST_LIMIT = 1000, MOST_ITERATIONS = 64, MOST_BATCH = 1 << 20 };

void set_normalize(const request *r)
{
    lts_server *s = r->server;
    s->state.normalize = request_number(r, 0) != 0;
    state_changed(s);
    reply_send(&s->reply, "/output/normalize", "i", (int)s->state.normalize);
    reply_report(&s->reply, "Output normalization is %s.", s->state.normalize ? "on" : "off");
}

void set_sample(const request *r)
{
    lts_server *s = r->server;
    s->state.sample = request_number(r, 0) != 0;
    state_changed(s);
    reply_send(&s->reply, "/output/sample", "i", (int)s->state.sample);
    reply_report(&s->reply, "Latent sampling is %s.", s->state.sample ? "on" : "off");
}

void send_level(lts_server *s)
{
    reply_send(&s->reply, "/output/level", "s", lts_level_law_text(s->state.level));
}

void set_level(const request *r)
{
    lts_server *s = r->server;
    lts_level_law law;
    char *text = request_text(r, 0);
    if (!text)
        return;
    const bool known = lts_parse_level_law(text, &law);
    if (known) {
        s->state.level = (int)law;
        state_changed(s);
        if (s->live)
            live_levels(s->live, law);
        send_level(s);
        reply_report(&s->reply, "Levels mix %s.%s", law == LTS_LAW_NONE ? "in dB" : "as loudness",
                     s->model && !lts_model_has_level(s->model->model)
                         ? " This model has no levels: nothing changes."
                         : "");
    } else {
        reply_report(&s->reply, "/output/level %.40s: give loudness or none.", text);
    }
    lts_free(text);
}

/* Of renders and of voices. */
void set_limit(const request *r)
{
    lts_server *s = r->server;
    const double limit = request_number(r, 0);
    if (!(limit >= 0 && limit <= MOST_LIMIT)) {
        reply_report(&s->reply, "Limit %g: give 0, for none, to %d.", limit, MOST_LIMIT);
        return;
    }
    s->state.limit = limit;
    state_changed(s);
    if (s->live)
        live_limit(s->live, limit);
    reply_send(&s->reply, "/sound/limit", "f", limit);
    if (limit == 0)
        reply_report(&s->reply, "Paths have no limit.");
    else if (s->model && !model_ref_distance(s->model))
        reply_report(&s->reply, "This model has no map of distances: the limit waits for one.");
    else
        reply_report(&s->reply, "Paths stay within %g of what was trained.", limit);
}

void set_align(const request *r)
{
    lts_server *s = r->server;
    lts_alignment align;
    char *sent = request_text(r, 0);
    if (sent && lts_parse_alignment(sent, &align)) {
        s->state.align = (int)align;
        state_changed(s);
        reply_send(&s->reply, "/output/align", "s", lts_alignment_text(s->state.align));
        reply_report(&s->reply, "Alignment is %s.", lts_alignment_text(s->state.align));
    } else if (sent) {
        reply_report(&s->reply, "/output/align: give none, pitch, time, both or auto.");
    }
    lts_free(sent);
}

static void set_phase_iterations(const request *r)
{
    lts_server *s = r->server;
    s->state.iterations = (int)fmin(fmax(request_number(r, 0), 0), MOST_ITERATIONS);
    state_changed(s);
}

void set_iterations(const request *r)
{
    lts_server *s = r->server;
    set_phase_iterations(r);
    reply_report(&s->reply, "Number of phase estimation iterations set to %d", s->state.iterations);
}

void set_gf_iterations(const request *r)
{
    lts_server *s = r->server;
    set_phase_iterations(r);
    reply_send(&s->reply, "/output/gf_iter", "i", s->state.iterations);
    reply_report(&s->reply, "Griffin Lim number of iterations is set to: %d", s->state.iterations);
}

/* Kept for the clients that show it: a renderer here chooses its groups itself. */
void set_batch_size(const request *r)
{
    lts_server *s = r->server;
    double size = request_number(r, 0);
    if (!(size >= 1 && size <= MOST_BATCH)) {
        reply_report(&s->reply, "Batch size %g: give 1 to %d.", size, MOST_BATCH);
        return;
    }
    s->state.batch_size = (int)size;
    state_changed(s);
    reply_send(&s->reply, "/model/batch_size", "i", s->state.batch_size);
    reply_report(&s->reply, "Batch size is set to: %d", s->state.batch_size);
}

void send_seed(lts_server *s)
{
    const uint64_t seed = s->state.seed;
    if (!s->state.seed_given)
        reply_send(&s->reply, "/seed", "");
    else if (seed <= INT32_MAX) /* what clients without 64-bit numbers can read */
        reply_send(&s->reply, "/seed", "i", (int)seed);
    else
        reply_send(&s->reply, "/seed", "h", (int64_t)seed);
}

void set_seed(const request *r)
{
    lts_server *s = r->server;
    if (r->message->count == 0 || !arg_is_number(&r->message->args[0])) {
        s->state.seed_given = false;
        state_changed(s);
        send_seed(s);
        reply_report(&s->reply, "Seed is random.");
        return;
    }
    /* Whole numbers that a double holds. */
    double seed = request_number(r, 0);
    if (r->message->count != 1 || !(seed >= 0 && seed <= 9007199254740992.0) ||
        seed != floor(seed)) {
        reply_report(&s->reply, "/seed: give one whole number, 0 to 9007199254740992.");
        return;
    }
    s->state.seed_given = true;
    s->state.seed = (uint64_t)seed;
    state_changed(s);
    send_seed(s);
    reply_report(&s->reply, "Seed is set to %llu.", (unsigned long long)s->state.seed);
}

/* The folder by the name it will be known by, and open. */
static lts_status find_folder(const path_rules *rules, const char *sent, char **path,
                              int *descriptor, lts_error *err)
{
    lts_status status = path_resolve(rules, sent, path, err);
    if (status != LTS_OK)
        return status;
    path_drop_slashes(*path);
    return path_open_folder(rules, *path, descriptor, err);
}

void set_folder(const request *r)
{
    lts_server *s = r->server;
    lts_error err;
    int descriptor = -1;
    char *path = NULL, *sent = request_text(r, 0);
    if (!sent)
        return;
    lts_status status = find_folder(&s->rules, sent, &path, &descriptor, &err);
    if (status == LTS_ERR_NOT_FOUND) {
        reply_report(&s->reply, "Save folder does not exist at the path %s", path ? path : sent);
    } else if (status != LTS_OK) {
        reply_report(&s->reply, "Could not set the save folder: %s", err.text);
    } else if (faccessat(descriptor, ".", W_OK, 0) != 0) {
        reply_report(&s->reply, "Save folder cannot be written to: %s", path);
    } else {
        lts_free(s->state.save_folder);
        s->state.save_folder = path;
        path = NULL;
        state_changed(s);
        reply_report(&s->reply, "Save folder set to %s", s->state.save_folder);
    }
    if (descriptor >= 0)
        close(descriptor);
    lts_free(path);
    lts_free(sent);
}

void save_rendered(const request *r)
{
    lts_server *s = r->server;
    if (!s->state.save_folder) {
        reply_report(&s->reply, "Please provide a save folder before saving the audio");
        return;
    }
    /* A sound that is being rendered is the one that is meant. */
    worker_promise promise = worker_save_later(s->worker, s->state.save_folder);
    if (promise != WORKER_IDLE) {
        reply_report(&s->reply, promise == WORKER_PROMISED
                                    ? "Saving when the sound is rendered..."
                                    : "Not saved: this sound is to be saved often enough already.");
        return;
    }
    rendered *sound = worker_last(s->worker);
    if (!sound) {
        reply_report(&s->reply, "Nothing generated yet.");
        return;
    }
    worker_save(s->worker, sound, s->state.save_folder);
    rendered_drop(sound);
}

void play_again(const request *r)
{
    lts_server *s = r->server;
    rendered *sound = worker_last(s->worker);
    if (!sound) {
        reply_report(&s->reply, "Nothing generated yet.");
        return;
    }
    if (sound->sample_rate == s->player_rate) {
        reply_report(&s->reply, "Playing the previous audio...");
        playback_play(s->playback, sound);
    } else {
        reply_report(&s->reply, "The previous audio has %g Hz, the model %g: generate it again.",
                     sound->sample_rate, s->player_rate);
    }
    rendered_drop(sound);
}
