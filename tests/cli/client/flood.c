/* flood: many messages a second while sounds are rendered, each of which must be answered, those
 * that set something in the order they were sent. */
#include "client.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECTION, ITERATIONS, NO_TEXT, UNKNOWN, KINDS };

typedef struct flood {
    osc_link link;
    size_t total;
    double *sent_at; /* of each connection test */
    atomic_size_t sent[KINDS];
    size_t answered[KINDS], disordered, other;
    double *took; /* s, of each connection test */
    atomic_bool over;
} flood;

static int kind_of(size_t i)
{
    return i % 4 == 3 && i % 8 == 3 ? UNKNOWN
           : i % 4 == 3             ? NO_TEXT
           : i % 4 == 0             ? CONNECTION
                                    : ITERATIONS;
}

static void send_one(flood *f, size_t i)
{
    char path[32];
    int kind = kind_of(i);
    switch (kind) {
    case CONNECTION:
        f->sent_at[atomic_load(&f->sent[kind])] = now();
        link_send(&f->link, "/test/connection", "");
        break;
    case ITERATIONS: link_send(&f->link, "/sound/set_phase_iter", "i", (int)(i % 64)); break;
    case NO_TEXT: link_send(&f->link, "/output/normalize", "s", "loud"); break;
    default: snprintf(path, sizeof path, "/flood/%zu", i); link_send(&f->link, path, "f", 0.5);
    }
    atomic_fetch_add(&f->sent[kind], 1);
}

static void count(flood *f, const answer *a)
{
    static const char iterations[] = "Number of phase estimation iterations set to ";
    const char *text = a->text[0];
    size_t n;
    if (sscanf(text, " Connection works. #%zu", &n) == 1) {
        if (f->answered[CONNECTION] < f->total)
            f->took[f->answered[CONNECTION]] = a->when - f->sent_at[f->answered[CONNECTION]];
        f->answered[CONNECTION]++;
    } else if (strncmp(text, iterations, sizeof iterations - 1) == 0) {
        /* The n-th of them was message i: three of four are 1 or 2 modulo 4. */
        n = f->answered[ITERATIONS]++;
        size_t i = n / 2 * 4 + 1 + n % 2;
        f->disordered += strtoul(text + sizeof iterations - 1, NULL, 10) != i % 64;
    } else if (strncmp(text, "/output/normalize: ", 19) == 0) {
        f->answered[NO_TEXT]++;
    } else if (sscanf(text, "/flood/%zu", &n) == 1) {
        f->disordered += n != 3 + 8 * f->answered[UNKNOWN]++;
    } else {
        f->other++;
    }
}

static void *listen_to(void *argument)
{
    flood *f = argument;
    answer a;
    for (double last = now(); !atomic_load(&f->over) || now() - last < 2;)
        if (link_receive(&f->link, 0.1, &a) && strcmp(a.path, "/report") == 0) {
            last = a.when;
            count(f, &a);
        }
    return NULL;
}

int run_flood(int argc, char **argv)
{
    static const char *const name[KINDS] = {"connection", "iterations", "no text", "unknown"};
    if (argc != 5)
        return USAGE;
    double rate = atof(argv[2]), seconds = atof(argv[3]), render = atof(argv[4]);
    flood f = {.link = link_open(atoi(argv[0]), atoi(argv[1])), .total = (size_t)(rate * seconds)};
    f.sent_at = calloc(f.total + 1, sizeof *f.sent_at);
    f.took = calloc(f.total + 1, sizeof *f.took);
    pthread_t listener;
    if (!f.sent_at || !f.took || pthread_create(&listener, NULL, listen_to, &f) != 0)
        die("out of memory");
    double begun = now();
    for (size_t i = 0; i < f.total; i++) {
        /* A millisecond's messages at a time. */
        if (i % (size_t)(rate / 1000 + 1) == 0)
            sleep_until(begun + (double)i / rate);
        /* Something to do besides: a render waits whenever one is done. */
        if (i % (size_t)(rate / 2 + 1) == 0)
            link_send(&f.link, "/interpolate_two/generate", "fff", render, 0.0, 0.0);
        send_one(&f, i);
    }
    double took = now() - begun;
    atomic_store(&f.over, true);
    pthread_join(listener, NULL);
    link_close(&f.link);

    size_t lost = 0;
    for (int k = 0; k < KINDS; k++) {
        size_t sent = atomic_load(&f.sent[k]);
        if (sent != f.answered[k])
            printf("%s: %zu sent, %zu answered\n", name[k], sent, f.answered[k]);
        lost += sent > f.answered[k] ? sent - f.answered[k] : f.answered[k] - sent;
    }
    size_t tested = f.answered[CONNECTION] < f.total ? f.answered[CONNECTION] : f.total;
    sort(f.took, tested);
    printf("flood: %zu messages in %.2f s, %.0f a second, %zu lost, %zu out of order, %zu other "
           "answers, connection ms: median %.2f, p99 %.2f, most %.2f\n",
           f.total, took, (double)f.total / took, lost, f.disordered, f.other,
           1e3 * quantile(f.took, tested, 0.5), 1e3 * quantile(f.took, tested, 0.99),
           1e3 * quantile(f.took, tested, 1));
    free(f.sent_at);
    free(f.took);
    return lost || f.disordered ? 1 : 0;
}
