#include "synth/lv2/instrument.h"

#include "synth/lv2/controls.h"
#include "synth/lv2/process.h"

#include <math.h>
#include <string.h>

/* Seconds: to find and load the plugin; and what the host may take over the timeout that it keeps
 * itself. */
static const double start_limit = 60, patience = 20;

typedef struct lv2_renderer {
    lts_synth_settings settings;
    size_t samples, slots;
    lv2_controls controls;
    size_t *control; /* (slots) which of them a slot is */
    float *request;  /* (controls) */
    host_process host;
} lv2_renderer;

/* Starts the host and reads what it tells of the controls. */
static lts_status start(lv2_renderer *r, lv2_controls *controls, lts_error *err)
{
    const lts_synth_settings *settings = &r->settings;
    char rate[LTS_NUMBER_TEXT], timeout[LTS_NUMBER_TEXT];
    char samples[32], gate[32], note[32], velocity[32], *text = NULL;
    lts_number_text(rate, settings->sample_rate);
    lts_number_text(timeout, settings->lv2.timeout);
    snprintf(samples, sizeof samples, "%zu", r->samples);
    snprintf(gate, sizeof gate, "%.0f", round(settings->gate * settings->sample_rate));
    snprintf(note, sizeof note, "%d", settings->lv2.note);
    snprintf(velocity, sizeof velocity, "%d", settings->lv2.velocity);
    lts_status status =
        host_start(&r->host,
                   (const char *const[]){"serve", settings->lv2.plugin, rate, samples, gate, note,
                                         velocity, timeout, NULL},
                   err);
    if (status != LTS_OK)
        goto done;
    status = host_receive_text(&r->host, settings->lv2.plugin, start_limit, &text, err);
    if (status != LTS_OK)
        goto done;
    status = lv2_controls_read(controls, text, settings->lv2.plugin, err);
done:
    if (status != LTS_OK)
        host_stop(&r->host, HOST_SILENT, NULL);
    return status;
}

static lts_status refuse_name(const lv2_renderer *r, const char *name, lts_error *err)
{
    const char *nearest = NULL;
    size_t least = strlen(name) / 3 + 1; /* as far as a slip goes */
    for (size_t c = 0; c < r->controls.count; c++) {
        const size_t distance = lts_edit_distance(name, r->controls.item[c].symbol, least);
        if (distance < least) {
            least = distance;
            nearest = r->controls.item[c].symbol;
        }
    }
    return lts_fail(err, LTS_ERR_ARGUMENT, "%s: %s: is no control of this plugin%s%s%s",
                    r->settings.lv2.plugin, name, nearest ? " (did you mean " : ": remove it",
                    nearest ? nearest : "", nearest ? "?)" : "");
}

/* Which control each parameter is, and whether it takes the parameter's levels. */
static lts_status bind(lv2_renderer *r, const lts_synth_space *space, lts_error *err)
{
    char text[3][LTS_NUMBER_TEXT];
    for (size_t p = 0; p < space->count; p++) {
        const synth_parameter *parameter = &space->parameter[p];
        size_t c = 0;
        while (c < r->controls.count && strcmp(r->controls.item[c].symbol, parameter->name) != 0)
            c++;
        if (c == r->controls.count)
            return refuse_name(r, parameter->name, err);
        const lv2_control *control = &r->controls.item[c];
        const double low = parameter->levels ? parameter->level[0] : parameter->value;
        const double high =
            parameter->levels ? parameter->level[parameter->levels - 1] : parameter->value;
        if (low < control->least || high > control->most) {
            lts_number_text(text[0], low < control->least ? low : high);
            lts_number_text(text[1], control->least);
            lts_number_text(text[2], control->most);
            return lts_fail(err, LTS_ERR_ARGUMENT, "%s: %s = %s: the plugin takes %s to %s",
                            r->settings.lv2.plugin, parameter->name, text[0], text[1], text[2]);
        }
        r->control[p] = c;
    }
    return LTS_OK;
}

