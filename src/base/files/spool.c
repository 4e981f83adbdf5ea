#include "base/files/outfile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *spool_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return folder && folder[0] ? folder : "/tmp";
}

lts_status spool_open(const char *what, FILE **stream, lts_error *err)
{
    *stream = NULL;
    char *path = lts_path_join(spool_folder(), "latent-timbre-XXXXXX");
    if (!path)
        return lts_no_memory(what, err);
    int descriptor = mkstemp(path);
    if (descriptor >= 0) {
        unlink(path);
        *stream = fdopen(descriptor, "w+b");
    }
    int reason = errno;
    if (descriptor >= 0 && !*stream)
        close(descriptor);
    lts_free(path);
    if (*stream)
        return LTS_OK;
    return lts_fail(err, LTS_ERR_IO,
                    "%s: no temporary file in %s: %s: name another folder with TMPDIR", what,
                    spool_folder(), strerror(reason));
}
