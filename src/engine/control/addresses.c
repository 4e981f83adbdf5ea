#include "engine/control/address.h"

#include "engine/live/live.h"
#include "engine/match/match_result.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* What there are several of: "/live/3/alpha" is "/live/alpha" for the third voice, "/live/alpha"
 * for the first; the same of matches. */
typedef struct numbered {
    const char *prefix, *one;
    unsigned count;
} numbered;

static const numbered several[] = {{"/live/", "voice", LIVE_VOICES},
                                   {"/match/", "match", MATCH_SLOTS}};
enum { SEVERAL = sizeof several / sizeof *several };

static bool same_path(const char *path, const char *sent, unsigned *which)
{
    *which = 0;
    if (strcmp(path, sent) == 0)
        return true;
    for (size_t i = 0; i < SEVERAL; i++) {
        const size_t length = strlen(several[i].prefix);
        if (strncmp(path, several[i].prefix, length) != 0 ||
            strncmp(sent, several[i].prefix, length) != 0)
            continue;
        const unsigned number = (unsigned)(sent[length] - '0');
        if (number < 1 || number > several[i].count || sent[length + 1] != '/')
            return false;
        *which = number - 1;
        return strcmp(path + length, sent + length + 2) == 0;
    }
    return false;
}

/* A row whose last component is in capitals, as in the manual, takes any that no other row has. */
static bool stands_for(const char *path, const char *sent)
{
    const size_t length = (size_t)(strrchr(path, '/') - path) + 1;
    return path[length] >= 'A' && path[length] <= 'Z' && strncmp(path, sent, length) == 0 &&
           sent[length] && !strchr(sent + length, '/');
}

const address *address_find(const char *path, unsigned *voice)
{
    const address *a;
    for (size_t i = 0; (a = address_at(i)); i++)
        if (same_path(a->path, path, voice))
            return a;
    for (size_t i = 0; (a = address_at(i)); i++)
        if (stands_for(a->path, path))
            return a;
    return NULL;
}

bool address_lacks_voice(const char *path, const char **one, unsigned *count)
{
    char plain[64];
    unsigned voice;
    for (size_t i = 0; i < SEVERAL; i++) {
        const size_t length = strlen(several[i].prefix);
        const size_t digits =
            strncmp(path, several[i].prefix, length) == 0 ? strspn(path + length, "0123456789") : 0;
        if (digits == 0 || path[length + digits] != '/')
            continue;
        *one = several[i].one;
        *count = several[i].count;
        snprintf(plain, sizeof plain, "%s%s", several[i].prefix, path + length + digits + 1);
        return address_find(plain, &voice) != NULL;
    }
    return false;
}

static bool match_number(const control_message *message, size_t *i)
{
    if (*i >= message->count || !arg_is_number(&message->args[*i]) ||
        !isfinite(message->args[*i].number))
        return false;
    ++*i;
    return true;
}

static bool match_text(const control_message *message, size_t *i)
{
    size_t from = *i;
    while (*i < message->count && arg_is_text(&message->args[*i]))
        ++*i;
    return *i > from;
}

/* The letters up to `end`, from argument *i on. */
static bool match_letters(const char *letters, const char *end, const control_message *message,
                          size_t *i)
{
    for (; letters < end; letters++)
        if (!(*letters == 'n' ? match_number(message, i) : match_text(message, i)))
            return false;
    return true;
}

bool address_accepts(const address *a, const control_message *message)
{
    size_t i = 0;
    const char *group = strchr(a->args, '(');
    if (strcmp(a->args, "n|s") == 0) {
        bool good = match_number(message, &i) || match_text(message, &i);
        return good && i == message->count;
    }
    if (strcmp(a->args, "s?") == 0)
        return match_text(message, &i), i == message->count;
    if (!match_letters(a->args, group ? group : a->args + strlen(a->args), message, &i))
        return false;
    if (group) {
        const char *end = strchr(group, ')');
        bool once = end[1] == '?';
        if (once && i == message->count)
            return true;
        do
            if (!match_letters(group + 1, end, message, &i))
                return false;
        while (!once && i < message->count);
    }
    /* Texts after all that is needed are left aside, as "bang" and "STOP" are. */
    match_text(message, &i);
    return i == message->count;
}

/* Arguments of one round through the groups. */
static size_t argument_count(const address *a)
{
    size_t count = 0;
    for (const char *c = a->args; *c; c++)
        count += *c == 'n' || *c == 's';
    return count;
}

void address_refuse(const address *a, const control_message *message, const reply *r)
{
    static const char sent[] = "{address}", count[] = "{count}";
    char text[512];
    size_t at = 0;
    const bool miscounted = a->refusal.miscount && message->count != argument_count(a);
    const char *from = miscounted ? a->refusal.miscount : a->refusal.text;
    while (*from && at + 1 < sizeof text) {
        if (strncmp(from, sent, sizeof sent - 1) == 0) {
            at += (size_t)snprintf(text + at, sizeof text - at, "%.60s", message->address);
            from += sizeof sent - 1;
        } else if (strncmp(from, count, sizeof count - 1) == 0) {
            at += (size_t)snprintf(text + at, sizeof text - at, "%zu", message->count);
            from += sizeof count - 1;
        } else {
            text[at++] = *from++;
        }
    }
    text[at < sizeof text ? at : sizeof text - 1] = '\0';
    reply_report(r, "%s", text);
}
