/* The linear envelope under a key that is pressed and let go at any time: it never jumps, and where
 * its parameters stand still it is fm_held, then a straight line to 0. */
#ifndef SYNTH_FM_KEY_ENVELOPE_H
#define SYNTH_FM_KEY_ENVELOPE_H

#include "synth/fm/fm.h"

typedef struct key_envelope {
    enum { KEY_SILENT, KEY_ATTACK, KEY_DECAY, KEY_SUSTAIN, KEY_RELEASE } stage;
    double level;  /* at the next sample */
    double let_go; /* the level when the key was */
    bool fresh;    /* pressed since the last sample */
} key_envelope;

static inline void key_envelope_press(key_envelope *k)
{
    k->stage = KEY_ATTACK;
    k->fresh = true;
}

static inline void key_envelope_release(key_envelope *k)
{
    if (k->stage == KEY_SILENT || k->stage == KEY_RELEASE)
        return;
    k->stage = KEY_RELEASE;
    k->let_go = k->level;
}

/* Moves on by `time` seconds, through as many stages as that takes. */
static inline void key_envelope_advance(key_envelope *k, const fm_envelope *e, double time)
{
    if (k->stage == KEY_ATTACK) {
        const double left = (1 - k->level) * e->attack;
        if (time < left) {
            k->level += time / e->attack;
            return;
        }
        time -= left;
        k->level = 1;
        k->stage = KEY_DECAY;
    }
    if (k->stage == KEY_DECAY) {
        const double level = k->level - (1 - e->sustain) * (e->decay > 0 ? time / e->decay : 1);
        if (level > e->sustain) {
            k->level = level;
            return;
        }
        /* Where the parameter rose above the level, the level has a way to go. */
        k->level = k->level > e->sustain ? e->sustain : k->level;
        k->stage = KEY_SUSTAIN;
        return;
    }
    if (k->stage == KEY_RELEASE) {
        k->level -= e->release > 0 ? k->let_go * time / e->release : k->level;
        if (k->level <= 0) {
            k->level = 0;
            k->stage = KEY_SILENT;
        }
    }
}

/* The level at the next sample, `period` seconds before the one after it. */
static inline double key_envelope_next(key_envelope *k, const fm_envelope *e, double period)
{
    if (k->stage == KEY_SUSTAIN) {
        /* The level follows its parameter, within 5 ms of a full scale. */
        const double most = period / 0.005, away = e->sustain - k->level;
        k->level += away > most ? most : away < -most ? -most : away;
        return k->level;
    }
    if (k->fresh) /* an attack or decay of no time at all is over before it is heard */
        key_envelope_advance(k, e, 0);
    k->fresh = false;
    const double level = k->level;
    key_envelope_advance(k, e, period);
    return level;
}

#endif
