/* The table of a model's settings, and what is done with its rows. */
#ifndef MODEL_ARCH_SETTINGS_H
#define MODEL_ARCH_SETTINGS_H

#include "lts/model.h"

enum { MODEL_MAX_LAYERS = 16, MODEL_SETTING_TEXT = LTS_MODEL_TEXT };

/* A value as the metadata of a model file spell it, and back: LTS_ERR_FORMAT for a text that means
 * nothing. `place` starts the error lines. Reading leaves ranges to model_settings_check. */
void model_setting_write(const lts_model_setting *setting, const lts_model_config *config,
                         char text[MODEL_SETTING_TEXT]);
lts_status model_setting_read(const lts_model_setting *setting, const char *text,
                              lts_model_config *config, const char *place, lts_error *err);

/* LTS_ERR_ARGUMENT names the first setting of the config's type that is out of range. */
lts_status model_settings_check(const lts_model_config *config, const char *place, lts_error *err);

#endif
