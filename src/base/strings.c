#include "lts/base.h"

#include <string.h>

lts_status lts_alloc_checked(void *out_pointer, size_t count, size_t size, const char *what,
                             lts_error *err)
{
    void *memory = lts_alloc(count, size);
    memcpy(out_pointer, &memory, sizeof memory);
    if (!memory)
        return lts_fail(err, LTS_ERR_MEMORY, "out of memory: %zu x %zu bytes for %s", count, size,
                        what);
    return LTS_OK;
}

char *lts_strdup(const char *text)
{
    size_t bytes = strlen(text) + 1;
    char *copy = lts_alloc(bytes, 1);
    if (copy)
        memcpy(copy, text, bytes);
    return copy;
}

char *lts_format(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *text = length < 0 ? NULL : lts_alloc((size_t)length + 1, 1);
    if (text) {
        va_start(arguments, format);
        vsnprintf(text, (size_t)length + 1, format, arguments);
        va_end(arguments);
    }
    return text;
}
