/* Any bytes as the header of a sound file: what it promises is read without harm, and never more is
 * found than the file has. */
#include "audio/promise.h"
#include "scratch_file.h"

#include <fcntl.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    sound_bytes found;
    const int descriptor = open(scratch_file(bytes, size), O_RDONLY);
    if (descriptor < 0)
        abort();
    const bool promised = promise_read(descriptor, size, &found);
    if (found.present > size || (promised && found.promised == 0))
        abort();
    if (promised && promise_is_unclosed(descriptor, size))
        abort();
    if (lseek(descriptor, 0, SEEK_CUR) != 0)
        abort();
    close(descriptor);
    return 0;
}
