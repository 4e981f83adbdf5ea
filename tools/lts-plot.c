/* lts-plot: pictures of a training, of sounds, and of the space between them. */
#include "align_option.h"
#include "cli.h"
#include "lts/distance_file.h"
#include "lts/latent_map.h"
#include "lts/plot.h"

#include <math.h>
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

enum kind { LOSS, SPECTROGRAM, LATENT, MORPH, EVALUATION, KINDS };

static const char *const kind_name[KINDS + 1] = {"loss", "spectrogram", "latent", "morph",
                                                 "evaluation"};

enum { MOST_ALPHAS = 1000 };

typedef struct options {
    const char *out, *config, *run, *dataset, *a, *b, *curve, *labels;
    cli_list sets, alpha;
    double range, duration, offset;
    align_option align;
    int method, colour, limits, by;
    int64_t points;
    bool range_given, offset_given, duration_given, method_given, points_given, colour_given;
    bool limits_given, by_given;
} options;

static const char *const methods[] = {"pca", "tsne", NULL};
/* The groupings in their order, then time. */
static const char *const colours[] = {"auto", "folder", "prefix", "file", "time", NULL};
enum { BY_TIME = LTS_GROUP_FILE + 1 };
/* In lts_map_by's order. */
static const char *const labels[] = {"descriptor", "magnitude", "pitch", "all", NULL};
static const char *const limits[] = {"robust", "all", NULL};

static void report(const cli_session *cli, const char *path)
{
    const lts_field field = {"file", path, 0};
    lts_record(cli_reporter(cli), "picture", &field, 1);
}

