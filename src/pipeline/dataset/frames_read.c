#include "pipeline/dataset/frames_index.h"

#include <math.h>
#include <string.h>

void frames_index_parts(lts_frames *frames)
{
    for (int p = 0; p < 2; p++) {
        part_index *part = &frames->part[p];
        part->count = 0;
        for (size_t i = 0; i < frames->count; i++)
            if (frames->file[i].held_out == (p == LTS_FRAMES_VALIDATION)) {
                part->file[part->count] = i;
                part->start[part->count + 1] = part->start[part->count] + frames->file[i].rows;
                part->count++;
            }
    }
}

size_t lts_frames_hold_out(lts_frames *frames, double share, uint64_t seed)
{
    enum { HOLD_OUT_STREAM = 0x686f6c64 };
    size_t held = (size_t)floor(share * (double)frames->count + 0.5);
    if (held == 0 && share > 0)
        held = 1;
    if (held >= frames->count)
        held = frames->count - 1;
    lts_rng rng;
    lts_permutation order;
    lts_rng_seed(&rng, seed, HOLD_OUT_STREAM);
    lts_permutation_init(&order, frames->count, &rng);
    for (size_t i = 0; i < frames->count; i++)
        frames->file[lts_permutation_at(&order, i)].held_out = i < held;
    frames_index_parts(frames);
    return held;
}

/* The file that holds frame `index` of the part: the last one that starts at or before it. */
static size_t find_file(const part_index *part, uint64_t index)
{
    size_t low = 0, high = part->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (part->start[middle] <= index)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* The squares of larger ones, summed over a frame, leave the range of single precision. */
static const float largest = 1e15f;

static bool is_legal(float x, bool magnitude)
{
    return x >= (magnitude ? 0 : -largest) && x <= largest;
}

/* As numbers, the bits of floats from 0 on rise with them, and those of negative ones, of infinity
 * and of NaN are beyond; minus zero counts as zero. Where the sign is free it is left out. */
static bool all_legal(const float *x, size_t n, bool magnitudes)
{
    const uint32_t kept = magnitudes ? UINT32_MAX : INT32_MAX;
    uint32_t most, bad = 0;
    memcpy(&most, &largest, sizeof most);
    for (size_t i = 0; i < n; i++) {
        uint32_t bits;
        memcpy(&bits, &x[i], sizeof bits);
        bits &= kept;
        bad |= (bits > most) & (bits != 0x80000000u);
    }
    return !bad;
}

static lts_status name_bad_value(const lts_frames *frames, size_t file, size_t first,
                                 const float *rows, lts_error *err)
{
    size_t i = 0;
    char value[32] = "not a number";
    while (is_legal(rows[i], frames->magnitudes))
        i++;
    if (isinf(rows[i]))
        strcpy(value, "infinity");
    else if (!isnan(rows[i]))
        snprintf(value, sizeof value, "%g", (double)rows[i]);
    return lts_fail(err, LTS_ERR_NONFINITE,
                    "%s: frame %zu, bin %zu: %s where a %s to 1e15) should be: "
                    "re-run lts-dataset on this sound or remove the file",
                    lts_npy_path(frames->file[file].npy),
                    frames->file[file].first + first + i / frames->bins, i % frames->bins, value,
                    frames->magnitudes ? "linear magnitude (0" : "number (-1e15");
}

static void release_some(const lts_frames *frames, size_t rows)
{
    const size_t most = FRAMES_MAPPED / (FRAMES_FAULT + frames->bins * sizeof(float));
    if (!frames->since_release || atomic_fetch_add(frames->since_release, rows) + rows < most)
        return;
    atomic_store(frames->since_release, 0);
    for (size_t i = 0; i < frames->arrays; i++)
        lts_npy_release(frames->array[i]);
}

/* An array that is one note has the note's rows. */
lts_status frames_copy(const lts_frames *frames, size_t file, size_t first, size_t count,
                       float *rows, lts_error *err)
{
    const frame_file *from = &frames->file[file];
    const size_t own = frames->bins / lts_npy_columns(from->npy);
    return lts_npy_read(from->npy, (from->first + first) * own, count * own, rows, err);
}

lts_status lts_frames_read(const lts_frames *frames, size_t file, size_t first, size_t count,
                           float *rows, lts_error *err)
{
    lts_status status = frames_copy(frames, file, first, count, rows, err);
    if (status != LTS_OK)
        return status;
    release_some(frames, count);
    if (!all_legal(rows, count * frames->bins, frames->magnitudes))
        return name_bad_value(frames, file, first, rows, err);
    return LTS_OK;
}

size_t lts_frames_file_of(const lts_frames *frames, lts_frames_part part, uint64_t frame)
{
    return frames->part[part].file[find_file(&frames->part[part], frame)];
}

lts_status lts_frames_gather(const lts_frames *frames, lts_frames_part part,
                             const lts_permutation *order, uint64_t first, size_t count,
                             float *rows, lts_error *err)
{
    const part_index *index = &frames->part[part];
    for (size_t i = 0; i < count; i++) {
        uint64_t frame = order ? lts_permutation_at(order, first + i) : first + i;
        size_t entry = find_file(index, frame);
        lts_status status =
            lts_frames_read(frames, index->file[entry], (size_t)(frame - index->start[entry]), 1,
                            rows + i * frames->bins, err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}
