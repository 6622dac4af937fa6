noinst_LTLIBRARIES += %D%/libcheck.la
%C%_libcheck_la_SOURCES = \
	%D%/check.c \
	%D%/check.h \
	%D%/handles.c \
	%D%/lend.c \
	%D%/say.h
nodist_%C%_libcheck_la_SOURCES = \
	%D%/check_rows.h \
	%D%/check_table.h
libopenbits_la_LIBADD += %D%/libcheck.la

# data/checks.tsv is the only place where a diagnostic and its words are listed.
BUILT_SOURCES += %D%/check_rows.h %D%/check_table.h
CLEANFILES += %D%/check_rows.h %D%/check_table.h
EXTRA_DIST += build-aux/check-table.awk
%C%_awk = $(AWK) -f $(top_srcdir)/build-aux/check-table.awk
%C%_tsv = $(top_srcdir)/data/checks.tsv
%D%/check_table.h: $(top_srcdir)/data/checks.tsv $(top_srcdir)/build-aux/check-table.awk
	$(AM_V_GEN)$(MKDIR_P) %D% && $(%C%_awk) -v part=header $(%C%_tsv) > $@.tmp && mv $@.tmp $@
%D%/check_rows.h: $(top_srcdir)/data/checks.tsv $(top_srcdir)/build-aux/check-table.awk
	$(AM_V_GEN)$(MKDIR_P) %D% && $(%C%_awk) -v part=rows $(%C%_tsv) > $@.tmp && mv $@.tmp $@
