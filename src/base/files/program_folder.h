/* Where the running program lies, for what is installed with it. */
#ifndef BASE_FILES_PROGRAM_FOLDER_H
#define BASE_FILES_PROGRAM_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

/* The folder of the running program; false when the system does not say, or `size` bytes are too
 * few. */
bool program_folder(char *folder, size_t size);

#endif
