/* lts_alloc with a fuse: linked with --wrap=lts_alloc, so that every allocation of the library
 * passes here. Counters are per thread, so that worker threads do not blow the test's fuse. */
#include "testing.h"

void *__real_lts_alloc(size_t count, size_t size);
void *__wrap_lts_alloc(size_t count, size_t size);

static _Thread_local size_t asked, fuse;

size_t test_fail_allocation(size_t n)
{
    size_t since = asked;
    asked = 0;
    fuse = n;
    return since;
}

void *__wrap_lts_alloc(size_t count, size_t size)
{
    asked++;
    if (fuse && asked == fuse)
        return NULL;
    return __real_lts_alloc(count, size);
}
