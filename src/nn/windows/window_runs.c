#include "nn/windows/window_runs.h"

/* Position q of a row of positions, whose runs fall on the image's row that begins at float
 * `line`. */
static void append_clipped(const im2col *w, size_t line, size_t q, window_run_list *list)
{
    const size_t channels = w->image.channels, step = q * w->stride.width;
    const size_t left = w->padding.width > step ? w->padding.width - step : 0;
    const size_t from = step + left - w->padding.width;
    const size_t reach = step + w->kernel.width - w->padding.width;
    const size_t end = reach < w->image.width ? reach : w->image.width;
    list->at[list->count] = 0;
    list->clipped[list->clipped_count++] = (clipped_run){
        list->count, left * channels, (end - from) * channels, line + from * channels};
}

static void append_nothing(size_t position, window_run_list *list)
{
    list->position[list->count] = position;
    list->at[list->count] = 0;
    list->clipped[list->clipped_count++] = (clipped_run){.index = list->count++};
}

/* Positions first .. first+count-1 of the whole image, all in one row of positions. */
static void append_row(const im2col *w, nn_range positions, size_t k, bool every,
                       window_run_list *list)
{
    const size_t width = w->positions.width, channels = w->image.channels;
    const size_t q = positions.first % width, row = positions.first / width;
    const size_t p = row % w->positions.height, b = row / w->positions.height;
    const size_t i = p * w->stride.height + k - w->padding.height; /* wraps where it is above */
    if (i >= w->image.height) {
        for (size_t n = 0; every && n < positions.count; n++)
            append_nothing(positions.first + n, list);
        return;
    }
    const size_t line = (b * w->image.height + i) * w->image.width * channels;
    for (size_t n = 0; n < positions.count; n++) {
        const size_t at = (q + n) * w->stride.width;
        list->position[list->count] = positions.first + n;
        if (at >= w->padding.width && at + w->kernel.width <= w->image.width + w->padding.width)
            list->at[list->count] = line + (at - w->padding.width) * channels;
        else
            append_clipped(w, line, q + n, list);
        list->count++;
    }
}

void window_runs_find(const im2col *w, nn_range positions, size_t k, bool every,
                      window_run_list *list)
{
    list->count = list->clipped_count = 0;
    for (size_t done = 0, count; done < positions.count; done += count) {
        const size_t in_row = w->positions.width - (positions.first + done) % w->positions.width;
        const size_t left = positions.count - done;
        count = in_row < left ? in_row : left;
        append_row(w, (nn_range){positions.first + done, count}, k, every, list);
    }
}
