/* What rendering whole sounds and voices share: where the synthesizer's parameters stand, and the
 * envelope, filter and oscillators' constants. */
#ifndef SYNTH_FM_FM_H
#define SYNTH_FM_FM_H

#include "synth/synthesizer.h"

/* The four of an oscillator come first, oscillator by oscillator; then the envelope's, then, where
 * they are on, the filter's and the gater's. */
enum { FM_F, FM_V, FM_A, FM_B, FM_OF_OSCILLATOR };
enum { FM_ATTACK, FM_DECAY, FM_SUSTAIN, FM_RELEASE, FM_OF_ENVELOPE };
enum { FM_SLOTS = LTS_SYNTH_OSCILLATORS * FM_OF_OSCILLATOR + FM_OF_ENVELOPE + 3 };

/* How far into a period naive waves see a jump early, so that a sample on it falls behind it,
 * whatever the rounding: at f = 440 Hz without modulation, and at 16,384 Hz, every 2048th sample is
 * on one. */
static const double fm_jump_ahead = 1e-9;

static inline size_t fm_envelope_slot(const lts_synth_fm *fm)
{
    return fm->oscillators * FM_OF_OSCILLATOR;
}

static inline size_t fm_filter_slot(const lts_synth_fm *fm)
{
    return fm_envelope_slot(fm) + FM_OF_ENVELOPE;
}

static inline size_t fm_gater_slot(const lts_synth_fm *fm)
{
    return fm_filter_slot(fm) + (fm->filter ? 2 : 0);
}

/* Whether the waves of these settings are band-limited. */
bool fm_is_smooth(const lts_synth_settings *settings);

/* The envelope of a key held from time 0 to `gate`. */
typedef struct fm_envelope {
    double attack, decay, sustain, release; /* seconds; a level; seconds */
} fm_envelope;

/* Of the four slots; times of which no sample falls in are none, so that none is divided by. */
static inline fm_envelope fm_envelope_of(const double *value)
{
    const double shortest = 1e-9;
    return (fm_envelope){value[FM_ATTACK] < shortest ? 0 : value[FM_ATTACK],
                         value[FM_DECAY] < shortest ? 0 : value[FM_DECAY], value[FM_SUSTAIN],
                         value[FM_RELEASE] < shortest ? 0 : value[FM_RELEASE]};
}

static inline double fm_held(const fm_envelope *e, double t)
{
    return t < e->attack              ? t / e->attack
           : t < e->attack + e->decay ? 1 - (1 - e->sustain) * (t - e->attack) / e->decay
                                      : e->sustain;
}

/* Whole sounds, for the row of the table. */
lts_status fm_render_create(const lts_synth_space *space, size_t samples, void **renderer,
                            lts_error *err);
lts_status fm_render(void *renderer, const double *slot_values, float *x, lts_error *err);
void fm_render_destroy(void *renderer);

#endif
