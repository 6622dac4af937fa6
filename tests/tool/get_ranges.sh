#!/bin/bash
# `openbits get --ranges-file`: thousands of overlapping ranges from nginx, judged by check_get.
set -u
. "$srcdir/tests/tool/nginx.sh"
nginx_or_skip
tool=$builddir/openbits
check=$builddir/tests/tool/check_get
tmp=$(mktemp -d "$OPENBITS_RUNTIME_DIR/get-ranges-XXXXXX") || exit 99
trap 'nginx_kill; rm -rf "$tmp"' EXIT
seed=${OPENBITS_TEST_SEED:-$(date +%s)}
echo "seed $seed (OPENBITS_TEST_SEED sets it)"
size=$((256 << 20))
count=${OPENBITS_TEST_RANGES:-10000}

mkdir -p "$tmp/root"
"$check" source "$tmp/root/f" $size "$seed" || exit 99
"$check" ranges $size "$count" "$seed" >"$tmp/ranges" || exit 99
nginx_start "$tmp"
"$tool" get --ranges-file "$tmp/ranges" --interval 20 --trace "$tmp/trace" --quiet "$nginx_url/f" "$tmp/f" ||
    { echo "FAIL: get: status $?"; exit 1; }
nginx_stop || exit 1
judge() { "$check" judge "$tmp/root/f" "$tmp/f" "$tmp/ranges" "$tmp/trace" "$tmp/access.log"; }
judge || exit 1
[ -z "$(find "$tmp" -maxdepth 1 -name 'BIT*')" ] || { echo "FAIL: a temporary file is left"; exit 1; }

# --- a judge that finds nothing would pass for ever
must_find() {
    judge >"$tmp/found" && { echo "FAIL: check_get is content, though: $1"; exit 1; }
    grep -q "$1" "$tmp/found" || { echo "FAIL: check_get says: $(cat "$tmp/found"), not: $1"; exit 1; }
}
cp "$tmp/access.log" "$tmp/log"
grep -m1 ' 206 ' "$tmp/log" >>"$tmp/access.log"
must_find 'sent [0-9]* bytes more than once'
sed '0,/ 206 /{/ 206 /d}' "$tmp/log" >"$tmp/access.log"
must_find 'sent by the server: '
cp "$tmp/log" "$tmp/access.log"
cp "$tmp/trace" "$tmp/kept"
grep '"FileRangesTransferred"\|::FileRangesTransferred' "$tmp/kept" | grep -m1 '"start"' >>"$tmp/trace"
must_find 'bytes were reported more than once'
cp "$tmp/kept" "$tmp/trace"
hole=$(sort -n "$tmp/ranges" | awk '/^#/ { next } at && $1 > at { print at; exit } $1 + $2 > at { at = $1 + $2 }')
printf x | dd of="$tmp/f" bs=1 seek="$hole" conv=notrunc status=none
must_find "byte $hole of the output is 120"
