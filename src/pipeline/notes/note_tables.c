#include "pipeline/notes/note_tables.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char begins[] = "notes-", array_ending[] = ".npy", table_ending[] = ".csv";

static bool ends_with(const char *text, const char *ending)
{
    const size_t length = strlen(text), tail = strlen(ending);
    return length > tail && strcmp(text + length - tail, ending) == 0;
}

/* "notes-NUMBER-PART" and an ending, as note_shards.c names them. */
static bool is_shard_file(const char *name, const char *ending, size_t *number)
{
    unsigned long first, part;
    char rest[8] = "";
    if (strncmp(name, begins, sizeof begins - 1) != 0 || !ends_with(name, ending) ||
        sscanf(name + sizeof begins - 1, "%lu-%lu%7s", &first, &part, rest) != 3 ||
        strcmp(rest, ending) != 0)
        return false;
    *number = (size_t)first;
    return true;
}

static char *array_path(const note_tables *tables, const note_shard *shard)
{
    return lts_format("%s/%s%s", tables->folder, shard->name, array_ending);
}

/* The array first: a table alone is an unfinished shard's. */
static lts_status remove_shard(const note_tables *tables, const note_shard *shard, lts_error *err)
{
    char *array = array_path(tables, shard);
    lts_status status = array ? LTS_OK : lts_no_memory(tables->folder, err);
    if (status != LTS_OK)
        goto done;
    if (unlink(array) != 0 && errno != ENOENT) {
        status = lts_fail(err, LTS_ERR_IO, "%s: cannot be removed: %s", array, strerror(errno));
        goto done;
    }
    if (unlink(shard->path) != 0 && errno != ENOENT)
        status =
            lts_fail(err, LTS_ERR_IO, "%s: cannot be removed: %s", shard->path, strerror(errno));
done:
    lts_free(array);
    return status;
}

/* --- Opening --------------------------------------------------------------------------------- */

static lts_status take_shard(note_tables *tables, const char *file, size_t number, size_t *room,
                             lts_error *err)
{
    if (tables->shards == *room) {
        note_shard *more = NULL;
        *room = *room ? 2 * *room : 64;
        lts_status status = lts_alloc_checked(&more, *room, sizeof *more, tables->folder, err);
        if (status != LTS_OK)
            return status;
        if (tables->shards > 0)
            memcpy(more, tables->shard, tables->shards * sizeof *more);
        lts_free(tables->shard);
        tables->shard = more;
    }
    note_shard *shard = &tables->shard[tables->shards++];
    *shard = (note_shard){.name = lts_path_stem(file), .path = lts_path_join(tables->folder, file)};
    tables->number = number >= tables->number ? number + 1 : tables->number;
    return shard->name && shard->path ? LTS_OK : lts_no_memory(tables->folder, err);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const note_shard *)a)->name, ((const note_shard *)b)->name);
}

static lts_status list_shards(note_tables *tables, lts_error *err)
{
    size_t room = 0, number;
    lts_status status = LTS_OK;
    DIR *stream = opendir(tables->folder);
    for (struct dirent *entry; stream && (entry = readdir(stream));) {
        if (!is_shard_file(entry->d_name, table_ending, &number))
            continue;
        status = take_shard(tables, entry->d_name, number, &room, err);
        if (status != LTS_OK)
            goto done;
    }
    if (tables->shards > 0)
        qsort(tables->shard, tables->shards, sizeof *tables->shard, by_name);
done:
    if (stream)
        closedir(stream);
    return status;
}

/* One pass over the values. */
static lts_status check_values(const lts_npy *npy, lts_error *err)
{
    const size_t floats = lts_npy_columns(npy);
    float *example = NULL;
    lts_status status = lts_alloc_checked(&example, floats, sizeof *example, "a note", err);
    if (status != LTS_OK)
        return status;
    for (size_t row = 0; row < lts_npy_rows(npy); row++) {
        if ((status = lts_npy_read(npy, row, 1, example, err)) != LTS_OK)
            goto done;
        if (lts_first_nonfinite(example, floats) < floats) {
            status = lts_fail(err, LTS_ERR_FORMAT, "%s: note %zu: not a finite number",
                              lts_npy_path(npy), row);
            goto done;
        }
    }
done:
    lts_free(example);
    return status;
}

/* Whether array and table are whole and go with each other. */
static lts_status open_shard(note_tables *tables, note_shard *shard, bool read_through,
                             lts_error *err)
{
    lts_npy *npy = NULL;
    char *array = array_path(tables, shard);
    lts_status status = array ? lts_npy_open(array, &npy, err) : lts_no_memory(shard->path, err);
    if (status != LTS_OK)
        goto done;
    status = csv_load(shard->path, 0, &shard->table, err);
    if (status != LTS_OK)
        goto done;
    if (shard->table.rows != lts_npy_rows(npy) || lts_npy_columns(npy) != tables->floats ||
        csv_column(&shard->table, "file") == SIZE_MAX)
        status = lts_fail(err, LTS_ERR_FORMAT, "%s: not the table of its array", shard->path);
    else if (read_through)
        status = check_values(npy, err);
done:
    lts_npy_close(npy);
    lts_free(array);
    return status;
}

