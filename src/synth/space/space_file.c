/* Parameter files and patches, read. */
#include "synth/synthesizer.h"

#include "formats/shown.h"
#include "lts/formats.h"

#include <math.h>
#include <string.h>

enum { FILE_LIMIT = 1 << 20 };

static const char *const common_keys[] = {"source", "sample_rate", "duration",
                                          "gate",   "normalize",   NULL};

/* One of the numbers of [synth]; the old value when it is not there. */
static lts_status read_number(const lts_ini *ini, const char *file, const char *key, double *value,
                              lts_error *err)
{
    char buffer[SHOWN_SIZE];
    const char *text = lts_ini_get(ini, "synth", key);
    if (text && !lts_parse_double(text, value))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: [synth] %s = %s: must be a number", file, key,
                        shown(text, buffer));
    return LTS_OK;
}

static lts_status read_settings(const lts_ini *ini, const char *file, lts_synth_settings *settings,
                                lts_error *err)
{
    char buffer[SHOWN_SIZE];
    const char *source = lts_ini_get(ini, "synth", "source");
    const char *normalize = lts_ini_get(ini, "synth", "normalize");
    const synth_kind *kind = synth_kind_of(settings->source);
    if (source && !(kind = synth_kind_named(source, &settings->source)))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: [synth] source = %s: must be %s", file,
                        shown(source, buffer), synth_kind_names());
    kind->defaults(settings);
    lts_status status = read_number(ini, file, "sample_rate", &settings->sample_rate, err);
    if (status != LTS_OK)
        return status;
    if ((status = read_number(ini, file, "duration", &settings->duration, err)) != LTS_OK)
        return status;
    if ((status = read_number(ini, file, "gate", &settings->gate, err)) != LTS_OK)
        return status;
    if (normalize && strcmp(normalize, "yes") != 0 && strcmp(normalize, "no") != 0)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: [synth] normalize = %s: must be yes or no",
                        file, shown(normalize, buffer));
    settings->normalize = normalize && strcmp(normalize, "yes") == 0;
    for (size_t k = 0; kind->keys[k]; k++) {
        lts_error reason = {0};
        const char *value = lts_ini_get(ini, "synth", kind->keys[k]);
        if (value && kind->read(settings, kind->keys[k], value, &reason) != LTS_OK)
            return lts_fail(err, LTS_ERR_ARGUMENT, "%s: [synth] %s = %s: must be %s", file,
                            kind->keys[k], shown(value, buffer), reason.text);
    }
    char *place = lts_format("%s: [synth] ", file);
    status = place ? synth_settings_check(settings, place, err) : lts_no_memory(file, err);
    lts_free(place);
    return status;
}

static bool is_listed(const char *word, const char *const *words)
{
    while (*words && strcmp(word, *words) != 0)
        words++;
    return *words != NULL;
}

/* What stands in the file and has no meaning. */
static lts_status refuse_unknown(const lts_ini *ini, const char *file, const char *section,
                                 const lts_synth_settings *settings, lts_error *err)
{
    char buffer[SHOWN_SIZE];
    lts_ini_entry entry;
    const synth_kind *kind = synth_kind_of(settings->source);
    const char *const *own = kind->keys;
    for (size_t e = 0; lts_ini_at(ini, e, &entry); e++) {
        if (strcmp(entry.section, "synth") == 0 &&
            (is_listed(entry.key, common_keys) || is_listed(entry.key, own)))
            continue;
        if (strcmp(entry.section, "synth") == 0)
            return lts_fail(err, LTS_ERR_ARGUMENT,
                            "%s:%zu: [synth] %s: is no setting of this "
                            "synthesizer: remove it",
                            file, entry.line, shown(entry.key, buffer));
        if (strcmp(entry.section, section) != 0 &&
            (kind->slots || strcmp(entry.section, "ranges") != 0))
            return lts_fail(err, LTS_ERR_ARGUMENT,
                            "%s:%zu: [%s]: only [synth]%s and [%s] have a meaning here", file,
                            entry.line, shown(entry.section, buffer),
                            kind->slots ? "" : ", [ranges]", section);
    }
    return LTS_OK;
}

/* The next word, cut out of *text; NULL when there is none. */
static char *next_word(char **text)
{
    char *word = *text + strspn(*text, " \t\n,");
    if (!*word)
        return NULL;
    char *end = word + strcspn(word, " \t\n,");
    *text = end + (*end != '\0');
    *end = '\0';
    return word;
}

/* The levels of "linear FROM TO COUNT", "geometric FROM TO COUNT", "semitones FROM COUNT"; false
 * when the words after the first do not fit it. */
static bool spread_levels(const char *way, char **text, double *level, size_t *count)
{
    const bool semitones = strcmp(way, "semitones") == 0, linear = strcmp(way, "linear") == 0;
    double from, to = 1;
    int64_t steps;
    const char *word = next_word(text);
    if (!word || !lts_parse_double(word, &from))
        return false;
    word = next_word(text);
    if (!semitones && (!word || !lts_parse_double(word, &to) || !(word = next_word(text))))
        return false;
    if (!word || !lts_parse_int(word, &steps) || steps < 2 || steps > LTS_SYNTH_LEVELS ||
        next_word(text) || (!linear && (from <= 0 || to <= 0)))
        return false;
    *count = (size_t)steps;
    for (int64_t i = 0; i < steps; i++) {
        const double part = (double)i, whole = (double)(steps - 1);
        level[i] = semitones ? from * pow(2, part / 12)
                   : linear  ? from + (to - from) * part / whole
                             : from * pow(to / from, part / whole);
    }
    return true;
}

