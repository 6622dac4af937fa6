#!/bin/sh
# include/mingw completes mingw's own headers: each of its files alone, all in any order, and the example program.
set -eu
command -v x86_64-w64-mingw32-gcc >/dev/null || { echo "there is no x86_64-w64-mingw32-gcc"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

# compile LANGUAGE FILE FLAG...
compile() {
    case $1 in c) compiler="x86_64-w64-mingw32-gcc -std=c17" ;; *) compiler="x86_64-w64-mingw32-g++ -std=c++17" ;; esac
    language=$1 file=$2
    shift 2
    ${compiler} -x "$language" -Wall -Wextra -Werror -I"$srcdir/include/mingw" "$@" -c -o "$work/out.o" "$file" ||
        { echo "FAILED: $compiler $*"; status=1; }
}

cat >"$work/use.c" <<'END'
#ifdef FIRST
#include <bits.h>
#endif
#include HEADER
extern IBackgroundCopyFile6 *file;
extern IBackgroundCopyCallback3 *callback;
extern IBackgroundCopyJob5 *job;
extern IBackgroundCopyJobHttpOptions3 *options;
extern IBackgroundCopyServerCertificateValidationCallback *validation;
extern IBitsTokenOptions *token;
extern IBitsPeerCacheAdministration *cache;
extern BITS_JOB_TRANSFER_POLICY policy;
extern BITS_FILE_PROPERTY_VALUE value;
const GUID *const ids[] = {&IID_IBackgroundCopyFile6, &IID_IBackgroundCopyCallback3, &CLSID_BackgroundCopyManager4_0,
                           &CLSID_BackgroundCopyManager5_0, &CLSID_BackgroundCopyManager10_3};
extern const DWORD numbers[];
const DWORD numbers[] = {(DWORD)BG_E_RANDOM_ACCESS_NOT_SUPPORTED, (DWORD)BG_S_OVERRIDDEN_BY_POLICY,
                         (DWORD)BITS_MC_WSD_PORT, BG_NOTIFY_FILE_RANGES_TRANSFERRED, BG_SSL_ENABLE_CRL_CHECK,
                         BG_HTTP_REDIRECT_POLICY_DISALLOW, BITS_COST_STATE_ROAMING, BG_TOKEN_NETWORK,
                         BG_ENABLE_PEERCACHING_CLIENT, BITS_JOB_PROPERTY_ON_DEMAND_MODE};
END
for header in "$srcdir"/include/mingw/bits*.h; do
    name=$(basename "$header")
    for language in c c++; do
        compile $language "$work/use.c" "-DHEADER=<$name>"
        compile $language "$work/use.c" "-DHEADER=<$name>" -DFIRST -DINITGUID -DCOBJMACROS
    done
done
compile c++ "$work/use.c" "-DHEADER=<bits10_3.h>" -DCINTERFACE
for language in c c++; do
    compile $language "$srcdir/tests/header/client.c"
done
exit $status
