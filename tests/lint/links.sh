#!/bin/sh
# Forbids pages and public headers that name a page of the project which is not there.
set -eu

cd "${srcdir:-$(dirname "$0")/../..}"
failures=0
count=0

# Markdown's links, relative to the page; and docs/... named anywhere, relative to the top.
{
    for page in README.md HACKING.md docs/*.md docs/adr/*.md; do
        folder=$(dirname "$page")
        grep -o ']([^)#:]*' "$page" | sed "s|^](|$page $folder/|" || true
    done
    grep -rHo --include='*.h' --include='*.md' \
        'docs/[a-z0-9/_-]*\.md' README.md HACKING.md docs include | tr ':' ' '
} >"${builddir:-.}/links.txt"
while read -r where target; do
    count=$((count + 1))
    if [ ! -e "$target" ]; then
        echo "FAIL: $where names $target, which is not there"
        failures=$((failures + 1))
    fi
done <"${builddir:-.}/links.txt"
rm -f "${builddir:-.}/links.txt"

[ "$count" -ge 20 ] || {
    echo "FAIL: only $count links were found: is srcdir right?"
    exit 1
}
[ $failures -eq 0 ] && echo "$count links lead somewhere"
exit $((failures > 0))
