/* Any bytes as a pickle: every number is taken, with texts that are whole. */
#include "scratch_file.h"

#include "formats/pickle/pickle.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static lts_status take(void *user, const char *key, const char *name, double value, lts_error *err)
{
    size_t *left = user;
    (void)value;
    *left += strlen(key) + strlen(name);
    return *left < (size_t)1 << 30 ? LTS_OK : lts_fail(err, LTS_ERR_FORMAT, "too much of it");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    lts_error err = {0};
    size_t taken = 0;
    const pickle_reader reader = {take, &taken};
    const lts_status status = pickle_read(scratch_file(bytes, size), &reader, &err);
    if (status != LTS_OK && (!err.text[0] || strchr(err.text, '\n')))
        abort();
    return 0;
}
