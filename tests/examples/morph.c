/* One sound turns into another by a trained run: morph RUN A B SECONDS OUT.wav
 * Build: cc morph.c $(pkg-config --cflags --libs lts) */
#include <lts/lts.h>

#include <stdlib.h>

int main(int count, char **arguments)
{
    if (count != 6)
        return fprintf(stderr, "usage: morph RUN A B SECONDS OUT.wav\n"), 2;
    const lts_source sources[] = {{arguments[2], 0}, {arguments[3], 0}};
    const lts_render_config config = lts_render_defaults();
    const lts_sound_output output = {.bits = LTS_AUDIO_FLOAT, .normalize = true};
    lts_error err = {0};
    lts_model *model = NULL;
    lts_interp *interp = NULL;
    float *weight = NULL;
    lts_status status = lts_run_model(arguments[1], &model, &err);
    if (status == LTS_OK)
        status = lts_interp_open(model, sources, 2, atof(arguments[4]), 0, &interp, NULL, &err);
    if (status != LTS_OK)
        goto done;
    const size_t frames = lts_interp_frames(interp);
    status = lts_alloc_checked(&weight, 2 * frames, sizeof *weight, "weights", &err);
    if (status != LTS_OK)
        goto done;
    for (size_t t = 0; t < frames; t++) { /* alpha falls from 1, all of A, to 0, all of B */
        weight[frames + t] = frames > 1 ? (float)t / (float)(frames - 1) : 0;
        weight[t] = 1 - weight[frames + t];
    }
    const lts_interp_made made = {
        .path = "a line from A to B", .weight = weight, .config = &config};
    status = lts_interp_save(interp, arguments[5], &made, &output, NULL, &err);
done:
    if (status != LTS_OK)
        fprintf(stderr, "morph: %s\n", err.text);
    lts_free(weight);
    lts_interp_close(interp);
    lts_model_destroy(model);
    return status == LTS_OK ? 0 : 1;
}
