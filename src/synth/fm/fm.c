/* The frequency-modulation synthesizer as a row of the table: its settings and parameters. */
#include "synth/fm/fm.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

static const char *const keys[] = {"oscillators", "waves", "phases", "modulation",
                                   "filter",      "gater", NULL};
static const char *const qualities[] = {"auto", "naive", "bandlimited"};
static const char *const waves[LTS_SYNTH_WAVES] = {"sin", "saw", "tri", "sqr"};
enum { QUALITIES = 3, WAVE_NAME = 3 };

/* Networks are trained on the naive waves at the paper's rate; what people listen to has another.
 */
static const double audio_rate = 32000;

bool fm_is_smooth(const lts_synth_settings *settings)
{
    return settings->fm.quality == LTS_SYNTH_BANDLIMITED ||
           (settings->fm.quality == LTS_SYNTH_AUTO && settings->sample_rate >= audio_rate);
}

static void set_defaults(lts_synth_settings *settings)
{
    settings->fm = (lts_synth_fm){.oscillators = LTS_SYNTH_WAVES, .filter = true, .gater = true};
    for (int w = 0; w < LTS_SYNTH_WAVES; w++) {
        settings->fm.oscillator[w].wave = (lts_synth_wave)w;
        memcpy(settings->fm.oscillator[w].name, waves[w], WAVE_NAME + 1);
    }
}

/* The next word of *text into `word`, cut to fit; false at the end. */
static bool next_word(const char **text, char *word, size_t size)
{
    const char *start = *text + strspn(*text, " \t\n,");
    size_t length = strcspn(start, " \t\n,");
    *text = start + length;
    const size_t kept = length < size ? length : size - 1;
    memcpy(word, start, kept);
    word[kept] = '\0';
    return length > 0;
}

/* "sin", "saw2", "sqr_low" is no name: letters and digits, told apart by them. */
static bool read_oscillator(const char *word, lts_synth_oscillator *oscillator)
{
    size_t length = strlen(word);
    *oscillator = (lts_synth_oscillator){0};
    if (length >= sizeof oscillator->name)
        return false;
    memcpy(oscillator->name, word, length + 1);
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)word[i]))
            return false;
    for (int w = 0; w < LTS_SYNTH_WAVES; w++)
        if (strncmp(word, waves[w], WAVE_NAME) == 0) {
            oscillator->wave = (lts_synth_wave)w;
            return true;
        }
    return false;
}

static bool read_waves(lts_synth_fm *fm, const char *text)
{
    char word[32];
    fm->oscillators = 0;
    while (next_word(&text, word, sizeof word)) {
        if (fm->oscillators == LTS_SYNTH_OSCILLATORS ||
            !read_oscillator(word, &fm->oscillator[fm->oscillators]))
            return false;
        fm->oscillators++;
    }
    return fm->oscillators > 0;
}

static bool read_phases(lts_synth_fm *fm, const char *text)
{
    char word[64];
    size_t count = 0;
    for (; next_word(&text, word, sizeof word); count++)
        if (count == fm->oscillators || !lts_parse_double(word, &fm->oscillator[count].phase))
            return false;
    return count == fm->oscillators;
}

static bool read_switch(const char *text, const char *off, const char *on, bool *value)
{
    *value = strcmp(text, on) == 0;
    return *value || strcmp(text, off) == 0;
}

static lts_status read_key(lts_synth_settings *settings, const char *key, const char *value,
                           lts_error *reason)
{
    lts_synth_fm *fm = &settings->fm;
    if (strcmp(key, "waves") == 0)
        return read_waves(fm, value)
                   ? LTS_OK
                   : lts_fail(reason, LTS_ERR_ARGUMENT,
                              "1 to %d of sin, saw, tri, sqr, told apart by digits, such as sin1 "
                              "sin2",
                              LTS_SYNTH_OSCILLATORS);
    if (strcmp(key, "phases") == 0)
        return read_phases(fm, value)
                   ? LTS_OK
                   : lts_fail(reason, LTS_ERR_ARGUMENT, "%zu numbers, one for each of the waves",
                              fm->oscillators);
    if (strcmp(key, "modulation") == 0)
        return read_switch(value, "hertz", "relative", &fm->relative)
                   ? LTS_OK
                   : lts_fail(reason, LTS_ERR_ARGUMENT, "hertz or relative");
    if (strcmp(key, "oscillators") == 0) {
        for (int q = 0; q < QUALITIES; q++)
            if (strcmp(value, qualities[q]) == 0) {
                fm->quality = (lts_synth_quality)q;
                return LTS_OK;
            }
        return lts_fail(reason, LTS_ERR_ARGUMENT, "auto, naive or bandlimited");
    }
    return read_switch(value, "no", "yes", strcmp(key, "filter") == 0 ? &fm->filter : &fm->gater)
               ? LTS_OK
               : lts_fail(reason, LTS_ERR_ARGUMENT, "yes or no");
}

