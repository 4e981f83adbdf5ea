#include "engine/handlers/handlers.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* A curve in seconds is read as if the sound were this long: a power of two, so that its times come
 * back as they were. */
static const double day = 131072;

static void refuse(lts_server *s, const char *why)
{
    reply_report(&s->reply, "Could not update the alfa vector: %s", why);
}

/* Takes over the curve, or refuses one that leads further out than a live voice may. */
static void replace_curve(lts_server *s, lts_curve curve, bool seconds)
{
    const float least = 1 - LIVE_MOST_WEIGHT, most = LIVE_MOST_WEIGHT;
    for (size_t i = 0; i < curve.count; i++)
        if (!(curve.value[i] >= least && curve.value[i] <= most)) {
            reply_report(&s->reply,
                         "Could not update the alfa vector: alpha %g: choose %g to %g (/set_alfa: "
                         "%g to %g)",
                         (double)curve.value[i], (double)least, (double)most, 2 * (double)least - 1,
                         2 * (double)most - 1);
            lts_curve_free(&curve);
            return;
        }
    lts_curve_free(&s->state.curve);
    s->state.curve = curve;
    s->state.curve_seconds = seconds;
    state_changed(s);
    reply_report(&s->reply, "Alfa vector is updated.");
}

/* (rows, columns) numbers of the message from argument `first` on, as a curve. */
static lts_status curve_of(const request *r, size_t first, size_t columns, float scale, float shift,
                           lts_curve *curve, lts_error *err)
{
    size_t count = 0;
    float *data;
    while (first + count < r->message->count && arg_is_number(&r->message->args[first + count]))
        count++;
    lts_status status = lts_alloc_checked(&data, count, sizeof *data, "a curve", err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < count; i++) {
        double value = request_number(r, first + i);
        data[i] = (float)value * scale + shift;
    }
    for (size_t i = 0; columns == 2 && i < count; i += 2)
        if (!(data[i] >= 0 && data[i] <= 1)) {
            status =
                lts_fail(err, LTS_ERR_ARGUMENT, "time %g: times go from 0 to 1", (double)data[i]);
            goto done;
        }
    /* A row of its own would be read as two plain values. */
    if (columns == 2 && count == 2)
        status = lts_curve_constant((double)data[1], curve, err);
    else
        status = lts_curve_from_array(data, count / columns, columns, "curve", 1, curve, err);
done:
    lts_free(data);
    return status;
}

void set_alfa(const request *r)
{
    lts_curve curve;
    lts_error err;
    /* The patch draws -1.3 .. 1.3; 1 is all of the first sound. Others may go further out, to -7
     * .. 7. */
    if (curve_of(r, 0, 1, 0.5f, 0.5f, &curve, &err) == LTS_OK)
        replace_curve(r->server, curve, false);
    else
        refuse(r->server, err.text);
}

void set_points(const request *r)
{
    lts_curve curve;
    lts_error err;
    if (curve_of(r, 0, 2, 1, 0, &curve, &err) == LTS_OK)
        replace_curve(r->server, curve, false);
    else
        refuse(r->server, err.text);
}

static void drop_partial(lts_server *s)
{
    lts_free(s->partial.value);
    lts_free(s->partial.there);
    s->partial = (partial_curve){0};
}

void begin_curve(const request *r)
{
    lts_server *s = r->server;
    lts_error err;
    double total = request_number(r, 0);
    if (!(total >= 1 && total <= STATE_MAX_POINTS) || total != floor(total)) {
        reply_report(&s->reply, "/curve/begin: give a whole number of values, 1 to %d.",
                     STATE_MAX_POINTS);
        return;
    }
    drop_partial(s);
    s->partial.total = (size_t)total;
    s->partial.value = lts_alloc(s->partial.total, sizeof(float));
    s->partial.there = lts_alloc(s->partial.total, sizeof(bool));
    if (s->partial.value && s->partial.there) {
        reply_report(&s->reply, "Waiting for %zu values of the curve.", s->partial.total);
        return;
    }
    drop_partial(s);
    lts_no_memory("/curve/begin", &err);
    reply_report(&s->reply, "%s.", err.text);
}

void add_chunk(const request *r)
{
    lts_server *s = r->server;
    double first = request_number(r, 0);
    size_t count = 0;
    while (1 + count < r->message->count && arg_is_number(&r->message->args[1 + count]))
        count++;
    if (s->partial.total == 0) {
        reply_report(&s->reply, "/curve/chunk: send /curve/begin first.");
        return;
    }
    if (!(first >= 0) || first != floor(first) ||
        first + (double)count > (double)s->partial.total) {
        reply_report(&s->reply, "/curve/chunk: values %g to %g: the curve has 0 to %zu.", first,
                     first + (double)count - 1, s->partial.total - 1);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        s->partial.value[(size_t)first + i] = (float)request_number(r, 1 + i);
        s->partial.there[(size_t)first + i] = true;
    }
    reply_report(&s->reply, "Values %g to %g of the curve are there.", first,
                 first + (double)count - 1);
}

void end_curve(const request *r)
{
    lts_server *s = r->server;
    lts_curve curve;
    lts_error err;
    size_t missing = 0, first = 0;
    for (size_t i = s->partial.total; i-- > 0;)
        if (!s->partial.there[i]) {
            missing++;
            first = i;
        }
    if (s->partial.total == 0) {
        reply_report(&s->reply, "/curve/end: send /curve/begin first.");
        return;
    }
    if (missing > 0) {
        reply_report(&s->reply,
                     "Could not update the alfa vector: %zu values are missing, from %zu on.",
                     missing, first);
        return;
    }
    if (lts_curve_from_array(s->partial.value, s->partial.total, 1, "curve", 1, &curve, &err) ==
        LTS_OK)
        replace_curve(s, curve, false);
    else
        refuse(s, err.text);
    drop_partial(s);
}

/* A pipe that a client names would be waited for. */
static lts_status check_regular(const char *path, lts_error *err)
{
    FILE *stream;
    uint64_t size;
    lts_status status = lts_open_file(path, &stream, &size, err);
    if (status != LTS_OK)
        return status;
    fclose(stream);
    return LTS_OK;
}

void load_curve(const request *r)
{
    lts_server *s = r->server;
    lts_curve curve = {0}, other = {0};
    lts_error err;
    char *path = NULL, *sent = request_text(r, 0);
    lts_status status =
        sent ? path_resolve(&s->rules, sent, &path, &err) : lts_no_memory("a curve's path", &err);
    if (status != LTS_OK)
        goto done;
    status = check_regular(path, &err);
    if (status != LTS_OK)
        goto done;
    /* Read twice: values alone are the same for any length, times are not. */
    status = lts_curve_load(path, day, &curve, &err);
    if (status != LTS_OK)
        goto done;
    if (curve.count > STATE_MAX_POINTS) {
        status =
            lts_fail(&err, LTS_ERR_ARGUMENT, "%s: more than %d points", path, STATE_MAX_POINTS);
        goto done;
    }
    status = lts_curve_load(path, 2 * day, &other, &err);
    if (status != LTS_OK)
        goto done;
    const bool seconds =
        curve.count > 1 && curve.time[curve.count - 1] != other.time[other.count - 1];
    for (size_t i = 0; seconds && i < curve.count; i++)
        curve.time[i] *= day;
    replace_curve(s, curve, seconds);
    curve = (lts_curve){0};
done:
    if (status != LTS_OK)
        refuse(s, err.text);
    lts_curve_free(&curve);
    lts_curve_free(&other);
    lts_free(path);
    lts_free(sent);
}
