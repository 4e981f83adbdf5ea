/* Pictures of tables: the losses of runs, and the scores of matches; and the record of every
 * picture. */
#include "pictures.h"

void report_picture(const cli_session *cli, const char *path)
{
    const lts_field field = {"file", path, 0};
    lts_record(cli_reporter(cli), "picture", &field, 1);
}

lts_status draw_loss(cli_session *cli, const plot_options *o, lts_error *err)
{
    size_t count = cli_operands(cli) - 1, left_out = 0;
    const char **runs;
    lts_status status = lts_alloc_checked(&runs, count, sizeof *runs, "runs", err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        runs[i] = cli_operand(cli, i + 1);
    status = lts_plot_loss(runs, count, o->out, &left_out, cli_reporter(cli), err);
    if (left_out > 0)
        cli_some_failed(cli);
    if (status != LTS_OK)
        goto done;
    report_picture(cli, o->out);
done:
    lts_free(runs);
    return status;
}

lts_status draw_evaluation(cli_session *cli, const plot_options *o, lts_error *err)
{
    const size_t count = cli_operands(cli) - 1;
    const char **files;
    lts_status status = lts_alloc_checked(&files, count, sizeof *files, "the tables", err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        files[i] = cli_operand(cli, i + 1);
    status = lts_plot_evaluation(files, count, o->out, err);
    if (status != LTS_OK)
        goto done;
    report_picture(cli, o->out);
done:
    lts_free(files);
    return status;
}
