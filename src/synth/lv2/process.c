#include "synth/lv2/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* SO_NOSIGPIPE does it there */
#endif

enum { MOST_ARGUMENTS = 16, MOST_TEXT = 16 << 20 };

extern char **environ;

#ifdef LTS_LV2

/* Both close when a program is started. */
static bool open_pair(int pair[2])
{
#ifdef SOCK_CLOEXEC
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0;
#else
    const int on = 1;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        return false;
    for (int i = 0; i < 2; i++) {
        fcntl(pair[i], F_SETFD, FD_CLOEXEC);
        setsockopt(pair[i], SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
    }
    return true;
#endif
}

/* The host in a process group of its own, which the terminal's Ctrl-C does not reach: whoever
 * started it ends it. What plugins print goes nowhere. */
static int spawn(pid_t *id, const char *path, char *const *arguments, int socket)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    int code = posix_spawn_file_actions_init(&actions);
    if (code != 0)
        return code;
    code = posix_spawnattr_init(&attributes);
    if (code != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return code;
    }
    sigemptyset(&none);
    sigfillset(&all);
    sigdelset(&all, SIGKILL);
    sigdelset(&all, SIGSTOP);
    posix_spawn_file_actions_adddup2(&actions, socket, 0);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETSIGDEF);
    code = posix_spawn(id, path, &actions, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return code;
}

lts_status host_start(host_process *host, const char *const *arguments, lts_error *err)
{
    char *list[MOST_ARGUMENTS] = {NULL};
    int pair[2] = {-1, -1};
    char *path = NULL;
    lts_status status = host_find(&path, err);
    if (status != LTS_OK)
        return status;
    list[0] = path;
    for (size_t a = 0; a + 2 < MOST_ARGUMENTS && arguments[a]; a++)
        list[a + 1] = (char *)arguments[a]; /* posix_spawn only reads them */
    if (!open_pair(pair)) {
        status = lts_fail(err, LTS_ERR_IO, "%s: cannot be talked to: %s", path, strerror(errno));
        goto done;
    }
    const int code = spawn(&host->id, path, list, pair[1]);
    if (code != 0) {
        host->id = 0;
        close(pair[0]);
        status = lts_fail(err, LTS_ERR_IO, "%s: cannot be started: %s", path, strerror(code));
        goto done;
    }
    host->socket = pair[0];
done:
    if (pair[1] >= 0)
        close(pair[1]);
    lts_free(path);
    return status;
}

#else

lts_status host_start(host_process *host, const char *const *arguments, lts_error *err)
{
    (void)host;
    return lts_fail(err, LTS_ERR_ARGUMENT,
                    "%s: this build has no LV2 instruments: build it with lilv (-DLTS_LV2=ON)",
                    arguments[1] ? arguments[1] : "lv2");
}

#endif

host_end host_send(host_process *host, const void *bytes, size_t size)
{
    const char *next = bytes;
    while (size > 0) {
        const ssize_t sent = send(host->socket, next, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return HOST_GONE;
        next += sent;
        size -= (size_t)sent;
    }
    return HOST_ANSWERED;
}

host_end host_receive(host_process *host, void *bytes, size_t size, double deadline)
{
    char *next = bytes;
    while (size > 0) {
        struct pollfd ready = {.fd = host->socket, .events = POLLIN};
        const double left = deadline - lts_now();
        if (left <= 0)
            return HOST_SILENT;
        const int count = poll(&ready, 1, left > 1e6 ? 1000000000 : (int)(left * 1000) + 1);
        if (count == 0 || (count < 0 && errno == EINTR))
            continue;
        const ssize_t got = count < 0 ? -1 : recv(host->socket, next, size, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return HOST_GONE;
        next += got;
        size -= (size_t)got;
    }
    return HOST_ANSWERED;
}

/* Its exit status within a second of its end being seen; else it is killed. */
static int reap(pid_t id, bool gone)
{
    int code = 0;
    for (int i = 0; gone && i < 100; i++) {
        const pid_t done = waitpid(id, &code, WNOHANG);
        if (done != 0) {
            kill(-id, SIGKILL);
            return done == id ? code : 0;
        }
        poll(NULL, 0, 10);
    }
    kill(-id, SIGKILL);
    kill(id, SIGKILL);
    while (waitpid(id, &code, 0) < 0 && errno == EINTR)
        ;
    return code;
}

void host_stop(host_process *host, host_end end, char reason[HOST_REASON])
{
    if (host->id == 0)
        return;
    close(host->socket);
    const int code = reap(host->id, end == HOST_GONE);
    *host = (host_process){0};
    if (!reason)
        return;
    if (end == HOST_SILENT)
        snprintf(reason, HOST_REASON, "did not answer in time and was stopped");
    else if (WIFSIGNALED(code))
        snprintf(reason, HOST_REASON, "crashed: %s", strsignal(WTERMSIG(code)));
    else
        snprintf(reason, HOST_REASON, "ended its process");
}

lts_status host_receive_text(host_process *host, const char *place, double seconds, char **text,
                             lts_error *err)
{
    static const lts_status meaning[] = {[HOST_OK] = LTS_OK,
                                         [HOST_MISSING] = LTS_ERR_NOT_FOUND,
                                         [HOST_REFUSED] = LTS_ERR_ARGUMENT,
                                         [HOST_FAILED] = LTS_ERR_PLUGIN};
    const double deadline = lts_now() + seconds;
    host_reply reply;
    char reason[HOST_REASON];
    *text = NULL;
    host_end end = host_receive(host, &reply, sizeof reply, deadline);
    if (end == HOST_ANSWERED && (reply.bytes > MOST_TEXT || reply.status > HOST_FAILED))
        end = HOST_SILENT;
    if (end == HOST_ANSWERED) {
        lts_status status = lts_alloc_checked(text, (size_t)reply.bytes + 1, 1, place, err);
        if (status != LTS_OK)
            return status;
        end = host_receive(host, *text, reply.bytes, deadline);
    }
    if (end != HOST_ANSWERED) {
        lts_free(*text);
        *text = NULL;
        host_stop(host, end, reason);
        return lts_fail(err, LTS_ERR_PLUGIN, "%s: %s", place, reason);
    }
    if (reply.status == HOST_OK)
        return LTS_OK;
    lts_fail(err, meaning[reply.status], "%s: %.900s", place, *text);
    lts_free(*text);
    *text = NULL;
    return meaning[reply.status];
}

lts_status host_ask(const char *const *arguments, char **text, lts_error *err)
{
    const double most = 60; /* seconds, to read what all plugins tell of themselves */
    host_process host = {0};
    *text = NULL;
    lts_status status = host_start(&host, arguments, err);
    if (status != LTS_OK)
        goto done;
    status = host_receive_text(&host, arguments[1] ? arguments[1] : "LV2", most, text, err);
done:
    host_stop(&host, HOST_SILENT, NULL);
    return status;
}
