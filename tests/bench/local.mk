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
