/* Alone in its file, so that the tests can put their own lts_alloc between it and every caller. */
#include "lts/base.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64 };

void *lts_alloc(size_t count, size_t size)
{
    void *memory = NULL;
    if (size && count > (SIZE_MAX - ALIGNMENT) / size)
        return NULL;
    size_t bytes = (count * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (bytes == 0)
        bytes = ALIGNMENT;
    if (posix_memalign(&memory, ALIGNMENT, bytes) != 0)
        return NULL;
    memset(memory, 0, bytes);
    return memory;
}

void lts_free(void *memory)
{
    free(memory);
}
