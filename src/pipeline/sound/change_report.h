/* What an addition of descriptors did to a sound. */
#ifndef PIPELINE_SOUND_CHANGE_REPORT_H
#define PIPELINE_SOUND_CHANGE_REPORT_H

#include "lts/features.h"

/* A "change" record of the file and a note: measures without and with the addition. */
void report_change(const char *file, const float before[LTS_NOTE_MEASURES],
                   const float after[LTS_NOTE_MEASURES], const lts_reporter *reporter);

#endif
