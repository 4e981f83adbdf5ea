/* The data-set job's parts: dataset.c runs it; dataset_list.c finds what there is to do;
 * dataset_folder.c prepares the folder of arrays; dataset_state.c knows what is up to date;
 * dataset_sound.c makes one array. */
#ifndef LTS_PIPELINE_DATASET_H
#define LTS_PIPELINE_DATASET_H

#include "lts/audio.h"
#include "lts/dataset.h"

enum { DATASET_SETTINGS = 256 };

typedef struct dataset_job {
    const lts_config *config;
    const lts_dataset_options *options;
    lts_dataset_report *report;
    const lts_reporter *reporter;
    char *root, *audio, *arrays, *states; /* folders */
    lts_cqt_config cqt;
    char settings[DATASET_SETTINGS]; /* that decide an array's values, as text */
    bool force;
} dataset_job;

/* --- dataset_list.c --------------------------------------------------------------------------- */

/* Fills job->report with this shard's sounds, and `names` with the NAMEs of all shards, sorted. */
lts_status dataset_list(dataset_job *job, lts_paths *names, lts_error *err);

/* --- dataset_folder.c ------------------------------------------------------------------------- */

/* Makes the folders, refuses arrays of other settings, writes config.ini. */
lts_status dataset_open_folder(dataset_job *job, lts_error *err);
/* Removes what killed processes left of this shard's arrays; warns of arrays without a sound. */
void dataset_tidy(dataset_job *job, const lts_paths *names);
/* Frames of all the arrays that are there, other shards' too. */
uint64_t dataset_frames(const dataset_job *job, const lts_paths *names);

/* --- dataset_state.c -------------------------------------------------------------------------- */

/* What an array was made from. */
typedef struct dataset_state {
    char hash[LTS_HASH_TEXT]; /* of the sound file */
    uint64_t frames, bins;
    double seconds;
} dataset_state;

void dataset_describe(const lts_cqt_config *cqt, char settings[DATASET_SETTINGS]);
/* Whether the array of `file` is what `hash` and the settings give; fills state->frames, seconds.
 */
bool dataset_is_current(const dataset_job *job, const lts_dataset_file *file, dataset_state *state);
lts_status dataset_save_state(const dataset_job *job, const lts_dataset_file *file,
                              const dataset_state *state, lts_error *err);
/* An array about to be replaced must not be taken for what its old state says. */
void dataset_forget(const dataset_job *job, const lts_dataset_file *file);
char *dataset_array_path(const dataset_job *job, const char *name);

/* --- dataset_sound.c -------------------------------------------------------------------------- */

/* Called now and then with the seconds of sound that are done; false to stop. */
typedef bool dataset_tick(void *user, double seconds);

/* Sound to array. *array_failed tells that the array, not the sound, is to blame; `silent` that no
 * sample is louder than -120 dBFS. */
lts_status dataset_make_array(const dataset_job *job, const lts_cqt *cqt,
                              const lts_dataset_file *file, dataset_state *state, bool *silent,
                              bool *array_failed, dataset_tick *tick, void *user, lts_error *err);

#endif
