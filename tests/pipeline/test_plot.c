#include "testing.h"

#include "lts/plot.h"
#include "pipeline/plot/plot_figure.h"
#include "pipeline/plot/plot_history.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What no shell, no gnuplot and no SVG may trip over. */
static const char nasty[] =
    "it's_{a} \"b\" \\ <\xc3\xa9> & `touch pwned` $HOME @x^2 %d \xe6\x97\xa5";

typedef struct scratch {
    char *folder, *run, *out;
    char *path; /* PATH as it was */
} scratch;

static int open_scratch(void **state)
{
    lts_error err = {0};
    scratch *s = calloc(1, sizeof *s);
    s->folder = test_folder();
    s->run = lts_path_join(s->folder, nasty);
    s->path = lts_strdup(getenv("PATH"));
    assert_ok(lts_make_folder(s->run, &err));
    *state = s;
    return 0;
}

static int close_scratch(void **state)
{
    scratch *s = *state;
    setenv("PATH", s->path, 1);
    test_folder_remove(s->folder);
    lts_free(s->run);
    lts_free(s->out);
    lts_free(s->path);
    free(s);
    return 0;
}

/* A path in the scratch folder, good until the next call. */
static const char *in_folder(scratch *s, const char *name)
{
    lts_free(s->out);
    s->out = lts_path_join(s->folder, name);
    return s->out;
}

/* Puts a program of this text before every other gnuplot. */
static void fake_gnuplot(scratch *s, const char *text)
{
    lts_error err = {0};
    char *bin = lts_path_join(s->folder, "bin"), *program = lts_path_join(bin, "gnuplot");
    char *path = lts_format("%s:%s", bin, s->path);
    assert_ok(lts_make_folder(bin, &err));
    test_write(program, text, strlen(text));
    assert_int_equal(chmod(program, 0755), 0);
    setenv("PATH", path, 1);
    lts_free(path);
    lts_free(program);
    lts_free(bin);
}

/* The picture becomes the script that would have drawn it. */
static void fake_copying_gnuplot(scratch *s)
{
    fake_gnuplot(s, "#!/bin/sh\nexec cat\n");
}

static void write_history(const scratch *s, const char *text)
{
    char *path = lts_path_join(s->run, "history.csv");
    test_write(path, text, strlen(text));
    lts_free(path);
}

static const char ordinary_history[] =
    "epoch,loss,reconstruction,kl,validation_loss,validation_reconstruction,validation_kl,"
    "learning_rate,frames_per_second,seconds\n"
    "1,100,90,3,110,99,3.1,0.0001,7000,1\n"
    "2,20,19,4,22,21,4.1,0.0001,7000,2\n"
    "3,9,8,5,12,11,5.1,0.0001,7000,3\n"
    "4,8,7,5.5,13,12,5.6,0.0001,7000,4\n";

static lts_status plot_run(scratch *s, const char *name, lts_error *err)
{
    const char *const runs[] = {s->run};
    return lts_plot_loss(runs, 1, in_folder(s, name), NULL, NULL, err);
}

/* The picture in the scratch folder as bytes with a final 0; free with lts_free. */
static char *read_picture(scratch *s, const char *name, size_t *size)
{
    lts_error err = {0};
    char *bytes;
    assert_ok(lts_read_file(in_folder(s, name), 1 << 26, &bytes, size, &err));
    return bytes;
}

static void the_extension_chooses_the_format(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    size_t size;
    write_history(s, ordinary_history);
    assert_ok(plot_run(s, "l.png", &err));
    unsigned char *png = (unsigned char *)read_picture(s, "l.png", &size);
    assert_memory_equal(png, "\x89PNG\r\n\x1a\n", 8);
    assert_int_equal(png[18] << 8 | png[19], 1600);
    lts_free(png);
    assert_ok(plot_run(s, "l.SVG", &err));
    char *svg = read_picture(s, "l.SVG", &size);
    assert_non_null(strstr(svg, "<svg"));
    assert_non_null(strstr(svg, "</svg>"));
    lts_free(svg);
    assert_ok(plot_run(s, "l.pdf", &err));
    char *pdf = read_picture(s, "l.pdf", &size);
    assert_memory_equal(pdf, "%PDF-", 5);
    assert_non_null(strstr(pdf + size - 8, "%%EOF"));
    lts_free(pdf);
    /* The run and three pictures: nothing temporary is left. */
    assert_int_equal(test_folder_count(s->folder), 4);
}

