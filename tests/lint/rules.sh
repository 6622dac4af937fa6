#!/bin/sh
# Forbids a rule of data/contract/rules.tsv without a verdict, one proved by a test that does not exist, and tests, docs or sources that name a rule which is not listed.
#
# usage: tests/lint/rules.sh [TREE]     each offence as a line; exit 1 if there is one. Prints the counts.
set -eu

tree=${1:-${srcdir:-$(dirname "$0")/../..}}
cd "$tree"
rules=data/contract/rules.tsv
if [ ! -f "$rules" ]; then
    echo "rules.sh: $tree has no $rules" >&2
    exit 99
fi

# The first pass reads which tests there are, the second the rules, the third who names a rule. Programs are awk's.
# shellcheck disable=SC2016
{
    find tests -name 'test_*.c' -exec grep -Ho 'START_TEST([a-z0-9_]*)' {} + |
        sed 's,^.*/\([a-z0-9_]*\)\.c:START_TEST(\([a-z0-9_]*\))$,test	\1: \2,'
    sed 's/^/rule	/' "$rules"
    find tests docs src data/state_matrix.tsv data/ambiguities.tsv -type f -exec grep -Hno 'R-[0-9][0-9]*' {} + |
        sed 's/:\(R-[0-9]*\)$/	\1/; s/^/name	/'
} | LC_ALL=C "${AWK:-awk}" -F '\t' '
function offence(what) {
    print what
    offences++
}

$1 == "test" {
    tests[$2] = 1
    next
}

$1 == "rule" && ($2 ~ /^#/ || $2 == "id") { next }

$1 == "rule" {
    if ($2 !~ /^R-[0-9][0-9][0-9]$/ || NF != 6 || $3 == "" || $5 == "" || $6 == "")
        offence("rules.tsv: not a rule: " $0)
    if ($2 in verdict)
        offence("rules.tsv: " $2 " twice")
    if ($2 <= last)
        offence("rules.tsv: " $2 " is out of order")
    last = $2
    verdict[$2] = $4
    count[$4]++
    if ($4 == "proved") {
        n = split($5, by, "; ")
        for (i = 1; i <= n; i++)
            if (!(by[i] in tests))
                offence("rules.tsv: " $2 " is proved by a test that does not exist: " by[i])
    } else if ($4 != "later" && $4 != "not applicable")
        offence("rules.tsv: " $2 " has no verdict")
    next
}

$1 == "name" && !($3 in verdict) { offence($2 ": there is no rule " $3) }

END {
    printf "%d proved, %d later, %d not applicable\n", count["proved"], count["later"], count["not applicable"]
    exit offences > 0 || count["proved"] == 0
}'
