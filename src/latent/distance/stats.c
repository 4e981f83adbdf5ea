#include "lts/distance.h"

#include <math.h>
#include <stdio.h>

void lts_distance_count(lts_distance_stats *stats, double distance)
{
    if (stats->each)
        stats->each[stats->count] = (float)distance;
    stats->count++;
    stats->beyond += distance > 1;
    stats->sum += distance;
    stats->most = fmax(stats->most, distance);
}

void lts_distance_text(const lts_distance_stats *stats, char text[LTS_DISTANCE_TEXT])
{
    const double count = (double)stats->count;
    text[0] = '\0';
    if (stats->count > 0)
        snprintf(text, LTS_DISTANCE_TEXT,
                 "distance from what was trained: %.2f on average, %.2f at most (%.0f %% beyond 1)",
                 stats->sum / count, stats->most, 100 * (double)stats->beyond / count);
}
