/* How a picture is drawn: a gnuplot script with its data inline, on gnuplot's standard input, and
 * the picture from its standard output. No temporary file, no shell and no path in the script. */
#ifndef LTS_PIPELINE_PLOT_H
#define LTS_PIPELINE_PLOT_H

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

/* Muted colours for clouds of points (after Tol 2021), of which there are PLOT_GROUPS. */
enum { PLOT_GROUPS = 9 };
unsigned plot_group_colour(size_t index);

/* Files in at most PLOT_GROUPS groups and a rest. */
typedef struct plot_groups {
    size_t *of;                   /* (files): a group, or PLOT_GROUPS for the rest */
    char *name[PLOT_GROUPS + 1];  /* NULL where there is none */
    size_t size[PLOT_GROUPS + 1]; /* points in each */
} plot_groups;

/* Each file by itself when they are few, else by the prefix of its name; groups that do not get a
 * colour, those of the fewest points, share the rest. `points` (files) per file. */
lts_status plot_groups_find(const char *const *name, const size_t *points, size_t files,
                            plot_groups *groups, lts_error *err);
void plot_groups_free(plot_groups *groups);

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
