#include "cli_private.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

enum { BAR = 24 };
/* Seconds: what is done sooner than line_start needs no progress in a log. */
static const double bar_pause = 0.1, line_start = 2, line_pause = 10, json_pause = 1;

/* Length of the UTF-8 sequence at `text`, 0 when there is none (RFC 3629, section 4). */
static size_t utf8_length(const unsigned char *text)
{
    size_t length = text[0] < 0x80                       ? 1
                    : text[0] >= 0xc2 && text[0] <= 0xdf ? 2
                    : (text[0] & 0xf0) == 0xe0           ? 3
                    : text[0] >= 0xf0 && text[0] <= 0xf4 ? 4
                                                         : 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    if (length == 3 && ((text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xed && text[1] > 0x9f)))
        return 0;
    if (length == 4 && ((text[0] == 0xf0 && text[1] < 0x90) || (text[0] == 0xf4 && text[1] > 0x8f)))
        return 0;
    return length;
}

/* File names are bytes, JSON is UTF-8: what is not becomes U+FFFD. */
static void add_text(cJSON *object, const char *name, const char *text)
{
    char *clean = lts_alloc(3 * strlen(text) + 1, 1), *end = clean;
    while (clean && *text) {
        size_t length = utf8_length((const unsigned char *)text);
        memcpy(end, length ? text : "\xef\xbf\xbd", length ? length : 3);
        end += length ? length : 3;
        text += length ? length : 1;
    }
    cJSON_AddStringToObject(object, name, clean ? clean : "");
    lts_free(clean);
}

static void print_object(const cli_session *cli, const cJSON *object)
{
    char *line = cJSON_PrintUnformatted(object);
    if (line)
        fprintf(cli->results, "%s\n", line);
    cJSON_free(line);
    fflush(cli->results);
}

/* One line, whatever a file name holds. */
static void print_line(FILE *stream, const char *text)
{
    for (; *text; text++)
        putc((unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text, stream);
    putc('\n', stream);
}

void cli_wipe_bar(cli_session *cli)
{
    if (cli->bar_drawn)
        fputs("\r\033[K", stderr);
    cli->bar_drawn = false;
}

void cli_print_error(cli_session *cli, lts_status status, const char *text)
{
    cli_wipe_bar(cli);
    fflush(stdout);
    fprintf(stderr, "%s: ", cli->program->name);
    print_line(stderr, text);
    cJSON *object = cli->json ? cJSON_CreateObject() : NULL;
    if (!object)
        return;
    cJSON_AddStringToObject(object, "event", "error");
    cJSON_AddStringToObject(object, "status", lts_strerror(status));
    add_text(object, "text", text);
    print_object(cli, object);
    cJSON_Delete(object);
}

static void message(void *user, lts_level level, const char *text)
{
    static const char *const names[] = {"warning", "note", "detail"};
    cli_session *cli = user;
    if (cli->quiet || (level == LTS_LEVEL_DETAIL && !cli->verbose))
        return;
    if (cli->json) {
        cJSON *object = cJSON_CreateObject();
        cJSON_AddStringToObject(object, "event", names[level]);
        add_text(object, "text", text);
        print_object(cli, object);
        cJSON_Delete(object);
        return;
    }
    cli_wipe_bar(cli);
    fflush(stdout);
    if (level == LTS_LEVEL_WARNING)
        fprintf(stderr, "%s: warning: ", cli->program->name);
    print_line(stderr, text);
}

static void print_progress(const cli_session *cli, const char *what, double done, double total,
                           double rate)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "event", "progress");
    add_text(object, "what", what);
    cJSON_AddNumberToObject(object, "done", done);
    cJSON_AddNumberToObject(object, "total", total);
    cJSON_AddNumberToObject(object, "rate", rate);
    print_object(cli, object);
    cJSON_Delete(object);
}

