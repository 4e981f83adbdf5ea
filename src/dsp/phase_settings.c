#include "dsp/phase_settings.h"

#include <string.h>

lts_phase_config lts_phase_defaults(void)
{
    return (lts_phase_config){.init = LTS_PHASE_PGHI,
                              .iterations = LTS_PHASE_ITERATIONS,
                              .momentum = 0.92,
                              .relaxation = 1.3,
                              .seed = 0};
}

bool lts_parse_phase_init(const char *text, lts_phase_init *init)
{
    static const char *const names[] = {
        [LTS_PHASE_PGHI] = "pghi", [LTS_PHASE_RANDOM] = "random", [LTS_PHASE_ZERO] = "zero"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(text, names[i]) == 0) {
            *init = (lts_phase_init)i;
            return true;
        }
    return false;
}

/* Of a component that a plain step of size mu would shrink by 1 - mu, the iteration keeps
 * z^2 = (1 - mu) ((1 + alpha) z - alpha): it decays while mu (1 + 2 alpha) < 2 (1 + alpha). */
static double relaxation_limit(double momentum)
{
    return 2 * (1 + momentum) / (1 + 2 * momentum);
}

lts_status phase_check_settings(const lts_phase_config *config, lts_error *err)
{
    if ((int)config->init < LTS_PHASE_PGHI || config->init > LTS_PHASE_ZERO)
        return lts_fail(err, LTS_ERR_ARGUMENT, "phase: init: %d: choose pghi, random or zero",
                        (int)config->init);
    if (config->iterations < 0 || config->iterations > 1000)
        return lts_fail(err, LTS_ERR_ARGUMENT, "phase: iterations: %d: choose 0 to 1000",
                        config->iterations);
    if (!(config->momentum >= 0 && config->momentum <= 1))
        return lts_fail(err, LTS_ERR_ARGUMENT, "phase: momentum: %g: choose 0 to 1",
                        config->momentum);
    double most = relaxation_limit(config->momentum);
    if (!(config->relaxation > 0 && config->relaxation < most))
        return lts_fail(err, LTS_ERR_ARGUMENT,
                        "phase: relaxation: %g: choose above 0 and, with a momentum of %g, below "
                        "%.3f: beyond, the iterations diverge",
                        config->relaxation, config->momentum, most);
    return LTS_OK;
}
