#include "pipeline/generate/note_end.h"

#include <string.h>

enum { END_TEXT = 1024 };

/* "DESCRIPTORS/MAGNITUDE/PITCH" in its three parts; false for a text that is not so. */
static bool split(char *text, char **descriptors, double *magnitude, int *key)
{
    char *pitch = strrchr(text, '/');
    if (!pitch || pitch == text)
        return false;
    *pitch++ = '\0';
    char *number = strrchr(text, '/');
    if (!number || number == text || strchr(text, '/') != number)
        return false;
    *number++ = '\0';
    *descriptors = text;
    return lts_label_parse_key(pitch, key) && lts_parse_double(number, magnitude) &&
           *magnitude >= 0 && *magnitude <= 1e6;
}

bool lts_generate_is_label(const char *text)
{
    char copy[END_TEXT], *descriptors;
    double magnitude;
    int key;
    return (size_t)snprintf(copy, sizeof copy, "%s", text) < sizeof copy &&
           split(copy, &descriptors, &magnitude, &key);
}

/* The data set's own note of these labels, where there is one, or else what they say. */
static lts_status open_label(note_run *run, char *text, note_point *point, lts_error *err)
{
    lts_condition_part part[LTS_GENERATE_PARTS];
    char *descriptors = text;
    double magnitude = 0;
    size_t parts, index;
    int key = 0;
    lts_error ignored = {0};
    split(text, &descriptors, &magnitude, &key);
    lts_status status =
        lts_generate_parse(descriptors, magnitude, part, LTS_GENERATE_PARTS, &parts, err);
    if (status != LTS_OK)
        return status;
    if (parts == 1 && run->labels &&
        lts_labels_find(run->labels, part->descriptor, magnitude, key, &index, &ignored) == LTS_OK)
        return note_encode_row(run, index, point, err);
    return note_of_labels(run, part, parts, key, !run->labels && run->conditions, point, err);
}

lts_status note_end_open(note_run *run, const char *text, const char *audio, const char *pattern,
                         note_point *point, const lts_reporter *reporter, lts_error *err)
{
    char copy[END_TEXT];
    lts_source source = {0};
    lts_status status = note_point_create(run, point, err);
    if (status != LTS_OK)
        return status;
    if (lts_generate_is_label(text) && !lts_is_file(text)) {
        snprintf(copy, sizeof copy, "%s", text);
        return open_label(run, copy, point, err);
    }
    status = lts_source_find(text, audio, &source, err);
    if (status != LTS_OK)
        goto done;
    status = note_encode_sound(run, &source, pattern, point, reporter, err);
done:
    lts_free(source.path);
    return status;
}
