/* lts-interp: sounds between sounds, along a path through the latent space of a trained run. */
#include "interp/between.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const char examples[] =
    "lts-interp --run RUN --a choir.flac --b guitar.wav@1.5 --duration 2 --alpha 0.5 -o half.wav\n"
    "lts-interp --run RUN --a a.wav --b b.wav --alpha -0.5:1.5:0.25 -o range/\n"
    "lts-interp --run RUN --a choir --b guitar@0:03.5 --duration 2 --alpha 0.5 -o named.wav\n"
    "lts-interp --run RUN --a a.wav --b b.wav --duration 2 --curve morph.txt -o morph.wav\n"
    "lts-interp --run RUN --a low.wav --b high.wav --alpha 0:1:0.25 --align pitch -o glide/\n"
    "lts-interp --run RUN --mix a.wav=0.5 --mix b.wav=0.25 --mix c.wav@3=0.25 -o three.wav\n"
    "lts-interp --run RUN --a Crunch/75/A4 --b Dark/25/E5 --steps 5 -o notes/\n"
    "lts-interp --run RUN --a note.wav --add Bright=0.3 --add Fuzz=-0.1 -o brighter.wav\n"
    "lts-interp --run RUN --batch\n";

static const char *const levels[] = {"loudness", "none", NULL};

/* "X" or "FROM:TO:STEP". */
static bool parse_alpha(const char *text, void *value)
{
    struct interp_alpha *alpha = value;
    double number[3] = {0};
    char part[64];
    size_t parts = 0;
    for (bool more = true; more; parts++) {
        size_t length = strcspn(text, ":");
        if (parts == 3 || length >= sizeof part)
            return false;
        memcpy(part, text, length);
        part[length] = '\0';
        if (!lts_parse_double(part, &number[parts]) || fabs(number[parts]) > FLT_MAX)
            return false;
        more = text[length] == ':';
        text += length + more;
    }
    *alpha = (struct interp_alpha){
        .given = true, .range = parts == 3, .from = number[0], .to = number[1], .step = number[2]};
    return parts == 1 ||
           (parts == 3 && lts_interp_range_count(alpha->from, alpha->to, alpha->step) > 0);
}

static bool parse_level(const char *text, void *value)
{
    struct interp_level *level = value;
    level->given = true;
    return lts_parse_level_law(text, &level->law);
}

