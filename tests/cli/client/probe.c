/* ping: how soon a test of the connection is answered while a sound is rendered. stop: how soon a
 * render ends and the sound is silent. */
#include "client.h"
#include "wave.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PINGS = 100000 };

int run_ping(int argc, char **argv)
{
    if (argc != 3)
        return USAGE;
    osc_link link = link_open(atoi(argv[0]), atoi(argv[1]));
    double *took = calloc(MOST_PINGS, sizeof *took), progress = 0;
    size_t count = 0;
    answer a;
    if (!took)
        die("out of memory");
    link_send(&link, "/interpolate_two/generate", "fff", atof(argv[2]), 0.0, 0.0);
    double begun = now(), first = 0;
    while (progress < 1 && count < MOST_PINGS) {
        double sent = now();
        link_send(&link, "/test/connection", "");
        for (bool answered = false; !answered;) {
            if (!link_receive(&link, 5, &a))
                die("a test of the connection was not answered within 5 s");
            if (strcmp(a.path, "/progress") == 0) {
                progress = a.number[0];
                first = first > 0 ? first : a.when - begun;
            }
            answered = strncmp(a.text[0], " Connection works. #", 20) == 0;
            if (strncmp(a.text[0], "Could not", 9) == 0)
                die("%s", a.text[0]);
            a.text[0][0] = 0;
        }
        took[count++] = now() - sent;
        sleep_until(sent + 0.01);
        if (now() - begun > 300)
            die("the render did not end within five minutes");
    }
    double seconds = now() - begun;
    link_close(&link);
    sort(took, count);
    printf(
        "ping: %zu tests in a render of %.2f s, first progress after %.0f ms; answered after ms: "
        "median %.2f, p99 %.2f, most %.2f\n",
        count, seconds, 1e3 * first, 1e3 * quantile(took, count, 0.5),
        1e3 * quantile(took, count, 0.99), 1e3 * quantile(took, count, 1));
    bool slow = quantile(took, count, 1) > 0.1;
    free(took);
    return strict() && slow ? 1 : 0;
}

/* What came late after a STOP at `stopped`: a render that went on. */
static bool went_on(const osc_link *link, double stopped, double seconds)
{
    answer a;
    bool on = false;
    for (double until = stopped + seconds; now() < until;)
        if (link_receive(link, until - now(), &a) && a.when > stopped + 0.05 &&
            (strcmp(a.path, "/progress") == 0 || strstr(a.text[0], "playing") ||
             strstr(a.text[0], "Running"))) {
            printf("%.0f ms after STOP: %s %s\n", 1e3 * (a.when - stopped), a.path, a.text[0]);
            on = true;
        }
    return on;
}

int run_stop(int argc, char **argv)
{
    enum { MOST = 1000 };
    if (argc != 5)
        return USAGE;
    const double play = 0.4, rest = 0.5;
    osc_link link = link_open(atoi(argv[0]), atoi(argv[1]));
    size_t times = strtoul(argv[3], NULL, 10), bad = 0, silent_before = 0;
    times = times < MOST ? times : MOST;
    double stopped[MOST], answered[MOST], quiet[MOST];
    answer a;
    capture c = capture_begin(&link, argv[4]);
    for (size_t i = 0; i < times; i++) {
        link_send(&link, "/interpolate_two/generate", "fff", atof(argv[2]), 0.0, 0.0);
        if (!link_wait(&link, "/progress", NULL, 20, &a))
            die("no progress of a render within 20 s");
        sleep_until(now() + play + 0.01 * (double)(i % 7));
        stopped[i] = now();
        link_send(&link, "/sound/stop", "s", "STOP");
        if (!link_wait(&link, "/report", "Stopped audio playback...", 5, &a))
            die("STOP was not answered within 5 s");
        answered[i] = a.when - stopped[i];
        bad += went_on(&link, stopped[i], rest);
    }
    wave w = capture_end(&link, &c);
    link_close(&link);
    double click = 0;
    for (size_t i = 0; i < times; i++) {
        /* At least this far on was the file: no silence is reckoned too early. */
        double at = stopped[i] - c.late, last = at;
        const bool silent = peak_between(&w, at - play / 2, at) < 1e-4;
        silent_before += silent;
        for (double t = at; t < at + rest - 0.1; t += 1e-3)
            if (peak_between(&w, t, t + 1e-3) > 1e-4)
                last = t + 1e-3;
        quiet[i] = last - at;
        double still = bend_between(&w, at - play / 2, at), end = bend_between(&w, at, at + 0.1);
        /* What was not heard yet has no end to be smooth. */
        click = !silent && end > click * still ? end / fmax(still, 1e-9) : click;
    }
    wave_free(&w);
    sort(answered, times);
    sort(quiet, times);
    printf("stop: %zu times; answered after ms: median %.2f, most %.2f; silent after ms: median "
           "%.1f, most %.1f; %zu renders went on, %zu had not been heard; largest second "
           "difference at the end, to that before: %.2f\n",
           times, 1e3 * quantile(answered, times, 0.5), 1e3 * quantile(answered, times, 1),
           1e3 * quantile(quiet, times, 0.5), 1e3 * quantile(quiet, times, 1), bad, silent_before,
           click);
    return bad || (strict() && (silent_before || quantile(answered, times, 1) > 0.05)) ? 1 : 0;
}
