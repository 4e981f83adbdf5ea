/* Any datagrams to a whole server: each is two bytes of length, big-endian, and as many bytes.
 * Every path is kept below a scratch folder with a tiny data set and run. */
#include "engine/control/control.h"
#include "engine/osc/osc_parse.h"
#include "scratch_file.h"

#include <ftw.h>
#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerInitialize(int *count, char ***words);

static lts_server *server;
static char folder[256];

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

static void finish(void)
{
    lts_server_close(server);
    nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

static void need(lts_status status, const lts_error *err)
{
    if (status == LTS_OK)
        return;
    fprintf(stderr, "fuzz_server: %s\n", err->text);
    abort();
}

static void make_sound(const char *name, double step)
{
    enum { N = 1024 }; /* sixteen frames: what a message does counts, not how long it renders */
    static float x[N];
    char path[512];
    lts_error err;
    const lts_audio_format format = {.sample_rate = 8000, .bits = LTS_AUDIO_16};
    for (int i = 0; i < N; i++)
        x[i] = (float)(0.5 * sin(i * step));
    snprintf(path, sizeof path, "%s/audio/%s", folder, name);
    need(lts_audio_save(path, x, N, &format, &err), &err);
}

static void make_run(void)
{
    static const lts_model_note notes[] = {{"audio.sample_rate", "8000"},
                                           {"audio.hop_length", "64"},
                                           {"audio.bins_per_octave", "12"},
                                           {"audio.num_octaves", "3"},
                                           {"audio.fmin", "220"}};
    char path[512];
    lts_error err;
    lts_model *model;
    lts_model_config config = lts_model_defaults();
    config.bins = 36;
    config.units = 8;
    config.latent = 3;
    need(lts_model_create(&config, 1, &model, &err), &err);
    snprintf(path, sizeof path, "%s/run/model/best.safetensors", folder);
    need(lts_model_save(model, path, notes, sizeof notes / sizeof *notes, &err), &err);
    lts_model_destroy(model);
}

static void begin(void)
{
    lts_error err;
    char path[512], dataset[512], run[512], state[512];
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    snprintf(folder, sizeof folder, "%s/lts-fuzz-server-%ld", base, (long)getpid());
    static const char *const inside[] = {"audio", "run/model", "saved"};
    for (size_t i = 0; i < sizeof inside / sizeof *inside; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, inside[i]);
        need(lts_make_folder(path, &err), &err);
    }
    make_sound("a.wav", 0.3);
    make_sound("b.c.wav", 0.2);
    make_run();
    lts_server_config config = lts_server_defaults();
    snprintf(dataset, sizeof dataset, "%s", folder);
    snprintf(run, sizeof run, "%s/run", folder);
    snprintf(state, sizeof state, "%s/state.json", folder);
    config.dataset = dataset;
    config.run = run;
    config.root = folder;
    config.state = state;
    config.device = "null";
    config.port = 0;
    config.threads = 1;
    config.reply = "127.0.0.1:9";
    need(server_create(&config, NULL, &server, &err), &err);
    atexit(finish);
}

/* A server keeps what it was told, so that libFuzzer would look for leaks after every input, which
 * takes longer than the input itself; the sanitizer looks at the end all the same. */
int LLVMFuzzerInitialize(int *count, char ***words)
{
    static char flag[] = "-detect_leaks=0";
    static char *more[64];
    const int had = *count;
    if (had < 1 || had + 2 > (int)(sizeof more / sizeof *more))
        return 0;
    more[0] = (*words)[0];
    more[1] = flag; /* before the user's, which win */
    memcpy(more + 2, *words + 1, sizeof *more * (size_t)(had - 1));
    *words = more;
    *count = had + 1;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (!server)
        begin();
    while (size > 2) {
        size_t length = (size_t)bytes[0] << 8 | bytes[1];
        bytes += 2;
        size -= 2;
        length = length < size ? length : size;
        osc_parse(bytes, length, receive_message, server, NULL);
        for (queued *item; (item = queue_pop(server->queue, 0)); queue_free(item))
            handle_message(server, item);
        bytes += length;
        size -= length;
    }
    handle_due(server);
    return 0;
}
