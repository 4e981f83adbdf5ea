#include "engine/control/address.h"
#include "engine/handlers/handlers.h"

#define TWO      "/sound/interpolate_two"
#define EXCERPTS "duration, offset 1 and offset 2, seconds"
/* clang-format off */
#define REFUSE(text) {text, NULL}
#define REFUSE_COUNT(text, miscount) {text, miscount}
/* clang-format on */
#define GIVE(what) REFUSE("{address}: give " what ".")

enum {
    PLAIN = ADDRESS_PLAIN,
    SLOW = ADDRESS_SLOW,
    SOUNDS = ADDRESS_SOUNDS,
    AT_ONCE = ADDRESS_AT_ONCE,
    STOPS = ADDRESS_STOPS,
    CANCELS = ADDRESS_CANCELS
};

static const address table[] = {
    {"/test/connection", "", AT_ONCE, test_connection, GIVE("nothing")},
    {"/load/dataset", "s", SLOW, set_dataset, GIVE("a folder")},
    {"/load/model", "s", SLOW, set_model, GIVE("a run folder")},
    {TWO "/first/audio_path", "s", PLAIN, set_first, GIVE("a sound file")},
    {TWO "/second/audio_path", "s", PLAIN, set_second, GIVE("a sound file")},
    {"/set_alfa", "(n)", PLAIN, set_alfa,
     REFUSE("Could not update the alfa vector: give one or more numbers, -1 for all of the second "
            "sound to 1 for all of the first.")},
    {"/curve/points", "(nn)", PLAIN, set_points, GIVE("pairs of a time, 0 to 1, and an alpha")},
    {"/curve/begin", "n", PLAIN, begin_curve, GIVE("the number of values to come")},
    {"/curve/chunk", "n(n)", PLAIN, add_chunk, GIVE("the index of the first value, and values")},
    {"/curve/end", "", PLAIN, end_curve, GIVE("nothing")},
    {"/curve/load", "s", PLAIN, load_curve, GIVE("a curve file")},
    {"/interpolate_two/select", "nnn", PLAIN, select_excerpts, GIVE(EXCERPTS)},
    {"/interpolate_two/generate", "(nnn)?", SOUNDS, generate,
     REFUSE_COUNT("Error: Generate sound function expects " EXCERPTS ".",
                  "Error: Generate sound function did not receive enough arguments ({count}). "
                  "Required number of arguments are 3: duration, audio_1_offset, audio_2_offset. "
                  "Units are seconds.")},
    {"/interpolate_two/retake", "(nnn)?", SOUNDS, retake, GIVE(EXCERPTS)},
    {"/interpolate_two/cancel", "", CANCELS, cancel, GIVE("nothing")},
    {"/mix", "n(snn)", SOUNDS, mix, GIVE("duration, then path, offset and weight of each sound")},
    {"/sound/stop", "s?", STOPS, stop, GIVE("nothing")},
    {TWO "/play_again", "s?", SOUNDS, play_again, GIVE("nothing")},
    {TWO "/save_folder", "s", PLAIN, set_folder, GIVE("a folder")},
    {TWO "/save", "s?", SLOW, save_rendered, GIVE("nothing")},
    {"/output/normalize", "n", PLAIN, set_normalize, GIVE("0 or 1")},
    {"/output/sample", "n", PLAIN, set_sample, GIVE("0 or 1")},
    {"/output/level", "s", PLAIN, set_level, GIVE("loudness or none")},
    {"/sound/limit", "n", PLAIN, set_limit,
     GIVE("a distance from what was trained, or 0 for none")},
    {"/add", "(sn)?", SLOW, add_descriptor,
     GIVE("a descriptor and an amount, -10 to 10, or nothing to take all away")},
    {"/output/align", "s", PLAIN, set_align, GIVE("none, pitch, time, both or auto")},
    {"/output/gf_iter", "n", PLAIN, set_gf_iterations, GIVE("a number of iterations, 0 to 64")},
    {"/sound/set_phase_iter", "n", PLAIN, set_iterations, GIVE("a number of iterations, 0 to 64")},
    {"/batch_size/set", "n", PLAIN, set_batch_size, GIVE("a number of frames")},
    {"/seed", "(n)?", PLAIN, set_seed, GIVE("a whole number, or nothing for a new one each time")},
    {"/dataset/list", "", SLOW, list_dataset, GIVE("nothing")},
    {"/sound/features", "s", SLOW, make_features, GIVE("a sound file of the data set")},
    {"/audio/devicelist", "", PLAIN, list_devices, GIVE("nothing")},
    {"/audio/device/in", "n", PLAIN, set_input, GIVE("a device's number")},
    {"/audio/device/out", "n|s", PLAIN, set_device, GIVE("a device's number or name")},
    {"/live/start", "(nnn)?", SLOW | SOUNDS, live_begin, GIVE(EXCERPTS)},
    {"/live/mix", "n(snn)", SLOW | SOUNDS, live_begin_mix,
     GIVE("duration, then path, offset and weight of each sound")},
    {"/live/alpha", "(n)", PLAIN, live_set_alpha,
     GIVE("alpha, -3 to 4, or a weight for each sound, -4 to 4")},
    {"/live/align", "s", SLOW, live_set_align, GIVE("none, pitch, time, both or auto")},
    {"/live/add", "(sn)?", SLOW, live_add_descriptor,
     GIVE("a descriptor and an amount, -10 to 10, or nothing to take all away")},
    {"/live/position", "n", PLAIN, live_set_position, GIVE("a place in the loop, 0 to 1")},
    {"/live/freeze", "n", PLAIN, live_set_freeze, GIVE("0 or 1")},
    {"/live/speed", "n", PLAIN, live_set_speed, GIVE("a speed, -8 to 8; 1 is the sounds' own")},
    {"/live/gain", "n", PLAIN, live_set_gain, GIVE("a factor, 0 to 4")},
    {"/live/transpose", "n", PLAIN, live_set_transpose, GIVE("semitones, -48 to 48")},
    {"/live/stop", "", PLAIN, live_end, GIVE("nothing")},
    {"/match/run", "s", SLOW, match_set_run, GIVE("a run folder of a classifier")},
    {"/match/start", "s(n)?", SOUNDS, match_begin,
     GIVE("a sound file, and seconds of refinement or nothing")},
    {"/match/params", "", PLAIN, match_send, GIVE("nothing")},
    {"/match/play", "", SOUNDS, match_play, GIVE("nothing")},
    {"/match/save", "", SLOW, match_save, GIVE("nothing")},
    {"/match/use", "", PLAIN, match_use, GIVE("nothing")},
    {"/synth/start", "", SOUNDS, synth_begin, GIVE("nothing")},
    {"/synth/stop", "", PLAIN, synth_end, GIVE("nothing")},
    {"/synth/note", "nn", SOUNDS, synth_note, GIVE("a note and a velocity, 0 to 127 each")},
    {"/synth/loop", "nn", SOUNDS, synth_loop, GIVE("a period and a gate, seconds")},
    {"/synth/morph", "n", PLAIN, synth_morph,
     GIVE("1 for all of the first match, to 0 for all of the second")},
    {"/synth/gain", "n", PLAIN, synth_set_gain, GIVE("a factor, 0 to 4")},
    {"/synth/transpose", "n", PLAIN, synth_set_transpose, GIVE("semitones, -48 to 48")},
    {"/synth/channel", "n", PLAIN, synth_set_channel, GIVE("a MIDI channel, 1 to 16, or 0")},
    {"/synth/map", "ns", PLAIN, synth_map, GIVE("a controller, 0 to 127, and a parameter or none")},
    {"/synth/params", "", PLAIN, synth_send, GIVE("nothing")},
    {"/synth/NAME", "n", PLAIN, synth_set, GIVE("a number")},
    {"/meters", "n", PLAIN, set_meters, GIVE("0 or 1")},
    {"/state/send", "", PLAIN, send_state, GIVE("nothing")},
    {"/midi", "nnnn", PLAIN, midi_message, GIVE("kind, channel, number and value")},
};

const address *address_at(size_t index)
{
    return index < sizeof table / sizeof *table ? &table[index] : NULL;
}
