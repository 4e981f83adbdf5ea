/* Files as they were when they were read: another one under its name is read anew. */
#ifndef ENGINE_JOBS_STAMP_H
#define ENGINE_JOBS_STAMP_H

#include "engine/jobs/job.h"

typedef struct stamp stamp;

/* Of a job's sounds, to be freed with lts_free. A file that is not there has a stamp of its own. */
lts_status stamps_of_files(const job *j, stamp **out, lts_error *err);
/* Whether the job's files are still those. */
bool stamps_hold(const stamp *stamps, const job *j);

#endif
