#include "audio/ffmpeg/ffmpeg.h"

#include "audio/extensions.h"
#include "audio/source_backend.h"

#include <errno.h>
#include <string.h>

enum { IO_BUFFER = 1 << 15 }; /* bytes read at once */

/* A video in the file is passed over: nothing but these ever decodes what comes from outside. */
const char ffmpeg_decoders[] =
    "aac,aac_latm,ac3,alac,amrnb,amrwb,ape,dca,dsd_lsbf,dsd_lsbf_planar,dsd_msbf,dsd_msbf_planar,"
    "eac3,flac,mlp,mp1,mp1float,mp2,mp2float,mp3,mp3float,mpc7,mpc8,opus,ra_144,ra_288,cook,sipr,"
    "tak,truehd,tta,vorbis,wavpack,wmav1,wmav2,wmapro,wmalossless,wmavoice,adpcm_ms,adpcm_ima_wav,"
    "adpcm_ima_qt,adpcm_yamaha,adpcm_swf,gsm,gsm_ms,pcm_alaw,pcm_mulaw,pcm_u8,pcm_s8,pcm_s16le,"
    "pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_f64be";

lts_status ffmpeg_refuse(char *reason, int code)
{
    char said[AV_ERROR_MAX_STRING_SIZE];
    if (code == AVERROR(ENOMEM))
        return LTS_ERR_MEMORY;
    ffmpeg.av_strerror(code, said, sizeof said);
    source_copy_reason(reason, said);
    return LTS_ERR_FORMAT;
}

static int read_bytes(void *context, uint8_t *to, int count)
{
    ffmpeg_demuxer *demuxer = context;
    ssize_t got;
    do
        got = read(demuxer->descriptor, to, (size_t)count);
    while (got < 0 && errno == EINTR);
    demuxer->failed = got < 0 ? errno : demuxer->failed;
    return got > 0 ? (int)got : got == 0 ? AVERROR_EOF : AVERROR(EIO);
}

static int64_t seek_bytes(void *context, int64_t offset, int whence)
{
    const ffmpeg_demuxer *demuxer = context;
    if (whence == AVSEEK_SIZE) {
        const off_t here = lseek(demuxer->descriptor, 0, SEEK_CUR);
        const off_t size = lseek(demuxer->descriptor, 0, SEEK_END);
        return lseek(demuxer->descriptor, here, SEEK_SET) < 0 ? AVERROR(EIO) : size;
    }
    const off_t place = lseek(demuxer->descriptor, (off_t)offset, whence & ~AVSEEK_FORCE);
    return place < 0 ? AVERROR(errno) : place;
}

static int refuse_other_files(AVFormatContext *format, AVIOContext **io, const char *url, int flags,
                              AVDictionary **options)
{
    (void)format, (void)io, (void)url, (void)flags, (void)options;
    return AVERROR(EACCES);
}

static bool open_io(ffmpeg_demuxer *demuxer)
{
    uint8_t *buffer = ffmpeg.av_malloc(IO_BUFFER);
    demuxer->packet = ffmpeg.av_packet_alloc();
    demuxer->io = buffer ? ffmpeg.avio_alloc_context(buffer, IO_BUFFER, 0, demuxer, read_bytes,
                                                     NULL, seek_bytes)
                         : NULL;
    if (!demuxer->io)
        ffmpeg.av_free(buffer);
    return demuxer->io && demuxer->packet && lseek(demuxer->descriptor, 0, SEEK_SET) == 0;
}

static int find_stream(ffmpeg_demuxer *demuxer)
{
    AVFormatContext *format = demuxer->format;
    int code = ffmpeg.avformat_find_stream_info(format, NULL);
    if (code >= 0)
        code = ffmpeg.av_find_best_stream(format, AVMEDIA_TYPE_AUDIO, -1, -1, NULL, 0);
    if (code < 0)
        return code;
    demuxer->stream = format->streams[code];
    for (unsigned s = 0; s < format->nb_streams; s++)
        if (format->streams[s] != demuxer->stream)
            format->streams[s]->discard = AVDISCARD_ALL;
    return code;
}

