# A wrong and a right program for each row of data/checks.tsv; pairs.sh runs them. They are no tests by
# themselves, and nothing that `make` alone should build.
check_LTLIBRARIES += %D%/libworld.la
%C%_libworld_la_SOURCES = %D%/world.c %D%/world.h
%C%_libworld_la_LIBADD = libopenbits.la src/server/libserver.la
dist_check_SCRIPTS += %D%/pairs.sh

checks_programs = \
	%D%/ranges-kept-right \
	%D%/ranges-kept-wrong \
	%D%/ranges-written-right \
	%D%/ranges-written-wrong \
	%D%/ranges-freed-right \
	%D%/ranges-freed-wrong \
	%D%/borrowed-released-right \
	%D%/borrowed-released-wrong \
	%D%/handle-leaked-right \
	%D%/handle-leaked-wrong \
	%D%/callback-slow-right \
	%D%/callback-slow-wrong \
	%D%/nobody-to-call-right \
	%D%/nobody-to-call-wrong \
	%D%/no-callback2-right \
	%D%/no-callback2-wrong \
	%D%/no-callback3-right \
	%D%/no-callback3-wrong \
	%D%/ranges-unsupported-right \
	%D%/ranges-unsupported-wrong \
	%D%/data-thrown-away-right \
	%D%/data-thrown-away-wrong \
	%D%/job-forgotten-right \
	%D%/job-forgotten-wrong

EXTRA_PROGRAMS += $(checks_programs)
CLEANFILES += $(checks_programs)
check_DATA += $(checks_programs)
%C%_ranges_kept_right_LDADD = %D%/libworld.la
%C%_ranges_kept_wrong_LDADD = %D%/libworld.la
%C%_ranges_written_right_LDADD = %D%/libworld.la
%C%_ranges_written_wrong_LDADD = %D%/libworld.la
%C%_ranges_freed_right_LDADD = %D%/libworld.la
%C%_ranges_freed_wrong_LDADD = %D%/libworld.la
%C%_borrowed_released_right_LDADD = %D%/libworld.la
%C%_borrowed_released_wrong_LDADD = %D%/libworld.la
%C%_handle_leaked_right_LDADD = %D%/libworld.la
%C%_handle_leaked_wrong_LDADD = %D%/libworld.la
%C%_callback_slow_right_LDADD = %D%/libworld.la
%C%_callback_slow_wrong_LDADD = %D%/libworld.la
%C%_nobody_to_call_right_LDADD = %D%/libworld.la
%C%_nobody_to_call_wrong_LDADD = %D%/libworld.la
%C%_no_callback2_right_LDADD = %D%/libworld.la
%C%_no_callback2_wrong_LDADD = %D%/libworld.la
%C%_no_callback3_right_LDADD = %D%/libworld.la
%C%_no_callback3_wrong_LDADD = %D%/libworld.la
%C%_ranges_unsupported_right_LDADD = %D%/libworld.la
%C%_ranges_unsupported_wrong_LDADD = %D%/libworld.la
%C%_data_thrown_away_right_LDADD = %D%/libworld.la
%C%_data_thrown_away_wrong_LDADD = %D%/libworld.la
%C%_job_forgotten_right_LDADD = %D%/libworld.la
%C%_job_forgotten_wrong_LDADD = %D%/libworld.la
