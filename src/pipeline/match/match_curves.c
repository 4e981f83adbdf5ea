#include "lts/formats.h"
#include "match/spectral_distance.h"
#include "pipeline/match/matcher.h"

#include <math.h>
#include <string.h>

static const double silence = 1e-3; /* of the loudest window, 60 dB below it */
static const double loudest = 10;   /* gain over that of the loudest blocks, 20 dB */

typedef struct curves {
    lts_matcher *m;
    double rate;
    float *x, *y;        /* (n) the sound and its match */
    size_t n, hop, rows; /* hop: samples of a block */
    float *window;       /* (N) */
    double *values;      /* (rows,P) */
    double *gain;        /* (rows) of each block of y */
} curves;

static double rms(const float *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return sqrt(sum / (double)n);
}

static size_t block_length(const curves *c, size_t row)
{
    const size_t first = row * c->hop;
    return first + c->hop < c->n ? c->hop : c->n - first;
}

/* --- Windows -----------------------------------------------------------------------------------
 */

static void cut_window(curves *c, size_t row)
{
    const size_t first = row * c->hop, left = c->n - first;
    const size_t taken = left < c->m->samples ? left : c->m->samples;
    memcpy(c->window, c->x + first, taken * sizeof *c->window);
    memset(c->window + taken, 0, (c->m->samples - taken) * sizeof *c->window);
}

static lts_status match_window(curves *c, size_t row, const lts_match_options *options,
                               const lts_reporter *reporter, lts_error *err)
{
    lts_match match;
    const double gain = matcher_gain(c->m, c->window);
    for (size_t i = 0; i < c->m->samples; i++)
        c->window[i] *= (float)gain;
    lts_status status = lts_match_sound(c->m, c->window, options, reporter, &match, err);
    if (status != LTS_OK)
        return status;
    memcpy(c->values + row * c->m->parameters, match.values,
           c->m->parameters * sizeof *match.values);
    lts_match_free(&match);
    return LTS_OK;
}

/* The values of every window; silent ones at the beginning have those of the first that is not. */
static lts_status match_windows(curves *c, const char *name, const lts_match_options *options,
                                const lts_reporter *reporter, lts_error *err)
{
    const size_t width = c->m->parameters * sizeof *c->values;
    lts_reporter within = reporter ? *reporter : (lts_reporter){0};
    within.progress = NULL;
    double peak = 0;
    size_t heard = c->rows; /* the first window that is not silent */
    for (size_t row = 0; row < c->rows; row++) {
        cut_window(c, row);
        peak = fmax(peak, rms(c->window, c->m->samples));
    }
    if (!(peak > 0))
        return lts_fail(err, LTS_ERR_ARGUMENT, "%s: silent: there is nothing to match", name);
    for (size_t row = 0; row < c->rows; row++) {
        double *values = c->values + row * c->m->parameters;
        if (lts_cancelled(reporter))
            return lts_fail(err, LTS_ERR_CANCELLED, "%s: stopped after %zu of %zu windows", name,
                            row, c->rows);
        cut_window(c, row);
        if (rms(c->window, c->m->samples) > silence * peak) {
            lts_status status = match_window(c, row, options, &within, err);
            if (status != LTS_OK)
                return status;
            heard = heard < row ? heard : row;
        } else if (heard < row) {
            memcpy(values, values - c->m->parameters, width);
        }
        lts_progress(reporter, "windows", (double)(row + 1), (double)c->rows, 0);
    }
    for (size_t row = 0; row < heard; row++)
        memcpy(c->values + row * c->m->parameters, c->values + heard * c->m->parameters, width);
    return LTS_OK;
}

/* --- The voice -------------------------------------------------------------------------------- */

/* An envelope that stands open: the level is followed by itself. */
static void open_envelope(const lts_synth_space *space, double *values)
{
    static const char *const quick[] = {"attack", "decay", "release"};
    double least, most;
    for (size_t i = 0; i < sizeof quick / sizeof *quick; i++) {
        const size_t p = lts_synth_space_find(space, quick[i]);
        if (p == lts_synth_space_count(space))
            continue;
        lts_synth_space_limits(space, p, &least, &most);
        values[p] = least;
    }
    const size_t sustain = lts_synth_space_find(space, "sustain");
    if (sustain < lts_synth_space_count(space))
        values[sustain] = 1;
}

