/* What messages do, one handler an address, grouped by what they set; and what handlers share. All
 * are called by the control thread, but test_connection, by a transport's. */
#ifndef ENGINE_HANDLERS_HANDLERS_H
#define ENGINE_HANDLERS_HANDLERS_H

#include "engine/server/request.h"
#include "engine/server/server.h"

/* --- set_data.c: data set, run and sounds ----------------------------------------------------- */

void set_dataset(const request *r);
void set_model(const request *r);
void set_first(const request *r);
void set_second(const request *r);
void list_dataset(const request *r);
void make_features(const request *r);
/* Loads what the state names; reports what cannot be. */
void restore_data(lts_server *s);

/* --- find_sound.c ----------------------------------------------------------------------------- */

/* The sound file that a client's path means: the one of that name in the data set's audio folder,
 * whatever folder the client thinks it is in, else the file itself. New path (lts_free).
 * LTS_ERR_NOT_FOUND, LTS_ERR_ARGUMENT, or what is wrong with the file. */
lts_status find_sound(const lts_server *s, const char *sent, char **path, lts_error *err);
/* lts_audio_probe, but a link out of the root is LTS_ERR_ARGUMENT. */
lts_status probe_sound(const lts_server *s, const char *path, lts_audio_info *info, lts_error *err);

/* --- set_curve.c ------------------------------------------------------------------------------ */

void set_alfa(const request *r);
void set_points(const request *r);
void begin_curve(const request *r);
void add_chunk(const request *r);
void end_curve(const request *r);
void load_curve(const request *r);

/* --- set_output.c: how sounds are rendered, played and saved ---------------------------------- */

void set_normalize(const request *r);
void set_sample(const request *r);
void set_level(const request *r);
void send_level(lts_server *s); /* /output/level */
void set_limit(const request *r);
void set_align(const request *r);
void set_iterations(const request *r);
void set_gf_iterations(const request *r);
void set_batch_size(const request *r);
void set_seed(const request *r);
void send_seed(lts_server *s); /* /seed */
void set_folder(const request *r);
void save_rendered(const request *r);
void play_again(const request *r);

/* --- server_state.c --------------------------------------------------------------------------- */

lts_status set_config(lts_server *s, const lts_server_config *config, lts_error *err);
/* What is remembered, and over it what was asked for now. */
lts_status restore_state(lts_server *s, const lts_server_config *config, lts_error *err);
void save_state(lts_server *s);
/* The state is to be saved before long. */
void state_changed(lts_server *s);
/* For people at the terminal, and clients: "WHAT: WHY". */
void server_warn(lts_server *s, const char *what, const char *why);

/* --- generate.c ------------------------------------------------------------------------------- */

void select_excerpts(const request *r);
void generate(const request *r);
void retake(const request *r);
void mix(const request *r);
void stop(const request *r);
void cancel(const request *r);

/* --- render_checks.c -------------------------------------------------------------------------- */

/* Checks that model, sounds and excerpts are there and fit: false after a report. */
bool ready_to_render(lts_server *s, double duration, const double offset[STATE_SOUNDS]);
/* At least a frame; no longer than what memory is good for: false after a report. */
bool long_enough(lts_server *s, double duration);
bool short_enough(lts_server *s, double duration);
/* Of one frame. */
double hop_seconds(const lts_server *s);

/* --- seconds.c -------------------------------------------------------------------------------- */

/* Seconds as the original shows them, "1.0", but with no more digits than single precision has. */
enum { SECONDS_TEXT = 32 };
void seconds_text(double seconds, char text[SECONDS_TEXT]);

/* --- mixture_request.c ------------------------------------------------------------------------ */

/* The sounds and weights of "duration (path offset weight)...": false after a report. Free what it
 * filled with mixture_free. */
typedef struct sound_mixture {
    double duration;
    size_t count;
    lts_source source[LIVE_SOUNDS];
    float weight[LIVE_SOUNDS];
} sound_mixture;
bool mixture_read(const request *r, sound_mixture *m);
void mixture_free(sound_mixture *m);

/* --- set_device.c ----------------------------------------------------------------------------- */

void list_devices(const request *r);
void set_input(const request *r);
void set_device(const request *r);
void send_device(lts_server *s);  /* /audio/io */
void send_devices(lts_server *s); /* /audio/devicelist, and that */
/* Opens the state's device at the rate of the model, or "null" after a report when it cannot be
 * had: LTS_OK. A recording that is needed fails instead, with the reason in err. */
lts_status open_player(lts_server *s, bool needed, lts_error *err);

/* --- watch_player.c --------------------------------------------------------------------------- */

