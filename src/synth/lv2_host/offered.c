/* What the host offers to plugins: numbers for URIs, and the rate and block length. */
#include "host.h"

#include <lv2/atom/atom.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/core/lv2.h>
#include <lv2/event/event.h>
#include <lv2/options/options.h>
#include <lv2/parameters/parameters.h>
#include <lv2/uri-map/uri-map.h>
#include <lv2/urid/urid.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* The URIs that have a number: a plugin may ask from threads of its own. */
static pthread_mutex_t map_lock = PTHREAD_MUTEX_INITIALIZER;
static char **mapped;
static uint32_t map_count, map_room;

/* With the lock held. */
static uint32_t map_locked(const char *uri)
{
    for (uint32_t u = 0; u < map_count; u++)
        if (strcmp(mapped[u], uri) == 0)
            return u + 1;
    if (map_count == map_room) {
        const uint32_t room = map_room ? 2 * map_room : 64;
        char **more = realloc(mapped, room * sizeof *more);
        if (!more)
            return 0;
        mapped = more;
        map_room = room;
    }
    const size_t size = strlen(uri) + 1;
    char *copy = malloc(size);
    if (!copy)
        return 0;
    memcpy(copy, uri, size);
    mapped[map_count] = copy;
    return ++map_count;
}

uint32_t host_map(const char *uri)
{
    pthread_mutex_lock(&map_lock);
    const uint32_t number = map_locked(uri);
    pthread_mutex_unlock(&map_lock);
    return number;
}

static LV2_URID map(LV2_URID_Map_Handle handle, const char *uri)
{
    (void)handle;
    return host_map(uri);
}

static const char *unmap(LV2_URID_Unmap_Handle handle, LV2_URID number)
{
    (void)handle;
    pthread_mutex_lock(&map_lock);
    const char *uri = number > 0 && number <= map_count ? mapped[number - 1] : NULL;
    pthread_mutex_unlock(&map_lock);
    return uri;
}

static uint32_t map_in_context(LV2_URI_Map_Callback_Data data, const char *context, const char *uri)
{
    (void)data;
    (void)context;
    return host_map(uri);
}

/* Events here own nothing. */
static uint32_t count_references(LV2_Event_Callback_Data data, LV2_Event *event)
{
    (void)data;
    (void)event;
    return 0;
}

static const char *const supported[] = {
    LV2_URID__map, LV2_URID__unmap, LV2_OPTIONS__options, LV2_BUF_SIZE__boundedBlockLength,
    LV2_BUF_SIZE__fixedBlockLength, LV2_BUF_SIZE__powerOf2BlockLength,
    LV2_BUF_SIZE__coarseBlockLength, LV2_URI_MAP_URI, LV2_EVENT_URI,
    /* Of these nothing is handed over: buffers are never shared, and time is not real. */
    LV2_CORE__inPlaceBroken, LV2_CORE__hardRTCapable, NULL};

static const char *const options[] = {
    LV2_PARAMETERS__sampleRate,       LV2_BUF_SIZE__minBlockLength, LV2_BUF_SIZE__maxBlockLength,
    LV2_BUF_SIZE__nominalBlockLength, LV2_BUF_SIZE__sequenceSize,   NULL};

static bool is_listed(const char *uri, const char *const *list)
{
    while (*list && strcmp(*list, uri) != 0)
        list++;
    return *list != NULL;
}

bool host_has_feature(const char *uri)
{
    return is_listed(uri, supported);
}

bool host_has_option(const char *uri)
{
    return is_listed(uri, options);
}

const LV2_Feature *const *host_features(double sample_rate)
{
    static LV2_URID_Map urid_map = {NULL, map};
    static LV2_URID_Unmap urid_unmap = {NULL, unmap};
    static LV2_URI_Map_Feature uri_map = {NULL, map_in_context};
    static LV2_Event_Feature event = {NULL, count_references, count_references};
    static float rate;
    static const int32_t block = HOST_BLOCK, events = HOST_EVENTS;
    static LV2_Options_Option option[6];
    static LV2_Feature feature[9] = {{LV2_URID__map, &urid_map},
                                     {LV2_URID__unmap, &urid_unmap},
                                     {LV2_OPTIONS__options, option},
                                     {LV2_BUF_SIZE__boundedBlockLength, NULL},
                                     {LV2_BUF_SIZE__fixedBlockLength, NULL},
                                     {LV2_BUF_SIZE__powerOf2BlockLength, NULL},
                                     {LV2_BUF_SIZE__coarseBlockLength, NULL},
                                     {LV2_URI_MAP_URI, &uri_map},
                                     {LV2_EVENT_URI, &event}};
    static const LV2_Feature *list[10];
    const uint32_t whole = host_map(LV2_ATOM__Int);
    rate = (float)sample_rate;
    for (int o = 0; o < 5; o++) {
        option[o] = (LV2_Options_Option){LV2_OPTIONS_INSTANCE, 0,     host_map(options[o]),
                                         sizeof block,         whole, o == 4 ? &events : &block};
        if (option[o].key == 0)
            return NULL;
    }
    option[0].type = host_map(LV2_ATOM__Float);
    option[0].value = &rate;
    for (int f = 0; f < 9; f++)
        list[f] = &feature[f];
    return whole && option[0].type ? list : NULL;
}
