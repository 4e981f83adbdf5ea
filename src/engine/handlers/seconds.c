#include "engine/handlers/handlers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Seconds come in single precision, whose rounding is 2^-24 of the value; sums of them keep to it.
 * The fewest digits that are within twice that are those somebody meant. */
void seconds_text(double seconds, char text[SECONDS_TEXT])
{
    const double tolerance = fabs(seconds) * 0x1p-23;
    for (int digits = 1; digits <= 9; digits++) {
        snprintf(text, SECONDS_TEXT, "%.*g", digits, seconds);
        if (fabs(strtod(text, NULL) - seconds) <= tolerance)
            break;
    }
    if (seconds >= 1 && strchr(text, 'e')) /* 10 is 1e+01 with one digit */
        snprintf(text, SECONDS_TEXT, "%.9g", seconds);
    if (!strpbrk(text, ".en"))
        strcat(text, ".0");
}
