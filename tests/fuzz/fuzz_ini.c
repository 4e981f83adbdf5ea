/* Any bytes as an INI file: what loads is saved, and what is saved loads as the same. */
#include "scratch_file.h"

#include "lts/formats.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void compare(const lts_ini *a, const lts_ini *b)
{
    lts_ini_entry entry;
    size_t count[2] = {0, 0};
    for (; lts_ini_at(a, count[0], &entry); count[0]++) {
        const char *value = lts_ini_get(b, entry.section, entry.key);
        if (!value || strcmp(value, entry.value) != 0)
            abort();
    }
    while (lts_ini_at(b, count[1], &entry))
        count[1]++;
    if (count[0] != count[1])
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    lts_error err;
    lts_ini *ini, *again;
    const char *path = scratch_file(bytes, size);
    if (lts_ini_load(path, &ini, &err) != LTS_OK)
        return 0;
    lts_status status = lts_ini_save(ini, path, &err);
    if (status == LTS_OK) {
        if (lts_ini_load(path, &again, &err) != LTS_OK)
            abort();
        compare(ini, again);
        lts_ini_destroy(again);
    } else if (status != LTS_ERR_ARGUMENT) {
        abort();
    }
    lts_ini_destroy(ini);
    return 0;
}
