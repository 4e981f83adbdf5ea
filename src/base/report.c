#include "lts/base.h"

#include "base/one_line.h"

#include <time.h>

void lts_message(const lts_reporter *reporter, lts_level level, const char *format, ...)
{
    char text[1024];
    va_list arguments;
    if (!reporter || !reporter->message)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    keep_one_line(text);
    reporter->message(reporter->user, level, text);
}

void lts_progress(const lts_reporter *reporter, const char *what, double done, double total,
                  double rate)
{
    if (reporter && reporter->progress)
        reporter->progress(reporter->user, what, done, total, rate);
}

void lts_record(const lts_reporter *reporter, const char *event, const lts_field *fields,
                size_t count)
{
    if (reporter && reporter->record)
        reporter->record(reporter->user, event, fields, count);
}

bool lts_cancelled(const lts_reporter *reporter)
{
    return reporter && reporter->cancelled && reporter->cancelled(reporter->user);
}

double lts_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
