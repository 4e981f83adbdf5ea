/* morph: from a message to the change that is heard. The first sound must hold a tone of HZ1, the
 * second one of HZ2; alpha jumps between them. */
#include "client.h"
#include "wave.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_TIMES = 200, STEPS = 3 };
static const double step_of[STEPS] = {0.1, 0.5, 0.9}; /* of the way from silence to the new tone */
static const double tick = 0.0005;

typedef struct jump {
    double sent;  /* s into the file */
    double until; /* the next one, or the end */
    double to_hz, from_hz;
} jump;

/* The tone that comes in is there by these steps after this many seconds. */
static bool measure(const wave *w, const jump *j, double window, double took[STEPS])
{
    double before = amplitude_at(w, j->to_hz, j->sent - window, window), after = 0;
    for (double t = j->until - 0.1; t < j->until - window; t += 0.01)
        after = fmax(after, amplitude_at(w, j->to_hz, t, window));
    if (after < 4 * before || after < 1e-3) {
        printf("at %.3f s: %g Hz goes from %g to %g only\n", j->sent, j->to_hz, before, after);
        return false;
    }
    double t = j->sent;
    for (int s = 0; s < STEPS; s++) {
        while (amplitude_at(w, j->to_hz, t, window) < before + step_of[s] * (after - before) &&
               t < j->until)
            t += tick;
        took[s] = t - j->sent;
    }
    return true;
}

static void tell_clicks(const wave *w, const jump *jumps, size_t times)
{
    double still = 0, step = 0, peak = 0;
    for (size_t i = 0; i < times; i++) {
        const jump *j = &jumps[i];
        still = fmax(still, bend_between(w, j->until - 0.12, j->until - 0.01));
        step = fmax(step, bend_between(w, j->sent, j->sent + 0.1));
        peak = fmax(peak, peak_between(w, j->sent, j->until));
    }
    printf("clicks: largest second difference %.5f at jumps, %.5f between: ratio %.2f; peak %.4f\n",
           step, still, step / fmax(still, 1e-9), peak);
}

int run_morph(int argc, char **argv)
{
    if (argc != 6)
        return USAGE;
    osc_link link = link_open(atoi(argv[0]), atoi(argv[1]));
    const double hz[2] = {atof(argv[2]), atof(argv[3])};
    size_t times = strtoul(argv[4], NULL, 10), missed = 0;
    times = times < MOST_TIMES ? times : MOST_TIMES;
    jump jumps[MOST_TIMES];
    double took[STEPS][MOST_TIMES];
    answer a;
    capture c = capture_begin(&link, argv[5]);
    link_send(&link, "/live/start", "fff", 1.0, 0.2, 0.2);
    if (!link_wait(&link, "/report", "Voice 1 loops ", 20, &a))
        die("/live/start was not answered");
    link_send(&link, "/live/alpha", "f", 1.0);
    sleep_until(now() + 1);
    for (size_t i = 0; i < times; i++) {
        bool second = i % 2 == 0;
        jumps[i] = (jump){.sent = now() - c.late, .to_hz = hz[second], .from_hz = hz[!second]};
        link_send(&link, "/live/alpha", "f", second ? 0.0 : 1.0);
        sleep_until(now() + 0.35 + 0.0137 * (double)(i * 7 % 11));
        jumps[i].until = now() - c.late;
    }
    link_send(&link, "/live/stop", "");
    if (!link_wait(&link, "/report", "Voice 1 stopped", 5, &a))
        die("/live/stop was not answered");
    sleep_until(now() + 0.2);
    wave w = capture_end(&link, &c);
    link_close(&link);
    /* Times in the file are reckoned from the latest it can have begun: no latency is too short,
     * and too long by `late - early` at most. */
    double window = fmax(0.01, 5 / fmin(hz[0], hz[1]));
    size_t count = 0;
    for (size_t i = 0; i < times; i++) {
        double steps[STEPS];
        if (!measure(&w, &jumps[i], window, steps)) {
            missed++;
            continue;
        }
        for (int s = 0; s < STEPS; s++)
            took[s][count] = steps[s];
        count++;
    }
    tell_clicks(&w, jumps, times);
    wave_free(&w);
    printf("morph: %g and %g Hz, %zu of %zu jumps heard; ms", hz[0], hz[1], count, times);
    for (int s = 0; s < STEPS; s++) {
        sort(took[s], count);
        printf(", to %.0f %%: median %.1f most %.1f", 100 * step_of[s],
               1e3 * quantile(took[s], count, 0.5), 1e3 * quantile(took[s], count, 1));
    }
    printf(" (window %.0f ms, uncertain by %.1f ms)\n", 1e3 * window, 1e3 * (c.late - c.early));
    return missed ? 1 : 0;
}
