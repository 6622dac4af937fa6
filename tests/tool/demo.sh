#!/bin/bash
# `openbits demo`: all of its claims hold, in good time, and nothing is left.
set -u
tool=$builddir/openbits
tmp=$(mktemp -d "$OPENBITS_RUNTIME_DIR/demo-XXXXXX") || exit 99
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/tmp"
export TMPDIR=$tmp/tmp
failures=0
fail() {
    echo "FAIL: $*"
    failures=$((failures + 1))
}

before=$(date +%s%N)
timeout -k 1 60 "$tool" demo >"$tmp/out" 2>"$tmp/err" </dev/null || fail "status $?"
ms=$((($(date +%s%N) - before) / 1000000))
[ $ms -lt "${OPENBITS_TEST_DEMO_MS:-10000}" ] || fail "took $ms ms"
[ -s "$tmp/err" ] && fail "standard error has: $(cat "$tmp/err")"
grep -q FAIL "$tmp/out" && fail "$(grep FAIL "$tmp/out")"
[ "$(grep -c 'FileRangesTransferred' "$tmp/out")" -ge 3 ] || fail "it shows no callbacks"
for words in SUSPENDED TRANSFERRED ACKNOWLEDGED 'no byte was reported twice' 'the same byte for byte' 'All of it held'; do
    grep -q "$words" "$tmp/out" || fail "it does not show: $words"
done
LC_ALL=C "$tool" demo | LC_ALL=C grep -q '[^ -~]' && fail "in the C locale it writes more than ASCII"
"$tool" demo --quiet >"$tmp/out" 2>&1 || fail "--quiet: status $?"
[ -s "$tmp/out" ] && fail "--quiet says: $(cat "$tmp/out")"
TMPDIR=$tmp/none "$tool" demo >"$tmp/out" 2>"$tmp/err" && fail "without a folder: status 0"
grep -q 'set TMPDIR' "$tmp/err" || fail "without a folder: says: $(cat "$tmp/err")"
# Unkind settings are legal: what they do to reports is shown, and nothing is said to have failed.
for profile in literal hostile; do
    OPENBITS_PROFILE=$profile OPENBITS_SEED=3 timeout -k 1 60 "$tool" demo >"$tmp/out" 2>&1 ||
        fail "$profile: status $?: $(cat "$tmp/out")"
done
grep -q 'the settings allow that' "$tmp/out" || fail "hostile: it does not say what was reported"
OPENBITS_PROFILE=none "$tool" demo >"$tmp/out" 2>&1 && fail "a profile that does not exist: status 0"
grep -q 'OPENBITS_\*' "$tmp/out" || fail "a profile that does not exist: says: $(cat "$tmp/out")"

# Whoever stops it or stops listening gets no folder left behind.
timeout -k 1 60 "$tool" demo 2>"$tmp/err" | true
[ -s "$tmp/err" ] && fail "to a closed pipe: says: $(cat "$tmp/err")"
OPENBITS_PROFILE=hostile OPENBITS_SEED=3 "$tool" demo --quiet >"$tmp/out" 2>&1 &
pid=$!
while kill -0 $pid 2>"$tmp/err" && [ -z "$(ls -A "$tmp/tmp")" ]; do :; done
kill -TERM $pid 2>"$tmp/err" # a background process of a script is deaf to SIGINT
wait $pid
status=$?
[ $status -le 1 ] || fail "interrupted: status $status"
if [ -w /dev/full ]; then
    "$tool" demo >/dev/full 2>"$tmp/err" && fail "to a full disk: status 0"
    grep -q 'standard output' "$tmp/err" || fail "to a full disk: says: $(cat "$tmp/err")"
fi
[ -z "$(ls -A "$tmp/tmp")" ] || fail "left: $(ls -A "$tmp/tmp")"

[ $failures -eq 0 ] && [ -n "$ms" ] && echo "all as it should be, in $ms ms"
exit $((failures > 0))
