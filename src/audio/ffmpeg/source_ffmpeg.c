#include "audio/ffmpeg/ffmpeg.h"
#include "audio/source_backend.h"

#include <math.h>
#include <string.h>

/* Seconds read before the place that is wanted, so that what a decoder keeps from packet to packet
 * is there when it comes. */
static const double preroll = 0.5;
/* Seconds that may be missing at the end of what counts in milliseconds or whole packets. */
static const double inexact = 0.25;

typedef struct ffmpeg_file {
    ffmpeg_demuxer demuxer;
    AVCodecContext *decoder;
    SwrContext *converter;
    AVFrame *frame;
    float *block;      /* a decoded frame: `block_end` frames of interleaved channels */
    size_t block_room; /* frames */
    size_t block_at, block_end;
    int64_t first, skip; /* time stamp of the first frame of all; frames to be dropped next */
    source_format format;
    bool can_jump;
} ffmpeg_file;

static void close_decoder(ffmpeg_file *file)
{
    ffmpeg.avcodec_free_context(&file->decoder);
    ffmpeg.swr_free(&file->converter);
    ffmpeg_demuxer_close(&file->demuxer);
}

static void close_sound(void *context)
{
    ffmpeg_file *file = context;
    close_decoder(file);
    ffmpeg.av_frame_free(&file->frame);
    close(file->demuxer.descriptor);
    lts_free(file->block);
    lts_free(file);
}

/* From the beginning, whatever was read before. */
static lts_status open_decoder(ffmpeg_file *file, char *reason)
{
    close_decoder(file);
    lts_status status = ffmpeg_demuxer_open(&file->demuxer, reason);
    if (status != LTS_OK)
        return status;
    const AVCodecParameters *parameters = file->demuxer.stream->codecpar;
    const AVCodec *codec = ffmpeg.avcodec_find_decoder(parameters->codec_id);
    if (!codec)
        return ffmpeg_refuse(reason, AVERROR_DECODER_NOT_FOUND);
    file->decoder = ffmpeg.avcodec_alloc_context3(codec);
    if (!file->decoder)
        return LTS_ERR_MEMORY;
    int code = ffmpeg.avcodec_parameters_to_context(file->decoder, parameters);
    file->decoder->pkt_timebase = file->demuxer.stream->time_base;
    file->decoder->thread_count = 1;
    file->decoder->err_recognition = AV_EF_CRCCHECK | AV_EF_EXPLODE;
    file->decoder->codec_whitelist = ffmpeg.av_strdup(ffmpeg_decoders);
    if (code >= 0)
        code = ffmpeg.avcodec_open2(file->decoder, codec, NULL);
    file->block_at = file->block_end = 0;
    file->skip = 0;
    return code < 0 ? ffmpeg_refuse(reason, code) : LTS_OK;
}

/* The next decoded frame; *ended at the end. */
static lts_status receive_frame(ffmpeg_file *file, bool *ended, char *reason)
{
    *ended = false;
    for (;;) {
        int code = ffmpeg.avcodec_receive_frame(file->decoder, file->frame);
        *ended = code == AVERROR_EOF;
        if (code >= 0 || *ended)
            return LTS_OK;
        if (code != AVERROR(EAGAIN))
            return ffmpeg_refuse(reason, code);
        const AVPacket *packet;
        lts_status status = ffmpeg_demuxer_next(&file->demuxer, &packet, reason);
        if (status != LTS_OK)
            return status;
        code = ffmpeg.avcodec_send_packet(file->decoder, packet);
        if (code < 0)
            return ffmpeg_refuse(reason, code);
    }
}

static lts_status make_converter(ffmpeg_file *file, char *reason)
{
    AVFrame *frame = file->frame;
    int code = ffmpeg.swr_alloc_set_opts2(&file->converter, &frame->ch_layout, AV_SAMPLE_FMT_FLT,
                                          frame->sample_rate, &frame->ch_layout, frame->format,
                                          frame->sample_rate, 0, NULL);
    if (code >= 0)
        code = ffmpeg.swr_init(file->converter);
    return code < 0 ? ffmpeg_refuse(reason, code) : LTS_OK;
}

static lts_status make_room(ffmpeg_file *file, size_t frames)
{
    if (frames <= file->block_room)
        return LTS_OK;
    lts_free(file->block);
    file->block = lts_alloc(frames * (size_t)file->format.channels, sizeof *file->block);
    file->block_room = file->block ? frames : 0;
    return file->block ? LTS_OK : LTS_ERR_MEMORY;
}

