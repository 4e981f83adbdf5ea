#include "lts/audio.h"

#ifdef LTS_FFMPEG

#include <libavcodec/version.h>
#include <libavutil/macros.h>

const char *lts_audio_ffmpeg(void)
{
    return "libavcodec " AV_STRINGIFY(LIBAVCODEC_VERSION);
}

#else

const char *lts_audio_ffmpeg(void)
{
    return NULL;
}

#endif
