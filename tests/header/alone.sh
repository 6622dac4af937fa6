#!/bin/sh
# Each header compiles as the first and only one, with every compiler there is, in C and C++, without a warning;
# and so does the example program.
set -eu
compat=$srcdir/include/compat
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

# compile LANGUAGE COMPILER FLAG... : each file of $work/LANGUAGE
compile() {
    language=$1
    shift
    command -v "$1" >/dev/null || return 0
    "$@" -x "$language" -Wall -Wextra -Wpedantic -Werror -I"$compat" -fsyntax-only "$work"/*.c ||
        { echo "FAILED: $*"; status=1; }
}

for header in "$compat"/*.h "$srcdir"/include/openbits*.h; do
    name=$(basename "$header")
    printf '#include "%s"\nextern int alone;\n' "$header" >"$work/${name%.h}.c"
done
compile c gcc -std=c17
compile c++ g++ -std=c++17

# The other spellings of a name have been compiled now.
for header in $(grep -l 'another spelling of' "$compat"/*.h); do
    name=$(basename "$header")
    rm "$work/${name%.h}.c"
done
cp "$srcdir/tests/header/client.c" "$work"
compile c gcc -std=c11 -DCOBJMACROS
compile c clang -std=c17 -DCOBJMACROS
compile c++ g++ -std=c++14
compile c++ clang++ -std=c++17
rm "$work/client.c"
compile c gcc -std=c17 -DINITGUID -DCONST_VTABLE
compile c++ g++ -std=c++17 -DINITGUID
compile c++ g++ -std=c++17 -DCINTERFACE -DCOBJMACROS
exit $status
