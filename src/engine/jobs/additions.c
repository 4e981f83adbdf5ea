#include "engine/jobs/additions.h"

#include <math.h>
#include <string.h>

lts_status additions_set(additions *a, const lts_directions *directions, const char *name,
                         double amount, lts_error *err)
{
    size_t index, at = 0;
    if (!(fabs(amount) <= LTS_DIRECTION_MOST))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%.64s %g: choose %g to %g", name, amount,
                        -LTS_DIRECTION_MOST, LTS_DIRECTION_MOST);
    lts_status status = lts_directions_find(directions, name, &index, err);
    if (status != LTS_OK)
        return status;
    while (at < a->count && strcmp(a->of[at].name, directions->direction[index].name) != 0)
        at++;
    if (amount == 0) {
        if (at < a->count)
            a->of[at] = a->of[--a->count];
        return LTS_OK;
    }
    if (at == ADDITIONS_MOST)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%d descriptors are added already: set one to 0",
                        ADDITIONS_MOST);
    memcpy(a->of[at].name, directions->direction[index].name, LTS_DIRECTION_NAME);
    a->of[at].amount = amount;
    a->count += at == a->count;
    return LTS_OK;
}

void additions_offset(const additions *a, const lts_directions *directions, float *offset)
{
    memset(offset, 0, directions->latent * sizeof *offset);
    for (size_t i = 0; i < a->count; i++)
        lts_directions_add(directions, a->of[i].name, a->of[i].amount, offset, NULL);
}

char *additions_text(const additions *a)
{
    char *text = lts_strdup("add");
    for (size_t i = 0; text && i < a->count; i++) {
        char *longer = lts_format("%s %s=%g", text, a->of[i].name, a->of[i].amount);
        lts_free(text);
        text = longer;
    }
    return text;
}
