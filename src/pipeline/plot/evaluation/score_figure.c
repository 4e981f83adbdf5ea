#include "pipeline/plot/evaluation/score_figure.h"

#include <math.h>
#include <string.h>

/* What classes drawn by chance would reach. */
static const double chance = 50;

void score_figure_name(FILE *script, const char *before, const char *path)
{
    const char *slash = strrchr(path, '/');
    plot_label(script, before, slash ? slash + 1 : path, 40);
}

/* --- Bars ------------------------------------------------------------------------------------- */

/* Row `index` of a table, or its mean after the last. */
static const double *row_of(const score_table *table, size_t index)
{
    return index < table->count ? table->row[index] : table->mean;
}

/* Where bar `bar` of table `t` stands: the mean apart from the parameters. */
static double bar_at(const score_figure *s, size_t t, size_t bar)
{
    const double width = 0.8 / (double)s->score_count;
    const double middle = (double)bar + (bar == s->scores->count ? 0.5 : 0);
    return middle - 0.4 + width * ((double)t + 0.5);
}

static bool has_published(const score_table *table)
{
    for (size_t i = 0; i <= table->count; i++)
        if (isfinite(row_of(table, i)[SCORE_PUBLISHED]))
            return true;
    return false;
}

static void set_bars(score_figure *s)
{
    FILE *script = s->figure.script;
    const score_table *first = s->scores;
    double low = 45, high = 100;
    for (size_t t = 0; t < s->score_count; t++)
        for (size_t i = 0; i <= first->count; i++)
            low = fmin(low, 5 * floor(row_of(&s->scores[t], i)[SCORE_PERCENTILE] / 5));
    fprintf(script,
            "set xrange [-0.7:%g]\nset yrange [%g:%g]\nset ytics 10\nset xtics rotate by 40 "
            "right (",
            (double)first->count + 1.2, low, high);
    for (size_t i = 0; i < first->count; i++) {
        plot_label(script, "", first->name[i], 16);
        fprintf(script, " %zu, ", i);
    }
    fprintf(script, "'mean' %g)\nset grid ytics\n", (double)first->count + 0.5);
    fprintf(script,
            "set arrow 1 from graph 0, first %g to graph 1, first %g nohead lc rgb "
            "'#444444' lw 0.8\n",
            chance, chance);
}

static void draw_bars(score_figure *s)
{
    FILE *script = s->figure.script;
    const double half = 0.38 / (double)s->score_count;
    bool named = false;
    set_bars(s);
    plot_upright(&s->figure, 1, "mean percentile rank (%)", 0.018, 0.735);
    fprintf(script, "set style fill solid 0.85 noborder\n");
    const char *comma = "plot ";
    for (size_t t = 0; t < s->score_count; t++, comma = ", ") {
        fprintf(script, "%s'-' with boxxyerror lc rgb '#%06x' title ", comma, plot_colour(t));
        score_figure_name(script, "", s->scores[t].path);
    }
    for (size_t t = 0; t < s->score_count; t++)
        if (has_published(&s->scores[t])) {
            fprintf(script, ", '-' with vectors nohead lw 2.5 lc rgb '#000000' %s",
                    named ? "notitle" : "title 'Barkan et al. 2019, same network'");
            named = true;
        }
    fprintf(script, "\n");
    for (size_t t = 0; t < s->score_count; t++) {
        for (size_t i = 0; i <= s->scores->count; i++) {
            const double x = bar_at(s, t, i), y = row_of(&s->scores[t], i)[SCORE_PERCENTILE];
            if (isfinite(y))
                fprintf(script, "%.6g %.6g %.6g %.6g %.6g %.6g\n", x, y, x - half, x + half,
                        fmin(y, chance), fmax(y, chance));
        }
        fprintf(script, "e\n");
    }
    for (size_t t = 0; t < s->score_count; t++) {
        if (!has_published(&s->scores[t]))
            continue;
        for (size_t i = 0; i <= s->scores->count; i++) {
            const double x = bar_at(s, t, i), y = row_of(&s->scores[t], i)[SCORE_PUBLISHED];
            if (isfinite(y))
                fprintf(script, "%.6g %.6g %.6g 0\n", x - 1.15 * half, y, 2.3 * half);
        }
        fprintf(script, "e\n");
    }
    fprintf(script, "unset arrow 1\nunset label 1\n");
}

/* --- The figure ------------------------------------------------------------------------------- */

static lts_status draw(score_figure *s, lts_error *err)
{
    FILE *script = s->figure.script;
    fprintf(script, "set multiplot\n"
                    "set key top left Left reverse samplen 2 spacing 1.1 horizontal opaque box lc "
                    "rgb '#ffffff'\n");
    plot_place(&s->figure, (plot_box){0.085, 0.98, 0.57, 0.9});
    fprintf(script, "set key at screen 0.085,0.97 top left\n");
    draw_bars(s);
    fprintf(script, "set key at screen %g,0.44 top left vertical samplen 2\n",
            s->sound_count ? 0.345 : 0.73);
    plot_place(&s->figure, (plot_box){0.085, s->sound_count ? 0.335 : 0.72, 0.09, 0.44});
    lts_status status = score_figure_tops(s, err);
    if (status == LTS_OK && s->sound_count > 0) {
        plot_place(&s->figure, (plot_box){0.585, 0.98, 0.09, 0.44});
        status = score_figure_correlations(s, err);
    }
    fprintf(script, "unset multiplot\n");
    return status;
}

static lts_status check_parameters(const score_table *a, const score_table *b, lts_error *err)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = strcmp(a->name[i], b->name[i]) == 0;
    return same ? LTS_OK
                : lts_fail(err, LTS_ERR_SHAPE,
                           "%s: its parameters are not those of %s: draw them apart", b->path,
                           a->path);
}

/* The tables of both kinds, each in the order of the files. */
static lts_status read_tables(const char *const *files, size_t count, score_table *scores,
                              score_table *sounds, score_figure *s, lts_error *err)
{
    for (size_t i = 0; i < count; i++) {
        score_table table;
        lts_status status = score_table_read(files[i], &table, err);
        if (status != LTS_OK)
            return status;
        if (table.name)
            scores[s->score_count++] = table;
        else
            sounds[s->sound_count++] = table;
        if (table.name)
            status = check_parameters(&scores[0], &table, err);
        if (status != LTS_OK)
            return status;
    }
    if (s->score_count == 0)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: resyntheses only: give the table of lts-match --report too", files[0]);
    return LTS_OK;
}

lts_status lts_plot_evaluation(const char *const *files, size_t count, const char *path,
                               lts_error *err)
{
    score_table scores[LTS_PLOT_TABLES] = {{0}}, sounds[LTS_PLOT_TABLES] = {{0}};
    score_figure s = {.scores = scores, .sounds = sounds};
    if (count < 1 || count > LTS_PLOT_TABLES)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%zu tables: 1 to %d fit in one picture", count,
                        LTS_PLOT_TABLES);
    lts_status status = read_tables(files, count, scores, sounds, &s, err);
    if (status != LTS_OK)
        goto done;
    status = plot_open(&s.figure, path, 1000, 760, err);
    if (status != LTS_OK)
        goto done;
    status = draw(&s, err);
    if (status != LTS_OK) {
        plot_abort(&s.figure);
        goto done;
    }
    status = plot_finish(&s.figure, err);
done:
    for (size_t t = 0; t < LTS_PLOT_TABLES; t++) {
        score_table_free(&scores[t]);
        score_table_free(&sounds[t]);
    }
    return status;
}
