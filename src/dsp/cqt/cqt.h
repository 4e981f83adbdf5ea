/* What a CQT plan holds. Letters: L samples and m frames of a slice (L = m hop), q an index of its
 * spectrum (q sample_rate / L Hz). Complex arrays are float pairs. */
#ifndef DSP_CQT_CQT_H
#define DSP_CQT_CQT_H

#include "lts/dsp.h"

#include <fftw3.h>

#define CQT_MAX_RATE 1e8
enum {
    CQT_MAX_HOP = 1 << 20,
    CQT_MAX_BINS = 1 << 12, /* an octave */
    CQT_MAX_OCTAVES = 32,
    CQT_MAX_FILTER = 1 << 24 /* samples of the longest filter */
};

enum {
    CQT_BLOCK = 16, /* bins written together: 16 floats are a cache line of a (T,K) row */
    CQT_PAD = 16    /* floats between rows, so that a block's rows fall into different cache sets */
};

typedef struct cqt_bin {
    double frequency; /* f_k, Hz */
    double length;    /* l_k, samples at the full rate, not rounded */
    size_t lo, count; /* spectrum indices lo .. lo+count-1 where |G_k| is above the threshold */
    size_t narrow_lo, narrow_count; /* the same with the iterations' higher threshold */
    const float *g;                 /* (count): the real factor of G_k, over L */
    float turn[2];                  /* e^{-i pi f_k / R}, the constant factor of G_k */
} cqt_bin;

typedef struct cqt_octave {
    size_t first_bin;
    size_t lo, count; /* spectrum indices that any of its bins uses */
    float *shift;     /* (count,2): e^{i pi F / R}, half a sample at the octave's rate */
    size_t step;      /* frames between those that phase recovery uses, a power of two */
    fftwf_plan to_frames, to_spectrum; /* c2c of m / step, backward and forward */
} cqt_octave;

/* One sample rate at which slices are analysed and synthesised. */
typedef struct cqt_rate {
    size_t reduction;               /* 1, or a divisor of the hop: every reduction-th sample */
    size_t hop, samples;            /* of a slice, at this rate */
    fftwf_plan analyse, synthesise; /* r2c and c2r */
} cqt_rate;

struct lts_cqt {
    lts_cqt_config config;
    size_t bins, samples, frames; /* K, L, m */
    size_t guard;         /* frames at either end of a slice that its neighbours must provide */
    size_t inverse_guard; /* frames kept empty at either end when a slice is synthesised */
    size_t block;         /* bins of a block; blocks do not cross octaves */
    size_t row;           /* floats between a block's rows of m complex values */
    size_t band_lo, band_count;        /* spectrum indices that any bin uses */
    size_t shifted_size;               /* the largest count of an octave */
    cqt_bin *bin;                      /* (K) */
    cqt_octave *octave;                /* 0 is the top one */
    float *table, *shifts;             /* storage of every bin's g and every octave's shift */
    float *dual, *narrow_dual;         /* (band_count): the regularised diagonal dual, W */
    cqt_rate full;                     /* the signal's own rate */
    cqt_rate reduced;                  /* the lowest that still holds the whole band */
    fftwf_plan to_frames, to_spectrum; /* c2c of m, backward and forward */
};

struct lts_cqt_work {
    float *samples;   /* (L) */
    float *spectrum;  /* (L/2+1,2) */
    float *shifted;   /* (shifted_size,2): one octave of the spectrum, shifted */
    float *unshifted; /* (shifted_size,2): one octave being synthesised */
    float *sum;       /* (L/2+1,2): the spectrum being synthesised */
    float *folded;    /* (m,2) */
    float *line;      /* (m,2): one bin's coefficients */
    float *rows;      /* (block, row) */
    float *overlap;   /* (L): synthesised samples that later slices still add to */
};

/* Which frames of a signal a slice yields. */
typedef struct cqt_slice {
    ptrdiff_t first; /* the signal's frame at the slice's frame 0; may be negative */
    size_t skip;     /* first useful frame within the slice */
    size_t begin;    /* the signal's frame there */
    size_t count;    /* useful frames; 0 when the signal is done */
} cqt_slice;

