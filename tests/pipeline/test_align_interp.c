/* Morphs of aligned sounds: by the model, and without it. */
#include "testing.h"

#include "lts/interp.h"
#include "pipeline/interp/interp_sounds.h"
#include "tiny_run.h"

#include <math.h>
#include <string.h>

enum { RATE = 44100, HOP = 128, BINS = 384, NOTE = 2 * RATE, BEATS = 5 * RATE };
static const double tau = 6.28318530717959, low = 220; /* Hz, of the lower note */

typedef struct fixture {
    char *folder, *low, *fifth, *noise, *beats[2];
    lts_model *model;
} fixture;

static lts_error err;

static char *save(const fixture *f, const char *name, const float *x, size_t n)
{
    const lts_audio_format format = {.sample_rate = RATE, .bits = LTS_AUDIO_FLOAT};
    char *path = lts_path_join(f->folder, name);
    assert_ok(lts_audio_save(path, x, n, &format, &err));
    return path;
}

static void make_note(double hz, float *x)
{
    for (size_t i = 0; i < NOTE; i++) {
        double sum = 0;
        for (int h = 1; h <= 12; h++)
            sum += sin(tau * h * hz * (double)i / RATE + h * h) / h;
        x[i] = (float)(0.2 * sum);
    }
}

/* Short bursts, every `period` seconds. */
static void make_beats(double period, float *x)
{
    lts_rng rng;
    lts_rng_seed(&rng, 3, 0);
    lts_rng_fill_normal(&rng, x, BEATS);
    for (size_t i = 0; i < BEATS; i++)
        x[i] *= (float)(0.2 * exp(-60 * fmod((double)i / RATE, period)));
}

static int set_up(void **state)
{
    fixture *f = lts_alloc(1, sizeof *f);
    float *x = lts_alloc(BEATS, sizeof *x);
    lts_rng rng;
    f->folder = test_folder();
    f->model = tiny_run(f->folder);
    make_note(low, x);
    f->low = save(f, "low.wav", x, NOTE);
    make_note(1.5 * low, x);
    f->fifth = save(f, "fifth.wav", x, NOTE);
    lts_rng_seed(&rng, 2, 0);
    lts_rng_fill_normal(&rng, x, NOTE);
    for (size_t i = 0; i < NOTE; i++)
        x[i] *= 0.1f;
    f->noise = save(f, "noise.wav", x, NOTE);
    for (int s = 0; s < 2; s++) {
        make_beats(s ? 0.4 : 0.5, x);
        f->beats[s] = save(f, s ? "fast.wav" : "slow.wav", x, BEATS);
    }
    lts_free(x);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    lts_model_destroy(f->model);
    test_folder_remove(f->folder);
    char *const paths[] = {f->low, f->fifth, f->noise, f->beats[0], f->beats[1]};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        lts_free(paths[i]);
    lts_free(f);
    return 0;
}

static lts_interp *open_pair(const fixture *f, char *a, char *b)
{
    lts_interp *interp;
    const lts_source sources[2] = {{a, 0}, {b, 0}};
    assert_ok(lts_interp_open(f->model, sources, 2, -1, 1, &interp, NULL, &err));
    return interp;
}

static void assert_says(const lts_interp *interp, const char *what)
{
    if (!strstr(lts_interp_alignment(interp), what))
        fail_msg("'%s' is not in '%s'", what, lts_interp_alignment(interp));
}

/* Weights (2,T) of alpha; new. */
static float *weights(const lts_interp *interp, double alpha)
{
    const size_t frames = lts_interp_frames(interp);
    float *weight = lts_alloc(2 * frames, sizeof *weight);
    for (size_t t = 0; t < frames; t++) {
        weight[t] = (float)alpha;
        weight[frames + t] = 1 - weight[t];
    }
    return weight;
}

