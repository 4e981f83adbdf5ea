#include "pipeline/plot/morph/plot_morph.h"

#include "pipeline/plot/plot_panels.h"

#include <math.h>
#include <string.h>

enum { CURVES = 3 };

/* Colours of A, the path and B, and how their lines are drawn. */
static const unsigned colour[MORPH_SOUNDS] = {0x0072b2, 0x000000, 0xd55e00};
static const double line_width[MORPH_SOUNDS] = {1.2, 2, 1.2};
static const char *const name[MORPH_SOUNDS] = {"A", "path", "B"};

static void find_range(double *const curve[MORPH_SOUNDS], const plot_morph_job *job, double *low,
                       double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (int i = 0; i < MORPH_SOUNDS; i++)
        for (size_t t = 0; t < job->panel[i].frames; t++)
            if (isfinite(curve[i][t])) {
                *low = fmin(*low, curve[i][t]);
                *high = fmax(*high, curve[i][t]);
            }
    if (*low > *high)
        *low = *high = 1;
}

/* 20 dB a mark, from the loudest down to what the spectrograms show. */
static void set_levels(plot_panels *s, const plot_morph_job *job)
{
    double low, high;
    find_range(job->level, job, &low, &high);
    high = 10 * ceil((high + 1) / 10);
    low = fmax(10 * floor(low / 10), high - s->range);
    low = fmin(low, high - 20);
    fprintf(s->figure.script, "set yrange [%g:%g]\nset ytics %g\n", low, high,
            high - low > 40 ? 20.0 : 10.0);
}

static void set_centroids(plot_panels *s, const plot_morph_job *job)
{
    FILE *script = s->figure.script;
    double low, high;
    const char *comma = "";
    find_range(job->centroid, job, &low, &high);
    low /= 1.15;
    high *= 1.15;
    fprintf(script, "set logscale y\nset yrange [%.9g:%.9g]\nset ytics (", low, high);
    for (int i = 0; i < 24; i++) {
        const int digit[] = {1, 2, 3, 5};
        const double hz = digit[i % 4] * pow(10, i / 4);
        if (hz < low || hz > high)
            continue;
        fprintf(script, "%s'%g%s' %g", comma, hz >= 1000 ? hz / 1000 : hz, hz >= 1000 ? "k" : "",
                hz);
        comma = ", ";
    }
    fprintf(script, ")\n");
}

/* With a line at 1, which 95 % of what was held out lies below. */
static void set_distances(plot_panels *s, const plot_morph_job *job)
{
    FILE *script = s->figure.script;
    double low, high;
    find_range(job->distance, job, &low, &high);
    high = fmax(1.25, 1.08 * high);
    fprintf(script, "set yrange [0:%.9g]\nset ytics %g\n", high, plot_step(high, 4));
    fprintf(script, "set arrow 1 from graph 0, first 1 to graph 1, first 1 nohead dt (6,4) "
                    "lc rgb '#888888' lw 0.8\n"
                    "set label 5 \"95 %% of what was\\nnot trained on\" at graph 1, first 1 "
                    "offset 1,0.3 tc rgb '#666666'");
    plot_font(&s->figure, 0.85);
}

static void draw_curve(const plot_panels *s, const plot_morph_job *job,
                       double *const curve[MORPH_SOUNDS])
{
    static const int order[MORPH_SOUNDS] = {MORPH_A, MORPH_B, MORPH_PATH}; /* the path on top */
    FILE *script = s->figure.script;
    const char *comma = "plot ";
    for (int o = 0; o < MORPH_SOUNDS; o++, comma = ", ")
        fprintf(script, "%s'-' with lines lw %g lc rgb '#%06x' title '%s'", comma,
                line_width[order[o]], colour[order[o]], name[order[o]]);
    fprintf(script, "\n");
    for (int o = 0; o < MORPH_SOUNDS; o++) {
        const lts_plot_panel *panel = &job->panel[order[o]];
        for (size_t t = 0; t < panel->frames; t++) {
            const double at = s->first + ((double)t + 0.5) * panel->seconds_per_frame;
            if (isfinite(curve[order[o]][t]))
                fprintf(script, "%.9g %.9g\n", at, curve[order[o]][t]);
            else
                fprintf(script, "\n");
        }
        fprintf(script, "e\n");
    }
}

