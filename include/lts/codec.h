/* Encode and decode: sound files to latent arrays and arrays back to sound, so that a latent path
 * can be edited by any program that reads .npy. */
#ifndef LTS_CODEC_H
#define LTS_CODEC_H

#include "lts/dsp.h"
#include "lts/features.h"
#include "lts/render.h"
#include "lts/source.h"

LTS_BEGIN_DECLS

/* Sound file -> mean (T,C) at `mean_path` and, when not NULL, log-variance (T,C) at
 * `log_variance_path`, as .npy, C = lts_model_columns. duration: seconds, as for lts_interp_open;
 * below 0 for all that is left after the offset. The frames are those of the whole file: what
 * surrounds an excerpt is heard. Memory does not grow with the length. LTS_ERR_ARGUMENT when the
 * excerpt is not in the sound, an output is the sound itself or the other output, or as
 * lts_model_check_latent.
 *
 * Of a model of notes (lts_feature_is_note) the beginning of the sound is one row of Z + C + 2
 * columns: the latent mean; the condition, C = 0 without one, of the labels that the path tells as
 * LTS_LABEL_TREE or its name as LTS_LABEL_FLAT, or zeros and a warning; and the levels in dB that
 * its picture spans, min and max. The log-variance is (1,Z). No duration is taken then. */
lts_status lts_encode_file(const lts_model *model, const lts_source *source, double duration,
                           unsigned threads, const char *mean_path, const char *log_variance_path,
                           const lts_reporter *reporter, lts_error *err);

/* Latent array (T,C) -> WAV of (T-1) hop samples and, at `magnitudes_path`, the decoded linear
 * magnitudes (T,K), float32, as .npy; either path may be NULL, not both. LTS_ERR_SHAPE when the
 * columns are not lts_model_columns, LTS_ERR_NONFINITE with row and column, LTS_ERR_ARGUMENT as
 * lts_model_check_latent, or when a file is named twice. The WAV's comment names array, model and
 * phase. Of the config, `sample` and `seed` are not read; a limit holds for every row.
 *
 * Of a model of notes the rows are as lts_encode_file makes them, each a note after the other of
 * lts_stft_note_samples, and the magnitudes (T,K) those of all, T frames a note; without a
 * condition rows of the Z latent dimensions alone span the levels of lts_note_span. */
lts_status lts_decode_latent(const lts_model *model, const char *npy_path, unsigned threads,
                             const lts_render_config *config, const lts_sound_output *output,
                             const char *wav_path, const char *magnitudes_path,
                             const lts_reporter *reporter, lts_error *err);

/* Array of examples (T,K) -> WAV, with no model: `feature` says what they are. Magnitudes below 0
 * count as 0, with a warning. LTS_ERR_ARGUMENT for a feature of which no sound can be made.
 * Notes, (n,rows,columns), follow one another, with the levels of lts_note_span. */
lts_status lts_decode_features(const lts_feature *feature, const char *npy_path,
                               const lts_phase_config *phase, const lts_sound_output *output,
                               const char *wav_path, const lts_reporter *reporter, lts_error *err);

LTS_END_DECLS

#endif
