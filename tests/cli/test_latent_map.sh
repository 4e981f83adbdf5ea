#!/usr/bin/env bash
# lts-plot latent of labelled points: pictures, tables, measures, tables that are wrong.
. "${LTS_SOURCE:?}/tests/cli/lib.sh"
data=$source/tests/data/structure

# npy FILE ROWS COLUMNS: an array of the numbers on standard input.
npy() {
    local head="{'descr': '<f4', 'fortran_order': False, 'shape': ($2, $3), }"
    { printf '\x93NUMPY\x01\x00\x76\x00%-117s\n' "$head" && perl -ne 'print pack("f<*", split)'; } >"$1"
}
# The points of the oracle with their labels: -1 is none.
n=$(($(wc -c <"$data/labels.npy") / 12 - 10))
{
    echo 'file,Pitch,descriptor,min,magnitude'
    tail -c +129 "$data/labels.npy" | od -An -v -t f4 -w12 | awk '{
        names[0] = "Bright"; names[1] = "\"Crunch, \"\"hot\"\"\""; names[2] = "Dark"; names[3] = "Fuzz"
        names[4] = "WahWah"; print "a b.wav,1-" $3 + 8 "," ($1 < 0 ? "" : names[$1]) ",-50," $2 }'
} >labels.csv
points=$data/points.npy
map() { lts=$1 && shift && expect "$lts" "$1" lts-plot latent "$points" --labels "${table:-labels.csv}" "${@:2}"; }

map 0 "a table" -o map.csv
ok "with a row for each point" [ "$(wc -l <map.csv)" -eq $((n + 1)) ]
ok "and the columns" [ "$(head -1 map.csv)" = row,descriptor,magnitude,pitch,pca_1,pca_2,tsne_1,tsne_2 ]
ok "names with commas and quotes" grep -q '^[0-9]*,"Crunch, ""hot""",50,1-' map.csv
ok "and none" grep -q '^[0-9]*,,0,1-' map.csv
prints "descriptor         silhouette  compactness   separation    linearity straightness  consistency"
prints "all                   -0.0831       0.8009       2.3073       0.7912       0.6795       0.9819"
prints "Crunch, \"hot\"         -0.0881       0.8697       1.8925       0.8139       0.6708       0.9706"
prints "WahWah                 0.4821       0.3422       2.0697       0.6094       0.6045            -"
prints map.csv
map 0 "as JSON" --by pitch --json --method pca -o one.csv
prints '{"event":"structure","descriptor":"all","silhouette":-0.083'
prints '{"event":"structure","descriptor":"WahWah",'
ok "what is undefined is left out" [ "$(grep -c consistency out)" -eq 5 ]
prints '{"event":"picture","file":"one.csv","points":'
ok "only the projection asked for" [ "$(head -1 one.csv)" = row,descriptor,magnitude,pitch,pca_1,pca_2 ]
map 0 "the same again, on other threads" --threads 3 -o again.csv
ok "is the same" cmp map.csv again.csv
map 0 "few points" --points 40 --seed 3 -o few.csv
ok "are as many as asked for" [ "$(wc -l <few.csv)" -eq 41 ]
ok "in their order" awk -F, 'NR > 2 && $1 <= last { bad = 1 } { last = $1 } END { exit bad }' few.csv
if comma_locale; then
    LC_ALL=de_DE.UTF-8 map 0 "where a decimal comma is usual" -o comma.csv
    ok "is the same" cmp map.csv comma.csv
fi

table=<(cat labels.csv) map 0 "a table through a pipe" -o piped.csv
ok "is the same" cmp map.csv piped.csv
{ printf '\xef\xbb\xbf' && sed 's/,/ , /g; s/$/\r/' labels.csv; } | sed 's/Crunch ,  /Crunch, /' >loose.csv
table=- map 0 "standard input, of a spreadsheet" -o spread.csv <loose.csv
ok "is the same" cmp map.csv spread.csv

for by in descriptor magnitude pitch all; do
    map 0 "by $by" --by $by --method pca -o $by.svg
    ok "$by.svg is a picture" grep -q '</svg>' $by.svg
    silent
