#!/bin/bash
# The serve command as a program: the ready line, what it serves, how it ends, how it refuses.
set -u
tool=${builddir:-.}/openbits
tmp=$(mktemp -d "${TMPDIR:-/tmp}/openbits-serve-XXXXXX") || exit 99
pids=()
cleanup() {
    for pid in "${pids[@]}"; do kill -KILL "$pid" 2>/dev/null; done
    rm -rf "$tmp"
}
trap cleanup EXIT
failures=0
fail() {
    echo "FAIL: $*"
    failures=$((failures + 1))
}

# refused STATUS PATTERN ARGUMENT...: one line on standard error that matches, nothing on standard output.
refused() {
    local status=$1 pattern=$2
    shift 2
    "$tool" "$@" >"$tmp/refused-out" 2>"$tmp/refused-err" </dev/null
    local got=$?
    [ $got -eq "$status" ] || fail "openbits $*: status $got, not $status"
    [ "$(wc -l <"$tmp/refused-err")" -eq 1 ] || fail "openbits $*: not one line: $(cat "$tmp/refused-err")"
    grep -Eq -- "$pattern" "$tmp/refused-err" || fail "openbits $*: says: $(cat "$tmp/refused-err")"
    [ -s "$tmp/refused-out" ] && fail "openbits $*: wrote to standard output"
}

# ask PORT METHOD PATH [HEADER]: the whole answer, on one connection.
ask() {
    exec 5<>"/dev/tcp/127.0.0.1/$1" || return 1
    printf '%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s\r\n' "$2" "$3" "${4:+$4$'\r\n'}" >&5
    cat <&5
    exec 5>&-
}

# --- help and usage ---
"$tool" --help >"$tmp/out" || fail "--help: status $?"
grep -q '^  serve ' "$tmp/out" || fail "--help does not list serve"
grep -q '^Examples:' "$tmp/out" || fail "--help has no examples"
"$tool" --version | grep -Eq '^openbits [0-9]+\.[0-9]+' || fail "--version"
"$tool" serve --help >"$tmp/out" || fail "serve --help: status $?"
for option in $(sed -n 's/.*\.It Fl Fl \([a-z-]*\).*/--\1/p' "$srcdir/docs/man/openbits-serve.1"); do
    grep -q -- "$option" "$tmp/out" || fail "serve --help does not tell $option"
done
refused 2 'no command given'
refused 2 'no command "frob"' frob
refused 2 'no option --frob' serve --frob
refused 2 '--port needs a value' serve --port
refused 2 '--port 70000' serve --port 70000
refused 2 '--port -1' serve --port -1
refused 2 '--threads 0' serve --threads 0
refused 2 '--file /f' serve --file /f
refused 2 '--file =5' serve --file =5
refused 2 '--file /f=5X' serve --file /f=5X
refused 2 '--file /f=' serve --file /f=
refused 2 '--file /f=5:' serve --file /f=5:
refused 2 '--file /f=8388608T' serve --file /f=8388608T
refused 2 '--fault Q1: at character 1: no fault "Q1"' serve --fault Q1
refused 2 '--fault F01@/f:x=1: at character 8: F01 has no "x"' serve --fault F01@/f:x=1
refused 2 '--json goes with --list-faults' serve --json
refused 2 '"folder" is not an option' serve folder
refused 2 '--address localhost' serve --address localhost
refused 1 '--root .*/none: No such file' serve --root "$tmp/none"
refused 1 '--root /dev/null: Not a directory' serve --root /dev/null
refused 1 '--log .*/none/log: .*No such file' serve --root / --log "$tmp/none/log"
refused 1 '--address 192.0.2.1 is none' serve --address 192.0.2.1
refused 1 'descriptor 77: Bad file descriptor' serve --ready-fd 77 --quiet

# --- it serves, and ends when it is told ---
mkdir "$tmp/root"
printf hello >"$tmp/root/real"
mkfifo "$tmp/ready"
"$tool" serve --file /f=4T:7 --file 'odd=name=3' --root "$tmp/root" --log "$tmp/log" --ready-fd 9 --quiet \
    9>"$tmp/ready" >"$tmp/out" 2>"$tmp/err" &
