/* RUN: DATASET/DESCRIPTION/run-NNN, where one training keeps everything it makes. */
#ifndef PIPELINE_TRAIN_RUN_RUN_FOLDER_H
#define PIPELINE_TRAIN_RUN_RUN_FOLDER_H

#include "lts/base.h"

/* Makes PARENT/run-NNN with the first free number from `first`, and PARENT where missing. No two
 * callers get the same folder, also not from different machines. *folder is the absolute path,
 * freed with lts_free. */
lts_status run_folder_create(const char *parent, uint64_t first, char **folder, lts_error *err);

/* The absolute path of an existing run; LTS_ERR_NOT_FOUND when it is none. */
lts_status run_folder_find(const char *path, char **folder, lts_error *err);

/* Keeps other processes from training in `folder` until the returned handle is closed by
 * run_folder_unlock or the process ends: LTS_ERR_EXISTS when another holds it. */
lts_status run_folder_lock(const char *folder, int *handle, lts_error *err);
void run_folder_unlock(int handle); /* -1 is allowed */

/* Removes the unfinished files that a killed process left in `folder` and its model/. */
void run_folder_sweep(const char *folder);

#endif
