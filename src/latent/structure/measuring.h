/* The labelled points whose layout is measured, and what is gathered of them. */
#ifndef LATENT_STRUCTURE_MEASURING_H
#define LATENT_STRUCTURE_MEASURING_H

#include "latent/structure/parts.h"

enum { COMPACTNESS, SEPARATION, LINEARITY, STRAIGHTNESS };

typedef struct measuring {
    const float *points;
    size_t n, latent;
    const lts_structure_labels *labels;
    size_t *order; /* (n): points by pitch, in their own order */
    size_t *begin; /* (pitches + 1): of each pitch in order */
    size_t *index; /* (n): points of one trajectory */
    double *scratch;
    double *centre;      /* (descriptors,Z): of one pitch, or of all */
    double *middle;      /* (Z): of all descriptors */
    size_t *size;        /* (descriptors): points */
    double *direction;   /* (descriptors,Z): sum of unit displacements */
    size_t *directions;  /* (descriptors): how many */
    running_mean *of[4]; /* (descriptors): compactness, separation, linearity, straightness */
    running_mean all[4];
} measuring;

/* LTS_ERR_ARGUMENT or LTS_ERR_NONFINITE where the points cannot be measured. */
lts_status measuring_check(const measuring *m, unsigned threads, lts_error *err);

/* Allocates, and sorts the points by pitch. It must be closed after a failure as well. */
lts_status measuring_open(measuring *m, lts_error *err);
void measuring_close(measuring *m);

#endif
