noinst_LTLIBRARIES += %D%/libcom.la
%C%_libcom_la_SOURCES = \
	%D%/client.c \
	%D%/client.h \
	%D%/com.h \
	%D%/control.c \
	%D%/convert.c \
	%D%/convert.h \
	%D%/cursor.c \
	%D%/cursor.h \
	%D%/enum_files.c \
	%D%/enum_jobs.c \
	%D%/enum_peers.c \
	%D%/enum_records.c \
	%D%/error.c \
	%D%/file.c \
	%D%/job.c \
	%D%/job_http.c \
	%D%/job_properties.c \
	%D%/manager.c \
	%D%/object.c \
	%D%/object.h \
	%D%/objects.h \
	%D%/owner.c \
	%D%/peer_cache.c \
	%D%/text.c \
	%D%/text.h \
	%D%/tracing.c \
	%D%/tracing.h \
	%D%/uploads.c \
	%D%/validator.c \
	%D%/validator.h
nodist_%C%_libcom_la_SOURCES = %D%/entries.c %D%/entries.h
libopenbits_la_LIBADD += %D%/libcom.la

# The vtables and what every call passes first: docs/com.md.
com_entry_tables = \
	kind=objects $(top_srcdir)/data/com_objects.tsv \
	kind=unimplemented $(top_srcdir)/data/unimplemented.tsv \
	kind=vtables $(top_srcdir)/data/vtables.tsv $(top_srcdir)/data/vtables_openbits.tsv
com_entry_inputs = \
	$(top_srcdir)/build-aux/com-entry.awk \
	$(top_srcdir)/data/com_objects.tsv \
	$(top_srcdir)/data/unimplemented.tsv \
	$(top_srcdir)/data/vtables.tsv \
	$(top_srcdir)/data/vtables_openbits.tsv
com_entry = $(AWK) -f $(top_srcdir)/build-aux/com-entry.awk
EXTRA_DIST += build-aux/com-entry.awk
BUILT_SOURCES += %D%/entries.h
CLEANFILES += %D%/entries.c %D%/entries.h
%D%/entries.h: $(com_entry_inputs)
	$(AM_V_GEN)$(MKDIR_P) %D% && $(com_entry) -v part=header $(com_entry_tables) > $@.tmp && mv $@.tmp $@
%D%/entries.c: $(com_entry_inputs)
	$(AM_V_GEN)$(MKDIR_P) %D% && $(com_entry) -v part=source $(com_entry_tables) > $@.tmp && mv $@.tmp $@
