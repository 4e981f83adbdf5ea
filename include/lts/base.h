/* Base: status codes, memory, random numbers, reports, files and threads.
 *
 * Glossary, used in every header:  N samples, T frames, K bins, Z latent dimensions, B batch.
 * An array argument is written (T,K): T rows of K values, row-major, contiguous unless a stride is
 * named. "linear magnitude" is |CQT| without any compression; times are in seconds.
 *
 * Every fallible function returns an lts_status and takes an lts_error last, which may be NULL.
 * Unless a function says otherwise it is safe to call from several threads on different objects,
 * and allocates, so it is not for the audio callback. */
#ifndef LTS_BASE_H
#define LTS_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define LTS_VERSION_MAJOR 0
#define LTS_VERSION_MINOR 1
#define LTS_VERSION_PATCH 0
/* One number that grows from version to version: 0x000100 is 0.1.0. */
#define LTS_VERSION_NUMBER (LTS_VERSION_MAJOR << 16 | LTS_VERSION_MINOR << 8 | LTS_VERSION_PATCH)

/* Between these two every declaration has C linkage and is exported from the shared library. */
#if defined(__cplusplus)
#define LTS_EXTERN_C     extern "C" {
#define LTS_EXTERN_C_END }
#else
#define LTS_EXTERN_C
#define LTS_EXTERN_C_END
#endif
#if defined(__GNUC__)
#define LTS_BEGIN_DECLS LTS_EXTERN_C _Pragma("GCC visibility push(default)")
#define LTS_END_DECLS   _Pragma("GCC visibility pop") LTS_EXTERN_C_END
#else
#define LTS_BEGIN_DECLS LTS_EXTERN_C
#define LTS_END_DECLS   LTS_EXTERN_C_END
#endif

#if defined(__GNUC__)
#define LTS_PRINTF(text, first) __attribute__((format(printf, text, first)))
#else
#define LTS_PRINTF(text, first)
#endif

/* A hot loop marked LTS_CLONES is compiled for several instruction sets; the loader picks one at
 * run time. Sanitizers and non-x86 machines get the plain version. Only for static functions: GCC
 * exports the others' resolvers, hidden or not. */
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__) &&       \
    !defined(LTS_SANITIZED)
#define LTS_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define LTS_CLONES
#endif

LTS_BEGIN_DECLS

/* The version of the library that runs, such as "0.1.0"; the macros are of the one compiled with.
 */
const char *lts_version(void);

/* --- Status and errors ------------------------------------------------------------------------ */

typedef enum lts_status {
    LTS_OK = 0,
    LTS_ERR_MEMORY,    /* an allocation failed */
    LTS_ERR_ARGUMENT,  /* a setting outside its legal range */
    LTS_ERR_IO,        /* the operating system refused to read or write */
    LTS_ERR_NOT_FOUND, /* a file, folder, key or tensor is not there */
    LTS_ERR_EXISTS,    /* something is there already and was not overwritten */
    LTS_ERR_FORMAT,    /* the bytes are not what the format allows */
    LTS_ERR_SHAPE,     /* two things that must agree in size do not */
    LTS_ERR_NONFINITE, /* NaN or infinity where a number must be */
    LTS_ERR_CANCELLED, /* stopped on request */
    LTS_ERR_PLUGIN,    /* a plugin crashed, hung or gave no sound: what it made is lost */
    LTS_STATUS_COUNT
} lts_status;

/* What went wrong, in one line: file, place, what was wrong, what to do. */
typedef struct lts_error {
    lts_status status;
    char text[1024];
} lts_error;

/* One short phrase for a status; never NULL, also for values outside the enum. */
const char *lts_strerror(lts_status status);

/* Records `status` and the formatted line in `err` (when not NULL) and returns `status`, so that a
 * failing function ends in `return lts_fail(err, LTS_ERR_..., "...")`. Long lines are cut, never
 * overrun. Control characters, which names may hold, become '?': an error is one line. */
lts_status lts_fail(lts_error *err, lts_status status, const char *format, ...) LTS_PRINTF(3, 4);

