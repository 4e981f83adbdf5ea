#include "lts/lv2.h"

#include "synth/lv2/controls.h"
#include "synth/lv2/process.h"

#include <string.h>

const char *lts_lv2_version(void)
{
#ifdef LTS_LV2
    return "lilv " LTS_LV2;
#else
    return NULL;
#endif
}

static bool read_plugin(lts_lv2_plugin *plugin, char *line)
{
    int64_t controls, outputs;
    plugin->uri = lv2_next_field(&line);
    plugin->name = lv2_next_field(&line);
    if (!lts_parse_int(lv2_next_field(&line), &controls) ||
        !lts_parse_int(lv2_next_field(&line), &outputs) || controls < 0 || outputs < 0)
        return false;
    plugin->controls = (size_t)controls;
    plugin->outputs = (size_t)outputs;
    return true;
}

lts_status lts_lv2_list(lts_lv2_plugins *plugins, lts_error *err)
{
    size_t lines = 0;
    *plugins = (lts_lv2_plugins){0};
    lts_status status = host_ask((const char *const[]){"list", NULL}, &plugins->text, err);
    if (status != LTS_OK)
        return status;
    char *line = plugins->text;
    for (const char *c = line; *c; c++)
        lines += *c == '\n';
    status = lts_alloc_checked(&plugins->item, lines, sizeof *plugins->item, "plugins", err);
    if (status != LTS_OK)
        goto done;
    while (plugins->count < lines) {
        char *end = strchr(line, '\n');
        *end = '\0';
        if (!read_plugin(&plugins->item[plugins->count++], line)) {
            status = lts_fail(err, LTS_ERR_PLUGIN,
                              "lts-lv2-host: is not of this version: "
                              "install it anew");
            goto done;
        }
        line = end + 1;
    }
done:
    if (status != LTS_OK)
        lts_lv2_plugins_free(plugins);
    return status;
}

void lts_lv2_plugins_free(lts_lv2_plugins *plugins)
{
    lts_free(plugins->item);
    lts_free(plugins->text);
    *plugins = (lts_lv2_plugins){0};
}
