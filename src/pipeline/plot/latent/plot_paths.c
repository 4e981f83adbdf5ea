#include "pipeline/plot/plot_figure.h"

#include <string.h>

enum { LETTERS = 24, MOST_NAMED = 8 };

/* How many paths lead between sounds, and how many of them come before this one. */
static size_t count_between(const lts_plot_space *space, size_t path, size_t *before)
{
    size_t all = 0;
    *before = 0;
    for (size_t p = 0; p < space->path_count; p++) {
        *before += space->paths[p].between && p < path;
        all += space->paths[p].between;
    }
    return all;
}

/* One path between sounds is black; of several each has its place on a ramp. */
static unsigned path_colour(const lts_plot_space *space, size_t path)
{
    static const unsigned colour[] = {0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7};
    if (!space->paths[path].between)
        return colour[path % 4];
    size_t before, all = count_between(space, path, &before);
    return all > 1 ? plot_ramp(0.1 + 0.65 * (double)before / (double)(all - 1)) : 0x000000;
}

static double path_width(const lts_plot_space *space, size_t path)
{
    size_t before;
    return space->paths[path].between && count_between(space, path, &before) == 1 ? 2.4 : 1.4;
}

/* Of very many paths only some, evenly spread, are named: the ramp tells the others. */
static bool has_name(const lts_plot_space *space, size_t path)
{
    size_t before, all = count_between(space, path, &before);
    size_t every = (all + MOST_NAMED - 1) / MOST_NAMED;
    return *space->paths[path].name && (!space->paths[path].between || before % every == 0);
}

static bool has_letter(const lts_plot_space *space, size_t path)
{
    return path < 2 && !space->paths[path].between;
}

void plot_paths_letters(plot_figure *figure, const lts_plot_space *space)
{
    for (size_t p = 0; p < space->path_count; p++)
        if (has_letter(space, p)) {
            const float *begin = space->paths[p].points;
            fprintf(figure->script, "set label %zu '%c' at %.9g,%.9g center front tc rgb '#ffffff'",
                    10 + p, (char)('A' + p), begin[0], begin[1]);
            plot_font(figure, 0.8);
        }
}

/* A white line below each path parts it from the cloud. */
void plot_paths_elements(FILE *script, const lts_plot_space *space)
{
    for (size_t p = 0; p < space->path_count; p++) {
        const lts_plot_path *path = &space->paths[p];
        for (int over = 0; over < 2; over++) {
            fprintf(script,
                    ", '-' binary record=(%zu) format='%%float%%float' using 1:2 with lines lw "
                    "%.1f lc rgb '#%06x' ",
                    path->frames, path_width(space, p) + (over ? 0 : 2),
                    over ? path_colour(space, p) : 0xffffff);
            if (over && has_name(space, p)) {
                const char before[] = {(char)('A' + p), ':', ' ', '\0'};
                fprintf(script, "title ");
                plot_label(script, has_letter(space, p) ? before : "", path->name, LETTERS);
            } else {
                fprintf(script, "notitle");
            }
        }
    }
    /* A large point, round a letter, where a sound begins, small ones at all other ends. */
    for (size_t p = space->path_count; p-- > 0;)
        for (int end = 0; end < 2; end++)
            fprintf(script,
                    ", '-' binary record=(1) format='%%float%%float' using 1:2 with points pt 7 ps "
                    "%.1f lc rgb '#%06x' notitle",
                    has_letter(space, p) && !end ? 2.2 : 0.9, path_colour(space, p));
}

void plot_paths_data(FILE *script, const lts_plot_space *space)
{
    for (size_t p = 0; p < space->path_count; p++)
        for (int over = 0; over < 2; over++)
            fwrite(space->paths[p].points, 2 * sizeof(float), space->paths[p].frames, script);
    for (size_t p = space->path_count; p-- > 0;) {
        fwrite(space->paths[p].points, 2 * sizeof(float), 1, script);
        fwrite(space->paths[p].points + 2 * (space->paths[p].frames - 1), 2 * sizeof(float), 1,
               script);
    }
}
