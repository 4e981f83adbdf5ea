/* Rendering sounds by an LV2 instrument, for the row of the table. */
#ifndef SYNTH_LV2_INSTRUMENT_H
#define SYNTH_LV2_INSTRUMENT_H

#include "synth/synthesizer.h"

lts_status lv2_renderer_create(const lts_synth_space *space, size_t samples, void **renderer,
                               lts_error *err);
lts_status lv2_renderer_render(void *renderer, const double *slot_values, float *x, lts_error *err);
void lv2_renderer_destroy(void *renderer);

#endif
