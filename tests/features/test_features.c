/* Kinds of features: their settings, and what a model's notes and a data set's states say of them.
 */
#include "testing.h"

#include "lts/features.h"
#include "lts/model.h"

#include <string.h>

static lts_error err;

/* Notes that can be looked up, as a model has them. */
typedef struct notes {
    lts_feature_note note[LTS_FEATURE_NOTES];
    size_t count;
} notes;

static const char *look_up(const void *user, const char *key)
{
    const notes *n = user;
    for (size_t i = 0; i < n->count; i++)
        if (strcmp(n->note[i].key, key) == 0)
            return n->note[i].value;
    return NULL;
}

static notes notes_of(const lts_feature *feature)
{
    notes n;
    n.count = lts_feature_notes(feature, n.note);
    return n;
}

static void drop(notes *n, size_t at)
{
    memmove(&n->note[at], &n->note[at + 1], (n->count - at - 1) * sizeof *n->note);
    n->count--;
}

static void every_kind_has_defaults_that_pass_its_check(void **state)
{
    (void)state;
    int kind = 0;
    for (; lts_feature_kind_text(kind); kind++) {
        const lts_feature feature = lts_feature_defaults((lts_feature_kind)kind);
        char shape[LTS_FEATURE_SHAPE_TEXT];
        assert_int_equal(feature.kind, kind);
        assert_ok(lts_feature_check(&feature, &err));
        assert_int_equal(lts_feature_floats(&feature),
                         lts_feature_rows(&feature) * lts_feature_columns(&feature));
        assert_true(lts_feature_floats(&feature) > 0 && lts_feature_sample_rate(&feature) > 0);
        lts_feature_shape_text(&feature, shape);
        assert_true(shape[0] != '\0');
        assert_true(lts_feature_equal(&feature, &feature));
    }
    assert_true(kind > 0);
    assert_null(lts_feature_kind_text(-1));
}

static void a_cqt_frame_is_one_row_of_the_transforms_bins(void **state)
{
    (void)state;
    const lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    char shape[LTS_FEATURE_SHAPE_TEXT];
    assert_string_equal(lts_feature_kind_text(LTS_FEATURE_CQT), "cqt");
    assert_int_equal(lts_feature_rows(&feature), 1);
    assert_int_equal(lts_feature_columns(&feature), 384);
    assert_int_equal(lts_feature_hop(&feature), 128);
    assert_true(lts_feature_sample_rate(&feature) == 44100);
    assert_int_equal(lts_feature_count(&feature, 1280), lts_cqt_frames(&feature.cqt, 1280));
    /* The lowest filter, of quality 69.2 at 32.7 Hz, reaches 1.06 s to either side. */
    const size_t context = lts_feature_context(&feature);
    assert_int_equal(context % 128, 0);
    assert_true(context > 46700 && context < 46700 + 3 * 128);
    lts_feature_shape_text(&feature, shape);
    assert_string_equal(shape, "8 octaves x 48");
}

static void the_check_names_what_is_wrong(void **state)
{
    (void)state;
    lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    feature.cqt.hop = 0;
    assert_status(lts_feature_check(&feature, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "hop"));
    feature = lts_feature_defaults(LTS_FEATURE_CQT);
    feature.cqt.octaves = 60;
    assert_status(lts_feature_check(&feature, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "octaves"));
    feature.kind = (lts_feature_kind)99;
    assert_status(lts_feature_check(&feature, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "kind 99"));
}

static void settings_are_read_and_written_by_their_rows(void **state)
{
    (void)state;
    for (int kind = 0; lts_feature_kind_text(kind); kind++) {
        const lts_feature_setting *setting;
        const lts_feature standard = lts_feature_defaults((lts_feature_kind)kind);
        size_t count = 0;
        for (; (setting = lts_feature_setting_at((lts_feature_kind)kind, count)); count++) {
            lts_feature changed = standard;
            const double was = lts_feature_get(&standard, setting);
            assert_ok(lts_feature_set(&changed, setting, was + 1, &err));
            assert_true(lts_feature_get(&changed, setting) == was + 1);
            assert_false(lts_feature_equal(&changed, &standard));
            if (!setting->whole)
                continue;
            assert_status(lts_feature_set(&changed, setting, 1.5, &err), LTS_ERR_FORMAT);
            assert_non_null(strstr(err.text, setting->name));
            assert_status(lts_feature_set(&changed, setting, 0, &err), LTS_ERR_FORMAT);
            assert_true(lts_feature_get(&changed, setting) == was + 1);
        }
        assert_true(count > 0 && count < LTS_FEATURE_NOTES);
    }
}

static void states_of_data_sets_keep_their_line(void **state)
{
    (void)state;
    const lts_feature feature = {.kind = LTS_FEATURE_CQT, .cqt = {22050.5, 64, 12, 5, 65.4}};
    char text[LTS_FEATURE_TEXT];
    lts_feature_describe(&feature, text);
    assert_string_equal(text, "cqt 1, sample_rate 22050.5, hop_length 64, bins_per_octave 12, "
                              "num_octaves 5, fmin 65.4");
}