/* --- Memory ----------------------------------------------------------------------------------- */

/* `count` elements of `size` bytes, zeroed and aligned to 64 bytes, or NULL when memory is short or
 * the product overflows. A count of 0 gives a valid pointer. Free with lts_free. */
void *lts_alloc(size_t count, size_t size);
void lts_free(void *memory);

/* lts_alloc that reports: LTS_ERR_MEMORY and "out of memory: N bytes for WHAT". */
lts_status lts_alloc_checked(void *out_pointer, size_t count, size_t size, const char *what,
                             lts_error *err);

/* LTS_ERR_MEMORY: "PLACE: out of memory", where `place` is the file or thing that needed it. */
lts_status lts_no_memory(const char *place, lts_error *err);

/* A new string, to be freed with lts_free; NULL when memory is short. */
char *lts_strdup(const char *text);
char *lts_format(const char *format, ...) LTS_PRINTF(1, 2);

/* --- Numbers ---------------------------------------------------------------------------------- */

/* Index of the first of n numbers that is NaN or infinite; n when all are finite. */
size_t lts_first_nonfinite(const float *x, size_t n);

/* --- Text ------------------------------------------------------------------------------------- */

/* The whole of `text`, leading and trailing blanks aside, as a finite number; false otherwise.
 * Always with a decimal point, whatever the locale. */
bool lts_parse_double(const char *text, double *value);
bool lts_parse_int(const char *text, int64_t *value);

/* The shortest decimal that lts_parse_double reads back as the same number, with a decimal point
 * whatever the locale; whole numbers below 1e15 without one. */
enum { LTS_NUMBER_TEXT = 40 };
void lts_number_text(char text[LTS_NUMBER_TEXT], double value);

/* Insertions, deletions, replacements and swaps of neighbours that turn a into b (Damerau 1964,
 * without edits of a swapped pair), ASCII letters in any case; SIZE_MAX when there are `limit` of
 * them or more, or for words of more than 255 bytes. */
size_t lts_edit_distance(const char *a, const char *b, size_t limit);

/* The index of that of the `count` words which `word` was most likely meant to be, or `count` when
 * none is near enough: by the edit distance in bytes with neighbours swapped (Damerau 1964; optimal
 * string alignment), the case of ASCII letters aside. Near enough is up to a third of the longer
 * one's length; the first of equals is taken; a word of more than 255 bytes is near to none.
 * Allocates nothing. */
size_t lts_nearest(const char *word, const char *const *words, size_t count);

/* --- Random numbers --------------------------------------------------------------------------- */

/* xoshiro256++ (Blackman & Vigna 2019), seeded through splitmix64. Equal (seed, stream) give equal
 * numbers on every machine; different streams of one seed are independent. */
typedef struct lts_rng {
    uint64_t state[4];
} lts_rng;

void lts_rng_seed(lts_rng *rng, uint64_t seed, uint64_t stream);
uint64_t lts_rng_next(lts_rng *rng);
double lts_rng_uniform(lts_rng *rng);                 /* in [0, 1) */
uint64_t lts_rng_below(lts_rng *rng, uint64_t bound); /* in 0 .. bound-1; bound > 0 */
void lts_rng_fill_normal(lts_rng *rng, float *x,
                         size_t n); /* n draws of N(0,1); Box & Muller 1958 */

/* A seeded permutation of 0 .. count-1 that needs no table: a six-round Feistel network over the
 * next power of four, walked until it lands inside the range (Black & Rogaway 2002). */
typedef struct lts_permutation {
    uint64_t count;
    uint64_t key[6];
    unsigned half_bits;
} lts_permutation;

void lts_permutation_init(lts_permutation *permutation, uint64_t count, lts_rng *rng);
uint64_t lts_permutation_at(const lts_permutation *permutation, uint64_t index); /* index < count */

/* --- Reports: messages, progress, records, cancellation -----------------------------------------
 */

