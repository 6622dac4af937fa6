#!/bin/sh
# Compiles every name that docs/windows-h.md lists, and finds the functions and macros that it does not list.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{
    printf '#include <windows.h>\n'
    awk -f "$srcdir/tests/header/names.awk" "$srcdir/docs/windows-h.md"
} >"$work/names.c"
cat "$work/names.c" >"$work/names.cpp"
gcc -std=c17 -Wall -Wextra -Werror -Wno-cast-function-type -isystem "$srcdir/include/compat" -fsyntax-only "$work/names.c"
g++ -std=c++17 -Wall -Wextra -Werror -Wno-cast-function-type -isystem "$srcdir/include/compat" -fsyntax-only \
    "$work/names.cpp"

status=0
for name in $(sed -n 's/^EXTERN_C OPENBITS_API .* STDAPICALLTYPE \([A-Za-z0-9]*\)(.*/\1/p
                      s/^EXTERN_C OPENBITS_API .* WINAPI \([A-Za-z0-9]*\)(.*/\1/p
                      s/^static inline .* \**\(Interlocked[A-Za-z0-9]*\)(.*/\1/p' \
        "$srcdir/include/compat/windows.h" "$srcdir/include/compat/objbase.h"); do
    grep -q "\`$name\`" "$srcdir/docs/windows-h.md" || { echo "docs/windows-h.md does not list $name"; status=1; }
    case $name in Interlocked*) continue ;; esac
    grep -q "^    $name;" "$srcdir/src/api/openbits.map" || { echo "openbits.map does not export $name"; status=1; }
done
cd "$srcdir/include/compat"
for name in $(sed -n 's/^#define \([A-Za-z0-9_]*\).*/\1/p' windows.h winerror.h objbase.h wtypes.h basetyps.h guiddef.h \
        sdkddkver.h ../openbits_types.h); do
    case $name in OPENBITS_* | _*_H_ | __*_h__ | _WINDOWS_ | _WINERROR_ | _INC_* | GUID_DEFINED) continue ;; esac
    grep -q "\`$name\`" "$srcdir/docs/windows-h.md" || { echo "docs/windows-h.md does not list the macro $name"; status=1; }
done
exit $status
