/* Data sets of synthesizer sounds, and of recordings beside them. */
#ifndef LTS_SYNTH_DATA_H
#define LTS_SYNTH_DATA_H

#include "lts/audio.h"
#include "lts/base.h"
#include "lts/synth.h"

LTS_BEGIN_DECLS

typedef struct lts_synth_data {
    const lts_synth_space *space;
    const char *folder; /* is made */
    bool complete;  /* all sounds of the space, as lts_synth_enumerate counts them; else drawn */
    uint64_t count; /* of those drawn, >= 1 */
    uint64_t seed;
    bool wav; /* each sound as FOLDER/audio/000000.wav too */
    lts_audio_bits bits;
    unsigned threads;  /* >= 1; the files do not depend on it */
    uint64_t *dropped; /* becomes how many examples were dropped; or NULL */
} lts_synth_data;

/* Most sounds of a complete data set. */
enum { LTS_SYNTH_COMPLETE_MOST = 1000000 };

/* Renders `count` sounds, example i being that of lts_synth_draw(space, seed, i), and writes
 *   FOLDER/parameters.ini  the space
 *   FOLDER/classes.npy     (count,F) int32
 *   FOLDER/samples.npy     (count,N) float32
 * which get their names together when all are whole; what an earlier call left of these is
 * replaced then, WAVs as they are made. An example of which rendering fails with LTS_ERR_PLUGIN is
 * dropped: its row is missing from both arrays, those after it move up, and a "dropped" record and
 * a warning name it; when none of the first 16 can be rendered, that is the error. Memory does not
 * grow with the count. LTS_ERR_ARGUMENT: the space has no free parameter, or more than
 * LTS_SYNTH_COMPLETE_MOST sounds, or a rate that is not whole with `wav`. LTS_ERR_CANCELLED: the
 * arrays are not there, WAVs are. Reports a "dataset" record and the progress. */
lts_status lts_synth_data_make(const lts_synth_data *data, const lts_reporter *reporter,
                               lts_error *err);

typedef struct lts_sound_array {
    const char *folder; /* of sound files, walked as lts_audio_walk does */
    const char *path;   /* of the array */
    double sample_rate; /* Hz, of the array, 100 .. 1000000 */
    double duration;    /* seconds, above 0 */
    unsigned threads;   /* >= 1; the file does not depend on it */
} lts_sound_array;

/* Packs sounds into one array (count,1,L) float32, L being duration times rate, rounded: in the
 * order of their paths' bytes, mixed down, resampled where their rate is another, cut at L or
 * filled up with silence. Whole or not at all: a sound that cannot be read is an error, as rows
 * would not be those of the files any more. No sound is LTS_ERR_NOT_FOUND. Reports a "row" record
 * for each, "dataset" at the end, and the progress. */
lts_status lts_sound_array_make(const lts_sound_array *array, const lts_reporter *reporter,
                                lts_error *err);

LTS_END_DECLS

#endif
