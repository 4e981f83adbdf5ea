/* Engine: the live server behind lts-server. OSC in, OSC and sound out.
 *
 *   receiver --queue--> control thread --one job--> worker --sound--+
 *                             |                                     v
 *                             +---controls---> live voices ---> feeder --> ring --> device
 *                                               and synthesizer
 *
 * The receiver reads datagrams and answers what cannot wait; the control thread applies settings in
 * the order they came and loads models; the worker renders snapshots of the settings, the newest
 * first; the feeder keeps the device's ring filled. Answers leave over every transport. */
#ifndef LTS_ENGINE_H
#define LTS_ENGINE_H

#include "lts/audio.h"
#include "lts/base.h"

LTS_BEGIN_DECLS

typedef struct lts_server_config {
    const char *dataset, *run;    /* folders, or NULL: as remembered, or none */
    const char *match_run;        /* the same, of a classifier */
    const char *listen;           /* address to listen on; NULL: 127.0.0.1 */
    int port;                     /* UDP port, 0: any free one */
    const char *reply;            /* "HOST:PORT" that answers go to */
    const char *device;           /* sound device: number, name, null, file:OUT.wav (new); NULL: as
                                     remembered, or the system's default */
    const char *root;             /* every path must lie below it; NULL: anywhere */
    const char *state;            /* file to remember in; "": nothing is remembered; NULL: the
                                     standard place */
    const char *const *path_maps; /* "FROM=TO" each */
    size_t path_map_count;
    const char *midi; /* port, number, name or path; NULL: none */
    bool seed_given;
    uint64_t seed;
    size_t block;        /* samples given to the device at a time, 64 .. 8192 */
    unsigned threads;    /* of a render's matrix products */
    lts_audio_bits bits; /* of saved files */
} lts_server_config;

/* Port 7020, answers to 127.0.0.1:7021, blocks of 256, one thread a render, 32-bit float files. */
lts_server_config lts_server_defaults(void);

typedef struct lts_server lts_server;

/* Opens ports and device, restores what is remembered, starts the threads. A device that cannot be
 * opened is reported and replaced by "null"; what cannot be restored is reported and left out. A
 * recording that cannot be made is an error. LTS_ERR_ARGUMENT for a setting, LTS_ERR_EXISTS for a
 * port or the name of a recording that is taken, LTS_ERR_IO. */
lts_status lts_server_open(const lts_server_config *config, const lts_reporter *reporter,
                           lts_server **out, lts_error *err);
/* Says where it listens (a record "server": listening, answering, both HOST:PORT) and serves until
 * the reporter cancels. */
void lts_server_run(lts_server *server);
void lts_server_close(lts_server *server); /* NULL is allowed; saves the state */

/* Devices and MIDI ports as `record` events "device" (id, name, default) and "midi" (id, name). */
void lts_server_list_devices(const lts_reporter *reporter);

/* Every OSC address it takes as a record "address": address, arguments (n a number, s a text, a
 * group in brackets once or more, with a ? not at all or once). */
void lts_server_list_addresses(const lts_reporter *reporter);

LTS_END_DECLS

#endif
