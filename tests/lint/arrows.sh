#!/bin/sh
# Forbids includes against arrows.txt, platform branches outside include/ and src/sys, files above 800 lines, tests that sleep, and marks of unfinished work.
#
# usage: tests/lint/arrows.sh [TREE]     each offence as file:line: what; exit 1 if there is one
set -eu

tree=${1:-${srcdir:-$(dirname "$0")/../..}}
cd "$tree"
if [ ! -f tests/lint/arrows.txt ]; then
    echo "arrows.sh: $tree has no tests/lint/arrows.txt" >&2
    exit 99
fi

# The program is awk's.
# shellcheck disable=SC2016
{
    find src tests include -type f \( -name '*.[ch]' -o -name '*.cpp' -o -name '*.hpp' -o -name '*.sh' -o -name '*.mk' \)
    find build-aux -type f -name '*.awk'
} | LC_ALL=C sort | LC_ALL=C "${AWK:-awk}" '
function offence(what) {
    print file ":" line_number ": " what
    offences++
}

# The first two columns of arrows.txt: who, and the set of what it may.
function read_arrows(    line, who, parts, n, i) {
    while ((getline line < "tests/lint/arrows.txt") > 0) {
        sub(/#.*/, "", line)
        if (!match(line, /^[^:]+:/))
            continue
        who = substr(line, 1, RLENGTH - 1)
        n = split(substr(line, RLENGTH + 1), parts, " ")
        if (who ~ /^</) {
            foreign[who] = 1
            for (i = 1; i <= n; i++)
                foreign_in[who, parts[i]] = 1
            continue
        }
        known[who] = 1
        for (i = 1; i <= n; i++) {
            if (parts[i] == "types-of")
                types_of[who, parts[++i]] = 1
            else
                arrow[who, parts[i]] = 1
        }
    }
}

# src/NAME/..., tests/NAME/... or tests; empty for include and build-aux.
function owner_of(path,    parts, n) {
    n = split(path, parts, "/")
    if (parts[1] == "src")
        return parts[2]
    if (parts[1] == "tests")
        return n > 2 ? "tests/" parts[2] : "tests"
    return ""
}

function check_foreign(header,    name, prefix) {
    for (name in foreign) {
        prefix = substr(name, 2, length(name) - 2)
        if (prefix ~ /\*$/) {
            sub(/\*$/, "", prefix)
            if (substr(header, 1, length(prefix)) != prefix)
                continue
        } else if (header != prefix) {
            continue
        }
        if (!in_tests && !((name, owner) in foreign_in))
            offence("<" header "> belongs to another room")
    }
}

# A folder of tests may what `tests` may, and one with the name of a room what the room may.
function may(who, room) {
    if (room == who || (who, room) in arrow || (who, room) in types_of)
        return 1
    return who ~ /^tests\// && (("tests", room) in arrow || may(substr(who, 7), room))
}

function check_room(header, room) {
    if (may(owner, room))
        return
    offence(owner " may not include " room " (\"" header "\"); tests/lint/arrows.txt has the arrows")
}

function check_public(header) {
    if (header == "openbits_types.h" || may(owner, "include"))
        return
    if (header == "bitsmsg.h" && may(owner, "bitsmsg"))
        return
    offence(owner " may not include the public header " header)
}

function check_include(line,    quoted, header, parts, n) {
    quoted = line ~ /^[ \t]*#[ \t]*include[ \t]*"/
    header = line
    sub(/^[^"<]*["<]/, "", header)
    sub(/[">].*/, "", header)
    n = split(header, parts, "/")
    if (!quoted)
        check_foreign(header)
    if (("include/" header) in exists || ("include/compat/" header) in exists) {
        check_public(header)
    } else if (n > 1 && ("src/" parts[1]) in room_exists) {
        if (quoted)
            check_room(header, parts[1])
        else if (("src/" header) in exists)
            offence("<" header "> finds our file of that name, not the one of the system")
    } else if (quoted && !in_tests && header != "config.h") {
        offence("\"" header "\" does not name its room: \"room/file.h\"")
    }
}

function check_line(line) {
    if (is_c && line ~ /^[ \t]*#[ \t]*include/ && owner != "")
        check_include(line)
    if (is_c && file !~ /^(include|src\/sys)\// && line ~ /^[ \t]*#[ \t]*(if|ifdef|ifndef|elif)/ && line ~ platform)
        offence("a branch on the platform belongs into include/ or src/sys")
    if (in_tests && (is_c ? line ~ sleeping : line ~ /^[ \t]*sleep[ \t]/))
        offence("a test does not sleep: move the clock, or wait for what must happen")
    if (line ~ unfinished)
        offence("unfinished work is marked NEEDSWORK: with the question, or done")
    if (is_c && types_only != "" && line ~ types_only)
        offence(owner " may use the types of this room, not its functions")
}

function check_file(    line, pair, parts) {
    line_number = 0
    owner = owner_of(file)
    in_tests = file ~ /^tests\//
    is_c = file ~ /\.(c|h|cpp|hpp)$/
    if (owner != "" && is_c && !(owner in known) && !(in_tests && substr(owner, 7) in known)) {
        line_number = 1
        offence(owner " has no line in tests/lint/arrows.txt")
        return
    }
    types_only = ""
    for (pair in types_of) {
        split(pair, parts, SUBSEP)
        if (parts[1] == owner)
            types_only = types_only (types_only == "" ? "" : "|") "(^|[^A-Za-z0-9_])" parts[2] "_[a-z0-9_]+\\("
    }
    while ((getline line < file) > 0) {
        line_number++
        check_line(line)
    }
    close(file)
    if (owner != "" && line_number > 800)
        offence("more than 800 lines: which second noun moved in?")
}

BEGIN {
    platform = "(_WIN32|_WIN64|__MINGW32__|_MSC_VER|__linux__|__linux|__unix__|__APPLE__|__CYGWIN__)"
    sleeping = "(^|[^A-Za-z0-9_])(u|nano|clock_nano|thrd_)?sleep[ \t]*\\("
    unfinished = "(^|[^A-Za-z0-9_])(TO" "DO|FIX" "ME|XX" "X)([^A-Za-z0-9_]|$)"
    read_arrows()
}

{
    files[++count] = $0
    exists[$0] = 1
    if (split($0, path, "/") > 2 && path[1] == "src")
        room_exists["src/" path[2]] = 1
}

END {
    for (f = 1; f <= count; f++) {
        file = files[f]
        check_file()
    }
    if (!count) {
        print "arrows.sh: no files found" > "/dev/stderr"
        exit 99
    }
    exit (offences > 0)
}'
