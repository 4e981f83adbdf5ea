#include "latent/curve.h"

#include <float.h>
#include <math.h>
#include <string.h>

void lts_curve_free(lts_curve *curve)
{
    lts_free(curve->time);
    lts_free(curve->value);
    *curve = (lts_curve){0};
}

lts_status lts_curve_copy(const lts_curve *curve, lts_curve *out, lts_error *err)
{
    curve_builder builder;
    *out = (lts_curve){0};
    lts_status status = lts_curve_builder_open(&builder, curve->count, err);
    if (status != LTS_OK)
        return status;
    memcpy(builder.curve.time, curve->time, curve->count * sizeof *curve->time);
    memcpy(builder.curve.value, curve->value, curve->count * sizeof *curve->value);
    builder.curve.count = curve->count;
    *out = builder.curve;
    return LTS_OK;
}

lts_status lts_curve_builder_open(curve_builder *builder, size_t capacity, lts_error *err)
{
    lts_curve *curve = &builder->curve;
    *curve = (lts_curve){0};
    lts_status status =
        lts_alloc_checked(&curve->time, capacity, sizeof *curve->time, "a curve", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&curve->value, capacity, sizeof *curve->value, "a curve", err);
done:
    if (status != LTS_OK)
        lts_curve_free(curve);
    return status;
}

lts_status lts_curve_builder_push(curve_builder *builder, size_t at, double time, double value,
                                  lts_error *err)
{
    lts_curve *curve = &builder->curve;
    if (builder->timed && !(builder->duration > 0))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s: times are seconds of a sound, but its length, %g s, is not above 0",
                        builder->name, builder->duration);
    if (!(fabs(value) <= FLT_MAX))
        return lts_fail(err, LTS_ERR_NONFINITE, "%s: %s %zu: %g is not a finite value",
                        builder->name, builder->place, at, value);
    if (builder->timed && !isfinite(time))
        return lts_fail(err, LTS_ERR_NONFINITE, "%s: %s %zu: %g is not a finite time",
                        builder->name, builder->place, at, time);
    if (builder->timed && time < 0)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: %s %zu: time %g is before the start: times begin at 0", builder->name,
                        builder->place, at, time);
    if (builder->timed && curve->count > 0 && time < curve->time[curve->count - 1])
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: %s %zu: time %g after %g: times must not fall; sort the breakpoints",
                        builder->name, builder->place, at, time, curve->time[curve->count - 1]);
    if (builder->timed && time > 1.01 * builder->duration)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: %s %zu: time %g s is past the sound's end at %g s: shorten the curve, "
                        "or lengthen the sound",
                        builder->name, builder->place, at, time, builder->duration);
    curve->time[curve->count] = time;
    curve->value[curve->count++] = (float)value;
    return LTS_OK;
}

lts_status lts_curve_builder_finish(curve_builder *builder, lts_curve *out, lts_error *err)
{
    lts_curve *curve = &builder->curve;
    if (curve->count == 0) {
        lts_curve_free(curve);
        return lts_fail(err, LTS_ERR_FORMAT, "%s: no values: a curve needs at least one",
                        builder->name);
    }
    for (size_t i = 0; i < curve->count; i++)
        if (builder->timed)
            curve->time[i] = fmin(curve->time[i] / builder->duration, 1);
        else
            curve->time[i] = curve->count > 1 ? (double)i / (double)(curve->count - 1) : 0;
    *out = *curve;
    return LTS_OK;
}

lts_status lts_curve_constant(double value, lts_curve *out, lts_error *err)
{
    *out = (lts_curve){0};
    if (!(fabs(value) <= FLT_MAX))
        return lts_fail(err, LTS_ERR_NONFINITE, "curve: %g is not a finite value", value);
    curve_builder builder = {.name = "curve", .place = "row"};
    lts_status status = lts_curve_builder_open(&builder, 1, err);
    if (status != LTS_OK)
        return status;
    status = lts_curve_builder_push(&builder, 0, 0, value, err);
    if (status != LTS_OK)
        return status;
    return lts_curve_builder_finish(&builder, out, err);
}

lts_status lts_curve_from_array(const float *data, size_t rows, size_t columns, const char *name,
                                double duration, lts_curve *out, lts_error *err)
{
    *out = (lts_curve){0};
    if (rows == 1) {
        rows = columns;
        columns = 1;
    }
    if (columns != 1 && columns != 2)
        return lts_fail(err, LTS_ERR_SHAPE,
                        "%s: %zu x %zu numbers: a curve has one column of values, or two of times "
                        "and values",
                        name, rows, columns);
    curve_builder builder = {
        .name = name, .place = "row", .timed = columns == 2, .duration = duration};
    lts_status status = lts_curve_builder_open(&builder, rows, err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < rows; i++) {
        const float *row = data + i * columns;
        if ((status = lts_curve_builder_push(&builder, i, row[0], row[columns - 1], err)) != LTS_OK)
            goto done;
    }
    return lts_curve_builder_finish(&builder, out, err);
done:
    lts_curve_free(&builder.curve);
    return status;
}

void lts_curve_resample(const lts_curve *curve, size_t frames, float *values)
{
    const double *time = curve->time;
    size_t next = 0; /* the first breakpoint after the frame's time */
    for (size_t t = 0; t < frames; t++) {
        double now = frames > 1 ? (double)t / (double)(frames - 1) : 0;
        while (next < curve->count && time[next] <= now)
            next++;
        if (next == 0 || next == curve->count || time[next - 1] == now) {
            values[t] = curve->value[next > 0 ? next - 1 : 0];
            continue;
        }
        double from = curve->value[next - 1], to = curve->value[next];
        double share = (now - time[next - 1]) / (time[next] - time[next - 1]);
        values[t] = (float)((1 - share) * from + share * to);
    }
}
