/* --add: descriptors added to what is rendered. */
#ifndef LTS_ADD_OPTION_H
#define LTS_ADD_OPTION_H

#include "cli.h"
#include "lts/condition.h"
#include "lts/directions_file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct add_option {
    cli_list list;
    float *offset;            /* (Z) */
    lts_condition_part *part; /* what a model with labels as conditions is told more of */
    char (*name)[LTS_DIRECTION_NAME];
    char *text; /* "add Bright=0.3 Fuzz=-0.1" */
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

/* What was asked for, in words. */
static inline lts_status add_describe(add_option *add, lts_error *err)
{
    add->text = lts_strdup("add");
    for (size_t i = 0; add->text && i < add->list.count; i++) {
        char *longer = lts_format("%s %s", add->text, add->list.item[i]);
        lts_free(add->text);
        add->text = longer;
    }
    return add->text ? LTS_OK : lts_no_memory("--add", err);
}

/* The parts, of a model that is told descriptors. */
static inline lts_status add_parts(add_option *add, lts_error *err)
{
    const size_t count = add->list.count;
    lts_status status = lts_alloc_checked(&add->part, count, sizeof *add->part, "--add", err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&add->name, count, sizeof *add->name, "--add", err);
    if (status != LTS_OK)
        return status;
    for (size_t i = 0; i < count; i++) {
        add->part[i].descriptor = add->name[i];
        add_parse(add->list.item[i], add->name[i], &add->part[i].magnitude);
    }
    return LTS_OK;
}

/* The offset, by the directions of the run. */
static inline lts_status add_offset(cli_session *cli, add_option *add, const char *run,
                                    const char *dataset, const lts_config *config,
                                    const lts_model *model, lts_error *err)
{
    lts_directions directions = {0};
    lts_status status = lts_run_directions(run, dataset, config, model, cli_threads(cli),
                                           &directions, cli_reporter(cli), err);
    if (status != LTS_OK)
        return status;
    status =
        lts_alloc_checked(&add->offset, directions.latent, sizeof *add->offset, "an offset", err);
    if (status != LTS_OK)
        goto done;
    for (size_t i = 0; i < add->list.count; i++) {
        char name[LTS_DIRECTION_NAME];
        double amount = 0;
        lts_error why = {0};
        add_parse(add->list.item[i], name, &amount);
        status = lts_directions_add(&directions, name, amount, add->offset, &why);
        if (status != LTS_OK) {
            lts_fail(err, status, "--add %s", why.text);
            goto done;
        }
    }
done:
    lts_directions_free(&directions);
    return status;
}

/* What --add asks for: an offset or, of a model that is told something of a note, parts. Nothing
 * where it was not given. */
static inline lts_status add_open(cli_session *cli, add_option *add, const char *run,
                                  const char *dataset, const lts_config *config,
                                  const lts_model *model, lts_error *err)
{
    if (add->list.count == 0)
        return LTS_OK;
    lts_status status = add_describe(add, err);
    if (status != LTS_OK)
        return status;
    if (lts_model_settings(model)->conditions > 0)
        return add_parts(add, err);
    return add_offset(cli, add, run, dataset, config, model, err);
}

static inline void add_free(add_option *add)
{
    lts_free(add->offset);
    lts_free(add->part);
    lts_free(add->name);
    lts_free(add->text);
}

#endif
