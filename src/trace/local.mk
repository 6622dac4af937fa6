noinst_LTLIBRARIES += %D%/libtrace.la
%C%_libtrace_la_SOURCES = \
	%D%/sink.h \
	%D%/trace.c \
	%D%/trace.h
%C%_libtrace_la_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
%C%_libtrace_la_LIBADD = $(JANSSON_LIBS)
if !WINDOWS
%C%_libtrace_la_SOURCES += %D%/sink_posix.c
endif
libopenbits_la_LIBADD += %D%/libtrace.la