/* The gain of each block of y that makes it as loud as that of x. */
static void find_gains(curves *c)
{
    double most_x = 0, most_y = 0;
    for (size_t row = 0; row < c->rows; row++) {
        const size_t first = row * c->hop, length = block_length(c, row);
        most_x = fmax(most_x, rms(c->x + first, length));
        most_y = fmax(most_y, rms(c->y + first, length));
    }
    const double limit = most_y > 0 ? loudest * most_x / most_y : 0;
    for (size_t row = 0; row < c->rows; row++) {
        const size_t first = row * c->hop, length = block_length(c, row);
        const double of_x = rms(c->x + first, length), of_y = rms(c->y + first, length);
        c->gain[row] = of_y * limit > of_x ? of_x / of_y : limit;
    }
}

/* From the middle of a block to that of the next in a straight line. */
static void apply_gains(curves *c)
{
    for (size_t i = 0; i < c->n; i++) {
        const double place = fmax(((double)i + 0.5) / (double)c->hop - 0.5, 0);
        const size_t row = (size_t)place < c->rows ? (size_t)place : c->rows - 1;
        const size_t next = row + 1 < c->rows ? row + 1 : row;
        const double share = place - (double)row;
        c->y[i] *= (float)(c->gain[row] + share * (c->gain[next] - c->gain[row]));
    }
}

static lts_status play(curves *c, lts_error *err)
{
    const size_t parameters = c->m->parameters;
    double *values = NULL;
    lts_synth_voice *voice = NULL;
    lts_status status = lts_synth_voice_create(c->m->space, 0, &voice, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&values, parameters, sizeof *values, "a match", err);
    if (status != LTS_OK)
        goto done;
    lts_synth_voice_key(voice, true);
    for (size_t row = 0; row < c->rows; row++) {
        memcpy(values, c->values + row * parameters, parameters * sizeof *values);
        open_envelope(c->m->space, values);
        lts_synth_voice_process(voice, values, c->y + row * c->hop, block_length(c, row));
    }
    find_gains(c);
    apply_gains(c);
done:
    lts_synth_voice_destroy(voice);
    lts_free(values);
    return status;
}

/* --- Files -------------------------------------------------------------------------------------
 */

static lts_status save_array(const curves *c, const char *path, lts_error *err)
{
    const size_t parameters = c->m->parameters, columns = 2 + parameters;
    float *row = NULL;
    lts_npy_writer *writer = NULL;
    lts_status status = lts_alloc_checked(&row, columns, sizeof *row, path, err);
    if (status == LTS_OK)
        status = lts_npy_writer_open(path, columns, &writer, err);
    for (size_t r = 0; status == LTS_OK && r < c->rows; r++) {
        row[0] = (float)((double)(r * c->hop) / c->rate);
        row[1] = (float)c->gain[r];
        for (size_t p = 0; p < parameters; p++)
            row[2 + p] = (float)c->values[r * parameters + p];
        status = lts_npy_writer_append(writer, row, 1, err);
    }
    if (status == LTS_OK)
        status = lts_npy_writer_commit(writer, err);
    else
        lts_npy_writer_abort(writer);
    lts_free(row);
    return status;
}

static void print_number(FILE *stream, double value)
{
    char number[LTS_NUMBER_TEXT];
    lts_number_text(number, value);
    fprintf(stream, ",%s", number);
}

