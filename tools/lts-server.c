/* lts-server: the live engine, driven over OSC. */
#include "cli.h"
#include "lts/engine.h"

#include <string.h>

static const char examples[] =
    "lts-server --dataset DATASET --run DATASET/vae/run-000\n"
    "lts-server --run RUN --osc-port 9000 --reply 127.0.0.1:9001 --audio-device file:set.wav\n"
    "lts-server --list-devices\n"
    "oscsend 127.0.0.1 7020 /interpolate_two/generate fff 2 0 0.5\n";

static const char *const sample_formats[] = {"16", "24", "32f", NULL};

static bool parse_bits(const char *text, void *value)
{
    return lts_audio_parse_bits(text, value);
}

static void show(cli_session *cli, const char *event, const lts_field *fields, size_t count)
{
    const lts_field *id = cli_field(fields, count, "id"), *name = cli_field(fields, count, "name");
    const lts_field *standard = cli_field(fields, count, "default");
    if (id && name)
        cli_print(cli, "%s %d  %s%s", event, (int)id->number, name->text,
                  standard && standard->number != 0 ? "  (default)" : "");
    const lts_field *address = cli_field(fields, count, "address");
    if (address)
        cli_print(cli, "%s %s", address->text, cli_field(fields, count, "arguments")->text);
    const lts_field *listening = cli_field(fields, count, "listening");
    if (listening)
        cli_print(cli, "Listening on %s, answering to %s.", listening->text,
                  cli_field(fields, count, "answering")->text);
}

static lts_status serve(cli_session *cli, const lts_server_config *config, lts_error *err)
{
    lts_server *server;
    lts_status status = lts_server_open(config, cli_reporter(cli), &server, err);
    if (status != LTS_OK)
        return status;
    lts_server_run(server);
    lts_server_close(server);
    return LTS_OK;
}

int main(int argc, char **argv)
{
    lts_server_config config = lts_server_defaults();
    cli_list maps = {0};
    int64_t port = config.port, block = (int64_t)config.block;
    bool devices = false, addresses = false;
    const cli_option table[] = {
        CLI_OPTION(CLI_TEXT, "dataset", 'D', &config.dataset, "DATASET",
                   "data set, whose sounds are in DATASET/audio", .standard = "as remembered"),
        CLI_OPTION(CLI_TEXT, "run", 'r', &config.run, "RUN", "trained run, a folder of lts-train",
                   .standard = "as remembered"),
        CLI_OPTION(CLI_TEXT, "match-run", 0, &config.match_run, "RUN",
                   "trained classifier, which finds a sound's synthesizer parameters",
                   .standard = "as remembered"),
        CLI_OPTION(CLI_INT, "osc-port", 'P', &port, "PORT", "UDP port to listen on; 0: any free",
                   .minimum = 0, .maximum = 65535),
        CLI_OPTION(CLI_TEXT, "reply", 0, &config.reply, "HOST:PORT", "where answers go to",
                   .required = false),
        CLI_OPTION(CLI_TEXT, "listen", 'l', &config.listen, "ADDRESS",
                   "address to listen on; 0.0.0.0 lets the whole network in",
                   .standard = "127.0.0.1"),
        CLI_OPTION(CLI_TEXT, "audio-device", 'A', &config.device, "DEVICE",
                   "number or name of --list-devices, null, or file:OUT.wav to record",
                   .standard = "as remembered, else the system's"),
        CLI_OPTION(CLI_TEXT, "root", 0, &config.root, "DIR",
                   "refuse every path that lies outside of DIR", .required = false),
        CLI_OPTION(CLI_TEXT, "state", 0, &config.state, "FILE",
                   "where settings are remembered; '' for nowhere",
                   .standard = "latent-timbre/server.json in $XDG_STATE_HOME"),
        CLI_OPTION(CLI_LIST, "path-map", 0, &maps, "FROM=TO",
                   "read paths of another machine that begin with FROM as TO; repeatable",
                   .required = false),
        CLI_OPTION(CLI_TEXT, "midi", 0, &config.midi, "PORT",
                   "play from a MIDI port, a number or name of --list-devices, or from a file or "
                   "pipe of MIDI bytes",
                   .required = false),
        CLI_OPTION(CLI_INT, "block", 0, &block, "N", "samples given to the device at a time",
                   .minimum = 64, .maximum = 8192),
        CLI_OPTION(CLI_PARSED, "bits", 0, &config.bits, "16|24|32f", "sample width of saved files",
                   .parse = parse_bits, .legal = "16, 24 or 32f", .choices = sample_formats,
                   .standard = "32f"),
        CLI_OPTION(CLI_FLAG, "list-devices", 0, &devices, NULL,
                   "list sound devices and MIDI ports, and end", .required = false),
        CLI_OPTION(CLI_FLAG, "list-addresses", 0, &addresses, NULL,
                   "list the OSC addresses with their arguments, and end", .required = false),
        {0},
    };
    const cli_program program = {.name = "lts-server",
                                 .summary = "play between sounds, live, over OSC",
                                 .usage = "[OPTION...]\n--list-devices",
                                 .options = table,
                                 .examples = examples,
                                 .show = show};
    lts_error err = {0};
    lts_status status = LTS_OK;
    cli_session *cli = cli_start(&program, argc, argv);
    config.port = (int)port;
    config.block = (size_t)block;
    config.path_maps = maps.item;
    config.path_map_count = maps.count;
    config.threads = cli_threads(cli);
    config.seed_given = cli_seed_given(cli);
    config.seed = cli_seed(cli, 0);
    if (devices)
        lts_server_list_devices(cli_reporter(cli));
    else if (addresses)
        lts_server_list_addresses(cli_reporter(cli));
    else
        status = serve(cli, &config, &err);
    return cli_finish(cli, status, &err);
}
