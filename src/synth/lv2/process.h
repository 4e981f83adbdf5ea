/* The process of lts-lv2-host that plays one plugin, seen from the library. */
#ifndef SYNTH_LV2_PROCESS_H
#define SYNTH_LV2_PROCESS_H

#include "lts/base.h"
#include "synth/lv2/protocol.h"

#include <sys/types.h>

/* Zeroed: none. */
typedef struct host_process {
    pid_t id; /* 0: none; the leader of its own process group */
    int socket;
} host_process;

/* The host's program beside the running one, in its libexec folder, or what LTS_LV2_HOST names: to
 * be freed with lts_free. LTS_ERR_NOT_FOUND says where it was looked for. */
lts_status host_find(char **path, lts_error *err);

/* Starts the host with `arguments`, which end in NULL, without its program's name.
 * LTS_ERR_ARGUMENT in a build without LV2. `host` is none before. */
lts_status host_start(host_process *host, const char *const *arguments, lts_error *err);

/* What happened to an exchange with the host. */
typedef enum host_end { HOST_ANSWERED, HOST_SILENT, HOST_GONE } host_end;

host_end host_send(host_process *host, const void *bytes, size_t size);
/* All of `size` bytes before `deadline`, a time of lts_now. */
host_end host_receive(host_process *host, void *bytes, size_t size, double deadline);
/* Says why the process did not answer, after host_stop: "crashed: Segmentation fault". */
enum { HOST_REASON = 160 };
/* Kills the process and all that it started. `reason` may be NULL. */
void host_stop(host_process *host, host_end end, char reason[HOST_REASON]);

/* A reply whose bytes are text, ended with a 0; free with lts_free. What the host says of a plugin
 * it does not play is the error: LTS_ERR_NOT_FOUND, LTS_ERR_ARGUMENT, LTS_ERR_PLUGIN. `place`
 * begins the messages. */
lts_status host_receive_text(host_process *host, const char *place, double seconds, char **text,
                             lts_error *err);

/* The text of a host that is started for nothing else. */
lts_status host_ask(const char *const *arguments, char **text, lts_error *err);

#endif
