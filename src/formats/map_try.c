/* A page of a mapping that lies beyond the file's end raises SIGBUS in the thread that touches it.
 * The handler leaves the thread's file_map_try by a jump; a fault outside of one goes to whatever
 * handled SIGBUS before. */
#include "formats/map.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>

typedef struct attempt {
    sigjmp_buf back;
    const unsigned char *bytes;
    size_t size, offset;
} attempt;

static _Thread_local attempt *volatile current;
static struct sigaction before;

static void on_bus_error(int number, siginfo_t *info, void *context)
{
    attempt *a = current;
    uintptr_t at = (uintptr_t)info->si_addr, begin = a ? (uintptr_t)a->bytes : 0;
    if (a && at >= begin && at - begin < a->size) {
        a->offset = at - begin;
        siglongjmp(a->back, 1);
    }
    if (before.sa_flags & SA_SIGINFO) {
        before.sa_sigaction(number, info, context);
    } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
        before.sa_handler(number);
    } else {
        signal(number, SIG_DFL); /* the fault comes again, and ends the process */
    }
}

/* SA_NODEFER leaves the signal mask alone, so that the jump need not restore it: saving it would
 * cost a system call a row. */
void file_map_guard(void)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_NODEFER}, present;
    action.sa_sigaction = on_bus_error;
    sigemptyset(&action.sa_mask);
    pthread_mutex_lock(&lock);
    bool there = sigaction(SIGBUS, NULL, &present) == 0 && (present.sa_flags & SA_SIGINFO) &&
                 present.sa_sigaction == on_bus_error;
    if (!there)
        sigaction(SIGBUS, &action, &before);
    pthread_mutex_unlock(&lock);
}

bool file_map_try(const file_map *map, void (*work)(void *user), void *user, size_t *offset)
{
    attempt here = {.bytes = map->bytes, .size = map->size};
    if (sigsetjmp(here.back, 0) != 0) {
        current = NULL;
        *offset = here.offset;
        return false;
    }
    current = &here;
    work(user);
    current = NULL;
    return true;
}