/* The value of a parameter as numbers; false when it is none of the forms. */
static bool read_levels(char *text, double level[LTS_SYNTH_LEVELS], size_t *count)
{
    char *word;
    *count = 0;
    while ((word = next_word(&text))) {
        if (*count == 0 && (strcmp(word, "linear") == 0 || strcmp(word, "geometric") == 0 ||
                            strcmp(word, "semitones") == 0))
            return spread_levels(word, &text, level, count);
        if (*count == LTS_SYNTH_LEVELS || !lts_parse_double(word, &level[(*count)++]))
            return false;
    }
    return *count > 0;
}

static lts_status add_entry(lts_synth_space *space, const lts_ini_entry *entry, const char *file,
                            bool patch, lts_error *err)
{
    char buffer[2][SHOWN_SIZE];
    double level[LTS_SYNTH_LEVELS];
    size_t count;
    char *copy = lts_strdup(entry->value);
    if (!copy)
        return lts_no_memory(file, err);
    const bool good = read_levels(copy, level, &count);
    lts_free(copy);
    if (!good || (patch && count > 1))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s:%zu: [%s] %s = %s: must be %s", file,
                        entry->line, entry->section, shown(entry->key, buffer[0]),
                        shown(entry->value, buffer[1]),
                        patch ? "a number"
                              : "a number, its levels, linear FROM TO COUNT, geometric FROM TO "
                                "COUNT or semitones FROM COUNT");
    if (strlen(entry->key) >= LTS_SYNTH_NAME || space->count == LTS_SYNTH_PARAMETERS)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s:%zu: [%s] %s: more than %d parameters, or a name of more than %d bytes",
                        file, entry->line, entry->section, shown(entry->key, buffer[0]),
                        LTS_SYNTH_PARAMETERS, LTS_SYNTH_NAME - 1);
    lts_status status = synth_space_add(space, entry->key, level, count, err);
    if (status != LTS_OK)
        return status;
    space->parameter[space->count - 1].line = entry->line;
    return status;
}

/* A line of [ranges]; its key is range.NAME, so that NAME alone is where the value stands. */
static lts_status read_range(lts_synth_space *space, const lts_ini_entry *entry, const char *file,
                             lts_error *err)
{
    char buffer[2][SHOWN_SIZE];
    double range[LTS_SYNTH_LEVELS];
    size_t count, p = space->count;
    if (strncmp(entry->key, "range.", 6) == 0)
        p = lts_synth_space_find(space, entry->key + 6);
    if (p == space->count)
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s:%zu: [ranges] %s: is no range.NAME of [%s]",
                        file, entry->line, shown(entry->key, buffer[0]),
                        synth_section(space->patch));
    char *copy = lts_strdup(entry->value);
    if (!copy)
        return lts_no_memory(file, err);
    const bool good = read_levels(copy, range, &count) && count == 2 && range[0] <= range[1];
    lts_free(copy);
    if (!good)
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "%s:%zu: [ranges] %s = %s: must be two numbers, the least and the most",
                        file, entry->line, shown(entry->key, buffer[0]),
                        shown(entry->value, buffer[1]));
    space->parameter[p].legal.least = range[0];
    space->parameter[p].legal.most = range[1];
    return LTS_OK;
}

static lts_status parse(const char *text, size_t size, const char *file, bool patch,
                        lts_synth_space **out, lts_error *err)
{
    const char *section = synth_section(patch);
    lts_ini *ini = NULL;
    lts_ini_entry entry;
    lts_synth_space *space = NULL;
    *out = NULL;
    lts_status status = lts_ini_parse(text, size, file, &ini, err);
    if (status != LTS_OK)
        return status;
    status = lts_alloc_checked(&space, 1, sizeof *space, file, err);
    if (status != LTS_OK)
        goto done;
    space->settings = synth_settings_defaults();
    space->patch = patch;
    status = read_settings(ini, file, &space->settings, err);
    if (status != LTS_OK)
        goto done;
    status = refuse_unknown(ini, file, section, &space->settings, err);
    if (status != LTS_OK)
        goto done;
    for (size_t e = 0; lts_ini_at(ini, e, &entry); e++) {
        if (strcmp(entry.section, section) == 0)
            status = add_entry(space, &entry, file, patch, err);
        if (status != LTS_OK)
            goto done;
    }
    for (size_t e = 0; lts_ini_at(ini, e, &entry); e++) {
        if (strcmp(entry.section, "ranges") == 0)
            status = read_range(space, &entry, file, err);
        if (status != LTS_OK)
            goto done;
    }
    if ((status = synth_space_bind(space, file, err)) != LTS_OK)
        goto done;
    *out = space;
    space = NULL;
done:
    lts_synth_space_destroy(space);
    lts_ini_destroy(ini);
    return status;
}

lts_status lts_synth_space_parse(const char *text, size_t size, const char *name,
                                 lts_synth_space **out, lts_error *err)
{
    return parse(text, size, name, false, out, err);
}

lts_status lts_synth_patch_parse(const char *text, size_t size, const char *name,
                                 lts_synth_space **out, lts_error *err)
{
    return parse(text, size, name, true, out, err);
}

static lts_status load(const char *path, bool patch, lts_synth_space **out, lts_error *err)
{
    char *text;
    size_t size;
    *out = NULL;
    lts_status status = lts_read_pipe(path, FILE_LIMIT, &text, &size, err);
    if (status != LTS_OK)
        return status;
    status = parse(text, size, path, patch, out, err);
    lts_free(text);
    return status;
}

lts_status lts_synth_space_load(const char *path, lts_synth_space **out, lts_error *err)
{
    return load(path, false, out, err);
}

lts_status lts_synth_patch_load(const char *path, lts_synth_space **out, lts_error *err)
{
    return load(path, true, out, err);
}
