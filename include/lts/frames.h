/* Frames: a folder of .npy files as one long array (T,K) of examples. The files are
 * mapped, so a data set may exceed memory; rows are copied out as they are asked for, and what
 * that maps in is let go from time to time: some 256 MiB at most. Constant once opened and split:
 * any number of threads may read. */
#ifndef LTS_FRAMES_H
#define LTS_FRAMES_H

#include "lts/base.h"
#include "lts/features.h"
#include "lts/formats.h"
#include "lts/labels.h"

LTS_BEGIN_DECLS

typedef struct lts_frames lts_frames;

/* Every *.npy directly in `folder`, sorted by name; hidden files and files without a row are passed
 * over. A row of each is an example of `feature`, of its K floats: LTS_ERR_SHAPE names the first
 * that has not, and what to do. LTS_ERR_NOT_FOUND when there is no folder or no frame in it. Open
 * files are not kept, so their number is not limited by the system's limit on descriptors. */
lts_status lts_frames_open(const char *folder, const lts_feature *feature, lts_frames **out,
                           lts_error *err);
void lts_frames_close(lts_frames *frames); /* NULL is allowed */

/* Of notes (lts_feature_is_note), each is a file of one row by itself, whatever array it lies in,
 * in the order and with the names of this table, which lives as long as the frames; NULL for
 * others. */
const lts_labels *lts_frames_labels(const lts_frames *frames);

/* LTS_ERR_IO names the first file that another program has shortened since, and the first frame
 * that is gone. */
lts_status lts_frames_check(const lts_frames *frames, lts_error *err);

size_t lts_frames_bins(const lts_frames *frames); /* K */

/* A hash of every file's name, shape and middle frame: equal for the same data set wherever it
 * lies, different when files were added, removed, or made with other settings. */
const char *lts_frames_fingerprint(const lts_frames *frames);

/* Files in order of their names; `file` < lts_frames_files. */
size_t lts_frames_files(const lts_frames *frames);
const char *lts_frames_name(const lts_frames *frames, size_t file); /* without .npy */
size_t lts_frames_rows(const lts_frames *frames, size_t file);      /* >= 1 */
bool lts_frames_held_out(const lts_frames *frames, size_t file);

/* The two parts of a data set. Without a call of lts_frames_hold_out all files train. */
typedef enum lts_frames_part { LTS_FRAMES_TRAIN, LTS_FRAMES_VALIDATION } lts_frames_part;

/* Chooses the files held out from training: the share (0 .. below 1) of the files, rounded, at
 * least one when the share is above 0, and at least one left to train; a single file is never held
 * out. Equal seeds and file counts choose alike. Returns how many are held out. */
size_t lts_frames_hold_out(lts_frames *frames, double share, uint64_t seed);

uint64_t lts_frames_count(const lts_frames *frames, lts_frames_part part); /* T of that part */

/* The file that a frame of a part, below its count, is of. */
size_t lts_frames_file_of(const lts_frames *frames, lts_frames_part part, uint64_t frame);

/* Rows first .. first+count-1 of a part, in the order of `order` (over all of the part's frames)
 * or, when it is NULL, of the files: rows (count,K). LTS_ERR_NONFINITE names file, frame and bin of
 * the first value that is no linear magnitude from 0 to 1e15, or, where examples are no magnitudes
 * (lts_feature_is_magnitude), no number from -1e15 to 1e15; LTS_ERR_IO file and frame where
 * another program has shortened a file. No allocation. */
lts_status lts_frames_gather(const lts_frames *frames, lts_frames_part part,
                             const lts_permutation *order, uint64_t first, size_t count,
                             float *rows, lts_error *err);

/* The same for rows first .. first+count-1 of one file. */
lts_status lts_frames_read(const lts_frames *frames, size_t file, size_t first, size_t count,
                           float *rows, lts_error *err);

LTS_END_DECLS

#endif
