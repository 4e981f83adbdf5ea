#include "pipeline/latent_map/map_parts.h"

#include <math.h>
#include <string.h>
#include <strings.h>

static const size_t most_bytes = (size_t)1 << 30;

static const char *const columns[MAP_LABELS] = {"descriptor", "magnitude", "pitch"};

typedef struct reader {
    const char *path;
    char *at;    /* the next byte */
    size_t line; /* from 1 */
    bool end_of_row;
} reader;

/* The next field of the row, unquoted in place; NULL when a quotation does not end. */
static char *next_field(reader *r)
{
    char *start, *to;
    bool quoted = *r->at == '"';
    start = to = r->at += quoted;
    while (*r->at && (quoted || !strchr(",\r\n", *r->at))) {
        if (quoted && *r->at == '"') {
            if (r->at[1] != '"') {
                r->at++;
                break;
            }
            r->at++;
        }
        *to++ = *r->at++;
    }
    if (quoted && (r->at[-1] != '"' || to == r->at))
        return NULL;
    const char after = *r->at;
    if (after && !strchr(",\r\n", after))
        return NULL;
    r->at += after != '\0';
    if (after == '\r' && *r->at == '\n')
        r->at++;
    *to = '\0';
    r->end_of_row = after != ',';
    return start;
}

static lts_status bad_quotes(const reader *r, lts_error *err)
{
    return lts_fail(err, LTS_ERR_FORMAT,
                    "%s: line %zu: a quotation does not end at its field's end", r->path, r->line);
}

/* place[i] = the number of column i. */
static lts_status read_header(reader *r, size_t place[MAP_LABELS], lts_error *err)
{
    size_t column = 0;
    for (int i = 0; i < MAP_LABELS; i++)
        place[i] = SIZE_MAX;
    for (r->end_of_row = false; !r->end_of_row; column++) {
        const char *name = next_field(r);
        if (!name)
            return bad_quotes(r, err);
        for (int i = 0; i < MAP_LABELS; i++)
            if (strcasecmp(name, columns[i]) == 0 && place[i] == SIZE_MAX)
                place[i] = column;
    }
    for (int i = 0; i < MAP_LABELS; i++)
        if (place[i] == SIZE_MAX)
            return lts_fail(err, LTS_ERR_FORMAT,
                            "%s: line 1: no column %s: name the columns descriptor, magnitude and "
                            "pitch",
                            r->path, columns[i]);
    return LTS_OK;
}

static lts_status read_row(reader *r, const size_t place[MAP_LABELS], point_labels *labels,
                           lts_error *err)
{
    size_t column = 0;
    for (int i = 0; i < MAP_LABELS; i++)
        labels->text[i][labels->n] = NULL;
    for (r->end_of_row = false; !r->end_of_row; column++) {
        const char *text = next_field(r);
        if (!text)
            return bad_quotes(r, err);
        for (int i = 0; i < MAP_LABELS; i++)
            if (place[i] == column)
                labels->text[i][labels->n] = text;
    }
    for (int i = 0; i < MAP_LABELS; i++)
        if (!labels->text[i][labels->n])
            return lts_fail(err, LTS_ERR_FORMAT, "%s: line %zu: %zu fields, no %s", r->path,
                            r->line, column, columns[i]);
    const char *magnitude = labels->text[LTS_MAP_MAGNITUDE][labels->n];
    if (!lts_parse_double(magnitude, &labels->magnitude[labels->n]))
        return lts_fail(err, LTS_ERR_FORMAT, "%s: line %zu: magnitude '%.40s': expected a number",
                        r->path, r->line, magnitude);
    labels->n++;
    return LTS_OK;
}

static size_t count_lines(const char *bytes)
{
    size_t lines = 1;
    for (const char *c = bytes; *c; c++)
        lines += *c == '\n' || *c == '\r';
    return lines;
}

lts_status point_labels_load(const char *path, point_labels *labels, lts_error *err)
{
    size_t size = 0, place[MAP_LABELS];
    *labels = (point_labels){0};
    lts_status status = lts_read_pipe(path, most_bytes, &labels->bytes, &size, err);
    if (status != LTS_OK)
        goto done;
    if (strlen(labels->bytes) != size) {
        status = lts_fail(err, LTS_ERR_FORMAT, "%s: byte %zu is 0: no table in text", path,
                          strlen(labels->bytes));
        goto done;
    }
    const size_t lines = count_lines(labels->bytes);
    for (int i = 0; i < MAP_LABELS; i++) {
        status = lts_alloc_checked(&labels->text[i], lines, sizeof *labels->text[i], path, err);
        if (status != LTS_OK)
            goto done;
    }
    status = lts_alloc_checked(&labels->magnitude, lines, sizeof(double), path, err);
    if (status != LTS_OK)
        goto done;
    reader r = {.path = path, .at = labels->bytes, .line = 1};
    if (strncmp(r.at, "\xef\xbb\xbf", 3) == 0)
        r.at += 3;
    status = read_header(&r, place, err);
    if (status != LTS_OK)
        goto done;
    while (*r.at) {
        r.line++;
        if (*r.at == '\n' || *r.at == '\r')
            r.at++;
        else if ((status = read_row(&r, place, labels, err)) != LTS_OK)
            goto done;
    }
done:
    if (status != LTS_OK)
        point_labels_free(labels);
    return status;
}

void point_labels_keep(point_labels *labels, const size_t *index, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (int l = 0; l < MAP_LABELS; l++)
            labels->text[l][i] = labels->text[l][index[i]];
        labels->magnitude[i] = labels->magnitude[index[i]];
    }
    labels->n = count;
}

void point_labels_free(point_labels *labels)
{
    for (int i = 0; i < MAP_LABELS; i++)
        lts_free(labels->text[i]);
    lts_free(labels->magnitude);
    lts_free(labels->bytes);
    *labels = (point_labels){0};
}