static void close_shard(note_shard *shard)
{
    csv_free(&shard->table);
    lts_free(shard->name);
    lts_free(shard->path);
}

/* A shard that could not be opened: what is unfinished or damaged is removed. */
static lts_status refuse_shard(const note_tables *tables, const note_shard *shard,
                               lts_status opened, const lts_error *reason,
                               const lts_reporter *reporter, lts_error *err)
{
    if (opened == LTS_ERR_FORMAT)
        lts_message(reporter, LTS_LEVEL_WARNING, "%s: its notes are made anew", reason->text);
    if (opened == LTS_ERR_FORMAT || opened == LTS_ERR_NOT_FOUND)
        return remove_shard(tables, shard, err);
    return lts_fail(err, opened, "%s", reason->text);
}

/* Opens what was listed; what is removed drops out. */
static lts_status open_shards(note_tables *tables, bool read_through, const lts_reporter *reporter,
                              lts_error *err)
{
    size_t kept = 0;
    for (size_t s = 0; s < tables->shards; s++) {
        note_shard shard = tables->shard[s];
        lts_error reason = {0};
        const lts_status opened = open_shard(tables, &shard, read_through, &reason);
        tables->shard[s] = (note_shard){0};
        if (opened == LTS_OK) {
            tables->shard[kept++] = shard;
            continue;
        }
        const lts_status status = refuse_shard(tables, &shard, opened, &reason, reporter, err);
        close_shard(&shard);
        if (status != LTS_OK)
            return status;
    }
    tables->shards = kept;
    return LTS_OK;
}

static int by_file(const void *a, const void *b)
{
    const note_known *x = a, *y = b;
    const int order = strcmp(x->file, y->file);
    if (order != 0)
        return order;
    return x->shard != y->shard ? (x->shard > y->shard) - (x->shard < y->shard)
                                : (x->row > y->row) - (x->row < y->row);
}

static lts_status index_notes(note_tables *tables, lts_error *err)
{
    size_t count = 0;
    for (size_t s = 0; s < tables->shards; s++)
        count += tables->shard[s].table.rows;
    lts_status status =
        lts_alloc_checked(&tables->known, count + 1, sizeof *tables->known, "a table", err);
    if (status != LTS_OK)
        return status;
    for (size_t s = 0; s < tables->shards; s++) {
        const csv_table *table = &tables->shard[s].table;
        const size_t file = csv_column(table, "file"), stamp = csv_column(table, "stamp");
        const size_t hash = csv_column(table, "hash");
        for (size_t row = 0; row < table->rows; row++)
            tables->known[tables->count++] = (note_known){.file = csv_at(table, row, file),
                                                          .stamp = csv_at(table, row, stamp),
                                                          .hash = csv_at(table, row, hash),
                                                          .shard = s,
                                                          .row = row};
    }
    qsort(tables->known, tables->count, sizeof *tables->known, by_file);
    for (size_t k = 1; k < tables->count; k++)
        tables->known[k - 1].replaced =
            strcmp(tables->known[k - 1].file, tables->known[k].file) == 0;
    return LTS_OK;
}

lts_status note_tables_open(const char *folder, size_t floats, bool read_through,
                            note_tables *tables, const lts_reporter *reporter, lts_error *err)
{
    *tables = (note_tables){.folder = lts_strdup(folder), .floats = floats, .number = 1};
    lts_status status = tables->folder ? list_shards(tables, err) : lts_no_memory(folder, err);
    if (status != LTS_OK)
        return status;
    if ((status = open_shards(tables, read_through, reporter, err)) != LTS_OK)
        return status;
    return index_notes(tables, err);
}

void note_tables_close(note_tables *tables)
{
    for (size_t s = 0; s < tables->shards; s++)
        close_shard(&tables->shard[s]);
    lts_free(tables->shard);
    lts_free(tables->known);
    lts_free(tables->folder);
    *tables = (note_tables){0};
}

note_known *note_tables_find(const note_tables *tables, const char *file)
{
    size_t low = 0, high = tables->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (strcmp(tables->known[middle].file, file) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && strcmp(tables->known[low - 1].file, file) == 0 ? &tables->known[low - 1]
                                                                     : NULL;
}

lts_status note_tables_clear(const char *folder, lts_error *err)
{
    size_t number;
    lts_status status = LTS_OK;
    DIR *stream = opendir(folder);
    for (struct dirent *entry; stream && (entry = readdir(stream));) {
        if (!is_shard_file(entry->d_name, array_ending, &number) &&
            !is_shard_file(entry->d_name, table_ending, &number))
            continue;
        char *path = lts_path_join(folder, entry->d_name);
        if (!path)
            status = lts_no_memory(folder, err);
        else if (unlink(path) != 0)
            status = lts_fail(err, LTS_ERR_IO, "%s: cannot be removed: %s", path, strerror(errno));
        lts_free(path);
        if (status != LTS_OK)
            goto done;
    }
done:
    if (stream)
        closedir(stream);
    return status;
}
