#!/bin/sh
# Each wrong program gets exactly its own diagnostic of data/checks.tsv, and the right one beside it none.
set -u
: "${builddir:?}" "${srcdir:?}"
out=$(mktemp -d) || exit 99
trap 'rm -rf "$out"' EXIT
# What a program leaves behind that dies goes with this folder.
mkdir -m 700 "$out/runtime" || exit 99
OPENBITS_CHECK=1
OPENBITS_RUNTIME_DIR=$out/runtime
export OPENBITS_CHECK OPENBITS_RUNTIME_DIR
failed=0
sanitized=no
[ -z "${SANITIZER_FLAGS:-}" ] || sanitized=yes

fail() {
    echo "$1"
    sed 's/^/    /' "$out/error"
    failed=1
}

# run PROGRAM: its exit status in $status, the codes it was told in $codes
run() {
    # A leak is one of the mistakes; the sanitizer is not asked about it.
    ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=$2" "$builddir/tests/checks/$1" >"$out/output" 2>"$out/error"
    status=$?
    codes=$(sed -n 's/^openbits \(OB[0-9]*\): .*/\1/p' "$out/error" | tr '\n' ' ')
}

while IFS='	' read -r code name text remedy; do
    case $code in OB*) ;; *) continue ;; esac
    grep -Fq "## $code: ${text%%:*}" "$srcdir/docs/checks.md" || {
        echo "docs/checks.md has no heading \"## $code: ${text%%:*}\""
        failed=1
    }
    run "$name-right" 1
    if [ "$status" -ne 0 ] || [ -s "$out/error" ]; then
        fail "$name-right: exit status $status, and it was told:"
    fi
    want=0
    case $name in
    ranges-kept | ranges-written | ranges-freed)
        # The sanitizers find these by themselves; there are no guarded pages then.
        [ $sanitized = no ] || continue
        want=139 # SIGSEGV
        ;;
    esac
    run "$name-wrong" 0
    [ "$status" -eq $want ] || fail "$name-wrong: exit status $status instead of $want, and it was told:"
    [ "$codes" = "$code " ] || fail "$name-wrong: wants $code alone, and was told:"
    # The method or callback, and the job if there is one, stand before what happened, and what to do after it.
    sed -E -n "s/^openbits $code: [A-Za-z:' ]+(, job \{[-0-9A-F]{36}\})?: //p" "$out/error" >"$out/words"
    case $(cat "$out/words") in
    "$text"*". $remedy") ;;
    *) fail "$name-wrong: the words are not method, job, what, remedy:" ;;
    esac
done <"$srcdir/data/checks.tsv"
exit $failed
