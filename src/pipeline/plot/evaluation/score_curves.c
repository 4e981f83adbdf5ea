#include "pipeline/plot/evaluation/score_figure.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_CURVES = 11, OWN_COLOURS = 7 };

/* --- Top k ------------------------------------------------------------------------------------ */

typedef struct curve {
    const char *name;
    double top[SCORE_TOPS];
    size_t members;
} curve;

/* The curves of a table's groups, in the order of their first parameters. */
static size_t find_curves(const score_table *table, curve *all)
{
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++) {
        const char *group = score_table_group(table, i);
        size_t c = 0;
        while (c < count && strcmp(all[c].name, group) != 0)
            c++;
        if (c == count)
            all[count++] = (curve){.name = group};
        for (int k = 0; k < SCORE_TOPS; k++)
            all[c].top[k] += table->row[i][SCORE_TOP + k];
        all[c].members++;
    }
    for (size_t c = 0; c < count; c++)
        for (int k = 0; k < SCORE_TOPS; k++)
            all[c].top[k] /= (double)all[c].members;
    return count;
}

static int by_top(const void *a, const void *b)
{
    const double x = ((const curve *)a)->top[SCORE_TOPS - 1];
    const double y = ((const curve *)b)->top[SCORE_TOPS - 1];
    return (x < y) - (x > y);
}

/* The palette without the black of the mean, twice; then grey. */
static unsigned curve_colour(size_t index)
{
    const size_t own = index % OWN_COLOURS;
    return index < MOST_CURVES ? plot_colour(own < 6 ? own : own + 1) : 0xbbbbbb;
}

static void write_top(FILE *script, const double top[SCORE_TOPS])
{
    for (int k = 0; k < SCORE_TOPS; k++)
        if (isfinite(top[k]))
            fprintf(script, "%d %.6g\n", k + 1, top[k]);
    fprintf(script, "e\n");
}

/* Of one table its groups, the best above, and their mean; those past the first few are grey. */
static lts_status draw_groups(score_figure *s, lts_error *err)
{
    FILE *script = s->figure.script;
    const score_table *table = s->scores;
    curve *all;
    lts_status status =
        lts_alloc_checked(&all, table->count, sizeof *all, "the curves of an evaluation", err);
    if (status != LTS_OK)
        return status;
    memset(all, 0, table->count * sizeof *all);
    const size_t count = find_curves(table, all);
    qsort(all, count, sizeof *all, by_top);
    fprintf(script, "plot ");
    for (size_t c = 0; c < count; c++) {
        const bool shown = c < MOST_CURVES;
        fprintf(script, "'-' with linespoints lw 2 dt %s pt %d ps 0.6 lc rgb '#%06x' ",
                c < OWN_COLOURS ? "1" : "(9,4)", c < OWN_COLOURS ? 7 : 9, curve_colour(c));
        fprintf(script, shown ? "title " : "notitle");
        if (shown)
            plot_label(script, all[c].members > 1 ? "all _" : "", all[c].name, 20);
        fprintf(script, ", ");
    }
    fprintf(script, "'-' with linespoints lw 3 pt 5 ps 0.7 lc rgb '#000000' title 'mean'\n");
    for (size_t c = 0; c < count; c++)
        write_top(script, all[c].top);
    write_top(script, &table->mean[SCORE_TOP]);
    lts_free(all);
    return LTS_OK;
}

static void draw_means(score_figure *s)
{
    FILE *script = s->figure.script;
    const char *comma = "plot ";
    for (size_t t = 0; t < s->score_count; t++, comma = ", ") {
        fprintf(script, "%s'-' with linespoints lw 2 pt 7 ps 0.7 lc rgb '#%06x' title ", comma,
                plot_colour(t));
        score_figure_name(script, "mean of ", s->scores[t].path);
    }
    fprintf(script, "\n");
    for (size_t t = 0; t < s->score_count; t++)
        write_top(script, &s->scores[t].mean[SCORE_TOP]);
}

lts_status score_figure_tops(score_figure *s, lts_error *err)
{
    lts_status status = LTS_OK;
    fprintf(s->figure.script, "set xrange [0.8:5.2]\nset yrange [0:100]\nset xtics norotate "
                              "center autofreq 1,1,5\nset ytics 20\nset xlabel 'k'\n");
    plot_upright(&s->figure, 1, "right class in the top k (%)", 0.018, 0.265);
    if (s->score_count == 1)
        status = draw_groups(s, err);
    else
        draw_means(s);
    fprintf(s->figure.script, "unset label 1\n");
    return status;
}

/* --- Correlations ----------------------------------------------------------------------------- */

static int rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The column's numbers in their order; returns how many there are. */
static size_t sorted(const score_table *table, enum score_column column, double *value)
{
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++)
        if (isfinite(table->row[i][column]))
            value[count++] = table->row[i][column];
    qsort(value, count, sizeof *value, rising);
    return count;
}

/* Empirical distributions: the i-th of n smallest correlations stands at i / n. */
lts_status score_figure_correlations(score_figure *s, lts_error *err)
{
    static const char *const title[] = {"STFT, mean %.1f %%%s", "FT, mean %.1f %%%s"};
    static const enum score_column column[] = {SCORE_STFT, SCORE_FT};
    FILE *script = s->figure.script;
    double *value = NULL, low = 90;
    size_t most = 0;
    for (size_t t = 0; t < s->sound_count; t++)
        most = s->sounds[t].count > most ? s->sounds[t].count : most;
    lts_status status = lts_alloc_checked(&value, most, sizeof *value, "correlations", err);
    if (status != LTS_OK)
        return status;
    for (size_t t = 0; t < s->sound_count; t++)
        for (int c = 0; c < 2; c++) {
            const size_t count = sorted(&s->sounds[t], column[c], value);
            if (count > 0)
                low = fmin(low, fmax(10 * floor(value[count / 50] / 10), -100));
        }
    fprintf(script,
            "set xrange [%g:100]\nset xtics norotate center autofreq %g\nset yrange [0:100]\n"
            "set ytics 20\nset xlabel 'correlation with the sound (%%)'\nset key at screen "
            "0.6,0.43 noopaque\n",
            low, plot_step(100 - low, 6));
    plot_upright(&s->figure, 1, "share of resyntheses (%)", 0.528, 0.265);
    const char *comma = "plot ";
    for (size_t t = 0; t < s->sound_count; t++)
        for (int c = 0; c < 2; c++, comma = ", ") {
            char text[64];
            snprintf(text, sizeof text, title[c], s->sounds[t].mean[column[c]],
                     s->sound_count > 1 ? ", " : "");
            fprintf(script, "%s'-' with steps lw 2 dt %s lc rgb '#%06x' title ", comma,
                    c ? "(9,5)" : "1", plot_colour(t));
            score_figure_name(script, text, s->sound_count > 1 ? s->sounds[t].path : "");
        }
    fprintf(script, "\n");
    for (size_t t = 0; t < s->sound_count; t++)
        for (int c = 0; c < 2; c++) {
            const size_t count = sorted(&s->sounds[t], column[c], value);
            fprintf(script, "%g 0\n", low);
            for (size_t i = 0; i < count; i++)
                fprintf(script, "%.6g %.6g\n", value[i], 100 * (double)(i + 1) / (double)count);
            fprintf(script, "100 100\ne\n");
        }
    lts_free(value);
    return LTS_OK;
}
