#include "pipeline/sound/change_report.h"

#include <math.h>

void report_change(const char *file, const float before[LTS_NOTE_MEASURES],
                   const float after[LTS_NOTE_MEASURES], const lts_reporter *reporter)
{
    const double hertz[] = {exp2((double)before[LTS_NOTE_CENTROID]),
                            exp2((double)after[LTS_NOTE_CENTROID])};
    const double rough[] = {(double)before[LTS_NOTE_ROUGHNESS], (double)after[LTS_NOTE_ROUGHNESS]};
    const double bright[] = {(double)before[LTS_NOTE_BRIGHTNESS],
                             (double)after[LTS_NOTE_BRIGHTNESS]};
    const lts_field fields[] = {{"file", file, 0},
                                {"centroid_before", NULL, hertz[0]},
                                {"centroid", NULL, hertz[1]},
                                {"roughness_before", NULL, rough[0]},
                                {"roughness", NULL, rough[1]},
                                {"brightness_before", NULL, bright[0]},
                                {"brightness", NULL, bright[1]}};
    lts_record(reporter, "change", fields, sizeof fields / sizeof *fields);
    lts_message(reporter, LTS_LEVEL_NOTE,
                "%s: beside the sound without the addition: centroid %.0f -> %.0f Hz, roughness "
                "%.3f -> %.3f, brightness %.3f -> %.3f",
                file, hertz[0], hertz[1], rough[0], rough[1], bright[0], bright[1]);
}
