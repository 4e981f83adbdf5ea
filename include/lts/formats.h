/* Formats: bytes on disk and the structs they stand for. Everything hostile is refused with the
 * file, the place and the reason. Read handles are constant after opening and may be shared by
 * threads. */
#ifndef LTS_FORMATS_H
#define LTS_FORMATS_H

#include "lts/base.h"

/* --- NumPy .npy (NumPy Enhancement Proposal 1) --------------------------------------------------
 */

typedef struct lts_npy lts_npy;

/* Maps the file. Read: version 1 to 3, C or Fortran order, f4 or f8, either byte order, one or two
 * dimensions; a one-dimensional array of n counts as (1,n). */
lts_status lts_npy_open(const char *path, lts_npy **out, lts_error *err);
void lts_npy_close(lts_npy *npy); /* NULL is allowed */
size_t lts_npy_rows(const lts_npy *npy);
size_t lts_npy_columns(const lts_npy *npy);
const char *lts_npy_path(const lts_npy *npy);

/* Copies rows first .. first+count-1 to `dst` (count,columns) as native float32. The caller keeps
 * the range inside the array. */
void lts_npy_read(const lts_npy *npy, size_t first, size_t count, float *dst);

/* The whole array as (rows,columns) float32, freed with lts_free. */
lts_status lts_npy_load(const char *path, float **data, size_t *rows, size_t *columns,
                        lts_error *err);

/* Writes (rows,columns) float32, version 1.0, C order, `<f4`; whole or not at all. */
lts_status lts_npy_save(const char *path, const float *data, size_t rows, size_t columns,
                        lts_error *err);

/* The same in pieces, when the number of rows is not known beforehand. */
typedef struct lts_npy_writer lts_npy_writer;
lts_status lts_npy_writer_open(const char *path, size_t columns, lts_npy_writer **out,
                               lts_error *err);
lts_status lts_npy_writer_append(lts_npy_writer *writer, const float *rows, size_t count,
                                 lts_error *err);
/* Both free the writer, whatever they return. */
lts_status lts_npy_writer_commit(lts_npy_writer *writer, lts_error *err);
void lts_npy_writer_abort(lts_npy_writer *writer); /* NULL is allowed */

/* --- INI, as Python's configparser writes it (parsed by iniparser) -------------------------------
 */

/* Sections and keys in file order; both are matched without regard to case and written back as they
 * were first spelt. Values are text. */
typedef struct lts_ini lts_ini;

lts_status lts_ini_create(lts_ini **out, lts_error *err); /* an empty one */
lts_status lts_ini_load(const char *path, lts_ini **out, lts_error *err);
lts_status lts_ini_save(const lts_ini *ini, const char *path, lts_error *err);
void lts_ini_destroy(lts_ini *ini); /* NULL is allowed */

/* The value, "" for a key without one, NULL when the section or key is not there. */
const char *lts_ini_get(const lts_ini *ini, const char *section, const char *key);
lts_status lts_ini_set(lts_ini *ini, const char *section, const char *key, const char *value,
                       lts_error *err);
bool lts_ini_has_section(const lts_ini *ini, const char *section);

/* Entry `index` in file order; false past the end. line is 0 for entries set by the program. */
typedef struct lts_ini_entry {
    const char *section, *key, *value;
    size_t line;
} lts_ini_entry;
bool lts_ini_at(const lts_ini *ini, size_t index, lts_ini_entry *entry);

/* --- safetensors (named float32 tensors, text metadata) ------------------------------------------
 */

enum { LTS_TENSOR_MAX_RANK = 4 };

typedef struct lts_tensor {
    const char *name;
    int rank;
    size_t shape[LTS_TENSOR_MAX_RANK];
    const float *data; /* row-major, 4-byte aligned */
} lts_tensor;

typedef struct lts_text_pair {
    const char *key, *value;
} lts_text_pair;

typedef struct lts_safetensors lts_safetensors;

size_t lts_tensor_size(const lts_tensor *tensor); /* number of elements */

lts_status lts_safetensors_save(const char *path, const lts_tensor *tensors, size_t count,
                                const lts_text_pair *metadata, size_t metadata_count,
                                lts_error *err);
lts_status lts_safetensors_open(const char *path, lts_safetensors **out, lts_error *err);
void lts_safetensors_close(lts_safetensors *file); /* NULL is allowed */
size_t lts_safetensors_count(const lts_safetensors *file);
/* Views into the mapped file, valid until it is closed. Both give false when there is none. */
bool lts_safetensors_at(const lts_safetensors *file, size_t index, lts_tensor *tensor);
bool lts_safetensors_find(const lts_safetensors *file, const char *name, lts_tensor *tensor);
const char *lts_safetensors_metadata(const lts_safetensors *file, const char *key); /* or NULL */
const char *lts_safetensors_path(const lts_safetensors *file);

/* --- TensorBoard event files
 * ---------------------------------------------------------------------- */

typedef struct lts_events lts_events;

/* Opens FOLDER/events.out.tfevents.SECONDS.HOST for appending and writes the version record; a new
 * file each time, as TensorBoard expects of a resumed run. Records reach the file at each call. */
lts_status lts_events_open(const char *folder, lts_events **out, lts_error *err);
lts_status lts_events_scalar(lts_events *events, const char *tag, int64_t step, double value,
                             lts_error *err);
/* `samples` N mono samples within -1..1, stored as 16-bit WAV. */
lts_status lts_events_audio(lts_events *events, const char *tag, int64_t step, const float *samples,
                            size_t n, double sample_rate, lts_error *err);
void lts_events_close(lts_events *events); /* NULL is allowed */

/* --- Content hash
 * ----------------------------------------------------------------------------------- */

enum { LTS_HASH_TEXT = 33 }; /* 32 hexadecimal digits and the final 0 */

/* XXH3, 128 bits, of a file's bytes or of memory: tells contents apart, proves nothing. */
lts_status lts_hash_file(const char *path, char text[LTS_HASH_TEXT], lts_error *err);
void lts_hash_bytes(const void *bytes, size_t size, char text[LTS_HASH_TEXT]);

#endif
