#!/bin/sh
# Checks notify.pml with spin: each variant has to hold, and each broken one has to fail.
# usage: check.sh WORKING-FOLDER (made, and removed at the end)
set -eu
model=$(cd "$(dirname "$0")" && pwd)/notify.pml
folder=$1

command -v spin >/dev/null 2>&1 || { echo "SKIP: spin is not installed, the model is not checked"; exit 0; }
mkdir -p "$folder"
cd "$folder"
trap 'cd / && rm -rf "$folder"' EXIT

# variant WANTED-ERRORS DEFINES...
variant() {
    wanted=$1
    shift
    rm -f pan*
    spin "$@" -a "$model"
    ${CC:-cc} -O2 -DSAFETY -DCOLLAPSE -DMEMLIM=2000 -o pan pan.c
    ./pan -m200000 -n >log 2>&1 || true
    states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' log)
    if ! grep -q "errors: $wanted\$" log || grep -Eq 'max search depth too small|out of memory|MEMLIM' log; then
        cat log
        echo "FAIL: notify.pml $* (wanted errors: $wanted)"
        exit 1
    fi
    echo "PASS: notify.pml ${*:-(no variant)}, errors: $wanted, $states states"
}

variant 0
variant 0 -DSTOP
variant 0 -DBLOCK
variant 0 -DKILL
variant 1 -DBLOCK -DBROKEN_WAKE
variant 1 -DBROKEN_GATE