static lts_status plot_loss(cli_session *cli, const options *o, lts_error *err)
{
    size_t count = cli_operands(cli) - 1, left_out = 0;
    const char **runs;
    lts_status status = lts_alloc_checked(&runs, count, sizeof *runs, "runs", err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        runs[i] = cli_operand(cli, i + 1);
    status = lts_plot_loss(runs, count, o->out, &left_out, cli_reporter(cli), err);
    if (status == LTS_OK)
        report(cli, o->out);
    if (left_out > 0)
        cli_some_failed(cli);
    lts_free(runs);
    return status;
}

static lts_status plot_evaluation(cli_session *cli, const options *o, lts_error *err)
{
    const size_t count = cli_operands(cli) - 1;
    const char **files;
    lts_status status = lts_alloc_checked(&files, count, sizeof *files, "the tables", err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        files[i] = cli_operand(cli, i + 1);
    status = lts_plot_evaluation(files, count, o->out, err);
    if (status == LTS_OK)
        report(cli, o->out);
    lts_free(files);
    return status;
}

static lts_status load_panel(const options *o, const char *operand, const lts_feature *feature,
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
static lts_status measure_panels(cli_session *cli, const options *o, const lts_feature *feature,
                                 lts_plot_panel *panels, size_t count, lts_error *err)
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
static lts_status find_feature(cli_session *cli, const options *o, lts_config *config,
                               lts_feature *feature, lts_error *err)
{
    lts_status status = o->run ? lts_run_config(o->run, config, err)
                               : cli_load_config(cli, o->config, &o->sets, config, err);
    if (status != LTS_OK)
        return status;
    return lts_config_feature(config, feature, err);
}

static lts_status plot_spectrogram(cli_session *cli, const options *o, lts_error *err)
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
    report(cli, o->out);
done:
    for (size_t p = 0; p < count; p++)
        lts_plot_panel_free(&panels[p]);
    lts_config_free(&config);
    return status;
}

/* "X" or "FROM:TO:STEP" -> its values after the *count there are. */
static lts_status add_alphas(const char *text, double *values, size_t *count, lts_error *err)
{
    double part[3];
    size_t parts = 0;
    char *copy = lts_strdup(text);
    bool good = copy != NULL;
    for (char *start = copy, *end; good && start; start = end) {
        end = strchr(start, ':');
        if (end)
            *end++ = '\0';
        good = parts < 3 && lts_parse_double(start, &part[parts]);
        parts++;
    }
    lts_free(copy);
    good = good && (parts == 1 || (parts == 3 && part[2] > 0 && part[1] >= part[0]));
    size_t more = parts == 3 && good
                      ? (size_t)fmin(floor((part[1] - part[0]) / part[2] + 1e-6), MOST_ALPHAS)
                      : 0;
    if (!good || *count + more >= MOST_ALPHAS)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "--alpha %s: give a number or FROM:TO:STEP with STEP above 0, at most %d "
                        "values",
                        text, MOST_ALPHAS);
    for (size_t i = 0; i <= more; i++)
        values[(*count)++] = part[0] + (more > 0 ? (double)i * part[2] : 0);
    return LTS_OK;
}

/* The two sounds of --a and --b, which go together; none without them. */
static lts_status find_sources(const options *o, const char *sounds, lts_source *sources,
                               lts_error *err)
{
    if (!o->a)
        return LTS_OK;
    lts_status status = lts_source_find(o->a, sounds, &sources[0], err);
    if (status != LTS_OK)
        return status;
    status = lts_source_find(o->b, sounds, &sources[1], err);
    if (status != LTS_OK)
        return status;
    return lts_output_check(o->out, sources, 2, err);
}

/* Whether latent draws labelled points, of an array or a run, instead of a run's frames. */
static bool is_map(const options *o)
{
    return o->labels || o->by_given;
}

static lts_status plot_map(cli_session *cli, const options *o, lts_error *err)
{
    enum { MAP_POINTS = 20000 };
    char *arrays = NULL, *sounds = NULL;
    lts_status status =
        o->run ? lts_run_dataset(o->run, o->dataset, &arrays, &sounds, err) : LTS_OK;
    if (status != LTS_OK)
        goto done;
    lts_latent_map map = {.points = o->run ? arrays : cli_operand(cli, 1),
                          .run = o->run,
                          .labels = o->labels,
                          .by = (lts_map_by)o->by,
                          .pca = !o->method_given || o->method == 0,
                          .tsne = !o->method_given || o->method == 1,
                          .most = o->points_given ? (size_t)o->points : MAP_POINTS,
                          .whole = o->limits == 1,
                          .seed = cli_seed(cli, 0),
                          .threads = cli_threads(cli)};
    status = lts_latent_map_draw(&map, o->out, cli_reporter(cli), err);
done:
    lts_free(arrays);
    lts_free(sounds);
    return status;
}

static lts_status plot_latent(cli_session *cli, const options *o, lts_error *err)
{
    lts_source sources[2] = {{0}};
    double *alpha = NULL;
    char *frames = NULL, *sounds = NULL;
    lts_plot_latent latent = lts_plot_latent_defaults();
    lts_status status = lts_run_dataset(o->run, o->dataset, &frames, &sounds, err);
    if (status != LTS_OK)
        goto done;
    status = find_sources(o, sounds, sources, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&alpha, MOST_ALPHAS, sizeof *alpha, "alphas", err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < o->alpha.count; i++) {
        status = add_alphas(o->alpha.item[i], alpha, &latent.alphas, err);
        if (status != LTS_OK)
            goto done;
    }
    latent.run = o->run;
    latent.frames = frames;
    latent.sources = o->a ? sources : NULL;
    latent.duration = o->duration;
    latent.alpha = alpha;
    latent.curve = o->curve;
    latent.projection = o->method ? LTS_PROJECTION_TSNE : LTS_PROJECTION_PCA;
    latent.by_time = o->colour == BY_TIME;
    latent.grouping = latent.by_time ? LTS_GROUP_AUTO : (lts_plot_grouping)o->colour;
    latent.sounds = sounds;
    latent.whole = o->limits == 1;
    latent.points = (size_t)o->points;
    latent.seed = cli_seed(cli, 0);
    latent.threads = cli_threads(cli);
    status = lts_plot_latent_draw(&latent, o->out, cli_reporter(cli), err);
done:
    for (int s = 0; s < 2; s++)
        lts_free(sources[s].path);
    lts_free(alpha);
    lts_free(frames);
    lts_free(sounds);
    return status;
}

static lts_status plot_morph(cli_session *cli, const options *o, lts_error *err)
{
    lts_source sources[2] = {{0}};
    lts_config config = {0};
    char *arrays = NULL, *sounds = NULL;
    double alpha[MOST_ALPHAS] = {0.5};
    size_t count = 0;
    lts_status status = LTS_OK;
    if (o->alpha.count > 0)
        status = add_alphas(o->alpha.item[0], alpha, &count, err);
    if (status != LTS_OK)
        goto done;
    if (count > 1) {
        status = lts_fail(err, LTS_ERR_ARGUMENT, "--alpha %s: morph shows one path: give a number",
                          o->alpha.item[0]);
        goto done;
    }
    status = lts_run_dataset(o->run, o->dataset, &arrays, &sounds, err);
    if (status != LTS_OK)
        goto done;
    status = find_sources(o, sounds, sources, err);
    if (status != LTS_OK)
        goto done;
    status = lts_run_config(o->run, &config, err);
    if (status != LTS_OK)
        goto done;
    const lts_plot_morph morph = {.run = o->run,
                                  .sources = sources,
                                  .duration = o->duration,
                                  .alpha = alpha[0],
                                  .range = o->range,
                                  .align = align_wanted(&o->align, &config, LTS_ALIGNED_AUTO),
                                  .level = (lts_level_law)config.render.level,
                                  .threads = cli_threads(cli)};
    status = lts_plot_morph_draw(&morph, o->out, cli_reporter(cli), err);
done:
    lts_config_free(&config);
    for (int s = 0; s < 2; s++)
        lts_free(sources[s].path);
    lts_free(arrays);
    lts_free(sounds);
    return status;
}

static void check_map_usage(const cli_session *cli, const options *o)
{
    const struct {
        const char *name;
        bool given;
    } rules[] = {{"a", o->a},
                 {"b", o->b},
                 {"curve", o->curve},
                 {"alpha", o->alpha.count > 0},
                 {"colour", o->colour_given},
                 {"duration", o->duration_given}};
    for (size_t r = 0; r < sizeof rules / sizeof *rules; r++)
        if (rules[r].given)
            cli_misuse(cli, "--%s has no meaning for labelled points", rules[r].name);
    if (o->run && o->labels)
        cli_misuse(cli, "--labels has no meaning with --run, whose data set has its own");
    if (o->run && cli_operands(cli) > 1)
        cli_misuse(cli, "%s: points of an array or of --run: give one of them",
                   cli_operand(cli, 1));
    if (o->run)
        return;
    if (o->dataset)
        cli_misuse(cli, "--dataset has no meaning for an array of points");
    if (cli_operands(cli) != 2)
        cli_misuse(cli, "--%s goes with one array of points", o->labels ? "labels" : "by");
    if (!o->labels)
        cli_misuse(cli, "--by needs --labels, or --run");
}

/* Each option belongs to some kinds of picture. */
static void check_usage(const cli_session *cli, const options *o, enum kind kind)
{
    const struct {
        const char *name;
        bool given, spectrogram, latent, morph;
    } rules[] = {
        {"config", o->config, true, false, false},
        {"set", o->sets.count > 0, true, false, false},
        {"range", o->range_given, true, false, true},
        {"offset", o->offset_given, true, false, false},
        {"duration", o->duration_given, true, true, true},
        {"run", o->run, true, true, true},
        {"dataset", o->dataset, false, true, true},
        {"a", o->a, false, true, true},
        {"b", o->b, false, true, true},
        {"alpha", o->alpha.count > 0, false, true, true},
        {"align", o->align.given, false, false, true},
        {"curve", o->curve, false, true, false},
        {"method", o->method_given, false, true, false},
        {"points", o->points_given, false, true, false},
        {"colour", o->colour_given, false, true, false},
        {"limits", o->limits_given, false, true, false},
        {"labels", o->labels, false, true, false},
        {"by", o->by_given, false, true, false},
    };
    for (size_t r = 0; r < sizeof rules / sizeof *rules; r++) {
        bool fits = kind == SPECTROGRAM ? rules[r].spectrogram
                    : kind == LATENT    ? rules[r].latent
                                        : kind == MORPH && rules[r].morph;
        if (rules[r].given && !fits)
            cli_misuse(cli, "--%s has no meaning for %s", rules[r].name, kind_name[kind]);
    }
    if (kind == LATENT && is_map(o)) {
        check_map_usage(cli, o);
        return;
    }
    const bool of_run = kind == LATENT || kind == MORPH;
    if (kind == SPECTROGRAM && o->run && (o->config || o->sets.count > 0))
        cli_misuse(cli, "--%s goes without --run: a run knows its own settings",
                   o->config ? "config" : "set");
    if (of_run && !o->run)
        cli_misuse(cli, "%s needs --run", kind_name[kind]);
    if (of_run && cli_operands(cli) > 1)
        cli_misuse(cli, "%s: %s takes its sounds by --a and --b", cli_operand(cli, 1),
                   kind_name[kind]);
    if (kind == MORPH && (!o->a || !o->b))
        cli_misuse(cli, "morph needs two sounds, --a and --b");
    if (kind == MORPH && o->alpha.count > 1)
        cli_misuse(cli, "morph shows one path: give one --alpha");
    if (kind == LATENT && (o->a == NULL) != (o->b == NULL))
        cli_misuse(cli, "--a and --b go together");
    if (!o->a && (o->alpha.count > 0 || o->curve || (kind == LATENT && o->duration_given)))
        cli_misuse(cli, "--alpha, --curve and --duration need two sounds, --a and --b");
    if (!of_run && cli_operands(cli) < 2)
        cli_misuse(cli, kind == LOSS         ? "loss needs a run"
                        : kind == EVALUATION ? "evaluation needs a table of lts-match --report"
                                             : "spectrogram needs a sound or a .npy");
}

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
    options o = {.range = 80, .duration = -1, .points = (int64_t)lts_plot_latent_defaults().points};
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
    const enum kind kind = (enum kind)cli_command(cli, "picture");
    check_usage(cli, &o, kind);
    const bool map = kind == LATENT && is_map(&o);
    lts_status status =
        map ? lts_latent_map_check_path(o.out, &err) : lts_plot_check_path(o.out, &err);
    if (status == LTS_OK)
        status = kind == LOSS          ? plot_loss(cli, &o, &err)
                 : kind == EVALUATION  ? plot_evaluation(cli, &o, &err)
                 : kind == SPECTROGRAM ? plot_spectrogram(cli, &o, &err)
                 : map                 ? plot_map(cli, &o, &err)
                 : kind == LATENT      ? plot_latent(cli, &o, &err)
                                       : plot_morph(cli, &o, &err);
    return cli_finish(cli, status, &err);
}
