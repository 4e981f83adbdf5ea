/* --add: descriptors added to what is rendered. */
#ifndef LTS_ADD_OPTION_H
#define LTS_ADD_OPTION_H

#include "cli.h"
#include "lts/directions_file.h"
#include "lts/render.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct add_option {
    cli_list list;
    float *offset; /* (Z) */
    char *text;    /* "add Bright=0.3 Fuzz=-0.1" */
} add_option;

#define ADD_OPTION(add)                                                                            \
    CLI_OPTION(CLI_LIST, "add", 0, &(add)->list, "DESCRIPTOR=AMOUNT",                              \
               "move the sound by what separates the descriptor's magnitudes 0 and 100, times "    \
               "AMOUNT; repeatable",                                                               \
               .required = false)

/* NAME=AMOUNT; false for anything else. */
static inline bool add_parse(const char *text, char name[LTS_DIRECTION_NAME], double *amount)
{
    const char *equals = strrchr(text, '=');
    const size_t length = equals ? (size_t)(equals - text) : 0;
    if (length == 0 || length >= LTS_DIRECTION_NAME || !lts_parse_double(equals + 1, amount) ||
        !(fabs(*amount) <= LTS_DIRECTION_MOST))
        return false;
    memcpy(name, text, length);
    name[length] = '\0';
    return true;
}

static inline void add_check(const cli_session *cli, const add_option *add)
{
    char name[LTS_DIRECTION_NAME];
    double amount;
    for (size_t i = 0; i < add->list.count; i++)
        if (!add_parse(add->list.item[i], name, &amount))
            cli_misuse(cli, "--add=%s: give DESCRIPTOR=AMOUNT, the amount from %g to %g",
                       add->list.item[i], -LTS_DIRECTION_MOST, LTS_DIRECTION_MOST);
}

/* The offset of a rendering by what was asked for; nothing changes where nothing was. */
static inline lts_status add_offset(cli_session *cli, add_option *add, const char *run,
                                    const char *dataset, const lts_config *config,
                                    const lts_model *model, lts_render_config *render,
                                    lts_error *err)
{
    lts_directions directions = {0};
    if (add->list.count == 0)
        return LTS_OK;
    lts_status status = lts_run_directions(run, dataset, config, model, cli_threads(cli),
                                           &directions, cli_reporter(cli), err);
    if (status != LTS_OK)
        return status;
    status =
        lts_alloc_checked(&add->offset, directions.latent, sizeof *add->offset, "an offset", err);
    add->text = lts_strdup("add");
    for (size_t i = 0; status == LTS_OK && i < add->list.count; i++) {
        char name[LTS_DIRECTION_NAME];
        double amount = 0;
        lts_error why = {0};
        add_parse(add->list.item[i], name, &amount);
        status = lts_directions_add(&directions, name, amount, add->offset, &why);
        if (status != LTS_OK)
            lts_fail(err, status, "--add %s", why.text);
        char *longer = add->text ? lts_format("%s %s", add->text, add->list.item[i]) : NULL;
        lts_free(add->text);
        add->text = longer;
    }
    if (status == LTS_OK && !add->text)
        status = lts_no_memory("--add", err);
    render->offset = add->offset;
    render->offset_text = add->text;
    lts_directions_free(&directions);
    return status;
}

static inline void add_free(add_option *add)
{
    lts_free(add->offset);
    lts_free(add->text);
}

#endif
