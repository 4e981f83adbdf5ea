/* Which options go together. */
#include "interp_options.h"

void interp_check_usage(const cli_session *cli, const interp_options *o)
{
    const bool alone = o->add.list.count && o->a && !o->b;
    if (o->batch) {
        if (o->a || o->b || o->mix.count || o->curve || o->alpha.given || o->out)
            cli_misuse(cli, "--batch takes its sounds and alphas from [extra] of the run's "
                            "config.ini: leave out --a, --b, --mix, --alpha, --curve and -o");
        if (o->duration >= 0)
            cli_misuse(cli, "--batch takes its duration, example_length, from [extra] of the run's "
                            "config.ini: leave out --duration");
        if (o->magnitudes)
            cli_misuse(cli, "--magnitudes is of one sound: leave it out with --batch");
        if (o->steps)
            cli_misuse(cli, "--steps is of notes: leave it out with --batch");
        if (o->method != LTS_INTERP_MODEL)
            cli_misuse(cli, "--batch decodes with the model: leave out --method");
        if (o->add.list.count)
            cli_misuse(cli, "--add is for the sounds that are named: leave it out with --batch");
        return;
    }
    if (!o->out)
        cli_misuse(cli, "give -o, the file or folder to write");
    if (o->mix.count && (o->a || o->b || o->curve || o->alpha.given))
        cli_misuse(cli, "--mix carries its own weights: leave out --a, --b, --alpha and --curve");
    add_check(cli, &o->add);
    if (o->method != LTS_INTERP_MODEL && o->add.list.count)
        cli_misuse(cli, "--method=%s has no latent path to add to: leave out --add",
                   interp_methods[o->method]);
    if (alone && (o->alpha.given || o->curve))
        cli_misuse(cli, "--alpha and --curve go between two sounds: give --b, or leave them out");
    if (!o->mix.count && (!o->a || !o->b) && !alone)
        cli_misuse(cli, "give two sounds, --a and --b, or several with --mix FILE=WEIGHT");
    if (o->steps && (o->mix.count || o->alpha.given || o->curve || o->duration >= 0 ||
                     o->magnitudes || o->sample || o->limit > 0 || o->align.given ||
                     o->add.list.count || o->method != LTS_INTERP_MODEL))
        cli_misuse(cli, "--steps goes from the note --a to the note --b: it takes no other way to "
                        "mix them, no excerpts, no --add and no --magnitudes");
    if (o->steps && lts_is_standard_output(o->out))
        cli_misuse(cli, "--steps makes several sounds: name a folder for them");
    if (!o->steps && !o->mix.count && !alone && o->alpha.given == (o->curve != NULL))
        cli_misuse(cli, "give either --alpha or --curve");
    if (o->magnitudes && o->alpha.range)
        cli_misuse(cli, "--magnitudes is of one sound: give one value of --alpha");
    if (o->magnitudes && lts_same_file(o->magnitudes, o->out))
        cli_misuse(cli, "%s: named for both the sound and the magnitudes: name two files",
                   o->magnitudes);
    if (o->method != LTS_INTERP_MODEL && o->mix.count)
        cli_misuse(cli, "--method=%s goes between --a and --b: leave out --mix",
                   interp_methods[o->method]);
    if (o->method != LTS_INTERP_MODEL && o->sample)
        cli_misuse(cli, "--method=%s has no latent path to draw: leave out --sample",
                   interp_methods[o->method]);
    if (o->mix.count > 2 && o->align.given && o->align.how != LTS_ALIGNED_NONE &&
        o->align.how != LTS_ALIGNED_AUTO)
        cli_misuse(cli, "--align=%s aligns two sounds, not %zu: leave it out",
                   lts_alignment_text((int)o->align.how), o->mix.count);
    if (!o->alpha.range && !o->steps)
        sound_check_name(cli, o->out);
    else if (lts_is_standard_output(o->out))
        cli_misuse(cli, "--alpha FROM:TO:STEP makes several sounds: name a folder for them");
}
