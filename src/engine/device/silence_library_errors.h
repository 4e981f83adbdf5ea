/* ALSA and JACK write a screenful to stderr when they look for hardware that is not there. */
#ifndef ENGINE_DEVICE_SILENCE_LIBRARY_ERRORS_H
#define ENGINE_DEVICE_SILENCE_LIBRARY_ERRORS_H

/* From here on they do not: what matters comes back as an error code. No effect without them. */
void silence_library_errors(void);

#endif
