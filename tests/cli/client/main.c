/* lts-osc-client: what the tests of lts-server need and oscsend does not do. */
#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void sort(double *x, size_t count)
{
    qsort(x, count, sizeof *x, compare);
}

double quantile(const double *sorted, size_t count, double at)
{
    return count ? sorted[(size_t)(at * (double)(count - 1) + 0.5)] : 0;
}

bool strict(void)
{
    return getenv("LTS_LONG") != NULL;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name, *takes;
        int (*run)(int argc, char **argv);
    } command[] = {
        {"flood", "PORT BACK RATE SECONDS DURATION", run_flood},
        {"ping", "PORT BACK DURATION", run_ping},
        {"stop", "PORT BACK DURATION TIMES CAPTURE.wav", run_stop},
        {"morph", "PORT BACK HZ1 HZ2 TIMES CAPTURE.wav", run_morph},
        {"hostile", "PORT BACK SEED DATAGRAMS", run_hostile},
        {"sound", "FILE.wav RATE SECONDS HZ AMPLITUDE", run_sound},
        {"peak", "FILE.wav", run_peak},
    };
    const size_t commands = sizeof command / sizeof *command;
    for (size_t i = 0; argc > 1 && i < commands; i++)
        if (strcmp(argv[1], command[i].name) == 0) {
            int status = command[i].run(argc - 2, argv + 2);
            if (status == USAGE)
                fprintf(stderr, "usage: lts-osc-client %s %s\n", command[i].name, command[i].takes);
            return status;
        }
    fprintf(stderr, "usage: lts-osc-client COMMAND ARGUMENT...\n");
    for (size_t i = 0; i < commands; i++)
        fprintf(stderr, "  %s %s\n", command[i].name, command[i].takes);
    return USAGE;
}
