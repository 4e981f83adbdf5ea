/* How a picture is drawn: a gnuplot script with its data inline, on gnuplot's standard input, and
 * the picture from its standard output. No temporary file, no shell and no path in the script. */
#ifndef PIPELINE_PLOT_PLOT_FIGURE_H
#define PIPELINE_PLOT_PLOT_FIGURE_H

#include "lts/plot.h"

#include <locale.h>
#if defined(__APPLE__)
#include <xlocale.h>
#endif

/* Between enter and leave this thread's numbers have a decimal point, whatever the program that
 * hosts this library has set. */
typedef struct plot_locale {
    locale_t c, previous;
} plot_locale;
void plot_locale_enter(plot_locale *locale);
void plot_locale_leave(plot_locale *locale); /* a zeroed one is allowed */

/* Lines of a script are written to `script`. While a figure is open the locale is entered. */
typedef struct plot_figure {
    FILE *script;
    lts_outfile *picture;
    const char *path;
    double width, height; /* hundredths of an inch */
    double font;          /* size of its letters, in the terminal's unit */
    plot_locale locale;
} plot_figure;

/* A figure for `path`, whose extension decides between PNG, SVG and PDF. */
lts_status plot_open(plot_figure *figure, const char *path, double width, double height,
                     lts_error *err);
/* Runs gnuplot over the script and gives the picture its name; frees the figure in any case. */
lts_status plot_finish(plot_figure *figure, lts_error *err);
void plot_abort(plot_figure *figure); /* a figure that was not opened is allowed */

/* Any text between single quotes, where gnuplot substitutes nothing: quotes doubled, control
 * characters and broken UTF-8 replaced. */
void plot_quoted(FILE *script, const char *text);
/* The same after `before`, and cut in its middle to at most `longest` letters. */
void plot_label(FILE *script, const char *before, const char *text, size_t longest);

/* A place for a graph, as fractions of the figure: left, right, bottom, top. */
typedef struct plot_box {
    double left, right, bottom, top;
} plot_box;
void plot_place(plot_figure *figure, plot_box box);

/* Ends a label or title command with letters of `scale` times the usual size. */
void plot_font(plot_figure *figure, double scale);

/* The name of a vertical axis: upright beside the graphs, centred at fractions (x,y) of the figure;
 * `tag` counts a figure's labels. */
void plot_upright(plot_figure *figure, int tag, const char *text, double x, double y);

/* Spacing of axis marks: 1, 2 or 5 times a power of ten, `most` of them at most over `range`. */
double plot_step(double range, int most);

/* "0xRRGGBB" of a line, `index` counted round: Okabe & Ito's palette (2008), told apart by
 * colour-blind readers. */
unsigned plot_colour(size_t index);

/* Colours for clouds of points, of which there are PLOT_GROUPS and a grey for the rest: nine muted
 * ones (Tol 2021), then nine that lie far from these and from each other in Oklab (Ottosson 2020),
 * which are drawn as triangles. */
enum { PLOT_GROUPS = 18 };
unsigned plot_group_colour(size_t index);
/* gnuplot's number of the shape of a group's points. */
int plot_group_shape(size_t index);

/* Files in at most PLOT_GROUPS groups and a rest. */
typedef struct plot_groups {
    size_t *of;                  /* (files): a group, or PLOT_GROUPS for the rest */
    char *name[PLOT_GROUPS + 1]; /* NULL where there is none */
} plot_groups;

/* Groups by files->grouping; those that do not get a colour, which have the fewest points, share
 * the rest. `points` (files) per file. Free with plot_groups_free. */
lts_status plot_groups_find(const lts_plot_files *files, const size_t *points, plot_groups *groups,
                            lts_error *err);
void plot_groups_free(plot_groups *groups);

/* The folder of each sound called name[f], without its extension, as a path below `root`: "" when
 * it lies right in it, or is not there. Each of the `count` strings is to be freed, those made
 * before an error too. */
lts_status plot_folders_find(const char *root, const char *const *name, size_t count, char **folder,
                             lts_error *err);

/* What the axes of a space show. */
typedef struct plot_limits {
    double low[2], high[2];
} plot_limits;

/* By the rule of lts_plot_space_draw, for a graph of this size, one scale on both axes. */
lts_status plot_limits_find(const lts_plot_space *space, const double inches[2],
                            plot_limits *limits, lts_error *err);
/* Whether the point lies beyond the limits; if so it moves to their border. */
bool plot_limits_clamp(const plot_limits *limits, float point[2]);

/* Paths over a cloud: letters where the sounds begin, before `plot`; the elements of the `plot`
 * command, each after a comma; and their data, in the order of the elements. */
void plot_paths_letters(plot_figure *figure, const lts_plot_space *space);
void plot_paths_elements(FILE *script, const lts_plot_space *space);
void plot_paths_data(FILE *script, const lts_plot_space *space);

/* "demo/run-003" of ".../demo/run-003" and of a file in it. NULL when memory is short. */
char *plot_run_name(const char *run);

/* A colour of even brightness steps, 0xRRGGBB: from near black at 0 to near white at 1. */
unsigned plot_ramp(double x);
/* `set palette` to the ramp from `low` to `high`. */
void plot_palette(FILE *script, double low, double high);

#endif
