/* Threads that keep time. */
#ifndef ENGINE_REALTIME_THREAD_H
#define ENGINE_REALTIME_THREAD_H

/* Asks that the calling thread be served before others: real-time scheduling, else a better nice
 * value, else nothing. A thread that is above the ordinary already is left as it is. */
void realtime_raise_priority(void);

/* At least so long; signals do not shorten it. */
void realtime_sleep(double seconds);

#endif
