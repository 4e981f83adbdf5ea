/* A server whose messages a test handles itself, with a data set of two short sounds; what it
 * reports comes to a socket of the test's. */
#ifndef LTS_TESTS_SERVER_SCENE_H
#define LTS_TESTS_SERVER_SCENE_H

#include "testing.h"

#include "engine/control/control.h"
#include "engine/handlers/handlers.h"
#include "lts/audio.h"

#include <arpa/inet.h>
#include <math.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct scene {
    char *folder, *state, reply[32];
    int ear; /* a socket */
    lts_server_config config;
    lts_server *server;
    char heard[1 << 16]; /* reports, one a line */
} scene;

static inline char *inside(const scene *s, const char *name)
{
    return lts_path_join(s->folder, name);
}

static inline void make_sound(const scene *s, const char *name)
{
    enum { N = 8192 };
    static float x[N];
    lts_error err;
    const lts_audio_format format = {.sample_rate = 44100, .bits = LTS_AUDIO_16};
    char *path = inside(s, name);
    for (int i = 0; i < N; i++)
        x[i] = (float)(0.3 * sin(0.1 * i));
    assert_ok(lts_audio_save(path, x, N, &format, &err));
    lts_free(path);
}

static inline void open_ear(scene *s)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;
    s->ear = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    assert_int_equal(bind(s->ear, (struct sockaddr *)&at, size), 0);
    assert_int_equal(getsockname(s->ear, (struct sockaddr *)&at, &size), 0);
    snprintf(s->reply, sizeof s->reply, "127.0.0.1:%d", ntohs(at.sin_port));
}

static inline void open_server(scene *s)
{
    lts_error err;
    assert_ok(server_create(&s->config, NULL, &s->server, &err));
}

static inline void reopen(scene *s)
{
    save_state(s->server);
    lts_server_close(s->server);
    open_server(s);
}

/* The reports since the last time. */
static const char *heard(scene *s)
{
    char packet[2048];
    size_t at = 0;
    ssize_t got;
    static const char head[] = "/report\0,s\0\0";
    while ((got = recv(s->ear, packet, sizeof packet - 1, 0)) > 0) {
        packet[got] = '\0';
        if (memcmp(packet, head, sizeof head - 1) == 0)
            at += (size_t)snprintf(s->heard + at, sizeof s->heard - at, "%s\n",
                                   packet + sizeof head - 1);
    }
    s->heard[at] = '\0';
    return s->heard;
}

static inline void say(scene *s, const char *path, const control_arg *args, size_t count)
{
    const queued item = {.message = {.address = path, .args = args, .count = count},
                         .stops = atomic_load(&s->server->stops)};
    handle_message(s->server, &item);
}

static inline void say_text(scene *s, const char *path, const char *text)
{
    const control_arg arg = {.type = 's', .text = text};
    say(s, path, &arg, 1);
}

static inline void say_numbers(scene *s, const char *path, size_t count, const double *x)
{
    control_arg args[8];
    for (size_t i = 0; i < count; i++)
        args[i] = (control_arg){.type = 'd', .number = x[i]};
    say(s, path, args, count);
}

static inline void hears(scene *s, const char *text)
{
    if (!strstr(heard(s), text))
        fail_msg("'%s' was not reported, but:\n%s", text, s->heard);
}

static inline int set_up(void **state)
{
    scene *s = lts_alloc(1, sizeof *s);
    lts_error err;
    s->folder = test_folder();
    s->state = inside(s, "state.json");
    static const char *const folders[] = {"ds/audio", "other/audio"};
    for (size_t i = 0; i < 2; i++) {
        char *path = inside(s, folders[i]);
        assert_ok(lts_make_folder(path, &err));
        lts_free(path);
    }
    make_sound(s, "ds/audio/a.wav");
    make_sound(s, "ds/audio/b.c.wav");
    make_sound(s, "other/audio/a.wav");
    open_ear(s);
    s->config = lts_server_defaults();
    s->config.port = 0;
    s->config.reply = s->reply;
    s->config.device = "null";
    s->config.state = s->state;
    open_server(s);
    *state = s;
    return 0;
}

static inline int tear_down(void **state)
{
    scene *s = *state;
    lts_server_close(s->server);
    close(s->ear);
    test_folder_remove(s->folder);
    lts_free(s->state);
    lts_free(s);
    return 0;
}

static inline void load(scene *s, const char *where, const char *name)
{
    char *path = inside(s, name);
    say_text(s, where, path);
    lts_free(path);
}

#endif