/* The samples along `weight`; new. */
static float *render(lts_interp *interp, const float *weight, bool sample)
{
    lts_render_config config = lts_render_defaults();
    float *x = lts_alloc(lts_interp_samples(interp), sizeof *x);
    config.phase.iterations = 1;
    config.sample = sample;
    assert_ok(lts_interp_render(interp, weight, &config, &(lts_render_output){.x = x}, NULL, &err));
    return x;
}

static void the_ends_are_the_sounds_themselves(void **state)
{
    const fixture *f = *state;
    lts_interp *notes = open_pair(f, f->low, f->fifth);
    lts_interp *beats = open_pair(f, f->beats[0], f->beats[1]);
    lts_interp *const pairs[2] = {notes, beats};
    for (int p = 0; p < 2; p++) {
        const size_t size = lts_interp_samples(pairs[p]) * sizeof(float);
        for (int alpha = 0; alpha < 2; alpha++) {
            float *weight = weights(pairs[p], alpha);
            assert_ok(lts_interp_align(pairs[p], LTS_ALIGNED_NONE, LTS_INTERP_MODEL, NULL, &err));
            assert_string_equal(lts_interp_alignment(pairs[p]), "");
            float *plain = render(pairs[p], weight, alpha);
            assert_ok(lts_interp_align(pairs[p], LTS_ALIGNED_BOTH, LTS_INTERP_MODEL, NULL, &err));
            assert_says(pairs[p], p ? "aligned in time: "
                                    : "aligned in pitch: b lies 7.0 "
                                      "semitones above a in 100 %");
            float *aligned = render(pairs[p], weight, alpha);
            assert_memory_equal(aligned, plain, size);
            lts_free(plain);
            lts_free(aligned);
            lts_free(weight);
        }
        float *weight = weights(pairs[p], 0.5), *aligned = render(pairs[p], weight, false);
        assert_ok(lts_interp_align(pairs[p], LTS_ALIGNED_NONE, LTS_INTERP_MODEL, NULL, &err));
        float *plain = render(pairs[p], weight, false);
        assert_memory_not_equal(aligned, plain, size);
        lts_free(plain);
        lts_free(aligned);
        lts_free(weight);
        lts_interp_close(pairs[p]);
    }
}

/* The frequency near `hz` of half a second in the midst of x, by a correlation with sinusoids. */
static double frequency(const float *x, double hz)
{
    enum { COUNT = RATE / 2 };
    double best = 0, found = 0;
    for (int cents = -80; cents <= 80; cents++) {
        const double w = tau * hz * exp2(cents / 1200.0) / RATE;
        double re = 0, im = 0;
        for (int i = 0; i < COUNT; i++) {
            const double y = x[NOTE / 2 + i] * (1 - cos(tau * i / COUNT));
            re += y * cos(w * i);
            im += y * sin(w * i);
        }
        if (hypot(re, im) > best) {
            best = hypot(re, im);
            found = w * RATE / tau;
        }
    }
    return found;
}

static void a_note_glides_to_its_fifth(void **state)
{
    const fixture *f = *state;
    lts_interp *interp = open_pair(f, f->low, f->fifth);
    const double samples = (double)NOTE;
    for (int method = LTS_INTERP_SHIFT; method <= LTS_INTERP_TRANSPORT; method++) {
        assert_ok(
            lts_interp_align(interp, LTS_ALIGNED_AUTO, (lts_interp_method)method, NULL, &err));
        assert_says(interp, method == LTS_INTERP_SHIFT ? "mixed by shift, aligned in pitch: b lies "
                                                         "7.0 semitones above a"
                                                       : "mixed by transport, not aligned");
        for (double alpha = 0.25; alpha < 1; alpha += 0.25) {
            float *weight = weights(interp, alpha), *x = render(interp, weight, false);
            const double expected = low * pow(1.5, 1 - alpha), hz = frequency(x, expected);
            double power = 0;
            for (size_t i = 0; i < NOTE; i++)
                power += (double)x[i] * x[i];
            print_message("method %d, alpha %.2f: %.1f cents off, RMS %.3f\n", method, alpha,
                          1200 * log2(hz / expected), sqrt(power / samples));
            assert_true(fabs(1200 * log2(hz / expected)) < 10);
            assert_true(sqrt(power / samples) > 0.1);
            lts_free(weight);
            lts_free(x);
        }
    }
    lts_interp_close(interp);
}

