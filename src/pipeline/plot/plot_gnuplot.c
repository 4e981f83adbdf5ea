#include "pipeline/plot/plot_figure.h"

#include <errno.h>
#include <math.h>
#include <spawn.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

typedef struct terminal {
    const char *extension, *name, *sans;
    double font, line, point; /* sizes of letters, lines and points, in the terminal's units; */
    double unit;              /* and how many of those a hundredth of an inch is */
} terminal;

/* The terminals' units differ; letters and lines come out alike, fine enough for a slide. */
static const terminal terminals[] = {
    {".png", "pngcairo", "sans", 17, 1.7, 1.5, 1.6},
    {".svg", "svg", "sans-serif", 14, 1, 0, 1},
    {".pdf", "pdfcairo", "sans", 13, 0.9, 0.6, 0.01},
};

static const terminal *find_terminal(const char *path)
{
    const char *dot = lts_is_standard_output(path) ? ".png" : strrchr(path, '.');
    for (size_t t = 0; dot && t < sizeof terminals / sizeof *terminals; t++)
        if (strcasecmp(dot, terminals[t].extension) == 0)
            return &terminals[t];
    return NULL;
}

lts_status lts_plot_check_path(const char *path, lts_error *err)
{
    if (!find_terminal(path))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: which kind of picture? Name it .png, .svg or .pdf", path);
    return LTS_OK;
}

static void set_terminal(plot_figure *figure)
{
    const terminal *t = find_terminal(figure->path);
    FILE *script = figure->script;
    figure->font = t->font;
    fprintf(script, "set terminal %s size %.6g,%.6g font '%s,%g' linewidth %g", t->name,
            t->unit * figure->width, t->unit * figure->height, t->sans, t->font, t->line);
    if (t->point > 0)
        fprintf(script, " pointscale %g", t->point);
    fprintf(script, " noenhanced background '#ffffff'\n");
    fprintf(script, "set encoding utf8\n"
                    "set border 3 lc rgb '#444444' lw 0.8\n"
                    "set tics nomirror out scale 0.6 tc rgb '#222222'\n"
                    "set grid back lc rgb '#dddddd' lt 1 lw 0.6\n");
}

void plot_locale_enter(plot_locale *locale)
{
    locale->c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (locale->c)
        locale->previous = uselocale(locale->c);
}

void plot_locale_leave(plot_locale *locale)
{
    if (!locale->c)
        return;
    uselocale(locale->previous);
    freelocale(locale->c);
    *locale = (plot_locale){0};
}

lts_status plot_open(plot_figure *figure, const char *path, double width, double height,
                     lts_error *err)
{
    *figure = (plot_figure){.path = path, .width = width, .height = height};
    lts_status status = lts_plot_check_path(path, err);
    if (status != LTS_OK)
        return status;
    figure->script = tmpfile();
    if (!figure->script)
        return lts_fail(err, LTS_ERR_IO, "%s: no room for gnuplot's data: %s", path,
                        strerror(errno));
    status = lts_outfile_open(path, &figure->picture, err);
    if (status != LTS_OK) {
        plot_abort(figure);
        return status;
    }
    plot_locale_enter(&figure->locale);
    set_terminal(figure);
    return LTS_OK;
}

void plot_abort(plot_figure *figure)
{
    if (figure->script)
        fclose(figure->script);
    lts_outfile_abort(figure->picture);
    plot_locale_leave(&figure->locale);
    *figure = (plot_figure){0};
}

/* The first line of what gnuplot said that names an error, or the first at all. */
static void read_complaint(FILE *errors, char text[200])
{
    char line[200];
    text[0] = '\0';
    rewind(errors);
    while (fgets(line, sizeof line, errors)) {
        line[strcspn(line, "\n")] = '\0';
        size_t blanks = strspn(line, " \t^");
        bool message = strncmp(line, "gnuplot>", 8) != 0 && line[blanks] != '\0';
        bool placed = strstr(line, "line ") && !strstr(line, "warning:");
        if (message && (placed || text[0] == '\0'))
            snprintf(text, 200, "%s", line + blanks);
        if (message && placed)
            return;
    }
}

/* gnuplot with our script as its input and the picture as its output; 0 or an errno value, and then
 * its exit state. -d: no settings of the user's, which could change every picture. */
static int run_gnuplot(plot_figure *figure, FILE *errors, int *state)
{
    char *const arguments[] = {(char[]){"gnuplot"}, (char[]){"-d"}, NULL};
    posix_spawn_file_actions_t files;
    pid_t child = -1;
    int failure = posix_spawn_file_actions_init(&files);
    if (failure != 0)
        return failure;
    int picture = fileno(lts_outfile_stream(figure->picture));
    failure = posix_spawn_file_actions_adddup2(&files, fileno(figure->script), STDIN_FILENO);
    if (failure == 0)
        failure = posix_spawn_file_actions_adddup2(&files, picture, STDOUT_FILENO);
    if (failure == 0)
        failure = posix_spawn_file_actions_adddup2(&files, fileno(errors), STDERR_FILENO);
    if (failure == 0)
        failure = posix_spawnp(&child, arguments[0], &files, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&files);
    while (failure == 0 && waitpid(child, state, 0) < 0)
        if (errno != EINTR)
            failure = errno;
    return failure;
}

static lts_status check_run(const plot_figure *figure, FILE *errors, int failure, int state,
                            lts_error *err)
{
    struct stat info;
    char complaint[200];
    if (failure == ENOENT || (failure == 0 && WIFEXITED(state) && WEXITSTATUS(state) == 127))
        return lts_fail(err, LTS_ERR_NOT_FOUND,
                        "gnuplot: not found: install it (Debian: gnuplot-nox)");
    if (failure != 0)
        return lts_fail(err, LTS_ERR_IO, "gnuplot: could not be run: %s", strerror(failure));
    if (WIFSIGNALED(state))
        return lts_fail(err, LTS_ERR_IO, "%s: gnuplot was ended by signal %d", figure->path,
                        WTERMSIG(state));
    read_complaint(errors, complaint);
    if (WEXITSTATUS(state) != 0)
        return lts_fail(err, LTS_ERR_IO, "%s: gnuplot failed: %s", figure->path, complaint);
    if (fstat(fileno(lts_outfile_stream(figure->picture)), &info) != 0 || info.st_size == 0)
        return lts_fail(err, LTS_ERR_IO, "%s: gnuplot drew nothing: %s", figure->path,
                        complaint[0] ? complaint : "is the disk full?");
    return LTS_OK;
}

lts_status plot_finish(plot_figure *figure, lts_error *err)
{
    lts_status status = LTS_OK;
    FILE *errors = tmpfile();
    fprintf(figure->script, "\nunset output\n");
    errno = 0;
    if (!errors || ferror(figure->script) || fflush(figure->script) != 0 ||
        fseek(figure->script, 0, SEEK_SET) != 0)
        status = lts_fail(err, LTS_ERR_IO, "%s: no room for gnuplot's data: %s", figure->path,
                          strerror(errno));
    if (status != LTS_OK)
        goto done;
    int state = 0, failure = run_gnuplot(figure, errors, &state);
    status = check_run(figure, errors, failure, state, err);
    if (status != LTS_OK)
        goto done;
    status = lts_outfile_commit(figure->picture, err);
    figure->picture = NULL;
done:
    if (errors)
        fclose(errors);
    plot_abort(figure);
    return status;
}
