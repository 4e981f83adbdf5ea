/* lts-interp: sounds between sounds, along a path through the latent space of a trained run. */
#include "add_option.h"
#include "align_option.h"
#include "lts/generate.h"
#include "lts/interp.h"
#include "lts/prior_file.h"
#include "sound_options.h"

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

typedef struct options {
    const char *run, *a, *b, *curve, *out, *magnitudes, *dataset;
    cli_list mix;
    double duration, limit;
    int64_t steps; /* 0 until given: of notes */
    struct alpha {
        bool given, range;
        double from, to, step;
    } alpha;
    bool batch, sample;
    struct level {
        bool given;
        lts_level_law law;
    } level;
    align_option align;
    add_option add;
    int method; /* lts_interp_method */
    sound_options sound;
} options;

static const char *const methods[] = {[LTS_INTERP_MODEL] = "model",
                                      [LTS_INTERP_SHIFT] = "shift",
                                      [LTS_INTERP_TRANSPORT] = "transport",
                                      NULL};

/* "X" or "FROM:TO:STEP". */
static bool parse_alpha(const char *text, void *value)
{
    struct alpha *alpha = value;
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
    *alpha = (struct alpha){
        .given = true, .range = parts == 3, .from = number[0], .to = number[1], .step = number[2]};
    return parts == 1 ||
           (parts == 3 && lts_interp_range_count(alpha->from, alpha->to, alpha->step) > 0);
}

static bool parse_level(const char *text, void *value)
{
    struct level *level = value;
    level->given = true;
    return lts_parse_level_law(text, &level->law);
}

/* The sounds and, for --mix, the text of each weight: SOUND[@TIME]=WEIGHT. */
static lts_status parse_sources(const options *o, const char *audio, lts_source *sources,
                                const char **weights, lts_error *err)
{
    lts_status status;
    int inputs = 0;
    if (!o->mix.count) {
        status = lts_source_find(o->a, audio, &sources[0], err);
        if (status != LTS_OK)
            return status;
        return o->b ? lts_source_find(o->b, audio, &sources[1], err) : LTS_OK;
    }
    for (size_t s = 0; s < o->mix.count; s++) {
        const char *text = o->mix.item[s], *equals = strrchr(text, '=');
        if (!equals || equals == text || !equals[1])
            return lts_fail(err, LTS_ERR_ARGUMENT, "--mix %s: give FILE=WEIGHT", text);
        char *name = lts_format("%.*s", (int)(equals - text), text);
        status = name ? lts_source_find(name, audio, &sources[s], err) : lts_no_memory(text, err);
        lts_free(name);
        if (status != LTS_OK)
            return status;
        weights[s] = equals + 1;
        status = lts_check_distinct(o->out, weights[s], err);
        if (status != LTS_OK)
            return status;
        inputs += (strcmp(sources[s].path, "-") == 0) + (strcmp(weights[s], "-") == 0);
    }
    if (inputs > 1)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "- is named for two files to read: standard input can be one of them");
    return LTS_OK;
}

static lts_status load_curve(const char *path, double seconds, size_t frames, float *weight,
                             lts_error *err)
{
    lts_curve curve;
    lts_status status = lts_curve_load(path, seconds, &curve, err);
    if (status != LTS_OK)
        return status;
    lts_curve_resample(&curve, frames, weight);
    lts_curve_free(&curve);
    return LTS_OK;
}

/* The weight of a sound of --mix, a number or a curve file -> T values. */
static lts_status load_weight(const char *text, double seconds, size_t frames, float *weight,
                              lts_error *err)
{
    double value;
    if (!lts_parse_double(text, &value)) {
        lts_status status = load_curve(text, seconds, frames, weight, err);
        return status != LTS_ERR_NOT_FOUND
                   ? status
                   : lts_fail(err, status,
                              "--mix ...=%s: neither a number nor a curve file that is there",
                              text);
    }
    if (fabs(value) > FLT_MAX)
        return lts_fail(err, LTS_ERR_ARGUMENT, "--mix ...=%s: too large a weight", text);
    for (size_t t = 0; t < frames; t++)
        weight[t] = (float)value;
    return LTS_OK;
}

