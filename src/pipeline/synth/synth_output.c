#include "pipeline/synth/synth_output.h"

#include "pipeline/synth/synth_folder.h"

static lts_status open_array(const char *folder, const char *name, size_t columns, bool integers,
                             lts_npy_writer **out, lts_error *err)
{
    const lts_npy_layout layout = {.columns = columns, .integers = integers, .own = true};
    char *path = lts_path_join(folder, name);
    lts_status status =
        path ? lts_npy_writer_open_as(path, &layout, out, err) : lts_no_memory(folder, err);
    lts_free(path);
    return status;
}

lts_status synth_output_open(const lts_synth_data *data, synth_output *o, lts_error *err)
{
    const char *folder = data->folder;
    char *audio = lts_path_join(folder, "audio");
    lts_status status =
        audio ? lts_make_folder(data->wav ? audio : folder, err) : lts_no_memory(folder, err);
    lts_free(audio);
    if (status != LTS_OK)
        return status;
    if ((status = lts_outfile_batch_create(&o->batch, err)) != LTS_OK)
        return status;
    status = open_array(folder, SYNTH_SOUNDS, lts_synth_space_samples(data->space), false,
                        &o->samples, err);
    if (status != LTS_OK)
        return status;
    return open_array(folder, SYNTH_CLASSES, lts_synth_space_free(data->space), true, &o->classes,
                      err);
}

void synth_output_abort(synth_output *o)
{
    lts_npy_writer_abort(o->samples);
    lts_npy_writer_abort(o->classes);
    lts_outfile_batch_destroy(o->batch);
}

static lts_status save_space(const lts_synth_data *data, lts_outfile_batch *batch, lts_error *err)
{
    lts_outfile *file = NULL;
    char *path = lts_path_join(data->folder, SYNTH_PARAMETERS);
    char *text = lts_synth_space_text(data->space);
    lts_status status =
        path && text ? lts_outfile_open_own(path, &file, err) : lts_no_memory(data->folder, err);
    if (status != LTS_OK)
        goto done;
    if (fputs(text, lts_outfile_stream(file)) == EOF) {
        lts_outfile_abort(file);
        status = lts_fail(err, LTS_ERR_IO, "%s: cannot be written", path);
        goto done;
    }
    status = lts_outfile_commit_in(file, batch, err);
done:
    lts_free(path);
    lts_free(text);
    return status;
}

lts_status synth_output_commit(const lts_synth_data *data, synth_output *o, lts_error *err)
{
    lts_npy_writer *samples = o->samples, *classes = o->classes;
    o->samples = NULL;
    lts_status status = lts_npy_writer_commit_in(samples, o->batch, err);
    if (status != LTS_OK)
        return status;
    o->classes = NULL;
    status = lts_npy_writer_commit_in(classes, o->batch, err);
    if (status != LTS_OK)
        return status;
    if ((status = save_space(data, o->batch, err)) != LTS_OK)
        return status;
    return lts_outfile_batch_commit(o->batch, err);
}
