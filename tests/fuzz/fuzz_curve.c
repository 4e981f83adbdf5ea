/* Any bytes as a curve file: read or refused, never more. What was read must resample to finite
 * values between the curve's extremes. */
#include "lts/latent.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lts_curve curve;
    lts_error err;
    float values[33];
    if (lts_curve_parse((const char *)data, size, "curve", 3.5, &curve, &err) != LTS_OK)
        return 0;
    float low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < curve.count; i++) {
        low = fminf(low, curve.value[i]);
        high = fmaxf(high, curve.value[i]);
        if (curve.time[i] < 0 || curve.time[i] > 1 || (i > 0 && curve.time[i] < curve.time[i - 1]))
            abort();
    }
    lts_curve_resample(&curve, 33, values);
    for (size_t t = 0; t < 33; t++)
        if (!(values[t] >= low && values[t] <= high))
            abort();
    lts_curve_free(&curve);
    return 0;
}