static lts_status make_weights(const options *o, lts_interp *interp, const char *const *texts,
                               float *weight, lts_error *err)
{
    const lts_feature *feature = lts_renderer_feature(lts_interp_renderer(interp));
    const double seconds = (double)lts_interp_samples(interp) / lts_feature_sample_rate(feature);
    const size_t frames = lts_interp_frames(interp);
    lts_status status = LTS_OK;
    if (o->mix.count) {
        for (size_t s = 0; s < o->mix.count; s++) {
            status = load_weight(texts[s], seconds, frames, weight + s * frames, err);
            if (status != LTS_OK)
                return status;
        }
        return LTS_OK;
    }
    if (o->curve)
        status = load_curve(o->curve, seconds, frames, weight, err);
    for (size_t t = 0; t < frames; t++) {
        if (!o->b) {
            weight[t] = 1;
            continue;
        }
        if (!o->curve)
            weight[t] = (float)o->alpha.from;
        weight[frames + t] = 1 - weight[t];
    }
    return status;
}

static char *describe_path(const options *o, const char *const *texts)
{
    if (o->curve)
        return lts_format("curve %s", o->curve);
    if (!o->mix.count && !o->b)
        return lts_strdup("one sound");
    if (!o->mix.count)
        return lts_format("alpha %g", o->alpha.from);
    char *text = lts_strdup("weights");
    for (size_t s = 0; text && s < o->mix.count; s++) {
        char *longer = lts_format("%s %s", text, texts[s]);
        lts_free(text);
        text = longer;
    }
    return text;
}

/* Aligns the two sounds, and says what it came to. */
static lts_status align(cli_session *cli, const options *o, const lts_config *config,
                        lts_interp *interp, lts_error *err)
{
    const bool two = lts_interp_count(interp) == 2;
    lts_alignment how = align_wanted(&o->align, config, two ? LTS_ALIGNED_AUTO : LTS_ALIGNED_NONE);
    if (!two && (!o->align.given || how == LTS_ALIGNED_AUTO))
        how = LTS_ALIGNED_NONE;
    lts_status status =
        lts_interp_align(interp, how, (lts_interp_method)o->method, cli_reporter(cli), err);
    if (status != LTS_OK)
        return status;
    if (lts_interp_alignment(interp)[0])
        lts_message(cli_reporter(cli), LTS_LEVEL_NOTE, "%s", lts_interp_alignment(interp));
    return status;
}

static lts_status interpolate(cli_session *cli, const options *o, const lts_model *model,
                              const lts_config *config, const char *audio,
                              const lts_render_config *render, lts_error *err)
{
    const size_t count = o->mix.count ? o->mix.count : o->b ? 2 : 1;
    const lts_reporter *reporter = cli_reporter(cli);
    lts_interp *interp = NULL;
    lts_source *sources = NULL;
    const char **texts = NULL;
    float *weight = NULL;
    char *path = NULL;
    lts_status status = lts_alloc_checked(&sources, count, sizeof *sources, "sources", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&texts, count, sizeof *texts, "weights", err);
    if (status != LTS_OK)
        goto done;
    status = parse_sources(o, audio, sources, texts, err);
    if (status != LTS_OK)
        goto done;
    if (!o->alpha.range)
        status = lts_output_check(o->out, sources, count, err);
    if (status != LTS_OK)
        goto done;
    if (o->magnitudes)
        status = lts_output_check(o->magnitudes, sources, count, err);
    if (status != LTS_OK)
        goto done;
    status = lts_interp_open_stream(model, sources, count, o->duration, cli_threads(cli),
                                    LTS_INTERP_KEPT, &interp, reporter, err);
    if (status != LTS_OK)
        goto done;
    status = align(cli, o, config, interp, err);
    if (status != LTS_OK)
        goto done;
    if (o->alpha.range) {
        status = lts_interp_save_range(interp, o->out, o->alpha.from, o->alpha.to, o->alpha.step,
                                       render, &o->sound.output, reporter, err);
        goto done;
    }
    status = lts_alloc_checked(&weight, lts_interp_frames(interp), count * sizeof *weight,
                               "weights", err);
    if (status != LTS_OK)
        goto done;
    status = make_weights(o, interp, texts, weight, err);
    if (status != LTS_OK)
        goto done;
    path = describe_path(o, texts);
    if (!path) {
        status = lts_no_memory(o->out, err);
        goto done;
    }
    const lts_interp_made made = {
        .path = path, .weight = weight, .config = render, .magnitudes = o->magnitudes};
    status = lts_interp_save(interp, o->out, &made, &o->sound.output, reporter, err);
done:
    if (status == LTS_ERR_CANCELLED && !o->alpha.range)
        lts_fail(err, status, "%s: interrupted: nothing was written", o->out);
    lts_free(path);
    lts_free(weight);
    lts_interp_close(interp);
    for (size_t s = 0; sources && s < count; s++)
        lts_free(sources[s].path);
    lts_free(sources);
    lts_free(texts);
    return status;
}

