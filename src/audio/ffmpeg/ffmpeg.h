/* A file's packets of sound by FFmpeg's libavformat, from a descriptor alone: nothing that a file
 * names, a playlist's entry or an address, is ever opened. ffmpeg_load is to be called before. */
#ifndef LTS_AUDIO_FFMPEG_FFMPEG_H
#define LTS_AUDIO_FFMPEG_FFMPEG_H

#include "audio/ffmpeg/ffmpeg_functions.h"

#include <unistd.h>

typedef struct ffmpeg_demuxer {
    int descriptor; /* the caller's */
    AVIOContext *io;
    AVFormatContext *format;
    AVStream *stream; /* the one that is read */
    AVPacket *packet;
    int failed; /* errno of a read that the system refused */
} ffmpeg_demuxer;

/* What reading all packets tells, without decoding any. */
typedef struct ffmpeg_survey {
    double promised; /* seconds that the header tells; below 0 when it does not */
    double seconds;  /* that the packets last */
    bool damaged;    /* a packet is not whole */
} ffmpeg_survey;

/* The names of the decoders that may be used, with commas between. */
extern const char ffmpeg_decoders[];

/* From the beginning of the file. Close after success and failure alike; a closed or zeroed one
 * with its descriptor can be opened again. */
lts_status ffmpeg_demuxer_open(ffmpeg_demuxer *demuxer, char *reason);
void ffmpeg_demuxer_close(ffmpeg_demuxer *demuxer);

/* The next packet of the stream, valid until the next call; NULL at the end. */
lts_status ffmpeg_demuxer_next(ffmpeg_demuxer *demuxer, const AVPacket **packet, char *reason);
/* The next packet is the last that begins at or before the time stamp. */
bool ffmpeg_demuxer_seek(ffmpeg_demuxer *demuxer, int64_t stamp);
/* Reads to the end. */
lts_status ffmpeg_demuxer_survey(ffmpeg_demuxer *demuxer, ffmpeg_survey *survey);

/* FFmpeg's words for `code` as the reason, and the status that goes with it. */
lts_status ffmpeg_refuse(char *reason, int code);

#endif
