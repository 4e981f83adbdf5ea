#include "pipeline/train/data/train_sounds.h"

#include "pipeline/synth/sound_maker.h"

#include <math.h>
#include <string.h>

enum { SPLIT_STREAM = 0x73706c6974, ANOTHER_SEED = 0x616e6f74686572, ATTEMPTS = 8 };

typedef struct sounds {
    const lts_synth_space *space;
    lts_feature feature;
    transform *transform;
    unsigned threads;
    sound_maker *maker; /* (threads) */
    const lts_reporter *reporter;
    uint64_t seed, train, held_out;
    size_t samples, free, floats;
    synth_folder folder;   /* its array NULL: endless */
    lts_permutation split; /* of a folder: the first `train` places are trained on */
    char fingerprint[LTS_HASH_TEXT];
} sounds;

/* One call of gather, as its threads see it. */
typedef struct gathering {
    sounds *from;
    const train_rows *rows;
    float *x;
    int32_t *labels;
} gathering;

static uint64_t count(const void *own, lts_frames_part of)
{
    const sounds *s = own;
    return of == LTS_FRAMES_TRAIN ? s->train : s->held_out;
}

static const char *fingerprint(const void *own)
{
    return ((const sounds *)own)->fingerprint;
}

static lts_status check(const void *own, lts_error *err)
{
    const sounds *s = own;
    return s->folder.array ? lts_npy_check(s->folder.array, err) : LTS_OK;
}

static void close_sounds(void *own)
{
    sounds *s = own;
    if (!s)
        return;
    sound_makers_destroy(s->maker, s->threads);
    transform_destroy(s->transform);
    synth_folder_close(&s->folder);
    lts_free(s);
}

/* --- Examples -------------------------------------------------------------------------------- */

/* The samples and classes of example `place` of a part. */
static lts_status read_sound(const sounds *s, lts_frames_part part, uint64_t place, float *x,
                             int32_t *labels, lts_error *err)
{
    const uint64_t row =
        lts_permutation_at(&s->split, part == LTS_FRAMES_TRAIN ? place : s->train + place);
    return synth_folder_read(&s->folder, (size_t)row, x, labels, err);
}

/* A plugin's sound that fails costs that example: another is drawn in its place, the same one
 * whenever it fails. */
static lts_status render_sound(const sounds *s, const train_rows *rows, uint64_t place,
                               sound_maker *m, int32_t *labels, lts_error *err)
{
    const uint64_t index =
        rows->part == LTS_FRAMES_TRAIN ? rows->epoch * s->train + place : UINT64_MAX - place;
    lts_status status = LTS_ERR_PLUGIN;
    for (uint64_t attempt = 0; status == LTS_ERR_PLUGIN && attempt < ATTEMPTS; attempt++) {
        lts_synth_draw(s->space, s->seed + attempt * ANOTHER_SEED, index, labels);
        status = lts_synth_render_classes(m->synth, labels, m->x, err);
        if (status == LTS_ERR_PLUGIN)
            m->dropped = *err;
    }
    return status;
}

static void make_example(void *context, size_t item, unsigned worker)
{
    gathering *g = context;
    sounds *s = g->from;
    sound_maker *m = &s->maker[worker];
    if (m->status != LTS_OK)
        return;
    uint64_t place = g->rows->first + item;
    if (g->rows->order)
        place = lts_permutation_at(g->rows->order, place);
    int32_t *labels = g->labels + item * s->free;
    m->status = s->folder.array ? read_sound(s, g->rows->part, place, m->x, labels, &m->err)
                                : render_sound(s, g->rows, place, m, labels, &m->err);
    if (m->status == LTS_OK)
        transform_analyse(m->work, m->x, s->samples, g->x + item * s->floats);
}

static lts_status gather(void *own, const train_rows *rows, float *x, int32_t *labels,
                         lts_error *err)
{
    sounds *s = own;
    gathering g = {.from = s, .rows = rows, .x = x, .labels = labels};
    sound_makers_begin(s->maker, s->threads);
    lts_parallel_for(rows->count, s->threads, make_example, &g);
    for (unsigned t = 0; t < s->threads; t++)
        if (s->maker[t].dropped.text[0])
            lts_message(s->reporter, LTS_LEVEL_WARNING,
                        "%s: another example is learned in its place", s->maker[t].dropped.text);
    const lts_status status = sound_makers_end(s->maker, s->threads, err);
    if (status != LTS_OK)
        return status;
    if (s->folder.array)
        lts_npy_release(s->folder.array);
    return status;
}