static lts_status save_text(const curves *c, const char *path, lts_error *err)
{
    const size_t parameters = c->m->parameters;
    lts_outfile *file;
    lts_status status = lts_outfile_open(path, &file, err);
    if (status != LTS_OK)
        return status;
    FILE *stream = lts_outfile_stream(file);
    fputs("time,level", stream);
    for (size_t p = 0; p < parameters; p++)
        fprintf(stream, ",%s", lts_synth_space_at(c->m->space, p).name);
    for (size_t r = 0; r < c->rows; r++) {
        char number[LTS_NUMBER_TEXT];
        lts_number_text(number, (double)(r * c->hop) / c->rate);
        fprintf(stream, "\n%s", number);
        print_number(stream, c->gain[r]);
        for (size_t p = 0; p < parameters; p++)
            print_number(stream, c->values[r * parameters + p]);
    }
    fputc('\n', stream);
    return lts_outfile_commit(file, err);
}

static lts_status record(const curves *c, const char *file, const lts_match_output *output,
                         double began, const lts_reporter *reporter, lts_error *err)
{
    spectral_target *target = NULL;
    spectral_work *work = NULL;
    lts_field fields[6];
    size_t count = 0;
    lts_status status = spectral_target_create(c->x, c->n, &target, err);
    if (status == LTS_OK)
        status = spectral_work_create(target, &work, err);
    if (status != LTS_OK)
        goto done;
    fields[count++] = (lts_field){"file", file, 0};
    if (output->wav_path)
        fields[count++] = (lts_field){"sound", output->wav_path, 0};
    if (output->patch_path)
        fields[count++] = (lts_field){"patch", output->patch_path, 0};
    fields[count++] = (lts_field){"windows", NULL, (double)c->rows};
    fields[count++] = (lts_field){"distance", NULL, spectral_distance(work, c->y)};
    fields[count++] = (lts_field){"seconds", NULL, lts_now() - began};
    lts_record(reporter, "curves", fields, count);
done:
    spectral_work_destroy(work);
    spectral_target_destroy(target);
    return status;
}

static lts_status create(curves *c, lts_error *err)
{
    static const char what[] = "the curves of a match";
    const struct {
        void *at;
        size_t count, size;
    } array[] = {{&c->y, c->n, sizeof *c->y},
                 {&c->window, c->m->samples, sizeof *c->window},
                 {&c->values, c->rows * c->m->parameters, sizeof *c->values},
                 {&c->gain, c->rows, sizeof *c->gain}};
    for (size_t i = 0; i < sizeof array / sizeof *array; i++) {
        lts_status status =
            lts_alloc_checked(array[i].at, array[i].count, array[i].size, what, err);
        if (status != LTS_OK)
            return status;
    }
    return LTS_OK;
}

lts_status lts_match_curves(lts_matcher *m, const lts_source *source, double hop,
                            const lts_match_options *options, const lts_match_output *output,
                            const lts_reporter *reporter, lts_error *err)
{
    const double began = lts_now();
    curves c = {.m = m, .rate = lts_synth_space_settings(m->space)->sample_rate};
    if (!(hop >= 0.001 && hop <= 60))
        return lts_fail(err, LTS_ERR_ARGUMENT, "hop %g s: must be 0.001 to 60", hop);
    lts_status status = matcher_check_output(source, output, err);
    if (status != LTS_OK)
        goto done;
    status = lts_audio_load(source->path, c.rate, source->offset, -1, &c.x, &c.n, err);
    if (status != LTS_OK)
        goto done;
    c.hop = (size_t)fmax(1, round(hop * c.rate));
    c.rows = (c.n + c.hop - 1) / c.hop;
    status = create(&c, err);
    if (status != LTS_OK)
        goto done;
    status = match_windows(&c, source->path, options, reporter, err);
    if (status != LTS_OK)
        goto done;
    status = play(&c, err);
    if (status != LTS_OK)
        goto done;
    if (output->wav_path)
        status = matcher_save(m, source, c.y, c.n, output, reporter, err);
    if (status == LTS_OK && output->patch_path)
        status = lts_npy_is(output->patch_path) ? save_array(&c, output->patch_path, err)
                                                : save_text(&c, output->patch_path, err);
    if (status == LTS_OK)
        status = record(&c, source->path, output, began, reporter, err);
done:
    lts_free(c.x);
    lts_free(c.y);
    lts_free(c.window);
    lts_free(c.values);
    lts_free(c.gain);
    return status;
}
