#include "testing.h"

#include "lts/formats.h"
#include "small_disk.h"

#include <math.h>
#include <string.h>

static char *folder;

static int make_folder(void **state)
{
    (void)state;
    folder = test_folder();
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    test_folder_remove(folder);
    return 0;
}

static const float numbers[24] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12,
                                  13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, NAN};

static const lts_tensor tensors[] = {
    {"fc1.weight", 2, {2, 3}, numbers}, {"fc1.bias", 1, {2}, numbers + 6},
    {"conv", 4, {2, 1, 3, 4}, numbers}, {"step", 0, {0}, numbers + 8},
    {"empty", 2, {0, 5}, numbers},      {"n\xc3\xa4me \"q\"\\\n", 1, {1}, numbers + 9},
};
static const lts_text_pair metadata[] = {
    {"format", "pt"}, {"audio.sample_rate", "44100"}, {"text", "\"a\"\n\\ \x01 \xe2\x99\xab"}};

enum { TENSORS = sizeof tensors / sizeof *tensors, PAIRS = sizeof metadata / sizeof *metadata };

static void what_is_saved_opens_as_the_same(void **state)
{
    (void)state;
    lts_error err;
    lts_safetensors *file;
    lts_tensor t;
    char *path = lts_path_join(folder, "with space \xc3\xa9.safetensors");
    assert_ok(lts_safetensors_save(path, tensors, TENSORS, metadata, PAIRS, &err));
    assert_ok(lts_safetensors_open(path, &file, &err));
    assert_string_equal(lts_safetensors_path(file), path);
    assert_true(lts_safetensors_at(file, TENSORS - 1, &t) &&
                !lts_safetensors_at(file, TENSORS, &t));
    for (size_t i = 0; i < TENSORS; i++) {
        assert_true(lts_safetensors_find(file, tensors[i].name, &t));
        assert_string_equal(t.name, tensors[i].name);
        assert_int_equal(t.rank, tensors[i].rank);
        assert_memory_equal(t.shape, tensors[i].shape, sizeof(size_t) * (size_t)t.rank);
        assert_int_equal((uintptr_t)t.data % 4, 0);
        assert_memory_equal(t.data, tensors[i].data, 4 * lts_tensor_size(&tensors[i]));
    }
    for (size_t i = 0; i < PAIRS; i++)
        assert_string_equal(lts_safetensors_metadata(file, metadata[i].key), metadata[i].value);
    assert_null(lts_safetensors_metadata(file, "missing"));
    assert_false(lts_safetensors_find(file, "missing", &t));
    assert_false(lts_safetensors_find(file, "__metadata__", &t));
    assert_true(lts_safetensors_at(file, 0, &t));
    assert_string_equal(t.name, "fc1.weight");
    assert_false(lts_safetensors_at(file, TENSORS, &t));
    lts_safetensors_close(file);
    lts_safetensors_close(NULL);
    lts_free(path);
}

static void the_bytes_are_those_of_the_format(void **state)
{
    (void)state;
    static const char header[] =
        "{\"__metadata__\":{\"format\":\"pt\"},"
        "\"fc1.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,24]},"
        "\"fc1.bias\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[24,32]}}";
    lts_error err;
    char *bytes, *path = lts_path_join(folder, "bytes.safetensors");
    size_t size, length;
    assert_ok(lts_safetensors_save(path, tensors, 2, metadata, 1, &err));
    assert_ok(lts_read_file(path, 4096, &bytes, &size, &err));
    length = (unsigned char)bytes[0];
    assert_int_equal(length % 8, 0);
    assert_in_range(length, sizeof header - 1, sizeof header + 7);
    for (int i = 1; i < 8; i++)
        assert_int_equal(bytes[i], 0);
    assert_memory_equal(bytes + 8, header, sizeof header - 1);
    for (size_t i = 8 + sizeof header - 1; i < 8 + length; i++)
        assert_int_equal(bytes[i], ' ');
    assert_int_equal(size, 8 + length + 32);
    assert_memory_equal(bytes + 8 + length, numbers, 32);
    lts_free(bytes);
    lts_free(path);
}

