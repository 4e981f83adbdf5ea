#include "pipeline/plot.h"

#include <stdlib.h>
#include <string.h>

typedef struct prefix {
    const char *text;
    size_t length, files, points;
    size_t group;
} prefix;

static bool is_prefix(const prefix *p, const char *name, size_t length)
{
    return p->length == length && memcmp(p->text, name, length) == 0;
}

/* The prefixes of all names, in order of their first file; returns how many. */
static size_t collect(const char *const *name, const size_t *points, size_t files, prefix *found,
                      size_t *of)
{
    size_t count = 0;
    for (size_t f = 0; f < files; f++) {
        size_t length = files <= PLOT_GROUPS ? strlen(name[f]) : strcspn(name[f], "_/"), p = 0;
        while (p < count && !is_prefix(&found[p], name[f], length))
            p++;
        if (p == count)
            found[count++] = (prefix){.text = name[f], .length = length, .group = PLOT_GROUPS};
        found[p].files++;
        found[p].points += points[f];
        of[f] = p;
    }
    return count;
}

/* The one of most points that has no group yet. */
static prefix *largest_left(prefix *found, size_t count)
{
    prefix *largest = NULL;
    for (size_t p = 0; p < count; p++)
        if (found[p].group == PLOT_GROUPS && (!largest || found[p].points > largest->points))
            largest = &found[p];
    return largest;
}

lts_status plot_groups_find(const char *const *name, const size_t *points, size_t files,
                            plot_groups *groups, lts_error *err)
{
    *groups = (plot_groups){0};
    prefix *found = NULL;
    lts_status status = lts_alloc_checked(&found, files, sizeof *found, "groups", err);
    if (status == LTS_OK)
        status = lts_alloc_checked(&groups->of, files, sizeof *groups->of, "groups", err);
    size_t count = status == LTS_OK ? collect(name, points, files, found, groups->of) : 0;
    size_t shown = count < PLOT_GROUPS ? count : PLOT_GROUPS;
    bool short_of_memory = false;
    for (size_t g = 0; g < shown; g++) {
        prefix *largest = largest_left(found, count);
        largest->group = g;
        groups->name[g] = lts_format("%.*s", (int)largest->length, largest->text);
        short_of_memory = short_of_memory || !groups->name[g];
    }
    if (count > shown) {
        groups->name[PLOT_GROUPS] = lts_format("%zu others", count - shown);
        short_of_memory = short_of_memory || !groups->name[PLOT_GROUPS];
    }
    for (size_t f = 0; status == LTS_OK && f < files; f++) {
        groups->of[f] = found[groups->of[f]].group;
        groups->size[groups->of[f]] += points[f];
    }
    lts_free(found);
    if (status == LTS_OK && short_of_memory)
        status = lts_fail(err, LTS_ERR_MEMORY, "out of memory: names of groups");
    if (status != LTS_OK)
        plot_groups_free(groups);
    return status;
}

void plot_groups_free(plot_groups *groups)
{
    lts_free(groups->of);
    for (size_t g = 0; g <= PLOT_GROUPS; g++)
        lts_free(groups->name[g]);
    *groups = (plot_groups){0};
}

char *plot_run_name(const char *run)
{
    char *path = realpath(run, NULL);
    if (!path)
        return lts_strdup(run);
    char *slash = strrchr(path, '/');
    if (lts_is_file(path)) {
        *slash = '\0';
        slash = strrchr(path, '/');
        if (slash && strcmp(slash, "/model") == 0)
            *slash = '\0';
    }
    slash = strrchr(path, '/');
    while (slash && slash > path && slash[-1] != '/')
        slash--;
    char *name = lts_strdup(slash && *slash ? slash : path);
    free(path);
    return name;
}
