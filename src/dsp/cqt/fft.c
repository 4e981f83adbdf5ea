#include "dsp/cqt/cqt.h"

#include "dsp/planner.h"

static fftwf_plan complex_plan(size_t length, int direction, float *in, float *out)
{
    return fftwf_plan_dft_1d((int)length, (fftwf_complex *)in, (fftwf_complex *)out, direction,
                             DSP_PLANNER_FLAGS);
}

static bool plan_octaves(lts_cqt *cqt, float *in, float *out)
{
    for (int o = 0; o < cqt->config.octaves; o++) {
        cqt_octave *octave = &cqt->octave[o];
        octave->to_frames = complex_plan(cqt->frames / octave->step, FFTW_BACKWARD, in, out);
        octave->to_spectrum = complex_plan(cqt->frames / octave->step, FFTW_FORWARD, in, out);
        if (!octave->to_frames || !octave->to_spectrum)
            return false;
    }
    return true;
}

static bool plan_rate(cqt_rate *rate, float *samples, float *spectrum)
{
    rate->analyse = fftwf_plan_dft_r2c_1d((int)rate->samples, samples, (fftwf_complex *)spectrum,
                                          DSP_PLANNER_FLAGS);
    rate->synthesise = fftwf_plan_dft_c2r_1d((int)rate->samples, (fftwf_complex *)spectrum, samples,
                                             DSP_PLANNER_FLAGS);
    return rate->analyse && rate->synthesise;
}

bool cqt_fft_create(lts_cqt *cqt)
{
    /* Planning reads only the alignment of the arrays, which lts_alloc makes equal for all. */
    size_t size = cqt->samples + 2 > 2 * cqt->frames ? cqt->samples + 2 : 2 * cqt->frames;
    float *samples = lts_alloc(size, sizeof *samples);
    float *spectrum = lts_alloc(size, sizeof *spectrum);
    bool done = false;
    if (samples && spectrum) {
        dsp_planner_lock();
        cqt->to_frames = complex_plan(cqt->frames, FFTW_BACKWARD, samples, spectrum);
        cqt->to_spectrum = complex_plan(cqt->frames, FFTW_FORWARD, samples, spectrum);
        done = cqt->to_frames && cqt->to_spectrum && plan_octaves(cqt, samples, spectrum) &&
               plan_rate(&cqt->full, samples, spectrum) &&
               plan_rate(&cqt->reduced, samples, spectrum);
        dsp_planner_unlock();
    }
    lts_free(samples);
    lts_free(spectrum);
    return done;
}

static void destroy(fftwf_plan plan)
{
    if (plan)
        fftwf_destroy_plan(plan);
}

void cqt_fft_destroy(lts_cqt *cqt)
{
    dsp_planner_lock();
    destroy(cqt->full.analyse);
    destroy(cqt->full.synthesise);
    destroy(cqt->reduced.analyse);
    destroy(cqt->reduced.synthesise);
    destroy(cqt->to_frames);
    destroy(cqt->to_spectrum);
    for (int o = 0; cqt->octave && o < cqt->config.octaves; o++) {
        destroy(cqt->octave[o].to_frames);
        destroy(cqt->octave[o].to_spectrum);
    }
    dsp_planner_unlock();
}
