#include "pipeline/plot/plot_figure.h"
#include "pipeline/plot/plot_history.h"

#include <math.h>

enum { MOST_NAMED = 12, DOTTED = 40 };

typedef struct loss_figure {
    plot_figure figure;
    const plot_history *run;
    size_t count;
} loss_figure;

/* The smallest and largest number of two columns over all runs. */
static void find_range(const loss_figure *l, enum plot_column a, enum plot_column b, double *low,
                       double *high)
{
    *low = *high = NAN;
    for (size_t i = 0; i < l->count; i++) {
        *low = fmin(*low, fmin(l->run[i].low[a], l->run[i].low[b]));
        *high = fmax(*high, fmax(l->run[i].high[a], l->run[i].high[b]));
    }
}

static void set_epochs(const loss_figure *l, bool labelled)
{
    double low, high;
    find_range(l, PLOT_EPOCH, PLOT_EPOCH, &low, &high);
    double step = fmax(plot_step(high - low, 12), 1), margin = 0.02 * (high - low);
    if (!(high > low))
        margin = 1;
    fprintf(l->figure.script, "set xrange [%.9g:%.9g]\nset xtics %.9g%s\n", low - margin,
            high + margin, step, labelled ? " format '%g'" : " format ''");
    fprintf(l->figure.script, labelled ? "set xlabel 'epoch'\n" : "unset xlabel\n");
}

/* Marks at 1, 2 and 5 times the powers of ten, or at the powers alone when they are many. */
static void set_logarithmic(FILE *script, double low, double high)
{
    bool many = high / low > 2e3;
    const char *comma = "";
    low /= 1.2;
    high *= 1.2;
    fprintf(script, "set logscale y\nset yrange [%.9g:%.9g]\nset ytics (", low, high);
    for (int power = (int)floor(log10(low)); power <= (int)ceil(log10(high)); power++)
        for (int m = 0; m < (many ? 1 : 3); m++) {
            const int mantissa[] = {1, 2, 5};
            double at = mantissa[m] * pow(10, power);
            if (at < low || at > high)
                continue;
            fprintf(script, "%s'%.9g' %.9g", comma, at, at);
            comma = ", ";
        }
    fprintf(script, ")\n");
}

static void set_values(FILE *script, double low, double high)
{
    if (low > 0 && high / low > 10) {
        set_logarithmic(script, low, high);
        return;
    }
    double margin = high > low ? 0.06 * (high - low) : 0.5 * fabs(high) + 1e-9;
    fprintf(script, "unset logscale y\nset yrange [%.9g:%.9g]\nset ytics %.9g format '%%g'\n",
            low - margin, high + margin, plot_step(high - low + 2 * margin, 6));
}

static void write_column(FILE *script, const plot_history *run, enum plot_column column)
{
    for (size_t i = 0; i < run->count; i++)
        if (isfinite(run->row[i][column]))
            fprintf(script, "%.9g %.9g\n", run->row[i][PLOT_EPOCH], run->row[i][column]);
    fprintf(script, "e\n");
}

static void name_curve(const loss_figure *l, size_t run, enum plot_column column)
{
    FILE *script = l->figure.script;
    const plot_history *history = &l->run[run];
    bool validation = column == PLOT_VALIDATION || column == PLOT_VALIDATION_KL;
    if (l->count == 1)
        fprintf(script, " title '%s'", validation ? "validation" : "training");
    else if (!validation && run < MOST_NAMED) {
        fprintf(script, " title ");
        plot_label(script, "", history->name, 40);
    } else {
        fprintf(script, " notitle");
    }
}

/* The circle around the best epoch of a run. */
static void name_best(const loss_figure *l, size_t run)
{
    const plot_history *history = &l->run[run];
    fprintf(l->figure.script, ", '-' with points pt 6 ps 1.6 lw 2 lc rgb '#%06x'",
            l->count == 1 ? 0x000000 : plot_colour(run));
    if (l->count == 1)
        fprintf(l->figure.script, " title 'best: %.4g in epoch %.9g'",
                history->low[history->criterion], history->row[history->best][PLOT_EPOCH]);
    else
        fprintf(l->figure.script, " notitle");
}

