/* Feeds every file of the given folders to the fuzz target it is linked to, so that what a fuzzer
 * once found stays a test where there is no fuzzer. */
#include "lts/base.h"

#include <dirent.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { FILE_LIMIT = 1 << 24 };

/* How many files there were; 0 when something went wrong, which has been said. */
static size_t replay(const char *folder)
{
    size_t count = 0;
    DIR *stream = opendir(folder);
    if (!stream) {
        perror(folder);
        return 0;
    }
    for (struct dirent *entry; (entry = readdir(stream));) {
        lts_error err;
        char *bytes, *path = lts_path_join(folder, entry->d_name);
        size_t size;
        if (entry->d_name[0] == '.') {
            lts_free(path);
            continue;
        }
        if (lts_read_file(path, FILE_LIMIT, &bytes, &size, &err) != LTS_OK) {
            fprintf(stderr, "%s\n", err.text);
            closedir(stream);
            lts_free(path);
            return 0;
        }
        LLVMFuzzerTestOneInput((const uint8_t *)bytes, size);
        count++;
        lts_free(bytes);
        lts_free(path);
    }
    closedir(stream);
    if (count == 0)
        fprintf(stderr, "%s: no files to replay\n", folder);
    return count;
}

int main(int argc, char **argv)
{
    size_t total = 0;
    if (argc < 2) {
        fprintf(stderr, "usage: %s FOLDER...\n", argv[0]);
        return 2;
    }
    for (int i = 1; i < argc; i++) {
        size_t count = replay(argv[i]);
        if (count == 0)
            return 1;
        total += count;
    }
    printf("%zu files replayed\n", total);
    return 0;
}
