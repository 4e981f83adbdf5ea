#include "engine/state/state_fields.h"

#include <errno.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#if defined(__APPLE__)
#include <xlocale.h>
#endif

/* What a text can be made of at most: cJSON takes a node for each. */
enum { MOST_NODES = 2 * STATE_MAX_POINTS + LTS_SYNTH_PARAMETERS + STATE_CONTROLLERS + 1000 };

/* From here on doubles round to an infinite float; FLT_MAX in nine digits lies just below. */
static const double float_end = 0x1.ffffffp127;

lts_status state_refuse(const char *name, const char *key, const char *must, lts_error *err)
{
    return lts_fail(err, LTS_ERR_FORMAT, "%s: '%s' must be %s: correct it, or remove the file",
                    name, key, must);
}

static const cJSON *find(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static lts_status read_text(const cJSON *item, const char *name, const char *key, char **text,
                            lts_error *err)
{
    if (cJSON_IsNull(item))
        return LTS_OK;
    if (!cJSON_IsString(item))
        return state_refuse(name, key, "a text or null", err);
    *text = lts_strdup(item->valuestring);
    return *text ? LTS_OK : lts_no_memory(name, err);
}

static lts_status read_whole(const cJSON *item, const char *name, const state_field *field,
                             int *value, lts_error *err)
{
    char must[64];
    double x = cJSON_IsNumber(item) ? item->valuedouble : -1;
    if (!(x >= field->minimum && x <= field->maximum) || x != floor(x)) {
        snprintf(must, sizeof must, "a whole number, %d to %d", field->minimum, field->maximum);
        return state_refuse(name, field->key, must, err);
    }
    *value = (int)x;
    return LTS_OK;
}

static lts_status read_real(const cJSON *item, const char *name, const state_field *field,
                            double *value, lts_error *err)
{
    char must[64];
    const bool bounded = field->minimum < field->maximum;
    const double x = cJSON_IsNumber(item) ? item->valuedouble : (double)NAN;
    if (!isfinite(x) || (bounded && !(x >= field->minimum && x <= field->maximum))) {
        snprintf(must, sizeof must, bounded ? "a number, %d to %d" : "a finite number",
                 field->minimum, field->maximum);
        return state_refuse(name, field->key, must, err);
    }
    *value = x;
    return LTS_OK;
}

static lts_status read_choice(const cJSON *item, const char *name, const state_field *field,
                              int *value, lts_error *err)
{
    const char *text = cJSON_IsString(item) ? item->valuestring : "";
    for (int i = 0; field->text(i); i++)
        if (strcmp(text, field->text(i)) == 0) {
            *value = i;
            return LTS_OK;
        }
    return state_refuse(name, field->key, "a word that its message takes, see lts-osc(7)", err);
}

static lts_status read_field(const cJSON *item, const char *name, const state_field *field,
                             server_state *state, lts_error *err)
{
    void *member = state_member(state, field);
    switch (field->kind) {
    case STATE_TEXT: return read_text(item, name, field->key, member, err);
    case STATE_REAL: return read_real(item, name, field, member, err);
    case STATE_WHOLE: return read_whole(item, name, field, member, err);
    case STATE_CHOICE: return read_choice(item, name, field, member, err);
    default:
        if (!cJSON_IsBool(item))
            return state_refuse(name, field->key, "true or false", err);
        *(bool *)member = cJSON_IsTrue(item);
        return LTS_OK;
    }
}

static lts_status read_seed(const cJSON *item, const char *name, server_state *state,
                            lts_error *err)
{
    const char *text = cJSON_IsString(item) ? item->valuestring : "";
    if (!item || cJSON_IsNull(item))
        return LTS_OK;
    errno = 0;
    char *end;
    unsigned long long seed = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno == ERANGE)
        return state_refuse(name, "seed", "a text of digits below 2^64, or null", err);
    state->seed = seed;
    state->seed_given = true;
    return LTS_OK;
}

/* Items in a list: cJSON's own count is an int and its access by index linear. */
static size_t length_of(const cJSON *list)
{
    size_t count = 0;
    for (const cJSON *item = cJSON_IsArray(list) ? list->child : NULL; item; item = item->next)
        count++;
    return count;
}

