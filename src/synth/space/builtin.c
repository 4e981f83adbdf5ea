#include "synth/synthesizer.h"

#include <string.h>

/* Barkan et al. 2019, section III: every parameter in 16 even steps over its range, f in semitones
 * from 440 Hz. */
#define PAPER_OSCILLATOR(w)                                                                        \
    w "_f = semitones 440 16\n" w "_v = linear 1 30 16\n" w "_A = linear .001 1 16\n" w            \
      "_B = linear 0 1500 16\n"
#define STEPS " = linear .001 1 16\n"
static const char paper[] =
    "[synth]\nsample_rate = 16384\nduration = 1\ngate = 0.6\n"
    "waves = sin saw tri sqr\nmodulation = hertz\nfilter = yes\ngater = yes\n"
    "[parameters]\n" PAPER_OSCILLATOR("sin") PAPER_OSCILLATOR("saw") PAPER_OSCILLATOR("tri")
        PAPER_OSCILLATOR(
            "sqr") "attack" STEPS "decay" STEPS "sustain" STEPS "release" STEPS
                   "f_cut = linear 200 4000 16\nq = linear .01 10 16\nf_gate = linear .5 30 16\n";

/* Its oscillators swing f by a factor 1 + B sin 2 pi v t. The note is held for the sum of its
 * attack, decay and sustain times. */
#define IMPLEMENTED_OSCILLATOR(w)                                                                  \
    w "_f = semitones 440 16\n" w "_v = linear 1 30 16\n" w "_A = linear 0 1 16\n" w               \
      "_B = linear 0 1.5 16\n"
static const char implementation[] =
    "[synth]\nsample_rate = 16384\nduration = 1\ngate = 0.9\n"
    "waves = sin saw tri sqr\nphases = 0 0.5 0.25 0\nmodulation = relative\nfilter = no\n"
    "gater = no\n"
    "[parameters]\n" IMPLEMENTED_OSCILLATOR("sin") IMPLEMENTED_OSCILLATOR("saw")
        IMPLEMENTED_OSCILLATOR("tri")
            IMPLEMENTED_OSCILLATOR("sqr") "attack = 0.1\ndecay = 0.3\nsustain = 1\nrelease = 0.2\n";

static const char two_sines[] =
    "[synth]\nsample_rate = 16384\nduration = 1\ngate = 1\nwaves = sin1 sin2\nfilter = no\n"
    "gater = no\n"
    "[parameters]\n"
    "sin1_f = 50 100 200\nsin1_A = 0.25 0.35 0.5\nsin2_f = 400 600 800\nsin2_A = 0.25 0.35 0.5\n"
    "sin1_v = 1\nsin1_B = 0\nsin2_v = 1\nsin2_B = 0\n"
    "attack = 0\ndecay = 0\nsustain = 1\nrelease = 0\n";

static const struct {
    const char *name, *text;
} builtin[] = {{"paper", paper}, {"implementation", implementation}, {"two-sines", two_sines}};
enum { BUILTIN = sizeof builtin / sizeof *builtin };

const char *lts_synth_space_name(size_t index)
{
    return index < BUILTIN ? builtin[index].name : NULL;
}

lts_status lts_synth_space_builtin(const char *name, lts_synth_space **out, lts_error *err)
{
    *out = NULL;
    for (size_t b = 0; b < BUILTIN; b++)
        if (strcmp(name, builtin[b].name) == 0)
            return lts_synth_space_parse(builtin[b].text, strlen(builtin[b].text), name, out, err);
    return lts_fail(err, LTS_ERR_ARGUMENT,
                    "%s: no such space: paper, implementation, two-sines or a parameter file",
                    name);
}
