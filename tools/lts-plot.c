/* lts-plot: pictures of a training, of sounds, and of the space between them. */
#include "plot/pictures.h"

#include "lts/latent_map.h"

#include <string.h>

static const char examples[] =
    "lts-plot loss drums/demo/run-000 -o loss.png\n"
    "lts-plot loss drums/demo/run-00* -o runs.pdf\n"
    "lts-plot spectrogram a.wav morph.wav b.wav --duration 2 -o morph.png\n"
    "lts-plot spectrogram drums/npy/kick.npy --range 100 -o kick.svg\n"
    "lts-plot latent --run RUN --dataset drums --a a.wav --b b.wav@1.5 --duration 2 -o space.png\n"
    "lts-plot latent --run RUN --dataset drums --method tsne --points 3000 -o space.pdf\n"
    "lts-plot latent --run RUN --a a.wav --b b.wav --alpha -0.25:1.25:0.25 -o range.png\n"
    "lts-plot latent --run RUN --by all -o map.png\n"
    "lts-plot latent latents.npy --labels notes.csv --by descriptor -o map.png\n"
    "lts-plot morph --run RUN --a a.wav --b b.wav@1.5 --duration 2 --alpha 0.5 -o between.png\n"
    "lts-plot evaluation scores.csv sounds.csv -o scores.png\n";

static const char *const methods[] = {"pca", "tsne", NULL};
/* In lts_map_by's order. */
static const char *const labels[] = {"descriptor", "magnitude", "pitch", "all", NULL};
static const char *const limits[] = {"robust", "all", NULL};

/* A row of measures, with the names of the columns above the first. */
static void show_structure(cli_session *cli, const lts_field *fields, size_t count)
{
    static const char *const names[] = {"silhouette", "compactness",  "separation",
                                        "linearity",  "straightness", "consistency"};
    enum { COLUMNS = sizeof names / sizeof *names, WIDTH = 13 };
    char row[COLUMNS * WIDTH + 1], head[COLUMNS * WIDTH + 1];
    const lts_field *descriptor = cli_field(fields, count, "descriptor");
    for (size_t c = 0; c < COLUMNS; c++) {
        const lts_field *field = cli_field(fields, count, names[c]);
        snprintf(head + c * WIDTH, WIDTH + 1, "%*s", WIDTH, names[c]);
        if (field)
            snprintf(row + c * WIDTH, WIDTH + 1, "%*.4f", WIDTH, field->number);
        else
            snprintf(row + c * WIDTH, WIDTH + 1, "%*s", WIDTH, "-");
    }
    if (strcmp(descriptor->text, "all") == 0)
        cli_print(cli, "%-16s%s", "descriptor", head);
    cli_print(cli, "%-16s%s", descriptor->text, row);
}

static void show(cli_session *cli, const char *event, const lts_field *fields, size_t count)
{
    if (strcmp(event, "structure") == 0) {
        show_structure(cli, fields, count);
        return;
    }
    const lts_field *file = cli_field(fields, count, "file");
    if (file)
        cli_print(cli, "%s", file->text);
}