/* The latents of each sound too: a partial of both stands at the pitch between when they are
 * encoded. */
static void sounds_meet_at_the_pitch_between(void **state)
{
    const fixture *f = *state;
    lts_interp *interp = open_pair(f, f->low, f->fifth);
    lts_mixture mixture;
    float *weight = weights(interp, 0.25), row[BINS];
    assert_ok(lts_interp_align(interp, LTS_ALIGNED_PITCH, LTS_INTERP_MODEL, NULL, &err));
    assert_ok(interp_mixture(interp, weight, false, &mixture, NULL, &err));
    const interp_alignment *a = interp->alignment;
    double top[2], moved[2];
    lts_align_meet(a->course.shift[300], 0.25, &moved[0], &moved[1]);
    for (size_t s = 0; s < 2; s++) {
        float frame[BINS];
        interp_course_read(interp, &a->course, s, 300, frame);
        lts_align_move(frame, BINS, moved[s], row);
        size_t peak = 0;
        for (size_t k = 1; k < BINS; k++)
            peak = row[k] > row[peak] ? k : peak;
        top[s] = (double)peak;
    }
    assert_true(fabs(top[0] - top[1]) <= 1);
    lts_free(weight);
    lts_interp_close(interp);
}

static void noise_and_a_note_are_not_aligned(void **state)
{
    const fixture *f = *state;
    lts_interp *interp = open_pair(f, f->noise, f->low);
    float *weight = weights(interp, 0.5), *plain = render(interp, weight, false);
    assert_ok(lts_interp_align(interp, LTS_ALIGNED_AUTO, LTS_INTERP_MODEL, NULL, &err));
    assert_string_equal(lts_interp_alignment(interp), "not aligned: nothing is gained by it");
    float *aligned = render(interp, weight, false);
    assert_memory_equal(aligned, plain, NOTE * sizeof *plain);
    lts_free(plain);
    lts_free(aligned);
    lts_free(weight);
    lts_interp_close(interp);
}

/* Rows of a path as they come in pieces of `step` frames, beginning at `first`. */
static float *ask(const lts_interp *interp, const lts_mixture *mixture, size_t s, size_t first,
                  size_t step)
{
    const size_t frames = mixture->frames, columns = interp_latent(interp);
    float *mean = lts_alloc(frames * columns, sizeof *mean);
    float *spread = lts_alloc(frames * columns, sizeof *spread);
    for (size_t t = first, count; t < frames; t += count) {
        count = frames - t < step ? frames - t : step;
        assert_ok(mixture->path(mixture->path_user, s, t, count, mean + t * columns,
                                spread + t * columns, &err));
    }
    lts_free(spread);
    return mean;
}

static void latents_do_not_depend_on_blocks(void **state)
{
    const fixture *f = *state;
    lts_interp *interp = open_pair(f, f->beats[0], f->beats[1]);
    float *weight = weights(interp, 0.4);
    lts_mixture mixture;
    assert_ok(lts_interp_align(interp, LTS_ALIGNED_TIME, LTS_INTERP_MODEL, NULL, &err));
    assert_ok(interp_mixture(interp, weight, true, &mixture, NULL, &err));
    const size_t columns = interp_latent(interp), first = 333;
    for (size_t s = 0; s < 2; s++) {
        float *whole = ask(interp, &mixture, s, 0, 128), *pieces = ask(interp, &mixture, s, 0, 77);
        float *later = ask(interp, &mixture, s, first, 256);
        assert_memory_equal(pieces, whole, mixture.frames * columns * sizeof *whole);
        assert_memory_equal(later + first * columns, whole + first * columns,
                            (mixture.frames - first) * columns * sizeof *whole);
        lts_free(whole);
        lts_free(pieces);
        lts_free(later);
    }
    lts_free(weight);
    lts_interp_close(interp);
}