/* "3.1/s, 1:20 left", or nothing while the rate is not known. */
static void describe_rate(double left, double rate, char *text, size_t size)
{
    text[0] = '\0';
    if (!(rate > 0))
        return;
    double seconds = ceil(left / rate), minutes = floor(seconds / 60);
    int used = snprintf(text, size, rate < 10 ? ", %.2g/s" : ", %.0f/s", rate);
    if (seconds >= 3600)
        snprintf(text + used, size - (size_t)used, ", %.0f:%02.0f:%02.0f left", floor(minutes / 60),
                 fmod(minutes, 60), fmod(seconds, 60));
    else
        snprintf(text + used, size - (size_t)used, ", %.0f:%02.0f left", minutes,
                 fmod(seconds, 60));
}

static void progress(void *user, const char *what, double done, double total, double rate)
{
    cli_session *cli = user;
    char speed[80], bar[BAR + 1];
    double now = lts_now();
    /* Bars and scripts are told the end of what they were told the beginning of. */
    bool end = done >= total && (cli->terminal || cli->json) && cli->progress_told;
    if (cli->quiet || (now < cli->next_draw && !end))
        return;
    cli->next_draw = now + (cli->json ? json_pause : cli->terminal ? bar_pause : line_pause);
    cli->progress_told = !end;
    if (cli->json) {
        print_progress(cli, what, done, total, rate);
        return;
    }
    describe_rate(total - done, rate, speed, sizeof speed);
    if (!cli->terminal) {
        fprintf(stderr, "%s: %.0f of %.0f%s\n", what, done, total, speed);
        return;
    }
    double share = total > 0 ? fmin(fmax(done / total, 0), 1) : 0;
    for (int i = 0; i < BAR; i++)
        bar[i] = i < (int)(share * BAR) ? '#' : '.';
    bar[BAR] = '\0';
    fprintf(stderr, "\r\033[K%s [%s] %3.0f %%%s", what, bar, 100 * share, speed);
    fflush(stderr);
    cli->bar_drawn = true;
}

static void record(void *user, const char *event, const lts_field *fields, size_t count)
{
    cli_session *cli = user;
    if (cli->json) {
        cJSON *object = cJSON_CreateObject();
        cJSON_AddStringToObject(object, "event", event);
        for (size_t f = 0; f < count; f++)
            if (fields[f].text)
                add_text(object, fields[f].name, fields[f].text);
            else
                cJSON_AddNumberToObject(object, fields[f].name, fields[f].number);
        print_object(cli, object);
        cJSON_Delete(object);
    } else if (!cli->quiet && cli->program->show) {
        cli->program->show(cli, event, fields, count);
    } else if (!cli->quiet) {
        cli_wipe_bar(cli);
        fprintf(cli->results, "%s:", event);
        for (size_t f = 0; f < count; f++) {
            const char *comma = f + 1 < count ? "," : "";
            if (fields[f].text)
                fprintf(cli->results, " %s %s%s", fields[f].name, fields[f].text, comma);
            else
                fprintf(cli->results, " %s %.6g%s", fields[f].name, fields[f].number, comma);
        }
        putc('\n', cli->results);
        fflush(cli->results);
    }
}

void cli_reporter_start(cli_session *cli)
{
    cli->terminal = isatty(STDERR_FILENO) == 1;
    cli->next_draw = lts_now() + (cli->terminal ? bar_pause : line_start);
    cli->reporter.user = cli;
    cli->reporter.message = message;
    cli->reporter.progress = progress;
    cli->reporter.record = record;
}

void cli_print(cli_session *cli, const char *format, ...)
{
    char text[2048];
    va_list arguments;
    if (cli->quiet || cli->json)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    cli_wipe_bar(cli);
    print_line(cli->results, text);
    fflush(cli->results);
}

const lts_field *cli_field(const lts_field *fields, size_t count, const char *name)
{
    for (size_t f = 0; f < count; f++)
        if (strcmp(fields[f].name, name) == 0)
            return &fields[f];
    return NULL;
}
