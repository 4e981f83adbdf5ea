#include "pipeline/plot/plot_figure.h"

#include <stdlib.h>
#include <string.h>

/* So many files or fewer have a colour each when nothing else is asked for. */
enum { FEW_FILES = 9 };

/* The part of a file's name or folder that decides its group. */
typedef struct key {
    const char *text;
    size_t length, file, points;
} key;

typedef struct group {
    const key *first; /* of the keys that are equal, neighbours in the sorted list */
    size_t keys, points;
} group;

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The name without its folder, up to the first mark or blank, or digit after a letter. */
static key prefix_of(const char *name)
{
    const char *slash = strrchr(name, '/'), *text = slash ? slash + 1 : name;
    size_t length = 0;
    while (text[length] && !strchr("_-. ", text[length]) &&
           !(length > 0 && is_letter(text[length - 1]) && is_digit(text[length])))
        length++;
    return (key){.text = text, .length = length > 0 ? length : strlen(text)};
}

/* Bytes that all folders begin with, cut back to whole names. */
static size_t shared_folders(const char *const *folder, size_t files)
{
    size_t shared = files > 0 ? strlen(folder[0]) : 0;
    for (size_t f = 1; f < files; f++) {
        size_t same = 0;
        while (same < shared && folder[f][same] == folder[0][same])
            same++;
        bool whole = (folder[f][same] == '\0' || folder[f][same] == '/') &&
                     (folder[0][same] == '\0' || folder[0][same] == '/');
        while (!whole && same > 0 && folder[0][same] != '/')
            same--;
        shared = same;
    }
    return shared;
}

/* The folder in which the files first differ. */
static key folder_of(const char *folder, size_t shared)
{
    const char *text = folder + shared;
    text += *text == '/';
    return (key){.text = text, .length = strcspn(text, "/")};
}

static int compare_text(const key *a, const key *b)
{
    size_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->text, b->text, shorter);
    return order ? order : (a->length > b->length) - (a->length < b->length);
}

static int by_text(const void *a, const void *b)
{
    return compare_text(a, b);
}

static int by_points(const void *a, const void *b)
{
    const group *x = a, *y = b;
    int order = (x->points < y->points) - (x->points > y->points);
    return order ? order : compare_text(x->first, y->first);
}

static lts_plot_grouping choose_grouping(const lts_plot_files *files)
{
    if (files->grouping != LTS_GROUP_AUTO)
        return files->grouping;
    size_t shared = files->folder ? shared_folders(files->folder, files->count) : 0;
    for (size_t f = 0; files->folder && f < files->count; f++)
        if (files->folder[f][shared] != '\0')
            return LTS_GROUP_FOLDER;
    return files->count <= FEW_FILES ? LTS_GROUP_FILE : LTS_GROUP_PREFIX;
}

static void list_keys(const lts_plot_files *files, const size_t *points, key *keys)
{
    lts_plot_grouping grouping = choose_grouping(files);
    bool by_folder = grouping == LTS_GROUP_FOLDER && files->folder;
    size_t shared = by_folder ? shared_folders(files->folder, files->count) : 0;
    for (size_t f = 0; f < files->count; f++) {
        const char *name = files->name[f];
        keys[f] = by_folder                      ? folder_of(files->folder[f], shared)
                  : grouping == LTS_GROUP_PREFIX ? prefix_of(name)
                                                 : (key){.text = name, .length = strlen(name)};
        keys[f].file = f;
        keys[f].points = points[f];
    }
    qsort(keys, files->count, sizeof *keys, by_text);
}

/* Equal keys become a group; returns how many, largest first. */
static size_t collect(const key *keys, size_t count, group *found)
{
    size_t groups = 0;
    for (size_t k = 0; k < count; k++) {
        if (k == 0 || compare_text(&keys[k - 1], &keys[k]) != 0)
            found[groups++] = (group){.first = &keys[k]};
        found[groups - 1].keys++;
        found[groups - 1].points += keys[k].points;
    }
    qsort(found, groups, sizeof *found, by_points);
    return groups;
}

lts_status plot_groups_find(const lts_plot_files *files, const size_t *points, plot_groups *groups,
                            lts_error *err)
{
    *groups = (plot_groups){0};
    key *keys = NULL;
    group *found = NULL;
    lts_status status = lts_alloc_checked(&keys, files->count, sizeof *keys, "groups", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&found, files->count, sizeof *found, "groups", err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&groups->of, files->count, sizeof *groups->of, "groups", err);
    if (status != LTS_OK)
        goto done;
    list_keys(files, points, keys);
    size_t count = collect(keys, files->count, found);
    bool has_memory = true;
    for (size_t g = 0; g < count; g++) {
        size_t shown = g < PLOT_GROUPS ? g : PLOT_GROUPS;
        const key *first = found[g].first;
        for (size_t k = 0; k < found[g].keys; k++)
            groups->of[first[k].file] = shown;
        if (g <= PLOT_GROUPS) {
            groups->name[g] = g == PLOT_GROUPS ? lts_format("%zu others", count - PLOT_GROUPS)
                              : first->length > 0
                                  ? lts_format("%.*s", (int)first->length, first->text)
                                  : lts_strdup("(no folder)");
            has_memory = has_memory && groups->name[g];
        }
    }
    if (!has_memory)
        status = lts_no_memory("names of groups", err);
done:
    lts_free(found);
    lts_free(keys);
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
