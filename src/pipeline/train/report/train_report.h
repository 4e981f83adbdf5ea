/* How well a model gives a data set back. */
#ifndef PIPELINE_TRAIN_REPORT_TRAIN_REPORT_H
#define PIPELINE_TRAIN_REPORT_TRAIN_REPORT_H

#include "lts/frames.h"
#include "lts/model.h"

/* Relative reconstruction errors sqrt( sum (y-x)^2 / sum x^2 ) in linear magnitude, y decoded from
 * the latent mean; NaN where there is no sound (sum x^2 = 0). */
typedef struct train_error {
    double *file;                  /* of each file, in the order of the frames' files */
    double all, train, validation; /* over all frames of the parts; NaN for a part without any */
    size_t silent;                 /* bins that the model leaves at 0 in every frame */
    double silent_share;           /* of sum x^2 that lies in them */
} train_error;

/* Evaluates the model on every frame. The caller frees the result in any case. */
lts_status train_evaluate(const lts_model *model, const lts_frames *frames, const float *conditions,
                          unsigned threads, const lts_reporter *reporter, train_error *error,
                          lts_error *err);
void train_error_free(train_error *error);

/* A line a file: name, part, frames, relative_error. */
lts_status train_report_save(const lts_frames *frames, const train_error *error, const char *path,
                             lts_error *err);

/* Each file as a record "file", and on the screen what stands out. */
void train_report_say(const lts_model *model, const lts_frames *frames, const train_error *error,
                      const lts_reporter *reporter);

#endif
