/* Alone in its file, so that the tests can put their own lts_alloc between it and every caller. */
#include "lts/base.h"

#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

enum { ALIGNMENT = 64, HUGE_PAGE = 2 << 20 };

/* A large block is met page by page as it is cleared; with huge pages, where the system grants
 * them, that costs a fraction, and so do the caches of addresses later. */
static void ask_for_huge_pages(void *memory, size_t bytes)
{
#if defined(MADV_HUGEPAGE)
    madvise(memory, bytes, MADV_HUGEPAGE);
#else
    (void)memory, (void)bytes;
#endif
}

void *lts_alloc(size_t count, size_t size)
{
    void *memory = NULL;
    if (size && count > (SIZE_MAX - ALIGNMENT) / size)
        return NULL;
    size_t bytes = (count * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (bytes == 0)
        bytes = ALIGNMENT;
    bool large = bytes >= HUGE_PAGE;
    if (posix_memalign(&memory, large ? HUGE_PAGE : ALIGNMENT, bytes) != 0)
        return NULL;
    if (large)
        ask_for_huge_pages(memory, bytes);
    memset(memory, 0, bytes);
    return memory;
}

void lts_free(void *memory)
{
    free(memory);
}
