/* What the parts of writing files share: where a path leads, and what a file is until it has its
 * name. */
#ifndef BASE_FILES_OUTFILE_H
#define BASE_FILES_OUTFILE_H

#include "lts/base.h"

struct lts_outfile {
    FILE *stream;
    char *name;      /* as it was asked for */
    int folder;      /* what the two paths below are relative to; AT_FDCWD but for open_in */
    char *path;      /* where the name leads, links followed */
    bool followed;   /* the name is that of a link */
    char *temporary; /* beside `path`; NULL when the bytes go through to what is no regular file */
};

/* Where `path` leads when links are followed, new (lts_free); the last component need not exist. A
 * chain of more than 40 links is LTS_ERR_IO. */
lts_status path_follow(const char *path, char **target, lts_error *err);

/* The folder that a path lies in, new; NULL when memory is short. */
char *path_folder(const char *path);

/* The open descriptor that "-", "/dev/stdout", "/dev/fd/3" and such name; -1: none. */
int path_descriptor(const char *path);

/* An empty file without a name, for reading and writing, in the folder that TMPDIR names or else in
 * /tmp. LTS_ERR_IO names `what` it was for, and the folder. */
lts_status spool_open(const char *what, FILE **stream, lts_error *err);
/* The folder it is in. */
const char *spool_folder(void);

/* Makes the names in the folder of the file last. */
void outfile_sync_folder(const lts_outfile *file);
/* The final name, which replaces what has it; false with errno. */
bool outfile_rename(lts_outfile *file);
/* Frees it, and removes the temporary file when there is one. */
void outfile_release(lts_outfile *file);
/* LTS_ERR_IO with the reason in `reason`, an errno value. */
lts_status outfile_fail(const lts_outfile *file, int reason, lts_error *err);
/* Why there can be no new file beside `path`, an errno value, and what to do about it: LTS_ERR_IO
 * or LTS_ERR_MEMORY. */
lts_status outfile_refuse(const lts_outfile *file, int reason, lts_error *err);
/* What messages call it. */
const char *outfile_shown(const lts_outfile *file);

/* Whether the bytes go through to something that is there and stays what it is. */
bool outfile_goes_through(const lts_outfile *file);
/* The stream that they gather in; the target is not opened yet. */
lts_status outfile_open_through(lts_outfile *file, lts_error *err);
/* Opens the target and copies them there. */
lts_status outfile_pass_through(lts_outfile *file, lts_error *err);

#endif