typedef enum lts_level { LTS_LEVEL_WARNING, LTS_LEVEL_NOTE, LTS_LEVEL_DETAIL } lts_level;

/* One named value of a record. Exactly one of text and number is meant: text when not NULL. */
typedef struct lts_field {
    const char *name;
    const char *text;
    double number;
} lts_field;

/* How a job talks to whoever started it. Every member may be NULL, and so may the reporter. Jobs
 * with several threads serialise their calls. */
typedef struct lts_reporter {
    void *user;
    void (*message)(void *user, lts_level level, const char *text);
    /* `done` of `total` units of `what`; `rate` in units a second, 0 when not known. */
    void (*progress)(void *user, const char *what, double done, double total, double rate);
    /* A result for scripts and tables: a file written, an epoch finished. */
    void (*record)(void *user, const char *event, const lts_field *fields, size_t count);
    bool (*cancelled)(void *user);
} lts_reporter;

void lts_message(const lts_reporter *reporter, lts_level level, const char *format, ...)
    LTS_PRINTF(3, 4);
void lts_progress(const lts_reporter *reporter, const char *what, double done, double total,
                  double rate);
void lts_record(const lts_reporter *reporter, const char *event, const lts_field *fields,
                size_t count);
bool lts_cancelled(const lts_reporter *reporter);

/* Seconds on a clock that only goes forward. */
double lts_now(void);

/* --- Files --------------------------------------------------------------------------------------
 */

/* A file that gets its final name only when it is whole: written under a temporary name in the same
 * folder, synced and renamed by commit, removed by abort. Links are followed: a link stays, and
 * what it leads to is replaced, or made. What is there and is no regular file, such as a pipe or a
 * device, stays what it is: the bytes gather in a file without a name, in the folder that TMPDIR
 * names, else /tmp, and commit opens the target and copies them there. So they do for the open
 * descriptors that "-" and "/dev/stdout" (standard output), "/dev/stderr" and "/dev/fd/N" name.
 * Each stream can seek. */
typedef struct lts_outfile lts_outfile;

/* LTS_ERR_IO: a folder, or nothing can be written there. */
lts_status lts_outfile_open(const char *path, lts_outfile **out, lts_error *err);
/* The same for a file of a folder that the program keeps, such as a data set's or a run's, and that
 * nobody named: a link or a pipe of that name is replaced, so that nothing is written outside of
 * the folder and nothing waits for a reader. */
lts_status lts_outfile_open_own(const char *path, lts_outfile **out, lts_error *err);
/* The same in a folder that the caller holds open until `out` is committed or aborted: of `path`
 * only the last component is used, and the rest names the folder in messages. What becomes of the
 * folder's own path meanwhile is no matter. A link or a pipe of that name is replaced.
 * AT_FDCWD is lts_outfile_open. */
lts_status lts_outfile_open_in(int folder, const char *path, lts_outfile **out, lts_error *err);
FILE *lts_outfile_stream(lts_outfile *file);
/* All three free `file`, whatever they return; a commit removes the temporary file when it fails.
 * A commit to a pipe waits for its reader; one that has left is LTS_ERR_IO where SIGPIPE is
 * ignored.
 */
lts_status lts_outfile_commit(lts_outfile *file, lts_error *err);
/* The same, but LTS_ERR_EXISTS when something has the name already, a link too: of several
 * processes that try, one gets it. */
lts_status lts_outfile_commit_new(lts_outfile *file, lts_error *err);
void lts_outfile_abort(lts_outfile *file); /* NULL is allowed */

/* Many small files that get their names together, as syncing each by itself would take most of the
 * time. Each stays open until then. From one thread at a time. */
typedef struct lts_outfile_batch lts_outfile_batch;

lts_status lts_outfile_batch_create(lts_outfile_batch **out, lts_error *err);
/* Commits `file` with the batch's next commit; at once when `batch` is NULL or the file goes
 * through to a pipe or device. Frees `file` in the end, whatever it returns. */
