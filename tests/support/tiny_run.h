/* A run folder with a small untrained model, enough for everything that needs a model but not its
 * sound: 384 bins, few units. */
#ifndef LTS_TINY_RUN_H
#define LTS_TINY_RUN_H

#include "lts/model.h"

enum { TINY_LATENT = 6 };

/* Writes FOLDER/model/best.safetensors with the standard audio settings and returns the loaded
 * model. */
lts_model *tiny_run(const char *folder);

/* The notes it was saved with, to be changed by tests. */
enum { TINY_NOTES = 5 };
extern const lts_model_note tiny_notes[TINY_NOTES];

/* The same model saved to `path` with other notes. */
void tiny_model_save(const char *path, const lts_model_note *notes, size_t count);

#endif
