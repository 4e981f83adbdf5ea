#!/usr/bin/env bash
# Every tool's completions, printed by itself: what bash would offer, and that zsh and fish read
# theirs.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"
mkdir -p recordings "run 000"
touch "a sound.wav" a.npy

# offered WORD... prints what bash offers for the last word of a command line, one a line.
offered() (
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    source "$1.bash"
    "$(complete -p "$1" | sed 's/.*-F \([a-z_]*\) .*/\1/')" "$1" "${!#}" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf '%s\n' "${COMPREPLY[@]}"
)

# offers EXPECTED WORD...: EXPECTED has blanks between the words offered, in any order.
offers() {
    local got
    got=$(offered "${@:2}" 2>err | sort | tr '\n' ' ')
    ok "${*:2}<TAB>: '$got' is '$1'" [ "$got" = "$(tr ' ' '\n' <<<"$1" | sort | tr '\n' ' ')" ]
    silent
}

for file in "$source"/tools/lts-*.c; do
    tool=$(basename "$file" .c)
    expect 0 "$tool --completion=bash" "$tool" --completion=bash
    silent
    cp out "$tool.bash"
    ok "bash reads $tool's" bash -n "$tool.bash"
    expect 0 "$tool --help" "$tool" --help
    offers "$(sed -n 's/^  \(-., \|    \)\(--[a-z][a-z0-9-]*\).*/\2/p' out | tr '\n' ' ' | sed 's/ $//')" \
        "$tool" --
    offers "--version" "$tool" --vers
    offers "bash fish zsh" "$tool" --completion ""
    offers "fish" "$tool" --completion = f
    offers "bash fish zsh" "$tool" --completion =
    offers "--completion=fish" "$tool" --completion=f # with "=" taken out of COMP_WORDBREAKS
    offers "" "$tool" --threads ""
    offers "" "$tool" --no-such-opt
    for shell in zsh fish; do
        expect 0 "$tool --completion=$shell" "$tool" --completion=$shell
        cp out "$tool.$shell"
        command -v $shell >/dev/null || continue
        ok "$shell reads $tool's" $shell -n "$tool.$shell"
    done
    ok "zsh knows whose it is" [ "$(head -n 1 "$tool.zsh")" = "#compdef $tool" ]
    ok "installed for bash" cmp "$tool.bash" "$bin/completions/bash/$tool"
    ok "installed for zsh" cmp "$tool.zsh" "$bin/completions/zsh/_$tool"
    ok "installed for fish" cmp "$tool.fish" "$bin/completions/fish/$tool.fish"
done

offers "recordings" lts-dataset rec
offers "cqt log-stft samples stft" lts-dataset --features ""
offers "audio.num_octaves=" lts-dataset -s audio.nu
offers "" lts-dataset --set audio.num_octaves = ""
offers "a.npy" lts-decode -F a.n
offers "pghi random zero" lts-decode --phase-init ""
offers "16 24 32f" lts-interp --bits =
offers "a.npy" lts-interp -a a.
offers "" lts-interp -a a.wav @ 1
offers "a.npy" lts-encode -r x a.
offers "loss spectrogram latent morph evaluation" lts-plot ""
offers "random render" lts-synth r
offers "lv2-list lv2-params" lts-synth lv
offers "a.npy" lts-synth dataset --wav -o a.n
offers "auto naive bandlimited" lts-synth render --oscillators ""
offers "latent" lts-plot -o x.png la
offers "a.npy" lts-plot spectrogram a.
offers "pca tsne" lts-plot latent --method ""
offers "auto folder prefix file time" lts-plot latent --colour ""
offers "" lts-send /live/alpha ""
offers "" lts-send --timeout ""
offers "recordings" lts-server --root rec
offers "recordings" lts-server --dataset = rec
offers "recordings" lts-train rec
offers "training.epochs=" lts-train --set = training.epo
ok "a name with a blank is one word" [ "$(offered lts-train --resume run)" = "run 000" ]
ok "and a file's too" [ "$(offered lts-encode "a s")" = "a sound.wav" ]

if command -v fish >/dev/null; then
    fishes() { # EXPECTED LINE
        ok "fish: $2<TAB>" [ "$(HOME=$PWD fish -N -c "source lts-${2%% *}.fish; complete -C 'lts-$2'" |
            cut -f1 | tr '\n' ' ')" = "$1 " ]
    }
    fishes "evaluation latent loss morph spectrogram" "plot "
    fishes "pca tsne" "plot latent -M "
    fishes "--colour" "plot latent --col"
    fishes "recordings/" "train rec"
    fishes "training.epochs=" "train --set training.epo"
    fishes "a.npy" "decode -F a.n"
fi
