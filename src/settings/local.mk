noinst_LTLIBRARIES += %D%/libsettings.la
%C%_libsettings_la_SOURCES = \
	%D%/settings.c \
	%D%/settings.h
nodist_%C%_libsettings_la_SOURCES = \
	%D%/settings_rows.h \
	%D%/settings_table.h
libopenbits_la_LIBADD += %D%/libsettings.la

# data/ambiguities.tsv is the only place where a setting and its values are listed.
BUILT_SOURCES += %D%/settings_rows.h %D%/settings_table.h
CLEANFILES += %D%/settings_rows.h %D%/settings_table.h
EXTRA_DIST += build-aux/settings-table.awk
%C%_awk = $(AWK) -f $(top_srcdir)/build-aux/settings-table.awk
%C%_tsv = $(top_srcdir)/data/ambiguities.tsv
%D%/settings_table.h: $(top_srcdir)/data/ambiguities.tsv $(top_srcdir)/build-aux/settings-table.awk
	$(AM_V_GEN)$(MKDIR_P) %D% && $(%C%_awk) -v part=header $(%C%_tsv) > $@.tmp && mv $@.tmp $@
%D%/settings_rows.h: $(top_srcdir)/data/ambiguities.tsv $(top_srcdir)/build-aux/settings-table.awk
	$(AM_V_GEN)$(MKDIR_P) %D% && $(%C%_awk) -v part=rows $(%C%_tsv) > $@.tmp && mv $@.tmp $@