lts_status lts_outfile_commit_in(lts_outfile *file, lts_outfile_batch *batch, lts_error *err);
/* All are synced; then each gets its name, in the order they came in; and the folder of those that
 * follow one another in it is synced before a file of the next folder gets its own. After a crash
 * at any moment a name stands for a whole file. An error names the first file it was met at: none
 * of the files after it has its name, and when one could not be synced, none has. The batch is
 * empty then.
 */
lts_status lts_outfile_batch_commit(lts_outfile_batch *batch, lts_error *err);
/* Aborts all that is in it; it is empty then. */
void lts_outfile_batch_abort(lts_outfile_batch *batch);
void lts_outfile_batch_destroy(lts_outfile_batch *batch); /* the same first; NULL is allowed */

/* Whether what is written to `path` goes to standard output: "-", "/dev/stdout", "/dev/fd/1". */
bool lts_is_standard_output(const char *path);

/* Whether two paths lead to one regular file, however they are spelled, or would if they were
 * written. What is no regular file, such as /dev/null, may well be named twice: false. */
bool lts_same_file(const char *a, const char *b);
/* LTS_ERR_ARGUMENT when they are one file: `output` would overwrite what is read from `input`.
 * Thread-safe. */
lts_status lts_check_distinct(const char *output, const char *input, lts_error *err);

/* Whether `name` is that of an lts_outfile's temporary file whose process is gone, as one that was
 * killed leaves it; the first *length bytes are then the final name. */
bool lts_is_stale_temporary(const char *name, size_t *length);
/* Removes such files, untouched for a minute, whose final path would begin with `begins` ("/a/b"
 * means "/a/b.json" and "/a/b", not "/a/b/c"); how many. What cannot be read or removed stays. */
size_t lts_remove_stale_temporaries(const char *begins);

/* A regular file to read, as an open descriptor, and its size. Folders, pipes and devices, which
 * may block or never end, are refused at once. "-" is standard input, whatever it is: read to its
 * end when it is first asked for, and kept, so that it can seek and be opened again; its
 * descriptors share one place, so that only one of them is to be read at a time. LTS_ERR_NOT_FOUND,
 * LTS_ERR_IO. Thread-safe. */
lts_status lts_open_input(const char *path, int *descriptor, uint64_t *size, lts_error *err);
/* The same as a stream; close it with fclose. */
lts_status lts_open_file(const char *path, FILE **stream, uint64_t *size, lts_error *err);

/* The whole file, one as lts_open_file takes, as bytes plus a terminating 0 that `size` does not
 * count; free with lts_free. Files larger than `limit` bytes are refused with LTS_ERR_FORMAT,
 * before they are read. */
lts_status lts_read_file(const char *path, size_t limit, char **bytes, size_t *size,
                         lts_error *err);
/* The same, but a pipe is read to its end as well, such as a shell's <(command): waits for who
 * writes to it, so it is not for paths that others send. */
lts_status lts_read_pipe(const char *path, size_t limit, char **bytes, size_t *size,
                         lts_error *err);

/* A folder and its parents; an existing folder is no error. */
lts_status lts_make_folder(const char *path, lts_error *err);

/* Paths as new strings (lts_free; NULL when memory is short): folder + "/" + name, the last
 * component, and the last component without its extension ("b.c" of "/a/b.c.wav"). */
char *lts_path_join(const char *folder, const char *name);
char *lts_path_name(const char *path);
char *lts_path_stem(const char *path);
bool lts_is_file(const char *path);
bool lts_is_folder(const char *path);

/* --- Threads ------------------------------------------------------------------------------------
 */

/* Calls work(context, item, worker) for every item 0 .. items-1, on up to `workers` threads, each
 * item on one thread, in rising order of start. Returns when all are done. worker is 0 .. workers-1
 * and names the thread's own scratch. With one worker, or when no thread can be had, the caller's
 * thread does the work. */
void lts_parallel_for(size_t items, unsigned workers,
                      void (*work)(void *context, size_t item, unsigned worker), void *context);

/* Processors this process may use; at least 1. */
unsigned lts_processor_count(void);

LTS_END_DECLS

#endif
