#!/usr/bin/env bash
# The convolutional models, cvae and semantic, from data set to sound.
. "$LTS_SOURCE/tests/cli/lib.sh"

# --- cvae: a file as the TensorFlow original's, of fewer units ---------------------------------

mkdir -p tones/audio
for i in 1 2 3; do wav "tones/audio/$i.wav" 8000 1 1; done

# ini FILE LINE...: the file, with lines for [CVAE].
ini() {
    local file=$1
    shift
    {
        printf '%s\n' '[audio]' 'sample_rate = 8000' 'hop_length = 256' 'bins_per_octave = 12' \
            'num_octaves = 4' 'n_iter = 4' '[dataset]' 'datapath = tones' 'cqt_dataset = npy' \
            'workspace = ' 'run_number = 0' '[CVAE]' 'latent_dim = 4' 'num_dense_layers = 2' \
            'dense_units = 32' 'dense_unit_divider = 2' 'num_inital_filters = 4' "$@" \
            'kl_beta = 5e-5' '[training]' 'epochs = 2' 'learning_rate = 0.001' 'batch_size = 16' \
            'buffer_size = 60000' 'buffer_size_dataset = True' 'continue_training = False' \
            'max_ckpts_to_keep = 2' 'checkpoint_epochs = 15' 'save_best_only = True' \
            'learning_schedule = False' 'early_patience_epoch = 100' 'early_delta = 1e-9' \
            'verbose = 1' 'adam_beta_1 = 0.9' 'adam_beta_2 = 0.999' '[notes]' \
            'additional_notes = a note' '[extra]' 'normalize_examples = False' \
            'example_length = 1' 'plot_model = False' 'description = func-timbre-cvae'
    } >"$file"
}

ini cvae.ini 'num_conv_layers = 1' 'kernel_size = 3' 'batch_norm = False' 'output_activation = relu'
expect 0 "a data set by the same file" lts-dataset --config cvae.ini --quiet tones
expect 0 "the original's cvae trains" lts-train --config cvae.ini
says "a cvae ends linearly, as the original's code has it"
ok "no warning" [ "$(grep -c 'not a setting' err)" -eq 0 ]
run=tones/func-timbre-cvae/run-000
ok "a model" [ -s $run/model/best.safetensors ]
ok "the type is kept" grep -qx 'type = cvae' $run/config.ini
expect 0 "a sound is encoded" lts-encode --run $run tones/audio/1.wav -o z.npy
expect 0 "and decoded" lts-decode --run $run z.npy -o back.wav
ok "a sound" [ -s back.wav ]
expect 0 "two are mixed" lts-interp --run $run --a tones/audio/1.wav --b tones/audio/2.wav \
    --alpha 0.5 -o mix.wav
expect 0 "it goes on" lts-train --resume $run --set training.epochs=3
expect 0 "its latent space is drawn" lts-plot latent --run $run -o plot.png

ini more.ini 'num_conv_layers = 0' 'kernel_size = 4' 'batch_norm = True' \
    'mid_activations = leaky_relu' 'upsampling = bilinear'
expect 0 "its variants train" lts-train --config more.ini --quiet
ini wrong.ini 'num_conv_layers = 2' 'kernel_size = 3' 'upsampling = nearest'
expect 2 "what cannot be doubled is refused" lts-train --quiet --config wrong.ini
says "cannot be doubled again: use fewer num_conv_layers or transposed"
one_line
ini wrong.ini 'num_conv_layers = 0' 'upsampling = cubic'
expect 2 "an upsampling that is none" lts-train --quiet --config wrong.ini
says "[CVAE] upsampling = cubic: must be transposed, nearest or bilinear"
one_line

# The TensorFlow original's vae2 has this line.
printf '[VAE]\nlatent_dim = 8\nnum_layers = 2[]\n' >typo.ini
expect 2 "its typing error" lts-train --quiet --config typo.ini tones
says "typo.ini:3: [VAE] num_layers = 2[]: must be a whole number, 0 to 16"
one_line

# --- semantic: notes with labels ----------------------------------------------------------------

for descriptor in Bright Dark; do
    for fret in 0 1 2; do
        mkdir -p notes/audio/Group/$descriptor/50
        wav notes/audio/Group/$descriptor/50/1-$fret.wav 22050 1 1
    done
done
printf '[semantic]\nfilters = 4, 4, 3\nlatent_dimensions = 5\n[training]\nepochs = 2\nbatch_size = 4\n' \
    >semantic.ini
expect 0 "notes" lts-dataset --config semantic.ini --quiet notes
expect 0 "semantic trains" lts-train --config semantic.ini notes
ok "a model" [ -s notes/semantic/run-000/model/best.safetensors ]
ok "its loss" grep -qx 'loss = elbo' notes/semantic/run-000/config.ini
expect 0 "a note is encoded" lts-encode --run notes/semantic/run-000 \
    notes/audio/Group/Dark/50/1-0.wav -o note.npy
for condition in descriptor perceptual; do
    expect 0 "told a $condition" lts-train --config semantic.ini --quiet \
        --set semantic.condition=$condition notes
done
ok "what was told is in the model" grep -qa 'descriptor 64 66 50' \
    notes/semantic/run-001/model/best.safetensors
for threads in 1 3; do
    expect 0 "on $threads threads" lts-train --config semantic.ini --quiet --threads $threads \
        --set semantic.condition=descriptor --set extra.description=threads notes
done
ok "threads change nothing" cmp notes/threads/run-00{0,1}/model/best.safetensors
expect 2 "conditions of frames" lts-train --quiet --config cvae.ini --set model.type=semantic \
    --set semantic.condition=descriptor --set training.loss=elbo tones
says "[semantic] condition needs notes: set [audio] features to stft"
one_line
expect 2 "filters that are none" lts-train --quiet --config semantic.ini --set semantic.filters=8x8 notes
says "[semantic] filters = 8x8: must be 1 to 16 whole numbers"
one_line
