#!/bin/sh
# The example program, as C and as C++, gets the bytes it asks for from our server, and an error if there are none.
set -eu
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
mkdir "$work/www" "$work/local"
seq 1 400000 >"$work/www/file"
mkfifo "$work/ready"
"$builddir/openbits" serve --quiet --root "$work/www" >"$work/ready" &
server=$!
read -r line <"$work/ready"
url=$(printf '%s\n' "$line" | sed 's/.*"url":"\([^"]*\)".*/\1/')
{
    tail -c +1001 "$work/www/file" | head -c 500
    tail -c +2000001 "$work/www/file" | head -c 70000
} >"$work/want"

for client in client client_cxx; do
    echo "$client: two ranges"
    "$builddir/tests/header/$client" "$url/file" "$work/local/file" 1000 500 2000000 70000 >"$work/got"
    cmp "$work/want" "$work/got"
    [ -z "$(ls -A "$work/local")" ] || { echo "$client left a file"; exit 1; }

    echo "$client: no such file"
    if "$builddir/tests/header/$client" "$url/none" "$work/local/file" 0 1 2>"$work/error"; then
        echo "$client found what is not there"
        exit 1
    fi
    grep -q 0x80190194 "$work/error"
done
