/* FFTW's planner keeps one table for the whole process: plans are made and destroyed by one thread
 * at a time; only executing them is safe at once. */
#ifndef DSP_PLANNER_H
#define DSP_PLANNER_H

#include <fftw3.h>

/* FFTW_ESTIMATE: measured plans would be faster by a tenth, but take seconds to make and differ
 * from run to run, and with them the last bits of every result. */
#define DSP_PLANNER_FLAGS (FFTW_ESTIMATE | FFTW_DESTROY_INPUT)

void dsp_planner_lock(void);
void dsp_planner_unlock(void);

#endif
