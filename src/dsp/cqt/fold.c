#include <string.h>

#include "dsp/cqt/cqt.h"
#include "dsp/vector.h"

/* row += from * g, count pairs */
LTS_CLONES static void add_scaled(float *restrict row, const float *restrict from,
                                  const float *restrict g, size_t count)
{
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const v8 factor = V8_CONST(g + i);
        V8(row + 2 * i) += V8_CONST(from + 2 * i) * V8_PAIRS_LOW(factor);
        V8(row + 2 * i + 8) += V8_CONST(from + 2 * i + 8) * V8_PAIRS_HIGH(factor);
    }
    for (; i < count; i++) {
        row[2 * i] += from[2 * i] * g[i];
        row[2 * i + 1] += from[2 * i + 1] * g[i];
    }
}

LTS_CLONES static void set_scaled(float *restrict row, const float *restrict from,
                                  const float *restrict g, size_t count)
{
    size_t i = 0;
    for (; i + 8 <= count; i += 8) {
        const v8 factor = V8_CONST(g + i);
        V8(row + 2 * i) = V8_CONST(from + 2 * i) * V8_PAIRS_LOW(factor);
        V8(row + 2 * i + 8) = V8_CONST(from + 2 * i + 8) * V8_PAIRS_HIGH(factor);
    }
    for (; i < count; i++) {
        row[2 * i] = from[2 * i] * g[i];
        row[2 * i + 1] = from[2 * i + 1] * g[i];
    }
}

void cqt_fold(const float *shifted, const float *g, size_t lo, size_t count, float *row,
              size_t frames)
{
    /* The first lap around the row, complete or not, writes; the later laps add. */
    const size_t start = lo % frames, lap = count < frames ? count : frames;
    const size_t head = frames - start < lap ? frames - start : lap, tail = lap - head;
    set_scaled(row + 2 * start, shifted, g, head);
    set_scaled(row, shifted + 2 * head, g + head, tail);
    if (tail > 0 || lap == frames) {
        memset(row + 2 * tail, 0, 2 * (start - tail) * sizeof *row);
    } else {
        memset(row, 0, 2 * start * sizeof *row);
        memset(row + 2 * (start + head), 0, 2 * (frames - start - head) * sizeof *row);
    }
    size_t at = start;
    for (size_t done = lap; done < count;) {
        size_t run = frames - at < count - done ? frames - at : count - done;
        add_scaled(row + 2 * at, shifted + 2 * done, g + done, run);
        done += run;
        at = 0;
    }
}

void cqt_unfold(float *sum, const float *g, size_t lo, size_t count, const float *row,
                size_t frames)
{
    size_t at = lo % frames;
    for (size_t done = 0; done < count;) {
        size_t run = frames - at < count - done ? frames - at : count - done;
        add_scaled(sum + 2 * done, row + 2 * at, g + done, run);
        done += run;
        at = 0;
    }
}
