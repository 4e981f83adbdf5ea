/* Conditions as the text of a model's note. */
#include "labels/condition_parts.h"

#include <math.h>
#include <string.h>

/* "descriptor LOW HIGH MOST" and a descriptor a line, or "perceptual LOW HIGH" and a line of mean
 * and deviation a measure. */
char *lts_conditions_text(const lts_conditions *c)
{
    char most[LTS_NUMBER_TEXT], mean[LTS_NUMBER_TEXT], deviation[LTS_NUMBER_TEXT];
    lts_number_text(most, c->most);
    char *text =
        lts_format("%s %d %d %s", c->measured ? "perceptual" : "descriptor", c->low, c->high, most);
    const size_t lines = c->measured ? LTS_NOTE_MEASURES : c->descriptors;
    for (size_t i = 0; text && i < lines; i++) {
        char *longer;
        if (c->measured) {
            lts_number_text(mean, c->mean[i]);
            lts_number_text(deviation, c->deviation[i]);
            longer = lts_format("%s\n%s %s", text, mean, deviation);
        } else {
            longer = lts_format("%s\n%s", text, c->descriptor[i]);
        }
        lts_free(text);
        text = longer;
    }
    return text;
}

/* The next line, without its end; false after the last or when it is too long. */
static bool next_line(const char **text, char line[2 * LTS_LABEL_TEXT])
{
    if (!*text)
        return false;
    const size_t length = strcspn(*text, "\n");
    if (length >= 2 * LTS_LABEL_TEXT)
        return false;
    memcpy(line, *text, length);
    line[length] = '\0';
    *text = (*text)[length] ? *text + length + 1 : NULL;
    return true;
}

static bool parse_number(const char *text, size_t length, double *value)
{
    char number[2 * LTS_LABEL_TEXT];
    memcpy(number, text, length);
    number[length] = '\0';
    return lts_parse_double(number, value) && isfinite(*value);
}

/* `count` numbers between single blanks. */
static bool parse_numbers(const char *line, double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const size_t length = strcspn(line, " ");
        if (!parse_number(line, length, &values[i]) || (line[length] == '\0') != (i + 1 == count))
            return false;
        line += length + 1;
    }
    return true;
}

static bool parse_rest(const char *text, lts_conditions *c)
{
    char line[2 * LTS_LABEL_TEXT];
    size_t lines = 0;
    for (; next_line(&text, line); lines++) {
        double pair[2];
        if (c->measured) {
            if (lines >= LTS_NOTE_MEASURES || !parse_numbers(line, pair, 2) || !(pair[1] > 0))
                return false;
            c->mean[lines] = pair[0];
            c->deviation[lines] = pair[1];
        } else {
            if (lines >= c->descriptors || !line[0] || strlen(line) >= LTS_LABEL_TEXT)
                return false;
            memcpy(c->descriptor[lines], line, strlen(line) + 1);
        }
    }
    return !text && lines == (c->measured ? LTS_NOTE_MEASURES : c->descriptors);
}

static lts_status refuse(const char *text, lts_error *err)
{
    return lts_fail(err, LTS_ERR_FORMAT,
                    "model: note " LTS_CONDITION_NOTE " = %.40s: is not what conditions mean: use "
                    "the version that trained the model, or a later one",
                    text);
}

lts_status lts_conditions_parse(const char *text, lts_conditions **out, lts_error *err)
{
    static const char *const kinds[] = {"descriptor ", "perceptual "};
    const char *rest = text;
    char line[2 * LTS_LABEL_TEXT];
    double head[3];
    lts_conditions *c = NULL;
    size_t lines = 0;
    *out = NULL;
    for (const char *at = text; (at = strchr(at, '\n')); at++)
        lines++;
    const bool measured = strncmp(text, kinds[1], strlen(kinds[1])) == 0;
    const char *kind = kinds[measured];
    bool good = strncmp(text, kind, strlen(kind)) == 0 && next_line(&rest, line) &&
                parse_numbers(line + strlen(kind), head, 3) && head[0] >= 0 && head[1] <= 127 &&
                head[0] <= head[1] && head[2] > 0;
    if (!good)
        return refuse(text, err);
    lts_status status = conditions_create(measured ? 0 : lines, &c, err);
    if (status != LTS_OK)
        return status;
    c->measured = measured;
    c->low = (int)head[0];
    c->high = (int)head[1];
    c->most = head[2];
    if (!parse_rest(rest, c)) {
        lts_conditions_destroy(c);
        return refuse(text, err);
    }
    *out = c;
    return LTS_OK;
}
