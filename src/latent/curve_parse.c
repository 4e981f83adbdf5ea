#include "latent/curve.h"

#include <string.h>
#include <strings.h>

enum { LONGEST_NUMBER = 64 };

typedef struct line {
    const char *start, *end;
    size_t number;
} line;

/* The next line, without its end; false when there is none. */
static bool next_line(const char **cursor, const char *end, line *current)
{
    const char *p = *cursor;
    if (p >= end)
        return false;
    current->start = p;
    while (p < end && *p != '\n' && *p != '\r')
        p++;
    current->end = p;
    if (p < end && *p == '\r' && p + 1 < end && p[1] == '\n')
        p++;
    *cursor = p < end ? p + 1 : p;
    current->number++;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

/* Cuts the comment and the blanks on both sides. */
static void trim(line *current)
{
    const char *comment = memchr(current->start, '#', (size_t)(current->end - current->start));
    if (comment)
        current->end = comment;
    while (current->start < current->end && is_blank(*current->start))
        current->start++;
    while (current->start < current->end && is_blank(current->end[-1]))
        current->end--;
}

static bool is_header(const line *current)
{
    size_t length = (size_t)(current->end - current->start);
    return (length >= 4 && strncasecmp(current->start, "time", 4) == 0) ||
           (length >= 5 && strncasecmp(current->start, "value", 5) == 0);
}

/* One number up to a separator; *p ends behind the separator, and *more says that one was there.
 * Blanks around a comma or semicolon belong to it; two commas in a row leave an empty field. */
static bool read_number(const char **p, const char *end, double *value, bool *more)
{
    char text[LONGEST_NUMBER + 1];
    size_t length = 0;
    const char *c = *p;
    for (; c < end && !is_blank(*c) && *c != ',' && *c != ';'; c++) {
        if (length == LONGEST_NUMBER || *c == '\0')
            return false;
        text[length++] = *c;
    }
    text[length] = '\0';
    const char *separator = c;
    while (c < end && is_blank(*c))
        c++;
    if (c < end && (*c == ',' || *c == ';'))
        c++;
    *more = c > separator;
    while (c < end && is_blank(*c))
        c++;
    *p = c;
    return length > 0 && lts_parse_double(text, value);
}

/* Shows the field up to its separator; bytes that would steer a terminal become question marks. */
static lts_status refuse_field(const line *current, const char *field, const char *name,
                               lts_error *err)
{
    char shown[41];
    size_t length = 0;
    for (; field < current->end && length + 1 < sizeof shown; field++) {
        if (is_blank(*field) || *field == ',' || *field == ';')
            break;
        shown[length++] = (unsigned char)*field < 0x20 || *field == 0x7f ? '?' : *field;
    }
    shown[length] = '\0';
    return lts_fail(err, LTS_ERR_FORMAT,
                    "%s: line %zu: '%s' is not a number: one value a line, or a time and a value",
                    name, current->number, shown);
}

static lts_status read_line(const line *current, const char *name, double numbers[2], size_t *count,
                            lts_error *err)
{
    const char *p = current->start;
    bool more = true;
    for (*count = 0; more; (*count)++) {
        if (*count == 2)
            return lts_fail(err, LTS_ERR_FORMAT,
                            "%s: line %zu: more than two numbers: one value a line, or a time and "
                            "a value; decimals have a point, not a comma",
                            name, current->number);
        const char *field = p;
        if (!read_number(&p, current->end, &numbers[*count], &more))
            return refuse_field(current, field, name, err);
    }
    return LTS_OK;
}

static bool has_digits_only(const line *current)
{
    for (const char *p = current->start; p < current->end; p++)
        if (*p != ',' && *p != '-' && *p != '+' && (*p < '0' || *p > '9'))
            return false;
    return true;
}

/* "0,25" over "0,75" parses as two values at time 0. A whole file of such lines in which a time
 * comes twice is far likelier a list of numbers with decimal commas. */
static lts_status check_decimal_comma(const curve_builder *builder, size_t digit_lines,
                                      lts_error *err)
{
    const lts_curve *curve = &builder->curve;
    if (!builder->timed || digit_lines < curve->count)
        return LTS_OK;
    for (size_t i = 1; i < curve->count; i++)
        if (curve->time[i] == curve->time[i - 1])
            return lts_fail(err, LTS_ERR_FORMAT,
                            "%s: decimal commas, or jumps at time %g: write decimals with a point, "
                            "and times and values with a blank between them",
                            builder->name, curve->time[i]);
    return LTS_OK;
}

static lts_status parse_lines(curve_builder *builder, const char *text, const char *end,
                              lts_error *err)
{
    line current = {0};
    size_t digit_lines = 0;
    bool first = true;
    while (next_line(&text, end, &current)) {
        double numbers[2];
        size_t count;
        trim(&current);
        if (current.start == current.end)
            continue;
        bool skip = first && is_header(&current);
        if (skip) {
            first = false;
            continue;
        }
        lts_status status = read_line(&current, builder->name, numbers, &count, err);
        if (status != LTS_OK)
            return status;
        if (builder->curve.count == 0)
            builder->timed = count == 2;
        else if (builder->timed != (count == 2))
            return lts_fail(err, LTS_ERR_FORMAT,
                            "%s: line %zu: %s, unlike the lines before it: use one form throughout",
                            builder->name, current.number,
                            count == 2 ? "a time and a value" : "a single value");
        first = false;
        digit_lines += has_digits_only(&current);
        status =
            lts_curve_builder_push(builder, current.number, numbers[0], numbers[count - 1], err);
        if (status != LTS_OK)
            return status;
    }
    return check_decimal_comma(builder, digit_lines, err);
}

lts_status lts_curve_parse(const char *text, size_t size, const char *name, double duration,
                           lts_curve *out, lts_error *err)
{
    *out = (lts_curve){0};
    if (memchr(text, '\0', size))
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: is not plain text: save the curve as UTF-8 text or as .npy", name);
    if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        size -= 3;
    }
    const char *end = text + size;
    size_t lines = 0;
    line counted = {0};
    for (const char *cursor = text; next_line(&cursor, end, &counted);)
        lines++;
    curve_builder builder = {.name = name, .place = "line", .duration = duration};
    lts_status status = lts_curve_builder_open(&builder, lines, err);
    if (status != LTS_OK)
        return status;
    status = parse_lines(&builder, text, end, err);
    if (status != LTS_OK) {
        lts_curve_free(&builder.curve);
        return status;
    }
    return lts_curve_builder_finish(&builder, out, err);
}
