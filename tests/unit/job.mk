# The tests of src/job (%D% is tests/unit).
noinst_HEADERS += %D%/job_fixture.h
JOB_TEST_LIBS = src/job/libjob.la src/rangeset/librangeset.la src/settings/libsettings.la \
	src/base/libbase.la $(CHECK_LIBS)

check_PROGRAMS += \
	%D%/test_job_files \
	%D%/test_job_http \
	%D%/test_job_life \
	%D%/test_job_oom \
	%D%/test_job_origin \
	%D%/test_job_plan \
	%D%/test_job_properties \
	%D%/test_job_requests \
	%D%/test_job_requests_random \
	%D%/test_job_state
%C%_test_job_files_SOURCES = %D%/test_job_files.c
%C%_test_job_files_CFLAGS = $(TEST_CFLAGS)
%C%_test_job_files_LDADD = $(JOB_TEST_LIBS)
%C%_test_job_http_SOURCES = %D%/test_job_http.c
%C%_test_job_http_CFLAGS = $(TEST_CFLAGS)
%C%_test_job_http_LDADD = $(JOB_TEST_LIBS)
%C%_test_job_life_SOURCES = %D%/test_job_life.c
%C%_test_job_life_CFLAGS = $(TEST_CFLAGS)
%C%_test_job_life_LDADD = $(JOB_TEST_LIBS)
%C%_test_job_origin_SOURCES = %D%/test_job_origin.c
%C%_test_job_origin_CFLAGS = $(TEST_CFLAGS)
%C%_test_job_origin_LDADD = $(JOB_TEST_LIBS)
%C%_test_job_plan_SOURCES = %D%/test_job_plan.c
%C%_test_job_plan_CFLAGS = $(TEST_CFLAGS)
%C%_test_job_plan_LDADD = $(JOB_TEST_LIBS)
%C%_test_job_properties_SOURCES = %D%/test_job_properties.c
%C%_test_job_properties_CFLAGS = $(TEST_CFLAGS)
%C%_test_job_properties_LDADD = $(JOB_TEST_LIBS)
%C%_test_job_requests_SOURCES = %D%/test_job_requests.c
%C%_test_job_requests_CFLAGS = $(TEST_CFLAGS)
%C%_test_job_requests_LDADD = $(JOB_TEST_LIBS)
%C%_test_job_requests_random_SOURCES = %D%/test_job_requests_random.c
%C%_test_job_requests_random_CFLAGS = $(TEST_CFLAGS)
%C%_test_job_requests_random_LDADD = $(JOB_TEST_LIBS)
%C%_test_job_state_SOURCES = %D%/test_job_state.c
%C%_test_job_state_CFLAGS = $(TEST_CFLAGS)
%C%_test_job_state_LDADD = $(JOB_TEST_LIBS)

# The room and the sets once more, with an allocator that fails when told to.
check_LTLIBRARIES += %D%/libjob_oom.la
%C%_libjob_oom_la_SOURCES = \
	src/job/command_line.c \
	src/job/file.c \
	src/job/http_options.c \
	src/job/lifecycle.c \
	src/job/names.c \
	src/job/order.c \
	src/job/origin.c \
	src/job/plan.c \
	src/job/progress.c \
	src/job/property.c \
	src/job/requests.c \
	src/job/retry.c \
	src/job/state.c \
	src/job/timers.c \
	src/job/transfer.c \
	src/job/validation.c \
	src/rangeset/leaf.c \
	src/rangeset/rangeset.c
%C%_libjob_oom_la_CPPFLAGS = $(AM_CPPFLAGS) -Dmalloc=oom_malloc -Dcalloc=oom_calloc -Drealloc=oom_realloc \
	-Dstrdup=oom_strdup -Dfree=oom_free
%C%_test_job_oom_SOURCES = %D%/test_job_oom.c
%C%_test_job_oom_CFLAGS = $(TEST_CFLAGS)
%C%_test_job_oom_LDADD = %D%/libjob_oom.la src/settings/libsettings.la src/base/libbase.la $(CHECK_LIBS)
