#!/usr/bin/env bash
# Descriptors added to sounds: their directions learned of a small labelled set, what they do to
# sounds, and every way to be refused.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"
. "${LTS_SOURCE:?}/tests/cli/server.sh"

# tone FILE HERTZ SLOPE: half a second of 8 harmonics whose amplitudes fall as 1 / h^SLOPE.
tone() {
    {
        printf 'RIFF' && le32 16036 && printf 'WAVEfmt ' && le32 16 && le16 1 && le16 1
        le32 16000 && le32 32000 && le16 2 && le16 16 && printf 'data' && le32 16000
        awk -v f="$2" -v slope="$3" 'BEGIN {
            for (i = 0; i < 8000; i++) {
                x = 0
                for (h = 1; h <= 8; h++)
                    x += sin(6.283185307 * f * h * i / 16000 + h * h) / h ^ slope
                n = int(5000 * x + 65536.5) % 65536
                printf "%c%c", n % 256, int(n / 256)
            }
        }'
    } >"$1"
}

# Bright is a spectrum that falls less steeply; Loud is nothing at all.
mkdir -p set/audio
for note in A2:110 C3:131 D3:147 E3:165 G3:196 A3:220; do
    tone "set/audio/CleanX0X${note%:*}.wav" "${note#*:}" 3
    tone "set/audio/BrightX50X${note%:*}.wav" "${note#*:}" 1.8
    tone "set/audio/BrightX100X${note%:*}.wav" "${note#*:}" 0.6
    cp "set/audio/CleanX0X${note%:*}.wav" "set/audio/LoudX100X${note%:*}.wav"
done
tone clean.wav 156 3
printf '[audio]\nsample_rate = 16000\nn_iter = 1\nbins_per_octave = 12\nnum_octaves = 7\n' >default.ini
expect 0 "a data set" lts-dataset -q set
small=(-q --threads 2 --set VAE.n_units=64 --set VAE.latent_dim=8 --set training.batch_size=64)
expect 0 "a run" lts-train "${small[@]}" --set training.learning_rate=2e-3 --set training.epochs=40 set
run=set/timbre/run-000 file=$run/model/directions.safetensors

# field NAME: of the change that was printed.
field() { sed -n "s/.*\"event\":\"change\".*\"$1\":\([-0-9.e+]*\).*/\1/p" out; }
above() { awk -v a="$1" -v b="$2" 'BEGIN { exit !(a + 0 > b + 0) }'; }
add() { expect 0 "$1" lts-interp --json --run $run --a clean.wav "${@:2}"; }

add "bright" --add Bright=1 -o bright.wav
ok "directions are kept" [ -s "$file" ]
prints "bright.wav: beside the sound without the addition: centroid "
ok "the centroid rises" above "$(field centroid)" "$(field centroid_before)"
ok "so does the brightness" above "$(field brightness)" "$(field brightness_before)"
full=$(field centroid) before=$(field centroid_before)
ok "by a good part of what separates the labels" above "$full" "$(awk "BEGIN { print 1.3 * ${before:-0} }")"
ok "its comment says how" grep -aq "one sound, model .*, add Bright=1, sound 1 clean.wav@0" bright.wav
cp "$file" first
add "half as much" --add bright=0.5 -o half.wav
ok "moves less far" above "$full" "$(field centroid)"
ok "and further than nothing" above "$(field centroid)" "$before"
ok "what is there is read again" cmp first "$file"
add "twice the same half" --add Bright=0.25 --add Bright=0.25 -o twice.wav
ok "sums" [ "$(tail -c 4000 twice.wav | od -An -f | head -50 | md5sum)" = "$(tail -c 4000 half.wav | od -An -f | head -50 | md5sum)" ]
add "darker" --add Bright=-0.5 --b set/audio/BrightX100XA3.wav --alpha 0 -o darker.wav
ok "the other way" above "$(field centroid_before)" "$(field centroid)"
add "a range" --add Bright=0.5 --b set/audio/BrightX100XA3.wav --alpha 0:1:0.5 -o range
ok "has a change for each" [ "$(grep -c '"event":"change"' out)" -eq 3 ]

