/* The player: a device, a ring in front of it and a thread that keeps the ring filled.
 *
 *   fill() --feeder thread--> lock-free ring --audio callback--> device
 *
 * The callback copies from the ring and counts; it never allocates, locks, waits or reads files.
 * What it does not find in the ring becomes silence, faded in and out, and is counted. */
#ifndef ENGINE_PLAYER_H
#define ENGINE_PLAYER_H

#include "lts/base.h"

typedef struct player player;

/* Gives the next `count` mono samples, full scale -1..1; what goes beyond is limited by the player
 * and counted. Called by the feeder thread alone, which may lock and allocate, but should not take
 * longer than the samples last. */
typedef void player_fill(void *user, float *x, size_t count);

typedef struct player_config {
    const char *device; /* a number or a name of player_list's, "null", "file:OUT.wav"; NULL or "":
                           the system's default device */
    double sample_rate; /* Hz, of what fill gives; a device that refuses it is fed through a
                           resampler */
    size_t block;       /* samples asked of fill at a time: 64 .. 8192 */
    size_t ahead;       /* blocks kept in the ring: 2 .. 64 */
    player_fill *fill;
    /* What a user should know: under-runs (at most a line a second), a device that is gone and what
     * plays instead. Called by the feeder thread. NULL is allowed. */
    void (*tell)(void *user, const char *text);
    void *user;
} player_config;

/* LTS_ERR_NOT_FOUND when there is no such device, LTS_ERR_IO when it cannot be opened (what to do
 * instead is in the line). "null" takes samples at the pace of a clock and drops them, "file:"
 * takes them at that pace and writes them as 32-bit float WAV, which is whole after player_close
 * and readable up to the last second before. When a device disappears while it plays, the player
 * says so and goes on as "null". */
lts_status player_open(const player_config *config, player **out, lts_error *err);
void player_close(player *p); /* NULL is allowed; no fill is called afterwards */

typedef struct player_status {
    uint64_t played;    /* samples the device took, those of silence for want of others included */
    uint64_t underruns; /* times the ring was empty when the device asked */
    uint64_t limited;   /* samples beyond full scale */
    double latency;     /* s from fill to the device's end, as far as it is known */
    float peak, rms;    /* of what was played since the last call */
    bool lost;          /* the device is gone */
} player_status;

player_status player_watch(player *p); /* any thread, one at a time */
const char *player_name(const player *p);
int player_id(const player *p); /* as in player_list */

/* One entry a device that has outputs, ids counted from 0 without gaps; the last is "null". Device
 * names with the characters " , ; $ \ are given without them. Without any sound hardware there is
 * "null" alone. Returns how many. */
typedef struct player_device {
    int id;
    char name[128];
    bool standard; /* the system's default */
} player_device;
size_t player_list(player_device *devices, size_t room);

#endif
