#include "audio/extensions.h"

#include <sndfile.h>
#include <string.h>
#include <strings.h>

/* Names in use beside the one libsndfile gives for each format. */
static const char *const aliases[] = {"wav", "wave", "bwf", "aif",  "aiff", "aifc", "au",
                                      "snd", "flac", "ogg", "oga",  "opus", "mp1",  "mp2",
                                      "mp3", "caf",  "w64", "rf64", "8svx"};

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
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        add(list, aliases[i]);
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
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    return dot && (!slash || dot > slash) && contains(list, dot + 1);
}
