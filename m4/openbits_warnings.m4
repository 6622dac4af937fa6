# OPENBITS_WARNINGS: sets WARNING_CFLAGS and WARNING_CXXFLAGS.
# Not taken: -Wconversion and -Wsign-conversion (hundreds of casts, no defect found), -Wpadded,
# -Wdeclaration-after-statement (C17 declares where it uses).
AC_DEFUN([OPENBITS_WARNINGS], [
  WARNING_CFLAGS="-Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings -Wundef -Wvla -Wformat=2 -Wnull-dereference"
  WARNING_CXXFLAGS="-Wall -Wextra -Wpedantic -Wshadow -Wundef -Wformat=2"
  AS_IF([test "$enable_werror" = yes], [
    WARNING_CFLAGS="$WARNING_CFLAGS -Werror"
    WARNING_CXXFLAGS="$WARNING_CXXFLAGS -Werror"
  ])
  AC_SUBST([WARNING_CFLAGS])
  AC_SUBST([WARNING_CXXFLAGS])
])
