#include "features/transform.h"

lts_status lts_sound_measure(const float *x, size_t n, double sample_rate,
                             float measures[LTS_NOTE_MEASURES], lts_error *err)
{
    lts_feature feature = lts_feature_defaults(LTS_FEATURE_STFT);
    const double most = LTS_SOUND_MEASURED * sample_rate;
    const size_t samples = (double)n < most ? n : (size_t)most;
    transform *t = NULL;
    transform_work *work = NULL;
    float *example = NULL;
    lts_note_range range;
    feature.note.sample_rate = sample_rate;
    feature.note.duration = (double)samples / sample_rate;
    feature.note.stft = (lts_stft_config){.size = 4096, .hop = 1024};
    lts_status status = transform_create(&feature, samples, &t, err);
    if (status != LTS_OK)
        goto done;
    status = transform_work_create(t, &work, err);
    if (status != LTS_OK)
        goto done;
    status = lts_alloc_checked(&example, lts_feature_floats(&feature), sizeof *example,
                               "a spectrogram", err);
    if (status != LTS_OK)
        goto done;
    transform_analyse_note(work, x, samples, example, &range);
    lts_note_measure_example(&feature, &range, example, measures);
done:
    lts_free(example);
    transform_work_destroy(work);
    transform_destroy(t);
    return status;
}
