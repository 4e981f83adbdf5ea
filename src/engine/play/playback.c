#include "engine/play/playback.h"

#include <pthread.h>

enum { FADE = 220 /* samples, 5 ms at 44.1 kHz */ };

/* One take on its way out or in. */
typedef struct reel {
    take *take; /* NULL: nothing */
    size_t at;
    int level; /* 0 .. FADE */
    bool leaving;
} reel;

struct deck {
    pthread_mutex_t lock;
    reel now, before; /* what was stopped or replaced fades beside what begins */
};

lts_status deck_create(deck **out, lts_error *err)
{
    lts_status status = lts_alloc_checked(out, 1, sizeof **out, "a deck", err);
    if (status == LTS_OK)
        pthread_mutex_init(&(*out)->lock, NULL);
    return status;
}

void deck_destroy(deck *d)
{
    if (!d)
        return;
    take_drop(d->now.take);
    take_drop(d->before.take);
    pthread_mutex_destroy(&d->lock);
    lts_free(d);
}

/* The lock is held. What plays fades out; returns what faded before, cut short, for the caller to
 * drop once the lock is free. A deck where nothing plays leaves what fades alone. */
static take *retire(deck *d)
{
    if (!d->now.take)
        return NULL;
    take *cut = d->before.take;
    d->before = d->now;
    d->before.leaving = true;
    d->now = (reel){0};
    return cut;
}

void deck_play(deck *d, take *t)
{
    pthread_mutex_lock(&d->lock);
    take *cut = retire(d);
    /* A sound's own beginning is not softened: there was silence before it. */
    d->now = (reel){.take = take_hold(t), .level = FADE};
    pthread_mutex_unlock(&d->lock);
    take_drop(cut);
}

void deck_stop(deck *d)
{
    pthread_mutex_lock(&d->lock);
    take *cut = retire(d);
    pthread_mutex_unlock(&d->lock);
    take_drop(cut);
}

bool deck_position(deck *d, double *position)
{
    pthread_mutex_lock(&d->lock);
    bool plays = d->now.take != NULL;
    *position = plays ? (double)d->now.at / (double)d->now.take->n : -1;
    pthread_mutex_unlock(&d->lock);
    return plays;
}

/* How many samples may be played from `at` on: those of a sound to be normalised only when its peak
 * is known. */
static size_t playable(const reel *r)
{
    size_t ready = atomic_load_explicit(&r->take->ready, memory_order_acquire);
    if (r->take->normalize && ready < r->take->n)
        return 0;
    return ready > r->at ? ready - r->at : 0;
}

/* Returns the take when it is over, for the caller to drop. */
static take *play(reel *r, float *x, size_t count)
{
    if (!r->take)
        return NULL;
    size_t there = playable(r), n = r->take->n;
    bool last = r->at + there == n;
    for (size_t i = 0; i < count && i < there; i++) {
        /* Towards a gap, and when told to leave, down to nothing; else up. */
        bool down = r->leaving || (!last && there - i <= FADE);
        r->level += down ? (r->level > 0 ? -1 : 0) : (r->level < FADE ? 1 : 0);
        x[i] += r->take->x[r->at++] / r->take->scale * ((float)r->level / FADE);
        if (r->leaving && r->level == 0)
            break;
    }
    bool over = r->at == n || (r->leaving && (r->level == 0 || there == 0)) ||
                (there == 0 && atomic_load(&r->take->abandoned));
    take *done = over ? r->take : NULL;
    if (over)
        *r = (reel){0};
    return done;
}

void deck_fill(deck *d, float *x, size_t count)
{
    pthread_mutex_lock(&d->lock);
    take *before = play(&d->before, x, count), *now = play(&d->now, x, count);
    pthread_mutex_unlock(&d->lock);
    take_drop(before);
    take_drop(now);
}
