#include "testing.h"

#include "osc_bytes.h"

#include "engine/osc/osc_parse.h"

#include <lo/lo.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* What was handed over, in words: "/path i1 s'text' ..." for each message. */
typedef struct heard {
    char text[4096];
    size_t used, messages, numbers;
    double sum;
} heard;

static void note(heard *h, const char *format, ...) LTS_PRINTF(2, 3);
static void note(heard *h, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(h->text + h->used, sizeof h->text - h->used, format, arguments);
    va_end(arguments);
    h->used += (size_t)length < sizeof h->text - h->used ? (size_t)length : 0;
}

static void hear(void *user, const control_message *message)
{
    heard *h = user;
    note(h, "%s%s", h->messages++ ? " " : "", message->address);
    for (size_t i = 0; i < message->count; i++) {
        const control_arg *arg = &message->args[i];
        assert_int_equal(arg_is_text(arg), arg->type == 's' || arg->type == 'S');
        if (arg_is_text(arg))
            note(h, " %c'%s'", arg->type, arg->text);
        else if (arg_is_number(arg))
            note(h, " %c%g", arg->type, arg->number);
        else
            note(h, " %c", arg->type);
        h->numbers += arg_is_number(arg);
        h->sum += arg->number;
    }
}

static void parses(const bytes *b, const char *expected)
{
    heard h = {0};
    lts_error err;
    assert_ok(osc_parse(b->data, b->size, hear, &h, &err));
    assert_string_equal(h.text, expected);
}

/* A copy in memory of just its size, so that a sanitizer sees who looks beyond. */
static lts_status parse_copy(const uint8_t *data, size_t size, heard *h, lts_error *err)
{
    void *copy = malloc(size ? size : 1);
    memcpy(copy, data, size);
    lts_status status = osc_parse(copy, size, hear, h, err);
    free(copy);
    return status;
}

static void refuses(const bytes *b, const char *why)
{
    heard h = {0};
    lts_error err;
    assert_status(parse_copy(b->data, b->size, &h, &err), LTS_ERR_FORMAT);
    if (!strstr(err.text, why))
        fail_msg("'%s' does not say '%s'", err.text, why);
    assert_int_equal(h.messages, 0);
}

static bytes every_type(void)
{
    bytes b = begin("/every/type");
    put_text(&b, ",ihfdsSTFNImctbr");
    put_32(&b, (uint32_t)-7);
    put_64(&b, (uint64_t)-8000000000);
    put_float(&b, 0.5f);
    put_double(&b, 1e300);
    put_text(&b, "four");
    put_text(&b, "");
    put_32(&b, 0x90407f00);
    put_32(&b, 'A');
    put_64(&b, 1);
    put_32(&b, 5);
    put(&b, "blob!\0\0", 8);
    put_32(&b, 0xff00ff00);
    return b;
}

static void every_type_is_read(void **state)
{
    (void)state;
    bytes b = every_type();
    parses(&b, "/every/type i-7 h-8e+09 f0.5 d1e+300 s'four' S'' T1 F0 N I m c t b r");
    b = begin("/array");
    put_text(&b, ",i[f[i]]s");
    put_32(&b, 1);
    put_float(&b, 2);
    put_32(&b, 3);
    put_text(&b, "end");
    parses(&b, "/array i1 f2 i3 s'end'");
    b = begin("/no/tags");
    parses(&b, "/no/tags");
    put_text(&b, ",");
    parses(&b, "/no/tags");
    b = begin("/odd name, \xc3\xa9 and $");
    put_text(&b, ",ff");
    put_float(&b, NAN);
    put_float(&b, INFINITY);
    heard h = {0};
    lts_error err;
    assert_ok(osc_parse(b.data, b.size, hear, &h, &err));
    assert_int_equal(h.numbers, 2);
    assert_true(isnan(h.sum));
}

