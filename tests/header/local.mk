# The public headers: their layout against the oracles in data/, C against C++, every compiler there is.
check_PROGRAMS += \
	%D%/test_cross \
	%D%/test_layout

%C%_test_layout_SOURCES = %D%/test_layout.c
nodist_%C%_test_layout_SOURCES = %D%/layout_rows.h
%C%_test_layout_CPPFLAGS = $(AM_CPPFLAGS) -I%D%
%C%_test_layout_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_layout_LDADD = src/winapi/libwinapi.la $(CHECK_LIBS)

%C%_test_cross_SOURCES = \
	%D%/cross.h \
	%D%/cross_c.c \
	%D%/cross_cxx.cpp \
	%D%/test_cross.c
nodist_%C%_test_cross_SOURCES = \
	%D%/cross_calls.h \
	%D%/cross_objects_c.h \
	%D%/cross_objects_cxx.h
%C%_test_cross_CPPFLAGS = $(AM_CPPFLAGS) -I%D%
%C%_test_cross_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
# A vtable made in C has no type information, which is what vptr looks for.
%C%_test_cross_CXXFLAGS = $(AM_CXXFLAGS) -fno-sanitize=vptr
%C%_test_cross_LDADD = src/winapi/libwinapi.la $(CHECK_LIBS)

# The example, built as a program of each language; client.sh runs both.
noinst_PROGRAMS += \
	%D%/client \
	%D%/client_cxx
%C%_client_SOURCES = %D%/client.c
%C%_client_LDADD = libopenbits.la
%C%_client_cxx_SOURCES = %D%/client_cxx.cpp
%C%_client_cxx_CXXFLAGS = $(AM_CXXFLAGS) -fno-sanitize=vptr
%C%_client_cxx_LDADD = libopenbits.la

header_tables = $(top_srcdir)/data/vtables.tsv
header_awk = $(MKDIR_P) %D% && $(AWK) -f $(top_srcdir)/%D%/vtables.awk
header_made = \
	%D%/cross_calls.h \
	%D%/cross_objects_c.h \
	%D%/cross_objects_cxx.h \
	%D%/layout_rows.h
BUILT_SOURCES += $(header_made)
CLEANFILES += $(header_made)

%D%/layout_rows.h: $(header_tables) $(top_srcdir)/data/types.tsv $(top_srcdir)/data/hresult.tsv \
		$(top_srcdir)/%D%/vtables.awk $(top_srcdir)/%D%/layout.awk
	$(AM_V_GEN)$(header_awk) -f $(top_srcdir)/%D%/layout.awk $(header_tables) $(top_srcdir)/data/types.tsv \
		$(top_srcdir)/data/hresult.tsv > $@.tmp && mv $@.tmp $@
%D%/cross_calls.h: $(header_tables) $(top_srcdir)/%D%/vtables.awk $(top_srcdir)/%D%/cross.awk
	$(AM_V_GEN)$(header_awk) -v lang=calls -f $(top_srcdir)/%D%/cross.awk $(header_tables) > $@.tmp && mv $@.tmp $@
%D%/cross_objects_c.h: $(header_tables) $(top_srcdir)/%D%/vtables.awk $(top_srcdir)/%D%/cross.awk
	$(AM_V_GEN)$(header_awk) -v lang=c -f $(top_srcdir)/%D%/cross.awk $(header_tables) > $@.tmp && mv $@.tmp $@
%D%/cross_objects_cxx.h: $(header_tables) $(top_srcdir)/%D%/vtables.awk $(top_srcdir)/%D%/cross.awk
	$(AM_V_GEN)$(header_awk) -v lang=cxx -f $(top_srcdir)/%D%/cross.awk $(header_tables) > $@.tmp && mv $@.tmp $@

dist_check_SCRIPTS += \
	%D%/alone.sh \
	%D%/client.sh \
	%D%/mingw.sh \
	%D%/names.sh \
	%D%/readme.sh

EXTRA_DIST += \
	%D%/cross.awk \
	%D%/layout.awk \
	%D%/names.awk \
	%D%/vtables.awk
