/* Spectrograms of sounds and arrays, with the distances of a run where one is named. */
#include "pictures.h"

#include "lts/distance_file.h"

static lts_status load_panel(const plot_options *o, const char *operand, const lts_feature *feature,
                             lts_plot_panel *panel, lts_error *err)
{
    lts_source source = {0};
    lts_status status = lts_source_parse(operand, &source, err);
    if (status != LTS_OK)
        return status;
    if (source.offset == 0)
        source.offset = o->offset;
    status = lts_output_check(o->out, &source, 1, err);
    if (status != LTS_OK)
        goto done;
    status = lts_plot_panel_load(&source, o->duration, feature, panel, err);
done:
    lts_free(source.path);
    return status;
}

/* The panels' distances, where there is a run with a map. */
static lts_status measure_panels(cli_session *cli, const plot_options *o,
                                 const lts_feature *feature, lts_plot_panel *panels, size_t count,
                                 lts_error *err)
{
    lts_model *model = NULL;
    lts_distance map = {0};
    lts_status status = lts_run_model(o->run, &model, err);
    if (status != LTS_OK)
        return status;
    status = lts_run_distance(o->run, model, &map, cli_reporter(cli), err);
    if (status != LTS_OK)
        goto done;
    for (size_t p = 0; map.latent > 0 && p < count; p++) {
        status = lts_plot_panel_measure(&panels[p], feature, model, &map, cli_threads(cli), err);
        if (status != LTS_OK)
            goto done;
    }
done:
    lts_distance_free(&map);
    lts_model_destroy(model);
    return status;
}

/* The feature of the run, or of the settings. */
static lts_status find_feature(cli_session *cli, const plot_options *o, lts_config *config,
                               lts_feature *feature, lts_error *err)
{
    lts_status status = o->run ? lts_run_config(o->run, config, err)
                               : cli_load_config(cli, o->config, &o->sets, config, err);
    if (status != LTS_OK)
        return status;
    return lts_config_feature(config, feature, err);
}

lts_status draw_spectrogram(cli_session *cli, const plot_options *o, lts_error *err)
{
    size_t count = cli_operands(cli) - 1;
    lts_plot_panel panels[LTS_PLOT_PANELS] = {{0}};
    lts_config config = {0};
    lts_feature feature;
    if (count > LTS_PLOT_PANELS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%zu sounds: at most %d fit in one picture", count,
                        LTS_PLOT_PANELS);
    lts_status status = find_feature(cli, o, &config, &feature, err);
    if (status != LTS_OK)
        goto done;
    for (size_t p = 0; p < count; p++) {
        status = load_panel(o, cli_operand(cli, p + 1), &feature, &panels[p], err);
        if (status != LTS_OK)
            goto done;
    }
    if (o->run)
        status = measure_panels(cli, o, &feature, panels, count, err);
    if (status != LTS_OK)
        goto done;
    status = lts_plot_spectrogram(panels, count, &feature, o->range, o->out, err);
    if (status != LTS_OK)
        goto done;
    report_picture(cli, o->out);
done:
    for (size_t p = 0; p < count; p++)
        lts_plot_panel_free(&panels[p]);
    lts_config_free(&config);
    return status;
}