# The same in a server: renders and voices.
pick_ports
dump_start
server_start
refused "No model is loaded: send /load/model." /add sf Bright 0.5
send /load/dataset s "$PWD/set" && send /load/model s "$PWD/$run"
send $two/first/audio_path s "$PWD/set/audio/CleanX0XA2.wav"
send $two/second/audio_path s "$PWD/set/audio/CleanX0XA3.wav"
send $two/save_folder s "$PWD" && send /seed i 1 && send /output/align s none && send /set_alfa f 1
ok "is ready" sync
renders "a sound" /interpolate_two/generate fff 0.4 0 0
asks "it is saved" $two/save
asks "something is added" /add sf Bright 0.5
answered '^/report s "Renders: add Bright=0\.5\."$'
asks "and less of it" /add sf bright 0.25
answered '^/report s "Renders: add Bright=0\.25\."$'
asks "and as it was" /add sf bright 0.5
renders "another sound" /interpolate_two/generate fff 0.4 0 0
asks "it is saved" $two/save
expect 0 "offline" lts-interp -q --run $run --a set/audio/CleanX0XA2.wav --b set/audio/CleanX0XA3.wav \
    --duration 0.4 --alpha 1 --align none --seed 1 --phase-iter 4 --add Bright=0.5 -o offline.wav
ok "is another" differ generated_audio-00000.wav generated_audio-00001.wav
ok "the same as offline" same generated_audio-00001.wav offline.wav
ok "its comment says how" grep -aq "add Bright=0.5" generated_audio-00001.wav
refused "/add: Loud: no direction: its held-out labels give R2 " /add sf Loud 1
refused "/add: Brigth: no descriptor of the data set: did you mean Bright?" /add sf Brigth 1
refused "/add: Bright 11: choose -10 to 10" /add sf Bright 11
refused "/add: give a descriptor and an amount, -10 to 10, or nothing to take all away." /add s Bright
asks "nothing" /add
answered '^/report s "Nothing is added to renders\."$'
renders "a sound as before" /interpolate_two/generate fff 0.4 0 0
asks "it is saved" $two/save
ok "the same" same generated_audio-00000.wav generated_audio-00002.wav
refused "/live/add: voice 1 does not sound: start it first" /live/add sf Bright 0.5
asks "a voice" /live/2/start fff 0.4 0 0
asks "a fader" /live/2/add sf Bright 0.5
lines 0
asks "and back" /live/2/add sf Bright 0
lines 0
asks "all of them" /live/2/add
lines 0
refused "/live/2/add: Bright -11: choose -10 to 10" /live/2/add sf Bright -11
refused "/live/2/add: Loud: no direction: " /live/2/add sf Loud 0.5
server_stop
dump_stop

# --- Notes ---------------------------------------------------------------------------------------

mkdir notes
cp -r set/audio notes/audio
printf '%s\n' '[audio]' 'features = stft' '[stft]' 'sample_rate = 16000' 'duration = 0.5' 'n_fft = 256' \
    '[semantic]' 'filters = 8, 8, 8' 'latent_dimensions = 8' '[training]' 'epochs = 150' \
    'batch_size = 8' 'learning_rate = 0.003' '[dataset]' 'validation = 0' >notes.ini
expect 0 "notes" lts-dataset -q --config notes.ini notes
for condition in none descriptor perceptual; do
    expect 0 "a run of notes, told $condition" lts-train -q --config notes.ini --threads 2 \
        --set semantic.condition=$condition --set extra.description=$condition notes
