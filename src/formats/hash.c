#include "lts/formats.h"

#include <errno.h>
#include <string.h>
#include <xxhash.h>

enum { BLOCK = 1 << 16 };

static void write_text(XXH128_hash_t hash, char text[LTS_HASH_TEXT])
{
    snprintf(text, LTS_HASH_TEXT, "%016llx%016llx", (unsigned long long)hash.high64,
             (unsigned long long)hash.low64);
}

void lts_hash_bytes(const void *bytes, size_t size, char text[LTS_HASH_TEXT])
{
    write_text(XXH3_128bits(bytes, size), text);
}

/* Read, not mapped: a file that shrinks meanwhile is then only a shorter file. */
static bool hash_stream(FILE *stream, XXH3_state_t *state, unsigned char *block)
{
    size_t got;
    XXH3_128bits_reset(state);
    while ((got = fread(block, 1, BLOCK, stream)) > 0)
        XXH3_128bits_update(state, block, got);
    return !ferror(stream);
}

lts_status lts_hash_file(const char *path, char text[LTS_HASH_TEXT], lts_error *err)
{
    text[0] = '\0';
    unsigned char *block = lts_alloc(BLOCK, 1);
    XXH3_state_t *state = XXH3_createState();
    FILE *stream = NULL;
    uint64_t size;
    lts_status status =
        block && state ? lts_open_file(path, &stream, &size, err) : lts_no_memory(path, err);
    if (status != LTS_OK)
        goto done;
    if (hash_stream(stream, state, block))
        write_text(XXH3_128bits_digest(state), text);
    else
        status = lts_fail(err, LTS_ERR_IO, "%s: %s", path, strerror(errno));
done:
    if (stream)
        fclose(stream);
    XXH3_freeState(state);
    lts_free(block);
    return status;
}