/* When in the morph sound s is heard at `seconds`; below 0 when it is not. */
static double heard_at(const interp_course *course, size_t frames, size_t s, double seconds)
{
    const double at = seconds * RATE / HOP, *position = course->position[s];
    for (size_t t = 1; t < frames; t++)
        if (position[t - 1] <= at && at < position[t])
            return ((double)(t - 1) + (at - position[t - 1]) / (position[t] - position[t - 1])) *
                   HOP / RATE;
    return -1;
}

static void beats_of_two_tempi_fall_together(void **state)
{
    const fixture *f = *state;
    lts_interp *interp = open_pair(f, f->beats[0], f->beats[1]);
    const size_t frames = lts_interp_frames(interp);
    assert_ok(lts_interp_align(interp, LTS_ALIGNED_AUTO, LTS_INTERP_MODEL, NULL, &err));
    assert_says(interp, "aligned in time: ");
    for (double alpha = 0.25; alpha < 1; alpha += 0.25) {
        float *weight = weights(interp, alpha);
        interp_course course = {0};
        double worst = 0;
        assert_ok(interp_course_create(interp, weight, &course, &err));
        for (int beat = 1; beat <= 9; beat++) {
            const double a = heard_at(&course, frames, 0, 0.5 * beat);
            const double b = heard_at(&course, frames, 1, 0.4 * beat);
            if (a >= 0 && b >= 0)
                worst = fmax(worst, fabs(a - b));
            assert_true(beat > 7 || (a >= 0 && b >= 0));
        }
        print_message("alpha %.2f: beats within %.1f ms\n", alpha, 1000 * worst);
        assert_true(worst < 0.01);
        interp_course_free(&course);
        lts_free(weight);
    }
    lts_interp_close(interp);
}

/* The second sound has a beat more left when the first is at its end: it alone is heard then. */
static void a_sound_that_has_ended_gives_its_weight_away(void **state)
{
    const fixture *f = *state;
    lts_interp *interp = open_pair(f, f->beats[0], f->beats[1]);
    const size_t frames = lts_interp_frames(interp);
    float *weight = weights(interp, 0.5);
    interp_course course = {0};
    size_t given = 0;
    assert_ok(lts_interp_align(interp, LTS_ALIGNED_TIME, LTS_INTERP_MODEL, NULL, &err));
    assert_ok(interp_course_create(interp, weight, &course, &err));
    for (size_t t = 0; t < frames; t++) {
        assert_true(fabs(course.weight[t] + course.weight[frames + t] - 1) < 1e-6);
        for (int s = 0; s < 2; s++) {
            assert_true(course.position[s][t] >= 0);
            assert_true(course.position[s][t] <= (double)(frames - 1));
            given += course.weight[s * frames + t] == 1;
        }
    }
    assert_true(given > 0);
    interp_course_free(&course);
    lts_free(weight);
    lts_interp_close(interp);
}

