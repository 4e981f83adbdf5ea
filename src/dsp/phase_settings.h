/* The settings of phase recovery, which every transform's recovery shares. */
#ifndef DSP_PHASE_SETTINGS_H
#define DSP_PHASE_SETTINGS_H

#include "lts/dsp.h"

/* LTS_ERR_ARGUMENT names the setting that is out of range. */
lts_status phase_check_settings(const lts_phase_config *config, lts_error *err);

#endif