/* A file with this header and `size` bytes of data; opening it must give `expected`. */
static void assert_opens(const char *header, size_t size, lts_status expected, const char *says)
{
    static char bytes[20000];
    lts_error err = {0};
    lts_safetensors *file;
    char *path = lts_path_join(folder, "hostile.safetensors");
    size_t length = strlen(header);
    assert_true(8 + length + size <= sizeof bytes);
    memset(bytes, 0, 8);
    bytes[0] = (char)(length & 255);
    bytes[1] = (char)(length >> 8);
    memcpy(bytes + 8, header, length);
    memset(bytes + 8 + length, 0, size);
    test_write(path, bytes, 8 + length + size);
    lts_status status = lts_safetensors_open(path, &file, &err);
    if (status != expected)
        fail_msg("%.200s: %s %s", header, lts_strerror(status), err.text);
    if (status != LTS_OK) {
        assert_null(file);
        assert_memory_equal(err.text, path, strlen(path));
        assert_null(strchr(err.text, '\n'));
        if (!strstr(err.text, says))
            fail_msg("'%s' does not say \"%s\"", err.text, says);
    }
    lts_safetensors_close(file);
    lts_free(path);
}

static void other_spellings_open(void **state)
{
    (void)state;
    assert_opens("{}", 0, LTS_OK, NULL);
    assert_opens("{}     ", 0, LTS_OK, NULL);
    assert_opens("{\"__metadata__\":{}}", 0, LTS_OK, NULL);
    assert_opens("{\"b\":{\"data_offsets\":[4,8],\"shape\":[1],\"dtype\":\"F32\",\"more\":1},"
                 " \"a\" : {\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]}} ",
                 8, LTS_OK, NULL);
    assert_opens("{\"a\":{\"dtype\":\"F32\",\"shape\":[0,9007199254740992],"
                 "\"data_offsets\":[0,0]}}",
                 0, LTS_OK, NULL);
}

