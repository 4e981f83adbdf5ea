/* The notes of a folder of arrays: by the tables beside them, or by their own names. */
#include "formats/csv.h"
#include "formats/pickle/pickle.h"
#include "labels/table.h"
#include "lts/formats.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What the original keeps beside its folder of spectrograms. */
static const char original_ranges[] = "../minmax/min_max_values.pkl";

typedef struct reading {
    lts_labels *labels;
    const char *folder;
    size_t floats;
    bool bare; /* an array without a table was met */
    char **name;
    size_t names;
} reading;

/* --- Tables ---------------------------------------------------------------------------------- */

typedef struct table_columns {
    size_t file, group, descriptor, magnitude, pitch, min, max, hash;
} table_columns;

/* A cell as a number; *value stays where it is empty. */
static bool take_number(const char *cell, double *value)
{
    return !cell[0] || lts_parse_double(cell, value);
}

static lts_status take_row(const csv_table *table, const table_columns *c, size_t row,
                           lts_note *note, lts_error *err)
{
    const char *pitch = csv_at(table, row, c->pitch);
    double min = (double)NAN, max = (double)NAN;
    *note = labels_unknown(csv_at(table, row, c->file));
    note->group = csv_at(table, row, c->group);
    note->descriptor = csv_at(table, row, c->descriptor);
    note->hash = csv_at(table, row, c->hash);
    const char *wrong = !note->file[0] ? "no file"
                        : !take_number(csv_at(table, row, c->magnitude), &note->magnitude)
                            ? "magnitude"
                        : note->magnitude < 0                                 ? "magnitude"
                        : pitch[0] && !lts_label_parse_key(pitch, &note->key) ? "pitch"
                        : !take_number(csv_at(table, row, c->min), &min)      ? "min"
                        : !take_number(csv_at(table, row, c->max), &max)      ? "max"
                                                                              : NULL;
    if (wrong)
        return lts_fail(
            err, LTS_ERR_FORMAT,
            "%s: line %zu: %s: expected a file, a magnitude from 0, a pitch such as A4 or "
            "1-5, and numbers for min and max",
            table->path, table->line[row], wrong);
    note->min = (float)min;
    note->max = (float)max;
    return LTS_OK;
}

lts_status labels_read_table(lts_labels *labels, const char *path, const char *array,
                             lts_error *err)
{
    csv_table table;
    lts_status status = csv_load(path, 0, &table, err);
    if (status != LTS_OK)
        return status;
    const table_columns columns = {
        csv_column(&table, "file"),       csv_column(&table, "group"),
        csv_column(&table, "descriptor"), csv_column(&table, "magnitude"),
        csv_column(&table, "pitch"),      csv_column(&table, "min"),
        csv_column(&table, "max"),        csv_column(&table, "hash")};
    if (columns.file == SIZE_MAX) {
        status =
            lts_fail(err, LTS_ERR_FORMAT, "%s: line 1: no column 'file' among the names", path);
        goto done;
    }
    for (size_t row = 0; row < table.rows; row++) {
        lts_note note;
        if ((status = take_row(&table, &columns, row, &note, err)) != LTS_OK)
            goto done;
        note.array = array;
        note.row = row;
        if ((status = labels_add(labels, &note, err)) != LTS_OK)
            goto done;
    }
done:
    csv_free(&table);
    return status;
}

/* --- Arrays alone ---------------------------------------------------------------------------- */

/* One note a row, or the array is one note. */
static lts_status count_notes(const reading *r, const char *path, size_t *notes, lts_error *err)
{
    lts_npy *npy;
    lts_status status = lts_npy_open(path, &npy, err);
    if (status != LTS_OK)
        return status;
    const size_t rows = lts_npy_rows(npy), columns = lts_npy_columns(npy);
    lts_npy_close(npy);
    *notes = columns == r->floats ? rows : 1;
    if (columns == r->floats || (r->floats % columns == 0 && rows == r->floats / columns))
        return LTS_OK;
    return lts_fail(err, LTS_ERR_SHAPE,
                    "%s: %zu x %zu numbers, expected %zu a note: re-run lts-dataset or correct "
                    "[stft]",
                    path, rows, columns, r->floats);
}

static lts_status add_bare(reading *r, const char *array, lts_error *err)
{
    size_t notes = 0;
    lts_label label;
    char *path = lts_format("%s/%s.npy", r->folder, array), *stem = lts_path_stem(array);
    lts_status status =
        path && stem ? count_notes(r, path, &notes, err) : lts_no_memory(r->folder, err);
    if (status != LTS_OK)
        goto done;
    /* The original keeps the sound's own ending: CrunchX100X1-0.wav.npy. */
    if (!lts_label_parse(LTS_LABEL_FLAT, array, &label))
        lts_label_parse(LTS_LABEL_FLAT, stem, &label);
    for (size_t row = 0; row < notes; row++) {
        char *file = notes == 1 ? lts_strdup(array) : lts_format("%s[%06zu]", array, row);
        lts_note note = labels_unknown(file);
        note.descriptor = label.descriptor;
        note.magnitude = label.magnitude;
        note.key = label.key;
        note.array = array;
        note.row = row;
        status = file ? labels_add(r->labels, &note, err) : lts_no_memory(r->folder, err);
        lts_free(file);
        if (status != LTS_OK)
            goto done;
    }
    r->bare = true;
done:
    lts_free(path);
    lts_free(stem);
    return status;
}

