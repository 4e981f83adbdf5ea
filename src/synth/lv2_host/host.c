/* lts-lv2-host: see host.h. */
#include "host.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

bool host_reply_bytes(host_status status, const void *bytes, size_t size)
{
    const host_reply reply = {(uint32_t)status, (uint32_t)size};
    const void *parts[2] = {&reply, bytes};
    const size_t sizes[2] = {sizeof reply, size};
    for (int part = 0; part < 2; part++) {
        const char *next = parts[part];
        for (size_t left = sizes[part]; left > 0;) {
            const ssize_t sent = write(0, next, left);
            if (sent < 0 && errno == EINTR)
                continue;
            if (sent <= 0)
                return false;
            next += sent;
            left -= (size_t)sent;
        }
    }
    return true;
}

bool host_read_bytes(void *bytes, size_t size)
{
    for (char *next = bytes; size > 0;) {
        const ssize_t got = read(0, next, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        next += got;
        size -= (size_t)got;
    }
    return true;
}

static int reply_text(const host_text *text, bool whole)
{
    static const char no_memory[] = "out of memory";
    if (!whole)
        return !host_reply_bytes(HOST_FAILED, no_memory, sizeof no_memory - 1);
    return !host_reply_bytes(HOST_OK, text->text ? text->text : "", text->length);
}

static int list(void)
{
    host_text text = {0};
    LilvWorld *world = host_world_open();
    const bool whole = world && host_list(world, &text);
    const int code = reply_text(&text, whole);
    lilv_world_free(world);
    free(text.text);
    return code;
}

static int play(host_plugin *plugin, const char *uri, bool serve)
{
    char line[HOST_LINE];
    host_text text = {0};
    host_status status = host_plugin_open(plugin, uri, line);
    int code;
    if (status == HOST_OK && serve)
        status = host_preload(plugin, line);
    if (status != HOST_OK) {
        code = !host_reply_bytes(status, line, strlen(line));
    } else {
        code = reply_text(&text, host_describe(plugin, &text));
        if (code == 0 && serve)
            code = host_serve(plugin);
    }
    free(text.text);
    host_plugin_close(plugin);
    return code;
}

/* What the program that started this one left open is none of a plugin's business. */
static void close_others(void)
{
    long most = sysconf(_SC_OPEN_MAX);
    most = most < 0 || most > 4096 ? 4096 : most;
    for (int descriptor = 3; descriptor < most; descriptor++)
        close(descriptor);
}

int main(int argc, char **argv)
{
    const struct rlimit none = {0, 0};
    struct stat input;
    host_plugin plugin = {0};
    if (fstat(0, &input) != 0 || !S_ISSOCK(input.st_mode)) {
        fputs("lts-lv2-host: plays a plugin for lts-synth, which starts it\n", stderr);
        return 2;
    }
    close_others();
    setrlimit(RLIMIT_CORE, &none);
    signal(SIGPIPE, SIG_IGN);
    if (argc == 2 && strcmp(argv[1], "list") == 0)
        return list();
    if (argc == 4 && strcmp(argv[1], "describe") == 0) {
        plugin.sample_rate = strtod(argv[3], NULL);
        return play(&plugin, argv[2], false);
    }
    if (argc == 9 && strcmp(argv[1], "serve") == 0) {
        plugin.sample_rate = strtod(argv[3], NULL);
        plugin.samples = (size_t)strtoull(argv[4], NULL, 10);
        plugin.gate = (size_t)strtoull(argv[5], NULL, 10);
        plugin.note = (int)strtol(argv[6], NULL, 10);
        plugin.velocity = (int)strtol(argv[7], NULL, 10);
        plugin.timeout = strtod(argv[8], NULL);
        return play(&plugin, argv[2], true);
    }
    return 2;
}
