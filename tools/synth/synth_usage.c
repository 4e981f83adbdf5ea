/* Which options go with which command. */
#include "synth_options.h"

#include "sound_options.h"

/* Each option belongs to some commands; those with a value for the space to all that have one. */
void synth_check_usage(const cli_session *cli, const synth_options *o, synth_kind kind)
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