/* One `plot` of the training and the validation column of every run, with what follows. */
static void draw_curves(const loss_figure *l, enum plot_column train, enum plot_column validation,
                        bool best)
{
    FILE *script = l->figure.script;
    const enum plot_column column[] = {train, validation};
    const char *comma = "plot ";
    for (size_t i = 0; i < l->count; i++) {
        unsigned colour = plot_colour(i);
        for (int c = 0; c < 2; c++) {
            if (isnan(l->run[i].low[column[c]]))
                continue;
            const char *style = l->run[i].count <= DOTTED ? "linespoints" : "lines";
            unsigned shown = l->count == 1 ? plot_colour((size_t)c) : colour;
            fprintf(script, "%s'-' with %s lw 2 dt %s lc rgb '#%06x' pt %d ps 0.5", comma, style,
                    c ? "(9,5)" : "1", shown, c ? 9 : 7);
            name_curve(l, i, column[c]);
            comma = ", ";
        }
        if (best)
            name_best(l, i);
    }
    fprintf(script, "\n");
    for (size_t i = 0; i < l->count; i++) {
        const plot_history *run = &l->run[i];
        for (int c = 0; c < 2; c++)
            if (!isnan(run->low[column[c]]))
                write_column(script, run, column[c]);
        if (best)
            fprintf(script, "%.9g %.9g\ne\n", run->row[run->best][PLOT_EPOCH],
                    run->low[run->criterion]);
    }
}

static void set_title(loss_figure *l)
{
    FILE *script = l->figure.script;
    fprintf(script, "set title ");
    if (l->count == 1)
        plot_label(script, "Training of ", l->run->name, 80);
    else
        fprintf(script,
                "'Training loss (solid) and validation loss (dashed), best epochs circled'");
    plot_font(&l->figure, 1.15);
}

static void draw(loss_figure *l)
{
    FILE *script = l->figure.script;
    double low, high;
    bool below = l->count == 1 && !isnan(l->run->low[PLOT_KL]);
    plot_box upper = {0.085, 0.97, below ? 0.39 : 0.12, 0.91}, lower = {0.085, 0.97, 0.11, 0.33};
    fprintf(script, "set multiplot\nset key top right Left reverse samplen 3 spacing 1.15 opaque "
                    "box lc rgb '#ffffff'\n");
    plot_place(&l->figure, upper);
    set_title(l);
    set_epochs(l, !below);
    find_range(l, PLOT_LOSS, PLOT_VALIDATION, &low, &high);
    set_values(script, low, high);
    plot_upright(&l->figure, 1, "loss", 0.018, (upper.bottom + upper.top) / 2);
    draw_curves(l, PLOT_LOSS, PLOT_VALIDATION, true);
    if (below) {
        plot_place(&l->figure, lower);
        find_range(l, PLOT_KL, PLOT_VALIDATION_KL, &low, &high);
        fprintf(script, "unset title\nunset key\n");
        set_epochs(l, true);
        set_values(script, low, high);
        plot_upright(&l->figure, 1, "KL divergence", 0.018, (lower.bottom + lower.top) / 2);
        draw_curves(l, PLOT_KL, PLOT_VALIDATION_KL, false);
    }
    fprintf(script, "unset multiplot\n");
}

lts_status lts_plot_loss(const char *const *runs, size_t count, const char *path, size_t *left_out,
                         const lts_reporter *reporter, lts_error *err)
{
    plot_history *history = NULL;
    loss_figure l = {.count = count};
    if (count < 1)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: no run to draw", path);
    lts_status status = lts_alloc_checked(&history, count, sizeof *history, "the runs", err);
    if (status != LTS_OK)
        return status;
    l.run = history;
    status = plot_histories_read(runs, history, &l.count, reporter, err);
    if (left_out)
        *left_out = count - l.count;
    if (status != LTS_OK)
        goto done;
    status = plot_open(&l.figure, path, 1000, l.count == 1 ? 680 : 600, err);
    if (status != LTS_OK)
        goto done;
    draw(&l);
    status = plot_finish(&l.figure, err);
done:
    for (size_t i = 0; i < l.count; i++)
        plot_history_free(&history[i]);
    lts_free(history);
    return status;
}
