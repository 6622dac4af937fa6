# The engine with a scripted source or with the test server; see docs/engine.md.
ENGINE_TEST_LIBS = \
	src/engine/libengine.la \
	src/job/libjob.la \
	src/fetch/libfetch.la \
	src/notify/libnotify.la \
	src/settings/libsettings.la \
	src/trace/libtrace.la \
	src/rangeset/librangeset.la \
	src/check/libcheck.la \
	src/sys/libsys.la \
	src/base/libbase.la

check_LTLIBRARIES += %D%/libenginetest.la
%C%_libenginetest_la_SOURCES = \
	%D%/client.c \
	%D%/client.h \
	%D%/inline.c \
	%D%/inline.h \
	%D%/scripted.c \
	%D%/scripted.h
%C%_libenginetest_la_CFLAGS = $(TEST_CFLAGS)
%C%_libenginetest_la_LIBADD = $(ENGINE_TEST_LIBS) src/server/libserver.la $(CHECK_LIBS)

check_PROGRAMS += \
	%D%/test_engine_classic \
	%D%/test_engine_command_line \
	%D%/test_engine_disk \
	%D%/test_engine_events \
	%D%/test_engine_hostile \
	%D%/test_engine_http \
	%D%/test_engine_life \
	%D%/test_engine_oom \
	%D%/test_engine_processes \
	%D%/test_engine_replay \
	%D%/test_engine_schedule \
	%D%/test_engine_threads
%C%_test_engine_classic_SOURCES = %D%/test_engine_classic.c
%C%_test_engine_classic_CFLAGS = $(TEST_CFLAGS)
%C%_test_engine_classic_LDADD = %D%/libenginetest.la
%C%_test_engine_events_SOURCES = %D%/test_engine_events.c
%C%_test_engine_events_CFLAGS = $(TEST_CFLAGS)
%C%_test_engine_events_LDADD = %D%/libenginetest.la
%C%_test_engine_command_line_SOURCES = %D%/test_engine_command_line.c
%C%_test_engine_command_line_CFLAGS = $(TEST_CFLAGS)
%C%_test_engine_command_line_LDADD = %D%/libenginetest.la
%C%_test_engine_schedule_SOURCES = %D%/test_engine_schedule.c
%C%_test_engine_schedule_CFLAGS = $(TEST_CFLAGS)
%C%_test_engine_schedule_LDADD = %D%/libenginetest.la
%C%_test_engine_http_SOURCES = %D%/test_engine_http.c
%C%_test_engine_http_CFLAGS = $(TEST_CFLAGS)
%C%_test_engine_http_LDADD = %D%/libenginetest.la
%C%_test_engine_replay_SOURCES = %D%/test_engine_replay.c
%C%_test_engine_replay_CFLAGS = $(TEST_CFLAGS)
%C%_test_engine_replay_LDADD = %D%/libenginetest.la
%C%_test_engine_disk_SOURCES = %D%/test_engine_disk.c
%C%_test_engine_disk_CFLAGS = $(TEST_CFLAGS)
%C%_test_engine_disk_LDADD = %D%/libenginetest.la
%C%_test_engine_life_SOURCES = %D%/test_engine_life.c
%C%_test_engine_life_CFLAGS = $(TEST_CFLAGS)
%C%_test_engine_life_LDADD = %D%/libenginetest.la
%C%_test_engine_hostile_SOURCES = %D%/test_engine_hostile.c
%C%_test_engine_hostile_CFLAGS = $(TEST_CFLAGS)
%C%_test_engine_hostile_LDADD = %D%/libenginetest.la
%C%_test_engine_processes_SOURCES = %D%/test_engine_processes.c
%C%_test_engine_processes_CFLAGS = $(TEST_CFLAGS) $(JANSSON_CFLAGS)
%C%_test_engine_processes_LDADD = %D%/libenginetest.la $(JANSSON_LIBS)
%C%_test_engine_oom_SOURCES = %D%/test_engine_oom.c
%C%_test_engine_oom_CFLAGS = $(TEST_CFLAGS)
%C%_test_engine_oom_LDADD = %D%/libenginetest.la
%C%_test_engine_threads_SOURCES = %D%/test_engine_threads.c
%C%_test_engine_threads_CFLAGS = $(TEST_CFLAGS)
%C%_test_engine_threads_LDADD = %D%/libenginetest.la

# The full figures: ten thousand seeds of each random test, and the model of the slots.
check-long: check check-model
	@$(AM_TESTS_ENVIRONMENT) OPENBITS_TEST_SCRIPTS=10000 %D%/test_engine_hostile
	@$(AM_TESTS_ENVIRONMENT) OPENBITS_TEST_SCRIPTS=10000 %D%/test_engine_replay
	@$(AM_TESTS_ENVIRONMENT) tests/unit/test_rangeset_random