static const train_data_kind of_sounds = {.unit = "examples",
                                          .count = count,
                                          .gather = gather,
                                          .fingerprint = fingerprint,
                                          .check = check,
                                          .close = close_sounds};

/* --- Opening --------------------------------------------------------------------------------- */

static lts_status create(const train_sounds_options *options, sounds **out, lts_error *err)
{
    static const char what[] = "sounds to train on";
    sounds *s = NULL;
    *out = NULL;
    lts_status status = lts_alloc_checked(&s, 1, sizeof *s, what, err);
    if (status != LTS_OK)
        return status;
    *s = (sounds){.space = options->space,
                  .feature = *options->feature,
                  .threads = options->threads,
                  .reporter = options->reporter,
                  .seed = options->seed,
                  .samples = lts_synth_space_samples(options->space),
                  .free = lts_synth_space_free(options->space),
                  .floats = lts_feature_floats(options->feature)};
    *out = s;
    status = transform_create(&s->feature, s->samples, &s->transform, err);
    if (status != LTS_OK)
        return status;
    return sound_makers_create(s->transform, s->samples, s->threads, &s->maker, err);
}

static train_data data_of(sounds *s)
{
    return (train_data){.kind = &of_sounds, .own = s, .inputs = s->floats, .label_count = s->free};
}

/* At least one example on either side, where there are two. */
static void split(sounds *s, double share)
{
    const uint64_t rows = s->folder.rows;
    lts_rng rng;
    s->held_out = (uint64_t)(share * (double)rows + 0.5);
    if (s->held_out == 0 && share > 0)
        s->held_out = 1;
    if (s->held_out >= rows)
        s->held_out = rows - 1;
    s->train = rows - s->held_out;
    lts_rng_seed(&rng, s->seed, SPLIT_STREAM);
    lts_permutation_init(&s->split, rows, &rng);
}

/* Of the parameters, all classes and the middle sound. */
static lts_status take_fingerprint(sounds *s, lts_error *err)
{
    char part[3][LTS_HASH_TEXT] = {"", "", ""}, all[3 * LTS_HASH_TEXT + 64];
    char *text = lts_synth_space_text(s->space);
    if (!text)
        return lts_no_memory("sounds to train on", err);
    lts_hash_bytes(text, strlen(text), part[0]);
    lts_free(text);
    if (s->folder.array) {
        const size_t rows = s->folder.rows;
        lts_hash_bytes(s->folder.classes, rows * s->free * sizeof *s->folder.classes, part[1]);
        lts_status status = lts_npy_read(s->folder.array, rows / 2, 1, s->maker[0].x, err);
        if (status != LTS_OK)
            return status;
        lts_hash_bytes(s->maker[0].x, s->samples * sizeof(float), part[2]);
    }
    const int size = snprintf(all, sizeof all, "%s %s %s %llu %llu", part[0], part[1], part[2],
                              (unsigned long long)s->train, (unsigned long long)s->held_out);
    lts_hash_bytes(all, (size_t)size, s->fingerprint);
    return LTS_OK;
}

lts_status train_sounds_open(const char *folder, const train_sounds_options *options,
                             train_data *out, lts_error *err)
{
    sounds *s = NULL;
    lts_status status = create(options, &s, err);
    if (status != LTS_OK)
        goto done;
    status = synth_folder_open(folder, options->space, &s->folder, err);
    if (status != LTS_OK)
        goto done;
    split(s, options->held_out_share);
    status = take_fingerprint(s, err);
    if (status != LTS_OK)
        goto done;
    *out = data_of(s);
    s = NULL;
done:
    close_sounds(s);
    return status;
}

lts_status train_sounds_endless(const train_sounds_options *options, train_data *out,
                                lts_error *err)
{
    sounds *s = NULL;
    lts_status status = create(options, &s, err);
    if (status != LTS_OK)
        goto done;
    s->train = options->examples;
    s->held_out = options->held_out_count;
    for (unsigned t = 0; t < s->threads; t++) {
        status = lts_synth_create(s->space, &s->maker[t].synth, err);
        if (status != LTS_OK)
            goto done;
    }
    status = take_fingerprint(s, err);
    if (status != LTS_OK)
        goto done;
    *out = data_of(s);
    s = NULL;
done:
    close_sounds(s);
    return status;
}
