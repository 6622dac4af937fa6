#!/bin/sh
# Forbids an arrows.sh that lets something through: makes a tree with each kind of offence and sees it refused.
set -eu

srcdir=${srcdir:-$(dirname "$0")/../..}
lint=$srcdir/tests/lint/arrows.sh
tree=$(mktemp -d "${TMPDIR:-/tmp}/openbits-arrows-XXXXXX")
trap 'rm -rf "$tree"' EXIT
failures=0

mkdir -p "$tree/src/base" "$tree/src/sys" "$tree/src/rangeset" "$tree/src/trace" "$tree/src/fetch" "$tree/src/job" \
    "$tree/src/com" "$tree/tests/lint" "$tree/tests/unit" "$tree/include/compat" "$tree/build-aux"
cp "$srcdir/tests/lint/arrows.txt" "$tree/tests/lint/"
for header in src/base/hr src/sys/file src/rangeset/rangeset src/trace/trace src/fetch/fetch src/com/com \
    include/openbits_types include/openbits include/compat/bitsmsg include/compat/bits tests/suite; do
    echo '/* a header */' >"$tree/$header.h"
done

fail() {
    echo "FAIL: $*"
    failures=$((failures + 1))
}

# write FILE LINE...: the file, in the tree.
write() {
    file=$tree/$1
    mkdir -p "$(dirname "$file")"
    shift
    printf '%s\n' "$@" >"$file"
}

# accept FILE LINE...: the lint finds nothing.
accept() {
    write "$@"
    if ! out=$("$lint" "$tree"); then
        fail "refused without cause: $out"
    fi
    rm "$tree/$1"
}

# refuse FILE LINE...: it finds one offence, in the file's last line.
refuse() {
    write "$@"
    status=0
    out=$("$lint" "$tree") || status=$?
    where=$1:$(($# - 1)):
    if [ $status -ne 1 ]; then
        fail "exit $status, not 1, for $*"
    fi
    case $out in
    "$where "*) ;;
    *) fail "no '$where' in '$out'" ;;
    esac
    if [ "$(printf '%s\n' "$out" | wc -l)" -ne 1 ]; then
        fail "more than one line: $out"
    fi
    rm "$tree/$1"
}

if ! "$lint" "$tree"; then
    fail "the clean tree is refused"
fi

# Arrows between rooms.
accept src/sys/a.c '#include "sys/file.h"' '#include "base/hr.h"' '#include "config.h"'
refuse src/base/a.c '#include "base/hr.h"' '#include "sys/file.h"'
refuse src/job/a.c '#include <stdio.h>' '  #  include "fetch/fetch.h"'
refuse src/trace/a.h '#include "fetch/fetch.h"'
refuse src/fetch/a.c '#include "hr.h"'
refuse src/fetch/a.c '#include <sys/stat.h>' '#include <sys/file.h>'
refuse src/nowhere/a.c ''
refuse tests/nowhere/a.c ''
accept tests/unit/a.c '#include "suite.h"' '#include "sys/file.h"' '#include "openbits.h"'
refuse tests/unit/a.c '#include "suite.h"' '#include "com/com.h"'
accept tests/fetch/a.c '#include "fetch/fetch.h"' '#include "rangeset/rangeset.h"' '#include "sys/file.h"'
refuse tests/fetch/a.c '#include "com/com.h"'

# The types of a room without its functions.
accept src/trace/a.c '#include "rangeset/rangeset.h"' 'struct range r;' 'trace_rangeset_x(r);'
refuse src/trace/a.c '#include "rangeset/rangeset.h"' 'rangeset_add(set, r);'

# Public headers.
accept src/base/a.c '#include "openbits_types.h"' '#include <bitsmsg.h>'
refuse src/base/a.c '#include "openbits.h"'
refuse src/job/a.c '#include <bitsmsg.h>'
refuse src/fetch/a.c '#include <bits.h>'
accept src/com/a.c '#include <bits.h>' '#include "openbits.h"'

# Foreign libraries.
accept src/fetch/a.c '#include <curl/curl.h>' '#include <openssl/x509.h>'
accept tests/unit/a.c '#include <curl/curl.h>' '#include <jansson.h>'
refuse src/com/a.c '#include <curl/curl.h>'
refuse src/com/a.c '#include <curl/multi.h>'
refuse src/com/a.c '#include <openssl/evp.h>'
refuse src/fetch/a.c '#include <microhttpd.h>'
refuse src/fetch/a.c '#include <sqlite3.h>'
refuse src/fetch/a.c '#include <jansson.h>'

# Platforms.
accept src/sys/a.c '#ifdef _WIN32' '#endif'
accept include/openbits_a.h '#if defined(__linux__)' '#endif'
refuse src/base/a.c 'int x;' '#ifdef _WIN32'
refuse src/base/a.c '# if defined __linux__ && 1'
refuse src/com/a.c '#if 0' '#elif defined(__unix__)'
refuse tests/unit/a.c '#ifndef _MSC_VER'

# Size.
long=$(awk 'BEGIN { for (i = 1; i <= 800; i++) print "int x" i ";" }')
accept src/base/a.c "$long"
write src/base/a.c "$long" 'int more;'
if out=$("$lint" "$tree"); then
    fail "801 lines are let through"
fi
case $out in
src/base/a.c:801:*) ;;
*) fail "801 lines: '$out'" ;;
esac
rm "$tree/src/base/a.c"

# Tests that wait for time.
accept tests/unit/a.c 'Sleep(1);' 'not_asleep(1);' '/* no sleep here */'
refuse tests/unit/a.c 'int x;' '    sleep(1);'
refuse tests/unit/a.c 'usleep (1);'
refuse tests/unit/a.c 'nanosleep(&ts, NULL);'
refuse tests/unit/a.sh ': begin' '    sleep 1'
accept src/base/a.c 'sleep(1);'

# Marks of unfinished work, in every kind of file.
accept src/base/a.c 'mkstemp("X''XXXXX"); /* NEEDSWORK: is this the place? */'
for halves in TO:DO FIX:ME XX:X; do
    mark=${halves%:*}${halves#*:}
    refuse src/base/a.c 'int x;' "/* $mark: later */"
    refuse tests/a.sh ": $mark"
    refuse include/a.mk "# $mark"
    refuse build-aux/a.awk "# $mark"
done

# Without its table the lint has nothing to say, and says so.
rm "$tree/tests/lint/arrows.txt"
status=0
"$lint" "$tree" 2>/dev/null || status=$?
if [ $status -ne 99 ]; then
    fail "exit $status without arrows.txt"
fi

if [ $failures -ne 0 ]; then
    echo "$failures failures"
    exit 1
fi