static void what_liblo_writes_is_read(void **state)
{
    (void)state;
    lts_rng rng;
    lts_rng_seed(&rng, 3, 0);
    for (int round = 0; round < 300; round++) {
        heard expected = {0};
        lo_message message = lo_message_new();
        note(&expected, "/round/%d", round);
        for (uint64_t left = lts_rng_below(&rng, 12); left > 0; left--) {
            char text[24];
            uint64_t bits = lts_rng_next(&rng);
            memset(text, 'x', sizeof text);
            text[bits % sizeof text] = '\0';
            double number = ldexp((double)(bits >> 40), -12);
            switch (lts_rng_below(&rng, 5)) {
            case 0:
                lo_message_add_int32(message, (int32_t)bits);
                note(&expected, " i%g", (double)(int32_t)bits);
                break;
            case 1:
                lo_message_add_int64(message, (int64_t)bits);
                note(&expected, " h%g", (double)(int64_t)bits);
                break;
            case 2:
                lo_message_add_float(message, (float)number);
                note(&expected, " f%g", (double)(float)number);
                break;
            case 3:
                lo_message_add_double(message, number);
                note(&expected, " d%g", number);
                break;
            default: lo_message_add_string(message, text); note(&expected, " s'%s'", text);
            }
        }
        char path[32];
        size_t size;
        heard h = {0};
        lts_error err;
        snprintf(path, sizeof path, "/round/%d", round);
        void *data = lo_message_serialise(message, path, NULL, &size);
        assert_ok(osc_parse(data, size, hear, &h, &err));
        assert_string_equal(h.text, expected.text);
        free(data);
        lo_message_free(message);
    }
}

static bytes one_int(const char *path, uint32_t number)
{
    bytes b = begin(path);
    put_text(&b, ",i");
    put_32(&b, number);
    return b;
}

static void bundles_are_unwrapped_in_order(void **state)
{
    (void)state;
    bytes a = one_int("/a", 1), b = one_int("/b", 2), c = one_int("/c", 3);
    bytes inner = begin_bundle(), outer = begin_bundle(), empty = begin_bundle();
    put_element(&inner, &a);
    put_element(&inner, &empty);
    put_element(&inner, &b);
    put_element(&outer, &inner);
    put_element(&outer, &c);
    parses(&empty, "");
    parses(&outer, "/a i1 /b i2 /c i3");
    bytes deep = a;
    for (int depth = 0; depth < OSC_MAX_DEPTH; depth++)
        deep = bundle_of(&deep);
    parses(&deep, "/a i1");
    deep = bundle_of(&deep);
    refuses(&deep, "more than 8 deep");
}

static void what_precedes_a_fault_is_handed_over(void **state)
{
    (void)state;
    lts_error err;
    heard h = {0};
    bytes a = one_int("/a", 1), bad = one_int("no/slash", 2), bundle = begin_bundle();
    put_element(&bundle, &a);
    put_element(&bundle, &bad);
    put_element(&bundle, &a);
    assert_status(parse_copy(bundle.data, bundle.size, &h, &err), LTS_ERR_FORMAT);
    assert_string_equal(h.text, "/a i1");
}

static void faulty_datagrams_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        const char *why;
    } faulty[] = {
        {"", 0, "0 bytes"},
        {"/a\0", 3, "3 bytes, not a multiple of 4"},
        {"\0\0\0", 4, "without an address: give one"},
        {"a/b\0,\0\0", 8, "does not begin with a path"},
        {"/abc,iii", 8, "does not begin with a path"},
        {"/a\nb\0\0\0\0,\0\0", 12, "does not begin with a path"},
        {"/\x7f\0\0,\0\0", 8, "does not begin with a path"},
        {"/a\0x,i\0\0\0\0\0\1", 12, "does not begin with a path"},
        {"/a\0\0i\0\0\0\0\0\0\1", 12, "/a: no type tags"},
        {"/a\0\0,iii", 8, "/a: no type tags"},
        {"/a\0\0,i\0x\0\0\0\1", 12, "/a: no type tags"},
        {"/a\0\0,q\0\0\0\0\0\1", 12, "argument 1 has an unknown type, 0x71"},
        {"/a\0\0,i\xff\0\0\0\0\1", 12, "argument 2 has an unknown type, 0xff"},
        {"/a\0\0,i\0", 8, "argument 1 of 1 is cut short"},
        {"/a\0\0,d\0\0\0\0\0\1", 12, "argument 1 of 1 is cut short"},
        {"/a\0\0,T\0\0\0\0\0\1", 12, "4 bytes follow the last argument"},
        {"/a\0\0,s\0\0abcd", 12, "argument 1 of 1 is cut short"},
        {"/a\0\0,s\0\0a\0b\0", 12, "argument 1 of 1 is cut short"},
        {"/a\0\0,b\0", 8, "argument 1 of 1 is cut short"},
        {"/a\0\0,b\0\0\0\0\0\5abcd", 16, "argument 1 of 1 is cut short"},
        {"/a\0\0,b\0\0\xff\xff\xff\xff", 12, "argument 1 of 1 is cut short"},
        {"/a\0\0,b\0\0\0\0\0\1abcd", 16, "argument 1 of 1 is cut short"},
        {"#bundle\0\0\0\0", 12, "time tag is cut short"},
        {"#bundle\0\0\0\0\0\0\0\0\1\0\0\0\4", 20, "element 1"},
        {"#bundle\0\0\0\0\0\0\0\0\1\xff\xff\xff\xfc", 20, "element 1"},
        {"#bundle\0\0\0\0\0\0\0\0\1\0\0\0\3/a\0", 24, "element 1"},
        {"#bundle\0\0\0\0\0\0\0\0\1\0\0\0", 20, "does not begin with a path"},
    };
    for (size_t f = 0; f < sizeof faulty / sizeof *faulty; f++) {
        bytes b = {.size = 0};
        put(&b, faulty[f].bytes, faulty[f].size);
        refuses(&b, faulty[f].why);
    }
}

