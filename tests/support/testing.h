/* What every test file includes: cmocka, the data folder, scratch folders and the usual
 * comparisons. */
#ifndef LTS_TESTING_H
#define LTS_TESTING_H

/* cmocka.h needs these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lts/base.h"
#include "lts/model.h"

/* Fails the test with the error's text when `call`, which must end in &err, does not return LTS_OK.
 * Needs an lts_error called err in scope. */
#define assert_ok(call)                                                                            \
    do {                                                                                           \
        lts_status status_ = (call);                                                               \
        if (status_ != LTS_OK)                                                                     \
            fail_msg("%s: %s (%s)", #call, lts_strerror(status_), err.text);                       \
    } while (0)

#define assert_status(call, expected)                                                              \
    assert_string_equal(lts_strerror(call), lts_strerror(expected))

/* tests/data/NAME; the string lives until the program ends. */
const char *test_data(const char *name);

/* A new empty folder for this test's files; test_folder_remove deletes it with all it holds. */
char *test_folder(void);
void test_folder_remove(char *folder);

/* Number of entries in a folder, "." and ".." aside. */
size_t test_folder_count(const char *folder);

void test_write(const char *path, const void *bytes, size_t size);

/* The whole file, ended by a 0; free with lts_free. `size`, when not NULL, gets its bytes. */
char *test_read(const char *path, size_t *size);

/* |a - b| / |b| in the Euclidean norm, in double. */
double relative_error(const float *a, const float *b, size_t n);

/* 10 log10( |b|^2 / |a - b|^2 ), dB. */
double signal_to_noise(const float *a, const float *b, size_t n);

/* A tests/data array; fails the test when it cannot be read. Free with lts_free. */
float *test_array(const char *name, size_t *rows, size_t *columns);

/* Puts this program into a locale with a decimal comma, made inside `folder` where none is
 * installed: test_plain_locale leaves it. Fails the test when it cannot be had, and skips it where
 * there is no localedef to make it with. */
void test_comma_locale(const char *folder);
void test_plain_locale(void);

/* From here on the allocation number `n` counted from now fails (0: none does), on this thread
 * only; returns how many were asked for since the last call. */
size_t test_fail_allocation(size_t n);

/* The PyTorch original's network, which most tests compute by hand: ReLU, linear magnitudes. */
static inline lts_model_config original_model(void)
{
    lts_model_config config = lts_model_defaults();
    config.activation = LTS_ACTIVATION_RELU;
    config.output = LTS_OUTPUT_RELU;
    config.linear_paths = config.gain_shape = false;
    config.compression = LTS_COMPRESSION_NONE;
    config.exponent = 1.0 / 3;
    return config;
}

#endif
