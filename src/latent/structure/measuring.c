#include "latent/structure/measuring.h"

#include <math.h>
#include <string.h>

lts_status measuring_check(const measuring *m, unsigned threads, lts_error *err)
{
    const lts_structure_labels *labels = m->labels;
    if (m->n < 1 || m->latent < 1 || threads < 1)
        return lts_fail(err, LTS_ERR_ARGUMENT, "measures: %zu points, %zu dimensions, %u threads",
                        m->n, m->latent, threads);
    const size_t bad = lts_first_nonfinite(m->points, m->n * m->latent);
    if (bad < m->n * m->latent)
        return lts_fail(err, LTS_ERR_NONFINITE, "measures: point %zu, coordinate %zu is not finite",
                        bad / m->latent, bad % m->latent);
    for (size_t i = 0; i < m->n; i++) {
        if (labels->pitch[i] >= labels->pitches || (labels->descriptor[i] >= labels->descriptors &&
                                                    labels->descriptor[i] != LTS_NO_DESCRIPTOR))
            return lts_fail(err, LTS_ERR_ARGUMENT, "measures: point %zu: label out of range", i);
        if (!isfinite(labels->magnitude[i]))
            return lts_fail(err, LTS_ERR_NONFINITE,
                            "measures: point %zu: the magnitude is not finite", i);
    }
    return LTS_OK;
}

static lts_status allocate(measuring *m, lts_error *err)
{
    const size_t width = m->labels->descriptors;
    const struct {
        void *array;
        size_t count, size;
    } arrays[] = {
        {&m->order, m->n, sizeof *m->order},
        {&m->begin, m->labels->pitches + 1, sizeof *m->begin},
        {&m->index, m->n, sizeof *m->index},
        {&m->centre, width, m->latent * sizeof *m->centre},
        {&m->middle, m->latent, sizeof *m->middle},
        {&m->size, width, sizeof *m->size},
        {&m->direction, width, m->latent * sizeof *m->direction},
        {&m->directions, width, sizeof *m->directions},
        {&m->of[0], width, sizeof *m->of[0]},
        {&m->of[1], width, sizeof *m->of[1]},
        {&m->of[2], width, sizeof *m->of[2]},
        {&m->of[3], width, sizeof *m->of[3]},
    };
    lts_status status = LTS_OK;
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        status =
            lts_alloc_checked(arrays[i].array, arrays[i].count, arrays[i].size, "measures", err);
        if (status != LTS_OK)
            return status;
    }
    return status;
}

void measuring_close(measuring *m)
{
    void *const arrays[] = {m->order,  m->begin, m->index,     m->scratch,    m->centre,
                            m->middle, m->size,  m->direction, m->directions, m->of[0],
                            m->of[1],  m->of[2], m->of[3]};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        lts_free(arrays[i]);
}

static lts_status sort_by_pitch(measuring *m, lts_error *err)
{
    const size_t *pitch = m->labels->pitch;
    size_t most = 0;
    for (size_t i = 0; i < m->n; i++)
        m->begin[pitch[i] + 1]++;
    for (size_t p = 0; p < m->labels->pitches; p++) {
        most = m->begin[p + 1] > most ? m->begin[p + 1] : most;
        m->begin[p + 1] += m->begin[p];
    }
    /* Each begin moves to its end as its points come in, which is the next one's begin. */
    for (size_t i = 0; i < m->n; i++)
        m->order[m->begin[pitch[i]]++] = i;
    memmove(m->begin + 1, m->begin, m->labels->pitches * sizeof *m->begin);
    m->begin[0] = 0;
    return lts_alloc_checked(&m->scratch, most, (m->latent + 1) * sizeof *m->scratch, "measures",
                             err);
}

lts_status measuring_open(measuring *m, lts_error *err)
{
    lts_status status = allocate(m, err);
    if (status != LTS_OK)
        return status;
    return sort_by_pitch(m, err);
}
