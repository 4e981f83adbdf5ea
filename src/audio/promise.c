#include "audio/promise.h"

#include "formats/bytes.h"

#include <unistd.h>

/* A file of chunks: an identifier, a size, then as many bytes. */
typedef struct chunk_format {
    char magic[5], sound[5]; /* the beginning of the file; of the chunk with the samples */
    bool big_endian, counts_itself;
    unsigned first;     /* offset of the first chunk */
    unsigned id, size;  /* bytes of the identifier and of the size */
    unsigned alignment; /* of the next chunk */
} chunk_format;

static const chunk_format chunk_formats[] = {
    {"RIFF", "data", false, false, 12, 4, 4, 2}, {"RF64", "data", false, false, 12, 4, 4, 2},
    {"BW64", "data", false, false, 12, 4, 4, 2}, {"FORM", "SSND", true, false, 12, 4, 4, 2},
    {"riff", "data", false, true, 40, 16, 8, 8}, {"caff", "data", true, false, 8, 4, 8, 1},
};

/* No real file has as many chunks before its samples. */
enum { CHUNK_LIMIT = 1000, CHUNK_HEADER = 24, WAV_SLACK = 8 };

static uint64_t load(const unsigned char *from, unsigned bytes, bool big_endian)
{
    uint64_t value = 0;
    if (!big_endian)
        return load_little(from, bytes);
    for (unsigned i = 0; i < bytes; i++)
        value = value << 8 | from[i];
    return value;
}

static bool read_at(int descriptor, uint64_t at, unsigned char *to, size_t count)
{
    return pread(descriptor, to, count, (off_t)at) == (ssize_t)count;
}

/* Sizes that writers leave in the header of what they cannot rewind: 0, all ones and the largest
 * signed number, rounded down to whole frames; SoX takes 0x7f000000 for AIFF, arecord 2^31. */
static bool is_placeholder(uint64_t size, unsigned bytes)
{
    enum { ROUNDING = 0x2000 };
    const uint64_t largest = UINT64_C(0x7fffffff), sox = UINT64_C(0x7f000000);
    if (bytes == 8)
        return size == 0 || size >= INT64_MAX;
    return size == 0 || size >= UINT32_MAX - ROUNDING ||
           (size >= largest - ROUNDING && size <= largest + 1) ||
           (size >= sox - ROUNDING && size <= sox + ROUNDING);
}

static bool read_chunks(int descriptor, uint64_t file_size, const chunk_format *format,
                        sound_bytes *bytes)
{
    const unsigned header = format->id + format->size;
    uint64_t at = format->first, long_size = 0;
    unsigned char chunk[CHUNK_HEADER], sizes[16];
    for (int i = 0; i < CHUNK_LIMIT && read_at(descriptor, at, chunk, header); i++) {
        const uint64_t told = load(chunk + format->id, format->size, format->big_endian);
        const uint64_t itself = format->counts_itself ? header : 0;
        uint64_t size = told > itself ? told - itself : 0;
        at += header;
        if (memcmp(chunk, format->sound, 4) == 0) {
            const bool known = long_size && told == UINT32_MAX;
            *bytes = (sound_bytes){.promised = known ? long_size : size,
                                   .present = at < file_size ? file_size - at : 0,
                                   .slack = format->big_endian ? 0 : WAV_SLACK};
            return known || (size != 0 && !is_placeholder(told, format->size));
        }
        if (memcmp(chunk, "ds64", 4) == 0 && read_at(descriptor, at, sizes, sizeof sizes))
            long_size = load_little(sizes + 8, 8);
        if (size >= file_size)
            return false;
        at += (size + format->alignment - 1) / format->alignment * format->alignment;
    }
    return false;
}

/* ".snd" or "dns.": the offset of the samples and their size, all ones when it is not known. */
static bool read_au(int descriptor, uint64_t file_size, bool big_endian, sound_bytes *bytes)
{
    unsigned char header[8];
    if (!read_at(descriptor, 4, header, sizeof header))
        return false;
    const uint64_t at = load(header, 4, big_endian), size = load(header + 4, 4, big_endian);
    *bytes = (sound_bytes){.promised = size, .present = at < file_size ? file_size - at : 0};
    return !is_placeholder(size, 4);
}

