/* FFmpeg's functions, found in its libraries when the first file needs them: they and the hundred
 * that they bring take longer to load than all the rest of a program, and most sounds are
 * libsndfile's. */
#ifndef AUDIO_FFMPEG_FFMPEG_FUNCTIONS_H
#define AUDIO_FFMPEG_FFMPEG_FUNCTIONS_H

#include "lts/base.h"

#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswresample/swresample.h>

/* What is called of each library: X(function). */
#define FFMPEG_AVUTIL(X)                                                                           \
    X(av_dict_free)                                                                                \
    X(av_dict_set)                                                                                 \
    X(av_frame_alloc)                                                                              \
    X(av_frame_free)                                                                               \
    X(av_free)                                                                                     \
    X(av_freep)                                                                                    \
    X(av_log_set_level)                                                                            \
    X(av_malloc)                                                                                   \
    X(av_max_alloc)                                                                                \
    X(av_strdup)                                                                                   \
    X(av_strerror)
#define FFMPEG_AVCODEC(X)                                                                          \
    X(av_get_exact_bits_per_sample)                                                                \
    X(av_packet_alloc)                                                                             \
    X(av_packet_free)                                                                              \
    X(av_packet_unref)                                                                             \
    X(avcodec_alloc_context3)                                                                      \
    X(avcodec_find_decoder)                                                                        \
    X(avcodec_flush_buffers)                                                                       \
    X(avcodec_free_context)                                                                        \
    X(avcodec_open2)                                                                               \
    X(avcodec_parameters_to_context)                                                               \
    X(avcodec_receive_frame)                                                                       \
    X(avcodec_send_packet)
#define FFMPEG_AVFORMAT(X)                                                                         \
    X(av_find_best_stream)                                                                         \
    X(av_read_frame)                                                                               \
    X(avformat_alloc_context)                                                                      \
    X(avformat_close_input)                                                                        \
    X(avformat_find_stream_info)                                                                   \
    X(avformat_open_input)                                                                         \
    X(avformat_seek_file)                                                                          \
    X(avio_alloc_context)                                                                          \
    X(avio_context_free)
#define FFMPEG_SWRESAMPLE(X)                                                                       \
    X(swr_alloc_set_opts2)                                                                         \
    X(swr_convert)                                                                                 \
    X(swr_free)                                                                                    \
    X(swr_init)

#define FFMPEG_MEMBER(function) __typeof__(&function) function;
typedef struct ffmpeg_functions {
    FFMPEG_AVUTIL(FFMPEG_MEMBER)
    FFMPEG_AVCODEC(FFMPEG_MEMBER)
    FFMPEG_AVFORMAT(FFMPEG_MEMBER)
    FFMPEG_SWRESAMPLE(FFMPEG_MEMBER)
} ffmpeg_functions;
#undef FFMPEG_MEMBER

/* Constant once ffmpeg_load has returned true, and of no use before. */
extern ffmpeg_functions ffmpeg;

/* Loads the libraries of the major versions that this build was compiled with, once, and keeps
 * them. False, with the reason (SOURCE_REASON bytes), where one cannot be had. Thread-safe. */
bool ffmpeg_load(char *reason);

#endif
