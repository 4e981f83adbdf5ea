/* Interpolation jobs: a trained run, two or more sounds, and WAVs of the paths between them. */
#ifndef LTS_INTERP_H
#define LTS_INTERP_H

#include "lts/align.h"
#include "lts/audio.h"
#include "lts/base.h"
#include "lts/config.h"
#include "lts/latent.h"
#include "lts/render.h"
#include "lts/source.h"

LTS_BEGIN_DECLS

/* Sounds of one length, ready to be rendered along any weights. Their files must stay as they are
 * while it is open: they are read again for what is not kept. */
typedef struct lts_interp lts_interp;

/* `model` must outlive the result. duration: seconds, at least a hop and at most what every sound
 * has left after its offset (one hop more is forgiven); below 0 means just that. LTS_ERR_ARGUMENT
 * says which sound is too short and how long the excerpt may be, LTS_ERR_FORMAT which ends long
 * before its header says so, LTS_ERR_NONFINITE which is too loud, and where; LTS_ERR_ARGUMENT also
 * for a model of notes, whose paths lts_generate_path makes. The sounds are analysed and encoded
 * here, their latent means kept, and for a model with levels how loud they are in each frame, which
 * their mixtures then follow: the envelope of lts_mixture. The reporter is only asked whether to go
 * on: LTS_ERR_CANCELLED. */
lts_status lts_interp_open(const lts_model *model, const lts_source *sources, size_t count,
                           double duration, unsigned threads, lts_interp **out,
                           const lts_reporter *reporter, lts_error *err);
/* The same in memory that does not grow with the length: latent means of more than `most` bytes in
 * all are not kept but made anew, as they are wanted, in every rendering, which then says what
 * lts_interp_open would have. lts_interp_mean and lts_interp_retake are not for such an one. */
enum { LTS_INTERP_KEPT = 256 << 20 };
lts_status lts_interp_open_stream(const lts_model *model, const lts_source *sources, size_t count,
                                  double duration, unsigned threads, size_t most, lts_interp **out,
                                  const lts_reporter *reporter, lts_error *err);
void lts_interp_close(lts_interp *interp); /* NULL is allowed */

size_t lts_interp_count(const lts_interp *interp);   /* sounds */
size_t lts_interp_frames(const lts_interp *interp);  /* T */
size_t lts_interp_samples(const lts_interp *interp); /* N */
lts_renderer *lts_interp_renderer(lts_interp *interp);
const lts_model *lts_interp_model(const lts_interp *interp);
/* The file of sound s as it was given, and where its excerpt begins: on a hop. Borrowed. */
lts_source lts_interp_source(const lts_interp *interp, size_t sound);
/* The latent mean of sound s (T,Z), borrowed; NULL when it is not kept. */
const float *lts_interp_mean(const lts_interp *interp, size_t sound);
/* How loud sound s is in each frame (T), dB: the envelope of lts_mixture, borrowed; NULL for a
 * model without levels. */
const float *lts_interp_envelope(const lts_interp *interp, size_t sound);

/* How two sounds are mixed. */
typedef enum lts_interp_method {
    LTS_INTERP_MODEL,    /* their latent paths, decoded */
    LTS_INTERP_SHIFT,    /* without the model's decoding, their magnitudes: lts_align_mix */
    LTS_INTERP_TRANSPORT /* the same by optimal transport: lts_align_transport */
} lts_interp_method;

/* From now on the sounds are rendered aligned, and by that method; not aligned, and by the model,
 * as long as this was not called.
 *
 * In time, frame t of the weights alpha of the first sound, A, and 1 - alpha of the second, B,
 * reads A and B where lts_align_time_positions says. A sound that stands before its beginning or
 * after its end holds it for 30 ms while the other takes over its weight. In pitch, A is moved by
 * (1 - alpha) d and B by -alpha d bins (lts_align_meet), d from lts_align_tracker; so both are
 * encoded at the pitch between, and at alpha 1 and 0 A and B are encoded as they are. For weights
 * whose sum is not 1 alpha is the share of A in it.
 *
 * LTS_ALIGNED_AUTO aligns what gains, by the modules' own measures, and nothing when it cannot.
 * LTS_ALIGNED_TIME and _BOTH align in time wherever onsets match, _PITCH and _BOTH in pitch where
 * partials do. The excerpts' magnitudes are kept for it, 8 K T bytes: LTS_ERR_ARGUMENT for more
 * than LTS_INTERP_ALIGNED, about eight minutes by default, for other than two sounds, for a method
 * other than the model's of them, and for transport aligned in pitch, which moves partials itself.
 * LTS_ERR_CANCELLED, LTS_ERR_MEMORY, and what reading the sounds says. After an error nothing is
 * aligned. 10 s of two sounds take 0.3 s, and each of their renderings encodes them again. */
#define LTS_INTERP_ALIGNED ((size_t)512 << 20)
lts_status lts_interp_align(lts_interp *interp, lts_alignment alignment, lts_interp_method method,
                            const lts_reporter *reporter, lts_error *err);
/* What it came to, in words of one line: "aligned in pitch: b lies 4.9 semitones above a in 83 % of
 * the sound, correlation 0.45 -> 0.64". "" as long as nothing was asked for. Borrowed, until the
 * next lts_interp_align. */
