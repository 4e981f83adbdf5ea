/* lts-synth: sounds of known parameters, one or as many as a network needs. */
#include "sound_options.h"
#include "synth/commands.h"

#include "lts/synth.h"

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

static const char *const qualities[] = {"auto", "naive", "bandlimited", NULL};

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
    synth_options o = {
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
    const synth_kind kind = (synth_kind)cli_command(cli, "command");
    synth_check_usage(cli, &o, kind);
    if (!o.space)
        o.space = o.lv2 ? o.lv2 : "paper";
    lts_status status = kind == RENDER       ? write_sound(cli, &o, &err)
                        : kind == PATCH      ? write_patch(cli, &o, &err)
                        : kind == SPACE      ? write_space(cli, &o, &err)
                        : kind == DATASET    ? write_array(cli, &o, &err)
                        : kind == LV2_LIST   ? list_plugins(cli, &err)
                        : kind == LV2_PARAMS ? write_plugin(cli, &o, &err)
                                             : write_data(cli, &o, kind == COMPLETE, &err);
    return cli_finish(cli, status, &err);
}
