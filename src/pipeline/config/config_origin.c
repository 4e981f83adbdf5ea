/* Which program an INI file was written for. The originals' files are read as they are; where the
 * same key means something else there, or a value is fixed in their code, it counts as there. */
#include "pipeline/config/config_table.h"

#include <math.h>

static bool has(const lts_ini *ini, const char *section, const char *key)
{
    return lts_ini_get(ini, section, key) != NULL;
}

/* What every file of this project says, and none of the originals'. */
static bool is_own(const lts_ini *ini)
{
    return lts_ini_has_section(ini, "model") || has(ini, "dataset", "validation");
}

lts_config_origin config_origin(const lts_ini *ini)
{
    const bool tensorflow =
        has(ini, "training", "buffer_size") || has(ini, "training", "buffer_size_dataset") ||
        has(ini, "training", "checkpoint_epochs") || has(ini, "training", "learning_schedule");
    const bool pytorch =
        has(ini, "audio", "sampling_rate") &&
        (has(ini, "VAE", "device") || has(ini, "training", "save_best_model_after"));
    if (is_own(ini))
        return LTS_ORIGIN_OWN;
    return tensorflow ? LTS_ORIGIN_TENSORFLOW : pytorch ? LTS_ORIGIN_PYTORCH : LTS_ORIGIN_OWN;
}

static bool is_there(const char *folder, const char *name, bool there(const char *path))
{
    char *path = lts_path_join(folder, name);
    const bool found = path && there(path);
    lts_free(path);
    return found;
}

bool lts_config_described(const char *folder)
{
    return is_there(folder, ".lts", lts_is_folder) || is_there(folder, "config.ini", lts_is_file);
}

/* Whether the arrays in `folder` are the originals': lts-dataset leaves .lts or its own config.ini
 * beside them, the originals a copy of their INI file, which *ini then is, or nothing. */
static lts_status find_origin(const lts_config *config, const char *folder, bool *originals,
                              lts_ini **ini, lts_error *err)
{
    *ini = NULL;
    *originals = folder ? lts_is_folder(folder) && !is_there(folder, ".lts", lts_is_folder)
                        : config->origin != LTS_ORIGIN_OWN;
    if (!folder || !*originals)
        return LTS_OK;
    char *path = lts_path_join(folder, "config.ini");
    if (!path)
        return lts_no_memory(folder, err);
    lts_status status = lts_is_file(path) ? lts_ini_load(path, ini, err) : LTS_OK;
    lts_free(path);
    *originals = status == LTS_OK && (!*ini || !is_own(*ini));
    return status;
}

static bool same_pitch(const char *a, const char *b)
{
    double x, y;
    return lts_parse_pitch(a, &x) && lts_parse_pitch(b, &y) && fabs(x - y) <= 1e-6 * y;
}

lts_status lts_config_arrays(lts_config *config, const char *folder, bool *originals,
                             const lts_reporter *reporter, lts_error *err)
{
    static const char lowest[] = "C1";
    lts_ini *ini = NULL;
    lts_status status = find_origin(config, folder, originals, &ini, err);
    if (status != LTS_OK || !*originals || config->audio.features != LTS_FEATURE_CQT)
        goto done;
    const char *now = config->audio.cqt_fmin;
    const char *said = ini ? lts_ini_get(ini, "audio", "cqt_fmin") : now;
    if (said && said[0] && !same_pitch(said, lowest))
        lts_message(reporter, LTS_LEVEL_WARNING,
                    "%s: [audio] cqt_fmin = %s is not what these arrays begin at: %sthe originals "
                    "ignore the key; C1 is taken",
                    folder ? folder : "the array", said,
                    ini || config->origin != LTS_ORIGIN_OWN
                        ? ""
                        : "with neither .lts nor config.ini beside them they count as the "
                          "originals'; ");
    if (same_pitch(now, lowest))
        goto done;
    if (said && same_pitch(now, said))
        status = lts_config_set(config, "audio.cqt_fmin", lowest, err);
    else
        status = lts_fail(err, LTS_ERR_SHAPE,
                          "%s/config.ini: the arrays were made by the original, with cqt_fmin = C1 "
                          "whatever is set; the configuration says %s: correct [audio]",
                          folder, now);
done:
    lts_ini_destroy(ini);
    return status;
}
