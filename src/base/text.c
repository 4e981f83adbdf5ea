#include "lts/base.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#if defined(__APPLE__)
#include <xlocale.h>
#endif

static bool only_blanks(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

bool lts_parse_double(const char *text, double *value)
{
    /* A program that hosts this library may have set a locale with a decimal comma. */
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c_locale)
        return false;
    char *end = NULL;
    locale_t previous = uselocale(c_locale);
    double parsed = strtod(text, &end);
    uselocale(previous);
    freelocale(c_locale);
    if (end == text || !only_blanks(end) || !isfinite(parsed))
        return false;
    *value = parsed;
    return true;
}

bool lts_parse_int(const char *text, int64_t *value)
{
    char *end = NULL;
    errno = 0;
    long long parsed = strtoll(text, &end, 10);
    if (end == text || !only_blanks(end) || errno == ERANGE)
        return false;
    *value = parsed;
    return true;
}
