noinst_PROGRAMS += %D%/bench_rangeset
%C%_bench_rangeset_SOURCES = \
	%D%/bench_rangeset.c \
	%D%/ref_map.cpp \
	%D%/ref_map.h
%C%_bench_rangeset_LDADD = src/rangeset/librangeset.la

noinst_PROGRAMS += %D%/bench_fetch
%C%_bench_fetch_SOURCES = %D%/bench_fetch.c
%C%_bench_fetch_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
%C%_bench_fetch_LDADD = $(FETCH_LIBS) $(CURL_LIBS)

# `make bench`: tests/bench/bench.sh runs these beside the tool.
noinst_PROGRAMS += \
	%D%/bench_jobs \
	%D%/bench_ranges \
	%D%/bench_run
%C%_bench_jobs_SOURCES = %D%/bench_jobs.c
%C%_bench_jobs_CPPFLAGS = $(AM_CPPFLAGS) -DCOBJMACROS
%C%_bench_jobs_LDADD = libopenbits.la
%C%_bench_ranges_SOURCES = %D%/bench_ranges.c
%C%_bench_ranges_CFLAGS = $(AM_CFLAGS) $(CURL_CFLAGS)
%C%_bench_ranges_LDADD = $(CURL_LIBS)
%C%_bench_run_SOURCES = %D%/bench_run.c

EXTRA_DIST += %D%/bench.sh
bench: all
	@$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/%D%/bench.sh $(BENCH_FLAGS)
.PHONY: bench
