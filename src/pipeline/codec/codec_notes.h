/* Encode and decode of notes: each a row of its latent mean, condition and levels. */
#ifndef PIPELINE_CODEC_CODEC_NOTES_H
#define PIPELINE_CODEC_CODEC_NOTES_H

#include "lts/codec.h"

/* lts_encode_file of a model of notes, after the checks of its outputs. */
lts_status codec_encode_note(const lts_model *model, const lts_source *source, unsigned threads,
                             const char *mean_path, const char *log_variance_path,
                             const lts_reporter *reporter, lts_error *err);

/* lts_decode_latent and, with model NULL, lts_decode_features of notes, after the checks of their
 * outputs. */
lts_status codec_decode_notes(const lts_model *model, const lts_feature *feature,
                              const char *npy_path, unsigned threads,
                              const lts_render_config *config, const lts_sound_output *output,
                              const char *wav_path, const char *magnitudes_path,
                              const lts_reporter *reporter, lts_error *err);

#endif
