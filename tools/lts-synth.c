/* lts-synth: sounds of known parameters, one or as many as a network needs. */
#include "cli.h"
#include "sound_options.h"

#include "lts/audio.h"
#include "lts/lv2.h"
#include "lts/synth_data.h"

#include <math.h>
#include <string.h>

static const char examples[] = "lts-synth patch -o patch.ini\n"
                               "lts-synth render patch.ini --rate 44100 -o out.wav\n"
                               "lts-synth random --count 18000 --seed 1 -o train\n"
                               "lts-synth space paper -o parameters.ini\n"
                               "lts-synth random --space parameters.ini --count 500 --wav -o mine\n"
                               "lts-synth complete --space two-sines -o sines\n"
                               "lts-synth dataset --wav recordings -o x.npy\n"
                               "lts-synth lv2-list\n"
                               "lts-synth lv2-params http://drobilla.net/plugins/mda/DX10 "
                               "--levels 16 -o dx10.ini\n"
                               "lts-synth random --lv2 dx10.ini -o dx10\n";

enum kind { RENDER, RANDOM, COMPLETE, PATCH, SPACE, DATASET, LV2_LIST, LV2_PARAMS, KINDS };

static const char *const kind_name[KINDS + 1] = {
    "render", "random", "complete", "patch", "space", "dataset", "lv2-list", "lv2-params", NULL};

typedef struct options {
    const char *out, *space, *lv2;
    double rate, duration, gate;
    int quality; /* below 0: the file's */
    int64_t count, index, levels;
    lts_audio_bits bits;
    bool normalize, wav;
    bool rate_given, duration_given, gate_given, count_given, index_given, bits_given, levels_given;
} options;

static const char *const qualities[] = {"auto", "naive", "bandlimited", NULL};

/* What the options say over the settings of a file. */
static lts_status change_settings(const options *o, const char *name, lts_synth_space *space,
                                  lts_error *err)
{
    lts_error reason = {0};
    lts_synth_settings settings = *lts_synth_space_settings(space);
    if (o->quality >= 0 && settings.source != LTS_SYNTH_FM)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: --oscillators has no meaning for a plugin",
                        name);
    if (o->rate_given)
        settings.sample_rate = o->rate;
    if (o->duration_given)
        settings.duration = o->duration;
    if (o->gate_given)
        settings.gate = o->gate;
    if (o->quality >= 0)
        settings.fm.quality = (lts_synth_quality)o->quality;
    if (o->normalize)
        settings.normalize = true;
    lts_status status = lts_synth_space_set_settings(space, &settings, &reason);
    return status == LTS_OK ? LTS_OK : lts_fail(err, status, "%s: %.900s", name, reason.text);
}

/* A space by its name or its file. */
static lts_status open_space(const options *o, const char *name, lts_synth_space **space,
                             lts_error *err)
{
    bool builtin = false, file = strcmp(name, "-") == 0 || strpbrk(name, "./") || lts_is_file(name);
    for (size_t s = 0; lts_synth_space_name(s); s++)
        builtin = builtin || strcmp(name, lts_synth_space_name(s)) == 0;
    lts_status status = builtin || !file ? lts_synth_space_builtin(name, space, err)
                                         : lts_synth_space_load(name, space, err);
    if (status != LTS_OK)
        return status;
    return change_settings(o, name, *space, err);
}

static lts_status save_sound(cli_session *cli, const options *o, const lts_synth_space *patch,
                             const double *values, const float *x, size_t n, lts_error *err)
{
    char *comment = lts_synth_patch_text(patch, values);
    const double rate = lts_synth_space_settings(patch)->sample_rate;
    const lts_audio_format format = {.sample_rate = rate, .bits = o->bits, .comment = comment};
    double peak = 0;
    for (size_t i = 0; i < n; i++)
        peak = fmax(peak, fabs(x[i]));
    lts_status status =
        comment ? lts_audio_save(o->out, x, n, &format, err) : lts_no_memory(o->out, err);
    lts_free(comment);
    if (status != LTS_OK)
        return status;
    if (o->bits != LTS_AUDIO_FLOAT && peak > 1)
        lts_message(cli_reporter(cli), LTS_LEVEL_WARNING,
                    "%s: clipped: its peak is %.3g: use --normalize or --bits 32f", o->out, peak);
    const lts_field fields[] = {
        {"file", o->out, 0}, {"seconds", NULL, (double)n / rate}, {"peak", NULL, peak}};
    lts_record(cli_reporter(cli), "sound", fields, 3);
    return LTS_OK;
}