static void notes_come_back_bit_for_bit(void **state)
{
    (void)state;
    for (int kind = 0; lts_feature_kind_text(kind); kind++) {
        const lts_feature feature = lts_feature_defaults((lts_feature_kind)kind);
        const notes n = notes_of(&feature);
        lts_feature back;
        assert_string_equal(look_up(&n, "feature.kind"), lts_feature_kind_text(kind));
        assert_ok(lts_feature_from_notes(look_up, &n, &back, &err));
        assert_true(lts_feature_equal(&back, &feature));
    }
}

static void notes_of_0_1_0_tell_of_cqt(void **state)
{
    (void)state;
    static const notes old = {.note = {{"audio.sample_rate", "22050"},
                                       {"audio.hop_length", "256"},
                                       {"audio.bins_per_octave", "24"},
                                       {"audio.num_octaves", "6"},
                                       {"audio.fmin", "55"}},
                              .count = 5};
    const lts_feature expected = {.kind = LTS_FEATURE_CQT, .cqt = {22050, 256, 24, 6, 55}};
    lts_feature feature;
    assert_ok(lts_feature_from_notes(look_up, &old, &feature, &err));
    assert_true(lts_feature_equal(&feature, &expected));
}

static void an_unknown_kind_is_refused(void **state)
{
    (void)state;
    lts_feature feature = lts_feature_defaults(LTS_FEATURE_CQT);
    notes n = notes_of(&feature);
    snprintf(n.note[0].value, sizeof n.note[0].value, "cochleagram");
    assert_status(lts_feature_from_notes(look_up, &n, &feature, &err), LTS_ERR_FORMAT);
    assert_non_null(strstr(err.text, "feature.kind = cochleagram"));
    assert_non_null(strstr(err.text, "this version knows cqt"));
    assert_non_null(strstr(err.text, "use the version that trained the model"));
    assert_null(strchr(err.text, '\n'));
}

static void a_note_that_is_missing_or_wrong_is_named(void **state)
{
    (void)state;
    const lts_feature standard = lts_feature_defaults(LTS_FEATURE_CQT);
    const notes all = notes_of(&standard);
    for (size_t i = 1; i < all.count; i++) {
        lts_feature feature;
        notes n = all;
        drop(&n, i);
        assert_status(lts_feature_from_notes(look_up, &n, &feature, &err), LTS_ERR_NOT_FOUND);
        assert_non_null(strstr(err.text, all.note[i].key));
        n = all;
        snprintf(n.note[i].value, sizeof n.note[i].value, "many");
        assert_status(lts_feature_from_notes(look_up, &n, &feature, &err), LTS_ERR_FORMAT);
        assert_non_null(strstr(err.text, all.note[i].key));
    }
}

static void a_model_knows_its_feature(void **state)
{
    (void)state;
    const lts_feature standard = lts_feature_defaults(LTS_FEATURE_CQT), *feature;
    char *folder = test_folder(), *path = lts_path_join(folder, "a.safetensors");
    lts_model_config config = original_model();
    lts_model *fresh, *model;
    config.units = 4;
    config.latent = 2;
    assert_ok(lts_model_create(&config, 1, &fresh, &err));
    assert_status(lts_model_feature(fresh, &feature, &err), LTS_ERR_NOT_FOUND);
    assert_null(feature);

    for (int unknown = 0; unknown < 2; unknown++) {
        notes n = notes_of(&standard);
        lts_model_note note[LTS_FEATURE_NOTES];
        if (unknown)
            snprintf(n.note[0].value, sizeof n.note[0].value, "cochleagram");
        for (size_t i = 0; i < n.count; i++)
            note[i] = (lts_model_note){n.note[i].key, n.note[i].value};
        assert_ok(lts_model_save(fresh, path, note, n.count, &err));
        assert_ok(lts_model_load(path, &model, &err));
        if (unknown) {
            assert_status(lts_model_feature(model, &feature, &err), LTS_ERR_FORMAT);
            assert_non_null(strstr(err.text, "cochleagram"));
        } else {
            assert_ok(lts_model_feature(model, &feature, &err));
            assert_true(lts_feature_equal(feature, &standard));
        }
        lts_model_destroy(model);
    }
    lts_model_destroy(fresh);
    lts_free(path);
    test_folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_has_defaults_that_pass_its_check),
        cmocka_unit_test(a_cqt_frame_is_one_row_of_the_transforms_bins),
        cmocka_unit_test(the_check_names_what_is_wrong),
        cmocka_unit_test(settings_are_read_and_written_by_their_rows),
        cmocka_unit_test(states_of_data_sets_keep_their_line),
        cmocka_unit_test(notes_come_back_bit_for_bit),
        cmocka_unit_test(notes_of_0_1_0_tell_of_cqt),
        cmocka_unit_test(an_unknown_kind_is_refused),
        cmocka_unit_test(a_note_that_is_missing_or_wrong_is_named),
        cmocka_unit_test(a_model_knows_its_feature),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
