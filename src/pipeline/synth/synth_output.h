/* The files of a synthesizer's data set while they are being written. */
#ifndef PIPELINE_SYNTH_SYNTH_OUTPUT_H
#define PIPELINE_SYNTH_SYNTH_OUTPUT_H

#include "lts/formats.h"
#include "lts/synth_data.h"

/* The arrays of a data set that are being written; with the parameters, all get their names at
 * once. */
typedef struct synth_output {
    lts_outfile_batch *batch;
    lts_npy_writer *samples, *classes;
} synth_output;

/* Makes the folder too. Abort it in the end, whatever failed or was committed. */
lts_status synth_output_open(const lts_synth_data *data, synth_output *o, lts_error *err);
lts_status synth_output_commit(const lts_synth_data *data, synth_output *o, lts_error *err);
void synth_output_abort(synth_output *o); /* what was committed stays */

#endif
