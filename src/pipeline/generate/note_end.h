/* A note that a command names: by its labels, or a sound file. */
#ifndef PIPELINE_GENERATE_NOTE_END_H
#define PIPELINE_GENERATE_NOTE_END_H

#include "pipeline/generate/note_run.h"

/* The point, made here, of labels (lts_generate_is_label) or of the beginning of a sound file as
 * lts_source_find takes it below `audio`, whose path tells its labels by `pattern`. Free it after
 * success and failure alike. */
lts_status note_end_open(note_run *run, const char *text, const char *audio, const char *pattern,
                         note_point *point, const lts_reporter *reporter, lts_error *err);

#endif
