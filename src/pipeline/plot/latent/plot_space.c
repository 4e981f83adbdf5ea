#include "pipeline/plot/plot_figure.h"

enum { LETTERS = 24 };

static const uint32_t transparent = 0x60000000; /* in gnuplot's colours, 0 is opaque */

static const plot_box graph = {0.075, 0.765, 0.09, 0.93};

typedef struct space_figure {
    plot_figure figure;
    const lts_plot_space *space;
    plot_groups groups;
    plot_limits limits;
    size_t beyond; /* points */
} space_figure;

static void set_axes(space_figure *s)
{
    FILE *script = s->figure.script;
    const lts_plot_space *space = s->space;
    const double *low = s->limits.low, *high = s->limits.high,
                 step = plot_step(high[0] - low[0], 8);
    plot_place(&s->figure, graph);
    fprintf(script, "set border 15\nset title ");
    plot_label(script, "", space->title ? space->title : "", 90);
    plot_font(&s->figure, 1.15);
    fprintf(script, "set xrange [%.9g:%.9g]\nset yrange [%.9g:%.9g]\n", low[0], high[0], low[1],
            high[1]);
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

/* (x, y, size, shape, colour or position) of every point. */
static void write_cloud(space_figure *s)
{
    enum { RING = 6 };
    const lts_plot_space *space = s->space;
    lts_permutation order;
    lts_rng rng;
    /* Mixed, so that no group lies over the others. */
    lts_rng_seed(&rng, 0, 0);
    lts_permutation_init(&order, space->n, &rng);
    for (size_t i = 0; i < space->n; i++) {
        size_t at = lts_permutation_at(&order, i), group = s->groups.of[space->file[at]];
        float point[4] = {space->points[2 * at], space->points[2 * at + 1], 0.5f,
                          space->position ? 7 : (float)plot_group_shape(group)};
        uint32_t colour = transparent | plot_group_colour(group);
        if (plot_limits_clamp(&s->limits, point)) {
            point[2] = 0.8f;
            point[3] = RING;
            colour &= ~transparent;
        }
        fwrite(point, sizeof point, 1, s->figure.script);
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
        fprintf(script, ", 1/0 with points pt %d ps 1.3 lc rgb '#%06x' title ", plot_group_shape(g),
                plot_group_colour(g));
        plot_label(script, "", s->groups.name[g], LETTERS);
    }
    if (s->beyond > 0)
        fprintf(script,
                ", 1/0 with points pt 6 ps 1.2 lc rgb '#444444' title '%zu beyond the border'",
                s->beyond);
}

static void draw(space_figure *s)
{
    FILE *script = s->figure.script;
    const lts_plot_space *space = s->space;
    for (size_t i = 0; i < space->n; i++) {
        float point[2] = {space->points[2 * i], space->points[2 * i + 1]};
        s->beyond += plot_limits_clamp(&s->limits, point);
    }
    set_axes(s);
    set_legend(s);
    plot_paths_letters(&s->figure, space);
    fprintf(script,
            "plot '-' binary record=(%zu) format='%%4float%s' using 1:2:3:4:5 with points ps "
            "variable pt variable lc %s notitle",
            space->n, space->position ? "%float" : "%uint32",
            space->position ? "palette" : "rgb variable");
    plot_paths_elements(script, space);
    name_groups(s);
    fprintf(script, "\n");
    write_cloud(s);
    plot_paths_data(script, space);
    fprintf(script, "\n");
}

static lts_status group_files(space_figure *s, lts_error *err)
{
    const lts_plot_space *space = s->space;
    size_t *points;
    lts_status status =
        lts_alloc_checked(&points, space->files.count, sizeof *points, "groups", err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < space->n; i++)
        points[space->file[i]]++;
    status = plot_groups_find(&space->files, points, &s->groups, err);
    lts_free(points);
    return status;
}

lts_status lts_plot_space_draw(const lts_plot_space *space, const char *path, size_t *beyond,
                               lts_error *err)
{
    space_figure s = {.space = space};
    if (space->n < 1)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: no points to draw", path);
    if (space->files.grouping == LTS_GROUP_FOLDER && !space->files.folder)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: grouped by folders, which are not known", path);
    lts_status status = group_files(&s, err);
    if (status != LTS_OK)
        goto done;
    status = plot_open(&s.figure, path, 1000, 800, err);
    if (status != LTS_OK)
        goto done;
    const double inches[2] = {(graph.right - graph.left) * s.figure.width,
                              (graph.top - graph.bottom) * s.figure.height};
    status = plot_limits_find(space, inches, &s.limits, err);
    if (status != LTS_OK) {
        plot_abort(&s.figure);
        goto done;
    }
    draw(&s);
    status = plot_finish(&s.figure, err);
    if (beyond)
        *beyond = s.beyond;
done:
    plot_groups_free(&s.groups);
    return status;
}
