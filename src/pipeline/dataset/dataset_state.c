#include "pipeline/config/config_table.h"
#include "pipeline/dataset/dataset_job.h"

#include <string.h>
#include <unistd.h>

static const char section[] = "array";

char *dataset_array_path(const dataset_job *job, const char *name)
{
    return lts_format("%s/%s.npy", job->arrays, name);
}

static char *state_path(const dataset_job *job, const char *name)
{
    return lts_format("%s/%s.ini", job->states, name);
}

static bool says(const lts_ini *ini, const char *key, const char *expected)
{
    const char *value = lts_ini_get(ini, section, key);
    return value && strcmp(value, expected) == 0;
}

static bool read_count(const lts_ini *ini, const char *key, uint64_t *count)
{
    const char *text = lts_ini_get(ini, section, key);
    int64_t value;
    if (!text || !lts_parse_int(text, &value) || value < 1)
        return false;
    *count = (uint64_t)value;
    return true;
}

static bool read_state(const dataset_job *job, const lts_dataset_file *file, dataset_state *state)
{
    lts_ini *ini = NULL;
    char *path = state_path(job, file->name);
    bool good = path && lts_ini_load(path, &ini, NULL) == LTS_OK;
    if (good) {
        const char *seconds = lts_ini_get(ini, section, "seconds");
        const char *hash = lts_ini_get(ini, section, "hash");
        good = says(ini, "settings", job->settings) && hash && strlen(hash) < sizeof state->hash &&
               read_count(ini, "frames", &state->frames) && read_count(ini, "bins", &state->bins) &&
               seconds && lts_parse_double(seconds, &state->seconds);
        if (good)
            snprintf(state->hash, sizeof state->hash, "%s", hash);
    }
    lts_ini_destroy(ini);
    lts_free(path);
    return good;
}

/* One pass over the values; false too when there is no memory to read them into. */
static bool all_finite(const lts_npy *npy)
{
    enum { BLOCK = 256 };
    size_t rows = lts_npy_rows(npy), columns = lts_npy_columns(npy);
    float *block = lts_alloc(BLOCK, columns * sizeof *block);
    bool good = block != NULL;
    for (size_t t = 0; good && t < rows; t += BLOCK) {
        size_t count = rows - t < BLOCK ? rows - t : BLOCK;
        good = lts_npy_read(npy, t, count, block, NULL) == LTS_OK &&
               lts_first_nonfinite(block, count * columns) == count * columns;
    }
    lts_free(block);
    return good;
}

/* Opening checks that the file is as long as its header says. */
static bool array_matches(const dataset_job *job, const lts_dataset_file *file,
                          const dataset_state *state)
{
    lts_npy *npy = NULL;
    char *path = dataset_array_path(job, file->name);
    bool good = path && lts_npy_open(path, &npy, NULL) == LTS_OK &&
                lts_npy_rows(npy) == state->frames && lts_npy_columns(npy) == state->bins &&
                (!job->config->dataset.check_dataset || all_finite(npy));
    lts_npy_close(npy);
    lts_free(path);
    return good;
}

bool dataset_is_current(const dataset_job *job, const lts_dataset_file *file, dataset_state *state)
{
    char hash[LTS_HASH_TEXT];
    return read_state(job, file, state) && array_matches(job, file, state) &&
           lts_hash_file(file->sound, hash, NULL) == LTS_OK && strcmp(hash, state->hash) == 0;
}

static lts_status save_state(const dataset_job *job, const lts_dataset_file *file,
                             const dataset_state *state, lts_outfile_batch *batch, lts_error *err)
{
    char frames[LTS_NUMBER_TEXT], bins[LTS_NUMBER_TEXT], seconds[LTS_NUMBER_TEXT];
    lts_number_text(frames, (double)state->frames);
    lts_number_text(bins, (double)state->bins);
    lts_number_text(seconds, state->seconds);
    const char *const entry[][2] = {{"hash", state->hash},
                                    {"settings", job->settings},
                                    {"frames", frames},
                                    {"bins", bins},
                                    {"seconds", seconds}};
    lts_ini *ini = NULL;
    char *path = state_path(job, file->name);
    lts_status status = path ? lts_ini_create(&ini, err) : lts_no_memory(file->name, err);
    if (status != LTS_OK)
        goto done;
    for (size_t e = 0; e < sizeof entry / sizeof *entry; e++) {
        status = lts_ini_set(ini, section, entry[e][0], entry[e][1], err);
        if (status != LTS_OK)
            goto done;
    }
    status = lts_ini_save_in(ini, path, batch, err);
done:
    lts_ini_destroy(ini);
    lts_free(path);
    return status;
}

static void forget_state(const dataset_job *job, const lts_dataset_file *file)
{
    char *path = state_path(job, file->name);
    if (path)
        unlink(path);
    lts_free(path);
}

/* Nothing is lost by a crash but what was not made known yet: the old state goes before the new
 * array comes, and the new state comes when the array's name has reached the disk. */
lts_status dataset_publish(const dataset_job *job, dataset_scratch *scratch, lts_error *err)
{
    lts_status status;
    for (size_t m = 0; m < scratch->made_count; m++) {
        status =
            save_state(job, scratch->made[m].file, &scratch->made[m].state, scratch->states, err);
        if (status != LTS_OK)
            goto done;
    }
    for (size_t m = 0; m < scratch->made_count; m++)
        forget_state(job, scratch->made[m].file);
    status = lts_outfile_batch_commit(scratch->arrays, err);
    if (status != LTS_OK)
        goto done;
    status = lts_outfile_batch_commit(scratch->states, err);
done:
    if (status != LTS_OK) {
        lts_outfile_batch_abort(scratch->arrays);
        lts_outfile_batch_abort(scratch->states);
    }
    return status;
}
