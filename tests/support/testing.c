#include "testing.h"

#include "lts/formats.h"

#include <dirent.h>
#include <ftw.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *test_data(const char *name)
{
    static char path[8][1024];
    static unsigned next;
    char *slot = path[next++ % 8];
    snprintf(slot, sizeof path[0], "%s/%s", LTS_TEST_DATA, name);
    return slot;
}

char *test_folder(void)
{
    const char *parent = getenv("TMPDIR");
    char *folder = lts_format("%s/lts-test-XXXXXX", parent ? parent : "/tmp");
    if (!folder || !mkdtemp(folder))
        fail_msg("no scratch folder");
    return folder;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info, (void)kind, (void)walk;
    return remove(path);
}

void test_folder_remove(char *folder)
{
    nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    lts_free(folder);
}

size_t test_folder_count(const char *folder)
{
    size_t count = 0;
    DIR *stream = opendir(folder);
    assert_non_null(stream);
    for (struct dirent *entry; (entry = readdir(stream));)
        count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(stream);
    return count;
}

void test_write(const char *path, const void *bytes, size_t size)
{
    FILE *stream = fopen(path, "wb");
    assert_non_null(stream);
    assert_int_equal(fwrite(bytes, 1, size, stream), size);
    assert_int_equal(fclose(stream), 0);
}

char *test_read(const char *path, size_t *size)
{
    lts_error err = {0};
    char *bytes = NULL;
    size_t count;
    assert_ok(lts_read_file(path, 1 << 26, &bytes, &count, &err));
    if (size)
        *size = count;
    return bytes;
}

double relative_error(const float *a, const float *b, size_t n)
{
    double difference = 0, norm = 0;
    for (size_t i = 0; i < n; i++) {
        difference += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
        norm += (double)b[i] * b[i];
    }
    return norm > 0 ? sqrt(difference / norm) : sqrt(difference);
}

double signal_to_noise(const float *a, const float *b, size_t n)
{
    return -20 * log10(relative_error(a, b, n));
}

float *test_array(const char *name, size_t *rows, size_t *columns)
{
    lts_error err = {0};
    float *data = NULL;
    assert_ok(lts_npy_load(test_data(name), &data, rows, columns, &err));
    return data;
}

void test_comma_locale(const char *folder)
{
    static const char name[] = "de_DE.UTF-8";
    if (!setlocale(LC_ALL, name)) {
        if (system("command -v localedef >/dev/null 2>&1") != 0)
            skip();
        char *command =
            lts_format("localedef -i de_DE -f UTF-8 '%s/%s' 2>'%s/log'", folder, name, folder);
        char *log = lts_path_join(folder, "log");
        const int code = system(command);
        setenv("LOCPATH", folder, 1);
        if (code != 0 || !setlocale(LC_ALL, name))
            fail_msg("no locale %s: install Debian's locales: %s", name, test_read(log, NULL));
        lts_free(command);
        lts_free(log);
    }
    assert_string_equal(localeconv()->decimal_point, ",");
}

void test_plain_locale(void)
{
    setlocale(LC_ALL, "C");
    unsetenv("LOCPATH");
}
