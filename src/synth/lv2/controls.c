#include "synth/lv2/controls.h"

#include <string.h>

const char *lv2_next_field(char **text)
{
    char *field = *text, *end = field + strcspn(field, "\t");
    *text = end + (*end != '\0');
    *end = '\0';
    return field;
}

static bool read_line(lv2_control *control, char *line)
{
    control->symbol = lv2_next_field(&line);
    control->name = lv2_next_field(&line);
    const bool good = lts_parse_double(lv2_next_field(&line), &control->least) &&
                      lts_parse_double(lv2_next_field(&line), &control->most) &&
                      lts_parse_double(lv2_next_field(&line), &control->standard);
    control->kind = lv2_next_field(&line);
    control->points = lv2_next_field(&line);
    return good && control->symbol[0] && control->least <= control->most;
}

lts_status lv2_controls_read(lv2_controls *controls, char *text, const char *place, lts_error *err)
{
    size_t lines = 0;
    *controls = (lv2_controls){.text = text};
    for (const char *c = text; *c; c++)
        lines += *c == '\n';
    lts_status status =
        lts_alloc_checked(&controls->item, lines, sizeof *controls->item, place, err);
    if (status != LTS_OK)
        return status;
    while (controls->count < lines) {
        char *end = strchr(text, '\n');
        *end = '\0';
        if (!read_line(&controls->item[controls->count], text))
            return lts_fail(err, LTS_ERR_PLUGIN, "%s: control %zu: its range is no range", place,
                            controls->count + 1);
        text = end + 1;
        controls->count++;
    }
    return LTS_OK;
}

void lv2_controls_free(lv2_controls *controls)
{
    lts_free(controls->item);
    lts_free(controls->text);
    *controls = (lv2_controls){0};
}