int main(int argc, char **argv)
{
    plot_options o = {
        .range = 80, .duration = -1, .points = (int64_t)lts_plot_latent_defaults().points};
    const cli_option table[] = {
        CLI_OPTION(
            CLI_TEXT, "output", 'o', &o.out, "FILE",
            "picture to write: .png, .svg or .pdf, of labelled points also a .csv; - is a PNG on "
            "standard output",
            .required = true, .writes = true),
        CLI_OPTION(CLI_REAL, "range", 0, &o.range, "DB",
                   "spectrogram, morph: from the loudest down to this many dB", .minimum = 10,
                   .maximum = 200, .given = &o.range_given),
        CLI_OPTION(CLI_REAL, "offset", 0, &o.offset, "SEC",
                   "spectrogram: begin here in every sound without an @SEC of its own",
                   .minimum = 0, .maximum = 1e6, .given = &o.offset_given),
        CLI_OPTION(CLI_REAL, "duration", 'd', &o.duration, "SEC", "length of the excerpts",
                   .minimum = 0, .maximum = 1e6, .standard = "all there is",
                   .given = &o.duration_given),
        CLI_CONFIG_OPTIONS(&o.config, &o.sets),
        CLI_OPTION(
            CLI_TEXT, "run", 'r', &o.run, "RUN",
            "trained run, a folder of lts-train; spectrogram: draws the distances from what it was "
            "trained on",
            .required = false),
        CLI_OPTION(
            CLI_TEXT, "dataset", 'D', &o.dataset, "DATASET",
            "latent, morph: data set to draw or to find sounds in, with arrays of lts-dataset",
            .standard = "the one the run was trained on"),
        CLI_OPTION(CLI_TEXT, "a", 'a', &o.a, "FILE[@SEC]",
                   "latent, morph: first sound, from SEC on", .reads = true),
        CLI_OPTION(CLI_TEXT, "b", 'b', &o.b, "FILE[@SEC]", "latent, morph: second sound",
                   .reads = true),
        CLI_OPTION(
            CLI_LIST, "alpha", 0, &o.alpha, "X|FROM:TO:STEP",
            "latent, morph: a path for this mixture of the sounds; repeatable (morph: one, 0.5 by "
            "default)",
            .required = false),
        ALIGN_OPTION(&o.align, "morph: "),
        CLI_OPTION(CLI_TEXT, "curve", 0, &o.curve, "FILE",
                   "latent: a path for this alpha over time", .reads = true),
        CLI_OPTION(CLI_CHOICE, "method", 'M', &o.method, "NAME",
                   "latent: pca (principal components) or tsne", .choices = methods,
                   .given = &o.method_given),
        CLI_OPTION(CLI_INT, "points", 'n', &o.points, "N", "latent: frames of the data set to draw",
                   .minimum = 3, .maximum = 1e6, .given = &o.points_given),
        CLI_OPTION(CLI_CHOICE, "colour", 0, &o.colour, "BY",
                   "latent: colour by folder, by prefix of the names, by file, or by time in each "
                   "file",
                   .choices = colours, .given = &o.colour_given),
        CLI_OPTION(CLI_CHOICE, "limits", 0, &o.limits, NULL,
                   "latent: points far from the others are drawn on the border, or in place",
                   .choices = limits, .given = &o.limits_given),
        CLI_OPTION(CLI_TEXT, "labels", 0, &o.labels, "FILE",
                   "latent: table of what the points of an array are: CSV with the columns "
                   "descriptor, magnitude, pitch",
                   .reads = true),
        CLI_OPTION(CLI_CHOICE, "by", 0, &o.by, "LABEL",
                   "latent, with --labels, or --run of labelled notes: what the colours tell",
                   .choices = labels, .given = &o.by_given),
        {0},
    };
    const cli_program program = {
        .name = "lts-plot",
        .summary = "draw losses, spectrograms, latent spaces, morphs and evaluations",
        .usage = "loss RUN... -o FILE\n"
                 "spectrogram SOUND|ARRAY[@SEC]... -o FILE\n"
                 "latent --run RUN [--a FILE --b FILE] -o FILE\n"
                 "latent --run RUN --by LABEL -o FILE\n"
                 "latent POINTS --labels FILE [--by LABEL] -o FILE\n"
                 "morph --run RUN --a FILE --b FILE -o FILE\n"
                 "evaluation TABLE.csv... -o FILE",
        .options = table,
        .examples = examples,
        .operands_min = 1,
        .operands_max = 1000,
        .operand = "FILE",
        .commands = kind_name,
        .reads_operands = true,
        .show = show};
    lts_error err = {0};
    cli_session *cli = cli_start(&program, argc, argv);
    const plot_kind kind = (plot_kind)cli_command(cli, "picture");
    plot_check_usage(cli, &o, kind);
    const bool map = kind == LATENT && plot_is_map(&o);
    lts_status status =
        map ? lts_latent_map_check_path(o.out, &err) : lts_plot_check_path(o.out, &err);
    if (status != LTS_OK)
        return cli_finish(cli, status, &err);
    status = kind == LOSS          ? draw_loss(cli, &o, &err)
             : kind == EVALUATION  ? draw_evaluation(cli, &o, &err)
             : kind == SPECTROGRAM ? draw_spectrogram(cli, &o, &err)
             : map                 ? draw_map(cli, &o, &err)
             : kind == LATENT      ? draw_latent(cli, &o, &err)
                                   : draw_morph(cli, &o, &err);
    return cli_finish(cli, status, &err);
}
