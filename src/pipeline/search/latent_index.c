#include "pipeline/search/latent_index.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char folder_name[] = "search";

enum { BLOCK = 512, PART = 16 }; /* frames encoded at once; digits of each half of a name */

typedef struct encoding {
    const lts_model *model;
    const lts_frames *frames;
    lts_model_work *work;
    float *examples, *columns; /* (BLOCK,K), (BLOCK,C) */
    lts_npy_writer *writer;    /* NULL: into rows */
    float *rows;
    size_t done, total;
} encoding;

static size_t count_frames(const lts_frames *frames)
{
    size_t total = 0;
    for (size_t f = 0; f < lts_frames_files(frames); f++)
        total += lts_frames_rows(frames, f);
    return total;
}

/* RUN/search, or the folder beside a model's file. */
static char *find_folder(const char *run)
{
    const char *slash = strrchr(run, '/');
    if (!lts_is_file(run))
        return lts_path_join(run, folder_name);
    return slash ? lts_format("%.*s/%s", (int)(slash - run), run, folder_name)
                 : lts_strdup(folder_name);
}

/* A hash of the arrays' names, sizes, times and places on the disk, in any order: the fingerprint
 * reads one frame of each alone. */
static void stamp_arrays(const char *arrays, char stamp[LTS_HASH_TEXT])
{
    struct {
        char name[256];
        uint64_t size, time, place;
    } file;
    char hash[LTS_HASH_TEXT];
    unsigned char all[LTS_HASH_TEXT] = {0};
    DIR *entries = opendir(arrays);
    struct dirent *entry;
    struct stat info;
    while (entries && (entry = readdir(entries)) != NULL) {
        const char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".npy") != 0 || fstatat(dirfd(entries), entry->d_name, &info, 0))
            continue;
        memset(&file, 0, sizeof file);
        snprintf(file.name, sizeof file.name, "%s", entry->d_name);
        file.size = (uint64_t)info.st_size;
        file.time = (uint64_t)info.st_mtime;
        file.place = (uint64_t)info.st_ino;
        lts_hash_bytes(&file, sizeof file, hash);
        for (size_t i = 0; i < sizeof all; i++)
            all[i] ^= (unsigned char)hash[i];
    }
    if (entries)
        closedir(entries);
    lts_hash_bytes(all, sizeof all, stamp);
}

/* The two halves of the file's name: where the arrays are, and what the points were made of. */
static lts_status name_index(const lts_model *model, const char *arrays, const lts_frames *frames,
                             char name[2 * PART + 6], lts_error *err)
{
    char place[LTS_HASH_TEXT], content[LTS_HASH_TEXT], stamp[LTS_HASH_TEXT];
    char *real = realpath(arrays, NULL);
    const char *from = real ? real : arrays;
    stamp_arrays(from, stamp);
    char *made_of =
        lts_format("1 %s %s %s", lts_model_hash(model), lts_frames_fingerprint(frames), stamp);
    if (made_of) {
        lts_hash_bytes(from, strlen(from), place);
        lts_hash_bytes(made_of, strlen(made_of), content);
        snprintf(name, 2 * PART + 6, "%.*s-%.*s.npy", PART, place, PART, content);
    }
    lts_free(made_of);
    free(real);
    return made_of ? LTS_OK : lts_no_memory(arrays, err);
}

/* Removes what was made of the same place before. */
static void remove_old(const char *folder, const char *name)
{
    DIR *entries = opendir(folder);
    struct dirent *entry;
    while (entries && (entry = readdir(entries)) != NULL) {
        const char *old = entry->d_name;
        if (strncmp(old, name, PART + 1) != 0 || strlen(old) != strlen(name) ||
            strcmp(old, name) == 0)
            continue;
        char *path = lts_path_join(folder, old);
        if (path)
            unlink(path);
        lts_free(path);
    }
    if (entries)
        closedir(entries);
}

/* `count` examples of a file -> their points. */
static lts_status encode_block(encoding *e, size_t file, size_t first, size_t count, lts_error *err)
{
    const size_t latent = lts_model_settings(e->model)->latent,
                 columns = lts_model_columns(e->model);
    lts_status status = lts_frames_read(e->frames, file, first, count, e->examples, err);
    if (status != LTS_OK)
        return status;
    lts_model_encode(e->model, e->work, e->examples, count, e->columns, NULL);
    for (size_t i = 0; i < count; i++)
        memmove(e->columns + i * latent, e->columns + i * columns, latent * sizeof *e->columns);
    const size_t bad = lts_first_nonfinite(e->columns, count * latent);
    if (bad < count * latent)
        return lts_fail(err, LTS_ERR_NONFINITE,
                        "%s: the latents of frame %zu are no finite numbers: make its array anew",
                        lts_frames_name(e->frames, file), first + bad / latent);
    if (e->writer)
        status = lts_npy_writer_append(e->writer, e->columns, count, err);
    else
        memcpy(e->rows + e->done * latent, e->columns, count * latent * sizeof *e->rows);
    e->done += count;
    return status;
}