lts_status ffmpeg_demuxer_open(ffmpeg_demuxer *demuxer, char *reason)
{
    AVDictionary *options = NULL;
    if (!open_io(demuxer) || !(demuxer->format = ffmpeg.avformat_alloc_context()))
        return LTS_ERR_MEMORY;
    demuxer->format->pb = demuxer->io;
    demuxer->format->io_open = refuse_other_files;
    demuxer->format->flags |= AVFMT_FLAG_CUSTOM_IO;
    int code = ffmpeg.av_dict_set(&options, "format_whitelist", audio_demuxers, 0);
    if (code >= 0)
        code = ffmpeg.av_dict_set(&options, "codec_whitelist", ffmpeg_decoders, 0);
    if (code >= 0)
        code = ffmpeg.avformat_open_input(&demuxer->format, "", NULL, &options);
    ffmpeg.av_dict_free(&options);
    if (code < 0)
        return ffmpeg_refuse(reason, code);
    /* A worse guess lets texts pass for sound. */
    if (demuxer->format->probe_score <= AVPROBE_SCORE_RETRY)
        return ffmpeg_refuse(reason, AVERROR_INVALIDDATA);
    code = find_stream(demuxer);
    return code < 0 ? ffmpeg_refuse(reason, code) : LTS_OK;
}

void ffmpeg_demuxer_close(ffmpeg_demuxer *demuxer)
{
    ffmpeg.avformat_close_input(&demuxer->format);
    ffmpeg.av_packet_free(&demuxer->packet);
    if (demuxer->io)
        ffmpeg.av_freep(&demuxer->io->buffer);
    ffmpeg.avio_context_free(&demuxer->io);
    demuxer->stream = NULL;
    demuxer->failed = 0;
}

lts_status ffmpeg_demuxer_next(ffmpeg_demuxer *demuxer, const AVPacket **packet, char *reason)
{
    *packet = NULL;
    do {
        ffmpeg.av_packet_unref(demuxer->packet);
        int code = ffmpeg.av_read_frame(demuxer->format, demuxer->packet);
        if (demuxer->failed) {
            source_copy_reason(reason, strerror(demuxer->failed));
            return LTS_ERR_IO;
        }
        if (code == AVERROR_EOF)
            return LTS_OK;
        if (code < 0)
            return ffmpeg_refuse(reason, code);
    } while (demuxer->packet->stream_index != demuxer->stream->index);
    /* The last block of plain samples may be smaller; that some are missing shows in the length. */
    const bool plain = ffmpeg.av_get_exact_bits_per_sample(demuxer->stream->codecpar->codec_id) > 0;
    if (demuxer->packet->flags & AV_PKT_FLAG_CORRUPT && !plain) {
        source_copy_reason(reason, "a packet is not whole");
        return LTS_ERR_FORMAT;
    }
    *packet = demuxer->packet;
    return LTS_OK;
}

bool ffmpeg_demuxer_seek(ffmpeg_demuxer *demuxer, int64_t stamp)
{
    return ffmpeg.avformat_seek_file(demuxer->format, demuxer->stream->index, INT64_MIN, stamp,
                                     stamp, 0) >= 0;
}

/* Seconds as the header tells them, below 0 when they are a guess. */
static double promised_seconds(const ffmpeg_demuxer *demuxer)
{
    const AVFormatContext *format = demuxer->format;
    const AVStream *stream = demuxer->stream;
    if (format->duration_estimation_method == AVFMT_DURATION_FROM_BITRATE)
        return -1;
    if (stream->duration != AV_NOPTS_VALUE && stream->duration > 0)
        return (double)stream->duration * av_q2d(stream->time_base);
    return format->duration > 0 ? (double)format->duration / AV_TIME_BASE : -1;
}

lts_status ffmpeg_demuxer_survey(ffmpeg_demuxer *demuxer, ffmpeg_survey *survey)
{
    const double unit = av_q2d(demuxer->stream->time_base);
    char reason[SOURCE_REASON];
    int64_t start = demuxer->stream->start_time;
    lts_status status;
    *survey = (ffmpeg_survey){.promised = promised_seconds(demuxer)};
    for (;;) {
        const AVPacket *packet;
        status = ffmpeg_demuxer_next(demuxer, &packet, reason);
        if (status != LTS_OK || !packet)
            break;
        const double lasts = packet->duration > 0 ? (double)packet->duration * unit : 0;
        if (packet->pts == AV_NOPTS_VALUE) {
            survey->seconds += lasts;
            continue;
        }
        start = start == AV_NOPTS_VALUE ? packet->pts : start;
        const double end = (double)(packet->pts - start) * unit + lasts;
        survey->seconds = end > survey->seconds ? end : survey->seconds;
    }
    survey->damaged = status != LTS_OK;
    return status == LTS_ERR_MEMORY ? status : LTS_OK;
}
