/* One file, written anew for every input: in memory where the system can. */
#ifndef LTS_FUZZ_SCRATCH_FILE_H
#define LTS_FUZZ_SCRATCH_FILE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char scratch_path[256];

static inline void remove_scratch_file(void)
{
    unlink(scratch_path);
}

/* The path of a file with these bytes; the next call overwrites it. */
static inline const char *scratch_file(const uint8_t *bytes, size_t size)
{
    if (!scratch_path[0]) {
        struct stat info;
        const char *folder = getenv("TMPDIR");
        if (!folder)
            folder =
                stat("/dev/shm", &info) == 0 && access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
        snprintf(scratch_path, sizeof scratch_path, "%s/lts-fuzz-%ld", folder, (long)getpid());
        atexit(remove_scratch_file);
    }
    FILE *stream = fopen(scratch_path, "wb");
    if (!stream || fwrite(bytes, 1, size, stream) != size || fclose(stream) != 0) {
        perror(scratch_path);
        abort();
    }
    return scratch_path;
}

#endif
