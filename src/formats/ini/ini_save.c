#include "formats/ini/ini.h"

#include <string.h>

/* As configparser writes and reads a value: further lines are indented, '%' is doubled. */
static char *escape(const char *value)
{
    size_t more = 0;
    for (const char *c = value; *c; c++)
        more += *c == '\n' || *c == '%';
    char *text = lts_alloc(strlen(value) + more + 1, 1), *to = text;
    for (const char *c = value; text && *c; c++) {
        *to++ = *c;
        if (*c == '\n')
            *to++ = '\t';
        else if (*c == '%')
            *to++ = '%';
    }
    return text;
}

/* Whether an entry written as `written` reads back as `value`. */
static lts_status reads_back(const lts_ini_entry *entry, const char *written, bool *same,
                             lts_error *err)
{
    lts_ini *copy = NULL;
    lts_error refusal;
    *same = false;
    char *text = lts_format("[%s]\n%s = %s\n", entry->section, entry->key, written);
    if (!text)
        return lts_no_memory(entry->key, err);
    lts_status status = lts_ini_create(&copy, err);
    if (status != LTS_OK)
        goto done;
    status = ini_parse(text, strlen(text), "entry", copy, &refusal);
    const char *value = status == LTS_OK ? lts_ini_get(copy, entry->section, entry->key) : NULL;
    *same = value && strcmp(value, entry->value) == 0 && copy->entry_count == 1;
    if (status == LTS_ERR_MEMORY)
        lts_fail(err, status, "%s", refusal.text);
    else
        status = LTS_OK;
done:
    lts_ini_destroy(copy);
    lts_free(text);
    return status;
}

/* The value as it is, else in one kind of quotes or the other: the first that reads back. */
static lts_status write_entry(FILE *stream, const char *path, const lts_ini_entry *entry,
                              lts_error *err)
{
    static const char *const quotes[] = {"", "\"", "'"};
    bool same = false;
    for (size_t q = 0; !same && q < 3; q++) {
        char *plain = escape(entry->value);
        char *written = plain ? lts_format("%s%s%s", quotes[q], plain, quotes[q]) : NULL;
        const lts_status status =
            written ? reads_back(entry, written, &same, err) : lts_no_memory(path, err);
        if (same)
            fprintf(stream, "%s = %s\n", entry->key, written);
        lts_free(written);
        lts_free(plain);
        if (status != LTS_OK)
            return status;
    }
    if (!same)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: [%s] %s: the value would not read back as it is: leave out blanks at "
                        "its ends or mixed quotes, and lines that are blank or begin with # or ;",
                        path, entry->section, entry->key);
    return LTS_OK;
}

static lts_status write_sections(const lts_ini *ini, FILE *stream, const char *path, lts_error *err)
{
    for (size_t s = 0; s < ini->section_count; s++) {
        fprintf(stream, "%s[%s]\n", s ? "\n" : "", ini->sections[s]);
        for (size_t i = 0; i < ini->entry_count; i++) {
            lts_ini_entry entry;
            if (ini->entries[i].section != s || !lts_ini_at(ini, i, &entry))
                continue;
            const lts_status status = write_entry(stream, path, &entry, err);
            if (status != LTS_OK)
                return status;
        }
    }
    return LTS_OK;
}

lts_status lts_ini_save_in(const lts_ini *ini, const char *path, lts_outfile_batch *batch,
                           lts_error *err)
{
    lts_outfile *file;
    lts_status status = lts_outfile_open_own(path, &file, err);
    if (status != LTS_OK)
        return status;
    status = write_sections(ini, lts_outfile_stream(file), path, err);
    if (status != LTS_OK) {
        lts_outfile_abort(file);
        return status;
    }
    return lts_outfile_commit_in(file, batch, err);
}

lts_status lts_ini_save(const lts_ini *ini, const char *path, lts_error *err)
{
    return lts_ini_save_in(ini, path, NULL, err);
}
