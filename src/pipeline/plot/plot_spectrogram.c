#include "pipeline/plot/plot_panels.h"

#include <math.h>
#include <string.h>

/* Cells of the raster each panel is reduced to: about the points of its place in the picture. */
enum { MOST_COLUMNS = 1400, MOST_ROWS = 400 };

static lts_status check_panels(plot_panels *s, const char *path, lts_error *err)
{
    if (s->count < 1 || s->count > LTS_PLOT_PANELS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: %zu sounds in one picture: expected 1 to %d",
                        path, s->count, LTS_PLOT_PANELS);
    if (!(s->range >= 10 && s->range <= 200))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: range of %g dB: expected 10 to 200", path,
                        s->range);
    for (size_t p = 0; p < s->count; p++) {
        const lts_plot_panel *panel = &s->panels[p];
        const char *title = panel->title ? panel->title : path;
        if (panel->frames < 1)
            return lts_fail(err, LTS_ERR_ARGUMENT, "%s: no frames to draw", title);
        const size_t count = panel->frames * s->bins;
        const size_t bad = lts_first_nonfinite(panel->magnitudes, count);
        if (bad < count)
            return lts_fail(err, LTS_ERR_NONFINITE, "%s: frame %zu, bin %zu is not finite", title,
                            bad / s->bins, bad % s->bins);
        for (size_t i = 0; i < count; i++)
            s->loudest = fmaxf(s->loudest, panel->magnitudes[i]);
    }
    return LTS_OK;
}

static double panel_seconds(const plot_panels *s, const lts_plot_panel *panel)
{
    double hop = (double)lts_feature_hop(s->feature) / lts_feature_sample_rate(s->feature);
    return (double)panel->frames * (panel->seconds_per_frame > 0 ? panel->seconds_per_frame : hop);
}

/* One clock for all panels: the sounds' own when they start together, else from 0. */
static void set_clock(plot_panels *s)
{
    s->first = s->panels[0].start;
    for (size_t p = 1; p < s->count; p++)
        if (s->panels[p].start != s->first)
            s->first = 0;
    for (size_t p = 0; p < s->count; p++)
        s->last = fmax(s->last, s->first + panel_seconds(s, &s->panels[p]));
}

/* The largest magnitude under each cell, as dB below the loudest: (rows,columns), lowest bin
 * first. */
static void fill_raster(plot_panels *s, const lts_plot_panel *panel, size_t rows, size_t columns)
{
    const size_t bins = s->bins, frames = panel->frames;
    for (size_t i = 0; i < rows * columns; i++)
        s->raster[i] = 0;
    for (size_t t = 0; t < frames; t++) {
        size_t column = t * columns / frames;
        for (size_t k = 0; k < bins; k++) {
            float *cell = &s->raster[k * rows / bins * columns + column];
            *cell = fmaxf(*cell, panel->magnitudes[t * bins + k]);
        }
    }
    for (size_t i = 0; i < rows * columns; i++) {
        float share = s->loudest > 0 ? s->raster[i] / s->loudest : 0;
        s->raster[i] = share > 0 ? fmaxf(20 * log10f(share), (float)-s->range) : (float)-s->range;
    }
}

/* Left: the Cs as notes. Right: hertz, at 1, 2 and 5. */
static void set_frequencies(const plot_panels *s)
{
    FILE *script = s->figure.script;
    double top = (double)s->bins - 0.5, middle_c = 440 * pow(2, -9.0 / 12);
    const char *comma = "";
    fprintf(script, "set yrange [-0.5:%.9g]\nset y2range [-0.5:%.9g]\nset ytics (", top, top);
    for (int octave = -2; octave <= 11; octave++) {
        double at = lts_feature_column_at(s->feature, middle_c * pow(2, octave - 4));
        if (at < -0.5 || at > top)
            continue;
        fprintf(script, "%s'C%d' %.6g", comma, octave, at);
        comma = ", ";
    }
    fprintf(script, ")\nset y2tics (");
    comma = "";
    for (int i = 0; i < 18; i++) {
        const int digit[] = {1, 2, 5};
        double hz = digit[i % 3] * pow(10, i / 3), at = lts_feature_column_at(s->feature, hz);
        if (at < -0.5 || at > top)
            continue;
        fprintf(script, "%s'%g%s' %.6g", comma, hz >= 1000 ? hz / 1000 : hz, hz >= 1000 ? "k" : "",
                at);
        comma = ", ";
    }
    fprintf(script, ")\n");
}