/* Of a run of notes: from the note --a to the note --b, or --a with descriptors added to it. */
static lts_status make_notes(cli_session *cli, const options *o, const lts_model *model,
                             const lts_config *config, const char *audio,
                             const lts_phase_config *phase, lts_error *err)
{
    char *arrays = lts_run_arrays(o->run, o->dataset, config);
    lts_prior prior = {0};
    lts_status status = arrays ? lts_run_prior(o->run, model, &prior, cli_reporter(cli), err)
                               : lts_no_memory(o->run, err);
    if (status != LTS_OK)
        goto done;
    const lts_generate_between between = {.prior = &prior,
                                          .arrays = arrays,
                                          .audio = audio,
                                          .pattern = config->labels.pattern,
                                          .ends = {o->a, o->b},
                                          .steps = (size_t)o->steps,
                                          .threads = cli_threads(cli),
                                          .phase = *phase,
                                          .output = o->sound.output};
    const lts_generate_change change = {.prior = &prior,
                                        .arrays = arrays,
                                        .audio = audio,
                                        .pattern = config->labels.pattern,
                                        .note = o->a,
                                        .offset = o->add.offset,
                                        .part = o->add.part,
                                        .parts = o->add.part ? o->add.list.count : 0,
                                        .text = o->add.text,
                                        .threads = cli_threads(cli),
                                        .phase = *phase,
                                        .output = o->sound.output};
    if (o->steps)
        status = lts_generate_path(model, &between, o->out, cli_reporter(cli), err);
    else if (o->b)
        status = lts_fail(err, LTS_ERR_ARGUMENT,
                          "--add changes one note of a run of notes: leave out --b");
    else
        status = lts_generate_changed(model, &change, o->out, cli_reporter(cli), err);
done:
    lts_prior_free(&prior);
    lts_free(arrays);
    return status;
}

static void check_usage(const cli_session *cli, const options *o)
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
                   methods[o->method]);
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
                   methods[o->method]);
    if (o->method != LTS_INTERP_MODEL && o->sample)
        cli_misuse(cli, "--method=%s has no latent path to draw: leave out --sample",
                   methods[o->method]);
    if (o->mix.count > 2 && o->align.given && o->align.how != LTS_ALIGNED_NONE &&
        o->align.how != LTS_ALIGNED_AUTO)
        cli_misuse(cli, "--align=%s aligns two sounds, not %zu: leave it out",
                   lts_alignment_text((int)o->align.how), o->mix.count);
    if (!o->alpha.range && !o->steps)
        sound_check_name(cli, o->out);
    else if (lts_is_standard_output(o->out))
        cli_misuse(cli, "--alpha FROM:TO:STEP makes several sounds: name a folder for them");
}

int main(int argc, char **argv)
{
    options o = {.duration = -1, .sound = SOUND_OPTIONS_DEFAULTS};
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
                   .choices = methods),
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
    check_usage(cli, &o);
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
        status = make_notes(cli, &o, model, &config, audio, &render.phase, &err);
    else if (o.batch)
        status = lts_interp_batch_of(o.run, o.dataset, &config, model, &render, &o.sound.output,
                                     align_wanted(&o.align, &config, LTS_ALIGNED_NONE),
                                     cli_threads(cli), cli_reporter(cli), &err);
    else
        status = interpolate(cli, &o, model, &config, audio, &render, &err);
done:
    add_free(&o.add);
    lts_free(audio);
    lts_distance_free(&distance);
    lts_config_free(&config);
    lts_model_destroy(model);
    return cli_finish(cli, status, &err);
}
