noinst_LTLIBRARIES += %D%/libjob.la
%C%_libjob_la_SOURCES = \
	%D%/command_line.c \
	%D%/file.c \
	%D%/http_options.c \
	%D%/http_options.h \
	%D%/job.h \
	%D%/lifecycle.c \
	%D%/names.c \
	%D%/order.c \
	%D%/order.h \
	%D%/origin.c \
	%D%/plan.c \
	%D%/progress.c \
	%D%/property.c \
	%D%/property.h \
	%D%/requests.c \
	%D%/requests.h \
	%D%/retry.c \
	%D%/rules.h \
	%D%/state.c \
	%D%/state.h \
	%D%/timers.c \
	%D%/transfer.c \
	%D%/validation.c
libopenbits_la_LIBADD += %D%/libjob.la
