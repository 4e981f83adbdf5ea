/* lts-search: the sounds of a data set that are nearest to a sound in the latent space. */
#include "cli.h"
#include "lts/search.h"

#include <math.h>
#include <string.h>

static const char examples[] = "lts-search --run RUN voice.wav\n"
                               "lts-search --run RUN voice.wav@1.5 --duration 0.5 --count 3\n"
                               "lts-search --run RUN voice.wav --find sounds --playlist like.wav\n"
                               "lts-search --run RUN voice.wav --json -q\n";

enum { FIND_ALL, FIND_SOUNDS, FIND_FRAMES };
static const char *const kinds[] = {"all", "sounds", "frames", NULL};

static void report(const lts_reporter *reporter, const char *event, const lts_found *found,
                   size_t count)
{
    char pitch[LTS_KEY_TEXT];
    for (size_t i = 0; i < count; i++) {
        const lts_note *note = found[i].note;
        lts_field field[8] = {{"rank", NULL, (double)(i + 1)},
                              {"name", found[i].name, 0},
                              {"distance", NULL, found[i].distance}};
        size_t fields = 3;
        if (!note) {
            field[fields++] = (lts_field){"time", NULL, found[i].time};
            field[fields++] = (lts_field){"query_time", NULL, found[i].query};
        }
        if (note && note->descriptor[0])
            field[fields++] = (lts_field){"descriptor", note->descriptor, 0};
        if (note && !isnan(note->magnitude))
            field[fields++] = (lts_field){"magnitude", NULL, note->magnitude};
        if (note && note->key >= 0) {
            lts_label_key_text(note->key, pitch);
            field[fields++] = (lts_field){"pitch", pitch, 0};
        }
        lts_record(reporter, event, field, fields);
    }
}

/* "sound     1   0.1234  kick  at 0.125 s, like 0.250 s" */
static void show(cli_session *cli, const char *event, const lts_field *fields, size_t count)
{
    const lts_field *rank = cli_field(fields, count, "rank");
    const lts_field *time = cli_field(fields, count, "time");
    const lts_field *descriptor = cli_field(fields, count, "descriptor");
    const lts_field *magnitude = cli_field(fields, count, "magnitude");
    const lts_field *pitch = cli_field(fields, count, "pitch");
    char where[64] = "", labels[3 * LTS_LABEL_TEXT] = "";
    if (!rank) {
        cli_print(cli, "%s: %.3f s", cli_field(fields, count, "file")->text,
                  cli_field(fields, count, "seconds")->number);
        return;
    }
    if (time)
        snprintf(where, sizeof where, "  %9.3f s  as %9.3f s", time->number,
                 cli_field(fields, count, "query_time")->number);
    if (descriptor || magnitude || pitch)
        snprintf(labels, sizeof labels, "  %s %g %s", descriptor ? descriptor->text : "-",
                 magnitude ? magnitude->number : NAN, pitch ? pitch->text : "-");
    cli_print(cli, "%-7s %4.0f  %10.4f%s  %s%s", event, rank->number,
              cli_field(fields, count, "distance")->number, where,
              cli_field(fields, count, "name")->text, labels);
}

int main(int argc, char **argv)
{
    const char *run = NULL, *dataset = NULL, *playlist = NULL;
    double duration = -1, apart = 0.5, excerpt = 1;
    int64_t count = 10;
    int find = FIND_ALL;
    bool excerpt_given = false;
    const cli_option options[] = {
        CLI_OPTION(CLI_TEXT, "run", 'r', &run, "RUN", "trained run, a folder of lts-train",
                   .required = true),
        CLI_OPTION(CLI_TEXT, "dataset", 'D', &dataset, "DATASET",
                   "data set to search, with arrays of lts-dataset",
                   .standard = "the one the run was trained on"),
        CLI_OPTION(CLI_INT, "count", 0, &count, "N", "how many sounds and frames to find",
                   .minimum = 1, .maximum = LTS_SEARCH_COUNT),
        CLI_OPTION(CLI_REAL, "duration", 'd', &duration, "SEC", "length of the excerpt",
                   .minimum = 0, .maximum = 1e6, .standard = "all that is left"),
        CLI_OPTION(CLI_CHOICE, "find", 0, &find, "WHAT",
                   "sounds as wholes, frames of them, or both", .choices = kinds),
        CLI_OPTION(CLI_REAL, "apart", 0, &apart, "SEC",
                   "frames of one sound are at least so far from each other", .minimum = 0,
                   .maximum = 1e6),
        CLI_OPTION(CLI_TEXT, "playlist", 0, &playlist, "FILE",
                   "write a WAV of what was found, one excerpt after the other", .writes = true),
        CLI_OPTION(CLI_REAL, "excerpt", 0, &excerpt, "SEC", "length of each of its excerpts",
                   .minimum = 0.05, .maximum = 60, .given = &excerpt_given),
        {0},
    };
    const cli_program program = {.name = "lts-search",
                                 .summary = "find the sounds of a data set that are most like one",
                                 .usage = "--run RUN [OPTION...] SOUND[@TIME]",
                                 .options = options,
                                 .examples = examples,
                                 .operands_min = 1,
                                 .operands_max = 1,
                                 .operand = "FILE",
                                 .reads_operands = true,
                                 .show = show};
    lts_error err = {0};
    lts_search *search = NULL;
    lts_source source = {0};
    lts_search_result result = {0};
    cli_session *cli = cli_start(&program, argc, argv);
    const lts_reporter *reporter = cli_reporter(cli);
    if (excerpt_given && !playlist)
        cli_misuse(cli, "--excerpt has no meaning without --playlist");
    lts_status status = lts_search_open(run, dataset, cli_threads(cli), reporter, &search, &err);
    if (status != LTS_OK)
        goto done;
    status = lts_source_find(cli_operand(cli, 0), lts_search_folder(search), &source, &err);
    if (status != LTS_OK)
        goto done;
    if (playlist)
        status = lts_output_check(playlist, &source, 1, &err);
    if (status != LTS_OK)
        goto done;
    status = lts_search_near(search, &source, duration, (size_t)count, apart, cli_threads(cli),
                             reporter, &result, &err);
    if (status != LTS_OK)
        goto done;
    if (find == FIND_FRAMES && !lts_search_is_notes(search))
        result.sound_count = 0;
    if (find == FIND_SOUNDS)
        result.frame_count = 0;
    report(reporter, lts_search_is_notes(search) ? "note" : "sound", result.sounds,
           result.sound_count);
    report(reporter, "frame", result.frames, result.frame_count);
    if (playlist)
        status =
            lts_search_playlist(search, &result, source.path, excerpt, playlist, reporter, &err);
done:
    lts_search_result_free(&result);
    lts_free(source.path);
    lts_search_close(search);
    return cli_finish(cli, status, &err);
}