done
ok "descriptors in the legend" grep -qF '<text>Crunch, "hot"</text>' descriptor.svg
ok "and points without" grep -qF '<text>(none)</text>' descriptor.svg
ok "no magnitudes there" [ -z "$(grep -F '<text>75</text>' descriptor.svg)" ]
ok "magnitudes in theirs" grep -qF '<text>75</text>' magnitude.svg
legend() { grep -oE '<text>1-[0-9]+</text>' "$1" | tr '\n' ' '; }
ok "pitches in order: $(legend pitch.svg)" [ "$(legend pitch.svg)" = \
    "<text>1-8</text> <text>1-9</text> <text>1-10</text> <text>1-11</text> " ]
for name in WahWah 100 1-11; do
    ok "$name among all" grep -qF "<text>$name</text>" all.svg
done
map 0 "both projections" --by descriptor -o both.png
ok "a PNG" [ "$(head -c 4 both.png | tail -c 3)" = PNG ]
seq 1 75 | awk '{ print int($1 / 3) "," $1 % 3 * 50 ",A4" }' >names
{ echo descriptor,magnitude,pitch && cat names; } >many.csv
seq 1 75 | awk '{ print $1, $1 * $1 % 7, $1 % 3 }' | npy points.npy 75 3
points=points.npy table=many.csv map 0 "more descriptors than colours" --by descriptor --method pca -o many.svg
ok "share the last one" grep -qF '<text>8 others</text>' many.svg

wrong() { # STATUS MESSAGE TABLE ARGUMENT...
    printf '%b' "$3" >wrong.csv
    expect "$1" "wrong: $2" lts-plot latent "$points" --labels wrong.csv "${@:4}" -o x.png
    says "$2"
    one_line
}
wrong 1 "wrong.csv: line 1: no column pitch" 'descriptor,magnitude\nBright,25\n'
wrong 1 "wrong.csv: line 1: no column descriptor" ''
wrong 1 "line 3: magnitude 'loud': expected a number" \
    'descriptor,magnitude,pitch\r\nBright,25,A4\r\nBright,loud,A4\r\n'
wrong 1 "line 2: 2 fields, no pitch" 'descriptor,magnitude,pitch\nBright,25\n'
wrong 1 "line 2: a quotation does not end" 'descriptor,magnitude,pitch\n"Bright,25,A4\n'
wrong 1 "line 2: a quotation does not end" 'descriptor,magnitude,pitch\n"Bright"x,25,A4\n'
wrong 1 "line 3: a quotation does not end" 'descriptor,magnitude,pitch\n\n"Bright,25,A4\n'
wrong 1 "byte 4 is 0" 'desc\0iptor,magnitude,pitch\n'
wrong 1 "wrong.csv: 1 row, but $points has $n points" 'descriptor,magnitude,pitch\nBright,25,A4'
wrong 2 "--labels has no meaning with --run" '' --run x
wrong 2 "--dataset has no meaning for an array of points" '' --dataset x
wrong 2 "--colour has no meaning for labelled points" '' --colour file
wrong 2 "--by=colour" '' --by colour
expect 2 "no table" lts-plot latent "$points" --by pitch -o x.png
says "--by needs --labels"
expect 2 "no points" lts-plot latent --labels labels.csv -o x.png
says "--labels goes with one array of points"
expect 2 "labels of losses" lts-plot loss run --labels labels.csv -o x.png
says "--labels has no meaning for loss"
expect 2 "another kind of file" lts-plot latent "$points" --labels labels.csv -o x.txt
says ".png, .svg, .pdf or .csv"
echo '1 2 3 nan 5 6' | npy nan.npy 3 2
printf 'descriptor,magnitude,pitch\na,1,A4\na,2,A4\nb,3,A4\n' >three.csv
expect 1 "a point that is not finite" lts-plot latent nan.npy --labels three.csv -o x.png
says "nan.npy: row 1, column 1 is not finite"
echo '1 2 3' | npy line.npy 3 1
expect 1 "one dimension" lts-plot latent line.npy --labels three.csv -o x.png
says "line.npy: 3 points of 1 dimensions"
expect 1 "no such table" lts-plot latent line.npy --labels no.csv -o x.png
says "no.csv: "
expect 1 "a wrong table through standard input" lts-plot latent "$points" --labels - -o x.png <<<descriptor
says "-: line 1: no column magnitude"
expect 2 "points and labels of one standard input" lts-plot latent - --labels - -o x.png <three.csv
says "standard input"
ok "nothing was drawn" [ ! -e x.png ] && [ ! -e x.txt ]
no_temporaries .
