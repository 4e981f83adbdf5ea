/* Any bytes as a configuration: refused, or every value in its range, and saved as it was read. */
#include "scratch_file.h"

#include "lts/config.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_same(const lts_config *a, const lts_config *b)
{
    lts_ini_entry entry;
    for (size_t e = 0; lts_ini_at(b->source, e, &entry); e++) {
        char name[600];
        snprintf(name, sizeof name, "%s.%s", entry.section, entry.key);
        char *before = lts_config_get(a, name), *after = lts_config_get(b, name);
        if (!before != !after || (before && strcmp(before, after) != 0))
            abort();
        lts_free(before);
        lts_free(after);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    lts_error err;
    lts_config config, again;
    lts_feature feature;
    lts_model_config model;
    const char *path = scratch_file(bytes, size);
    if (lts_config_load(path, NULL, 0, &config, NULL, &err) != LTS_OK)
        return 0;
    lts_config_feature(&config, &feature, &err);
    lts_config_model(&config, &model, &err);
    if ((config.training.epochs < 1 && !(config.training.minutes > 0)) ||
        !(config.training.learning_rate > 0) || config.type == 0)
        abort();
    lts_status status = lts_config_save(&config, path, &err);
    if (status == LTS_OK) {
        if (lts_config_load(path, NULL, 0, &again, NULL, &err) != LTS_OK)
            abort();
        check_same(&config, &again);
        lts_config_free(&again);
    } else if (status != LTS_ERR_ARGUMENT) {
        abort();
    }
    lts_config_free(&config);
    return 0;
}