lts_status lv2_renderer_create(const lts_synth_space *space, size_t samples, void **renderer,
                               lts_error *err)
{
    lv2_renderer *r = NULL;
    lts_status status = lts_alloc_checked(&r, 1, sizeof *r, "a plugin", err);
    *renderer = NULL;
    if (status != LTS_OK)
        return status;
    r->settings = space->settings;
    r->samples = samples;
    r->slots = space->count;
    status = start(r, &r->controls, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&r->control, r->slots, sizeof *r->control, "a plugin", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&r->request, r->controls.count, sizeof *r->request, "a plugin", err);
    if (status != LTS_OK)
        goto done;
    status = bind(r, space, err);
    if (status != LTS_OK)
        goto done;
    for (size_t c = 0; c < r->controls.count; c++)
        r->request[c] = (float)r->controls.item[c].standard;
    *renderer = r;
    r = NULL;
done:
    lv2_renderer_destroy(r);
    return status;
}

void lv2_renderer_destroy(void *renderer)
{
    lv2_renderer *r = renderer;
    if (!r)
        return;
    host_stop(&r->host, HOST_SILENT, NULL);
    lv2_controls_free(&r->controls);
    lts_free(r->control);
    lts_free(r->request);
    lts_free(r);
}

/* The host's own end, which is told and mended by the next sound's new host. */
static lts_status lose_host(lv2_renderer *r, host_end end, lts_error *err)
{
    char reason[HOST_REASON] = "";
    host_stop(&r->host, end, reason);
    return lts_fail(err, LTS_ERR_PLUGIN, "%s: %s", r->settings.lv2.plugin, reason);
}

/* A new host after the last one ended. */
static lts_status restart(lv2_renderer *r, lts_error *err)
{
    lv2_controls again = {0};
    lts_status status = start(r, &again, err);
    if (status != LTS_OK)
        goto done;
    if (again.count != r->controls.count) {
        host_stop(&r->host, HOST_SILENT, NULL);
        status = lts_fail(err, LTS_ERR_SHAPE,
                          "%s: was exchanged for another: it has %zu controls, "
                          "not %zu",
                          r->settings.lv2.plugin, again.count, r->controls.count);
    }
done:
    lv2_controls_free(&again);
    return status;
}

lts_status lv2_renderer_render(void *renderer, const double *slot_values, float *x, lts_error *err)
{
    lv2_renderer *r = renderer;
    host_reply reply;
    char text[512];
    if (r->host.id == 0) {
        lts_status status = restart(r, err);
        if (status != LTS_OK)
            return status;
    }
    for (size_t s = 0; s < r->slots; s++)
        r->request[r->control[s]] = (float)slot_values[s];
    const double deadline = lts_now() + r->settings.lv2.timeout + patience;
    host_end end = host_send(&r->host, r->request, r->controls.count * sizeof *r->request);
    if (end == HOST_ANSWERED)
        end = host_receive(&r->host, &reply, sizeof reply, deadline);
    if (end != HOST_ANSWERED)
        return lose_host(r, end, err);
    if (reply.status == HOST_OK && reply.bytes == r->samples * sizeof *x) {
        end = host_receive(&r->host, x, reply.bytes, deadline);
        if (end != HOST_ANSWERED)
            return lose_host(r, end, err);
        const size_t bad = lts_first_nonfinite(x, r->samples);
        return bad == r->samples
                   ? LTS_OK
                   : lts_fail(err, LTS_ERR_PLUGIN, "%s: sample %zu is no finite number",
                              r->settings.lv2.plugin, bad);
    }
    if (reply.status == HOST_OK || reply.bytes >= sizeof text)
        return lose_host(r, HOST_SILENT, err);
    end = host_receive(&r->host, text, reply.bytes, deadline);
    if (end != HOST_ANSWERED)
        return lose_host(r, end, err);
    text[reply.bytes] = '\0';
    return lts_fail(err, LTS_ERR_PLUGIN, "%s: %s", r->settings.lv2.plugin, text);
}