first=$!
pids+=($first)
line=$(cat "$tmp/ready") # ends only because the descriptor is closed
[[ $line =~ ^\{\"url\":\"http://127\.0\.0\.1:([0-9]+)\",\"port\":([0-9]+),\"pid\":([0-9]+)\}$ ]] ||
    { fail "ready line: $line"; exit 1; }
port=${BASH_REMATCH[1]}
[ "${BASH_REMATCH[2]}" = "$port" ] || fail "port and url differ: $line"
[ "${BASH_REMATCH[3]}" = "$first" ] || fail "pid: $line, not $first"
ask "$port" HEAD /f >"$tmp/answer"
grep -q '^Content-Length: 4398046511104' "$tmp/answer" || fail "4T: $(cat "$tmp/answer")"
ask "$port" GET /odd=name | grep -q '^Content-Length: 3' || fail "a name with = in it"
ask "$port" GET /real 'Range: bytes=1-3' >"$tmp/answer"
[ "$(tail -c 3 "$tmp/answer")" = ell ] || fail "a range of a real file: $(cat "$tmp/answer")"
# byte 0 of seed 7 is the low byte of splitmix64's first word, 0x63cbe1e459320dd7
[ "$(ask "$port" GET /f 'Range: bytes=0-7' | tail -c 8 | od -An -tx1 | tr -d ' \n')" = d70d3259e4e1cb63 ] ||
    fail "content of seed 7"
refused 1 "port $port of 127.0.0.1 is in use.*--port" serve --port "$port"
kill -TERM $first
wait $first
status=$?
[ $status -eq 0 ] || fail "SIGTERM: status $status"
[ -s "$tmp/out" ] && fail "--ready-fd: standard output has: $(cat "$tmp/out")"
[ -s "$tmp/err" ] && fail "--quiet: says: $(cat "$tmp/err")"
[ "$(wc -l <"$tmp/log")" -eq 4 ] || fail "log: $(cat "$tmp/log")"
grep -q '"target":"/real".*"slices":\[\[1,3,3\]\],"body_bytes":3' "$tmp/log" || fail "log: $(cat "$tmp/log")"

# --- the ready line on standard output; SIGINT; the port is free again at once ---
mkfifo "$tmp/stdout"
"$tool" serve --port "$port" >"$tmp/stdout" 2>"$tmp/err" &
second=$!
pids+=($second)
exec 6<"$tmp/stdout"
read -r line <&6
[[ $line == "{\"url\":\"http://127.0.0.1:$port\","* ]] || fail "ready line on standard output: $line"
kill -INT $second
wait $second
status=$?
[ $status -eq 0 ] || fail "SIGINT: status $status"
grep -q '0 requests' "$tmp/err" || fail "last words: $(cat "$tmp/err")"

# --- faults: the list, on the command line, and while it runs ---
"$tool" serve --list-faults >"$tmp/list" || fail "--list-faults: status $?"
"$tool" serve --list-faults --json >"$tmp/list.json" || fail "--list-faults --json: status $?"
for id in $(grep -o '^[A-F][0-9][0-9]' "$srcdir/data/faults.tsv"); do
    grep -q "^$id  ." "$tmp/list" || fail "--list-faults has no $id"
    grep -q "\"id\": \"$id\"" "$tmp/list.json" || fail "--list-faults --json has no $id"
done
# order METHOD PATH [BODY]: one request to the control interface.
order() {
    local body=${3-}

    exec 5<>"/dev/tcp/127.0.0.1/$control" || return 1
    printf '%s %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nAuthorization: Bearer %s\r\nConnection: close\r\nContent-Length: %s\r\n\r\n%s' \
        "$1" "$2" "$control" "$token" "${#body}" "$body" >&5
    cat <&5
    exec 5>&-
}
"$tool" serve --file /f=100 --fault 'A23@/f:req=2' --fault A17 --control --quiet >"$tmp/stdout" &
third=$!
pids+=($third)
exec 6<"$tmp/stdout"
read -r line <&6
[[ $line =~ \"port\":([0-9]+),.*\"control\":\"http://127\.0\.0\.1:([0-9]+)\",\"token\":\"([0-9a-f]{32})\"\}$ ]] ||
    fail "ready line with --control: $line"
port=${BASH_REMATCH[1]} control=${BASH_REMATCH[2]} token=${BASH_REMATCH[3]}
ask "$port" GET /f 'Range: bytes=1-3' | grep -q '^HTTP/1.1 206' || fail "the first request meets req=2"
ask "$port" GET /f 'Range: bytes=1-3' | grep -q '^HTTP/1.1 416' || fail "the second request does not meet req=2"
order DELETE /faults | grep -q '^HTTP/1.1 200' || fail "control: faults cannot be removed"
order POST /faults '{"spec":"E15@/f:agent=x,method=HEAD"}' | grep -q '^HTTP/1.1 201' || fail "control: no fault is added"
order GET /faults | grep -q '"spec":"E15@/f:agent=x,method=HEAD"' || fail "control: the fault is not listed"
order GET '/log?count=2&timeout_ms=20000' >"$tmp/answer"
grep -q '"faults":\["A23@/f:req=2","A17"\]' "$tmp/answer" || fail "control: the log has: $(cat "$tmp/answer")"
token=${token//[0-9]/a} order GET /faults | grep -q '^HTTP/1.1 401' || fail "control: any token will do"
kill -TERM $third
wait $third || fail "SIGTERM with --control: status $?"

# --- HTTPS, a proxy, a login ---
refused 2 '--authority goes with --tls' serve --authority "$tmp/pem"
refused 2 '--basic: not NAME:PASSWORD' serve --basic me
refused 1 '--authority .*none/pem: No such file' serve --tls --authority "$tmp/none/pem"
"$tool" serve --file /f=100 --tls --authority "$tmp/pem" --proxy --digest me:secret --quiet >"$tmp/stdout" &
fourth=$!
pids+=($fourth)
exec 6<"$tmp/stdout"
read -r line <&6
[[ $line =~ \"port\":([0-9]+),.*\"tls\":\"https://127\.0\.0\.1:[0-9]+\"\}$ ]] || fail "ready line with --tls: $line"
port=${BASH_REMATCH[1]}
grep -q 'BEGIN CERTIFICATE' "$tmp/pem" || fail "--authority: $(cat "$tmp/pem")"
ask "$port" GET /f | grep -q '^WWW-Authenticate: Digest' || fail "--digest: no login is wanted"
kill -TERM $fourth
wait $fourth || fail "SIGTERM with --tls: status $?"

[ $failures -eq 0 ] && echo "all as it should be"
exit $((failures > 0))
