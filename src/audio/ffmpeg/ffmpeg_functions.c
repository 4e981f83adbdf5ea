#include "audio/ffmpeg/ffmpeg_functions.h"

#include "audio/source_backend.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* The most that a damaged header may ask FFmpeg to allocate. */
enum { LARGEST_ALLOCATION = 1 << 28 };

#ifdef __APPLE__
#define FFMPEG_FILE(name, version) "lib" name "." AV_STRINGIFY(version) ".dylib"
#else
#define FFMPEG_FILE(name, version) "lib" name ".so." AV_STRINGIFY(version)
#endif

ffmpeg_functions ffmpeg;

static pthread_once_t loaded = PTHREAD_ONCE_INIT;
static char refusal[SOURCE_REASON]; /* empty: all are there */

static void refuse(void)
{
    const char *said = dlerror();
    source_copy_reason(refusal, said ? said : "FFmpeg's libraries cannot be loaded");
}

/* One function's address to `member`; dlsym gives it as a pointer to data. */
static void find(void *library, const char *name, void *member)
{
    void *address = library ? dlsym(library, name) : NULL;
    if (library && !address)
        refuse();
    memcpy(member, &address, sizeof address);
}

static void *open_library(const char *file)
{
    void *library = refusal[0] ? NULL : dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (!library && !refusal[0])
        refuse();
    return library;
}

static void load(void)
{
    void *library = open_library(FFMPEG_FILE("avutil", LIBAVUTIL_VERSION_MAJOR));
#define FFMPEG_FIND(function) find(library, #function, &ffmpeg.function);
    FFMPEG_AVUTIL(FFMPEG_FIND)
    library = open_library(FFMPEG_FILE("avcodec", LIBAVCODEC_VERSION_MAJOR));
    FFMPEG_AVCODEC(FFMPEG_FIND)
    library = open_library(FFMPEG_FILE("avformat", LIBAVFORMAT_VERSION_MAJOR));
    FFMPEG_AVFORMAT(FFMPEG_FIND)
    library = open_library(FFMPEG_FILE("swresample", LIBSWRESAMPLE_VERSION_MAJOR));
    FFMPEG_SWRESAMPLE(FFMPEG_FIND)
#undef FFMPEG_FIND
    if (refusal[0])
        return;
    ffmpeg.av_log_set_level(AV_LOG_QUIET);
    ffmpeg.av_max_alloc(LARGEST_ALLOCATION);
}

bool ffmpeg_load(char *reason)
{
    pthread_once(&loaded, load);
    if (refusal[0])
        source_copy_reason(reason, refusal);
    return !refusal[0];
}
