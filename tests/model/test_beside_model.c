/* Files of tensors beside their model: what is wrong with one is told in its kind's words. */
#include "model/files/beside_model.h"
#include "testing.h"
#include "tiny_run.h"

#include <math.h>
#include <string.h>

static const beside_kind kind = {.format_key = "thing.format",
                                 .model_key = "thing.model",
                                 .otherwise = "no thing",
                                 .remedy = "make it anew"};

typedef struct fixture {
    char *folder, *path;
    lts_model *model;
} fixture;

static int open_fixture(void **state)
{
    fixture *f = lts_alloc(1, sizeof *f);
    f->folder = test_folder();
    f->path = lts_path_join(f->folder, "thing.safetensors");
    f->model = tiny_run(f->folder);
    *state = f;
    return 0;
}

static int close_fixture(void **state)
{
    fixture *f = *state;
    lts_model_destroy(f->model);
    test_folder_remove(f->folder);
    lts_free(f->path);
    lts_free(f);
    return 0;
}

/* Everything that a reader of one asks for, in order. */
static lts_status read_thing(const fixture *f, lts_error *err)
{
    lts_safetensors *file;
    lts_tensor tensor;
    const char *text;
    lts_status status = beside_model_open(f->path, &kind, &file, err);
    if (status != LTS_OK)
        return status;
    status = beside_model_check(file, &kind, f->model, err);
    if (status == LTS_OK)
        status = beside_model_text(file, &kind, "thing.note", &text, err);
    if (status == LTS_OK)
        status = beside_model_tensor(file, &kind, "x", 2, 3, &tensor, err);
    if (status == LTS_OK)
        status = beside_model_tensor(file, &kind, "x", 0, 3, &tensor, err);
    lts_safetensors_close(file);
    return status;
}

static void each_fault_is_named(void **state)
{
    fixture *f = *state;
    lts_error err = {0};
    const char *hash = lts_model_hash(f->model);
    const struct {
        const char *format, *model, *note, *name;
        size_t rows, columns;
        float number;
        lts_status expected;
        const char *says;
    } table[] = {
        {"1", hash, "n", "x", 2, 3, 0, LTS_OK, ""},
        {NULL, hash, "n", "x", 2, 3, 0, LTS_ERR_FORMAT,
         ": metadata: thing.format is missing: no thing"},
        {"1", NULL, "n", "x", 2, 3, 0, LTS_ERR_FORMAT,
         ": metadata: thing.model is missing: no thing"},
        {"2", hash, "n", "x", 2, 3, 0, LTS_ERR_FORMAT,
         ": metadata: thing.format is '2', which this version does not know"},
        {"1", "0123", "n", "x", 2, 3, 0, LTS_ERR_FORMAT,
         ": metadata: made for the model 0123, not for "},
        {"1", hash, NULL, "x", 2, 3, 0, LTS_ERR_FORMAT,
         ": metadata: thing.note is missing: no thing"},
        {"1", hash, "n", "y", 2, 3, 0, LTS_ERR_FORMAT, ": tensor x is missing: no thing"},
        {"1", hash, "n", "x", 1, 3, 0, LTS_ERR_SHAPE,
         ": tensor x: expected 2 rows of 3: make it anew"},
        {"1", hash, "n", "x", 2, 2, 0, LTS_ERR_SHAPE,
         ": tensor x: expected 2 rows of 3: make it anew"},
        {"1", hash, "n", "x", 2, 3, INFINITY, LTS_ERR_NONFINITE,
         ": tensor x: number 4 is not finite: make it anew"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const float numbers[6] = {[4] = table[i].number};
        const lts_tensor tensor = {table[i].name, 2, {table[i].rows, table[i].columns}, numbers};
        const lts_text_pair all[] = {{"thing.format", table[i].format},
                                     {"thing.model", table[i].model},
                                     {"thing.note", table[i].note}};
        lts_text_pair pairs[3];
        size_t count = 0;
        for (size_t p = 0; p < 3; p++)
            if (all[p].value)
                pairs[count++] = all[p];
        assert_ok(lts_safetensors_save(f->path, &tensor, 1, pairs, count, &err));
        assert_status(read_thing(f, &err), table[i].expected);
        if (table[i].expected != LTS_OK &&
            (!strstr(err.text, table[i].says) || strncmp(err.text, f->path, strlen(f->path)) != 0))
            fail_msg("case %zu: %s", i, err.text);
    }
    const lts_tensor none = {"x", 2, {2, 3}, (float[6]){0}};
    assert_ok(lts_safetensors_save(f->path, &none, 1, NULL, 0, &err));
    assert_status(read_thing(f, &err), LTS_ERR_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_fault_is_named)};
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
