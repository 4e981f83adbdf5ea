#include "pipeline/notes/note_names.h"

#include "labels/table.h"

#include <math.h>
#include <string.h>

lts_status note_names_open(const char *root, const char *pattern, note_names *names, lts_error *err)
{
    lts_error reason = {0};
    *names = (note_names){0};
    lts_status status = lts_label_check_pattern(pattern, &reason);
    if (status != LTS_OK)
        return lts_fail(err, status, "[labels] pattern = %s", reason.text);
    char *path = lts_path_join(root, NOTE_TABLE);
    names->pattern = lts_strdup(pattern);
    status = path && names->pattern ? LTS_OK : lts_no_memory(root, err);
    if (status != LTS_OK || !lts_is_file(path))
        goto done;
    status = labels_create(&names->table, err);
    if (status != LTS_OK)
        goto done;
    status = labels_read_table(names->table, path, NULL, err);
    if (status != LTS_OK)
        goto done;
    status = labels_finish(names->table, err);
done:
    lts_free(path);
    if (status != LTS_OK)
        note_names_close(names);
    return status;
}

void note_names_close(note_names *names)
{
    lts_labels_close(names->table);
    lts_free(names->pattern);
    *names = (note_names){0};
}

static bool take_note(const lts_note *note, lts_label *label)
{
    *label = (lts_label){.magnitude = note->magnitude, .key = note->key};
    snprintf(label->group, sizeof label->group, "%s", note->group);
    snprintf(label->descriptor, sizeof label->descriptor, "%s", note->descriptor);
    return true;
}

bool note_names_find(const note_names *names, const char *file, lts_label *label)
{
    size_t index;
    const char *dot = strrchr(file, '.'), *slash = strrchr(file, '/');
    char *stem = dot && dot > file && (!slash || dot > slash + 1)
                     ? lts_format("%.*s", (int)(dot - file), file)
                     : lts_strdup(file);
    bool found = false;
    if (names->table && (lts_labels_find_file(names->table, file, &index) ||
                         (stem && lts_labels_find_file(names->table, stem, &index))))
        found = take_note(lts_labels_at(names->table, index), label);
    else
        found = stem && (lts_label_parse(names->pattern, stem, label) ||
                         lts_label_parse(LTS_LABEL_FLAT, stem, label));
    lts_free(stem);
    if (!found)
        *label = (lts_label){.magnitude = (double)NAN, .key = -1};
    return found;
}