static void other_extensions_are_refused(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    write_history(s, ordinary_history);
    const char *const names[] = {"l.jpg", "l", "png", "l.png.txt"};
    for (size_t n = 0; n < 4; n++) {
        assert_status(plot_run(s, names[n], &err), LTS_ERR_ARGUMENT);
        assert_non_null(strstr(err.text, ".png, .svg or .pdf"));
    }
    assert_status(plot_run(s, "no/such/folder.png", &err), LTS_ERR_IO);
    assert_int_equal(test_folder_count(s->folder), 1);
}

static void any_text_prints_as_it_is(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    size_t size;
    write_history(s, ordinary_history);
    assert_ok(plot_run(s, "l.svg", &err));
    char *svg = read_picture(s, "l.svg", &size);
    assert_non_null(strstr(svg, "it's_{a} \"b\" \\ &lt;\xc3\xa9> &amp; `touch pwned` $HOME @x^2 %d "
                                "\xe6\x97\xa5"));
    lts_free(svg);
    assert_false(lts_is_file("pwned"));
}

static char *label_of(const char *before, const char *text, size_t longest)
{
    char *label = NULL;
    size_t size;
    FILE *script = open_memstream(&label, &size);
    plot_label(script, before, text, longest);
    fclose(script);
    return label;
}