static void a_retake_is_the_new_curve(void **state)
{
    const fixture *f = *state;
    lts_interp *interp = open_pair(f, f->beats[0], f->beats[1]);
    const size_t frames = lts_interp_frames(interp), n = lts_interp_samples(interp);
    float *before = weights(interp, 0.3), *after = weights(interp, 0.3), *x;
    float *all = weights(interp, 0.8);
    lts_render_config config = lts_render_defaults();
    size_t first, count;
    config.phase.iterations = 1;
    for (size_t t = frames * 3 / 4; t < frames; t++) {
        after[t] = 0.6f;
        after[frames + t] = 0.4f;
    }
    assert_ok(lts_interp_align(interp, LTS_ALIGNED_TIME, LTS_INTERP_MODEL, NULL, &err));
    float *old = render(interp, before, false), *fresh = render(interp, after, false);
    x = lts_alloc(n, sizeof *x);
    memcpy(x, old, n * sizeof *x);
    assert_ok(lts_interp_retake(interp, before, before, &config, x, &first, &count, NULL, &err));
    assert_int_equal(count, 0);
    assert_ok(lts_interp_retake(interp, after, before, &config, x, &first, &count, NULL, &err));
    assert_true(first > 0 && count > 0 && first + count == n);
    assert_memory_equal(x, old, first * sizeof *x);

    /* It is as near to the magnitudes of the new curve as the fresh one. */
    lts_mixture mixture;
    lts_renderer *renderer = lts_interp_renderer(interp);
    const size_t from = first / HOP, left = frames - from;
    float *wanted = lts_alloc(frames * BINS, sizeof *wanted);
    float *found = lts_alloc(frames * BINS, sizeof *found);
    assert_ok(interp_mixture(interp, after, false, &mixture, NULL, &err));
    assert_ok(lts_renderer_magnitudes(renderer, &mixture, &config, wanted, &err));
    double convergence[3];
    float *const takes[3] = {x, fresh, old};
    for (int i = 0; i < 3; i++) {
        lts_renderer_analyse(renderer, takes[i], n, found);
        convergence[i] =
            lts_spectral_convergence(found + from * BINS, wanted + from * BINS, left, BINS);
    }
    print_message("retaken %.4f, rendered %.4f, left as it was %.4f\n", convergence[0],
                  convergence[1], convergence[2]);
    assert_true(convergence[0] < 1.05 * convergence[1]);
    assert_true(convergence[0] < convergence[2]);

    /* All of it anew is a rendering. */
    float *whole = render(interp, all, false);
    assert_ok(lts_interp_retake(interp, all, after, &config, x, &first, &count, NULL, &err));
    assert_int_equal(count, n);
    assert_memory_equal(x, whole, n * sizeof *x);

    /* Weights alike, but the onsets elsewhere: what stands elsewhere is changed. */
    float *changed = lts_alloc(2 * frames, sizeof *changed);
    assert_ok(interp_mixture(interp, after, false, &mixture, NULL, &err));
    assert_ok(interp_aligned_before(interp, after, changed, &err));
    assert_memory_equal(changed, mixture.weight, 2 * frames * sizeof *changed);
    assert_ok(interp_aligned_before(interp, before, changed, &err));
    assert_true(changed[frames / 2] == mixture.weight[frames / 2]);
    assert_true(isnan(changed[frames * 3 / 4 + 1]));
    float *const buffers[] = {before, after, all, old, fresh, x, wanted, found, whole, changed};
    for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++)
        lts_free(buffers[i]);
    lts_interp_close(interp);
}

static void wrong_requests_are_refused(void **state)
{
    const fixture *f = *state;
    lts_interp *three, *two = open_pair(f, f->low, f->fifth);
    const lts_source sources[3] = {{f->low, 0}, {f->fifth, 0}, {f->noise, 0}};
    assert_ok(lts_interp_open(f->model, sources, 3, 0.2, 1, &three, NULL, &err));
    assert_status(lts_interp_align(three, LTS_ALIGNED_PITCH, LTS_INTERP_MODEL, NULL, &err),
                  LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "are for two sounds, not 3"));
    assert_status(lts_interp_align(three, LTS_ALIGNED_NONE, LTS_INTERP_SHIFT, NULL, &err),
                  LTS_ERR_ARGUMENT);
    assert_ok(lts_interp_align(three, LTS_ALIGNED_AUTO, LTS_INTERP_MODEL, NULL, &err));
    assert_says(three, "not aligned: ");
    assert_status(lts_interp_align(two, LTS_ALIGNED_BOTH, LTS_INTERP_TRANSPORT, NULL, &err),
                  LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "transport moves partials itself"));

    float *weight = weights(two, 0.5), x[1];
    const lts_render_config config = lts_render_defaults();
    size_t first, count;
    assert_ok(lts_interp_align(two, LTS_ALIGNED_NONE, LTS_INTERP_SHIFT, NULL, &err));
    assert_status(lts_interp_retake(two, weight, weight, &config, x, &first, &count, NULL, &err),
                  LTS_ERR_ARGUMENT);
    lts_free(weight);
    lts_interp_close(two);
    lts_interp_close(three);
}

