# The tool as a program. What its scripts call is no test by itself, so it is not in check_PROGRAMS.
noinst_PROGRAMS += \
	%D%/check_get \
	%D%/listen_exec
%C%_check_get_SOURCES = %D%/check_get.c
%C%_check_get_CFLAGS = $(TEST_CFLAGS) $(JANSSON_CFLAGS)
%C%_check_get_LDADD = src/server/libserver.la src/rangeset/librangeset.la $(JANSSON_LIBS)
%C%_listen_exec_SOURCES = %D%/listen_exec.c

EXTRA_DIST += %D%/nginx.sh
dist_check_SCRIPTS += \
	%D%/demo.sh \
	%D%/get.sh \
	%D%/get_ranges.sh \
	%D%/get_wishes.sh
