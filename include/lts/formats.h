/* Formats: bytes on disk and the structs they stand for. Everything hostile is refused with one
 * line that names the file, the place in it and the reason: LTS_ERR_FORMAT for what the bytes say,
 * LTS_ERR_NOT_FOUND and LTS_ERR_IO for what the system says, LTS_ERR_MEMORY. Read handles are
 * constant after opening and may be shared by threads; nothing here is for the audio callback.
 * Every file is written under a temporary name and renamed when whole. */
#ifndef LTS_FORMATS_H
#define LTS_FORMATS_H

#include "lts/base.h"

LTS_BEGIN_DECLS

/* --- NumPy .npy ------------------------------------------------------------------------------ */

/* An array on disk, after NumPy Enhancement Proposal 1 (Kern 2007) and its versions 2 and 3. */
typedef struct lts_npy lts_npy;

/* Maps the file: it is not read into memory. Understood are version 1 to 3, C or Fortran order, f4
 * or f8, either byte order, one to three dimensions, at least one column; a one-dimensional array
 * of n counts as (1,n), one of (n,a,b), in C order, as (n,a*b). What follows the array is ignored,
 * as NumPy ignores it. */
lts_status lts_npy_open(const char *path, lts_npy **out, lts_error *err);
/* The same of sounds, (sounds,samples), or three dimensions in C order, (sounds,channels,samples),
 * each of whose channels is a row. */
lts_status lts_npy_open_sounds(const char *path, lts_npy **out, lts_error *err);
void lts_npy_close(lts_npy *npy); /* NULL is allowed */
size_t lts_npy_rows(const lts_npy *npy);
size_t lts_npy_columns(const lts_npy *npy);  /* >= 1 */
size_t lts_npy_channels(const lts_npy *npy); /* rows of a sound: 1 but for three dimensions */
const char *lts_npy_path(const lts_npy *npy);

/* Copies rows first .. first+count-1 to `dst` (count,columns) as native float32; f8 is rounded. The
 * caller keeps the range inside the array. A memcpy for `<f4` in C order, which is what the writer
 * makes; a row of a Fortran-order file touches as many pages as it has columns. Safe for any number
 * of threads at once, and allocates nothing. LTS_ERR_IO names the first frame that is gone when
 * another program has shortened the file since it was opened. */
lts_status lts_npy_read(const lts_npy *npy, size_t first, size_t count, float *dst, lts_error *err);

/* LTS_ERR_IO, as above, when the file at the path is now shorter than the array. Reading cannot
 * tell where the system fills the last page up with zeros. */
lts_status lts_npy_check(const lts_npy *npy, lts_error *err);

/* Gives back the memory that reading has mapped in; reading goes on as before, from the system's
 * cache. Safe while other threads read. */
void lts_npy_release(const lts_npy *npy);

/* The whole array as (rows,columns) float32, freed with lts_free. */
lts_status lts_npy_load(const char *path, float **data, size_t *rows, size_t *columns,
                        lts_error *err);

/* The same for signed integers, i4 or i8, as (rows,columns) int32; free with lts_free. One that
 * int32 cannot hold is LTS_ERR_FORMAT with its byte. */
lts_status lts_npy_load_integers(const char *path, int32_t **data, size_t *rows, size_t *columns,
                                 lts_error *err);

/* Writes (rows,columns) float32, version 1.0, C order, `<f4`; whole or not at all. rows may be 0,
 * columns not (LTS_ERR_ARGUMENT). */
lts_status lts_npy_save(const char *path, const float *data, size_t rows, size_t columns,
                        lts_error *err);

/* Whether a path is taken for an array: by its ending, .npy, and standard input ("-"), which has
 * none, by its first bytes. */
bool lts_npy_is(const char *path);

/* lts_npy_save in pieces, when the number of rows is not known beforehand: the header has 128 bytes
 * whatever it says, and the count is filled in by commit. One thread at a time. */
typedef struct lts_npy_writer lts_npy_writer;
lts_status lts_npy_writer_open(const char *path, size_t columns, lts_npy_writer **out,
                               lts_error *err);
