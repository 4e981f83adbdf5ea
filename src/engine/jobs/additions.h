/* Descriptors and how much of each is added to a render or a voice. */
#ifndef ENGINE_JOBS_ADDITIONS_H
#define ENGINE_JOBS_ADDITIONS_H

#include "lts/directions.h"

enum { ADDITIONS_MOST = 32 };

typedef struct additions {
    struct addition {
        char name[LTS_DIRECTION_NAME];
        double amount;
    } of[ADDITIONS_MOST];
    size_t count;
} additions;

/* Sets the amount of a descriptor; 0 takes it away. Errors as lts_directions_add, LTS_ERR_ARGUMENT
 * for more than ADDITIONS_MOST; nothing is changed then. */
lts_status additions_set(additions *a, const lts_directions *directions, const char *name,
                         double amount, lts_error *err);
/* offset (Z) = the sum of all. */
void additions_offset(const additions *a, const lts_directions *directions, float *offset);
/* "add Bright=0.3 Fuzz=-0.1", new; NULL when memory is short. */
char *additions_text(const additions *a);

#endif
