/* lts-generate: notes of a trained run, made from labels. */
#include "lts/generate.h"
#include "lts/prior_file.h"
#include "sound_options.h"

#include <string.h>

static const char examples[] =
    "lts-generate --run RUN --descriptor Crunch --magnitude 75 --pitch A4 -o notes/\n"
    "lts-generate --run RUN --descriptor Crunch --magnitude 60 --pitch A4 --count 8 --seed 3 -o "
    "n/\n"
    "lts-generate --run RUN --descriptor Bright=0.6,Fuzz=0.4 --pitch E5 -o mixed/\n"
    "lts-generate --run RUN --descriptor Dark --magnitude 25 --pitch E5 --from-data -o beside/\n";

/* In lts_generate_latent's order. */
static const char *const latents[] = {"auto", "notes", "prior", NULL};

typedef struct options {
    const char *run, *descriptor, *out, *dataset;
    double magnitude, spread;
    int64_t count;
    int key, latent;
    bool from_data, count_given, latent_given, spread_given;
    sound_options sound;
} options;

static bool parse_key(const char *text, void *value)
{
    return lts_label_parse_key(text, value);
}

static void check_usage(const cli_session *cli, const options *o)
{
    const char *wrong = o->count_given    ? "count"
                        : o->latent_given ? "latent"
                        : o->spread_given ? "spread"
                                          : NULL;
    if (o->key < 0)
        cli_misuse(cli, "give --pitch, such as A4");
    if (o->from_data && wrong)
        cli_misuse(cli, "--from-data makes one note, without a draw: leave out --%s", wrong);
    if (o->from_data && strchr(o->descriptor, ','))
        cli_misuse(cli, "--from-data takes a note of one descriptor: name one");
    if (lts_is_standard_output(o->out))
        cli_misuse(cli, "--output: name a folder: notes are files in it");
}

static lts_status generate(cli_session *cli, const options *o, lts_error *err)
{
    lts_config config = {0};
    lts_model *model = NULL;
    lts_prior prior = {0};
    lts_condition_part part[LTS_GENERATE_PARTS];
    size_t parts;
    char key[LTS_KEY_TEXT], magnitude[LTS_NUMBER_TEXT];
    char *arrays = NULL, *name = NULL, *text = lts_strdup(o->descriptor);
    lts_status status =
        text ? lts_generate_parse(text, o->magnitude, part, LTS_GENERATE_PARTS, &parts, err)
             : lts_no_memory(o->run, err);
    if (status != LTS_OK)
        goto done;
    status = lts_run_model(o->run, &model, err);
    if (status != LTS_OK)
        goto done;
    status = lts_run_config(o->run, &config, err);
    if (status != LTS_OK)
        goto done;
    status = lts_run_prior(o->run, model, &prior, cli_reporter(cli), err);
    if (status != LTS_OK)
        goto done;
    arrays = lts_run_arrays(o->run, o->dataset, &config);
    lts_label_key_text(o->key, key);
    lts_number_text(magnitude, o->magnitude);
    name = lts_format("%sX%sX%s", o->descriptor, magnitude, key);
    if (!arrays || !name) {
        status = lts_no_memory(o->run, err);
        goto done;
    }
    const lts_generate wanted = {.arrays = arrays,
                                 .prior = &prior,
                                 .part = part,
                                 .parts = parts,
                                 .name = name,
                                 .key = o->key,
                                 .latent = (lts_generate_latent)o->latent,
                                 .spread = o->spread,
                                 .count = (size_t)o->count,
                                 .seed = cli_seed(cli, 0),
                                 .from_data = o->from_data,
                                 .threads = cli_threads(cli),
                                 .phase = sound_phase(&o->sound, &config, cli_seed(cli, 0)),
                                 .output = o->sound.output};
    status = lts_generate_notes(model, &wanted, o->out, cli_reporter(cli), err);
done:
    lts_free(name);
    lts_free(arrays);
    lts_free(text);
    lts_config_free(&config);
    lts_prior_free(&prior);
    lts_model_destroy(model);
    return status;
}

int main(int argc, char **argv)
{
    options o = {.magnitude = 100,
                 .key = -1,
                 .spread = 1,
                 .count = 1,
                 .sound = {.iterations = -1, .output = {.bits = LTS_AUDIO_24}}};
    const cli_option table[] = {
        CLI_OPTION(CLI_TEXT, "run", 'r', &o.run, "RUN", "trained run, a folder of lts-train",
                   .required = true),
        CLI_OPTION(CLI_TEXT, "descriptor", 0, &o.descriptor, "NAME[=SHARE],...",
                   "what the note is like, or a mixture by shares", .required = true),
        CLI_OPTION(CLI_REAL, "magnitude", 0, &o.magnitude, "M",
                   "how much of it, also between and beyond the magnitudes trained", .minimum = 0,
                   .maximum = 1e6),
        CLI_OPTION(CLI_PARSED, "pitch", 0, &o.key, "PITCH",
                   "A4, or 1-5, string and fret, or the key of MIDI", .parse = parse_key,
                   .legal = "a pitch such as A4, a string and fret such as 1-5, or 0 to 127",
                   .standard = ""),
        CLI_OPTION(CLI_TEXT, "output", 'o', &o.out, "DIR", "folder of the notes", .writes = true,
                   .required = true),
        CLI_OPTION(CLI_INT, "count", 0, &o.count, "N", "how many, each drawn by --seed",
                   .minimum = 1, .maximum = 10000, .given = &o.count_given),
        CLI_OPTION(CLI_FLAG, "from-data", 0, &o.from_data, NULL,
                   "encode and decode the data set's note of these labels, and write beside it "
                   "that note's own spectrogram as sound",
                   .required = false),
        CLI_OPTION(CLI_CHOICE, "latent", 0, &o.latent, "FROM",
                   "draw about the labelled notes of the data set, or from what a model with "
                   "conditions has learned of their labels; auto: notes where there are some",
                   .choices = latents, .given = &o.latent_given),
        CLI_OPTION(CLI_REAL, "spread", 0, &o.spread, "S",
                   "how far draws lie apart; 0: none, the mean itself", .minimum = 0,
                   .maximum = 100, .given = &o.spread_given),
        CLI_OPTION(CLI_TEXT, "dataset", 'D', &o.dataset, "DATASET",
                   "the data set with the labelled notes, when it has moved", .required = false),
        SOUND_OPTIONS_OF(&o.sound, "24"),
        {0},
    };
    const cli_program program = {.name = "lts-generate",
                                 .summary = "make notes from labels",
                                 .usage = "--run RUN --descriptor NAME --pitch PITCH -o DIR",
                                 .options = table,
                                 .examples = examples};
    lts_error err = {0};
    cli_session *cli = cli_start(&program, argc, argv);
    check_usage(cli, &o);
    return cli_finish(cli, generate(cli, &o, &err), &err);
}
