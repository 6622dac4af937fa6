#!/bin/sh
# Forbids a rules.sh that lets something through: makes a tree with each kind of offence and sees it refused.
set -eu

srcdir=${srcdir:-$(dirname "$0")/../..}
lint=$srcdir/tests/lint/rules.sh
tree=$(mktemp -d "${TMPDIR:-/tmp}/openbits-rules-XXXXXX")
trap 'rm -rf "$tree"' EXIT
failures=0
tab=$(printf '\t')
r=R- # so that no rule is named here

# fresh: a tree with nothing to say against.
fresh() {
    rm -rf "$tree"
    mkdir -p "$tree/data/contract" "$tree/tests/unit" "$tree/docs" "$tree/src"
    {
        echo "id${tab}evidence${tab}verdict${tab}by${tab}text"
        echo "${r}001${tab}choice${tab}proved${tab}test_a: test_b; test_a: test_c${tab}one"
        echo "${r}002${tab}choice${tab}later${tab}some topic${tab}two"
        echo "${r}003${tab}choice${tab}not applicable${tab}a reason${tab}three"
    } >"$tree/data/contract/rules.tsv"
    : >"$tree/data/state_matrix.tsv"
    : >"$tree/data/ambiguities.tsv"
    echo "/* ${r}002 */ START_TEST(test_b) START_TEST(test_c)" >"$tree/tests/unit/test_a.c"
    echo "see ${r}003" >"$tree/docs/page.md"
}

refused() {
    if sh "$lint" "$tree" >"$tree/out" 2>&1; then
        echo "FAIL: not refused: $1"
        failures=$((failures + 1))
    elif ! grep -q "$2" "$tree/out"; then
        echo "FAIL: $1: $2 is not in:"
        cat "$tree/out"
        failures=$((failures + 1))
    fi
}

fresh
if [ "$(sh "$lint" "$tree")" != "1 proved, 1 later, 1 not applicable" ]; then
    echo "FAIL: a tree without an offence"
    failures=$((failures + 1))
fi
echo "${r}004${tab}choice${tab}perhaps${tab}x${tab}four" >>"$tree/data/contract/rules.tsv"
refused "no verdict" "${r}004 has no verdict"
fresh
echo "${r}004${tab}choice${tab}later${tab}${tab}four" >>"$tree/data/contract/rules.tsv"
refused "an empty column" "not a rule"
fresh
echo "${r}004${tab}choice${tab}proved${tab}test_a: test_d${tab}four" >>"$tree/data/contract/rules.tsv"
refused "a test that is not there" "does not exist: test_a: test_d"
fresh
echo "${r}003${tab}choice${tab}later${tab}x${tab}again" >>"$tree/data/contract/rules.tsv"
refused "a rule twice" "${r}003 twice"
fresh
echo "/* ${r}999 */" >>"$tree/tests/unit/test_a.c"
refused "a test that names no rule" "there is no rule ${r}999"
fresh
echo "${r}12 too" >>"$tree/docs/page.md"
refused "a page that names no rule" "there is no rule ${r}12"
fresh
rm "$tree/data/contract/rules.tsv"
refused "no list" "has no data/contract/rules.tsv"

exit $((failures > 0))