done
add_note() { expect 0 "$1" lts-interp --json --run notes/$2/run-000 --a "$3" "${@:4}"; }
for condition in none descriptor; do
    add_note "a brighter note, told $condition" $condition Clean/0/A3 --add bright=1 -o note.wav
    ok "its centroid rises" above "$(field centroid)" "$(field centroid_before)"
    ok "its comment says how" grep -aq "note Clean/0/A3, add bright=1, model" note.wav
    full=$(field centroid)
    add_note "half as much" $condition Clean/0/A3 --add Bright=0.25 --add Bright=0.25 -o half.wav
    ok "moves less far" above "$full" "$(field centroid)"
    add_note "a sound" $condition notes/audio/CleanX0XA3.wav --add Bright=1 -o sound.wav
    ok "as its labels" cmp <(tail -c 16000 note.wav) <(tail -c 16000 sound.wav)
done
note_refused() {
    expect "$1" "$2" lts-interp -q --run notes/$3/run-000 --a Clean/0/A3 "${@:5}" -o none.wav
    says "$4"
    ok "nothing is made" [ ! -e none.wav ]
}
note_refused 1 "no such direction" none "did you mean Bright?" --add Brigth=1
note_refused 1 "no such condition" descriptor "name one of Bright, Clean, Loud" --add Brigth=1
note_refused 2 "told measures" perceptual "is told no descriptors" --add Bright=1
note_refused 2 "two notes" none "leave out --b" --add Bright=1 --b Bright/100/A3 --alpha 0.5
note_refused 2 "steps" none "no --add" --add Bright=1 --b Bright/100/A3 --steps 3

# What is refused.
not_made() {
    local status=$1 what=$2 text=$3
    shift 3
    expect "$status" "$what" lts-interp -q --run $run --a clean.wav "$@" -o no.wav
    says "$text"
    one_line
    ok "$what: nothing is written" [ ! -e no.wav ]
}
not_made 1 "an unsupported one" "--add Loud: no direction: its held-out labels give R2 " --add Loud=1
says "supported are Bright"
not_made 1 "an unknown one" "--add Brigth: no descriptor of the data set: did you mean Bright? supported are Bright" --add Brigth=1
not_made 2 "no amount" "--add=Bright: give DESCRIPTOR=AMOUNT" --add Bright
not_made 2 "no number" "--add=Bright=much: give DESCRIPTOR=AMOUNT" --add Bright=much
not_made 2 "too much" "--add=Bright=11: give DESCRIPTOR=AMOUNT, the amount from -10 to 10" --add Bright=11
not_made 2 "one sound alone" "give two sounds, --a and --b"
not_made 2 "between one sound" "--alpha and --curve go between two sounds" --add Bright=1 --alpha 0.5
not_made 2 "without the model" "--method=shift has no latent path to add to" --add Bright=1 --b clean.wav --alpha 0 --method shift

# Labels that change are learned anew, and a file that is damaged is too.
{
    echo file,descriptor,magnitude,pitch
    for note in A2 C3 D3 E3 G3 A3; do
        printf 'CleanX0X%s.wav,Clean,0,%s\nBrightX50X%s.wav,Crisp,50,%s\n' $note $note $note $note
        printf 'BrightX100X%s.wav,Crisp,100,%s\n' $note $note
    done
} >set/labels.csv
add "by a table" --add Crisp=1 -o crisp.wav
prints "directions.safetensors: learned of other labels; learned anew"
not_made 1 "a name of before" "supported are Crisp" --add Bright=1
head -c 100 "$file" >short && mv short "$file"
add "of a damaged file" --add Crisp=1 -o again.wav
prints "; learned anew"
ok "the same" cmp <(tail -c 1000 crisp.wav) <(tail -c 1000 again.wav)
mkdir elsewhere && mv set/audio set/npy elsewhere
add "without the data set" --add Crisp=1 -o moved.wav
rm "$file"
not_made 1 "nothing to learn from" "npy" --add Crisp=1
mv elsewhere/* set
printf 'file,descriptor,magnitude,pitch\nCleanX0XA2.wav,Clean,,A2\n' >set/labels.csv
for sound in set/audio/*.wav; do mv "$sound" "${sound/X/-}"; done
for array in set/npy/*.npy; do mv "$array" "${array/X/-}"; done
not_made 1 "no labels" "no sound has a descriptor and a magnitude: write labels.csv" --add Bright=1
