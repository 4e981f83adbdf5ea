#include "base/files/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

const char *outfile_shown(const lts_outfile *file)
{
    return strcmp(file->name, "-") == 0 ? "standard output" : file->name;
}

lts_status outfile_fail(const lts_outfile *file, int reason, lts_error *err)
{
    if (reason == EPIPE)
        return lts_fail(err, LTS_ERR_IO, "%s: whoever read it has left before the end",
                        outfile_shown(file));
    return lts_fail(err, LTS_ERR_IO, "%s: could not be written whole: %s", outfile_shown(file),
                    reason ? strerror(reason) : "write error");
}

lts_status outfile_refuse(const lts_outfile *file, int reason, lts_error *err)
{
    char *folder = path_folder(file->folder == AT_FDCWD ? file->path : file->name);
    lts_status status;
    if (reason == ENOMEM || !folder)
        status = lts_no_memory(file->name, err);
    else if (reason == ENOENT)
        status = lts_fail(err, LTS_ERR_IO, "%s: cannot be written: there is no folder %s: make it",
                          file->name, folder);
    else if (reason == EACCES || reason == EROFS || reason == EPERM)
        status = lts_fail(err, LTS_ERR_IO,
                          "%s: cannot be written: nothing new can be made in %s: %s: name another "
                          "folder or allow writing there",
                          file->name, folder, strerror(reason));
    else
        status =
            lts_fail(err, LTS_ERR_IO, "%s: cannot be written: %s", file->name, strerror(reason));
    lts_free(folder);
    return status;
}
