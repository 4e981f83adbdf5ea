#include "engine/device/silence_library_errors.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

typedef void alsa_handler(const char *file, int line, const char *function, int code,
                          const char *format, ...);
typedef void jack_handler(const char *text);

static void drop_alsa(const char *file, int line, const char *function, int code,
                      const char *format, ...)
{
    (void)file, (void)line, (void)function, (void)code, (void)format;
}

static void drop_jack(const char *text)
{
    (void)text;
}

/* The libraries are PortAudio's and PortMidi's, where those were built with them; the project does
 * not link to them itself. C has no cast from an object's to a function's address. */
static void call_jack(void *program, const char *name)
{
    void (*set)(jack_handler *);
    void *symbol = dlsym(program, name);
    memcpy(&set, &symbol, sizeof set);
    if (set)
        set(drop_jack);
}

void silence_library_errors(void)
{
    int (*set)(alsa_handler *);
    void *program = dlopen(NULL, RTLD_LAZY);
    if (!program)
        return;
    void *symbol = dlsym(program, "snd_lib_error_set_handler");
    memcpy(&set, &symbol, sizeof set);
    if (set)
        set(drop_alsa);
    call_jack(program, "jack_set_error_function");
    call_jack(program, "jack_set_info_function");
    dlclose(program);
}