/* Meters, and what the player and the voices have to tell. */
void watch_player(lts_server *s, double now);

/* --- live/play_live.c ------------------------------------------------------------------------- */

void live_begin(const request *r);
void live_begin_mix(const request *r);
/* Voices for the model's audio settings. */
lts_status prepare_voices(lts_server *s, lts_error *err);
/* The selection in a voice; false after a report. */
bool voice_start(const request *r, unsigned voice, double semitones, double gain);
/* A transposition with the pitch bend, within what a voice takes. */
double bent(const lts_server *s, double semitones);

/* --- live/set_live.c -------------------------------------------------------------------------- */

void live_set_alpha(const request *r);
void live_set_position(const request *r);
void live_set_freeze(const request *r);
void live_set_speed(const request *r);
void live_set_gain(const request *r);
void live_set_transpose(const request *r);
void live_end(const request *r);
/* Alpha for the voice's next start, and for those of voices that have none of their own. */
void keep_alpha(lts_server *s, unsigned voice, double alpha);

/* --- add_descriptors.c ------------------------------------------------------------------------ */

void add_descriptor(const request *r);
void live_add_descriptor(const request *r);

/* --- live/align_live.c ------------------------------------------------------------------------ */

void live_set_align(const request *r);
/* How a loop is aligned by the voice's setting: NULL for not at all. `text` says what was found,
 * or why it is not; it is empty when that was not asked for. */
enum { ALIGN_TEXT = 512 };
const loop_alignment *align_voice(const request *r, unsigned voice, loop_ref *l,
                                  char text[ALIGN_TEXT]);
/* Reports that text of the request's voice, unless it is empty. */
void report_alignment(const request *r);
/* The loop, or NULL, is the voice's from now on. */
void keep_loop(lts_server *s, unsigned voice, loop_ref *l);

/* --- synth/prepare_synth.c: the synthesizer ----------------------------------------------------
 */

/* The classifier's synthesizer, or the paper's, at the player's rate; what it was set to stays. */
void prepare_synth(lts_server *s);
/* The synthesizer under the voices' limiter; while nobody fills. */
void join_synth(lts_server *s);
/* Whether there is one: else after a report. */
bool have_synth(const request *r);
/* Whether it can be set to a match; else, where it is to be told, after a report. */
bool synth_takes(const request *r, const match_result *m, unsigned slot, bool told);

/* --- synth/set_synth.c ------------------------------------------------------------------------ */

void synth_begin(const request *r);
void synth_end(const request *r);
void synth_note(const request *r);
void synth_loop(const request *r);
void synth_set_gain(const request *r);
void synth_set_transpose(const request *r);
void synth_set(const request *r);
void synth_map(const request *r);
void synth_set_channel(const request *r);
void synth_send(const request *r);
void synth_morph(const request *r);
/* What these do, for the synthesizer, which is there. */
void synth_play_changed(lts_server *s); /* takes up s->synth_play */
void synth_note_on(lts_server *s, int note, double velocity);
void synth_note_off(lts_server *s, int note);
void synth_morph_to(const request *r, double share, bool told);

/* --- synth/keep_synth.c: what is remembered of it ----------------------------------------------
 */

/* Notes that a part was changed: it is saved once nothing has changed for a while. */
enum synth_part { SYNTH_GAIN, SYNTH_PARAMETERS, SYNTH_CONTROLLERS };
void synth_changed(lts_server *s, enum synth_part part);
/* The state gets what the synthesizer is set to. */
void keep_synth(lts_server *s);
/* Sets the synthesizer to the patch of the state, once, where that is a patch of it. */
void take_up_synth(lts_server *s);

/* --- synth/synth_midi.c ----------------------------------------------------------------------- */

/* Whether the event is the synthesizer's, and not the voices'. */
bool synth_midi(const request *r, const midi_event *event);

/* --- synth/set_match.c ------------------------------------------------------------------------ */

void match_set_run(const request *r);
void match_begin(const request *r);
void match_send(const request *r);
void match_play(const request *r);
void match_save(const request *r);
void match_use(const request *r);
/* False after a report. */
bool load_matcher(lts_server *s, const path_rules *rules, const char *sent);

/* --- live/play_midi.c ------------------------------------------------------------------------- */

/* For the MIDI thread: hands the event to the control thread. */
enum { BEND_RANGE = 2 /* semitones */ };
void on_midi(void *server, const midi_event *event);
void midi_message(const request *r);

/* --- set_misc.c ------------------------------------------------------------------------------- */

void test_connection(const request *r);
void set_meters(const request *r);
void send_state(const request *r);

#endif