/* Every example, in order. */
static lts_status encode_all(encoding *e, unsigned threads, const lts_reporter *reporter,
                             lts_error *err)
{
    const double begun = lts_now();
    lts_status status = lts_alloc_checked(
        &e->examples, BLOCK, lts_frames_bins(e->frames) * sizeof(float), "frames", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&e->columns, BLOCK, lts_model_columns(e->model) * sizeof(float),
                               "latents", err);
    if (status != LTS_OK)
        goto done;
    status = lts_model_work_create(e->model, threads, &e->work, err);
    if (status != LTS_OK)
        goto done;
    for (size_t f = 0; f < lts_frames_files(e->frames); f++) {
        const size_t rows = lts_frames_rows(e->frames, f);
        for (size_t first = 0; first < rows; first += BLOCK) {
            status = encode_block(e, f, first, rows - first < BLOCK ? rows - first : BLOCK, err);
            if (status != LTS_OK)
                goto done;
            if (lts_cancelled(reporter)) {
                status = lts_fail(err, LTS_ERR_CANCELLED,
                                  "interrupted at %zu of %zu encoded: nothing was kept", e->done,
                                  e->total);
                goto done;
            }
        }
        lts_progress(reporter, "frames encoded", (double)e->done, (double)e->total,
                     (double)e->done / (lts_now() - begun));
    }
    status = lts_frames_check(e->frames, err);
done:
    lts_model_work_destroy(e->work);
    lts_free(e->examples);
    lts_free(e->columns);
    return status;
}

static lts_status open_file(encoding *e, const char *path, size_t latent, lts_error *err)
{
    char *folder = lts_format("%.*s", (int)(strrchr(path, '/') - path), path);
    const lts_status status = folder ? lts_make_folder(folder, err) : lts_no_memory(path, err);
    lts_free(folder);
    if (status != LTS_OK)
        return status;
    return lts_npy_writer_open_own(path, latent, &e->writer, err);
}

/* Into index->rows. */
static lts_status make_in_memory(encoding *e, unsigned threads, latent_index *index,
                                 const lts_reporter *reporter, lts_error *err)
{
    const lts_status status =
        lts_alloc_checked(&index->rows, e->total, index->latent * sizeof *index->rows,
                          "the points of a data set", err);
    if (status != LTS_OK)
        return status;
    e->rows = index->rows;
    return encode_all(e, threads, reporter, err);
}

/* Into the file, or where none can be written into memory. */
static lts_status make(encoding *e, const char *path, unsigned threads, latent_index *index,
                       const lts_reporter *reporter, lts_error *err)
{
    lts_error why = {0};
    if (open_file(e, path, index->latent, &why) != LTS_OK) {
        lts_message(reporter, LTS_LEVEL_WARNING, "%s; the points are not kept", why.text);
        return make_in_memory(e, threads, index, reporter, err);
    }
    lts_status status = encode_all(e, threads, reporter, err);
    if (status != LTS_OK) {
        lts_npy_writer_abort(e->writer);
        return status;
    }
    status = lts_npy_writer_commit(e->writer, err);
    if (status != LTS_OK)
        return status;
    return lts_npy_open(path, &index->file, err);
}

/* A file that is not what its name says is made anew. */
static bool open_kept(const char *path, size_t total, latent_index *index)
{
    lts_error ignored;
    if (!lts_is_file(path) || lts_npy_open(path, &index->file, &ignored) != LTS_OK)
        return false;
    if (lts_npy_rows(index->file) == total && lts_npy_columns(index->file) == index->latent)
        return true;
    lts_npy_close(index->file);
    index->file = NULL;
    return false;
}

lts_status latent_index_open(const char *run, const lts_model *model, const char *arrays,
                             const lts_frames *frames, unsigned threads,
                             const lts_reporter *reporter, latent_index *out, lts_error *err)
{
    encoding e = {.model = model, .frames = frames, .total = count_frames(frames)};
    char name[2 * PART + 6], *path = NULL, *folder = find_folder(run);
    *out = (latent_index){.latent = lts_model_settings(model)->latent};
    lts_status status = name_index(model, arrays, frames, name, err);
    if (status != LTS_OK)
        goto done;
    path = folder ? lts_path_join(folder, name) : NULL;
    if (!path) {
        status = lts_no_memory(run, err);
        goto done;
    }
    if (open_kept(path, e.total, out))
        goto done;
    status = make(&e, path, threads, out, reporter, err);
    if (status != LTS_OK)
        goto done;
    remove_old(folder, name);
done:
    lts_free(path);
    lts_free(folder);
    if (status != LTS_OK)
        latent_index_close(out);
    return status;
}

void latent_index_close(latent_index *index)
{
    lts_npy_close(index->file);
    lts_free(index->rows);
    *index = (latent_index){0};
}

lts_status latent_index_read(void *index, size_t first, size_t count, float *rows, lts_error *err)
{
    const latent_index *from = index;
    if (from->file)
        return lts_npy_read(from->file, first, count, rows, err);
    memcpy(rows, from->rows + first * from->latent, count * from->latent * sizeof *rows);
    return LTS_OK;
}
