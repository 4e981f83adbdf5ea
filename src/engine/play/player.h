/* The player: a device, a ring in front of it and a thread that keeps the ring filled.
 *
 *   fill() --feeder thread--> lock-free ring --audio callback--> device
 *
 * The callback copies from the ring and counts; it never allocates, locks, waits or reads files.
 * What it does not find in the ring becomes silence, faded in and out, and is counted. */
#ifndef ENGINE_PLAY_PLAYER_H
#define ENGINE_PLAY_PLAYER_H

#include "lts/base.h"

typedef struct player player;

/* Gives the next `count` mono samples, full scale -1..1. Those within 0.99 are played bit for bit;
 * beyond that they are bent to stay within 1 (engine/play/limiter.h), and counted beyond 1. Called
 * by the feeder thread alone, which may lock and allocate, but should not take longer than the
 * samples last; player_close waits for it. The thread has real-time priority where the system
 * allows it. */
typedef void player_fill(void *user, float *x, size_t count);

typedef struct player_config {
    const char *device; /* a number or a name of device_list's, "null", "file:OUT.wav"; NULL or "":
                           the system's default device */
    const int *folder; /* an open folder that a "file:" goes into, of which the last component alone
                          is taken, while player_open runs; NULL: the whole path is taken */
    double sample_rate; /* Hz, of what fill gives, 100 .. 1000000, whole for "file:"; a device that
                           refuses it is fed through a resampler (libsoxr, HQ) */
    size_t block;       /* samples asked of fill at a time: 64 .. 8192 */
    size_t ahead;       /* blocks kept in the ring: 2 .. 64 */
    player_fill *fill;
    /* What a user should know: under-runs (at most a line a second), a device that is gone and what
     * plays instead. Called by the feeder thread. NULL is allowed. */
    void (*report)(void *user, const char *text);
    void *user;
} player_config;

/* Devices get the sound on their first two channels. The device is silent until the ring was full
 * once; nothing of that is counted. Open does not wait for fill. Strings of the configuration need
 * not outlive the call.
 *
 * "null" takes samples at the pace of a clock and drops them; "file:" takes them at that pace and
 * writes them, from the first on, as mono 32-bit float WAV. That is a recording of what goes on, so
 * it has its final name from the beginning; what has this name already, a link too, is never
 * replaced: LTS_ERR_EXISTS. Every half second of sound its header is brought up to date, so that
 * also a kill leaves a readable file, and player_close leaves it whole, without what was still in
 * the ring. It ends at 4 GiB, and when its file is removed.
 *
 * A device that stops, or for more than a second asks for nothing, or a file that cannot be written
 * any more, is reported; from then on samples are taken at the clock's pace and dropped. It does
 * not come back but by another player_open.
 *
 * Errors: LTS_ERR_ARGUMENT for a setting outside its range, LTS_ERR_NOT_FOUND when there is no such
 * device, LTS_ERR_EXISTS, LTS_ERR_IO when it cannot be opened (what to do instead is in the line),
 * LTS_ERR_MEMORY. Several players may be open, by any threads. */
lts_status player_open(const player_config *config, player **out, lts_error *err);
/* A device fades out. No fill and no report is called afterwards. A device that does not answer is
 * left to a thread of its own after 3 s. NULL is allowed. */
void player_close(player *p);

typedef struct player_status {
    uint64_t played;    /* samples the device took, those of silence for want of others included */
    uint64_t underruns; /* times the ring held less than the device asked for */
    uint64_t limited;   /* samples beyond full scale */
    double latency;     /* s from fill to the device's end, as far as it is known: ring, resampler,
                           device */
    float peak, rms;    /* of what was played since the last call */
    bool lost;          /* the device is gone */
} player_status;

/* Any thread, one at a time; neither waits nor makes the player wait. */
player_status player_watch(player *p);
const char *player_name(const player *p);
int player_id(const player *p); /* as in device_list; -1 for a file */

#endif
