/* Envelopes: how loud a sound is within the band of a constant-Q transform, frame by frame. */
#ifndef RENDER_ENVELOPE_H
#define RENDER_ENVELOPE_H

#include "lts/features.h"

enum { ENVELOPE_SECTIONS = 10 }; /* of the band-pass: 8 at its upper end, 2 at its lower end */

/* Measures samples that come in pieces. Constant-Q features alone have a band. */
typedef struct envelope_meter {
    struct {
        double b0, b1, b2, a1, a2; /* a biquad's coefficients */
        double z1, z2;             /* its state */
    } section[ENVELOPE_SECTIONS];
    size_t hop, frames; /* T */
    size_t at;          /* samples so far */
    float *power;       /* (T) */
} envelope_meter;

/* power (T), all 0, gets the mean square of the hop around every frame; it must outlive the meter.
 */
void envelope_begin(envelope_meter *meter, const lts_feature *feature, float *power, size_t frames);
void envelope_feed(envelope_meter *meter, const float *x, size_t n);

/* smooth (frames) = power averaged with a Hann window of so many seconds, within the frames at
 * their ends. */
void envelope_smooth(const lts_feature *feature, double seconds, const float *power, size_t frames,
                     float *smooth);

/* The window of an envelope, s: four periods of the lowest sounds. */
static const double envelope_window = 0.12;

/* Powers (frames) -> levels, dB, no lower than that of silence, and back: in place. */
void envelope_to_levels(float *power, size_t frames);
void envelope_to_powers(float *level, size_t frames);

#endif
