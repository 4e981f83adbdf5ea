/* The devices that sound can be played on. */
#ifndef ENGINE_DEVICE_DEVICE_LIST_H
#define ENGINE_DEVICE_DEVICE_LIST_H

#include "lts/base.h"

/* One entry a device that has outputs, ids counted from 0 without gaps; the last is "null". Device
 * names with the characters " , ; $ \ are given without them, and numbered ("Name 2") where several
 * are the same. Without any sound hardware there is "null" alone. Devices are looked for when no
 * player has one open. Returns how many there are, `room` or fewer of which were written. Any
 * thread; allocates and may take a moment. */
typedef struct sound_device {
    int id;
    char name[128];
    bool standard; /* the system's default */
} sound_device;
size_t device_list(sound_device *devices, size_t room);

#endif
