/* How the two sounds of a loop come together, for live_align: found in their magnitudes. */
#ifndef ENGINE_LIVE_LOOP_ALIGN_H
#define ENGINE_LIVE_LOOP_ALIGN_H

#include "engine/live/live.h"
#include "lts/align.h"
#include "lts/align_time.h"

typedef struct loop_found {
    loop_alignment alignment; /* of shift and lag, and the magnitudes it was found in */
    float *shift, *lag;       /* (T), or NULL where nothing is aligned */
    lts_align_report pitch;
    lts_align_time_gain time;
} loop_found;

/* magnitudes: two of (T,K), which must outlive *found. By LTS_ALIGNED_NONE nothing is aligned. In
 * time first: the pitches are compared where the onsets meet. Free with loop_found_free, after an
 * error as well. LTS_ERR_* of lts_align_pitch and lts_align_time_create. */
lts_status loop_find(const lts_feature *feature, const float *const magnitudes[2], size_t frames,
                     lts_alignment way, loop_found *found, lts_error *err);
void loop_found_free(loop_found *found); /* twice is allowed */

/* Whether anything is aligned. */
bool loop_found_any(const loop_found *found);
/* What was found, on one line without an end: "aligned: ...", or "not aligned: ...". */
enum { LOOP_FOUND_TEXT = 112 };
void loop_found_text(const loop_found *found, const lts_feature *feature, lts_alignment way,
                     char text[LOOP_FOUND_TEXT]);

#endif
