# com over an engine that only listens; the real one is met in tests/engine.
noinst_HEADERS += %D%/fake_engine.h %D%/probe.h %D%/zoo.h
check_LTLIBRARIES += %D%/libzoo.la
%C%_libzoo_la_SOURCES = %D%/fake_engine.c %D%/fake_http.c %D%/probe.c %D%/zoo.c
nodist_%C%_libzoo_la_SOURCES = %D%/cases.c
%C%_libzoo_la_CFLAGS = $(com_test_cflags) -I$(top_srcdir)/%D%
com_test_cflags = $(TEST_CFLAGS) -DCOBJMACROS
com_test_libs = \
	%D%/libzoo.la \
	src/com/libcom.la \
	src/winapi/libwinapi.la \
	src/job/libjob.la \
	src/settings/libsettings.la \
	src/trace/libtrace.la \
	src/rangeset/librangeset.la \
	src/check/libcheck.la \
	src/sys/libsys.la \
	src/base/libbase.la \
	$(JANSSON_LIBS) \
	$(CHECK_LIBS)

check_PROGRAMS += \
	%D%/test_com_callbacks \
	%D%/test_com_classic \
	%D%/test_com_entries \
	%D%/test_com_enum \
	%D%/test_com_http \
	%D%/test_com_objects \
	%D%/test_com_oom \
	%D%/test_com_trace
%C%_test_com_callbacks_SOURCES = %D%/test_com_callbacks.c
%C%_test_com_callbacks_CFLAGS = $(com_test_cflags)
%C%_test_com_callbacks_LDADD = $(com_test_libs)
%C%_test_com_classic_SOURCES = %D%/test_com_classic.c
%C%_test_com_classic_CFLAGS = $(com_test_cflags)
%C%_test_com_classic_LDADD = $(com_test_libs)
%C%_test_com_entries_SOURCES = %D%/test_com_entries.c
%C%_test_com_entries_CFLAGS = $(com_test_cflags)
%C%_test_com_entries_LDADD = $(com_test_libs)
%C%_test_com_enum_SOURCES = %D%/test_com_enum.c
%C%_test_com_enum_CFLAGS = $(com_test_cflags)
%C%_test_com_enum_LDADD = $(com_test_libs)
%C%_test_com_http_SOURCES = %D%/test_com_http.c
%C%_test_com_http_CFLAGS = $(com_test_cflags)
%C%_test_com_http_LDADD = $(com_test_libs)
%C%_test_com_objects_SOURCES = %D%/test_com_objects.c
%C%_test_com_objects_CFLAGS = $(com_test_cflags)
%C%_test_com_objects_LDADD = $(com_test_libs)
%C%_test_com_trace_SOURCES = %D%/test_com_trace.c
%C%_test_com_trace_CFLAGS = $(com_test_cflags) $(JANSSON_CFLAGS) -DTOP_SRCDIR='"$(abs_top_srcdir)"'
%C%_test_com_trace_LDADD = $(com_test_libs)

# The room once more, with allocators that fail when told to.
check_LTLIBRARIES += %D%/libcom_oom.la
%C%_libcom_oom_la_SOURCES = \
	src/com/client.c \
	src/com/control.c \
	src/com/convert.c \
	src/com/cursor.c \
	src/com/enum_files.c \
	src/com/enum_jobs.c \
	src/com/enum_peers.c \
	src/com/enum_records.c \
	src/com/error.c \
	src/com/file.c \
	src/com/job.c \
	src/com/job_http.c \
	src/com/job_properties.c \
	src/com/manager.c \
	src/com/object.c \
	src/com/owner.c \
	src/com/peer_cache.c \
	src/com/text.c \
	src/com/tracing.c \
	src/com/uploads.c \
	src/com/validator.c
nodist_%C%_libcom_oom_la_SOURCES = src/com/entries.c
%C%_libcom_oom_la_CPPFLAGS = $(AM_CPPFLAGS) -Dcalloc=oom_calloc -DCoTaskMemAlloc=oom_task_alloc
%C%_test_com_oom_SOURCES = %D%/test_com_oom.c
%C%_test_com_oom_CFLAGS = $(com_test_cflags)
%C%_test_com_oom_LDADD = %D%/libcom_oom.la $(com_test_libs)

CLEANFILES += %D%/cases.c
%D%/cases.c: $(com_entry_inputs)
	$(AM_V_GEN)$(MKDIR_P) %D% && $(com_entry) -v part=cases $(com_entry_tables) > $@.tmp && mv $@.tmp $@
