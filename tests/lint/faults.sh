#!/bin/sh
# Forbids a fault that the server is said to do and no test of the server names; prints how many of how many are done.
set -eu

cd "${srcdir:-$(dirname "$0")/../..}"
tab=$(printf '\t')
total=0
made=0
untested=0
while IFS=$tab read -r id _ _ server _; do
    case $id in
    [A-F][0-9][0-9]) ;;
    *) continue ;;
    esac
    total=$((total + 1))
    if [ "$server" != yes ]; then
        echo "$id is not done: $server"
        continue
    fi
    made=$((made + 1))
    if ! grep -q "\"$id" tests/server/test_server_*.c; then
        echo "data/faults.tsv: no test in tests/server names $id"
        untested=$((untested + 1))
    fi
done <data/faults.tsv
echo "$made of $total faults are done, $untested of them without a test"
[ "$untested" -eq 0 ] && [ "$total" -gt 0 ]