/* For an array of a folder that the program keeps, as lts_outfile_open_own. */
lts_status lts_npy_writer_open_own(const char *path, size_t columns, lts_npy_writer **out,
                                   lts_error *err);
lts_status lts_npy_writer_append(lts_npy_writer *writer, const float *rows, size_t count,
                                 lts_error *err);

/* What an array holds, where it is not (rows,columns) float32. */
typedef struct lts_npy_layout {
    size_t channels; /* above 0: (rows,channels,columns), of which a row is channels * columns */
    size_t columns;  /* >= 1 */
    bool integers;   /* `<i4`, for lts_npy_writer_append_integers, instead of `<f4` */
    bool own;        /* as lts_npy_writer_open_own */
} lts_npy_layout;
lts_status lts_npy_writer_open_as(const char *path, const lts_npy_layout *layout,
                                  lts_npy_writer **out, lts_error *err);
/* Each of the two appends is LTS_ERR_ARGUMENT for a writer of the other kind. */
lts_status lts_npy_writer_append_integers(lts_npy_writer *writer, const int32_t *rows, size_t count,
                                          lts_error *err);
/* Both free the writer, whatever they return. */
lts_status lts_npy_writer_commit(lts_npy_writer *writer, lts_error *err);
/* The same with the batch's next commit, as lts_outfile_commit_in. */
lts_status lts_npy_writer_commit_in(lts_npy_writer *writer, lts_outfile_batch *batch,
                                    lts_error *err);
void lts_npy_writer_abort(lts_npy_writer *writer); /* NULL is allowed */

/* --- INI, as Python's configparser writes it ------------------------------------------------- */

/* Sections and keys in file order; both are matched without regard to case and written back as they
 * were first spelt. Values are text. Loading and creating give the caller a handle to destroy; set
 * is for one thread at a time. */
typedef struct lts_ini lts_ini;

lts_status lts_ini_create(lts_ini **out, lts_error *err); /* an empty one */

/* configparser's dialect: "key = value" or "key: value"; '#' and ';' begin a comment only where
 * they begin a line; lines indented deeper than their key continue its value; '\' means
 * itself; "%%" means '%', and a lone '%' itself. A key alone on its line has the value "". A value
 * wholly in "..." or '...' is taken without them. A byte order mark and any line ends are accepted.
 * Malformed lines and keys given twice in a section are LTS_ERR_FORMAT with the line; so are files
 * beyond 1 MiB or 10000 entries.
 */
lts_status lts_ini_load(const char *path, lts_ini **out, lts_error *err);

/* The same from memory: `size` bytes, of which `name` is what messages call them. */
lts_status lts_ini_parse(const char *text, size_t size, const char *name, lts_ini **out,
                         lts_error *err);

/* Each value is written as it is, every '%' doubled, where that reads back as itself, otherwise in
 * quotes; one for
 * which neither does (such as a further line that begins with '#') is LTS_ERR_ARGUMENT. */
lts_status lts_ini_save(const lts_ini *ini, const char *path, lts_error *err);
/* The same with the batch's next commit, as lts_outfile_commit_in. */
lts_status lts_ini_save_in(const lts_ini *ini, const char *path, lts_outfile_batch *batch,
                           lts_error *err);
void lts_ini_destroy(lts_ini *ini); /* NULL is allowed */

/* The value, "" for a key without one, NULL when the section or key is not there. Valid until that
 * entry is set anew. */
const char *lts_ini_get(const lts_ini *ini, const char *section, const char *key);

/* A new entry at the end of its section, or a new value for an old one. Names that no file could
 * hold are LTS_ERR_ARGUMENT: empty, beyond 250 bytes, with blanks at their ends, a key with '=',
 * ':' or a first '#', ';', '[', a section with ']'. */
lts_status lts_ini_set(lts_ini *ini, const char *section, const char *key, const char *value,
                       lts_error *err);
bool lts_ini_has_section(const lts_ini *ini, const char *section);

/* Entry `index` in file order; false past the end. line is 0 for entries set by the program. */
typedef struct lts_ini_entry {
    const char *section, *key, *value;
    size_t line; /* counted from 1 */
} lts_ini_entry;
bool lts_ini_at(const lts_ini *ini, size_t index, lts_ini_entry *entry);

