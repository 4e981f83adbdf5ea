#include "engine/play/playback.h"

#include <pthread.h>

enum { FADE = 220 /* samples, 5 ms at 44.1 kHz */ };

/* One sound on its way out or in. */
typedef struct playing {
    rendered *sound; /* NULL: nothing */
    size_t at;
    int level; /* 0 .. FADE */
    bool leaving;
} playing;

struct playback {
    pthread_mutex_t lock;
    playing now, before; /* what was stopped or replaced fades beside what begins */
};

lts_status playback_create(playback **out, lts_error *err)
{
    lts_status status = lts_alloc_checked(out, 1, sizeof **out, "playback", err);
    if (status != LTS_OK)
        return status;
    pthread_mutex_init(&(*out)->lock, NULL);
    return LTS_OK;
}

void playback_destroy(playback *p)
{
    if (!p)
        return;
    rendered_drop(p->now.sound);
    rendered_drop(p->before.sound);
    pthread_mutex_destroy(&p->lock);
    lts_free(p);
}

/* The lock is held. What plays fades out; returns what faded before, cut short, for the caller to
 * drop once the lock is free. A playback without a sound leaves what fades alone. */
static rendered *retire(playback *p)
{
    if (!p->now.sound)
        return NULL;
    rendered *cut = p->before.sound;
    p->before = p->now;
    p->before.leaving = true;
    p->now = (playing){0};
    return cut;
}

void playback_play(playback *p, rendered *sound)
{
    pthread_mutex_lock(&p->lock);
    rendered *cut = retire(p);
    /* A sound's own beginning is not softened: there was silence before it. */
    p->now = (playing){.sound = rendered_hold(sound), .level = FADE};
    pthread_mutex_unlock(&p->lock);
    rendered_drop(cut);
}

void playback_stop(playback *p)
{
    pthread_mutex_lock(&p->lock);
    rendered *cut = retire(p);
    pthread_mutex_unlock(&p->lock);
    rendered_drop(cut);
}

bool playback_position(playback *p, double *position)
{
    pthread_mutex_lock(&p->lock);
    bool plays = p->now.sound != NULL;
    *position = plays ? (double)p->now.at / (double)p->now.sound->n : -1;
    pthread_mutex_unlock(&p->lock);
    return plays;
}

/* How many samples may be played from `at` on: those of a sound to be normalised only when its peak
 * is known. */
static size_t playable(const playing *r)
{
    size_t ready = atomic_load_explicit(&r->sound->ready, memory_order_acquire);
    if (r->sound->normalize && ready < r->sound->n)
        return 0;
    return ready > r->at ? ready - r->at : 0;
}

/* Returns the sound when it is over, for the caller to drop. */
static rendered *play(playing *r, float *x, size_t count)
{
    if (!r->sound)
        return NULL;
    size_t there = playable(r), n = r->sound->n;
    bool last = r->at + there == n;
    for (size_t i = 0; i < count && i < there; i++) {
        /* Towards a gap, and when leaving, down to nothing; else up. */
        bool down = r->leaving || (!last && there - i <= FADE);
        r->level += down ? (r->level > 0 ? -1 : 0) : (r->level < FADE ? 1 : 0);
        x[i] += r->sound->x[r->at++] / r->sound->scale * ((float)r->level / FADE);
        if (r->leaving && r->level == 0)
            break;
    }
    bool over = r->at == n || (r->leaving && (r->level == 0 || there == 0)) ||
                (there == 0 && atomic_load(&r->sound->abandoned));
    rendered *done = over ? r->sound : NULL;
    if (over)
        *r = (playing){0};
    return done;
}

void playback_fill(playback *p, float *x, size_t count)
{
    pthread_mutex_lock(&p->lock);
    rendered *before = play(&p->before, x, count), *now = play(&p->now, x, count);
    pthread_mutex_unlock(&p->lock);
    rendered_drop(before);
    rendered_drop(now);
}