void plot_panels_times(const plot_panels *s, bool labelled)
{
    FILE *script = s->figure.script;
    double span = s->last - s->first;
    bool minutes = span > 180;
    double step = minutes ? 60 * fmax(plot_step(span / 60, 12), 0.5) : plot_step(span, 12);
    fprintf(script, "set xrange [%.9g:%.9g]\n", s->first, s->last);
    if (!labelled)
        fprintf(script, "set xtics %.9g format ''\nunset xlabel\n", step);
    else if (minutes)
        fprintf(
            script,
            "unset mxtics\nset xtics %.9g time format '%%tM:%%02tS'\nset xlabel 'time (min:s)'\n",
            step);
    else
        fprintf(script, "set xtics %.9g format '%%g'\nset xlabel 'time (s)'\n", step);
}

void plot_panels_draw(plot_panels *s, size_t index)
{
    FILE *script = s->figure.script;
    const lts_plot_panel *panel = &s->panels[index];
    double seconds = panel_seconds(s, panel);
    double share = seconds / (s->last - s->first);
    size_t columns = (size_t)ceil(MOST_COLUMNS * share);
    size_t most_rows = MOST_ROWS / (s->count > 4 ? 2 : 1);
    size_t rows = s->bins < most_rows ? s->bins : most_rows;
    columns = panel->frames < columns ? panel->frames : columns;
    fill_raster(s, panel, rows, columns);
    fprintf(script, "unset label 1\nset label 3 'Hz' at graph 1, graph 1 offset 1,0.7\n");
    if (panel->title) {
        fprintf(script, "set label 1 ");
        plot_label(script, "", panel->title, 80);
        fprintf(script, " at graph 0, graph 1 offset 0,0.7");
        if (s->colour)
            fprintf(script, " tc rgb '#%06x'", s->colour[index]);
        plot_font(&s->figure, 1.05);
    }
    double width = seconds / (double)columns, height = (double)s->bins / (double)rows;
    fprintf(script,
            "plot '-' binary array=(%zu,%zu) format='%%float' origin=(%.9g,%.9g) dx=%.9g dy=%.9g "
            "with image notitle\n",
            columns, rows, s->first + 0.5 * width, 0.5 * height - 0.5, width, height);
    fwrite(s->raster, sizeof *s->raster, rows * columns, script);
    fprintf(script, "\n");
}

void plot_panels_begin(plot_panels *s, double bottom, double top)
{
    FILE *script = s->figure.script;
    fprintf(script, "set multiplot\nunset key\nset border 15\nset grid noxtics noytics\n");
    plot_palette(script, 0, 1);
    fprintf(script,
            "set cbrange [%.9g:0]\nset cbtics %g\nset colorbox vertical user origin 0.905,%.5f "
            "size 0.016,%.5f\n",
            -s->range, fmax(plot_step(s->range, 8), 1), bottom, top - bottom);
    plot_upright(&s->figure, 2, "level (dB, 0 = loudest)", 0.977, 0.5 * (bottom + top));
    set_frequencies(s);
}

lts_status plot_panels_open(plot_panels *s, const lts_plot_panel *panels, size_t count,
                            const lts_feature *feature, double range, const char *path,
                            lts_error *err)
{
    *s = (plot_panels){.panels = panels, .count = count, .feature = feature, .range = range};
    lts_status status = lts_feature_check(feature, err);
    if (status != LTS_OK)
        return status;
    if (isnan(lts_feature_column_at(feature, 440)) || !lts_feature_is_magnitude(feature))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: no spectrogram can be drawn of features %s: take magnitudes over "
                        "frequency",
                        path, lts_feature_kind_text((int)feature->kind));
    s->bins = lts_feature_floats(feature);
    status = check_panels(s, path, err);
    if (status != LTS_OK)
        return status;
    set_clock(s);
    return lts_alloc_checked(&s->raster, MOST_COLUMNS, MOST_ROWS * sizeof *s->raster,
                             "a spectrogram", err);
}

