#!/usr/bin/env bash
# The installed library: exactly the functions of its headers are exported, and the examples build and
# run against it, shared and static.
. "$LTS_SOURCE/tests/cli/lib.sh"
prefix=$scratch/usr
cc=${CC:-cc}
flags=(-std=c11 -Wall -Wextra -Werror)
if [ -n "${LTS_SANITIZED:-}" ]; then
    ok "a sanitizer's library is built, but not for others to link" [ -s "$bin/liblts.a" ]
    exit 0
fi

cmake --install "$bin" --prefix "$prefix" >out 2>err
export PKG_CONFIG_PATH
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name lts.pc)")
library=$(pkg-config --variable=libdir lts)
export LD_LIBRARY_PATH=$library

# What the static library needs beside the packages that lts.pc requires.
read -ra private < <(sed -n 's/^Libs.private: //p' "$PKG_CONFIG_PATH"/lts.pc)

# Comments out, then every lts_ name before a parenthesis that is no typedef.
sed 's|/\*.*\*/||; /\/\*/,/\*\//d' "$prefix"/include/lts/*.h | grep -v '^typedef' |
    grep -oE '\blts_[a-z0-9_]+\(' | tr -d '(' | sort -u >declared
nm -D --defined-only "$library"/liblts.so | awk '{ print $3 }' | sort >shared
nm -g --defined-only "$library"/liblts.a | awk 'NF == 3 { print $3 }' | sort >static
ok "functions are declared" [ "$(wc -l <declared)" -gt 200 ]
ok "the shared library exports what is declared" diff declared shared
ok "so does the static one" diff declared static
ok "the shared library has a soname" grep -q 'SONAME.*liblts.so.[0-9]' <(readelf -d "$library"/liblts.so)

version=$(sed -n 's/^#define LTS_VERSION_[MP][A-Z]* //p' "$prefix"/include/lts/base.h | paste -sd.)
ok "pkg-config knows the version" [ "$(pkg-config --modversion lts)" = "$version" ]
ok "the tools have it too" grep -q " $version\$" <("$prefix"/bin/lts-train --version)

# OpenBLAS costs each process 3 MB and 3 ms.
ok "lts-train needs OpenBLAS" grep -q 'NEEDED.*blas' <(readelf -d "$prefix/bin/lts-train")
for tool in lts-dataset lts-synth lts-send; do
    ok "$tool multiplies no matrices and starts without OpenBLAS" \
        [ -z "$(readelf -d "$prefix/bin/$tool" | grep 'NEEDED.*blas')" ]
done

# Every header stands alone, in C and, where there is a compiler for it, in C++.
for header in "$prefix"/include/lts/*.h; do
    echo "#include <lts/$(basename "$header")>" >alone.c
    ok "$(basename "$header") compiles alone" \
        "$cc" "${flags[@]}" -pedantic -fsyntax-only alone.c $(pkg-config --cflags lts)
    cp alone.c alone.cpp
    ! command -v c++ >/dev/null || ok "$(basename "$header") compiles as C++" \
        c++ -std=c++11 -Wall -Wextra -Werror -fsyntax-only alone.cpp $(pkg-config --cflags lts)
done

for example in magnitudes morph train; do
    ok "$example builds" "$cc" "${flags[@]}" "$source/tests/examples/$example.c" -o $example \
        $(pkg-config --cflags --libs lts) -lm
    ok "$example builds statically" "$cc" "${flags[@]}" "$source/tests/examples/$example.c" \
        -o $example-static $(pkg-config --cflags lts) "$library"/liblts.a \
        $(pkg-config --libs $(pkg-config --print-requires-private lts)) "${private[@]}"
    ok "$example-static needs no liblts.so" [ -z "$(readelf -d $example-static | grep 'NEEDED.*liblts')" ]
done
mkdir -p set/audio
wav set/audio/a.wav 44100 1 1
wav set/audio/b.wav 44100 1 1
"$prefix"/bin/lts-dataset --quiet set && "$prefix"/bin/lts-train --quiet set --set training.epochs=1 \
    --set VAE.n_units=16 --set VAE.latent_dim=4 >out 2>err
for kind in "" -static; do
    ok "magnitudes$kind runs" grep -q '345 frames of 384 bins' <(./magnitudes$kind set/audio/a.wav m.npy)
    ok "as lts-dataset computes them" cmp m.npy set/npy/a.npy
    ok "morph$kind runs" ./morph$kind set/timbre/run-000 set/audio/a.wav set/audio/b.wav 0.5 m.wav
    ok "with half a second of sound" [ "$(stat -c %s m.wav)" -gt 88200 ]
    ok "train$kind runs" ./train$kind 300 m.safetensors
    ok "and learns" awk '{ loss = $4 } NR == 1 { first = loss } END { exit !(loss < first / 2) }' \
        <(./train$kind 300 m.safetensors)
done
if [ -x "$bin/lts-lv2-host" ]; then
    ok "the host of plugins is found where it was installed" \
        env -u LTS_LV2_HOST "$prefix"/bin/lts-synth lv2-list
fi
code=0
./magnitudes nothing.wav m.npy 2>err || code=$?
ok "a missing file is one line and 1" [ $code -eq 1 ]
one_line
cat >CMakeLists.txt <<END
cmake_minimum_required(VERSION 3.18)
project(user C)
find_package(lts $version REQUIRED)
add_executable(user $source/tests/examples/train.c)
target_link_libraries(user PRIVATE lts::lts m)
END
ok "CMake finds it" cmake -S . -B user -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_BUILD_TYPE=Release
ok "and builds with it" cmake --build user
ok "and the program runs" user/user 1 m.safetensors
