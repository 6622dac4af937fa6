#!/bin/bash
# `make bench`: openbits beside curl and beside a plain libcurl loop, in one run, against one nginx.
#
#   bench.sh [--json]     a table (or one JSON object a line) on standard output, progress on standard error
#
# BENCH_RUNS   rounds; medians are shown (5)
# BENCH_MIB    size of the file (1024); the ranges shrink with it
# BENCH_DIR    where the files go: the server's copy and what is downloaded (a folder in the build's tree)
#
# nginx: sendfile, one worker, the file in the page cache. Everything shares this machine's cores, so ratios
# mean more than figures. As root it runs in a network namespace of its own with reno, since BBR, where it is the
# default, makes bursts on loopback three to four times slower, for everybody but not evenly.
set -u
if [ -z "${BENCH_INSIDE:-}" ]; then
    export BENCH_INSIDE=shared
    if unshare -n true 2>/dev/null && command -v ip >/dev/null; then
        BENCH_INSIDE=namespace exec unshare -n "$0" "$@"
    fi
fi
. "$srcdir/tests/tool/nginx.sh"
nginx_or_skip
if [ $BENCH_INSIDE = namespace ]; then
    ip link set lo up
    sysctl -qw net.ipv4.tcp_congestion_control=reno
fi
congestion=$(cat /proc/sys/net/ipv4/tcp_congestion_control 2>/dev/null || echo unknown)

runs=${BENCH_RUNS:-5}
mib=${BENCH_MIB:-1024}
size=$((mib << 20))
few=$((20000 * mib / 1024)) # ranges of 4 KiB
json=
[ "${1:-}" = --json ] && json=yes
bin=$builddir/tests/bench
export LD_LIBRARY_PATH=$builddir/.libs # the tool itself, not libtool's script around it
tool=$builddir/.libs/openbits
[ -x "$tool" ] || tool=$builddir/openbits
mkdir -p -m 700 "$OPENBITS_RUNTIME_DIR"
tmp=$(mktemp -d "${BENCH_DIR:-$OPENBITS_RUNTIME_DIR}/bench-XXXXXX") || exit 99
trap 'nginx_kill; rm -rf "$tmp"' EXIT
trap 'exit 130' INT TERM

say() { echo "$*" >&2; }

say "making a file of $mib MiB in $tmp"
mkdir "$tmp/root"
"$builddir/tests/tool/check_get" source "$tmp/root/f" $size 1 || exit 99
"$bin/bench_ranges" random $size $few 4096 1 >"$tmp/random"
"$bin/bench_ranges" shuffled $size 65536 1 >"$tmp/shuffled"
cat "$tmp/root/f" >/dev/null
nginx_start "$tmp" 'access_log off;'
url=$nginx_url/f

# same WHAT REFERENCE COMMAND: the command's output is that of the reference, or all figures are worthless.
same() {
    rm -f "$tmp/out"
    sh -c "$3" || { say "$1: failed"; exit 1; }
    cmp "$2" "$tmp/out" || { say "$1: not the right bytes"; exit 1; }
    rm -f "$tmp/out"
}

# compare TITLE OURS THEIR-NAME THEIRS REQUESTS
compare() {
    say "$1"
    "$bin/bench_run" "$runs" "$tmp/out" "openbits" "$2" "$3" "$4" >"$tmp/result" || exit 1
    awk -F'\t' -v title="$1" -v count="$5" -v json="$json" '
        { name[NR] = $1; wall[NR] = $2; cpu[NR] = $3; low[NR] = $4; high[NR] = $5; peak[NR] = $6 }
        END {
            if (!json) printf "%s\n  %-16s %9s %17s %9s %12s %10s\n", title, "", "wall s", "fastest, slowest", "CPU s", "per second", "peak MiB"
            for (i = 1; i <= 2; i++)
                if (json)
                    printf "{\"load\":\"%s\",\"program\":\"%s\",\"wall_s\":%s,\"fastest_s\":%s,\"slowest_s\":%s,\"cpu_s\":%s,\"peak_kib\":%s}\n", title, name[i], wall[i], low[i], high[i], cpu[i], peak[i]
                else
                    printf "  %-16s %9.3f %8.3f %8.3f %9.3f %12.0f %10.1f\n", name[i], wall[i], low[i], high[i], cpu[i], count / wall[i], peak[i] / 1024
            if (!json) printf "  %-16s %8.2fx %17s %8.2fx\n\n", "openbits gains", wall[2] / wall[1], "", cpu[2] / cpu[1]
        }' "$tmp/result"
}

get="$tool get --quiet"
loop="$bin/bench_ranges loop $url $size"
say "checking that all bring the same bytes"
same "whole file" "$tmp/root/f" "$get $url $tmp/out"
same "shuffled" "$tmp/root/f" "$get --ranges-file $tmp/shuffled $url $tmp/out"
sh -c "$loop $tmp/random $tmp/wanted" || exit 1
same "random" "$tmp/wanted" "$get --ranges-file $tmp/random $url $tmp/out"
rm -f "$tmp/wanted"

if [ -z "$json" ]; then
    echo "openbits beside its peers: medians of $runs rounds, $(nproc) cores for clients and server"
    echo "$("$nginx_path" -v 2>&1), $(curl --version | head -1 | cut -d' ' -f1-3), Linux $(uname -r), files on $(stat -f -c %T "$tmp"),"
    echo "congestion control $congestion$([ $BENCH_INSIDE = namespace ] || echo ' (not changed: that takes root and iproute2)')"
    echo
fi
compare "whole file, $mib MiB (MiB per second)" "$get $url $tmp/out" \
    "curl -o" "curl -s -o $tmp/out $url" "$mib"
compare "$few random ranges of 4 KiB (ranges per second)" "$get --ranges-file $tmp/random $url $tmp/out" \
    "libcurl loop" "$loop $tmp/random $tmp/out" "$few"
compare "$((mib * 16)) shuffled adjacent ranges of 64 KiB (ranges per second)" "$get --ranges-file $tmp/shuffled $url $tmp/out" \
    "libcurl loop" "$loop $tmp/shuffled $tmp/out" $((mib * 16))
nginx_stop || exit 1

say "idle jobs"
"$bin/bench_jobs" >"$tmp/result" || exit 1
read -r jobs heap resident descriptors us <"$tmp/result"
if [ -n "$json" ]; then
    echo "{\"load\":\"idle jobs\",\"jobs\":$jobs,\"heap_bytes_a_job\":$heap,\"resident_bytes_a_job\":$resident,\"descriptors\":$descriptors,\"create_us\":$us}"
else
    echo "$jobs idle jobs with a file each"
    echo "  $heap bytes of heap a job, $resident resident; $descriptors more descriptors in all; $us us for CreateJob and AddFile"
    echo
    say "range sets"
    "$bin/bench_rangeset" "${BENCH_RANGESET_OPS:-1000000}" "$runs"
fi
