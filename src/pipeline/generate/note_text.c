/* Labels as text. */
#include "lts/generate.h"

#include <math.h>
#include <string.h>
#include <strings.h>

lts_status lts_generate_parse(char *text, double magnitude, lts_condition_part *part, size_t most,
                              size_t *parts, lts_error *err)
{
    double sum = 0;
    *parts = 0;
    for (char *at = text, *next; at; at = next) {
        next = strchr(at, ',');
        if (next)
            *next++ = '\0';
        char *equals = strrchr(at, '=');
        double share = 1;
        if (equals) {
            *equals++ = '\0';
            if (!lts_parse_double(equals, &share) || !(share >= 0 && share <= 1e6))
                return lts_fail(err, LTS_ERR_ARGUMENT,
                                "descriptor %s=%s: a share is a number from 0 on", at, equals);
        }
        if (!at[0])
            return lts_fail(err, LTS_ERR_ARGUMENT,
                            "descriptor: expected a name, or NAME=SHARE,NAME=SHARE");
        if (*parts == most)
            return lts_fail(err, LTS_ERR_ARGUMENT, "more than %zu descriptors", most);
        for (size_t p = 0; p < *parts; p++)
            if (strcasecmp(part[p].descriptor, at) == 0)
                return lts_fail(err, LTS_ERR_ARGUMENT, "descriptor %s is named twice", at);
        part[(*parts)++] = (lts_condition_part){at, share};
        sum += share;
    }
    if (!(sum > 0))
        return lts_fail(err, LTS_ERR_ARGUMENT, "descriptor: no share is above 0");
    for (size_t p = 0; p < *parts; p++)
        part[p].magnitude *= magnitude / sum;
    return LTS_OK;
}
