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

void lts_number_text(char text[LTS_NUMBER_TEXT], double value)
{
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    locale_t previous = c_locale ? uselocale(c_locale) : (locale_t)0;
    double back = 0;
    if (value == floor(value) && fabs(value) < 1e15)
        snprintf(text, LTS_NUMBER_TEXT, "%.0f", value);
    else
        for (int digits = 6; digits <= 17; digits++) {
            snprintf(text, LTS_NUMBER_TEXT, "%.*g", digits, value);
            if (!lts_parse_double(text, &back) || back == value)
                break;
        }
    if (c_locale) {
        uselocale(previous);
        freelocale(c_locale);
    }
}

enum { LONGEST_WORD = 255 };

static int folded(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t lts_edit_distance(const char *a, const char *b, size_t limit)
{
    const size_t a_length = strlen(a), b_length = strlen(b);
    const size_t difference = a_length > b_length ? a_length - b_length : b_length - a_length;
    size_t rows[3][LONGEST_WORD + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    if (a_length > LONGEST_WORD || b_length > LONGEST_WORD || difference >= limit)
        return SIZE_MAX;
    for (size_t j = 0; j <= b_length; j++)
        last[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t smallest = now[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            int x = folded(a[i - 1]), y = folded(b[j - 1]);
            now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == folded(b[j - 2]) && y == folded(a[i - 2]))
                now[j] = least(now[j], before[j - 2] + 1);
            smallest = least(smallest, now[j]);
        }
        /* A swap of two letters may still undo one step of the row before. */
        if (smallest > limit)
            return SIZE_MAX;
        size_t *oldest = before;
        before = last;
        last = now;
        now = oldest;
    }
    return last[b_length] < limit ? last[b_length] : SIZE_MAX;
}

size_t lts_nearest(const char *word, const char *const *words, size_t count)
{
    size_t nearest = count, nearest_distance = SIZE_MAX, length = strlen(word);
    for (size_t w = 0; w < count && length <= LONGEST_WORD; w++) {
        size_t other = strlen(words[w]), longer = length > other ? length : other;
        size_t distance =
            lts_edit_distance(word, words[w], least(longer / 3 + 1, nearest_distance));
        if (distance < nearest_distance) {
            nearest = w;
            nearest_distance = distance;
        }
    }
    return nearest;
}