static void keep_text(void *user, lts_level level, const char *text)
{
    (void)level;
    if (strstr(text, "aligned"))
        snprintf(user, 200, "%s", text);
}

/* A set of the originals' form, aligned when that is asked for. */
static void a_batch_is_aligned_when_asked(void **state)
{
    const fixture *f = *state;
    const lts_source fixed[2] = {{f->low, 0}, {f->fifth, 0}};
    char text[200] = "", *bytes[2];
    const lts_reporter reporter = {.user = text, .message = keep_text};
    size_t size[2];
    for (int how = LTS_ALIGNED_NONE; how <= LTS_ALIGNED_PITCH; how++) {
        char *run = lts_format("%s/batch-%d", f->folder, how);
        lts_interp_batch batch = {.run = run,
                                  .audio_folder = f->folder,
                                  .fixed = fixed,
                                  .length = 0.3,
                                  .from = 0.5,
                                  .to = 0.5,
                                  .step = 1,
                                  .threads = 1,
                                  .render = lts_render_defaults(),
                                  .output = {.bits = LTS_AUDIO_FLOAT},
                                  .align = (lts_alignment)how};
        assert_ok(lts_interp_run_batch(f->model, &batch, &reporter, &err));
        char *file = lts_format("%s/audio_examples_interpolations/fixed/"
                                " 0-x_interpolations_0.5.wav",
                                run);
        bytes[how] = test_read(file, &size[how]);
        lts_free(file);
        lts_free(run);
        assert_true((how == LTS_ALIGNED_NONE) == (text[0] == 0));
    }
    assert_non_null(strstr(text, "fixed: aligned in pitch: b lies 7.0 semitones above a"));
    assert_true(size[0] != size[1] || memcmp(bytes[0], bytes[1], size[0]) != 0);
    lts_free(bytes[0]);
    lts_free(bytes[1]);
}

static bool always(void *user)
{
    (void)user;
    return true;
}

static void it_can_be_cancelled(void **state)
{
    const fixture *f = *state;
    const lts_reporter reporter = {.cancelled = always};
    lts_interp *interp = open_pair(f, f->low, f->fifth);
    float *weight = weights(interp, 0.5), *plain = render(interp, weight, false);
    assert_status(lts_interp_align(interp, LTS_ALIGNED_BOTH, LTS_INTERP_MODEL, &reporter, &err),
                  LTS_ERR_CANCELLED);
    assert_string_equal(lts_interp_alignment(interp), "");
    float *after = render(interp, weight, false);
    assert_memory_equal(after, plain, NOTE * sizeof *plain);
    lts_free(weight);
    lts_free(plain);
    lts_free(after);
    lts_interp_close(interp);
}

static void memory_may_run_short(void **state)
{
    const fixture *f = *state;
    lts_interp *interp;
    const lts_source sources[2] = {{f->low, 0}, {f->fifth, 0}};
    assert_ok(lts_interp_open(f->model, sources, 2, 0.3, 1, &interp, NULL, &err));
    for (int method = LTS_INTERP_MODEL; method <= LTS_INTERP_SHIFT; method++) {
        test_fail_allocation(0);
        assert_ok(
            lts_interp_align(interp, LTS_ALIGNED_BOTH, (lts_interp_method)method, NULL, &err));
        const size_t most = test_fail_allocation(0);
        assert_true(most > 10);
        for (size_t i = 1; i <= most; i++) {
            test_fail_allocation(i);
            lts_status status =
                lts_interp_align(interp, LTS_ALIGNED_BOTH, (lts_interp_method)method, NULL, &err);
            test_fail_allocation(0);
            assert_status(status, LTS_ERR_MEMORY);
            assert_null(interp->alignment);
        }
    }
    lts_interp_close(interp);
}

