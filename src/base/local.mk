noinst_LTLIBRARIES += %D%/libbase.la
%C%_libbase_la_SOURCES = \
	%D%/cleanup.h \
	%D%/hr.c \
	%D%/hr.h \
	%D%/list.h \
	%D%/refcount.h \
	%D%/secret.h \
	%D%/utf.c \
	%D%/utf.h \
	%D%/vec.h
nodist_%C%_libbase_la_SOURCES = %D%/hr_table.h
libopenbits_la_LIBADD += %D%/libbase.la

# data/hresult.tsv feeds the tool's texts, GetErrorDescription and the docs.
BUILT_SOURCES += %D%/hr_table.h
CLEANFILES += %D%/hr_table.h
EXTRA_DIST += build-aux/hr-table.awk
%D%/hr_table.h: $(top_srcdir)/data/hresult.tsv $(top_srcdir)/build-aux/hr-table.awk
	$(AM_V_GEN)$(MKDIR_P) %D% && $(AWK) -f $(top_srcdir)/build-aux/hr-table.awk $(top_srcdir)/data/hresult.tsv > $@.tmp && mv $@.tmp $@