/* What the alignment came to, below the panel that is drawn next: pitch on a line below time. */
static void set_caption(plot_panels *s, const char *text, double inch)
{
    const char *second = strstr(text, "; ");
    const int first = (int)(second ? second + 1 - text : (ptrdiff_t)strlen(text));
    for (int line = 0; line < (second ? 2 : 1); line++) {
        char part[256];
        snprintf(part, sizeof part, "%.*s", line ? 255 : first, line ? second + 2 : text);
        fprintf(s->figure.script, "set label %d ", 6 + line);
        plot_quoted(s->figure.script, part);
        fprintf(s->figure.script, " at screen 0.085,%.5f left tc rgb '#666666'",
                (0.3 - 0.17 * line) * inch);
        plot_font(&s->figure, 0.85);
    }
}

static void draw(plot_panels *s, const plot_morph_job *job)
{
    static const struct {
        const char *title;
        void (*axis)(plot_panels *s, const plot_morph_job *job);
    } curves[CURVES] = {
        {"level (dB)", set_levels}, {"centroid (Hz)", set_centroids}, {"distance", set_distances}};
    double *const *const data[CURVES] = {job->level, job->centroid, job->distance};
    const int shown = job->distance[0] ? CURVES : CURVES - 1;
    FILE *script = s->figure.script;
    const double inch = 100 / s->figure.height, below = 0.95 * inch, above = 0.36 * inch;
    const double curve = 1.25 * inch, gap = 0.2 * inch, bottom = below + shown * (curve + gap);
    const double each = (1 - bottom - 0.02) / MORPH_SOUNDS;
    plot_panels_begin(s, bottom + 0.05 * inch, 1 - above - 0.02);
    for (size_t p = 0; p < MORPH_SOUNDS; p++) {
        const double from = bottom + (double)(MORPH_SOUNDS - 1 - p) * each;
        plot_place(&s->figure, (plot_box){0.085, 0.845, from + 0.05 * inch, from + each - above});
        plot_panels_times(s, false);
        plot_panels_draw(s, p);
        fprintf(script, "unset colorbox\nunset label 2\n");
    }
    fprintf(script, "unset label 1\nunset label 3\nunset y2tics\nset y2range [*:*]\n"
                    "set border 3\nset grid ytics xtics\n");
    for (int c = 0; c < shown; c++) {
        const double from = below + (shown - 1 - c) * (curve + gap);
        plot_place(&s->figure, (plot_box){0.085, 0.845, from, from + curve});
        plot_panels_times(s, c + 1 == shown);
        if (c + 1 == shown)
            set_caption(s, job->alignment, inch);
        if (c == 0)
            fprintf(script, "set key at screen 0.865,%.5f left top Left reverse samplen 1.5\n",
                    from + curve);
        plot_upright(&s->figure, 4, curves[c].title, 0.018, from + 0.5 * curve);
        curves[c].axis(s, job);
        draw_curve(s, job, data[c]);
        fprintf(script, "unset key\nunset logscale y\n");
    }
    fprintf(script, "unset multiplot\n");
}

/* "A: name". */
static lts_status name_sound(lts_plot_panel *panel, const char *letter, lts_error *err)
{
    char *longer = lts_format("%s: %s", letter, panel->title);
    if (!longer)
        return lts_no_memory("a title", err);
    lts_free((char *)panel->title);
    panel->title = longer;
    return LTS_OK;
}

lts_status lts_plot_morph_draw(const lts_plot_morph *morph, const char *path,
                               const lts_reporter *reporter, lts_error *err)
{
    plot_morph_job job = {.settings = morph};
    plot_panels s = {0};
    lts_model *model = NULL;
    lts_status status = lts_run_model(morph->run, &model, err);
    if (status != LTS_OK)
        goto done;
    status = lts_model_feature(model, &job.feature, err);
    if (status != LTS_OK)
        goto done;
    status = plot_morph_measure(&job, model, reporter, err);
    if (status != LTS_OK)
        goto done;
    status = name_sound(&job.panel[MORPH_A], "A", err);
    if (status != LTS_OK)
        goto done;
    status = name_sound(&job.panel[MORPH_B], "B", err);
    if (status != LTS_OK)
        goto done;
    status = plot_panels_open(&s, job.panel, MORPH_SOUNDS, job.feature, morph->range, path, err);
    if (status != LTS_OK)
        goto done;
    s.colour = colour;
    status = plot_open(&s.figure, path, 1000, job.distance[0] ? 1140 : 1000, err);
    if (status != LTS_OK)
        goto done;
    draw(&s, &job);
    status = plot_finish(&s.figure, err);
    if (status != LTS_OK)
        goto done;
    lts_record(reporter, "picture", &(lts_field){.name = "file", .text = path}, 1);
done:
    plot_panels_close(&s);
    plot_morph_free(&job);
    lts_model_destroy(model);
    return status;
}