static lts_status fill_curve(const cJSON *times, const cJSON *values, const char *name,
                             bool seconds, lts_curve *curve, lts_error *err)
{
    const double end = seconds ? DBL_MAX : 1;
    double before = 0;
    const cJSON *time = times->child, *value = values->child;
    for (size_t i = 0; i < curve->count; i++, time = time->next, value = value->next) {
        if (!cJSON_IsNumber(time) || !(time->valuedouble >= before && time->valuedouble <= end))
            return state_refuse(name, "curve.time",
                                "numbers from 0 that do not fall; up to 1 unless they are seconds",
                                err);
        if (!cJSON_IsNumber(value) || !(fabs(value->valuedouble) < float_end))
            return state_refuse(name, "curve.value", "finite numbers", err);
        curve->time[i] = before = time->valuedouble;
        curve->value[i] = (float)value->valuedouble;
    }
    return LTS_OK;
}

static lts_status read_curve(const cJSON *item, const char *name, server_state *state,
                             lts_error *err)
{
    if (!item || cJSON_IsNull(item))
        return LTS_OK;
    const cJSON *seconds = find(item, "seconds"), *times = find(item, "time"),
                *values = find(item, "value");
    size_t count = length_of(times);
    lts_curve *curve = &state->curve;
    if (count == 0 || count > STATE_MAX_POINTS || length_of(values) != count)
        return state_refuse(name, "curve", "null, or as many values as times, at least one", err);
    if (seconds && !cJSON_IsBool(seconds))
        return state_refuse(name, "curve.seconds", "true or false", err);
    lts_status status = lts_alloc_checked(&curve->time, count, sizeof *curve->time, name, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&curve->value, count, sizeof *curve->value, name, err);
    if (status != LTS_OK)
        return status;
    curve->count = count;
    state->curve_seconds = cJSON_IsTrue(seconds);
    return fill_curve(times, values, name, state->curve_seconds, curve, err);
}

static lts_status read_object(const cJSON *object, const char *name, server_state *state,
                              lts_error *err)
{
    lts_status status;
    for (size_t f = 0; f < STATE_FIELDS; f++) {
        const cJSON *item = find(object, state_fields[f].key);
        if (!item)
            continue;
        status = read_field(item, name, &state_fields[f], state, err);
        if (status != LTS_OK)
            return status;
    }
    status = read_seed(find(object, "seed"), name, state, err);
    if (status != LTS_OK)
        return status;
    status = read_curve(find(object, "curve"), name, state, err);
    if (status != LTS_OK)
        return status;
    return patch_read(object, name, &state->patch, err);
}

static bool only_blanks(const char *text, const char *end)
{
    while (text < end && (*text == ' ' || *text == '\t' || *text == '\r' || *text == '\n'))
        text++;
    return text == end;
}

static lts_status parse(const char *text, size_t size, const char *name, cJSON **object,
                        lts_error *err)
{
    size_t nodes = 0;
    const char *end = NULL;
    for (size_t i = 0; i < size; i++)
        nodes += text[i] == ',' || text[i] == '[' || text[i] == '{';
    if (nodes > MOST_NODES)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: holds more than any state: remove it", name);
    *object = cJSON_ParseWithLengthOpts(text, size, &end, 0);
    if (!cJSON_IsObject(*object) || !only_blanks(end, text + size))
        return lts_fail(err, LTS_ERR_FORMAT, "%s: no JSON object, from byte %zu on: remove it",
                        name, end ? (size_t)(end - text) : 0);
    return LTS_OK;
}

lts_status state_from_text(const char *text, size_t size, const char *name, server_state *state,
                           lts_error *err)
{
    cJSON *object = NULL;
    *state = state_defaults();
    locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c_locale)
        return lts_no_memory(name, err);
    locale_t previous = uselocale(c_locale);
    lts_status status = parse(text, size, name, &object, err);
    uselocale(previous);
    freelocale(c_locale);
    if (status != LTS_OK)
        goto done;
    status = read_object(object, name, state, err);
done:
    cJSON_Delete(object);
    if (status != LTS_OK) {
        state_free(state);
        *state = state_defaults();
    }
    return status;
}
