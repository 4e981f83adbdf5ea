#include "engine/state/state_fields.h"

#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#if defined(__APPLE__)
#include <xlocale.h>
#endif

enum { NUMBER_ROOM = 32 }; /* bytes of a number, a comma and a blank */

/* JSON has no other numbers than finite ones, and cJSON's lose their last bits: a double has 17
 * digits, a float 9. */
static int print_number(char *text, size_t room, double x, int digits)
{
    return snprintf(text, room, "%.*g", digits, isfinite(x) ? x : 0);
}

bool state_add_number(cJSON *object, const char *key, double x)
{
    char text[NUMBER_ROOM];
    print_number(text, sizeof text, x, 17);
    return cJSON_AddRawToObject(object, key, text);
}

static bool add_text(cJSON *object, const char *key, const char *text)
{
    return text ? cJSON_AddStringToObject(object, key, text) : cJSON_AddNullToObject(object, key);
}

static bool add_field(cJSON *object, const server_state *state, const state_field *field)
{
    const void *member = state_member(state, field);
    switch (field->kind) {
    case STATE_TEXT: return add_text(object, field->key, *(char *const *)member);
    case STATE_REAL: return state_add_number(object, field->key, *(const double *)member);
    case STATE_WHOLE: return state_add_number(object, field->key, *(const int *)member);
    case STATE_CHOICE: return add_text(object, field->key, field->text(*(const int *)member));
    default: return cJSON_AddBoolToObject(object, field->key, *(const bool *)member);
    }
}

/* A list of the times, or of the values. */
static bool add_list(cJSON *object, const char *key, const lts_curve *curve, bool times)
{
    const size_t room = 4 + curve->count * NUMBER_ROOM;
    char *text = lts_alloc(room, 1);
    if (!text)
        return false;
    size_t at = (size_t)snprintf(text, room, "[");
    for (size_t i = 0; i < curve->count; i++) {
        at += (size_t)snprintf(text + at, room - at, "%s", i ? ", " : "");
        at += (size_t)(times ? print_number(text + at, room - at, curve->time[i], 17)
                             : print_number(text + at, room - at, (double)curve->value[i], 9));
    }
    snprintf(text + at, room - at, "]");
    bool added = cJSON_AddRawToObject(object, key, text);
    lts_free(text);
    return added;
}

static bool add_curve(cJSON *object, const server_state *state)
{
    if (state->curve.count == 0 || state->curve.count > STATE_MAX_POINTS)
        return cJSON_AddNullToObject(object, "curve");
    cJSON *curve = cJSON_AddObjectToObject(object, "curve");
    return curve && cJSON_AddBoolToObject(curve, "seconds", state->curve_seconds) &&
           add_list(curve, "time", &state->curve, true) &&
           add_list(curve, "value", &state->curve, false);
}

/* As text: a JSON number would keep 53 of its bits. */
static bool add_seed(cJSON *object, const server_state *state)
{
    char text[NUMBER_ROOM];
    snprintf(text, sizeof text, "%" PRIu64, state->seed);
    return add_text(object, "seed", state->seed_given ? text : NULL);
}

static char *write_state(const server_state *state)
{
    cJSON *object = cJSON_CreateObject();
    bool good = object != NULL;
    for (size_t f = 0; good && f < STATE_FIELDS; f++)
        good = add_field(object, state, &state_fields[f]);
    good = good && add_seed(object, state) && add_curve(object, state) &&
           patch_add(object, &state->patch);
    char *printed = good ? cJSON_Print(object) : NULL;
    char *text = printed ? lts_format("%s\n", printed) : NULL;
    cJSON_free(printed);
    cJSON_Delete(object);
    return text;
}

char *state_to_text(const server_state *state)
{
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c_locale)
        return NULL;
    locale_t previous = uselocale(c_locale);
    char *text = write_state(state);
    uselocale(previous);
    freelocale(c_locale);
    return text;
}
