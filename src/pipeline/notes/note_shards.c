#include "pipeline/notes/note_shards.h"

#include "formats/csv.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

enum { NOTES = 256 };

/* A shard that is being filled. */
typedef struct shard {
    lts_npy_writer *array;
    lts_outfile *table;
    void *tag[NOTES];
    size_t count;
} shard;

struct note_shards {
    note_shards_options options;
    char *folder;
    pthread_mutex_t lock;      /* of the two below */
    pthread_mutex_t committed; /* of the caller's function */
    shard *open;               /* NULL: none */
    size_t number;
};

static bool write_number(FILE *stream, double value)
{
    char text[LTS_NUMBER_TEXT] = "";
    if (!isnan(value))
        lts_number_text(text, value);
    return csv_write(stream, text, false);
}

bool note_write_names(FILE *stream)
{
    return fputs("file,group,descriptor,magnitude,pitch,min,max,stamp,hash\n", stream) != EOF;
}

/* A float's shortest text; as a double it would have digits that the float does not. */
static bool write_level(FILE *stream, float level)
{
    char text[32];
    for (int digits = 6; digits <= 9; digits++) {
        double back;
        snprintf(text, sizeof text, "%.*g", digits, (double)level);
        for (char *c = text; *c; c++)
            *c = *c == ',' ? '.' : *c;
        if (lts_parse_double(text, &back) && (float)back == level)
            break;
    }
    return csv_write(stream, isnan(level) ? "" : text, false);
}

bool note_write_row(FILE *stream, const note_row *row)
{
    char key[LTS_KEY_TEXT] = "";
    if (row->label.key >= 0)
        lts_label_key_text(row->label.key, key);
    return csv_write(stream, row->file, true) && csv_write(stream, row->label.group, false) &&
           csv_write(stream, row->label.descriptor, false) &&
           write_number(stream, row->label.magnitude) && csv_write(stream, key, false) &&
           write_level(stream, row->range.min) && write_level(stream, row->range.max) &&
           csv_write(stream, row->stamp, false) && csv_write(stream, row->hash, false) &&
           putc('\n', stream) != EOF;
}

lts_status note_shards_create(const note_shards_options *options, note_shards **out, lts_error *err)
{
    note_shards *shards;
    lts_status status = lts_alloc_checked(&shards, 1, sizeof *shards, "shards of notes", err);
    *out = NULL;
    if (status != LTS_OK)
        return status;
    shards->options = *options;
    shards->number = options->number;
    pthread_mutex_init(&shards->lock, NULL);
    pthread_mutex_init(&shards->committed, NULL);
    shards->folder = lts_strdup(options->folder);
    if (!shards->folder) {
        note_shards_destroy(shards);
        return lts_no_memory(options->folder, err);
    }
    *out = shards;
    return LTS_OK;
}

static void close_shard(shard *s)
{
    if (!s)
        return;
    lts_npy_writer_abort(s->array);
    lts_outfile_abort(s->table);
    lts_free(s);
}

void note_shards_destroy(note_shards *shards)
{
    if (!shards)
        return;
    close_shard(shards->open);
    pthread_mutex_destroy(&shards->lock);
    pthread_mutex_destroy(&shards->committed);
    lts_free(shards->folder);
    lts_free(shards);
}

/* A name that nothing has yet. */
static char *free_path(note_shards *shards)
{
    for (;;) {
        char *path = lts_format("%s/notes-%06zu-%03zu.npy", shards->folder, shards->number++,
                                shards->options.part);
        if (!path || !lts_is_file(path))
            return path;
        lts_free(path);
    }
}

/* With the lock held. */
static lts_status open_shard(note_shards *shards, lts_error *err)
{
    const lts_npy_layout layout = {
        .channels = shards->options.rows, .columns = shards->options.columns, .own = true};
    shard *s = NULL;
    char *array = free_path(shards), *table = NULL;
    lts_status status = array ? lts_alloc_checked(&s, 1, sizeof *s, "a shard of notes", err)
                              : lts_no_memory(shards->folder, err);
    if (status != LTS_OK)
        goto done;
    table = lts_format("%.*s.csv", (int)(strlen(array) - 4), array);
    status =
        table ? lts_outfile_open_own(table, &s->table, err) : lts_no_memory(shards->folder, err);
    if (status != LTS_OK)
        goto done;
    if (!note_write_names(lts_outfile_stream(s->table))) {
        status = lts_fail(err, LTS_ERR_IO, "%s: cannot be written", table);
        goto done;
    }
    status = lts_npy_writer_open_as(array, &layout, &s->array, err);
    if (status != LTS_OK)
        goto done;
    shards->open = s;
    s = NULL;
done:
    close_shard(s);
    lts_free(array);
    lts_free(table);
    return status;
}

/* The table gets its name first: one without an array is an unfinished shard's. */
static lts_status commit(note_shards *shards, shard *s, lts_error *err)
{
    lts_outfile_batch *batch = NULL;
    lts_status status = lts_outfile_batch_create(&batch, err);
    if (status != LTS_OK)
        goto done;
    lts_outfile *table = s->table;
    s->table = NULL;
    status = lts_outfile_commit_in(table, batch, err);
    if (status != LTS_OK)
        goto done;
    lts_npy_writer *array = s->array;
    s->array = NULL;
    status = lts_npy_writer_commit_in(array, batch, err);
    if (status != LTS_OK)
        goto done;
    status = lts_outfile_batch_commit(batch, err);
    if (status != LTS_OK)
        goto done;
    pthread_mutex_lock(&shards->committed);
    for (size_t n = 0; n < s->count; n++)
        if (shards->options.committed)
            shards->options.committed(shards->options.user, s->tag[n]);
    pthread_mutex_unlock(&shards->committed);
done:
    lts_outfile_batch_destroy(batch);
    close_shard(s);
    return status;
}

lts_status note_shards_add(note_shards *shards, const note_row *row, const float *example,
                           void *tag, lts_error *err)
{
    shard *full = NULL;
    pthread_mutex_lock(&shards->lock);
    lts_status status = shards->open ? LTS_OK : open_shard(shards, err);
    if (status != LTS_OK)
        goto done;
    shard *s = shards->open;
    status = lts_npy_writer_append(s->array, example, 1, err);
    if (status != LTS_OK)
        goto done;
    if (!note_write_row(lts_outfile_stream(s->table), row)) {
        status = lts_fail(err, LTS_ERR_IO,
                          "%s: a table of notes cannot be written: is the disk "
                          "full?",
                          shards->folder);
        goto done;
    }
    s->tag[s->count++] = tag;
    if (s->count == NOTES) {
        full = s;
        shards->open = NULL;
    }
done:
    pthread_mutex_unlock(&shards->lock);
    /* Others go on with the next shard while this one is synced. */
    return full ? commit(shards, full, err) : status;
}

lts_status note_shards_flush(note_shards *shards, lts_error *err)
{
    shard *last = shards->open;
    shards->open = NULL;
    return last ? commit(shards, last, err) : LTS_OK;
}
