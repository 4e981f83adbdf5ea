/* The data-set job's parts: dataset.c runs it; dataset_list.c finds what there is to do;
 * dataset_folder.c prepares the folder of arrays; dataset_state.c knows what is up to date;
 * dataset_work.c shares the work out; dataset_sound.c makes one array; dataset_plan.c has the
 * transform for it. Notes are dataset_notes.c's, and dataset_labels.c looks at their labels. */
#ifndef PIPELINE_DATASET_DATASET_JOB_H
#define PIPELINE_DATASET_DATASET_JOB_H

#include "features/transform.h"
#include "lts/audio.h"
#include "lts/dataset.h"
#include "pipeline/notes/note_names.h"

#include <pthread.h>

typedef struct dataset_job {
    const lts_config *config;
    const lts_dataset_options *options;
    lts_dataset_report *report;
    const lts_reporter *reporter;
    char *root, *audio, *arrays, *states; /* folders */
    lts_feature feature;
    char settings[LTS_FEATURE_TEXT]; /* that decide an array's values, as text */
    bool force;
    bool notes;        /* examples are notes, in shards: dataset_notes.c */
    uint64_t examples; /* of all the shards, when dataset_notes is done */
} dataset_job;

/* --- dataset_list.c --------------------------------------------------------------------------- */

/* Fills job->report with this shard's sounds, and `names` with the NAMEs of all shards, sorted. */
lts_status dataset_list(dataset_job *job, lts_paths *names, lts_error *err);

/* --- dataset_folder.c ------------------------------------------------------------------------- */

/* Whether there is an array (*.npy) in the folder. */
bool dataset_has_arrays(const char *folder);

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

/* Whether the array of `file` is what the sound and the settings give; if so fills `state`. The
 * sound is read only when all else agrees. */
bool dataset_is_current(const dataset_job *job, const lts_dataset_file *file, dataset_state *state);
char *dataset_array_path(const dataset_job *job, const char *name);

/* --- dataset_plan.c --------------------------------------------------------------------------- */

/* Transforms for sounds of several lengths, each made when it is first needed: a short sound in
 * slices made for long ones would be mostly silence. */
enum { DATASET_LENGTHS = 5 };
typedef struct dataset_plans {
    pthread_mutex_t lock;
    transform *plan[DATASET_LENGTHS];
} dataset_plans;

/* The transform for a sound of `samples`, `exact`: not one more; safe from several threads. */
lts_status dataset_plan(dataset_plans *plans, const lts_feature *feature, uint64_t samples,
                        bool exact, const transform **plan, lts_error *err);
void dataset_plans_free(dataset_plans *plans);

/* --- dataset_sound.c -------------------------------------------------------------------------- */

/* A sound whose array is written, but has no name yet. */
typedef struct dataset_made {
    lts_dataset_file *file;
    dataset_state state;
    bool silent; /* no sample is louder than -120 dBFS */
} dataset_made;

/* What one worker keeps from sound to sound. */
typedef struct dataset_scratch {
    const transform *plan; /* of `stream` */
    transform_stream *stream;
    float *block;
    lts_outfile_batch *arrays, *states;
    dataset_made *made; /* (room): what lies in `arrays`, to be published together */
    size_t made_count, room;
    double published; /* when, lts_now */
} dataset_scratch;

/* A worker's, for up to `room` sounds at once; free it after success and failure alike. */
lts_status dataset_scratch_open(dataset_scratch *scratch, size_t room, lts_error *err);
void dataset_scratch_free(dataset_scratch *scratch);

/* Gets the seconds of sound that are done; returns false to stop. */
typedef struct dataset_watcher {
    bool (*tick)(void *user, double seconds);
    void *user;
} dataset_watcher;

/* Sound to array, which joins those made; there must be room. *array_failed: the array, not the
 * sound, is to blame for the error. */
lts_status dataset_make_array(const dataset_job *job, lts_dataset_file *file, dataset_plans *plans,
                              dataset_scratch *scratch, const dataset_watcher *watcher,
                              bool *array_failed, lts_error *err);

/* Gives the arrays and states of what was made their names and syncs them. The caller empties
 * `made`. */
lts_status dataset_publish(const dataset_job *job, dataset_scratch *scratch, lts_error *err);

/* --- dataset_work.c --------------------------------------------------------------------------- */

/* Records an outcome for every file of job->report, unless something stops the work. */
lts_status dataset_work(dataset_job *job, lts_error *err);
void dataset_record_file(const dataset_job *job, const lts_dataset_file *file);
void dataset_fail_file(lts_dataset_file *file, const char *reason);

/* --- dataset_notes.c -------------------------------------------------------------------------- */

/* The same of notes. */
lts_status dataset_notes(dataset_job *job, const lts_paths *names, lts_error *err);

/* --- dataset_labels.c ------------------------------------------------------------------------- */

/* Says what the labels of these sounds lack: sounds without any, pitches that a descriptor's
 * magnitude lacks. */
lts_status dataset_check_labels(const dataset_job *job, const note_names *labels,
                                const lts_paths *names, lts_error *err);

#endif
