/* How many bytes of sound a file's header promises, against how many the file has. */
#ifndef LTS_AUDIO_PROMISE_H
#define LTS_AUDIO_PROMISE_H

#include "lts/base.h"

typedef struct sound_bytes {
    uint64_t promised, present;
    uint64_t slack; /* so many may be missing: a WAV's writer may count a field of the header too */
} sound_bytes;

/* Reads the headers of WAV, RF64, W64, AIFF, AU, CAF, m4a, wma and of MP3 (its Xing frame). False
 * when the file is of another kind or does not say, as one that was streamed: its writer could not
 * go back to the header, which holds 0 or the largest size there is. Leaves the place in the file
 * alone. */
bool promise_read(int descriptor, uint64_t file_size, sound_bytes *bytes);

/* Whether a WAV's header says that there is no sound although there is some: its writer could not
 * go back, or was killed before it did. */
bool promise_is_unclosed(int descriptor, uint64_t file_size);

#endif