/* --- safetensors: named float32 tensors and text metadata ------------------------------------ */

enum { LTS_TENSOR_MAX_RANK = 4 };

typedef struct lts_tensor {
    const char *name;
    int rank; /* 0 .. LTS_TENSOR_MAX_RANK; a tensor of rank 0 is one number */
    size_t shape[LTS_TENSOR_MAX_RANK];
    const float *data; /* row-major, 4-byte aligned */
} lts_tensor;

typedef struct lts_text_pair {
    const char *key, *value; /* UTF-8 */
} lts_text_pair;

typedef struct lts_safetensors lts_safetensors;

size_t lts_tensor_size(const lts_tensor *tensor); /* number of elements */

/* The safetensors format (Hugging Face, 2022): the header's length in 8 bytes, little-endian, a
 * JSON header, the data; here all F32, in the order given, without gaps, aligned to 8 bytes. Names
 * and keys must be distinct UTF-8, and none "__metadata__": otherwise LTS_ERR_ARGUMENT. In values,
 * bytes that are no UTF-8 become U+FFFD. */
lts_status lts_safetensors_save(const char *path, const lts_tensor *tensors, size_t count,
                                const lts_text_pair *metadata, size_t metadata_count,
                                lts_error *err);

/* Maps the file and checks its header whole: dtype F32, offsets inside the file, without overlap or
 * gap, in agreement with the shapes; names distinct; metadata text. Tensors come in the order of
 * their data. */
lts_status lts_safetensors_open(const char *path, lts_safetensors **out, lts_error *err);
void lts_safetensors_close(lts_safetensors *file); /* NULL is allowed */

/* Views into the mapped file, valid until it is closed. Both give false when there is none. */
bool lts_safetensors_at(const lts_safetensors *file, size_t index, lts_tensor *tensor);
bool lts_safetensors_find(const lts_safetensors *file, const char *name, lts_tensor *tensor);
const char *lts_safetensors_metadata(const lts_safetensors *file, const char *key); /* or NULL */
bool lts_safetensors_metadata_at(const lts_safetensors *file, size_t index, lts_text_pair *pair);
const char *lts_safetensors_path(const lts_safetensors *file);

/* --- TensorBoard event files ----------------------------------------------------------------- */

/* Protocol-buffer events in TFRecord frames, each guarded by two CRC-32C (Castagnoli et al. 1993).
 * One thread at a time. */
typedef struct lts_events lts_events;

/* Opens FOLDER/events.out.tfevents.SECONDS.HOST for appending and writes the version record; a new
 * file each time, as TensorBoard expects of a resumed run. Records reach the file at each call: the
 * one kind of file that is not renamed into place, as it is read while it grows. */
lts_status lts_events_open(const char *folder, lts_events **out, lts_error *err);
/* Says that what earlier files of the folder hold of this step and later ones is void: TensorBoard
 * drops it (SessionLog START). For a run that goes on from a checkpoint, before its first event. */
lts_status lts_events_restart(lts_events *events, int64_t step, lts_error *err);
lts_status lts_events_scalar(lts_events *events, const char *tag, int64_t step, double value,
                             lts_error *err);
/* `samples` N mono samples within -1..1 (others are clipped, NaN is LTS_ERR_NONFINITE), stored as
 * 16-bit WAV; sample_rate Hz, rounded to a whole number. */
lts_status lts_events_audio(lts_events *events, const char *tag, int64_t step, const float *samples,
                            size_t n, double sample_rate, lts_error *err);
void lts_events_close(lts_events *events); /* NULL is allowed */

/* --- Content hash ---------------------------------------------------------------------------- */

enum { LTS_HASH_TEXT = 33 }; /* 32 hexadecimal digits and the final 0 */

/* XXH3, 128 bits (Collet 2020), of a file's bytes or of memory: tells contents apart, proves
 * nothing. The file is read in blocks. */
lts_status lts_hash_file(const char *path, char text[LTS_HASH_TEXT], lts_error *err);
void lts_hash_bytes(const void *bytes, size_t size, char text[LTS_HASH_TEXT]);

LTS_END_DECLS

#endif
