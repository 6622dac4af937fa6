# Every Check program links what it tests, and includes "suite.h".
noinst_HEADERS += tests/suite.h
TEST_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/tests $(CHECK_CFLAGS)

check_PROGRAMS += \
	%D%/unit/test_rangeset \
	%D%/unit/test_rangeset_oom \
	%D%/unit/test_rangeset_random
%C%_unit_test_rangeset_SOURCES = %D%/unit/test_rangeset.c
%C%_unit_test_rangeset_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_unit_test_rangeset_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_unit_test_rangeset_LDADD = src/rangeset/librangeset.la $(CHECK_LIBS)
%C%_unit_test_rangeset_random_SOURCES = %D%/unit/test_rangeset_random.c
%C%_unit_test_rangeset_random_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_unit_test_rangeset_random_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_unit_test_rangeset_random_LDADD = src/rangeset/librangeset.la $(CHECK_LIBS)
# The room once more, with an allocator that fails when told to.
check_LTLIBRARIES += %D%/unit/librangeset_oom.la
%C%_unit_librangeset_oom_la_SOURCES = src/rangeset/leaf.c src/rangeset/rangeset.c
%C%_unit_librangeset_oom_la_CPPFLAGS = $(AM_CPPFLAGS) -Dmalloc=oom_malloc -Drealloc=oom_realloc -Dfree=oom_free
%C%_unit_test_rangeset_oom_SOURCES = %D%/unit/test_rangeset_oom.c
%C%_unit_test_rangeset_oom_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
%C%_unit_test_rangeset_oom_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_unit_test_rangeset_oom_LDADD = %D%/unit/librangeset_oom.la $(CHECK_LIBS)

check_PROGRAMS += %D%/unit/test_settings
%C%_unit_test_settings_SOURCES = %D%/unit/test_settings.c
%C%_unit_test_settings_CFLAGS = $(TEST_CFLAGS)
%C%_unit_test_settings_LDADD = src/settings/libsettings.la $(CHECK_LIBS)

noinst_HEADERS += tests/json_schema.h
check_PROGRAMS += %D%/unit/test_trace %D%/unit/test_trace_schema
%C%_unit_test_trace_SOURCES = %D%/unit/test_trace.c
%C%_unit_test_trace_CFLAGS = $(TEST_CFLAGS) $(JANSSON_CFLAGS) -DTOP_SRCDIR='"$(abs_top_srcdir)"'
%C%_unit_test_trace_LDADD = src/trace/libtrace.la src/sys/libsys.la src/base/libbase.la $(JANSSON_LIBS) $(CHECK_LIBS)
%C%_unit_test_trace_schema_SOURCES = %D%/unit/test_trace_schema.c
%C%_unit_test_trace_schema_CFLAGS = $(TEST_CFLAGS) $(JANSSON_CFLAGS) -DTOP_SRCDIR='"$(abs_top_srcdir)"'
%C%_unit_test_trace_schema_LDADD = $(JANSSON_LIBS) $(CHECK_LIBS)

check_PROGRAMS += %D%/unit/test_check %D%/unit/test_sys_guard
%C%_unit_test_check_SOURCES = %D%/unit/test_check.c
%C%_unit_test_check_CFLAGS = $(TEST_CFLAGS)
%C%_unit_test_check_LDADD = src/check/libcheck.la src/sys/libsys.la $(CHECK_LIBS)
%C%_unit_test_sys_guard_SOURCES = %D%/unit/test_sys_guard.c
%C%_unit_test_sys_guard_CFLAGS = $(TEST_CFLAGS)
%C%_unit_test_sys_guard_LDADD = src/sys/libsys.la $(CHECK_LIBS)

noinst_HEADERS += tests/folder.h tests/threads.h
check_PROGRAMS += \
	%D%/unit/test_sys_clock \
	%D%/unit/test_sys_file \
	%D%/unit/test_sys_inherit \
	%D%/unit/test_sys_program \
	%D%/unit/test_sys_slots
