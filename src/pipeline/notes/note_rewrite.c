/* Shards that change after they were written: their labels, or which notes they have. */
#include "pipeline/notes/note_tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static float take_level(const char *cell)
{
    double value = (double)NAN;
    return lts_parse_double(cell, &value) ? (float)value : NAN;
}

/* A row of a table, its label as it stands there. */
static void take_row(const csv_table *table, size_t row, note_row *out)
{
    *out = (note_row){.file = csv_at(table, row, csv_column(table, "file")),
                      .label = {.magnitude = (double)NAN, .key = -1},
                      .range = {take_level(csv_at(table, row, csv_column(table, "min"))),
                                take_level(csv_at(table, row, csv_column(table, "max")))}};
    snprintf(out->label.group, LTS_LABEL_TEXT, "%s",
             csv_at(table, row, csv_column(table, "group")));
    snprintf(out->label.descriptor, LTS_LABEL_TEXT, "%s",
             csv_at(table, row, csv_column(table, "descriptor")));
    lts_parse_double(csv_at(table, row, csv_column(table, "magnitude")), &out->label.magnitude);
    lts_label_parse_key(csv_at(table, row, csv_column(table, "pitch")), &out->label.key);
    snprintf(out->stamp, sizeof out->stamp, "%s", csv_at(table, row, csv_column(table, "stamp")));
    snprintf(out->hash, sizeof out->hash, "%s", csv_at(table, row, csv_column(table, "hash")));
}

static bool same_label(const lts_label *a, const lts_label *b)
{
    return strcmp(a->group, b->group) == 0 && strcmp(a->descriptor, b->descriptor) == 0 &&
           a->key == b->key &&
           (a->magnitude == b->magnitude || (isnan(a->magnitude) && isnan(b->magnitude)));
}

static bool is_relabelled(const note_shard *shard, const note_names *names)
{
    for (size_t row = 0; row < shard->table.rows; row++) {
        note_row now;
        lts_label label;
        take_row(&shard->table, row, &now);
        note_names_find(names, now.file, &label);
        if (!same_label(&label, &now.label))
            return true;
    }
    return false;
}

static lts_status write_table(const note_shard *shard, const note_names *names, lts_error *err)
{
    lts_outfile *file;
    lts_status status = lts_outfile_open_own(shard->path, &file, err);
    if (status != LTS_OK)
        return status;
    FILE *stream = lts_outfile_stream(file);
    bool good = note_write_names(stream);
    for (size_t row = 0; good && row < shard->table.rows; row++) {
        note_row now;
        take_row(&shard->table, row, &now);
        note_names_find(names, now.file, &now.label);
        good = note_write_row(stream, &now);
    }
    if (good)
        return lts_outfile_commit(file, err);
    lts_outfile_abort(file);
    return lts_fail(err, LTS_ERR_IO, "%s: cannot be written: is the disk full?", shard->path);
}

lts_status note_tables_relabel(note_tables *tables, const note_names *names, lts_error *err)
{
    lts_status status = LTS_OK;
    for (size_t s = 0; s < tables->shards; s++) {
        if (is_relabelled(&tables->shard[s], names))
            status = write_table(&tables->shard[s], names, err);
        if (status != LTS_OK)
            return status;
    }
    return status;
}

/* --- Notes that are replaced ----------------------------------------------------------------- */

static lts_status move_note(const note_tables *tables, const note_known *known, const lts_npy *npy,
                            const note_names *names, float *example, note_shards *to,
                            lts_error *err)
{
    note_row row;
    lts_status status = lts_npy_read(npy, known->row, 1, example, err);
    if (status != LTS_OK)
        return status;
    take_row(&tables->shard[known->shard].table, known->row, &row);
    note_names_find(names, row.file, &row.label);
    return note_shards_add(to, &row, example, NULL, err);
}

static lts_status move_shard(const note_tables *tables, size_t s, const note_names *names,
                             float *example, note_shards *to, lts_error *err)
{
    lts_npy *npy = NULL;
    char *path = lts_format("%s/%s.npy", tables->folder, tables->shard[s].name);
    lts_status status = path ? lts_npy_open(path, &npy, err) : lts_no_memory(tables->folder, err);
    if (status != LTS_OK)
        goto done;
    for (size_t k = 0; k < tables->count; k++) {
        if (tables->known[k].shard == s && !tables->known[k].replaced)
            status = move_note(tables, &tables->known[k], npy, names, example, to, err);
        if (status != LTS_OK)
            goto done;
    }
done:
    lts_npy_close(npy);
    lts_free(path);
    return status;
}

static lts_status remove_file(char *path, lts_error *err)
{
    lts_status status = path ? LTS_OK : lts_no_memory("a shard of notes", err);
    if (path && unlink(path) != 0)
        status = lts_fail(err, LTS_ERR_IO, "%s: cannot be removed", path);
    lts_free(path);
    return status;
}

/* A shard goes when what is left of it has its new place on disk. */
lts_status note_tables_compact(note_tables *tables, const note_names *names, note_shards *to,
                               lts_error *err)
{
    float *example = NULL;
    lts_status status = lts_alloc_checked(&example, tables->floats, sizeof *example, "a note", err);
    if (status != LTS_OK)
        return status;
    for (size_t s = 0; s < tables->shards; s++)
        tables->shard[s].replaced = 0;
    for (size_t k = 0; k < tables->count; k++)
        tables->shard[tables->known[k].shard].replaced += tables->known[k].replaced;
    for (size_t s = 0; s < tables->shards; s++) {
        if (tables->shard[s].replaced == 0)
            continue;
        if ((status = move_shard(tables, s, names, example, to, err)) != LTS_OK)
            goto done;
    }
    if ((status = note_shards_flush(to, err)) != LTS_OK)
        goto done;
    for (size_t s = 0; s < tables->shards; s++) {
        if (tables->shard[s].replaced == 0)
            continue;
        status = remove_file(lts_format("%s/%s.npy", tables->folder, tables->shard[s].name), err);
        if (status != LTS_OK)
            goto done;
        if ((status = remove_file(lts_strdup(tables->shard[s].path), err)) != LTS_OK)
            goto done;
    }
done:
    lts_free(example);
    return status;
}
