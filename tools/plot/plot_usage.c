/* Which options go with which picture. */
#include "plot_options.h"

bool plot_is_map(const plot_options *o)
{
    return o->labels || o->by_given;
}

static void check_map_usage(const cli_session *cli, const plot_options *o)
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
void plot_check_usage(const cli_session *cli, const plot_options *o, plot_kind kind)
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
    if (kind == LATENT && plot_is_map(o)) {
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
