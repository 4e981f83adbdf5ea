/* What the player is made of; for player.c and feeder.c. */
#ifndef ENGINE_PLAY_PLAYER_PARTS_H
#define ENGINE_PLAY_PLAYER_PARTS_H

#include "engine/device/portaudio_api.h"
#include "engine/device/sink.h"
#include "engine/play/player.h"

#include <pthread.h>
#include <soxr.h>

struct player {
    player_config config;
    sink *sink;
    size_t depth;        /* samples wanted in the ring, at the device's rate */
    size_t step;         /* what a block becomes at that rate, at most */
    size_t burst;        /* what feeding one block adds to the ring, at most */
    float *block;        /* what fill gives, config.block */
    soxr_t resampler;    /* NULL when the device takes config.sample_rate */
    float *resampled;    /* burst */
    atomic_size_t delay; /* samples in the resampler, at the device's rate */
    pthread_t feeder;
    atomic_bool stop, lost;
    meter after; /* what is played when the device is gone */
    atomic_uint_least64_t limited;
    uint64_t energy_seen, count_seen; /* by player_watch */
};

/* player_open over any table of PortAudio's functions. */
lts_status player_open_on(const portaudio_api *api, const player_config *config, player **out,
                          lts_error *err);

/* The feeder's thread: keeps the ring filled until `stop`, then returns NULL. */
void *feeder_main(void *player_pointer);

/* How many samples should wait in the ring, and how many it must hold at most. */
size_t feeder_depth(const player *p);

#endif
