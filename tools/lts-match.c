/* lts-match: the synthesizer parameters that make a sound. */
#include "match/show_match.h"
#include "sound_options.h"

#include "lts/match.h"

#include <string.h>

static const char examples[] =
    "lts-match --run RUN voice.wav -o match.wav --params match.ini\n"
    "lts-match --run RUN bell.flac@1.5 --refine 10 -o bell.wav --params bell.ini\n"
    "lts-match --run RUN --refine 5 recordings more/*.wav -o matches\n"
    "lts-match --run RUN choir.ogg --top 5 --json\n"
    "lts-match --run RUN speech.wav --hop 0.05 -o moving.wav --params moving.csv\n"
    "lts-match --run RUN --evaluate unseen --report scores.csv\n"
    "lts-match --run RUN --evaluate unseen --resynthesize 200 --refine 10 --sounds sounds.csv\n"
    "lts-plot evaluation scores.csv sounds.csv -o scores.png\n";

typedef struct options {
    const char *run, *out, *params, *evaluate, *report, *sounds;
    int64_t top, count, resynthesize;
    double refine, hop;
    lts_audio_bits bits;
    bool within_levels, several, top_given, bits_given, count_given, resynthesize_given;
} options;

static void check_usage(const cli_session *cli, options *o)
{
    const struct {
        const char *name;
        bool given, evaluates;
    } rules[] = {{"output", o->out, false},    {"params", o->params, false},
                 {"top", o->top_given, false}, {"bits", o->bits_given, false},
                 {"hop", o->hop > 0, false},   {"count", o->count_given, true},
                 {"report", o->report, true},  {"resynthesize", o->resynthesize_given, true},
                 {"sounds", o->sounds, true}};
    for (size_t r = 0; r < sizeof rules / sizeof *rules; r++)
        if (rules[r].given && rules[r].evaluates != (o->evaluate != NULL))
            cli_misuse(cli, "--%s has %s --evaluate", rules[r].name,
                       o->evaluate ? "no meaning with" : "a meaning only with");
    if (o->evaluate && cli_operands(cli) > 0)
        cli_misuse(cli, "%s: --evaluate takes its sounds from its folder", cli_operand(cli, 0));
    if (o->evaluate && o->refine > 0 && o->resynthesize == 0)
        cli_misuse(cli, "--refine is for resyntheses: give --resynthesize N too");
    if (o->within_levels && !(o->refine > 0))
        cli_misuse(cli, "--within-levels is for a search: give --refine SEC too");
    if (o->sounds && o->resynthesize == 0)
        cli_misuse(cli, "--sounds is for resyntheses: give --resynthesize N too");
    if (o->sounds && o->report && strcmp(o->sounds, o->report) == 0)
        cli_misuse(cli, "%s: named for both --report and --sounds: name two files", o->report);
    if (o->evaluate)
        return;
    if (cli_operands(cli) == 0)
        cli_misuse(cli, "which sound? name a file or a folder");
    o->several = cli_operands(cli) > 1 || lts_is_folder(cli_operand(cli, 0));
    if (o->hop > 0 && o->several)
        cli_misuse(cli, "--hop is for one sound");
    if (o->hop > 0 && o->top_given)
        cli_misuse(cli, "--top has no meaning with --hop");
    if (o->several && o->params)
        cli_misuse(cli, "--params is for one sound: the patches of several go to --output too");
    if (o->several && o->out && lts_is_standard_output(o->out))
        cli_misuse(cli, "--output=%s: several sounds need a folder: give its name", o->out);
    if (!o->several && o->out)
        sound_check_name(cli, o->out);
}

static lts_status match_one(cli_session *cli, const options *o, lts_matcher *matcher,
                            const lts_match_options *how, lts_error *err)
{
    const lts_match_output output = {
        .wav_path = o->out, .patch_path = o->params, .bits = o->bits, .top = (size_t)o->top};
    lts_source source = {0};
    lts_status status = lts_source_parse(cli_operand(cli, 0), &source, err);
    if (status != LTS_OK)
        goto done;
    status = o->hop > 0
                 ? lts_match_curves(matcher, &source, o->hop, how, &output, cli_reporter(cli), err)
                 : lts_match_file(matcher, &source, how, &output, cli_reporter(cli), err);
done:
    lts_free(source.path);
    return status;
}

static lts_status match_several(cli_session *cli, const options *o, lts_matcher *matcher,
                                const lts_match_options *how, lts_error *err)
{
    const size_t count = cli_operands(cli);
    const char **texts = NULL;
    size_t failed = 0;
    lts_status status = lts_alloc_checked(&texts, count, sizeof *texts, "the sounds", err);
    if (status != LTS_OK)
        return status;
    for (size_t t = 0; t < count; t++)
        texts[t] = cli_operand(cli, t);
    const lts_match_set set = {
        .texts = texts, .count = count, .folder = o->out, .bits = o->bits, .top = (size_t)o->top};
    status = lts_match_several(matcher, &set, how, &failed, cli_reporter(cli), err);
    lts_free(texts);
    if (failed > 0)
        cli_some_failed(cli);
    return status;
}

