#include "formats/ini/ini.h"

#include <string.h>

enum { KEY_SIZE = 2 * INI_NAME_LIMIT + 2 };

/* Letters beyond ASCII are left alone, whatever the locale. */
static char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter + 'a' - 'A') : letter;
}

static bool same_name(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b))
        a++, b++;
    return *a == *b;
}

/* The dictionary's name for an entry; keys hold no colon, so it is unique. */
static bool dictionary_key(const char *section, const char *key, char text[KEY_SIZE])
{
    if (strlen(section) > INI_NAME_LIMIT || strlen(key) > INI_NAME_LIMIT)
        return false;
    snprintf(text, KEY_SIZE, "%s:%s", section, key);
    for (char *c = text; *c; c++)
        *c = lower(*c);
    return true;
}

lts_status lts_ini_create(lts_ini **out, lts_error *err)
{
    *out = NULL;
    lts_ini *ini = NULL;
    lts_status status = lts_alloc_checked(&ini, 1, sizeof *ini, "a configuration", err);
    if (status != LTS_OK)
        return status;
    ini->values = dictionary_new(0);
    if (!ini->values) {
        lts_ini_destroy(ini);
        return lts_no_memory("a configuration", err);
    }
    *out = ini;
    return LTS_OK;
}

void lts_ini_destroy(lts_ini *ini)
{
    if (!ini)
        return;
    if (ini->values)
        dictionary_del(ini->values);
    for (size_t i = 0; i < ini->section_count; i++)
        lts_free(ini->sections[i]);
    for (size_t i = 0; i < ini->entry_count; i++)
        lts_free(ini->entries[i].key);
    lts_free(ini->sections);
    lts_free(ini->entries);
    lts_free(ini);
}

static size_t find_section(const lts_ini *ini, const char *name)
{
    for (size_t i = 0; i < ini->section_count; i++)
        if (same_name(ini->sections[i], name))
            return i;
    return SIZE_MAX;
}

size_t ini_find(const lts_ini *ini, const char *section, const char *key)
{
    size_t index = find_section(ini, section);
    for (size_t i = 0; index != SIZE_MAX && i < ini->entry_count; i++)
        if (ini->entries[i].section == index && same_name(ini->entries[i].key, key))
            return i;
    return SIZE_MAX;
}

bool lts_ini_has_section(const lts_ini *ini, const char *section)
{
    return find_section(ini, section) != SIZE_MAX;
}

const char *lts_ini_get(const lts_ini *ini, const char *section, const char *key)
{
    char name[KEY_SIZE];
    return dictionary_key(section, key, name) ? dictionary_get(ini->values, name, NULL) : NULL;
}

bool lts_ini_at(const lts_ini *ini, size_t index, lts_ini_entry *entry)
{
    if (index >= ini->entry_count)
        return false;
    const ini_entry *e = &ini->entries[index];
    entry->section = ini->sections[e->section];
    entry->key = e->key;
    entry->value = lts_ini_get(ini, entry->section, e->key);
    entry->line = e->line;
    return true;
}

/* Room for one more element behind `count`, in an array that doubles. */
static lts_status reserve(void *array_pointer, size_t count, size_t *capacity, size_t size,
                          lts_error *err)
{
    void *old, *larger = NULL;
    if (count < *capacity)
        return LTS_OK;
    size_t wanted = *capacity ? 2 * *capacity : 16;
    lts_status status = lts_alloc_checked(&larger, wanted, size, "a configuration", err);
    if (status != LTS_OK)
        return status;
    memcpy(&old, array_pointer, sizeof old);
    if (old)
        memcpy(larger, old, count * size);
    lts_free(old);
    memcpy(array_pointer, &larger, sizeof larger);
    *capacity = wanted;
    return LTS_OK;
}

static bool has_outer_blanks(const char *name)
{
    static const char blanks[] = " \t\f\v";
    return !name[0] || strchr(blanks, name[0]) || strchr(blanks, name[strlen(name) - 1]);
}

/* A name that would not read back as itself. */
static lts_status check_name(const char *name, const char *what, const char *forbidden_first,
                             const char *forbidden, lts_error *err)
{
    if (strlen(name) > INI_NAME_LIMIT)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s of %zu bytes: at most %d", what, strlen(name),
                        INI_NAME_LIMIT);
    if (has_outer_blanks(name) || strchr(forbidden_first, name[0]) ||
        name[strcspn(name, forbidden)] != '\0')
        return lts_fail(err, LTS_ERR_ARGUMENT, "'%s': not usable as a %s", name, what);
    return LTS_OK;
}

lts_status ini_add_section(lts_ini *ini, const char *name, size_t *index, lts_error *err)
{
    *index = find_section(ini, name);
    if (*index != SIZE_MAX)
        return LTS_OK;
    lts_status status = check_name(name, "section", "", "]\n\r", err);
    if (status != LTS_OK)
        return status;
    status = reserve(&ini->sections, ini->section_count, &ini->section_capacity,
                     sizeof *ini->sections, err);
    if (status != LTS_OK)
        return status;
    char *copy = lts_strdup(name);
    if (!copy)
        return lts_no_memory(name, err);
    *index = ini->section_count;
    ini->sections[ini->section_count++] = copy;
    return LTS_OK;
}

static lts_status append_entry(lts_ini *ini, size_t section, const char *key, size_t line,
                               lts_error *err)
{
    if (ini->entry_count >= INI_ENTRY_LIMIT)
        return lts_fail(err, LTS_ERR_FORMAT, "more than %d entries", INI_ENTRY_LIMIT);
    lts_status status =
        reserve(&ini->entries, ini->entry_count, &ini->entry_capacity, sizeof *ini->entries, err);
    if (status != LTS_OK)
        return status;
    char *copy = lts_strdup(key);
    if (!copy)
        return lts_no_memory(key, err);
    ini->entries[ini->entry_count++] = (ini_entry){section, copy, line};
    return LTS_OK;
}

lts_status ini_put(lts_ini *ini, size_t section, const char *key, const char *value, size_t line,
                   lts_error *err)
{
    char name[KEY_SIZE];
    lts_status status = check_name(key, "key", "#;[", "=:\n\r", err);
    if (status != LTS_OK)
        return status;
    /* The value may be the very one that the dictionary is about to free. */
    char *copy = lts_strdup(value);
    bool stored = copy && dictionary_key(ini->sections[section], key, name) &&
                  dictionary_set(ini->values, name, copy) == 0;
    lts_free(copy);
    if (!stored)
        return lts_no_memory(key, err);
    if (ini_find(ini, ini->sections[section], key) != SIZE_MAX)
        return LTS_OK;
    status = append_entry(ini, section, key, line, err);
    if (status != LTS_OK)
        dictionary_unset(ini->values, name);
    return status;
}

lts_status lts_ini_set(lts_ini *ini, const char *section, const char *key, const char *value,
                       lts_error *err)
{
    size_t index;
    lts_status status = ini_add_section(ini, section, &index, err);
    if (status != LTS_OK)
        return status;
    return ini_put(ini, index, key, value, 0, err);
}