static void no_part_of_a_message_is_a_message(void **state)
{
    (void)state;
    lts_error err;
    bytes whole = every_type();
    /* The path alone is one. */
    size_t path = strlen("/every/type") + 1;
    for (size_t size = 0; size < whole.size; size++) {
        heard h = {0};
        if (size == path)
            continue;
        assert_status(parse_copy(whole.data, size, &h, &err), LTS_ERR_FORMAT);
        assert_int_equal(h.messages, 0);
    }
}

static void long_messages_are_read(void **state)
{
    (void)state;
    lts_error err;
    heard h = {0};
    bytes *b = malloc(sizeof *b);
    char *text = malloc(60001);
    memset(text, 'x', 60000);
    text[60000] = '\0';
    *b = begin("/load/dataset");
    put_text(b, ",s");
    put_text(b, text);
    assert_ok(osc_parse(b->data, b->size, hear, &h, &err));
    *b = begin("/flags");
    text[0] = ',';
    memset(text + 1, 'T', OSC_MAX_ARGS);
    text[1 + OSC_MAX_ARGS] = '\0';
    put_text(b, text);
    h = (heard){0};
    assert_ok(osc_parse(b->data, b->size, hear, &h, &err));
    assert_int_equal(h.numbers, OSC_MAX_ARGS);
    *b = begin("/flags");
    text[1 + OSC_MAX_ARGS] = 'F';
    text[2 + OSC_MAX_ARGS] = '\0';
    put_text(b, text);
    refuses(b, "16385 arguments; at most 16384");
    free(text);
    free(b);
}

static bytes curve_of(size_t count)
{
    bytes b = begin("/set_alfa");
    char tags[1200] = ",";
    memset(tags + 1, 'f', count);
    tags[1 + count] = '\0';
    put_text(&b, tags);
    for (size_t i = 0; i < count; i++)
        put_float(&b, (float)i);
    return b;
}

static void short_memory_is_an_error_and_no_leak(void **state)
{
    (void)state;
    lts_error err;
    heard h = {0};
    bytes curve = curve_of(1000), few = curve_of(10);
    test_fail_allocation(1);
    assert_status(osc_parse(curve.data, curve.size, hear, &h, &err), LTS_ERR_MEMORY);
    test_fail_allocation(1);
    assert_ok(osc_parse(few.data, few.size, hear, &h, &err)); /* asks for none */
    test_fail_allocation(0);
    assert_int_equal(h.messages, 1);
}

static void add_up(void *user, const control_message *message)
{
    double *sum = user;
    for (size_t i = 0; i < message->count; i++)
        *sum += message->args[i].number;
}

static void ten_thousand_curves_are_read_in_much_less_than_a_second(void **state)
{
    (void)state;
    lts_error err;
    double sum = 0;
    clock_t begun = clock();
    bytes curve = curve_of(1000);
    for (int i = 0; i < 10000; i++)
        assert_ok(osc_parse(curve.data, curve.size, add_up, &sum, &err));
    double took = (double)(clock() - begun) / CLOCKS_PER_SEC;
    print_message("10,000 curves of 1,000 values: %.3f s of processor time\n", took);
    assert_true(sum == 10000 * 499500.0);
#ifndef LTS_SANITIZED
    assert_true(took < 1);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_read),
        cmocka_unit_test(what_liblo_writes_is_read),
        cmocka_unit_test(bundles_are_unwrapped_in_order),
        cmocka_unit_test(what_precedes_a_fault_is_handed_over),
        cmocka_unit_test(faulty_datagrams_are_refused),
        cmocka_unit_test(no_part_of_a_message_is_a_message),
        cmocka_unit_test(long_messages_are_read),
        cmocka_unit_test(short_memory_is_an_error_and_no_leak),
        cmocka_unit_test(ten_thousand_curves_are_read_in_much_less_than_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
