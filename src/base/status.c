#include "lts/base.h"

#include "base/one_line.h"

static const char *const status_text[LTS_STATUS_COUNT] = {
    [LTS_OK] = "no error",
    [LTS_ERR_MEMORY] = "out of memory",
    [LTS_ERR_ARGUMENT] = "setting out of range",
    [LTS_ERR_IO] = "cannot read or write",
    [LTS_ERR_NOT_FOUND] = "not found",
    [LTS_ERR_EXISTS] = "already exists",
    [LTS_ERR_FORMAT] = "malformed data",
    [LTS_ERR_SHAPE] = "sizes do not agree",
    [LTS_ERR_NONFINITE] = "not a finite number",
    [LTS_ERR_CANCELLED] = "cancelled",
    [LTS_ERR_PLUGIN] = "a plugin failed",
};

const char *lts_strerror(lts_status status)
{
    if ((unsigned)status >= LTS_STATUS_COUNT)
        return "unknown status";
    return status_text[status];
}

lts_status lts_fail(lts_error *err, lts_status status, const char *format, ...)
{
    if (err) {
        va_list arguments;
        err->status = status;
        va_start(arguments, format);
        vsnprintf(err->text, sizeof err->text, format, arguments);
        va_end(arguments);
        keep_one_line(err->text);
    }
    return status;
}

lts_status lts_no_memory(const char *place, lts_error *err)
{
    return lts_fail(err, LTS_ERR_MEMORY, "%s: out of memory", place);
}
