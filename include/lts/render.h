/* Render: sound -> latent path -> mixture -> magnitudes -> phase -> samples.
 *
 * One renderer serves the offline tools and the live engine, so what was auditioned is what is
 * rendered. It keeps a model and the transform of the feature the model was trained
 * with, and the scratch of both: one renderer a thread, any number of renderers a model. */
#ifndef LTS_RENDER_H
#define LTS_RENDER_H

#include "lts/base.h"
#include "lts/distance.h"
#include "lts/dsp.h"
#include "lts/features.h"
#include "lts/latent.h"
#include "lts/model.h"

LTS_BEGIN_DECLS

typedef struct lts_renderer lts_renderer;

/* `model` must outlive the renderer; errors of its notes as lts_model_feature. `samples` N of the
 * longest sound expected, 0 when not known. `threads` >= 1 share the matrix products. */
lts_status lts_renderer_create(const lts_model *model, size_t samples, unsigned threads,
                               lts_renderer **out, lts_error *err);

/* The same with a given feature in place of the notes', which a model in training does not have
 * yet. LTS_ERR_SHAPE when it does not give the model's bins. */
lts_status lts_renderer_create_with(const lts_model *model, const lts_feature *feature,
                                    size_t samples, unsigned threads, lts_renderer **out,
                                    lts_error *err);

/* A renderer with no model: it analyses and finds phases, but neither encodes nor decodes, and a
 * mixture without `rows` is LTS_ERR_ARGUMENT to it. LTS_ERR_ARGUMENT for settings out of range,
 * and, as in the two above, for a feature of which no sound can be made
 * (lts_feature_is_invertible). */
lts_status lts_renderer_create_plain(const lts_feature *feature, size_t samples, lts_renderer **out,
                                     lts_error *err);
void lts_renderer_destroy(lts_renderer *renderer);                     /* NULL is allowed */
const lts_feature *lts_renderer_feature(const lts_renderer *renderer); /* lives as long as it */

/* x, N samples -> magnitudes (T,K) linear. No allocation. */
void lts_renderer_analyse(lts_renderer *renderer, const float *x, size_t n, float *magnitudes);

/* magnitudes (T,K) linear -> mean (T,Z), log_variance (T,Z) or NULL. In pieces that begin on
 * multiples of 128 frames, the result is that of the whole, bit for bit. */
void lts_renderer_encode(lts_renderer *renderer, const float *magnitudes, size_t frames,
                         float *mean, float *log_variance);

/* The latent path of one of a mixture's sounds, frames first .. first+count-1: mean (count,Z), and
 * log_variance (count,Z) unless that is NULL. Asked for as lts_render_rows is, sound by sound. */
typedef lts_status lts_render_path(void *user, size_t sound, size_t first, size_t count,
                                   float *mean, float *log_variance, lts_error *err);

/* Whether the sound that frames were taken from goes on before the first of them or after the last.
 * The windows there reach into it, and its energy must not be rendered inside. */
typedef struct lts_render_ends {
    bool more_before, more_after;
} lts_render_ends;

/* Magnitudes (count,K), linear, of frames first .. first+count-1; asked for in rising order, each
 * once, at most LTS_RENDER_ROWS at a time. */
enum { LTS_RENDER_ROWS = 256 };
typedef lts_status lts_render_rows(void *user, size_t first, size_t count, float *magnitudes,
                                   lts_error *err);

/* Told the magnitudes (count,K), linear, of frames first .. first+count-1 as the phase is to be
 * found for them: in rising order, each frame once. An error of its ends the rendering. */
typedef lts_status lts_render_decoded(void *user, size_t first, size_t count,
                                      const float *magnitudes, lts_error *err);

/* Sounds and the weight of each in every frame: mean, log_variance `sounds` pointers to (T,Z),
 * weight (sounds,T). log_variance may be NULL when nothing is sampled. With a `path` the latent
 * paths are asked of it, and mean and log_variance are not read; such a mixture can be retaken when
 * its path gives any frames, in stretches that may begin anew before the last ones.
 * With `rows` the magnitudes themselves are asked of it: `frames` and `ends` alone are read beside
 * it, `decoded` and, with an envelope, sounds and weight, and a plain renderer does as well.
 *
 * An `envelope`, `sounds` pointers to (T) levels in dB, tells how loud the sounds themselves are in
 * each frame: as lts_interp measures them. What is rendered then gets the level that lies between
 * them, where config->level is loudness: a gain, smooth over some 60 ms and within 24 dB, that
 * leaves alone what lies 60 dB below the loudest sound. A sound of weight 1 by itself, which is
 * rendered as it was, gets one smooth over 2 s; from a quarter of another on it is the quick one.
 * Levels are of what lies within the band of the feature's transform. */
typedef struct lts_mixture {
    size_t sounds, frames;
    const float *const *mean;
    const float *const *log_variance;
    const float *weight;
    const float *const *envelope; /* NULL: levels are as the phases make them */
    lts_render_path *path;
    void *path_user;
    lts_render_rows *rows;
    void *rows_user;
    lts_render_decoded *decoded; /* NULL: nobody is told */
    void *decoded_user;
    lts_render_ends ends;
} lts_mixture;