/* The pickle's keys are paths of arrays, of which the last component is ours. */
static lts_status take_range(void *user, const char *key, const char *name, double value,
                             lts_error *err)
{
    lts_labels *labels = user;
    const char *slash = strrchr(key, '/');
    const char *last = slash ? slash + 1 : key;
    const size_t length = strlen(last);
    char *file = length > 4 && strcmp(last + length - 4, ".npy") == 0
                     ? lts_format("%.*s", (int)(length - 4), last)
                     : lts_strdup(last);
    size_t index;
    if (!file)
        return lts_no_memory(key, err);
    if (lts_labels_find_file(labels, file, &index)) {
        if (strcmp(name, "min") == 0)
            labels->note[index].min = (float)value;
        if (strcmp(name, "max") == 0)
            labels->note[index].max = (float)value;
    }
    lts_free(file);
    return LTS_OK;
}

static lts_status read_ranges(const reading *r, lts_error *err)
{
    const pickle_reader reader = {take_range, r->labels};
    char *path = lts_path_join(r->folder, original_ranges);
    lts_status status = path ? LTS_OK : lts_no_memory(r->folder, err);
    if (path && lts_is_file(path))
        status = pickle_read(path, &reader, err);
    lts_free(path);
    return status;
}

/* --- The folder ------------------------------------------------------------------------------ */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static lts_status keep_name(reading *r, size_t *room, char *name, lts_error *err)
{
    if (!name)
        return lts_no_memory(r->folder, err);
    if (r->names == *room) {
        char **more = NULL;
        *room = *room ? 2 * *room : 256;
        lts_status status = lts_alloc_checked(&more, *room, sizeof *more, r->folder, err);
        if (status != LTS_OK) {
            lts_free(name);
            return status;
        }
        if (r->names > 0)
            memcpy(more, r->name, r->names * sizeof *more);
        lts_free(r->name);
        r->name = more;
    }
    r->name[r->names++] = name;
    return LTS_OK;
}

static lts_status list_arrays(reading *r, lts_error *err)
{
    size_t room = 0;
    lts_status status = LTS_OK;
    DIR *stream = opendir(r->folder);
    if (!stream)
        return lts_fail(err, errno == ENOENT ? LTS_ERR_NOT_FOUND : LTS_ERR_IO,
                        "%s: %s: run lts-dataset first", r->folder, strerror(errno));
    for (struct dirent *entry; (entry = readdir(stream));) {
        const size_t length = strlen(entry->d_name);
        if (entry->d_name[0] == '.' || length <= 4 ||
            strcmp(entry->d_name + length - 4, ".npy") != 0)
            continue;
        status = keep_name(r, &room, lts_format("%.*s", (int)length - 4, entry->d_name), err);
        if (status != LTS_OK)
            goto done;
    }
    if (r->names > 0)
        qsort(r->name, r->names, sizeof *r->name, by_text);
done:
    closedir(stream);
    return status;
}

static lts_status add_array(reading *r, const char *array, lts_error *err)
{
    char *table = lts_format("%s/%s.csv", r->folder, array);
    if (!table)
        return lts_no_memory(r->folder, err);
    lts_status status = lts_is_file(table) ? labels_read_table(r->labels, table, array, err)
                                           : add_bare(r, array, err);
    lts_free(table);
    return status;
}

lts_status lts_labels_open(const char *folder, size_t floats, lts_labels **out, lts_error *err)
{
    reading r = {.folder = folder, .floats = floats};
    *out = NULL;
    lts_status status = labels_create(&r.labels, err);
    if (status != LTS_OK)
        return status;
    status = list_arrays(&r, err);
    if (status != LTS_OK)
        goto done;
    for (size_t n = 0; n < r.names; n++)
        if ((status = add_array(&r, r.name[n], err)) != LTS_OK)
            goto done;
    if (r.labels->count == 0) {
        status = lts_fail(err, LTS_ERR_NOT_FOUND,
                          "%s: no notes (*.npy) there: run lts-dataset "
                          "--features stft first",
                          folder);
        goto done;
    }
    if ((status = labels_finish(r.labels, err)) != LTS_OK)
        goto done;
    if (r.bare)
        status = read_ranges(&r, err);
    if (status != LTS_OK)
        goto done;
    *out = r.labels;
    r.labels = NULL;
done:
    for (size_t n = 0; n < r.names; n++)
        lts_free(r.name[n]);
    lts_free(r.name);
    lts_labels_close(r.labels);
    return status;
}