static void labels_are_quoted_cut_and_valid(void **state)
{
    (void)state;
    static const struct {
        const char *before, *text;
        size_t longest;
        const char *label;
    } cases[] = {
        {"", "plain", 20, "'plain'"},
        {"A: ", "it's", 20, "'A: it''s'"},
        {"", "line\nbreak\ttab\x7f", 20, "'line break tab '"},
        {"", "abcdefghij", 10, "'abcdefghij'"},
        {"", "abcdefghijk", 10, "'abcde\xe2\x80\xa6hijk'"},
        {"", "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 5,
         "'\xc3\xa9\xc3\xa9\xe2\x80\xa6\xc3\xa9\xc3\xa9'"},
        /* Broken UTF-8: stray, overlong, surrogate, cut short. */
        {"", "a\x80z\xc0\xafz\xed\xa0\x80z\xe6\x97", 20,
         "'a?z?"
         "?z?"
         "?"
         "?z?"
         "?'"},
        {"", "", 20, "''"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        char *label = label_of(cases[c].before, cases[c].text, cases[c].longest);
        assert_string_equal(label, cases[c].label);
        free(label);
    }
}

static void axis_steps_are_round(void **state)
{
    (void)state;
    const double cases[][3] = {{10, 10, 1}, {11, 10, 2}, {100, 12, 10}, {0.7, 8, 0.1}, {24, 5, 5}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        assert_true(fabs(plot_step(cases[c][0], (int)cases[c][1]) / cases[c][2] - 1) < 1e-12);
    assert_true(plot_step(0, 5) == 1);
}

/* Relative luminance (IEC 61966-2-1). */
static double luminance(unsigned colour)
{
    const double share[] = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (int c = 0; c < 3; c++) {
        double coded = (double)(colour >> (16 - 8 * c) & 0xff) / 255;
        sum += share[c] * (coded <= 0.04045 ? coded / 12.92 : pow((coded + 0.055) / 1.055, 2.4));
    }
    return sum;
}

static void the_ramp_grows_evenly_brighter(void **state)
{
    (void)state;
    double before = -1;
    for (int i = 0; i <= 100; i++) {
        double brightness = luminance(plot_ramp(i / 100.0));
        assert_true(brightness > before);
        /* CIE lightness, of which equal steps look equal. */
        double lightness = brightness > 0.008856 ? 116 * cbrt(brightness) - 16 : 903.3 * brightness;
        assert_true(fabs(lightness - i * 0.96) < 9);
        before = brightness;
    }
}

/* In Oklab (Ottosson 2020), whose distances are those seen. */
static double colour_distance(unsigned a, unsigned b)
{
    double lab[2][3], sum = 0;
    for (int i = 0; i < 2; i++) {
        double rgb[3];
        for (int c = 0; c < 3; c++) {
            double coded = (double)((i ? b : a) >> (16 - 8 * c) & 0xff) / 255;
            rgb[c] = coded <= 0.04045 ? coded / 12.92 : pow((coded + 0.055) / 1.055, 2.4);
        }
        double l = cbrt(0.4122214708 * rgb[0] + 0.5363325363 * rgb[1] + 0.0514459929 * rgb[2]);
        double m = cbrt(0.2119034982 * rgb[0] + 0.6806995451 * rgb[1] + 0.1073969566 * rgb[2]);
        double s = cbrt(0.0883024619 * rgb[0] + 0.2817188376 * rgb[1] + 0.6299787005 * rgb[2]);
        lab[i][0] = 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s;
        lab[i][1] = 1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s;
        lab[i][2] = 0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s;
    }
    for (int d = 0; d < 3; d++)
        sum += (lab[0][d] - lab[1][d]) * (lab[0][d] - lab[1][d]);
    return sqrt(sum);
}

static void group_colours_are_told_apart(void **state)
{
    (void)state;
    for (size_t a = 0; a <= PLOT_GROUPS; a++) {
        assert_true(colour_distance(plot_group_colour(a), 0xffffff) > 0.15);
        for (size_t b = 0; b < a; b++)
            assert_true(colour_distance(plot_group_colour(a), plot_group_colour(b)) > 0.1);
    }
}

static void a_missing_gnuplot_is_one_clear_line(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    write_history(s, ordinary_history);
    setenv("PATH", s->run, 1);
    assert_status(plot_run(s, "l.png", &err), LTS_ERR_NOT_FOUND);
    assert_string_equal(err.text, "gnuplot: not found: install it (Debian: gnuplot-nox)");
    assert_int_equal(test_folder_count(s->folder), 1);
}

static void a_gnuplot_that_fails_leaves_the_old_picture(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    write_history(s, ordinary_history);
    test_write(in_folder(s, "l.png"), "old", 3);
    static const struct {
        const char *program, *said;
    } cases[] = {
        {"#!/bin/sh\necho half a picture\necho '\ngnuplot> plot\n         ^\n         line 7: no "
         "such terminal' >&2\nexit 1\n",
         "l.png: gnuplot failed: line 7: no such terminal"},
        {"#!/bin/sh\nexit 0\n", "l.png: gnuplot drew nothing"},
        {"#!/bin/sh\nkill -9 $$\n", "l.png: gnuplot was ended by signal 9"},
        {"#!/bin/sh\nexit 127\n", "gnuplot: not found"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        size_t size;
        fake_gnuplot(s, cases[c].program);
        assert_int_not_equal(plot_run(s, "l.png", &err), LTS_OK);
        assert_non_null(strstr(err.text, cases[c].said));
        assert_null(strchr(err.text, '\n'));
        char *kept = read_picture(s, "l.png", &size);
        assert_string_equal(kept, "old");
        lts_free(kept);
        assert_int_equal(test_folder_count(s->folder), 3);
    }
}

static void a_script_gnuplot_rejects_is_a_failure(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    plot_figure figure;
    assert_ok(plot_open(&figure, in_folder(s, "x.png"), 500, 400, &err));
    fprintf(figure.script, "plot no_such_function(x)\n");
    assert_status(plot_finish(&figure, &err), LTS_ERR_IO);
    assert_non_null(strstr(err.text, "x.png: gnuplot failed: line"));
    assert_non_null(strstr(err.text, "undefined function"));
    assert_int_equal(test_folder_count(s->folder), 1);
}

static void drawing_leaves_the_locale_alone(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    locale_t before = uselocale((locale_t)0);
    write_history(s, ordinary_history);
    fake_copying_gnuplot(s);
    assert_ok(plot_run(s, "l.svg", &err));
    assert_true(uselocale((locale_t)0) == before);
    fake_gnuplot(s, "#!/bin/sh\nexit 1\n");
    assert_int_not_equal(plot_run(s, "l.svg", &err), LTS_OK);
    assert_true(uselocale((locale_t)0) == before);
}

static void a_history_is_read_by_its_names(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    plot_history h;
    write_history(s, ordinary_history);
    assert_ok(plot_history_read(s->run, &h, &err));
    assert_int_equal(h.count, 4);
    assert_int_equal(h.criterion, PLOT_VALIDATION);
    assert_int_equal(h.best, 2);
    assert_true(h.row[3][PLOT_LOSS] == 8 && h.row[3][PLOT_VALIDATION_KL] == 5.6);
    assert_true(h.low[PLOT_LOSS] == 8 && h.high[PLOT_LOSS] == 100);
    assert_non_null(strstr(h.name, nasty));
    plot_history_free(&h);

    /* Other columns, another order, quotes, no epoch, gaps, CR LF, an unfinished last line. */
    write_history(s, "x, \"Loss\" ,kl\r\n1,5,\r\n2,nan,3\r\n\r\n3,-inf\r\n4,7,1\r\n9,9");
    assert_ok(plot_history_read(s->run, &h, &err));
    assert_int_equal(h.count, 4);
    assert_int_equal(h.criterion, PLOT_LOSS);
    assert_int_equal(h.best, 0);
    assert_true(h.row[3][PLOT_EPOCH] == 4 && h.row[3][PLOT_LOSS] == 7);
    assert_true(isnan(h.row[1][PLOT_LOSS]) && isnan(h.row[2][PLOT_LOSS]));
    assert_true(isnan(h.low[PLOT_VALIDATION]));
    plot_history_free(&h);
}

static void what_is_no_history_is_refused(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    assert_status(plot_run(s, "l.png", &err), LTS_ERR_NOT_FOUND);
    assert_non_null(strstr(err.text, "history.csv"));
    static const struct {
        const char *text, *said;
    } bad[] = {
        {"", "line 1"},
        {"loss", "line 1"},
        {"epoch,lost\n1,2\n", "line 1: no column named loss"},
        {"epoch,loss\n1,2\n2,much\n", "line 3: loss is 'much'"},
        {"epoch,loss\n", "nothing to draw yet"},
        {"epoch,loss\n1,nan\n", "nothing to draw yet"},
    };
    for (size_t b = 0; b < sizeof bad / sizeof *bad; b++) {
        write_history(s, bad[b].text);
        assert_status(plot_run(s, "l.png", &err), LTS_ERR_FORMAT);
        assert_non_null(strstr(err.text, bad[b].said));
    }
    assert_status(lts_plot_loss(NULL, 0, in_folder(s, "l.png"), NULL, NULL, &err),
                  LTS_ERR_ARGUMENT);
    assert_int_equal(test_folder_count(s->folder), 1);
}

static void losses_over_a_decade_get_a_logarithmic_axis(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    size_t size;
    fake_copying_gnuplot(s);
    write_history(s, ordinary_history);
    assert_ok(plot_run(s, "l.svg", &err));
    char *script = read_picture(s, "l.svg", &size);
    char *logarithmic = strstr(script, "set logscale y\n");
    assert_non_null(logarithmic);
    assert_non_null(strstr(script, "title 'best: 12 in epoch 3'"));
    assert_non_null(strstr(script, "KL divergence"));
    assert_non_null(strstr(script, "\n4 13\ne\n"));
    lts_free(script);
    write_history(s, "epoch,loss\n1,9\n2,8\n");
    assert_ok(plot_run(s, "l.svg", &err));
    script = read_picture(s, "l.svg", &size);
    assert_null(strstr(script, "\nset logscale"));
    assert_null(strstr(script, "KL divergence"));
    assert_null(strstr(script, "validation"));
    lts_free(script);
}

static void several_runs_share_a_picture(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    size_t size;
    fake_copying_gnuplot(s);
    write_history(s, ordinary_history);
    char *csv = lts_path_join(s->run, "history.csv");
    const char *const runs[] = {s->run, csv, s->run};
    assert_ok(lts_plot_loss(runs, 3, in_folder(s, "l.svg"), NULL, NULL, &err));
    char *script = read_picture(s, "l.svg", &size), *at = script;
    size_t named = 0;
    for (; (at = strstr(at, "title 'lts-test-")); at++)
        named++;
    assert_int_equal(named, 3);
    lts_free(script);
    lts_free(csv);
}

static void count_warnings(void *user, lts_level level, const char *text)
{
    size_t *warnings = user;
    *warnings += level == LTS_LEVEL_WARNING && strncmp(text, "left out: ", 10) == 0;
}

static void a_run_that_cannot_be_drawn_is_left_out(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    size_t size, left_out, warnings = 0;
    const lts_reporter reporter = {.user = &warnings, .message = count_warnings};
    fake_copying_gnuplot(s);
    write_history(s, ordinary_history);
    char *fresh = lts_path_join(s->folder, "fresh.csv");
    test_write(fresh, "epoch,loss\n", 11);
    const char *const runs[] = {fresh, s->run, "no-such-run"};
    assert_ok(lts_plot_loss(runs, 3, in_folder(s, "l.svg"), &left_out, &reporter, &err));
    assert_int_equal(left_out, 2);
    assert_int_equal(warnings, 2);
    char *script = read_picture(s, "l.svg", &size);
    assert_non_null(strstr(script, "title 'best: 12 in epoch 3'")); /* as of a single run */
    lts_free(script);
    const char *const none[] = {fresh, "no-such-run"};
    assert_status(lts_plot_loss(none, 2, in_folder(s, "n.svg"), &left_out, &reporter, &err),
                  LTS_ERR_FORMAT);
    assert_non_null(strstr(err.text, "fresh.csv: no epoch with a finite loss"));
    assert_int_equal(left_out, 2);
    assert_false(lts_is_file(in_folder(s, "n.svg")));
    lts_free(fresh);
}

static void short_memory_leaves_no_loss_picture_behind(void **state)
{
    scratch *s = *state;
    lts_error err = {0};
    write_history(s, ordinary_history);
    fake_copying_gnuplot(s);
    const char *path = in_folder(s, "l.png"), *const runs[] = {s->run, s->run};
    size_t n = 1;
    for (lts_status status = LTS_ERR_MEMORY; status != LTS_OK; n++) {
        assert_int_equal(test_folder_count(s->folder), 2);
        test_fail_allocation(n);
        status = lts_plot_loss(runs, 2, path, NULL, NULL, &err);
        test_fail_allocation(0);
        assert_true(n < 100);
    }
    assert_true(n > 8);
}

int main(void)
{
#define test(name) cmocka_unit_test_setup_teardown(name, open_scratch, close_scratch)
    const struct CMUnitTest tests[] = {
        test(the_extension_chooses_the_format),
        test(other_extensions_are_refused),
        test(any_text_prints_as_it_is),
        test(labels_are_quoted_cut_and_valid),
        test(axis_steps_are_round),
        test(the_ramp_grows_evenly_brighter),
        test(group_colours_are_told_apart),
        test(a_missing_gnuplot_is_one_clear_line),
        test(a_gnuplot_that_fails_leaves_the_old_picture),
        test(a_script_gnuplot_rejects_is_a_failure),
        test(drawing_leaves_the_locale_alone),
        test(a_history_is_read_by_its_names),
        test(what_is_no_history_is_refused),
        test(losses_over_a_decade_get_a_logarithmic_axis),
        test(several_runs_share_a_picture),
        test(a_run_that_cannot_be_drawn_is_left_out),
        test(short_memory_leaves_no_loss_picture_behind),
    };
    return cmocka_run_group_tests_name("plot", tests, NULL, NULL);
}
