/* A child for each sound. */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef MAP_ANONYMOUS
#define MAP_ANONYMOUS MAP_ANON
#endif

/* What a child leaves. */
typedef struct result {
    bool done;
    char line[HOST_LINE];
    float x[];
} result;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* In the child: does not return. The instance is not freed: the child's end does that. */
static void make_sound(host_plugin *plugin, const float *controls, result *shared, int done)
{
    const int nothing = open("/dev/null", O_RDWR);
    if (nothing >= 0)
        dup2(nothing, 0); /* the library's socket is none of the plugin's business */
    signal(SIGPIPE, SIG_DFL);
    shared->done = host_render(plugin, controls, shared->x, shared->line);
    _exit(write(done, "", 1) == 1 ? 0 : 1);
}

/* Until the child says that it is done or ends; false when the time is over or the library gone. */
static bool wait_for(int done, double timeout, bool *gone)
{
    const double deadline = now() + timeout;
    for (;;) {
        struct pollfd ready[2] = {{.fd = done, .events = POLLIN}, {.fd = 0}};
        const double left = deadline - now();
        if (left <= 0)
            return false;
        const int count = poll(ready, 2, (int)(left * 1000) + 1);
        if (count < 0 && errno != EINTR)
            return false;
        if (count > 0 && ready[0].revents)
            return true;
        *gone = count > 0 && ready[1].revents;
        if (*gone)
            return false;
    }
}

/* Says what became of the child; false when the library is gone. */
static bool answer(const host_plugin *plugin, result *shared, bool in_time, int code)
{
    char *line = shared->line;
    if (in_time && shared->done)
        return host_reply_bytes(HOST_OK, shared->x, plugin->samples * sizeof *shared->x);
    line[HOST_LINE - 1] = '\0';
    if (!in_time)
        snprintf(line, HOST_LINE, "took longer than %g s", plugin->timeout);
    else if (WIFSIGNALED(code))
        snprintf(line, HOST_LINE, "crashed: %s", strsignal(WTERMSIG(code)));
    else if (!line[0])
        snprintf(line, HOST_LINE, "ended its process");
    return host_reply_bytes(HOST_FAILED, line, strlen(line));
}

static bool serve_one(host_plugin *plugin, const float *controls, result *shared)
{
    int pipes[2], code = 0;
    bool gone = false;
    shared->done = false;
    shared->line[0] = '\0';
    if (pipe(pipes) != 0)
        return false;
    const pid_t child = fork();
    if (child == 0) {
        close(pipes[0]);
        make_sound(plugin, controls, shared, pipes[1]);
    }
    close(pipes[1]);
    if (child < 0) {
        close(pipes[0]);
        return false;
    }
    const bool in_time = wait_for(pipes[0], plugin->timeout, &gone);
    close(pipes[0]);
    kill(child, SIGKILL); /* one that crashed keeps the signal it ended by */
    while (waitpid(child, &code, 0) < 0 && errno == EINTR)
        ;
    return !gone && answer(plugin, shared, in_time, code);
}

int host_serve(host_plugin *plugin)
{
    const size_t size = sizeof(result) + plugin->samples * sizeof(float);
    float *controls = calloc(plugin->controls + 1, sizeof *controls);
    result *shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!controls || shared == MAP_FAILED) {
        free(controls);
        return 1;
    }
    host_features(plugin->sample_rate); /* numbers its URIs once, for all children */
    while (host_read_bytes(controls, plugin->controls * sizeof *controls))
        if (!serve_one(plugin, controls, shared))
            break;
    munmap(shared, size);
    free(controls);
    return 0;
}
