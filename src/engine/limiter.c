#include "engine/limiter.h"

#include <math.h>

static const float knee = 0.99f;

static float bend(float x)
{
    const float rest = 1 - knee, over = fabsf(x) - knee;
    if (isnan(x))
        return 0;
    return copysignf(isinf(x) ? 1 : fminf(1, knee + rest * (over / (over + rest))), x);
}

size_t limiter_apply(float *x, size_t n)
{
    size_t beyond = 0;
    for (size_t i = 0; i < n; i++)
        if (!(fabsf(x[i]) <= knee)) {
            beyond += !(fabsf(x[i]) <= 1);
            x[i] = bend(x[i]);
        }
    return beyond;
}
