#!/bin/sh
# README's program, as it stands there: compiled as C and as C++ by each compiler there is, with mingw against
# its own headers, and run against our server.
set -eu
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT

awk '/^```c$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$srcdir/README.md" >"$work/ranges.c"
[ -s "$work/ranges.c" ] || { echo "README.md has no program"; exit 1; }
cp "$work/ranges.c" "$work/ranges.cpp"

have() {
    command -v "$1" >/dev/null 2>&1
}

ours="-I$srcdir/include -isystem $srcdir/include/compat"
for cc in gcc clang; do
    have $cc || continue
    echo "$cc: as C, as C++"
    # shellcheck disable=SC2086
    $cc -std=c17 -Wall -Wextra -Werror $ours -c "$work/ranges.c" -o "$work/$cc.o"
    # shellcheck disable=SC2086
    $cc -x c++ -std=c++17 -Wall -Wextra -Werror $ours -c "$work/ranges.cpp" -o "$work/$cc++.o"
done
for cc in x86_64-w64-mingw32-gcc; do
    have $cc || { echo "$cc is not there: not compiled for Windows"; continue; }
    echo "$cc: as C, as C++"
    $cc -std=c17 -Wall -Wextra -Werror -I"$srcdir/include/mingw" -c "$work/ranges.c" -o "$work/w.o"
    ${cc%gcc}g++ -std=c++17 -Wall -Wextra -Werror -I"$srcdir/include/mingw" -c "$work/ranges.cpp" -o "$work/w++.o"
done

mkfifo "$work/ready"
"$builddir/openbits" serve --quiet --file /f=6M:3 >"$work/ready" &
server=$!
read -r line <"$work/ready"
url=$(printf '%s\n' "$line" | sed 's/.*"url":"\([^"]*\)".*/\1/')
for object in gcc.o gcc++.o; do
    [ -f "$work/$object" ] || continue
    echo "run: $object"
    # The library may have been built with a sanitizer, whose runtime must then be linked.
    "$builddir/libtool" --silent --tag=CC --mode=link gcc ${SANITIZER_FLAGS:-} "$work/$object" \
        "$builddir/libopenbits.la" -o "$work/ranges"
    "$work/ranges" "$url/f" "$work/out" >"$work/said"
    grep -q '^state 3$' "$work/said"
    grep -q '^arrived: ' "$work/said"
    grep -q '^there: 100000 bytes at 0$' "$work/said"
    grep -q '^there: 1291456 bytes at 5000000$' "$work/said"
    [ ! -e "$work/out" ]
done
