#include "pipeline/plot.h"

#include <math.h>

enum { LETTERS = 24 };

static const uint32_t transparent = 0x60000000; /* in gnuplot's colours, 0 is opaque */

static const plot_box graph = {0.075, 0.765, 0.09, 0.93};

typedef struct space_figure {
    plot_figure figure;
    const lts_plot_space *space;
    plot_groups groups;
    double low[2], high[2];
} space_figure;

static lts_status extend(space_figure *s, const float *points, size_t n, const char *what,
                         lts_error *err)
{
    for (size_t i = 0; i < 2 * n; i++) {
        if (!isfinite(points[i]))
            return lts_fail(err, LTS_ERR_NONFINITE, "%s: point %zu is not finite", what, i / 2);
        s->low[i % 2] = fmin(s->low[i % 2], points[i]);
        s->high[i % 2] = fmax(s->high[i % 2], points[i]);
    }
    return LTS_OK;
}

/* The ranges that hold every point and path, widened to one scale on both axes. */
static lts_status find_ranges(space_figure *s, lts_error *err)
{
    const lts_plot_space *space = s->space;
    for (int d = 0; d < 2; d++) {
        s->low[d] = INFINITY;
        s->high[d] = -INFINITY;
    }
    lts_status status = extend(s, space->points, space->n, "latent space", err);
    for (size_t p = 0; status == LTS_OK && p < space->path_count; p++)
        status =
            extend(s, space->paths[p].points, space->paths[p].frames, space->paths[p].name, err);
    double inches[2] = {(graph.right - graph.left) * s->figure.width,
                        (graph.top - graph.bottom) * s->figure.height};
    double scale = 0;
    for (int d = 0; d < 2; d++)
        scale = fmax(scale, 1.06 * (s->high[d] - s->low[d]) / inches[d]);
    if (!(scale > 0))
        scale = 1e-2;
    for (int d = 0; d < 2; d++) {
        double centre = 0.5 * (s->low[d] + s->high[d]);
        s->low[d] = centre - 0.5 * scale * inches[d];
        s->high[d] = centre + 0.5 * scale * inches[d];
    }
    return status;
}

static void set_axes(space_figure *s)
{
    FILE *script = s->figure.script;
    const lts_plot_space *space = s->space;
    double step = plot_step(s->high[0] - s->low[0], 8);
    plot_place(&s->figure, graph);
    fprintf(script, "set border 15\nset title ");
    plot_label(script, "", space->title ? space->title : "", 90);
    plot_font(&s->figure, 1.15);
    fprintf(script, "set xrange [%.9g:%.9g]\nset yrange [%.9g:%.9g]\n", s->low[0], s->high[0],
            s->low[1], s->high[1]);
    if (!space->axis[0] || !space->axis[1]) {
        fprintf(script, "unset xtics\nunset ytics\nunset grid\n");
        return;
    }
    fprintf(script, "set xtics %.9g format '%%g'\nset ytics %.9g format '%%g'\nset xlabel ", step,
            step);
    plot_quoted(script, space->axis[0]);
    fprintf(script, "\n");
    plot_upright(&s->figure, 1, space->axis[1], 0.016, 0.5 * (graph.bottom + graph.top));
}

static void set_legend(space_figure *s)
{
    FILE *script = s->figure.script;
    fprintf(script,
            "set key at screen %.4f,%.4f left top Left reverse vertical maxcols 1 samplen 1.6 "
            "spacing 1.2 width -1\n",
            graph.right + 0.008, graph.top + 0.008);
    if (s->space->position) {
        plot_palette(script, 0.08, 0.88);
        fprintf(script, "set cbrange [0:1]\nset cbtics ('start' 0, 'middle' 0.5, 'end' 1)\n");
        fprintf(script, "set colorbox vertical user origin %.4f,%.4f size 0.018,0.42\n",
                graph.right + 0.035, graph.bottom);
        plot_upright(&s->figure, 2, "place in the sound", graph.right + 0.15, graph.bottom + 0.21);
    }
}

static void write_cloud(const space_figure *s)
{
    const lts_plot_space *space = s->space;
    lts_permutation order;
    lts_rng rng;
    /* Mixed, so that no group lies over the others. */
    lts_rng_seed(&rng, 0, 0);
    lts_permutation_init(&order, space->n, &rng);
    for (size_t i = 0; i < space->n; i++) {
        size_t at = lts_permutation_at(&order, i);
        fwrite(space->points + 2 * at, 2 * sizeof(float), 1, s->figure.script);
        uint32_t colour = transparent | plot_group_colour(s->groups.of[space->file[at]]);
        if (space->position)
            fwrite(space->position + at, sizeof(float), 1, s->figure.script);
        else
            fwrite(&colour, sizeof colour, 1, s->figure.script);
    }
}

static void name_groups(const space_figure *s)
{
    FILE *script = s->figure.script;
    for (size_t g = 0; g <= PLOT_GROUPS && !s->space->position; g++) {
        if (!s->groups.name[g])
            continue;
        fprintf(script, ", 1/0 with points pt 7 ps 1.3 lc rgb '#%06x' title ",
                plot_group_colour(g));
        plot_label(script, "", s->groups.name[g], LETTERS);
    }
}

static void draw(space_figure *s)
{
    FILE *script = s->figure.script;
    set_axes(s);
    set_legend(s);
    plot_paths_letters(&s->figure, s->space);
    fprintf(script,
            "plot '-' binary record=(%zu) format='%%float%%float%s' using 1:2:3 with points pt 7 "
            "ps 0.5 lc %s notitle",
            s->space->n, s->space->position ? "%float" : "%uint32",
            s->space->position ? "palette" : "rgb variable");
    plot_paths_elements(script, s->space);
    name_groups(s);
    fprintf(script, "\n");
    write_cloud(s);
    plot_paths_data(script, s->space);
    fprintf(script, "\n");
}

static lts_status group_files(space_figure *s, lts_error *err)
{
    const lts_plot_space *space = s->space;
    size_t *points;
    lts_status status = lts_alloc_checked(&points, space->files, sizeof *points, "groups", err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < space->n; i++)
        points[space->file[i]]++;
    status = plot_groups_find(space->name, points, space->files, &s->groups, err);
    lts_free(points);
    return status;
}

lts_status lts_plot_space_draw(const lts_plot_space *space, const char *path, lts_error *err)
{
    space_figure s = {.space = space};
    if (space->n < 1)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: no points to draw", path);
    lts_status status = group_files(&s, err);
    if (status == LTS_OK)
        status = plot_open(&s.figure, path, 1000, 800, err);
    if (status == LTS_OK) {
        status = find_ranges(&s, err);
        if (status == LTS_OK) {
            draw(&s);
            status = plot_finish(&s.figure, err);
        } else {
            plot_abort(&s.figure);
        }
    }
    plot_groups_free(&s.groups);
    return status;
}
