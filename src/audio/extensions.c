#include "audio/extensions.h"

#include "lts/audio.h"

#include <sndfile.h>
#include <string.h>
#include <strings.h>

typedef enum reader { SNDFILE_READS, FFMPEG_READS } reader;

/* libsndfile's rows are names in use beside the one it gives itself for each format. */
static const struct kind {
    const char *extension;
    reader by;
} kinds[] = {
    {"wav", SNDFILE_READS},  {"wave", SNDFILE_READS}, {"bwf", SNDFILE_READS},
    {"aif", SNDFILE_READS},  {"aiff", SNDFILE_READS}, {"aifc", SNDFILE_READS},
    {"au", SNDFILE_READS},   {"snd", SNDFILE_READS},  {"flac", SNDFILE_READS},
    {"ogg", SNDFILE_READS},  {"oga", SNDFILE_READS},  {"opus", SNDFILE_READS},
    {"mp1", SNDFILE_READS},  {"mp2", SNDFILE_READS},  {"mp3", SNDFILE_READS},
    {"caf", SNDFILE_READS},  {"w64", SNDFILE_READS},  {"rf64", SNDFILE_READS},
    {"8svx", SNDFILE_READS}, {"m4a", FFMPEG_READS},   {"m4b", FFMPEG_READS},
    {"mp4", FFMPEG_READS},   {"3gp", FFMPEG_READS},   {"aac", FFMPEG_READS},
    {"wma", FFMPEG_READS},   {"asf", FFMPEG_READS},   {"ape", FFMPEG_READS},
    {"wv", FFMPEG_READS},    {"tta", FFMPEG_READS},   {"tak", FFMPEG_READS},
    {"mpc", FFMPEG_READS},   {"ac3", FFMPEG_READS},   {"eac3", FFMPEG_READS},
    {"dts", FFMPEG_READS},   {"amr", FFMPEG_READS},   {"mka", FFMPEG_READS},
    {"webm", FFMPEG_READS},  {"weba", FFMPEG_READS},  {"ra", FFMPEG_READS},
    {"dsf", FFMPEG_READS},   {"dff", FFMPEG_READS},
};

/* Those of the rows above, and what libsndfile opens only in part: sound in a WAV, an AIFF or a CAF
 * by a codec that it lacks. None of them names other files, as a playlist would. */
const char audio_demuxers[] = "mov,aac,asf,ape,wv,tta,tak,mpc,mpc8,ac3,eac3,dts,amr,matroska,rm,"
                              "dsf,iff,wav,aiff,caf,w64,mp3,flac,ogg";

static bool is_read(reader by)
{
    return by == SNDFILE_READS || lts_audio_ffmpeg() != NULL;
}

static const char *extension_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    return dot && (!slash || dot > slash) ? dot + 1 : NULL;
}

static bool contains(const extension_list *list, const char *extension)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcasecmp(list->item[i], extension) == 0)
            return true;
    return false;
}

static void add(extension_list *list, const char *extension)
{
    if (list->count < EXTENSION_LIMIT && !contains(list, extension))
        list->item[list->count++] = extension;
}

void extension_list_fill(extension_list *list)
{
    int formats = 0;
    *list = (extension_list){0};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        if (is_read(kinds[k].by))
            add(list, kinds[k].extension);
    sf_command(NULL, SFC_GET_FORMAT_MAJOR_COUNT, &formats, sizeof formats);
    for (int i = 0; i < formats; i++) {
        SF_FORMAT_INFO info = {.format = i};
        /* Raw samples have no header that could say what they are. */
        if (sf_command(NULL, SFC_GET_FORMAT_MAJOR, &info, sizeof info) == 0 && info.extension &&
            (info.format & SF_FORMAT_TYPEMASK) != SF_FORMAT_RAW)
            add(list, info.extension);
    }
}

bool extension_list_matches(const extension_list *list, const char *path)
{
    const char *extension = extension_of(path);
    return extension && contains(list, extension);
}

const char *lts_audio_unreadable_kind(const char *path)
{
    const char *extension = extension_of(path);
    for (size_t k = 0; extension && k < sizeof kinds / sizeof *kinds; k++)
        if (!is_read(kinds[k].by) && strcasecmp(kinds[k].extension, extension) == 0)
            return kinds[k].extension;
    return NULL;
}
