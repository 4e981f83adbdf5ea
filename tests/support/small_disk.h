/* A disk that fills up: from here on no file grows beyond `bytes`, and writing further fails as it
 * does on a full disk. 0 lifts the limit. Keep the time between the two calls short. */
#ifndef LTS_TESTS_SMALL_DISK_H
#define LTS_TESTS_SMALL_DISK_H

#include <signal.h>
#include <sys/resource.h>

static inline void test_limit_files(size_t bytes)
{
    struct rlimit limit;
    signal(SIGXFSZ, SIG_IGN); /* the write then fails instead of ending the program */
    getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes ? bytes : limit.rlim_max;
    setrlimit(RLIMIT_FSIZE, &limit);
}

#endif