#define TENSOR(dtype, shape, offsets)                                                              \
    "{\"dtype\":" dtype ",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static void every_damage_to_the_header_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        size_t size;
        const char *says;
    } cases[] = {
        {"", 0, "byte 8"},
        {"[]", 0, "byte 8"},
        {" {}", 0, "byte 8"},
        {"{", 0, "is no JSON"},
        {"{\"a\":", 0, "is no JSON"},
        {"{} x", 0, "byte 11: only blanks"},
        {"{}", 4, "4 bytes belong to no tensor"},
        {"{\"a\":1}", 0, "'a': must be"},
        {"{\"a\":" TENSOR("\"F16\"", "[2]", "[0,4]") "}", 4, "'dtype' must be"},
        {"{\"a\":" TENSOR("32", "[1]", "[0,4]") "}", 4, "'dtype' must be"},
        {"{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4,
         "'dtype' must be"},
        {"{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4, "'shape' must be given"},
        {"{\"a\":" TENSOR("\"F32\"", "1", "[0,4]") "}", 4, "'shape' must be given"},
        {"{\"a\":" TENSOR("\"F32\"", "[-1]", "[0,4]") "}", 4, "whole numbers"},
        {"{\"a\":" TENSOR("\"F32\"", "[0.5]", "[0,4]") "}", 4, "whole numbers"},
        {"{\"a\":" TENSOR("\"F32\"", "[\"1\"]", "[0,4]") "}", 4, "whole numbers"},
        {"{\"a\":" TENSOR("\"F32\"", "[1e300]", "[0,4]") "}", 4, "whole numbers"},
        {"{\"a\":" TENSOR("\"F32\"", "[1,1,1,1,1]", "[0,4]") "}", 4, "more than 4 dimensions"},
        {"{\"a\":" TENSOR("\"F32\"", "[4294967296,4294967296]", "[0,4]") "}", 4, "any file"},
        {"{\"a\":" TENSOR("\"F32\"", "[1073741825,4294967296]", "[0,4]") "}", 4, "any file"},
        {"{\"a\":" TENSOR("\"F32\"", "[1]", "[0]") "}", 4, "[begin, end]"},
        {"{\"a\":" TENSOR("\"F32\"", "[1]", "[0,4,8]") "}", 4, "[begin, end]"},
        {"{\"a\":" TENSOR("\"F32\"", "[1]", "[-4,0]") "}", 4, "[begin, end]"},
        {"{\"a\":" TENSOR("\"F32\"", "[1]", "[0,8]") "}", 4, "outside the file"},
        {"{\"a\":" TENSOR("\"F32\"", "[1]", "[4,0]") "}", 4, "outside the file"},
        {"{\"a\":" TENSOR("\"F32\"", "[1]", "[0,9007199254740992]") "}", 4, "outside the file"},
        {"{\"a\":" TENSOR("\"F32\"", "[2]", "[0,4]") "}", 4, "do not agree with 'shape'"},
        {"{\"a\":" TENSOR("\"F32\"", "[1]", "[4,8]") "}", 8, "gap before it"},
        {"{\"a\":" TENSOR("\"F32\"", "[1]", "[0,4]") ",\"b\":" TENSOR("\"F32\"", "[1]",
                                                                      "[0,4]") "}",
         4, "overlaps"},
        {"{\"a\":" TENSOR("\"F32\"", "[2]", "[0,8]") ",\"b\":" TENSOR("\"F32\"", "[1]",
                                                                      "[4,8]") "}",
         8, "overlaps"},
        {"{\"a\":" TENSOR("\"F32\"", "[1]", "[0,4]") ",\"a\":" TENSOR("\"F32\"", "[1]",
                                                                      "[4,8]") "}",
         8, "'a': is given twice"},
        {"{\"__metadata__\":1}", 0, "'__metadata__': must be"},
        {"{\"__metadata__\":{\"a\":1}}", 0, "'a': metadata must be text"},
        {"{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0, "'a': is given twice"},
        {"{\"__metadata__\":{},\"__metadata__\":{}}", 0, "given twice"},
        {"{\"bad\\nname\\u0007\":1}", 0, "'bad?name?': must be"},
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        assert_opens(cases[c].header, cases[c].size, LTS_ERR_FORMAT, cases[c].says);
    static char deep[15000];
    memset(deep, '[', sizeof deep - 1);
    memcpy(deep, "{\"a\":", 5);
    assert_opens(deep, 0, LTS_ERR_FORMAT, "is no JSON");
}

static void data_at_an_odd_byte_are_aligned(void **state)
{
    (void)state;
    lts_error err;
    lts_safetensors *file;
    lts_tensor t;
    char *path = lts_path_join(folder, "odd.safetensors");
    char bytes[128] = {0};
    int length = sprintf(bytes + 8, "{\"a\":%s} ", TENSOR("\"F32\"", "[3]", "[0,12]"));
    for (int pad = 0; pad < 4; pad++) {
        bytes[8 + length + pad] = ' ';
        bytes[0] = (char)(length + pad + 1);
        memcpy(bytes + 8 + length + pad + 1, numbers, 12);
        test_write(path, bytes, (size_t)(8 + length + pad + 1 + 12));
        assert_ok(lts_safetensors_open(path, &file, &err));
        assert_true(lts_safetensors_find(file, "a", &t));
        assert_int_equal((uintptr_t)t.data % 4, 0);
        assert_memory_equal(t.data, numbers, 12);
        lts_safetensors_close(file);
    }
    lts_free(path);
}

static void every_cut_of_a_file_is_refused(void **state)
{
    (void)state;
    lts_error err;
    lts_safetensors *file;
    char *bytes, *path = lts_path_join(folder, "cut.safetensors");
    size_t size;
    assert_ok(lts_safetensors_save(path, tensors, TENSORS, metadata, PAIRS, &err));
    assert_ok(lts_read_file(path, 1 << 20, &bytes, &size, &err));
    for (size_t cut = 0; cut < size; cut++) {
        test_write(path, bytes, cut);
        assert_status(lts_safetensors_open(path, &file, &err), LTS_ERR_FORMAT);
        assert_memory_equal(err.text, path, strlen(path));
    }
    memset(bytes, 255, 8); /* a header of 2^64-1 bytes */
    test_write(path, bytes, size);
    assert_status(lts_safetensors_open(path, &file, &err), LTS_ERR_FORMAT);
    lts_free(bytes);
    lts_free(path);
    path = lts_path_join(folder, "missing.safetensors");
    assert_status(lts_safetensors_open(path, &file, &err), LTS_ERR_NOT_FOUND);
    assert_status(lts_safetensors_open(folder, &file, &err), LTS_ERR_IO);
    lts_free(path);
}

static void what_no_reader_could_take_is_not_saved(void **state)
{
    (void)state;
    static const lts_tensor bad[][2] = {
        {{"a", 1, {1}, numbers}, {"a", 1, {1}, numbers}},
        {{"a", 1, {1}, numbers}, {"__metadata__", 1, {1}, numbers}},
        {{"a", 1, {1}, numbers}, {"latin \xe9", 1, {1}, numbers}},
        {{"a", 1, {1}, numbers}, {"b", 5, {1}, numbers}},
        {{"a", 1, {1}, numbers}, {"b", -1, {1}, numbers}},
        {{"a", 1, {1}, numbers}, {"b", 2, {SIZE_MAX / 2, 4}, numbers}},
    };
    static const lts_text_pair twice[] = {{"k", "1"}, {"k", "2"}};
    static const char *const no_utf8[] = {"\x80",         "\xc0\x80",
                                          "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                          "\xe2\x82",     "\xf8\x88\x80\x80\x80",
                                          "\xe0\x80\x80"};
    lts_error err;
    size_t before = test_folder_count(folder);
    char *path = lts_path_join(folder, "refused.safetensors");
    for (size_t b = 0; b < sizeof bad / sizeof *bad; b++)
        assert_status(lts_safetensors_save(path, bad[b], 2, NULL, 0, &err), LTS_ERR_ARGUMENT);
    assert_status(lts_safetensors_save(path, tensors, 1, twice, 2, &err), LTS_ERR_ARGUMENT);
    for (size_t i = 0; i < sizeof no_utf8 / sizeof *no_utf8; i++) {
        const lts_text_pair pair = {no_utf8[i], "1"};
        assert_status(lts_safetensors_save(path, tensors, 1, &pair, 1, &err), LTS_ERR_ARGUMENT);
    }
    assert_status(lts_safetensors_save(folder, tensors, 1, NULL, 0, &err), LTS_ERR_IO);
    static float many[20000];
    const lts_tensor large = {"large", 1, {20000}, many};
    test_limit_files(30000);
    lts_status status = lts_safetensors_save(path, &large, 1, NULL, 0, &err);
    test_limit_files(0);
    assert_status(status, LTS_ERR_IO);
    assert_int_equal(test_folder_count(folder), before);
    lts_free(path);
}

static void a_value_in_another_encoding_does_not_cost_the_model(void **state)
{
    (void)state;
    static const lts_text_pair pair = {"text", "caf\xe9 \xe2\x99\xab \xf0\x9f\x8e\xb5 \xc3"};
    lts_error err;
    lts_safetensors *file;
    char *path = lts_path_join(folder, "latin.safetensors");
    assert_ok(lts_safetensors_save(path, tensors, 1, &pair, 1, &err));
    assert_ok(lts_safetensors_open(path, &file, &err));
    assert_string_equal(lts_safetensors_metadata(file, "text"),
                        "caf\xef\xbf\xbd \xe2\x99\xab \xf0\x9f\x8e\xb5 \xef\xbf\xbd");
    lts_safetensors_close(file);
    lts_free(path);
}

static void a_shortage_of_memory_is_reported(void **state)
{
    (void)state;
    lts_error err;
    lts_safetensors *file = NULL;
    char *path = lts_path_join(folder, "memory.safetensors");
    lts_status status = LTS_ERR_MEMORY;
    for (size_t fuse = 1; status != LTS_OK; fuse++) {
        test_fail_allocation(fuse);
        status = lts_safetensors_save(path, tensors, TENSORS, metadata, PAIRS, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK ? fuse > 4 : err.status == status);
        assert_int_equal(lts_is_file(path), status == LTS_OK);
    }
    status = LTS_ERR_MEMORY;
    for (size_t fuse = 1; status != LTS_OK; fuse++) {
        test_fail_allocation(fuse);
        status = lts_safetensors_open(path, &file, &err);
        test_fail_allocation(0);
        assert_true(status == LTS_OK ? fuse > 5 : status == LTS_ERR_MEMORY);
    }
    lts_safetensors_close(file);
    lts_free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_saved_opens_as_the_same),
        cmocka_unit_test(the_bytes_are_those_of_the_format),
        cmocka_unit_test(other_spellings_open),
        cmocka_unit_test(every_damage_to_the_header_is_refused),
        cmocka_unit_test(data_at_an_odd_byte_are_aligned),
        cmocka_unit_test(every_cut_of_a_file_is_refused),
        cmocka_unit_test(what_no_reader_could_take_is_not_saved),
        cmocka_unit_test(a_value_in_another_encoding_does_not_cost_the_model),
        cmocka_unit_test(a_shortage_of_memory_is_reported),
    };
    return cmocka_run_group_tests_name("safetensors", tests, make_folder, remove_folder);
}