/* Fills the block, which is empty at the end alone. */
static lts_status next_block(ffmpeg_file *file, char *reason)
{
    const AVFrame *frame = file->frame;
    bool ended;
    file->block_at = file->block_end = 0;
    lts_status status = receive_frame(file, &ended, reason);
    if (status != LTS_OK || ended)
        return status;
    if (file->format.rate == 0) {
        file->format.rate = frame->sample_rate;
        file->format.channels = frame->ch_layout.nb_channels;
        file->first = frame->pts;
    }
    if (frame->sample_rate != file->format.rate ||
        frame->ch_layout.nb_channels != file->format.channels || frame->nb_samples < 0) {
        source_copy_reason(reason, "the sample rate or the channels change");
        return LTS_ERR_FORMAT;
    }
    if (!file->converter)
        status = make_converter(file, reason);
    if (status != LTS_OK)
        return status;
    status = make_room(file, (size_t)frame->nb_samples);
    if (status != LTS_OK)
        return status;
    uint8_t *to = (uint8_t *)file->block;
    int count = ffmpeg.swr_convert(file->converter, &to, frame->nb_samples,
                                   (const uint8_t **)frame->extended_data, frame->nb_samples);
    if (count < 0)
        return ffmpeg_refuse(reason, count);
    file->block_end = (size_t)count;
    return LTS_OK;
}

static lts_status read_sound(void *context, float *frames, size_t count, size_t *got, char *reason)
{
    ffmpeg_file *file = context;
    const size_t channels = (size_t)file->format.channels;
    *got = 0;
    while (*got < count) {
        if (file->block_at == file->block_end) {
            lts_status status = next_block(file, reason);
            if (status != LTS_OK || file->block_end == 0)
                return status;
        }
        size_t have = file->block_end - file->block_at;
        if (file->skip > 0) {
            const size_t dropped = file->skip < (int64_t)have ? (size_t)file->skip : have;
            file->block_at += dropped;
            file->skip -= (int64_t)dropped;
            continue;
        }
        have = have < count - *got ? have : count - *got;
        memcpy(frames + *got * channels, file->block + file->block_at * channels,
               have * channels * sizeof *frames);
        file->block_at += have;
        *got += have;
    }
    return LTS_OK;
}

/* Jumps to a packet before `position` whose place is known to the sample. */
static bool jump(ffmpeg_file *file, int64_t position)
{
    char reason[SOURCE_REASON];
    const int64_t wanted = file->first + position;
    const int64_t before = (int64_t)llround(preroll * file->format.rate);
    if (!file->can_jump || position <= 2 * before ||
        !ffmpeg_demuxer_seek(&file->demuxer, wanted - before))
        return false;
    ffmpeg.avcodec_flush_buffers(file->decoder);
    file->skip = 0;
    if (next_block(file, reason) != LTS_OK || file->block_end == 0 ||
        file->frame->pts == AV_NOPTS_VALUE || file->frame->pts > wanted)
        return false;
    file->skip = wanted - file->frame->pts;
    return true;
}

static bool seek_sound(void *context, int64_t position)
{
    ffmpeg_file *file = context;
    char reason[SOURCE_REASON];
    if (file->format.check_end)
        return false;
    if (jump(file, position))
        return true;
    if (open_decoder(file, reason) != LTS_OK)
        return false;
    file->skip = position;
    return true;
}

/* The length as the file says it, or by its packets where it is a guess. */
static void measure(ffmpeg_file *file, const ffmpeg_survey *survey)
{
    source_format *format = &file->format;
    const AVRational base = file->demuxer.stream->time_base;
    const bool counts_samples = base.num == 1 && base.den == format->rate;
    const double promised = survey->promised >= 0 ? survey->promised : survey->seconds;
    file->can_jump = counts_samples && file->first != AV_NOPTS_VALUE;
    format->frames = (int64_t)llround(promised * format->rate);
    if (!counts_samples || survey->promised < 0)
        format->slack = (int64_t)llround(inexact * format->rate);
    format->check_end = survey->damaged || promised - survey->seconds > inexact;
}

static lts_status open_sound(int descriptor, source_format *format, void **out, char *reason)
{
    ffmpeg_survey survey;
    *out = NULL;
    if (!ffmpeg_load(reason)) {
        close(descriptor);
        return LTS_ERR_FORMAT;
    }
    ffmpeg_file *file = lts_alloc(1, sizeof *file);
    if (!file) {
        close(descriptor);
        return LTS_ERR_MEMORY;
    }
    file->demuxer.descriptor = descriptor;
    file->frame = ffmpeg.av_frame_alloc();
    lts_status status = file->frame ? LTS_OK : LTS_ERR_MEMORY;
    if (status != LTS_OK)
        goto done;
    status = ffmpeg_demuxer_open(&file->demuxer, reason);
    if (status != LTS_OK)
        goto done;
    status = ffmpeg_demuxer_survey(&file->demuxer, &survey);
    if (status != LTS_OK)
        goto done;
    status = open_decoder(file, reason);
    if (status != LTS_OK)
        goto done;
    status = next_block(file, reason);
    if (status != LTS_OK)
        goto done;
    if (file->block_end == 0) {
        source_copy_reason(reason, "no sound in it");
        status = LTS_ERR_FORMAT;
        goto done;
    }
    measure(file, &survey);
    *format = file->format;
    *out = file;
    file = NULL;
done:
    if (file)
        close_sound(file);
    return status;
}

const source_backend source_ffmpeg = {.name = "FFmpeg",
                                      .open = open_sound,
                                      .close = close_sound,
                                      .seek = seek_sound,
                                      .read = read_sound};