int main(int argc, char **argv)
{
    interp_options o = {.duration = -1, .sound = SOUND_OPTIONS_DEFAULTS};
    const cli_option table[] = {
        CLI_OPTION(CLI_TEXT, "run", 'r', &o.run, "RUN", "trained run, a folder of lts-train",
                   .required = true),
        CLI_OPTION(CLI_TEXT, "a", 'a', &o.a, "SOUND[@TIME]",
                   "first sound, a file or a name in the data set, from TIME (seconds or M:SS) on",
                   .reads = true),
        CLI_OPTION(CLI_TEXT, "b", 'b', &o.b, "SOUND[@TIME]", "second sound", .reads = true),
        CLI_OPTION(CLI_LIST, "mix", 'm', &o.mix, "SOUND[@TIME]=WEIGHT",
                   "one of several sounds, its weight a number or a curve file; repeatable",
                   .required = false),
        CLI_OPTION(CLI_REAL, "duration", 'd', &o.duration, "SEC", "length of the excerpts",
                   .minimum = 0, .maximum = 1e6, .standard = "all that every sound has left"),
        CLI_OPTION(CLI_PARSED, "alpha", 0, &o.alpha, "X|FROM:TO:STEP",
                   "1 is all of the first sound, 0 of the second; a range makes a WAV a value",
                   .parse = parse_alpha,
                   .legal = "a number or FROM:TO:STEP, rising by at most 9999 steps",
                   .standard = ""),
        CLI_OPTION(CLI_TEXT, "curve", 0, &o.curve, "FILE",
                   "alpha over time: .txt, .csv or .npy of values spread evenly, or of times in "
                   "seconds and values",
                   .reads = true),
        CLI_OPTION(CLI_TEXT, "output", 'o', &o.out, "OUT", "WAV, or for a range the folder",
                   .writes = true),
        CLI_OPTION(CLI_TEXT, "magnitudes", 0, &o.magnitudes, "FILE",
                   "write the mixture's magnitudes (T,K) too, as .npy", .writes = true),
        ALIGN_OPTION(&o.align, ""),
        CLI_OPTION(CLI_CHOICE, "method", 'M', &o.method, "METHOD",
                   "how two sounds are mixed: by the model; or without it, their magnitudes, by "
                   "shift (moved and mixed) or by optimal transport",
                   .choices = interp_methods),
        CLI_OPTION(CLI_FLAG, "sample", 0, &o.sample, NULL,
                   "draw the latent path with --seed instead of taking its mean",
                   .required = false),
        CLI_OPTION(CLI_PARSED, "level", 0, &o.level, "LAW",
                   "how the sounds' levels mix: loudness, or none: in dB as a latent dimension",
                   .parse = parse_level, .legal = "loudness or none", .choices = levels,
                   .standard = "[render] level of the run"),
        CLI_OPTION(CLI_INT, "steps", 0, &o.steps, "N",
                   "of a run of notes: so many from --a to --b, each DESCRIPTOR/MAGNITUDE/PITCH or "
                   "a sound, into the folder OUT",
                   .minimum = 2, .maximum = 10000, .standard = ""),
        ADD_OPTION(&o.add),
        DISTANCE_OPTION(&o.limit),
        SOUND_OPTIONS(&o.sound),
        CLI_OPTION(CLI_FLAG, "batch", 0, &o.batch, NULL,
                   "make the sets that [extra] of the run's config.ini asks for",
                   .required = false),
        CLI_OPTION(CLI_TEXT, "dataset", 'D', &o.dataset, "DATASET",
                   "the data set whose sounds go by their names, when it has moved",
                   .required = false),
        {0},
    };
    const cli_program program = {.name = "lts-interp",
                                 .summary = "make sounds between sounds",
                                 .usage = "--run RUN --a FILE --b FILE --alpha X -o OUT\n"
                                          "--run RUN --a FILE --add DESCRIPTOR=AMOUNT -o OUT\n"
                                          "--run RUN --mix FILE=WEIGHT... -o OUT\n"
                                          "--run RUN --a NOTE --b NOTE --steps N -o DIR\n"
                                          "--run RUN --batch",
                                 .options = table,
                                 .examples = examples};
    lts_error err = {0};
    lts_model *model = NULL;
    const lts_feature *feature;
    lts_config config = {0};
    lts_distance distance = {0};
    char *audio = NULL;
    cli_session *cli = cli_start(&program, argc, argv);
    interp_check_usage(cli, &o);
    lts_status status = lts_run_model(o.run, &model, &err);
    if (status != LTS_OK)
        goto done;
    status = lts_run_config(o.run, &config, &err);
    if (status != LTS_OK)
        goto done;
    audio = lts_run_audio(o.run, o.dataset, &config);
    if (!audio) {
        status = lts_no_memory(o.run, &err);
        goto done;
    }
    lts_render_config render = lts_render_defaults();
    render.sample = o.sample;
    render.seed = cli_seed(cli, 0);
    render.level = o.level.given ? o.level.law : (lts_level_law)config.render.level;
    if (o.level.given && !lts_model_has_level(model))
        lts_message(cli_reporter(cli), LTS_LEVEL_NOTE,
                    "--level: this model has no levels of its own: nothing changes");
    render.phase = sound_phase(&o.sound, &config, cli_seed(cli, 0));
    status = sound_distance(cli, o.run, model, o.limit, &distance, &render, &err);
    if (status != LTS_OK)
        goto done;
    status = add_open(cli, &o.add, o.run, o.dataset, &config, model, &err);
    if (status != LTS_OK)
        goto done;
    render.offset = o.add.offset;
    render.offset_text = o.add.text;
    status = lts_model_feature(model, &feature, &err);
    if (status != LTS_OK)
        goto done;
    if (o.steps || (o.add.list.count && lts_feature_is_note(feature)))
        status = interp_notes(cli, &o, model, &config, audio, &render.phase, &err);
    else if (o.batch)
        status = lts_interp_batch_of(o.run, o.dataset, &config, model, &render, &o.sound.output,
                                     align_wanted(&o.align, &config, LTS_ALIGNED_NONE),
                                     cli_threads(cli), cli_reporter(cli), &err);
    else
        status = interp_sounds(cli, &o, model, &config, audio, &render, &err);
done:
    add_free(&o.add);
    lts_free(audio);
    lts_distance_free(&distance);
    lts_config_free(&config);
    lts_model_destroy(model);
    return cli_finish(cli, status, &err);
}
