#include "nn/layers/layer.h"

#include <stdio.h>

void declare_parameter(parameter_list *list, const char *name, const char *suffix, dimensions of,
                       bool trained)
{
    if (list->entry) {
        nn_parameter *p = &list->entry[list->count];
        snprintf(p->name, sizeof p->name, "%s.%s", name, suffix);
        p->count = 1;
        for (p->rank = 0; p->rank < NN_MAX_RANK && of.size[p->rank]; p->rank++)
            p->count *= p->shape[p->rank] = of.size[p->rank];
        p->trained = trained;
    }
    list->count++;
}