static lts_status render(cli_session *cli, const options *o, lts_error *err)
{
    const char *path = cli_operand(cli, 1);
    lts_synth_space *patch = NULL;
    lts_synth *synth = NULL;
    double values[LTS_SYNTH_PARAMETERS];
    float *x = NULL;
    lts_status status = lts_synth_patch_load(path, &patch, err);
    if (status != LTS_OK)
        goto done;
    status = change_settings(o, path, patch, err);
    if (status != LTS_OK)
        goto done;
    status = lts_synth_create(patch, &synth, err);
    if (status != LTS_OK)
        goto done;
    const size_t n = lts_synth_samples(synth);
    status = lts_alloc_checked(&x, n, sizeof *x, o->out, err);
    if (status != LTS_OK)
        goto done;
    lts_synth_space_values(patch, values);
    status = lts_synth_render(synth, values, x, err);
    if (status != LTS_OK)
        goto done;
    status = save_sound(cli, o, patch, values, x, n, err);
done:
    lts_free(x);
    lts_synth_destroy(synth);
    lts_synth_space_destroy(patch);
    return status;
}

/* Random and complete data sets. */
static lts_status make_data(cli_session *cli, const options *o, bool complete, lts_error *err)
{
    lts_synth_space *space = NULL;
    uint64_t dropped = 0;
    lts_status status = open_space(o, o->space, &space, err);
    if (status != LTS_OK)
        goto done;
    if (o->lv2 && lts_synth_space_settings(space)->source != LTS_SYNTH_LV2) {
        status = lts_fail(err, LTS_ERR_ARGUMENT,
                          "%s: is of no LV2 instrument: write one by lts-synth lv2-params, or use "
                          "--space",
                          o->lv2);
        goto done;
    }
    status = lts_synth_data_make(&(lts_synth_data){.space = space,
                                                   .folder = o->out,
                                                   .complete = complete,
                                                   .count = (uint64_t)o->count,
                                                   .seed = cli_seed(cli, 0),
                                                   .wav = o->wav,
                                                   .bits = o->bits,
                                                   .threads = cli_threads(cli),
                                                   .dropped = &dropped},
                                 cli_reporter(cli), err);
done:
    if (dropped > 0)
        cli_some_failed(cli);
    lts_synth_space_destroy(space);
    return status;
}

static void report_file(cli_session *cli, const char *event, const char *path)
{
    const lts_field field = {"file", path, 0};
    lts_record(cli_reporter(cli), event, &field, 1);
}

static lts_status write_patch(cli_session *cli, const options *o, lts_error *err)
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

static lts_status write_space(cli_session *cli, const options *o, lts_error *err)
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

static lts_status pack(cli_session *cli, const options *o, lts_error *err)
{
    return lts_sound_array_make(&(lts_sound_array){.folder = cli_operand(cli, 1),
                                                   .path = o->out,
                                                   .sample_rate = o->rate,
                                                   .duration = o->duration,
                                                   .threads = cli_threads(cli)},
                                cli_reporter(cli), err);
}

static lts_status list_plugins(cli_session *cli, lts_error *err)
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

static lts_status write_plugin(cli_session *cli, const options *o, lts_error *err)
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