static lts_status evaluate(cli_session *cli, const options *o, lts_matcher *matcher,
                           const lts_match_options *how, lts_error *err)
{
    const lts_match_evaluation evaluation = {.examples = (uint64_t)o->count,
                                             .resyntheses = (uint64_t)o->resynthesize,
                                             .match = *how,
                                             .sounds_path = o->sounds};
    return lts_match_evaluate(matcher, o->evaluate, &evaluation, o->report, cli_reporter(cli), err);
}

static lts_status open_matcher(cli_session *cli, const char *run, lts_matcher **matcher,
                               lts_error *err)
{
    char *installed = NULL;
    lts_status status = run ? LTS_OK : lts_match_installed_run(&installed, err);
    if (status != LTS_OK)
        goto done;
    status = lts_matcher_open(run ? run : installed, cli_threads(cli), matcher, err);
done:
    lts_free(installed);
    return status;
}

int main(int argc, char **argv)
{
    options o = {.top = 1, .bits = LTS_AUDIO_FLOAT};
    const cli_option table[] = {
        CLI_OPTION(CLI_TEXT, "run", 'r', &o.run, "RUN",
                   "trained run, a folder of lts-train with [inversynth]",
                   .standard = "the installed one, of the paper's synthesizer"),
        CLI_OPTION(CLI_TEXT, "output", 'o', &o.out, "OUT",
                   "write the matching sound, a WAV; of several sounds a folder, for their patches "
                   "too",
                   .writes = true),
        CLI_OPTION(CLI_TEXT, "params", 0, &o.params, "FILE",
                   "write its parameters, a patch for lts-synth render; with --hop curves",
                   .writes = true),
        CLI_OPTION(CLI_INT, "top", 0, &o.top, "K", "classes of each parameter to tell",
                   .minimum = 1, .maximum = 1024, .given = &o.top_given),
        CLI_OPTION(
            CLI_REAL, "refine", 0, &o.refine, "SEC",
            "search so long for values, between and beyond the classes too, that sound closer",
            .minimum = 0, .maximum = 1e6, .standard = "0: no search"),
        CLI_OPTION(CLI_FLAG, "within-levels", 0, &o.within_levels, NULL,
                   "refine: keep every value between its parameter's lowest and highest class"),
        CLI_OPTION(CLI_REAL, "hop", 0, &o.hop, "SEC",
                   "match a window of a long sound every so many seconds: --params gets curves, "
                   "CSV or .npy, and --output their sound",
                   .minimum = 0.001, .maximum = 60, .standard = "none"),
        CLI_OPTION(CLI_PARSED, "bits", 0, &o.bits, "BITS", "sample format: 16, 24, 32f",
                   .parse = parse_bits, .legal = "16, 24 or 32f", .choices = sample_formats,
                   .standard = "32f", .given = &o.bits_given),
        CLI_OPTION(CLI_TEXT, "evaluate", 0, &o.evaluate, "DATASET",
                   "measure the run on a folder of lts-synth random", .required = false),
        CLI_OPTION(CLI_INT, "count", 0, &o.count, "N", "evaluate: look at so many of its sounds",
                   .minimum = 1, .maximum = 1e15, .given = &o.count_given, .standard = "all"),
        CLI_OPTION(CLI_INT, "resynthesize", 0, &o.resynthesize, "N",
                   "evaluate: render the matches of so many and compare them with the sounds",
                   .minimum = 0, .maximum = 1e15, .given = &o.resynthesize_given),
        CLI_OPTION(CLI_TEXT, "report", 0, &o.report, "FILE.csv",
                   "evaluate: write the scores of each parameter", .writes = true),
        CLI_OPTION(CLI_TEXT, "sounds", 0, &o.sounds, "FILE.csv",
                   "evaluate: write the measures of each resynthesis", .writes = true),
        {0},
    };
    const cli_program program = {
        .name = "lts-match",
        .summary = "find synthesizer parameters that make a sound",
        .usage = "[--run RUN] SOUND[@TIME] [-o FILE] [--params FILE]\n"
                 "[--run RUN] --hop SEC SOUND[@TIME] [-o FILE] [--params FILE]\n"
                 "[--run RUN] SOUND|FOLDER... [-o DIR]\n"
                 "[--run RUN] --evaluate DATASET [--report FILE.csv]",
        .options = table,
        .examples = examples,
        .operands_max = SIZE_MAX,
        .operand = "FILE",
        .reads_operands = true,
        .show = match_show};
    lts_error err = {0};
    lts_matcher *matcher = NULL;
    cli_session *cli = cli_start(&program, argc, argv);
    check_usage(cli, &o);
    const lts_match_options how = {
        .refine = o.refine, .seed = cli_seed(cli, 0), .within_levels = o.within_levels};
    lts_status status = open_matcher(cli, o.run, &matcher, &err);
    if (status != LTS_OK)
        goto done;
    status = o.evaluate  ? evaluate(cli, &o, matcher, &how, &err)
             : o.several ? match_several(cli, &o, matcher, &how, &err)
                         : match_one(cli, &o, matcher, &how, &err);
done:
    lts_matcher_close(matcher);
    return cli_finish(cli, status, &err);
}