double cqt_quality(const lts_cqt_config *config); /* Q */

/* A plan that only analyses, and only signals of at most `most` samples: it may have shorter slices
 * than lts_cqt_create's, which must leave synthesis and longer signals useful frames. */
lts_status cqt_create_brief(const lts_cqt_config *config, size_t most, lts_cqt **out,
                            lts_error *err);

/* Makes the tables of a plan whose sizes are set. */
lts_status cqt_tables_create(lts_cqt *cqt, lts_error *err);
/* FFT plans; false when FFTW has none to give. cqt_fft_destroy takes half-made ones. */
bool cqt_fft_create(lts_cqt *cqt);
void cqt_fft_destroy(lts_cqt *cqt);

/* The slice whose useful frames begin at frame `begin` of a signal of `frames`. A signal that fits
 * a slice is one slice; the empty end of the slice then guards both ends, cyclically. */
cqt_slice cqt_slice_at(const lts_cqt *cqt, size_t frames, size_t begin, size_t guard);

/* work->samples -> work->spectrum */
void cqt_analyse(const cqt_rate *rate, lts_cqt_work *work);
/* Loads the slice's samples of the n in x, zeros elsewhere, and analyses them. */
void cqt_analyse_slice(const cqt_rate *rate, lts_cqt_work *work, const float *x, size_t n,
                       const cqt_slice *slice);
/* work->spectrum -> magnitudes (count,K) of the slice's useful frames. */
void cqt_slice_magnitudes(const lts_cqt *cqt, lts_cqt_work *work, const cqt_slice *slice,
                          float *magnitudes);

/* work->shifted = the octave's part of the spectrum times its shift. */
void cqt_shift(lts_cqt_work *work, const cqt_octave *octave);
/* row (frames,2) = fold of shifted[lo ..] g: index q is added to row q mod frames. */
void cqt_fold(const float *shifted, const float *g, size_t lo, size_t count, float *row,
              size_t frames);

/* sum, (count,2) from lo on, += row unfolded times g: the adjoint of cqt_fold. */
void cqt_unfold(float *sum, const float *g, size_t lo, size_t count, const float *row,
                size_t frames);
/* work->sum += work->unshifted times the octave's shift, conjugated: the adjoint of cqt_shift. */
void cqt_unshift(lts_cqt_work *work, const cqt_octave *octave);
/* work->samples = work->sum weighted by the dual; work->sum is used up. */
void cqt_synthesise(const lts_cqt *cqt, const cqt_rate *rate, lts_cqt_work *work,
                    const float *dual);

/* Divides coefficients of `count` frames, `begin` and every step-th after it, by the part of the
 * filter's energy that falls on the n samples: what an adjoint loses at the signal's ends. */
void cqt_weigh_ends(const lts_cqt *cqt, const cqt_bin *bin, size_t begin, size_t step, double n,
                    float *c, size_t count);

/* Overlap-add. After each slice: adds work->samples to work->overlap and returns the samples that
 * no later slice touches, *count of them for the signal's samples from *at on; then
 * cqt_overlap_move. */
const float *cqt_overlap_add(const cqt_rate *rate, lts_cqt_work *work, const cqt_slice *slice,
                             size_t frames, size_t n, size_t *at, size_t *count);
void cqt_overlap_move(const cqt_rate *rate, lts_cqt_work *work, const cqt_slice *slice);

/* LTS_ERR_SHAPE unless n samples make that many frames; `what` begins the message. */
lts_status cqt_check_length(const lts_cqt *cqt, const char *what, size_t frames, size_t n,
                            lts_error *err);

/* to (columns,rows) = from (rows,columns) transposed, rows a stride apart: of any 32-bit values, or
 * of complex pairs with strides in floats. */
void cqt_transpose(const void *from, size_t from_stride, size_t rows, size_t columns, void *to,
                   size_t to_stride);
void cqt_transpose_pairs(const float *from, size_t from_stride, size_t rows, size_t columns,
                         float *to, size_t to_stride);

/* turned = c times the complex number `by`, count pairs. */
void cqt_turn(const float *c, const float *by, float *turned, size_t count);

#endif