/* Each option belongs to some commands; those with a value for the space to all that have one. */
static void check_usage(const cli_session *cli, const options *o, enum kind kind)
{
    const unsigned data = 1u << RANDOM | 1u << COMPLETE;
    const unsigned drawn = 1u << RANDOM | 1u << PATCH;
    const unsigned spaces = data | 1u << RENDER | 1u << PATCH | 1u << SPACE;
    const unsigned sounds = spaces | 1u << LV2_PARAMS;
    const unsigned files = sounds | 1u << DATASET;
    const struct {
        const char *name;
        bool given;
        unsigned kinds;
    } rules[] = {{"space", o->space, data | 1u << PATCH},
                 {"lv2", o->lv2, data},
                 {"gate", o->gate_given, sounds},
                 {"oscillators", o->quality >= 0, spaces},
                 {"normalize", o->normalize, sounds},
                 {"output", o->out, files},
                 {"levels", o->levels_given, 1u << LV2_PARAMS},
                 {"rate", o->rate_given, files},
                 {"duration", o->duration_given, files},
                 {"count", o->count_given, 1u << RANDOM},
                 {"index", o->index_given, 1u << PATCH},
                 {"bits", o->bits_given, data | 1u << RENDER},
                 {"wav", o->wav, data | 1u << DATASET},
                 {"seed", cli_seed_given(cli), drawn}};
    const bool takes_operand =
        kind == RENDER || kind == SPACE || kind == DATASET || kind == LV2_PARAMS;
    for (size_t r = 0; r < sizeof rules / sizeof *rules; r++)
        if (rules[r].given && !(rules[r].kinds & 1u << kind))
            cli_misuse(cli, "--%s has no meaning for %s", rules[r].name, kind_name[kind]);
    if (kind != LV2_LIST && !o->out)
        cli_misuse(cli, "--output OUT is missing");
    if (takes_operand && cli_operands(cli) != 2)
        cli_misuse(cli, "%s needs one %s", kind_name[kind],
                   kind == RENDER       ? "patch"
                   : kind == SPACE      ? "name or parameter file"
                   : kind == LV2_PARAMS ? "plugin's URI: see lts-synth lv2-list"
                                        : "folder of sounds");
    if (kind == LV2_LIST && cli_operands(cli) > 1)
        cli_misuse(cli, "%s: lv2-list takes nothing", cli_operand(cli, 1));
    if (!takes_operand && cli_operands(cli) > 1)
        cli_misuse(cli, "%s: %s takes its parameters by --space", cli_operand(cli, 1),
                   kind_name[kind]);
    if ((data & 1u << kind) && lts_is_standard_output(o->out))
        cli_misuse(cli, "--output=%s: %s makes a folder: give its name", o->out, kind_name[kind]);
    if (o->lv2 && o->space)
        cli_misuse(cli, "--lv2 and --space both name the parameters: give one of them");
    if (o->bits_given && kind != RENDER && !o->wav)
        cli_misuse(cli, "--bits is for --wav");
    if (kind == RENDER)
        sound_check_name(cli, o->out);
}

static void show(cli_session *cli, const char *event, const lts_field *fields, size_t count)
{
    const lts_field *file = cli_field(fields, count, "file");
    const lts_field *number = cli_field(fields, count, "examples");
    if (strcmp(event, "plugin") == 0) {
        cli_print(cli, "%s  %s  %.0f controls  %.0f outputs", fields[0].text, fields[1].text,
                  fields[2].number, fields[3].number);
    } else if (strcmp(event, "dataset") == 0) {
        const lts_field *place = file ? file : cli_field(fields, count, "folder");
        const lts_field *took = cli_field(fields, count, "seconds");
        if (took && took->number > 0)
            cli_print(cli, "%s: %.0f examples of %.0f samples, %.0f a second", place->text,
                      number->number, cli_field(fields, count, "samples")->number,
                      number->number / took->number);
        else
            cli_print(cli, "%s: %.0f examples of %.0f samples", place->text, number->number,
                      cli_field(fields, count, "samples")->number);
    } else if (strcmp(event, "row") != 0 && file) {
        cli_print(cli, "%s", file->text);
    }
}