typedef struct lts_render_config {
    bool sample;         /* draw z from the mixed distribution instead of taking its mean */
    uint64_t seed;       /* of that draw; levels are not drawn */
    lts_level_law level; /* of models with levels; no effect on others */
    lts_phase_config phase;
    const lts_distance *distance; /* the map of the model's latent space; NULL: none */
    double limit;                 /* the path stays within this distance; 0: goes where it goes */
    lts_distance_stats *measured; /* gathers the distances of the frames mixed; may be NULL */
    const float *offset;          /* (Z) added to the mixed mean of every frame; NULL: none */
    const char *offset_text;      /* what it is, for comments; may be NULL */
} lts_render_config;

/* Mean, seed 0, loudness, lts_phase_defaults, no map, no offset. An offset, as lts_directions_add
 * makes it, is added before distances are measured; it leaves the level alone. With a map, the
 * mixed mean of every frame is measured and, where a limit is given, pulled by lts_distance_limit
 * to the larger of the limit and the weighted mean of its sounds' own distances, before it is
 * sampled: sounds themselves stay as they are, and the path changes continuously with the weights.
 * The level is left alone. */
lts_render_config lts_render_defaults(void);

/* mixture -> magnitudes (T,K) linear, as the decoder gives them: means and log-variances both mix
 * with the weights (z = a z1 + (1-a) z2 for two sounds), levels by config->level, then the decoder.
 * LTS_ERR_NONFINITE when the path leaves what the decoder can follow, with the frame. */
lts_status lts_renderer_magnitudes(lts_renderer *renderer, const lts_mixture *mixture,
                                   const lts_render_config *config, float *magnitudes,
                                   lts_error *err);

/* z (T,Z) -> magnitudes (T,K) linear: a latent path as it is. */
lts_status lts_renderer_decode(lts_renderer *renderer, const float *z, size_t frames,
                               float *magnitudes, lts_error *err);

/* magnitudes (T,K) -> x, N samples, T = 1 + N / hop: lts_phase_recover with the renderer's
 * transform. */
lts_status lts_renderer_phase(lts_renderer *renderer, const float *magnitudes, size_t frames,
                              const lts_phase_config *config, float *x, size_t n,
                              const lts_reporter *reporter, lts_error *err);

/* --- In blocks, and again in part ---------------------------------------------------------------
 *
 * A sound of more than some 3.6 s is rendered in blocks: the first of 1.8 s, later ones of up to 9
 * s, by default. A block is decoded and its phases are found together with what surrounds it: what
 * was rendered before it, whose samples stay as they are and whose phases it goes on with, and 0.8
 * s after it, a first guess that the next block begins with. Measured beside phase recovery of the
 * whole sound at once, spectral convergence is the same to within a few per cent; the waveform is
 * another one, as phases far apart are free against each other. Memory beyond x grows with the
 * block. The blocks depend on the sound's length and the renderer's settings alone.
 *
 * The reporter is asked whether to stop at every 256 frames decoded and in every pass of the phase
 * recovery, and told of progress as "rendering", seconds of sound. */

/* Told after every block, by the rendering thread: samples 0 .. ready-1 of x will not change any
 * more. */
typedef void lts_render_ready(void *user, size_t ready);

/* The next `count` samples of a sound, in order; an error of its ends the rendering. */
typedef lts_status lts_render_sink(void *user, const float *x, size_t count, lts_error *err);

/* Where the samples go: into x, or block by block into a sink, and then no more than a block of the
 * sound lies in memory. Or only part of an x that was rendered before is rendered again: where the
 * windows of the changed frames reach. */
typedef struct lts_render_output {
    float *x;                        /* (N), needs no contents; NULL with a sink */
    lts_render_ready *ready;         /* of x; may be NULL */
    lts_render_sink *sink;           /* NULL with an x */
    void *user;                      /* of `ready` or `sink` */
    size_t changed_from, changed_to; /* of x, the frames whose magnitudes are new; 0, 0: all are */
} lts_render_output;

/* The whole way: mixture -> N samples; T = 1 + N / hop. x and a sink get the same samples.
 * LTS_ERR_SHAPE, LTS_ERR_NONFINITE, LTS_ERR_MEMORY, LTS_ERR_CANCELLED, what the sink returns, or
 * what lts_phase_recover says of the settings; x is then undefined but for what was told to be
 * ready. */
lts_status lts_render(lts_renderer *renderer, const lts_mixture *mixture,
                      const lts_render_config *config, size_t n, const lts_render_output *out,
                      const lts_reporter *reporter, lts_error *err);

/* A retake: x, N samples, was rendered with the weights `before` (sounds,T) and everything else as
 * it is now; it becomes the sound of mixture->weight where they differ and where the windows of
 * those frames reach: samples *first .. *first + *count - 1, all others keep their bits, and so do
 * those that lie between changes more than two longest filters apart. A frame whose weight before
 * is NaN counts as changed: its path is another one. Time and memory grow with what changes, from
 * about a rendering of 4 s on. Equal weights change nothing, *count 0. x is undefined after an
 * error. */
lts_status lts_render_retake(lts_renderer *renderer, const lts_mixture *mixture,
                             const float *before, const lts_render_config *config, float *x,
                             size_t n, size_t *first, size_t *count, const lts_reporter *reporter,
                             lts_error *err);

/* Scales x so that its largest absolute value is 1 (0 dBFS); silence stays silence. */
void lts_normalize(float *x, size_t n);

LTS_END_DECLS

#endif