static void names_go_both_ways(void **state)
{
    (void)state;
    lts_alignment how;
    for (int i = 0; lts_alignment_text(i); i++) {
        assert_true(lts_parse_alignment(lts_alignment_text(i), &how));
        assert_int_equal(how, i);
    }
    assert_false(lts_parse_alignment("Pitch", &how));
    assert_false(lts_parse_alignment("", &how));
    assert_false(lts_parse_alignment(NULL, &how));
    assert_null(lts_alignment_text(-1));
    assert_null(lts_alignment_text(LTS_ALIGNED_AUTO + 1));
}

/* [render] align, and what leaves it open. */
static void settings_name_an_alignment(void **state)
{
    const fixture *f = *state;
    lts_config config;
    static const char *const sets[] = {"render.align=both"};
    static const char *const preset[] = {"model.preset=original-pytorch"};
    static const char *const wrong[] = {"render.align=everything"};
    assert_ok(lts_config_load(NULL, NULL, 0, &config, NULL, &err));
    assert_int_equal(lts_config_alignment(&config, LTS_ALIGNED_AUTO), LTS_ALIGNED_AUTO);
    lts_config_free(&config);
    assert_ok(lts_config_load(NULL, sets, 1, &config, NULL, &err));
    assert_int_equal(lts_config_alignment(&config, LTS_ALIGNED_AUTO), LTS_ALIGNED_BOTH);
    lts_config_free(&config);
    assert_ok(lts_config_load(NULL, preset, 1, &config, NULL, &err));
    assert_int_equal(lts_config_alignment(&config, LTS_ALIGNED_AUTO), LTS_ALIGNED_NONE);
    lts_config_free(&config);
    assert_status(lts_config_load(NULL, wrong, 1, &config, NULL, &err), LTS_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "default, none, pitch, time, both or auto"));

    static const char original[] = "[audio]\nsampling_rate = 44100\n[VAE]\ndevice = 0\n";
    char *path = lts_path_join(f->folder, "theirs.ini");
    test_write(path, original, sizeof original - 1);
    assert_ok(lts_config_load(path, NULL, 0, &config, NULL, &err));
    assert_int_not_equal(config.origin, LTS_ORIGIN_OWN);
    assert_int_equal(lts_config_alignment(&config, LTS_ALIGNED_AUTO), LTS_ALIGNED_NONE);
    lts_config_free(&config);
    assert_ok(lts_config_load(path, sets, 1, &config, NULL, &err));
    assert_int_equal(lts_config_alignment(&config, LTS_ALIGNED_AUTO), LTS_ALIGNED_BOTH);
    lts_config_free(&config);
    lts_free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ends_are_the_sounds_themselves),
        cmocka_unit_test(a_note_glides_to_its_fifth),
        cmocka_unit_test(sounds_meet_at_the_pitch_between),
        cmocka_unit_test(noise_and_a_note_are_not_aligned),
        cmocka_unit_test(latents_do_not_depend_on_blocks),
        cmocka_unit_test(beats_of_two_tempi_fall_together),
        cmocka_unit_test(a_sound_that_has_ended_gives_its_weight_away),
        cmocka_unit_test(a_retake_is_the_new_curve),
        cmocka_unit_test(wrong_requests_are_refused),
        cmocka_unit_test(a_batch_is_aligned_when_asked),
        cmocka_unit_test(it_can_be_cancelled),
        cmocka_unit_test(memory_may_run_short),
        cmocka_unit_test(names_go_both_ways),
        cmocka_unit_test(settings_name_an_alignment),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