const char *lts_interp_alignment(const lts_interp *interp);

/* weight (count,T) -> N samples, into x or a sink: lts_render. The same arguments give the same
 * samples, whatever is kept. */
lts_status lts_interp_render(lts_interp *interp, const float *weight,
                             const lts_render_config *config, const lts_render_output *out,
                             const lts_reporter *reporter, lts_error *err);

/* weight (count,T) -> the linear magnitudes (T,K) that lts_interp_render finds the phases of.
 * Errors as lts_renderer_magnitudes. */
lts_status lts_interp_magnitudes(lts_interp *interp, const float *weight,
                                 const lts_render_config *config, float *magnitudes,
                                 const lts_reporter *reporter, lts_error *err);

/* A retake of x rendered with the weights `before` (count,T): lts_render_retake. Where sounds are
 * aligned in time, also the frames count as changed that stand elsewhere in them.
 * LTS_ERR_ARGUMENT when the latents are not kept, and for another method than the model's. */
lts_status lts_interp_retake(lts_interp *interp, const float *weight, const float *before,
                             const lts_render_config *config, float *x, size_t *first,
                             size_t *count, const lts_reporter *reporter, lts_error *err);

/* N samples of sound s: its own, and through the phase recovery alone, with no model. */
lts_status lts_interp_original(const lts_interp *interp, size_t sound, lts_render_sink *sink,
                               void *user, lts_error *err);
lts_status lts_interp_phase_only(lts_interp *interp, size_t sound, const lts_phase_config *phase,
                                 lts_render_sink *sink, void *user, const lts_reporter *reporter,
                                 lts_error *err);

/* What lts_interp_save says in the WAV's comment: enough to make the sound again. A new string
 * (lts_free); NULL when memory is short. */
char *lts_interp_comment(const lts_interp *interp, const char *path,
                         const lts_render_config *config);

/* What a sound of an interpolation is made of. */
typedef struct lts_interp_made {
    const char *path;                /* what the weights are, in words */
    const float *weight;             /* (count,T); NULL: of `sound` alone */
    const lts_render_config *config; /* NULL: the sound's own samples; or else, without weights, its
                                        magnitudes through the phase recovery alone */
    size_t sound;
    const char *magnitudes; /* with weights: a file for the mixture's magnitudes (T,K), linear, as
                               .npy; NULL for none */
} lts_interp_made;

/* Writes it as a mono WAV, block by block as it is made, with a comment that names model, sources,
 * path and seed: enough to make it again. Reports a "sound" record, with the distances of the path
 * where its config has a map; where it has an offset, a "change" record of the sound's centroid,
 * Hz, roughness and brightness (lts_sound_measure) beside those of the sound rendered without it,
 * which takes as long again; and a warning when integer samples were clipped. */
lts_status lts_interp_save(lts_interp *interp, const char *file, const lts_interp_made *made,
                           const lts_sound_output *output, const lts_reporter *reporter,
                           lts_error *err);

/* The originals' sets: a fixed pair of excerpts and `random` pairs drawn from the data set, each as
 * one WAV a value of alpha, with the originals and their phase-only versions beside. A sound drawn
 * that cannot be read is passed over with a warning, and another drawn. */
typedef struct lts_interp_batch {
    const char *run;          /* results go to RUN/audio_examples_interpolations */
    const char *audio_folder; /* sounds the random pairs are drawn from */
    const lts_source *fixed;  /* two sources, or NULL for none */
    size_t random;
    double length;         /* seconds; shorter sounds shorten their pair */
    double from, to, step; /* alpha */
    unsigned threads;
    uint64_t seed; /* of the random pairs */
    lts_render_config render;
    lts_sound_output output;
    lts_alignment align; /* of each pair */
} lts_interp_batch;

lts_status lts_interp_run_batch(const lts_model *model, const lts_interp_batch *batch,
                                const lts_reporter *reporter, lts_error *err);

/* The batch that [extra] of a run's configuration asks for; `dataset`, when not NULL, stands in for
 * [dataset] datapath. normalize_examples = True normalises in any case. */
lts_status lts_interp_batch_of(const char *run, const char *dataset, const lts_config *config,
                               const lts_model *model, const lts_render_config *render,
                               const lts_sound_output *output, lts_alignment align,
                               unsigned threads, const lts_reporter *reporter, lts_error *err);

/* How many values FROM, FROM + STEP .. TO a range has: at most 10000. 0 for a range that is none: a
 * step that is not above 0, an end below the beginning, too many values. */
int lts_interp_range_count(double from, double to, double step);

/* One WAV in `folder` for each alpha from .. to by step, named as the originals do:
 * " 0-x_interpolations_0.1.wav". Two sounds. When the reporter cancels, LTS_ERR_CANCELLED says how
 * many are there; each is whole. */
lts_status lts_interp_save_range(lts_interp *interp, const char *folder, double from, double to,
                                 double step, const lts_render_config *config,
                                 const lts_sound_output *output, const lts_reporter *reporter,
                                 lts_error *err);

LTS_END_DECLS

#endif
