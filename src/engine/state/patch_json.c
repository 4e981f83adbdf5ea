#include "engine/state/state_fields.h"

#include <math.h>
#include <string.h>

static const char patch_key[] = "synth_patch", controllers_key[] = "synth_controllers";

void synth_patch_free(synth_patch *patch)
{
    lts_free(patch->value);
    lts_free(patch->controller);
    *patch = (synth_patch){0};
}

/* --- Writing --------------------------------------------------------------------------------- */

static bool add_values(cJSON *object, const synth_patch *patch)
{
    if (patch->count == 0)
        return cJSON_AddNullToObject(object, patch_key);
    cJSON *values = cJSON_AddObjectToObject(object, patch_key);
    bool good = values != NULL;
    for (size_t i = 0; good && i < patch->count; i++)
        good = state_add_number(values, patch->value[i].name, patch->value[i].value);
    return good;
}

static bool add_controllers(cJSON *object, const synth_patch *patch)
{
    char number[8];
    if (!patch->controller)
        return cJSON_AddNullToObject(object, controllers_key);
    cJSON *controllers = cJSON_AddObjectToObject(object, controllers_key);
    bool good = controllers != NULL;
    for (int c = 0; good && c < STATE_CONTROLLERS; c++) {
        snprintf(number, sizeof number, "%d", c);
        if (patch->controller[c][0])
            good = cJSON_AddStringToObject(controllers, number, patch->controller[c]);
    }
    return good;
}

bool patch_add(cJSON *object, const synth_patch *patch)
{
    return add_values(object, patch) && add_controllers(object, patch);
}

/* --- Reading --------------------------------------------------------------------------------- */

static bool take_name(const char *from, char name[LTS_SYNTH_NAME])
{
    const size_t length = strlen(from);
    if (length == 0 || length >= LTS_SYNTH_NAME)
        return false;
    memcpy(name, from, length + 1);
    return true;
}

static lts_status read_values(const cJSON *values, const char *name, synth_patch *patch,
                              lts_error *err)
{
    static const char must[] = "null, or finite numbers by their parameters' names";
    size_t count = 0;
    if (!values || cJSON_IsNull(values))
        return LTS_OK;
    if (!cJSON_IsObject(values))
        return state_refuse(name, patch_key, must, err);
    for (const cJSON *item = values->child; item; item = item->next)
        count++;
    if (count > LTS_SYNTH_PARAMETERS)
        return state_refuse(name, patch_key, must, err);
    lts_status status = lts_alloc_checked(&patch->value, count, sizeof *patch->value, name, err);
    if (status != LTS_OK)
        return status;
    for (const cJSON *item = values->child; item; item = item->next) {
        patch_value *value = &patch->value[patch->count++];
        if (!take_name(item->string, value->name) || !cJSON_IsNumber(item) ||
            !isfinite(item->valuedouble))
            return state_refuse(name, patch_key, must, err);
        value->value = item->valuedouble;
    }
    return LTS_OK;
}

static lts_status read_controllers(const cJSON *controllers, const char *name, synth_patch *patch,
                                   lts_error *err)
{
    static const char must[] = "null, or names of parameters by controllers, 0 to 127";
    if (!controllers || cJSON_IsNull(controllers))
        return LTS_OK;
    if (!cJSON_IsObject(controllers))
        return state_refuse(name, controllers_key, must, err);
    lts_status status = lts_alloc_checked(&patch->controller, STATE_CONTROLLERS,
                                          sizeof *patch->controller, name, err);
    if (status != LTS_OK)
        return status;
    for (const cJSON *item = controllers->child; item; item = item->next) {
        int64_t number;
        if (!lts_parse_int(item->string, &number) || number < 0 || number >= STATE_CONTROLLERS ||
            !cJSON_IsString(item) || !take_name(item->valuestring, patch->controller[number]))
            return state_refuse(name, controllers_key, must, err);
    }
    return LTS_OK;
}

lts_status patch_read(const cJSON *object, const char *name, synth_patch *patch, lts_error *err)
{
    lts_status status =
        read_values(cJSON_GetObjectItemCaseSensitive(object, patch_key), name, patch, err);
    if (status != LTS_OK)
        return status;
    return read_controllers(cJSON_GetObjectItemCaseSensitive(object, controllers_key), name, patch,
                            err);
}