static void write_keys(const lts_synth_settings *settings, FILE *text)
{
    const lts_synth_fm *fm = &settings->fm;
    char number[LTS_NUMBER_TEXT];
    fputs("# auto: naive below 32 kHz, else bandlimited\n", text);
    fprintf(text, "oscillators = %s\nwaves =", qualities[fm->quality]);
    for (size_t o = 0; o < fm->oscillators; o++)
        fprintf(text, " %s", fm->oscillator[o].name);
    fputs("\n# periods, at time 0\nphases =", text);
    for (size_t o = 0; o < fm->oscillators; o++) {
        lts_number_text(number, fm->oscillator[o].phase);
        fprintf(text, " %s", number);
    }
    fprintf(text,
            "\n# unit of _B: hertz, or relative to the frequency _f\nmodulation = %s\n"
            "filter = %s\ngater = %s\n",
            fm->relative ? "relative" : "hertz", fm->filter ? "yes" : "no",
            fm->gater ? "yes" : "no");
}

static lts_status check(const lts_synth_settings *settings, lts_error *err)
{
    const lts_synth_fm *fm = &settings->fm;
    if (fm->oscillators < 1 || fm->oscillators > LTS_SYNTH_OSCILLATORS)
        return lts_fail(err, LTS_ERR_ARGUMENT, "waves: %zu oscillators: must be 1 to %d",
                        fm->oscillators, LTS_SYNTH_OSCILLATORS);
    for (size_t o = 0; o < fm->oscillators; o++) {
        lts_synth_oscillator again;
        const lts_synth_oscillator *oscillator = &fm->oscillator[o];
        if (!read_oscillator(oscillator->name, &again) || again.wave != oscillator->wave)
            return lts_fail(err, LTS_ERR_ARGUMENT, "waves: oscillator %zu has no name of its wave",
                            o + 1);
        if (!(oscillator->phase >= 0 && oscillator->phase <= 1))
            return lts_fail(err, LTS_ERR_ARGUMENT, "phases: %g of %s: must be 0 to 1 period",
                            oscillator->phase, oscillator->name);
        for (size_t other = 0; other < o; other++)
            if (strcmp(oscillator->name, fm->oscillator[other].name) == 0)
                return lts_fail(err, LTS_ERR_ARGUMENT,
                                "waves: %s comes twice: tell them apart, such as %s1 and %s2",
                                oscillator->name, oscillator->name, oscillator->name);
    }
    return LTS_OK;
}

static lts_status compare(const lts_synth_settings *a, const lts_synth_settings *b,
                          lts_error *reason)
{
    const lts_synth_fm *x = &a->fm, *y = &b->fm;
    bool same = x->oscillators == y->oscillators;
    for (size_t o = 0; same && o < x->oscillators; o++)
        same = strcmp(x->oscillator[o].name, y->oscillator[o].name) == 0 &&
               x->oscillator[o].phase == y->oscillator[o].phase;
    if (!same)
        return lts_fail(reason, LTS_ERR_SHAPE, "[synth] waves or phases differ");
    if (x->relative != y->relative)
        return lts_fail(reason, LTS_ERR_SHAPE, "[synth] modulation differs");
    if (x->filter != y->filter || x->gater != y->gater)
        return lts_fail(reason, LTS_ERR_SHAPE, "[synth] %s differs",
                        x->filter != y->filter ? "filter" : "gater");
    return LTS_OK;
}

static size_t slots(const lts_synth_settings *settings)
{
    return fm_gater_slot(&settings->fm) + (settings->fm.gater ? 1 : 0);
}

static void slot(const lts_synth_settings *settings, size_t index, synth_slot *out)
{
    static const synth_slot of_oscillator[FM_OF_OSCILLATOR] = {{"_f", "Hz", 0, 20000},
                                                               {"_v", "Hz", 0.001, 1000},
                                                               {"_A", "", 0, 10},
                                                               {"_B", "Hz", 0, 20000}};
    static const synth_slot of_envelope[FM_OF_ENVELOPE] = {{"attack", "s", 0, 600},
                                                           {"decay", "s", 0, 600},
                                                           {"sustain", "", 0, 1},
                                                           {"release", "s", 0, 600}};
    static const synth_slot of_filter[2] = {{"f_cut", "Hz", 1, 0}, {"q", "", 0.001, 1000}};
    static const synth_slot of_gater = {"f_gate", "Hz", 0, 1000};
    const lts_synth_fm *fm = &settings->fm;
    if (index < fm_envelope_slot(fm)) {
        const size_t part = index % FM_OF_OSCILLATOR;
        *out = of_oscillator[part];
        snprintf(out->name, sizeof out->name, "%s%s", fm->oscillator[index / FM_OF_OSCILLATOR].name,
                 of_oscillator[part].name);
        if (part == FM_B && fm->relative) {
            out->unit = "";
            out->most = 1000;
        }
    } else if (index < fm_filter_slot(fm)) {
        *out = of_envelope[index - fm_envelope_slot(fm)];
    } else if (index < fm_gater_slot(fm)) {
        *out = of_filter[index - fm_filter_slot(fm)];
        if (out->most == 0) /* below half of the rate */
            out->most = 0.49 * settings->sample_rate;
    } else {
        *out = of_gater;
    }
}

const synth_kind synth_fm = {.name = "fm",
                             .keys = keys,
                             .read = read_key,
                             .write = write_keys,
                             .check = check,
                             .defaults = set_defaults,
                             .compare = compare,
                             .slots = slots,
                             .slot = slot,
                             .create = fm_render_create,
                             .render = fm_render,
                             .destroy = fm_render_destroy};
