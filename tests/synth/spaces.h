/* Spaces of the synthesizer's tests. */
#ifndef LTS_TEST_SPACES_H
#define LTS_TEST_SPACES_H

#include "lts/synth.h"
#include "testing.h"

#include <string.h>

static inline lts_synth_space *space_of(const char *text)
{
    lts_error err;
    lts_synth_space *space;
    assert_ok(lts_synth_space_parse(text, strlen(text), "test.ini", &space, &err));
    return space;
}

static inline lts_synth_space *builtin_space(const char *name)
{
    lts_error err;
    lts_synth_space *space;
    assert_ok(lts_synth_space_builtin(name, &space, &err));
    return space;
}

/* The paper's space with these settings of its rate, waves and gate. */
static inline lts_synth_space *paper_at(double rate, lts_synth_quality quality, double gate)
{
    lts_error err;
    lts_synth_space *space = builtin_space("paper");
    lts_synth_settings settings = *lts_synth_space_settings(space);
    settings.sample_rate = rate;
    settings.fm.quality = quality;
    settings.gate = gate;
    assert_ok(lts_synth_space_set_settings(space, &settings, &err));
    return space;
}

#endif
