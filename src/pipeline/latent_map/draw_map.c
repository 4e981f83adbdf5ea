#include "pipeline/latent_map/map_parts.h"
#include "pipeline/plot/plot_figure.h"

#include <string.h>

/* Hundredths of an inch: a panel with its title, and the legend beside a row of them. */
static const double side = 430, left = 25, above = 45, below = 40, legend = 210;

enum { MOST_NAMES = 26, LETTERS = 22, RING = 6, DISC = 7 };

static const uint32_t transparent = 0x60000000; /* in gnuplot's colours, 0 is opaque */

typedef struct map_mark {
    unsigned colour;
    int shape;
} map_mark;

/* Descriptors have the colours of groups; magnitudes and pitches follow the ramp. */
static map_mark mark_of(lts_map_by by, size_t category, size_t count)
{
    if (category == SIZE_MAX)
        return (map_mark){0x888888, RING};
    if (by == LTS_MAP_DESCRIPTOR)
        return (map_mark){plot_group_colour(category), plot_group_shape(category)};
    const double rank = count > 1 ? (double)category / (double)(count - 1) : 0;
    return (map_mark){plot_ramp(0.08 + 0.8 * rank), DISC};
}

static void write_points(FILE *script, const map_job *job, int projection, lts_map_by by,
                         const plot_limits *limits)
{
    const categories *axis = &job->axis[by];
    lts_permutation order;
    lts_rng rng;
    /* Mixed, so that no category lies over the others. */
    lts_rng_seed(&rng, 0, 0);
    lts_permutation_init(&order, job->n, &rng);
    for (size_t i = 0; i < job->n; i++) {
        const size_t at = lts_permutation_at(&order, i);
        const map_mark mark = mark_of(by, axis->of[at], axis->count);
        const float *place = job->place[projection] + 2 * at;
        float point[4] = {place[0], place[1], 0.5f, (float)mark.shape};
        uint32_t colour = transparent | mark.colour;
        if (plot_limits_clamp(limits, point)) {
            point[2] = 0.8f;
            point[3] = RING;
            colour &= ~transparent;
        }
        fwrite(point, sizeof point, 1, script);
        fwrite(&colour, sizeof colour, 1, script);
    }
}

static void name_mark(FILE *script, map_mark mark, const char *name)
{
    fprintf(script, ", 1/0 with points pt %d ps 1.2 lc rgb '#%06x' title ", mark.shape,
            mark.colour);
    plot_label(script, "", name, LETTERS);
}

/* All names, or as many of them, evenly spread, as there is room for. */
static void write_legend(FILE *script, const map_job *job, lts_map_by by)
{
    const categories *axis = &job->axis[by];
    size_t shown = axis->count < MOST_NAMES ? axis->count : MOST_NAMES;
    const bool rest = by == LTS_MAP_DESCRIPTOR && axis->count > PLOT_GROUPS + 1;
    if (rest)
        shown = PLOT_GROUPS;
    for (size_t i = 0; i < shown; i++) {
        const size_t c = rest || shown < 2 ? i : i * (axis->count - 1) / (shown - 1);
        name_mark(script, mark_of(by, c, axis->count), axis->name[c]);
    }
    char others[40];
    snprintf(others, sizeof others, "%zu others", axis->count - shown);
    if (rest)
        name_mark(script, mark_of(by, PLOT_GROUPS, axis->count), others);
    for (size_t i = 0; i < job->n; i++)
        if (axis->of[i] == SIZE_MAX) {
            name_mark(script, mark_of(by, SIZE_MAX, axis->count), "(none)");
            break;
        }
}

static lts_status find_limits(const map_job *job, int projection, plot_limits *limits,
                              lts_error *err)
{
    const double inches[2] = {1, 1};
    const lts_plot_space space = {
        .points = job->place[projection], .n = job->n, .whole = job->map->whole};
    return plot_limits_find(&space, inches, limits, err);
}

static void draw_panel(plot_figure *figure, const map_job *job, int projection, lts_map_by by,
                       const plot_limits *limits, bool with_legend)
{
    static const char *const labels[MAP_LABELS] = {"descriptor", "magnitude", "pitch"};
    FILE *script = figure->script;
    char title[160];
    if (projection == 0)
        snprintf(title, sizeof title, "%s, principal components (%.3g and %.3g %%)", labels[by],
                 100 * (double)job->explained[0], 100 * (double)job->explained[1]);
    else
        snprintf(title, sizeof title, "%s, t-SNE", labels[by]);
    fprintf(script, "set title ");
    plot_quoted(script, title);
    fprintf(script, "\nset xrange [%.9g:%.9g]\nset yrange [%.9g:%.9g]\n", limits->low[0],
            limits->high[0], limits->low[1], limits->high[1]);
    fprintf(script,
            "plot '-' binary record=(%zu) format='%%4float%%uint32' using 1:2:3:4:5 with points ps "
            "variable pt variable lc rgb variable notitle",
            job->n);
    if (with_legend)
        write_legend(script, job, by);
    fprintf(script, "\n");
    write_points(script, job, projection, by, limits);
    fprintf(script, "\n");
}

lts_status map_draw(const map_job *job, const char *path, lts_error *err)
{
    plot_limits limits[MAP_PROJECTIONS];
    plot_figure figure;
    const bool every = job->map->by == LTS_MAP_ALL;
    const int rows = every ? MAP_LABELS : 1;
    int columns = 0;
    for (int p = 0; p < MAP_PROJECTIONS; p++) {
        if (!job->place[p])
            continue;
        lts_status status = find_limits(job, p, &limits[p], err);
        if (status != LTS_OK)
            return status;
        columns++;
    }
    const double width = columns * (side + left) + legend, each = side + above;
    const double height = rows * each + below;
    lts_status status = plot_open(&figure, path, width, height, err);
    if (status != LTS_OK)
        return status;
    FILE *script = figure.script;
    fprintf(script, "set multiplot\nset border 15\nunset xtics\nunset ytics\nunset grid\n");
    for (int r = 0; r < rows; r++) {
        const double top = 1 - (r * each + above) / height;
        for (int p = 0, c = 0; p < MAP_PROJECTIONS; p++) {
            if (!job->place[p])
                continue;
            const double from = (left + c * (side + left)) / width;
            plot_place(&figure, (plot_box){from, from + side / width, top - side / height, top});
            c++;
            if (c == columns)
                fprintf(script,
                        "set key at screen %.4f,%.4f left top Left reverse vertical maxcols 1 "
                        "samplen 1.2 spacing 1.05 width -1\n",
                        from + (side + 8) / width, top);
            else
                fprintf(script, "unset key\n");
            draw_panel(&figure, job, p, every ? (lts_map_by)r : job->map->by, &limits[p],
                       c == columns);
        }
    }
    fprintf(script, "unset multiplot\n");
    return plot_finish(&figure, err);
}