%C%_unit_test_sys_clock_SOURCES = %D%/unit/test_sys_clock.c
%C%_unit_test_sys_clock_CFLAGS = $(TEST_CFLAGS)
%C%_unit_test_sys_clock_LDADD = src/sys/libsys.la $(CHECK_LIBS)
%C%_unit_test_sys_file_SOURCES = %D%/unit/test_sys_file.c
%C%_unit_test_sys_file_CFLAGS = $(TEST_CFLAGS)
%C%_unit_test_sys_file_LDADD = src/sys/libsys.la $(CHECK_LIBS)
%C%_unit_test_sys_inherit_SOURCES = %D%/unit/test_sys_inherit.c
%C%_unit_test_sys_inherit_CFLAGS = $(TEST_CFLAGS)
%C%_unit_test_sys_inherit_LDADD = src/sys/libsys.la $(CHECK_LIBS)
%C%_unit_test_sys_program_SOURCES = %D%/unit/test_sys_program.c
%C%_unit_test_sys_program_CFLAGS = $(TEST_CFLAGS)
%C%_unit_test_sys_program_LDADD = src/sys/libsys.la $(CHECK_LIBS)
%C%_unit_test_sys_slots_SOURCES = %D%/unit/test_sys_slots.c
%C%_unit_test_sys_slots_CFLAGS = $(TEST_CFLAGS)
%C%_unit_test_sys_slots_LDADD = src/sys/libsys.la $(CHECK_LIBS)

noinst_HEADERS += tests/unit/notify_rig.h
NOTIFY_LIBS = src/notify/libnotify.la src/settings/libsettings.la src/sys/libsys.la src/base/libbase.la
check_PROGRAMS += \
	%D%/unit/test_notify \
	%D%/unit/test_notify_processes \
	%D%/unit/test_notify_random \
	%D%/unit/test_notify_time
%C%_unit_test_notify_SOURCES = %D%/unit/test_notify.c
%C%_unit_test_notify_CFLAGS = $(TEST_CFLAGS)
%C%_unit_test_notify_LDADD = $(NOTIFY_LIBS) $(CHECK_LIBS)
%C%_unit_test_notify_processes_SOURCES = %D%/unit/test_notify_processes.c
%C%_unit_test_notify_processes_CFLAGS = $(TEST_CFLAGS)
%C%_unit_test_notify_processes_LDADD = $(NOTIFY_LIBS) $(CHECK_LIBS)
%C%_unit_test_notify_random_SOURCES = %D%/unit/test_notify_random.c
%C%_unit_test_notify_random_CFLAGS = $(TEST_CFLAGS)
%C%_unit_test_notify_random_LDADD = $(NOTIFY_LIBS) $(CHECK_LIBS)
%C%_unit_test_notify_time_SOURCES = %D%/unit/test_notify_time.c
%C%_unit_test_notify_time_CFLAGS = $(TEST_CFLAGS)
%C%_unit_test_notify_time_LDADD = $(NOTIFY_LIBS) $(CHECK_LIBS)

include %D%/server/local.mk

check_PROGRAMS += \
	%D%/unit/test_com_init \
	%D%/unit/test_critical_section \
	%D%/unit/test_event \
	%D%/unit/test_filetime \
	%D%/unit/test_guid \
	%D%/unit/test_taskmem
%C%_unit_test_com_init_SOURCES = %D%/unit/test_com_init.c
%C%_unit_test_com_init_CFLAGS = $(TEST_CFLAGS)
%C%_unit_test_com_init_LDADD = src/winapi/libwinapi.la $(CHECK_LIBS)
%C%_unit_test_critical_section_SOURCES = %D%/unit/test_critical_section.c
%C%_unit_test_critical_section_CFLAGS = $(TEST_CFLAGS)
%C%_unit_test_critical_section_LDADD = src/winapi/libwinapi.la $(CHECK_LIBS)
%C%_unit_test_event_SOURCES = %D%/unit/test_event.c
%C%_unit_test_event_CFLAGS = $(TEST_CFLAGS)
%C%_unit_test_event_LDADD = src/winapi/libwinapi.la $(CHECK_LIBS)
%C%_unit_test_filetime_SOURCES = %D%/unit/test_filetime.c
%C%_unit_test_filetime_CFLAGS = $(TEST_CFLAGS)
%C%_unit_test_filetime_LDADD = src/winapi/libwinapi.la $(CHECK_LIBS)
%C%_unit_test_guid_SOURCES = %D%/unit/test_guid.c
%C%_unit_test_guid_CFLAGS = $(TEST_CFLAGS)
%C%_unit_test_guid_LDADD = src/winapi/libwinapi.la $(CHECK_LIBS)
%C%_unit_test_taskmem_SOURCES = %D%/unit/test_taskmem.c
%C%_unit_test_taskmem_CFLAGS = $(TEST_CFLAGS)
%C%_unit_test_taskmem_LDADD = src/winapi/libwinapi.la $(CHECK_LIBS)

include %D%/fetch/local.mk
include %D%/header/local.mk
include %D%/host/local.mk
include %D%/lint/local.mk

include %D%/tool/local.mk

include %D%/engine/local.mk

include %D%/checks/local.mk

include %D%/com/local.mk

include %D%/unit/job.mk

include %D%/api/local.mk

include %D%/model/local.mk
