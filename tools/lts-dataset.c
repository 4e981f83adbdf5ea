#include "cli.h"

#include "lts/dataset.h"

#include <string.h>

static const char examples[] = "lts-dataset recordings\n"
                               "lts-dataset --config my.ini --set audio.hop_length=256 recordings\n"
                               "lts-dataset --features stft guitar    labelled notes\n"
                               "lts-dataset --shard 3/8 recordings    the third of eight jobs\n";

enum { MOST_KINDS = 16 };
static const char *features[MOST_KINDS + 1]; /* NULL ends them */

typedef struct shard {
    size_t index, count;
} shard;

/* "I/N", 1 <= I <= N. */
static bool parse_shard(const char *text, void *value)
{
    const char *slash = strchr(text, '/');
    char first[24];
    int64_t index, count;
    if (!slash || (size_t)(slash - text) >= sizeof first)
        return false;
    snprintf(first, sizeof first, "%.*s", (int)(slash - text), text);
    if (!lts_parse_int(first, &index) || !lts_parse_int(slash + 1, &count))
        return false;
    *(shard *)value = (shard){(size_t)index, (size_t)count};
    return index >= 1 && index <= count;
}

static void show(cli_session *cli, const char *event, const lts_field *fields, size_t count)
{
    /* The table at the end tells it all. */
    (void)cli, (void)event, (void)fields, (void)count;
}

static void print_table(cli_session *cli, const lts_dataset_report *report)
{
    uint64_t frames = 0;
    size_t waiting = report->count - report->done - report->skipped - report->failed;
    for (size_t f = 0; f < report->count; f++)
        if (report->file[f].outcome == LTS_DATASET_DONE)
            frames += report->file[f].frames;
    if (report->done)
        cli_print(cli, "done    %6zu  %.1f s of sound, %llu frames, %.0f times real time",
                  report->done, report->seconds, (unsigned long long)frames,
                  report->seconds / report->elapsed);
    else
        cli_print(cli, "done    %6d", 0);
    cli_print(cli, "skipped %6zu%s", report->skipped, report->skipped ? "  up to date" : "");
    cli_print(cli, "failed  %6zu", report->failed);
    for (size_t f = 0; f < report->count; f++)
        if (report->file[f].outcome == LTS_DATASET_FAILED)
            cli_print(cli, "  %s",
                      report->file[f].reason ? report->file[f].reason : report->file[f].sound);
    if (report->unreadable)
        cli_print(cli, "passed over %zu: %s: not readable by this build", report->unreadable,
                  report->unreadable_kinds);
    if (waiting)
        cli_print(cli, "waiting %6zu", waiting);
}

int main(int argc, char **argv)
{
    const char *config_path = NULL;
    cli_list sets = {0};
    int feature = -1; /* the configuration's */
    int64_t jobs = 0;
    shard part = {1, 1};
    lts_dataset_options options = {0};
    const cli_option table[] = {
        CLI_CONFIG_OPTIONS(&config_path, &sets),
        CLI_OPTION(CLI_CHOICE, "features", 'F', &feature, NULL, "what the arrays hold",
                   .choices = features, .standard = "[audio] features of the configuration"),
        CLI_OPTION(CLI_INT, "jobs", 'j', &jobs, "N", "sounds worked on at once", .minimum = 1,
                   .maximum = 1024, .standard = "--threads"),
        CLI_OPTION(CLI_PARSED, "shard", 0, &part, "I/N",
                   "do only every N-th sound from the I-th on; shards may run at once",
                   .parse = parse_shard, .legal = "I/N with I from 1 to N, such as 3/8"),
        CLI_OPTION(CLI_FLAG, "force", 'f', &options.force, NULL,
                   "make all arrays anew, also those of other settings"),
        {0},
    };
    const cli_program program = {
        .name = "lts-dataset",
        .summary = "make the arrays of DATASET/npy from the sounds of DATASET/audio",
        .usage = "[OPTION...] [DATASET]",
        .options = table,
        .examples = examples,
        .operands_max = 1,
        .operand = "DATASET",
        .show = show};
    lts_error err = {0};
    lts_config config = {0};
    lts_dataset_report report = {0};
    for (int kind = 0; kind < MOST_KINDS && lts_feature_kind_text(kind); kind++)
        features[kind] = lts_feature_kind_text(kind);
    cli_session *cli = cli_start(&program, argc, argv);
    lts_status status = cli_load_config(cli, config_path, &sets, &config, &err);
    options.folder = cli_operand(cli, 0);
    options.jobs = jobs ? (unsigned)jobs : cli_threads(cli);
    options.shard = part.index;
    options.shards = part.count;
    if (status != LTS_OK)
        goto done;
    if (feature >= 0)
        status = lts_config_set(&config, "audio.features", features[feature], &err);
    if (status != LTS_OK)
        goto done;
    status = lts_dataset_make(&config, &options, &report, cli_reporter(cli), &err);
    if (report.count > 0)
        print_table(cli, &report);
    if (report.failed > 0)
        cli_some_failed(cli);
done:
    lts_dataset_report_free(&report);
    lts_config_free(&config);
    return cli_finish(cli, status, &err);
}