/* The first frame of an MPEG stream may hold, in place of sound, the size of the whole stream. */
static bool read_xing(int descriptor, uint64_t file_size, sound_bytes *bytes)
{
    static const unsigned char places[] = {13, 21, 36}; /* by version and channels */
    enum { HAS_FRAMES = 1, HAS_BYTES = 2 };
    unsigned char tag[10], frame[56];
    uint64_t at = 0;
    if (!read_at(descriptor, 0, tag, sizeof tag))
        return false;
    if (memcmp(tag, "ID3", 3) == 0)
        at = 10 + ((uint64_t)(tag[6] & 127) << 21 | (uint64_t)(tag[7] & 127) << 14 |
                   (uint64_t)(tag[8] & 127) << 7 | (uint64_t)(tag[9] & 127));
    if (!read_at(descriptor, at, frame, sizeof frame) || frame[0] != 0xff || frame[1] < 0xe0)
        return false;
    for (size_t p = 0; p < sizeof places; p++) {
        const unsigned char *xing = frame + places[p];
        if (memcmp(xing, "Xing", 4) != 0 && memcmp(xing, "Info", 4) != 0)
            continue;
        const uint64_t has = load(xing + 4, 4, true);
        *bytes = (sound_bytes){.promised = load(xing + (has & HAS_FRAMES ? 12 : 8), 4, true),
                               .present = file_size - at};
        return has & HAS_BYTES && bytes->promised > 0;
    }
    return false;
}

/* ISO base media (m4a): atoms of a size, which counts itself, and a name; "mdat" has the sound. */
static bool read_atoms(int descriptor, uint64_t file_size, sound_bytes *bytes)
{
    unsigned char atom[16];
    uint64_t at = 0;
    for (int i = 0; i < CHUNK_LIMIT && read_at(descriptor, at, atom, sizeof atom); i++) {
        const uint64_t told = load(atom, 4, true),
                       size = told == 1 ? load(atom + 8, 8, true) : told;
        if (memcmp(atom + 4, "mdat", 4) == 0) {
            *bytes = (sound_bytes){.promised = size, .present = file_size - at};
            return !is_placeholder(size, 8);
        }
        if (size < 8 || size >= file_size - at)
            return false;
        at += size;
    }
    return false;
}

/* ASF (wma): an object in the header tells the size of the whole file, unless it was broadcast. */
static bool read_asf(int descriptor, uint64_t file_size, sound_bytes *bytes)
{
    static const unsigned char properties[8] = {0xa1, 0xdc, 0xab, 0x8c, 0x47, 0xa9, 0xcf, 0x11};
    enum { FIRST = 30, SIZE = 16, FILE_SIZE = 40, FLAGS = 88, BROADCAST = 1 };
    unsigned char object[FLAGS + 4];
    uint64_t at = FIRST;
    for (int i = 0; i < CHUNK_LIMIT && read_at(descriptor, at, object, sizeof object); i++) {
        const uint64_t size = load_little(object + SIZE, 8);
        if (memcmp(object, properties, sizeof properties) == 0) {
            *bytes =
                (sound_bytes){.promised = load_little(object + FILE_SIZE, 8), .present = file_size};
            return !(load_little(object + FLAGS, 4) & BROADCAST) &&
                   !is_placeholder(bytes->promised, 8);
        }
        if (size < SIZE || size >= file_size - at)
            return false;
        at += size;
    }
    return false;
}

bool promise_read(int descriptor, uint64_t file_size, sound_bytes *bytes)
{
    static const unsigned char asf[4] = {0x30, 0x26, 0xb2, 0x75};
    unsigned char magic[8];
    *bytes = (sound_bytes){0};
    if (!read_at(descriptor, 0, magic, sizeof magic))
        return false;
    for (size_t f = 0; f < sizeof chunk_formats / sizeof *chunk_formats; f++)
        if (memcmp(magic, chunk_formats[f].magic, 4) == 0)
            return read_chunks(descriptor, file_size, &chunk_formats[f], bytes);
    if (memcmp(magic, ".snd", 4) == 0 || memcmp(magic, "dns.", 4) == 0)
        return read_au(descriptor, file_size, magic[0] == '.', bytes);
    if (memcmp(magic + 4, "ftyp", 4) == 0)
        return read_atoms(descriptor, file_size, bytes);
    if (memcmp(magic, asf, sizeof asf) == 0)
        return read_asf(descriptor, file_size, bytes);
    return read_xing(descriptor, file_size, bytes);
}

bool promise_is_unclosed(int descriptor, uint64_t file_size)
{
    unsigned char header[8];
    sound_bytes bytes;
    if (!read_at(descriptor, 0, header, sizeof header) || memcmp(header, "RIFF", 4) != 0)
        return false;
    if (promise_read(descriptor, file_size, &bytes) || bytes.promised != 0 || bytes.present == 0)
        return false;
    const uint64_t whole = load_little(header + 4, 4);
    return is_placeholder(whole, 4) || whole + 8 <= file_size - bytes.present;
}
