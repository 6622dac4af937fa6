noinst_PROGRAMS += %D%/bench_rangeset
%C%_bench_rangeset_SOURCES = \
	%D%/bench_rangeset.c \
	%D%/ref_map.cpp \
	%D%/ref_map.h
%C%_bench_rangeset_LDADD = src/rangeset/librangeset.la
