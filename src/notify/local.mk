noinst_LTLIBRARIES += %D%/libnotify.la
%C%_libnotify_la_SOURCES = \
	%D%/core.h \
	%D%/notify.c \
	%D%/notify.h \
	%D%/pace.c \
	%D%/pace.h \
	%D%/queue.c \
	%D%/queue.h \
	%D%/worker.c \
	%D%/worker.h
libopenbits_la_LIBADD += %D%/libnotify.la
