#!/usr/bin/env bash
# Every tool's --help, --version, wrong use and man page, held against each other.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"

# Options as --help lists them, and as the man page heads its paragraphs with them: "-x,--name".
helped() { sed -n 's/^  \(-., \|    \)\(--[a-z][a-z-]*\).*/\1\2/p' out | tr -d ' ' | sort; }
in_man() {
    sed -n '/^\.SH OPTIONS/,/^\.SH [^O]/p' "$1" | sed -n '/^\.TP/{n;p}' |
        sed 's/\\f[A-Z]//g; s/\\-/-/g; s/^\.[A-Z]* //; s/[" ]//g' |
        grep -oE '(-[A-Za-z],)?--[a-z][a-z-]*' | sort -u
}

for file in "$source"/tools/lts-*.c; do
    tool=$(basename "$file" .c) page=${file%.c}.1
    expect 0 "$tool --help" "$tool" --help
    silent
    ok "$tool: its usage" [ "$(head -1 out | cut -d' ' -f1-2)" = "Usage: $tool" ]
    ok "$tool: every form of it" [ -z "$(sed -n '2,/^Options:/p' out | grep -v "^       $tool \|^$tool: \|^$\|^Options:$")" ]
    prints "Examples:"
    ok "$tool: no text is missing" [ -z "$(grep '(null)' out)" ]
    ok "$tool: lines that fit a terminal" [ -z "$(sed '/^Examples:/,$d' out | grep '.\{81\}')" ]
    for option in threads seed quiet verbose json help version; do prints "--$option"; done
    helped >options.help
    cat options.help >>options.all
    ok "$tool: options" [ "$(wc -l <options.help)" -gt 6 ]
    cp out long
    expect 0 "$tool -h" "$tool" -h
    ok "is --help" cmp out long
    expect 0 "$tool --help among others" "$tool" --quiet --help

    expect 0 "$tool --version" "$tool" --version
    ok "one line: $(cat out)" [ "$(grep -cx "$tool (latent-timbre) [0-9.]*" out)/$(wc -l <out)" = 1/1 ]
    silent
    for wrong in --no-such-option -9 --threads --threads=none; do
        expect 2 "$tool $wrong" "$tool" $wrong
        one_line
        says "$tool: ${wrong%%=*}"
        says "try $tool --help"
        ok "prints nothing" [ ! -s out ]
    done
    expect 2 "$tool --thraeds=2" "$tool" --thraeds=2
    says "$tool: --thraeds: no such option (did you mean --threads?); try $tool --help"
    one_line
    expect 2 "$tool --json of wrong use" "$tool" --json --no-such-option
    prints '{"event":"error","status":'

    ok "$tool has a man page" [ -s "$page" ]
    [ -s "$page" ] || continue
    in_man "$page" >options.man
    ok "$tool: --help and man page list the same options" diff options.help options.man
    for section in NAME SYNOPSIS DESCRIPTION OPTIONS EXAMPLES '"EXIT STATUS"' '"SEE ALSO"'; do
        ok "$page: $section" grep -qx ".SH $section" "$page"
    done
    # Bare, these print as typographic hyphens and quotes, which no shell takes back.
    ok "$page: examples to copy" [ -z "$(sed -n '/^\.EX/,/^\.EE/p' "$page" | sed 's/\\-//g' | grep "[-'^~\`]")" ]
    if command -v man >/dev/null && man --version 2>/dev/null | grep -q man; then
        MANWIDTH=80 man -l --warnings "$page" >page 2>warnings || true
        ok "$page renders without warnings: $(cat warnings)" [ ! -s warnings ]
    elif command -v groff >/dev/null; then
        groff -man -Tutf8 -ww "$page" >page 2>warnings || true
        ok "$page renders without warnings: $(cat warnings)" [ ! -s warnings ]
    fi
done
for page in "$source"/tools/lts-*.1; do ok "a tool for $page" [ -s "${page%.1}.c" ]; done

# "-x,--name" -> "x name", "--name" -> "- name"; what remains after uniq has two meanings.
sed -E 's/^-(.),--(.*)/\1 \2/; s/^--/- /' options.all | sort -u >letters
ok "every letter stands for one option" [ -z "$(grep -v '^-' letters | cut -d' ' -f1 | uniq -d)" ]
ok "every option has one letter or none" [ -z "$(cut -d' ' -f2 letters | sort | uniq -d)" ]
ok "of all the tools: $(wc -l <letters) options" [ "$(wc -l <letters)" -gt 30 ]

for wrong in dataset:--shared interp:--durration decode:--phase-itre encode:--log-var plot:--color \
    send:--time-out synth:--spcae server:--audiodevice train:--Resume; do
    expect 2 "lts-${wrong/:/ }" "lts-${wrong%:*}" "${wrong#*:}"
    says "${wrong#*:}: no such option (did you mean --"
done
expect 2 "a misspelt setting" lts-train --set training.epcohs=2
says "training.epcohs=2: no such setting; did you mean training.epochs?"
expect 2 "a setting without its section" lts-train --set epochs=2
says "epochs=2: name a setting as section.key; did you mean training.epochs?"
expect 2 "a setting that nothing is near to" lts-train --set nothing=2
says "nothing=2: name a setting as section.key"
one_line
