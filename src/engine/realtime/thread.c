#include "engine/realtime/thread.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <time.h>

void realtime_raise_priority(void)
{
    /* The lowest of the real-time priorities: before every ordinary thread, behind the sound
     * system's own. */
    struct sched_param wish = {.sched_priority = sched_get_priority_min(SCHED_RR)}, now;
    int policy;
    if (pthread_getschedparam(pthread_self(), &policy, &now) != 0 || policy != SCHED_OTHER)
        return;
    if (pthread_setschedparam(pthread_self(), SCHED_RR, &wish) == 0)
        return;
#ifdef __linux__
    /* There a nice value is a thread's, elsewhere the whole process's. */
    (void)!setpriority(PRIO_PROCESS, 0, -10);
#endif
}

void realtime_sleep(double seconds)
{
    if (!(seconds > 0))
        return;
    struct timespec rest = {.tv_sec = (time_t)seconds,
                            .tv_nsec = (long)(1e9 * (seconds - floor(seconds)))};
    while (nanosleep(&rest, &rest) != 0 && errno == EINTR)
        ;
}