int main(int argc, char **argv)
{
    options o = {
        .rate = 16384, .duration = 1, .quality = -1, .count = 150, .bits = LTS_AUDIO_FLOAT};
    const cli_option table[] = {
        CLI_OPTION(CLI_TEXT, "output", 'o', &o.out, "OUT",
                   "what to write: render: a WAV; random, complete: a folder; patch, space, "
                   "lv2-params: a file; dataset: a .npy",
                   .writes = true),
        CLI_OPTION(CLI_TEXT, "space", 0, &o.space, "NAME|FILE",
                   "parameters and their levels: paper, implementation, two-sines, or a parameter "
                   "file",
                   .standard = "paper"),
        CLI_OPTION(CLI_TEXT, "lv2", 0, &o.lv2, "FILE",
                   "random, complete: the parameter file of an LV2 instrument, in place of --space",
                   .required = false),
        CLI_OPTION(CLI_INT, "count", 0, &o.count, "N", "random: how many examples", .minimum = 1,
                   .maximum = 1e9, .given = &o.count_given),
        CLI_OPTION(CLI_INT, "index", 0, &o.index, "I", "patch: which example of the seed",
                   .minimum = 0, .maximum = 1e15, .given = &o.index_given),
        CLI_OPTION(CLI_INT, "levels", 0, &o.levels, "N",
                   "lv2-params: levels of every control over its range; without, each is fixed at "
                   "its default",
                   .minimum = 2, .maximum = LTS_SYNTH_LEVELS, .given = &o.levels_given,
                   .standard = ""),
        CLI_OPTION(CLI_FLAG, "wav", 0, &o.wav, NULL,
                   "random, complete: write each sound as DIR/audio/NUMBER.wav too; dataset: pack "
                   "the sounds of FOLDER",
                   .required = false),
        CLI_OPTION(CLI_REAL, "rate", 0, &o.rate, "HZ", "sample rate", .minimum = 1000,
                   .maximum = 384000, .given = &o.rate_given,
                   .standard = "the file's; dataset: 16384"),
        CLI_OPTION(CLI_REAL, "duration", 'd', &o.duration, "SEC", "length of a sound", .minimum = 0,
                   .maximum = 600, .given = &o.duration_given,
                   .standard = "the file's; dataset: 1"),
        CLI_OPTION(CLI_REAL, "gate", 0, &o.gate, "SEC", "how long the key is held", .minimum = 0,
                   .maximum = 600, .given = &o.gate_given, .standard = "the file's"),
        CLI_OPTION(CLI_CHOICE, "oscillators", 0, &o.quality, NULL,
                   "naive waves, with their aliases, or bandlimited ones; auto: naive below 32 kHz",
                   .choices = qualities, .standard = "the file's"),
        CLI_OPTION(CLI_FLAG, "normalize", 0, &o.normalize, NULL, "scale each sound to a peak of 1",
                   .required = false),
        CLI_OPTION(CLI_PARSED, "bits", 0, &o.bits, "BITS", "sample format: 16, 24, 32f",
                   .parse = parse_bits, .legal = "16, 24 or 32f", .choices = sample_formats,
                   .standard = "32f", .given = &o.bits_given),
        {0},
    };
    const cli_program program = {.name = "lts-synth",
                                 .summary = "render synthesizer sounds of known parameters",
                                 .usage = "render PATCH -o FILE\n"
                                          "random [--count N] [--space NAME|FILE] [--wav] -o DIR\n"
                                          "random [--count N] --lv2 FILE [--wav] -o DIR\n"
                                          "complete --space NAME|FILE [--wav] -o DIR\n"
                                          "patch [--space NAME|FILE] [--index I] -o FILE\n"
                                          "space NAME|FILE -o FILE\n"
                                          "dataset --wav FOLDER -o FILE\n"
                                          "lv2-list\n"
                                          "lv2-params URI [--levels N] -o FILE",
                                 .options = table,
                                 .examples = examples,
                                 .operands_min = 1,
                                 .operands_max = 2,
                                 .operand = "FILE",
                                 .commands = kind_name,
                                 .reads_operands = true,
                                 .show = show};
    lts_error err = {0};
    cli_session *cli = cli_start(&program, argc, argv);
    const enum kind kind = (enum kind)cli_command(cli, "command");
    check_usage(cli, &o, kind);
    if (!o.space)
        o.space = o.lv2 ? o.lv2 : "paper";
    lts_status status = kind == RENDER       ? render(cli, &o, &err)
                        : kind == PATCH      ? write_patch(cli, &o, &err)
                        : kind == SPACE      ? write_space(cli, &o, &err)
                        : kind == DATASET    ? pack(cli, &o, &err)
                        : kind == LV2_LIST   ? list_plugins(cli, &err)
                        : kind == LV2_PARAMS ? write_plugin(cli, &o, &err)
                                             : make_data(cli, &o, kind == COMPLETE, &err);
    return cli_finish(cli, status, &err);
}