void plot_panels_close(plot_panels *s)
{
    lts_free(s->raster);
    s->raster = NULL;
}

/* The largest of all panels' distances, below 0 where none is known. */
static float find_farthest(const plot_panels *s)
{
    float most = -1;
    for (size_t p = 0; p < s->count; p++)
        for (size_t t = 0; s->panels[p].distance && t < s->panels[p].frames; t++)
            most = fmaxf(most, s->panels[p].distance[t]);
    return most;
}

/* The distances of a panel's frames, with a line at 1, below which 95 % of frames held out lie. */
static void draw_strip(plot_panels *s, size_t index, float farthest)
{
    FILE *script = s->figure.script;
    const lts_plot_panel *panel = &s->panels[index];
    const double high = fmax(1.25, 1.08 * (double)farthest);
    const double step = panel_seconds(s, panel) / (double)panel->frames;
    fprintf(script, "unset label 1\nunset label 3\n");
    fprintf(script, "set border 3\nunset y2tics\nset yrange [0:%.9g]\nset ytics %g\n", high,
            plot_step(high, 3));
    fprintf(script, "set arrow 1 from graph 0, first 1 to graph 1, first 1 nohead dt (6,4) "
                    "lc rgb '#888888' lw 0.8\n"
                    "plot '-' with lines lw 1.5 lc rgb '#000000' notitle\n");
    for (size_t t = 0; panel->distance && t < panel->frames; t++)
        fprintf(script, "%.9g %.9g\n", s->first + ((double)t + 0.5) * step,
                (double)panel->distance[t]);
    fprintf(script, "e\nunset arrow 1\nset border 15\n");
    set_frequencies(s);
}

static void draw(plot_panels *s)
{
    FILE *script = s->figure.script;
    double inch = 100 / s->figure.height, below = 0.7 * inch, above = 0.36 * inch;
    double each = (1 - below - 0.02) / (double)s->count;
    const float farthest = find_farthest(s);
    const double strip = farthest < 0 ? 0 : 0.7 * inch, gap = farthest < 0 ? 0 : 0.12 * inch;
    plot_panels_begin(s, below + strip, 1 - above - 0.02);
    for (size_t p = 0; p < s->count; p++) {
        double bottom = below + (double)(s->count - 1 - p) * each;
        plot_place(&s->figure, (plot_box){0.075, 0.845, bottom + strip, bottom + each - above});
        plot_panels_times(s, p + 1 == s->count && strip == 0);
        if (p == 1)
            fprintf(script, "unset colorbox\nunset label 2\n");
        plot_panels_draw(s, p);
        if (strip == 0)
            continue;
        plot_place(&s->figure, (plot_box){0.075, 0.845, bottom, bottom + strip - gap});
        plot_panels_times(s, p + 1 == s->count);
        plot_upright(&s->figure, 4, "distance", 0.018, bottom + 0.5 * (strip - gap));
        draw_strip(s, p, farthest);
        fprintf(script, "unset label 4\n");
    }
    fprintf(script, "unset multiplot\n");
}

lts_status lts_plot_spectrogram(const lts_plot_panel *panels, size_t count,
                                const lts_feature *feature, double range, const char *path,
                                lts_error *err)
{
    plot_panels s;
    lts_status status = plot_panels_open(&s, panels, count, feature, range, path, err);
    if (status != LTS_OK)
        goto done;
    status = plot_open(&s.figure, path, 1000, 160 + 240 * (double)(count < 5 ? count : 4), err);
    if (status != LTS_OK)
        goto done;
    draw(&s);
    status = plot_finish(&s.figure, err);
done:
    plot_panels_close(&s);
    return status;
}
