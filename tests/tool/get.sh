#!/bin/bash
# `openbits get` as a program: what it brings, what it says, how it refuses, fails and is interrupted.
set -u
. "$srcdir/tests/tool/nginx.sh"
nginx_or_skip
tool=$builddir/openbits
check=$builddir/tests/tool/check_get
tmp=$(mktemp -d "$OPENBITS_RUNTIME_DIR/get-XXXXXX") || exit 99
trap 'nginx_kill; rm -rf "$tmp"' EXIT
failures=0
fail() {
    echo "FAIL: $*"
    failures=$((failures + 1))
}

size=$((3 << 20))
mkdir -p "$tmp/root" "$tmp/work" "$tmp/given"
"$check" source "$tmp/root/f" $size 11 || exit 99
touch -d '2020-02-20 20:20:20' "$tmp/root/f"
: >"$tmp/root/empty"
cd "$tmp/work" || exit 99
nginx_start "$tmp"
url=$nginx_url/f

# nothing_left: the folder that everything is downloaded to is as it was.
nothing_left() {
    [ -z "$(ls -A)" ] || { fail "$*: leaves $(ls -A)"; rm -rf -- ./* .[!.]*; }
}

# refused STATUS PATTERN ARGUMENT...: one line on standard error that matches; nothing on standard output; no file.
refused() {
    local status=$1 pattern=$2 got
    shift 2
    "$tool" get "$@" >"$tmp/out" 2>"$tmp/err" </dev/null
    got=$?
    [ $got -eq "$status" ] || fail "get $*: status $got, not $status"
    [ "$(wc -l <"$tmp/err")" -eq 1 ] || fail "get $*: not one line: $(cat "$tmp/err")"
    grep -q '^openbits get: ' "$tmp/err" && grep -Eq -- "$pattern" "$tmp/err" || fail "get $*: says: $(cat "$tmp/err")"
    [ -s "$tmp/out" ] && fail "get $*: wrote to standard output: $(cat "$tmp/out")"
    nothing_left "get $*"
}

# --- what it brings
"$tool" get "$url" f >"$tmp/out" 2>"$tmp/err" || fail "whole file: status $?: $(cat "$tmp/err")"
cmp "$tmp/root/f" f || fail "whole file: content"
[ -s "$tmp/err" ] && fail "whole file on a pipe: a progress bar: $(cat "$tmp/err")"
grep -q '^f: 3.0 MiB in ' "$tmp/out" || fail "whole file: says: $(cat "$tmp/out")"
[ "$(stat -c %Y f)" = "$(stat -c %Y "$tmp/root/f")" ] || fail "whole file: not the server's time"
rm -f f

echo old >f
"$tool" get --quiet "$url" f >"$tmp/out" 2>"$tmp/err" || fail "over a file that is there: status $?"
cmp "$tmp/root/f" f || fail "over a file that is there: content"
[ -s "$tmp/out" ] || [ -s "$tmp/err" ] && fail "--quiet says: $(cat "$tmp/out" "$tmp/err")"
rm -f f

"$tool" get --quiet "$nginx_url/empty" f || fail "an empty file: status $?"
[ -f f ] && [ ! -s f ] || fail "an empty file: $(ls -l)"
rm -f f

"$tool" get --quiet --range 1M:eof --range 10:20 --range 15:5 "$url" f || fail "ranges: status $?"
{ head -c 10 /dev/zero; tail -c +11 "$tmp/root/f" | head -c 20; head -c $(((1 << 20) - 30)) /dev/zero
    tail -c +$(((1 << 20) + 1)) "$tmp/root/f"; } | cmp - f || fail "ranges: content"
rm -f f

"$tool" get --json --range 0:100 --range 1K:50 "$url" "$tmp/work/f" >"$tmp/out" 2>"$tmp/err" || fail "--json: status $?"
"$check" json "$tmp/out" state SUSPENDED bytes_transferred 150 bytes_total $size file "$tmp/work/f" \
    filled '[[0,100],[1024,50]]' || fail "--json: $(cat "$tmp/out")"
[ -s "$tmp/err" ] && fail "--json: standard error has: $(cat "$tmp/err")"
rm -f f
"$tool" get --json "$url" f >"$tmp/out" || fail "--json, whole: status $?"
"$check" json "$tmp/out" state TRANSFERRED bytes_transferred $size url "$url" || fail "--json: $(cat "$tmp/out")"
rm -f f
"$tool" get --json "$nginx_url/none" f >"$tmp/out" 2>/dev/null && fail "--json, 404: status 0"
"$check" json "$tmp/out" state ERROR error.code 0x80190194 error.name BG_E_HTTP_ERROR_404 error.context REMOTE_FILE \
    error.http_status 404 || fail "--json, 404: $(cat "$tmp/out")"
nothing_left "--json, 404"

"$tool" get --help >"$tmp/out" || fail "--help: status $?"
for option in range ranges-file interval retry trace cacert json quiet; do
    grep -q -- "--$option" "$tmp/out" || fail "--help does not tell --$option"
done

# --- wrong usage: status 2
: >"$tmp/given/nothing"
printf '# only a comment\n\n' >"$tmp/given/comment"
printf '1 2\n\n3 four\n' >"$tmp/given/line3"
printf '1 2 3\n' >"$tmp/given/three"
printf '9223372036854775800 100\n' >"$tmp/given/large"
refused 2 'URL and FILE are needed'
refused 2 'URL and FILE are needed' "$url"
refused 2 'more than URL and FILE' "$url" f g
refused 2 'no option --frob' --frob "$url" f
refused 2 '--range needs a value' --range
refused 2 'http or https' "ftp://127.0.0.1/f" f
refused 2 'http or https' "f" f
refused 2 'http or https' "" f
refused 2 'http or https' "http://" f
refused 2 'FILE a name' "$url" ""
refused 2 "folder does not exist" "$url" none/f
refused 2 'is a folder' "$url" .
mkfifo "$tmp/pipe" || exit 99
refused 2 'is no plain file' "$url" "$tmp/pipe"
refused 2 'is no plain file' --range 0:9 "$url" "$tmp/pipe"
refused 2 "no ':'" --range 5 "$url" f
refused 2 'neither a number of bytes nor' --range 5: "$url" f
refused 2 'neither a number of bytes nor' --range 5:-1 "$url" f
refused 2 'offset is not a number' --range x:5 "$url" f
refused 2 'offset is not a number' --range eof:5 "$url" f
refused 2 'length is 0' --range 5:0 "$url" f
refused 2 'together are too large' --range 9223372036854775807:1 "$url" f
refused 2 'offset is not a number' --range 18446744073709551616:1 "$url" f
refused 2 'length is neither' --range 0:8388608T "$url" f
refused 2 'nothing has no range' --ranges-file "$tmp/given/nothing" "$url" f
refused 2 'comment has no range' --ranges-file "$tmp/given/comment" "$url" f
refused 2 'line3, line 3: .*length' --ranges-file "$tmp/given/line3" "$url" f
refused 2 'three, line 1: ' --ranges-file "$tmp/given/three" "$url" f
refused 2 'large, line 1: .*too large' --ranges-file "$tmp/given/large" "$url" f
refused 2 'none: No such file' --ranges-file "$tmp/given/none" "$url" f
refused 2 '--interval -1' --interval -1 "$url" f
refused 2 '--interval 4294967296' --interval 4294967296 "$url" f
refused 2 '--trace .*none/t' --trace none/t "$url" f
refused 2 '--cacert none' --cacert none "$url" f

# --- the transfer fails: status 1, with name, code, context and status
refused 1 'BG_E_HTTP_ERROR_404 \(0x80190194\), context REMOTE_FILE, HTTP status 404' "$nginx_url/none" f
refused 1 'BG_E_HTTP_ERROR_404 \(0x80190194\), context REMOTE_FILE, HTTP status 404' --range 0:1 "$nginx_url/none" f
refused 1 'BG_E_INVALID_RANGE \(0x8020002B\), context REMOTE_FILE: ' --range $size:1 "$url" f
refused 1 'BG_E_INVALID_RANGE \(0x8020002B\), context REMOTE_FILE: ' --range $((size - 1)):2 "$url" f
refused 1 'BG_E_INVALID_RANGE \(0x8020002B\), context REMOTE_FILE: ' --range $size:eof --range 0:1 "$url" f
echo old >"$tmp/given/kept"
"$tool" get "$nginx_url/none" "$tmp/given/kept" 2>/dev/null && fail "404 over a file: status 0"
[ "$(cat "$tmp/given/kept")" = old ] || fail "404 over a file: it was touched"
nginx_stop || exit 1
# The port was ours until now, and connections to it are refused (unless somebody took it in this instant).
refused 1 'ERROR_WINHTTP_CANNOT_CONNECT \(0x80072EFD\), context GENERAL_TRANSPORT: ' "$url" f
refused 1 'context GENERAL_TRANSPORT: ' http://no-such-host.invalid/f f

# --- interrupted: a slow server, and a signal once bytes have come
nginx_start "$tmp" 'limit_rate 65536;'
for how in INT TERM "INT --range 100:eof"; do
    read -r signal ranges <<<"$how"
    # shellcheck disable=SC2086  # no range at all must be no argument
    "$tool" get $ranges "$nginx_url/f" f >"$tmp/out" 2>"$tmp/err" </dev/null &
    pid=$!
    # Bounded by the transfer itself: 3 MiB at 64 KiB/s.
    until [ -n "$(find . -name 'BIT*' -size +0)" ] || ! kill -0 $pid 2>/dev/null; do :; done
    kill -"$signal" $pid
    wait $pid
    status=$?
    [ $status -eq 1 ] || fail "SIG$how: status $status"
    grep -q '^openbits get: interrupted; nothing was written to f$' "$tmp/err" || fail "SIG$how: says: $(cat "$tmp/err")"
    nothing_left "SIG$how"
done
nginx_stop || exit 1

[ $failures -eq 0 ] && echo "all as it should be"
exit $((failures > 0))
