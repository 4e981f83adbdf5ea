#include "dsp/phase/recovery.h"

cqt_slice recovery_slice(const recovery *r, size_t begin)
{
    return cqt_slice_at(r->cqt, r->frames, begin, r->cqt->inverse_guard);
}

void recovery_load(const recovery *r, const cqt_slice *slice, size_t step, size_t k, size_t count)
{
    const size_t bins = r->cqt->bins;
    cqt_transpose(r->magnitudes + slice->begin * bins + k, step * bins,
                  (slice->count + step - 1) / step, count, r->work->rows, r->cqt->row);
}
