/* Notes as pictures: a note's log-magnitude spectrogram, normalised to 0..1, and the sound of it.
 */
#ifndef LTS_STFT_NOTE_H
#define LTS_STFT_NOTE_H

#include "lts/base.h"
#include "lts/dsp.h"

LTS_BEGIN_DECLS

/* What a note's picture is made of (Cameron & Blackwell 2026): the short-time Fourier transform of
 * N = sample_rate duration samples, rounded down, of which the highest bin is left out,
 * L = 20 log10 |X|, and (L - min) / (max - min). */
typedef struct lts_stft_note {
    double sample_rate;   /* Hz, 1 .. 1e8 */
    double duration;      /* s; the samples 1 .. 2^24 */
    lts_stft_config stft; /* a size of 6 or more */
} lts_stft_note;

lts_stft_note lts_stft_note_defaults(void); /* 22050 Hz, 0.74 s, size 1024, hop 256: (512,64) */
/* LTS_ERR_ARGUMENT names the setting that is out of range. */
lts_status lts_stft_note_check(const lts_stft_note *config, lts_error *err);
/* The configuration must have passed lts_stft_note_check. Thread-safe. */
size_t lts_stft_note_samples(const lts_stft_note *config); /* N */
size_t lts_stft_note_frames(const lts_stft_note *config);  /* T = 1 + N / hop */
size_t lts_stft_note_bins(const lts_stft_note *config);    /* K = size / 2 */

/* picture (K,T), finite -> x, N samples at full scale as it was analysed. The level of a cell is
 * min_db + (max_db - min_db) picture, and silence at -100 dB and below. The missing bin, half the
 * sample rate, about which a spectrum is even, continues the two below it in an even parabola:
 * L_K = (4 L_{K-1} - L_{K-2}) / 3. The phases are lts_stft_recover's.
 *
 * min_db <= max_db, -500 .. 500 both: LTS_ERR_ARGUMENT. LTS_ERR_NONFINITE for a cell, by bin and
 * frame; other errors as lts_stft_recover. Allocates some 20 MB and frees them. Thread-safe. */
lts_status lts_stft_note_render(const lts_stft_note *config, const float *picture, double min_db,
                                double max_db, const lts_phase_config *phase, float *x,
                                const lts_reporter *reporter, lts_error *err);

LTS_END_DECLS

#endif
