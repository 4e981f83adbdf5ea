/* The commands of lts-osc-client: each takes what follows its name and returns an exit status. */
#ifndef CLIENT_H
#define CLIENT_H

#include "osc.h"
#include <stdbool.h>

enum { USAGE = 2 };

int run_flood(int argc, char **argv);   /* PORT BACK RATE SECONDS DURATION */
int run_ping(int argc, char **argv);    /* PORT BACK DURATION */
int run_stop(int argc, char **argv);    /* PORT BACK DURATION TIMES CAPTURE */
int run_morph(int argc, char **argv);   /* PORT BACK HZ1 HZ2 TIMES CAPTURE */
int run_hostile(int argc, char **argv); /* PORT BACK SEED DATAGRAMS */
int run_sound(int argc, char **argv);   /* FILE RATE SECONDS HZ AMPLITUDE */
int run_peak(int argc, char **argv);    /* FILE */

void sort(double *x, size_t count);
double quantile(const double *sorted, size_t count, double at); /* 0 without any */

/* Whether figures in time are checked, on a machine that has nothing else to do; else they are
 * printed alone. */
bool strict(void);

#endif
