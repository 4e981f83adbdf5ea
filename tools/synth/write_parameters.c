/* Files of parameters, and the plugins that have some. */
#include "commands.h"
#include "open_space.h"

#include "lts/lv2.h"

static void report_file(cli_session *cli, const char *event, const char *path)
{
    const lts_field field = {"file", path, 0};
    lts_record(cli_reporter(cli), event, &field, 1);
}

lts_status write_patch(cli_session *cli, const synth_options *o, lts_error *err)
{
    int32_t classes[LTS_SYNTH_PARAMETERS];
    double values[LTS_SYNTH_PARAMETERS];
    lts_synth_space *space = NULL;
    lts_status status = lts_check_distinct(o->out, o->space, err);
    if (status != LTS_OK)
        goto done;
    if ((status = open_space(o, o->space, &space, err)) != LTS_OK)
        goto done;
    lts_synth_draw(space, cli_seed(cli, 0), (uint64_t)o->index, classes);
    status = lts_synth_values(space, classes, values, err);
    if (status != LTS_OK)
        goto done;
    if ((status = lts_synth_patch_save(space, values, o->out, err)) != LTS_OK)
        goto done;
    report_file(cli, "patch", o->out);
done:
    lts_synth_space_destroy(space);
    return status;
}

lts_status write_space(cli_session *cli, const synth_options *o, lts_error *err)
{
    lts_synth_space *space = NULL;
    lts_status status = open_space(o, cli_operand(cli, 1), &space, err);
    if (status != LTS_OK)
        goto done;
    if ((status = lts_synth_space_save(space, o->out, err)) != LTS_OK)
        goto done;
    report_file(cli, "space", o->out);
done:
    lts_synth_space_destroy(space);
    return status;
}

lts_status list_plugins(cli_session *cli, lts_error *err)
{
    lts_lv2_plugins plugins;
    lts_status status = lts_lv2_list(&plugins, err);
    if (status != LTS_OK)
        return status;
    for (size_t p = 0; p < plugins.count; p++) {
        const lts_lv2_plugin *plugin = &plugins.item[p];
        const lts_field fields[] = {{"uri", plugin->uri, 0},
                                    {"name", plugin->name, 0},
                                    {"controls", NULL, (double)plugin->controls},
                                    {"outputs", NULL, (double)plugin->outputs}};
        lts_record(cli_reporter(cli), "plugin", fields, 4);
    }
    if (plugins.count == 0)
        lts_message(cli_reporter(cli), LTS_LEVEL_NOTE,
                    "no LV2 instrument is installed: install one, or add its folder to LV2_PATH");
    lts_lv2_plugins_free(&plugins);
    return LTS_OK;
}

lts_status write_plugin(cli_session *cli, const synth_options *o, lts_error *err)
{
    lts_synth_space *space = NULL;
    const char *uri = cli_operand(cli, 1);
    lts_status status =
        lts_lv2_space(uri, o->rate, o->levels_given ? (size_t)o->levels : 0, &space, err);
    if (status != LTS_OK)
        goto done;
    if ((status = change_settings(o, uri, space, err)) != LTS_OK)
        goto done;
    if ((status = lts_synth_space_save(space, o->out, err)) != LTS_OK)
        goto done;
    report_file(cli, "space", o->out);
done:
    lts_synth_space_destroy(space);
    return status;
}
