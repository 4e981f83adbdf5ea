/* How well a model gives a data set back. */
#ifndef LTS_PIPELINE_TRAIN_REPORT_H
#define LTS_PIPELINE_TRAIN_REPORT_H

#include "lts/frames.h"
#include "lts/model.h"

/* Relative reconstruction error sqrt( sum (y-x)^2 / sum x^2 ) in linear magnitude, y decoded from
 * the latent mean; NaN where there is no sound (sum x^2 = 0). */
typedef struct train_error {
    double all, train, validation; /* over all frames of the parts; validation NaN without files */
} train_error;

/* Writes FILE.csv (name,part,frames,relative_error), reports each file as a record "file", and says
 * on the screen what stands out. */
lts_status train_report(const lts_model *model, const lts_frames *frames, unsigned threads,
                        const char *path, const lts_reporter *reporter, train_error *error,
                        lts_error *err);

#endif
