#!/bin/bash
# `openbits get` with --header, --user and --proxy: what the server is told, and that no secret is said elsewhere.
set -u
. "$srcdir/tests/tool/nginx.sh"
nginx_or_skip
tool=$builddir/openbits
tmp=$(mktemp -d "$OPENBITS_RUNTIME_DIR/get-XXXXXX") || exit 99
trap 'nginx_kill; rm -rf "$tmp"' EXIT
unset http_proxy https_proxy HTTPS_PROXY no_proxy all_proxy ALL_PROXY OPENBITS_PASSWORD
failures=0
fail() {
    echo "FAIL: $*"
    failures=$((failures + 1))
}

mkdir -p "$tmp/root" "$tmp/work"
head -c 100000 /dev/zero | tr '\0' x >"$tmp/root/f"
echo 'someone:{PLAIN}SECRET1' >"$tmp/users"
cd "$tmp/work" || exit 99
nginx_start "$tmp" "if (\$http_x_key != 'SECRET2') { return 403; } auth_basic x; auth_basic_user_file $tmp/users;"
url=$nginx_url/f
key='X-Key: SECRET2'

# brings WHAT ARGUMENT...: the file comes.
brings() {
    local what=$1
    shift
    "$tool" get --quiet "$@" f >"$tmp/out" 2>"$tmp/err" </dev/null || fail "$what: status $?: $(cat "$tmp/err")"
    cmp -s "$tmp/root/f" f || fail "$what: content"
    rm -f f
}

# refused WHAT STATUS PATTERN ARGUMENT...: one line that matches, and no file.
refused() {
    local what=$1 status=$2 pattern=$3 got
    shift 3
    setsid -w "$tool" get --quiet "$@" f >"$tmp/out" 2>"$tmp/err" </dev/null
    got=$?
    [ $got -eq "$status" ] || fail "$what: status $got, not $status"
    [ "$(wc -l <"$tmp/err")" -eq 1 ] && grep -Eq -- "$pattern" "$tmp/err" || fail "$what: says: $(cat "$tmp/err")"
    grep -q SECRET "$tmp/err" && fail "$what: tells a secret: $(cat "$tmp/err")"
    [ -z "$(ls -A)" ] || fail "$what: leaves $(ls -A)"
}

OPENBITS_PASSWORD=SECRET1 brings 'name and header' --header "$key" --user someone --trace "$tmp/trace" "$url"
grep -q '"request"' "$tmp/trace" || fail "no trace"
grep -q SECRET "$tmp/trace" && fail "the trace tells: $(grep -m1 SECRET "$tmp/trace")"

refused 'no name' 1 'BG_E_HTTP_ERROR_401' --header "$key" "$url"
OPENBITS_PASSWORD=SECRET3 refused 'a wrong password' 1 'BG_E_HTTP_ERROR_401' --header "$key" --user someone "$url"
OPENBITS_PASSWORD=SECRET1 refused 'no header' 1 'BG_E_HTTP_ERROR_403' --user someone "$url"
refused 'no terminal' 2 'OPENBITS_PASSWORD' --header "$key" --user someone "$url"
refused 'password as an argument' 2 'the name alone' --user someone:pw "$url"
for bad in 'no colon' 'Host: other' 'Range: bytes=0-1' $'A: 1\nB: 2' ': x'; do
    refused "--header $bad" 2 '^openbits get: --header' --header "$bad" "$url"
done

OPENBITS_PASSWORD=SECRET1 brings 'a proxy' --header "$key" --user someone --proxy "${nginx_url#http://}" \
    http://far.example/f
OPENBITS_PASSWORD=SECRET1 http_proxy=http://127.0.0.1:1 brings 'no proxy' --header "$key" --user someone \
    --proxy none "$url"
refused 'a proxy that is none' 1 'BG_E_INVALID_PROXY_INFO' --proxy 'a:b:c' "$url"

nginx_stop || fail "nginx was not content"
[ $failures -eq 0 ]
